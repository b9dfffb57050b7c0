"""Run `quoth serve`: make the HTTP channel from the settings."""

import hashlib
import json
from typing import TYPE_CHECKING, Annotated

from typer import Option

from bot.commands import parts
from bot.commands.options import DataDir, EngineOption
from bot.printing import out

if TYPE_CHECKING:
    from bot.channels.serve import ServeOptions
    from config.settings import Settings

# Settings that answers depend on.
_ANSWERING = ("passages", "engine", "answered_at", "closest_at")


def serve(
    listen: Annotated[
        str | None, Option("--listen", metavar="HOST:PORT", help="Where to listen (default: setting serve_listen).")
    ] = None,
    without_token: Annotated[
        bool, Option("--without-token", help="Answer everybody who reaches an address of other machines too.")
    ] = False,
    open_page: Annotated[bool, Option("--open", help="Open the page in a browser.")] = False,
    engine: EngineOption = None,
    data_dir: DataDir = None,
) -> int:
    """Answer in a browser, and programs over HTTP, until stopped.

    A token comes from QUOTH_SERVE_TOKEN, or from the file that
    QUOTH_SERVE_TOKEN_FILE names.
    """
    import asyncio

    from bot.channels.serve import serve as run

    settings = parts.settings(serve_listen=listen, engine=engine, data_dir=data_dir)
    channel = options(settings, open_to_all=without_token)

    def ready(address: str) -> None:
        out(f"Answering at {address} (Ctrl-C stops)", flush=True)
        if open_page:
            import webbrowser

            webbrowser.open(address)

    with parts.answerer(settings) as answerer:
        return asyncio.run(run(channel, answerer, on_ready=ready))


def options(settings: "Settings", *, open_to_all: bool = False) -> "ServeOptions":
    """Return the channel's options. Raises ConfigError for bad secrets or aliases."""
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
