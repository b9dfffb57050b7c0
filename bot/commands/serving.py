"""Run `quoth serve`: make the HTTP channel from the settings."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from bot.commands import options, parts
from bot.printing import err, out

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.channels.serve import Mount, ServeOptions
    from config.settings import Settings

# Settings that answers depend on.
_ANSWERING = ("passages", "engine", "answered_at", "closest_at")


@click.option("--listen", metavar="HOST:PORT", help="Where to listen (default: setting serve_listen).")
@options.without_token
@click.option("--open", "open_page", is_flag=True, help="Open the page in a browser.")
@click.option("--mcp", is_flag=True, help="Also answer assistants, at /mcp.")
@options.engine
@options.data_dir
def serve(
    listen: str | None, without_token: bool, open_page: bool, mcp: bool, engine: str | None, data_dir: Path | None
) -> int:
    """Answer in a browser, and programs over HTTP, until stopped.

    A token comes from QUOTH_SERVE_TOKEN, or from the file that
    QUOTH_SERVE_TOKEN_FILE names.
    """
    settings = parts.settings(serve_listen=listen, engine=engine, data_dir=data_dir)
    mount: Mount | None = None
    if mcp:
        _ensure_protocol()
        from bot.channels.mcp import Mounted as mount  # noqa: N813 (what mounts is called)

    def ready(address: str) -> None:
        out(f"Answering at {address} (Ctrl-C stops)", flush=True)
        if open_page:
            import webbrowser

            webbrowser.open(address)

    return _run(settings, channel_options(settings, open_to_all=without_token), mount, ready)


@click.option("--listen", metavar="HOST:PORT", help="Answer over HTTP there, at /mcp.")
@options.without_token
@options.engine
@options.data_dir
def mcp(listen: str | None, without_token: bool, engine: str | None, data_dir: Path | None) -> int:
    """Answer an assistant (MCP) over stdin and stdout, until it leaves.

    With --listen, as `quoth serve --mcp` does.
    """
    if listen is not None:
        return serve(listen, without_token, open_page=False, mcp=True, engine=engine, data_dir=data_dir)
    if without_token:
        raise click.BadParameter("--without-token goes with --listen")
    import asyncio
    from sys import stdin

    _ensure_protocol()
    from bot.channels.mcp import run_stdio, taken_stdout

    wire = taken_stdout()
    settings = parts.settings(engine=engine, data_dir=data_dir)
    if stdin.isatty():
        err("quoth: waiting for an assistant on stdin; docs/mcp.md tells how one starts this")
    with parts.answerer(settings, lives_long=True) as answerer:
        return asyncio.run(run_stdio(answerer, parts.version(), wire))


def _ensure_protocol() -> None:
    """Raise MissingExtraError without the SDK of the protocol of assistants."""
    from importlib.util import find_spec

    from bot.errors import MissingExtraError
    from index import install_command

    if find_spec("mcp") is None:
        raise MissingExtraError(f"assistants need the extra: run `{install_command('mcp')}`")


def _run(settings: "Settings", how: "ServeOptions", mount: "Mount | None", on_ready: "Callable[[str], None]") -> int:
    import asyncio

    from bot.channels.serve import serve as run
    from bot.commands import renewal

    renewal.renew(settings)
    with parts.answerer(settings, lives_long=True) as answerer:
        return asyncio.run(run(how, answerer, mount=mount, on_ready=on_ready))


def channel_options(settings: "Settings", *, open_to_all: bool = False) -> "ServeOptions":
    """Return the channel's options. Raises ConfigError for bad secrets or aliases."""
    import hashlib
    import json

    from bot.channels.flood import FloodLimits
    from bot.channels.serve import Limits, ServeOptions
    from config.aliases import aliases
    from config.fields import host_and_port
    from config.secrets import serve_token

    host, port = host_and_port(settings.serve_listen)
    rate = settings.serve_rate
    asked = FloodLimits(max(1, round(4 * rate)), 1 / rate, None) if rate else None
    depends = [parts.version(), [getattr(settings, name) for name in _ANSWERING], aliases(settings)]
    return ServeOptions(
        host,
        port,
        parts.version(),
        hashlib.sha256(json.dumps(depends, sort_keys=True).encode("utf-8", "surrogatepass")).hexdigest(),
        serve_token(settings),
        open_to_all,
        frozenset(settings.serve_hosts),
        frozenset(settings.serve_origins),
        settings.serve_proxies,
        Limits(asked=asked),
    )
