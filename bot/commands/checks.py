"""Run `quoth status`, `quoth config` and `quoth doctor`."""

import json
import os
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bot.commands import cluster, collection, parts
from bot.commands.findings import Finding, told
from bot.printing import out, out_json, size_of

if TYPE_CHECKING:
    from config.settings import Settings

_TOKEN = re.compile(r"\d{6,}:[A-Za-z0-9_-]{30,}")


def status(settings: "Settings", *, as_json: bool) -> int:
    """Print what the current generation contains. Raises NoIndexError or BrokenIndexError."""
    from index import answered_by

    with parts.store(settings).open() as generation:
        manifest, path = generation.manifest, generation.path
    record: dict[str, Any] = {
        "data_dir": str(settings.data_dir),
        "generation": manifest.generation,
        "built_at": manifest.built_at,
        "built_by": manifest.built_by,
        **manifest.counts,
        "languages": dict(manifest.languages),
        "sources": [collection.shown_as(*source) for source in collection.of_manifest(manifest).items()],
        "bytes": sum(file.stat().st_size for file in path.iterdir()),
        "engine": settings.engine,
        "answered_by": answered_by(manifest.counts["passages"], settings.engine),
    }
    if as_json:
        out_json(json.dumps(record, ensure_ascii=False, indent=2))
        return 0
    record["languages"] = ", ".join(f"{name} {count:,}" for name, count in manifest.languages.items())
    record["sources"] = ", ".join(record["sources"])
    for name, value in record.items():
        out(f"{name:<12} {f'{value:,}' if isinstance(value, int) else value}")
    return 0


def config(settings: "Settings") -> int:
    """Print every setting, its value with secrets hidden, and where it comes from."""
    from config.settings import effective

    rows = effective(settings)
    for name, value, origin in rows:
        out(f"{name:<{max(len(row[0]) for row in rows)}}  {value}  ({origin})")
    return 0


def doctor(settings: "Settings", *, telegram: bool) -> int:
    """Check this machine, and with `telegram` the bot at Telegram. Return the exit code of the first failure."""
    from config.places import config_files

    files = ", ".join(str(file.path) for file in config_files())
    findings = [
        Finding("settings", f"read from {files or 'the defaults and the environment'}"),
        _folder(settings.data_dir),
        _index(settings),
        _engine(settings),
        *cluster.findings(settings),
        _token(settings),
        *([_meaning(settings.meaning, settings)] if settings.meaning is not None else []),
        _extras(),
    ]
    if telegram:
        findings += _telegram(settings)
    return told(findings)


def _folder(folder: Path) -> Finding:
    existing = next(path for path in (folder, *folder.parents) if path.exists())
    if existing.is_dir() and os.access(existing, os.W_OK | os.X_OK):
        return Finding("data folder", f"{folder} is writable")
    step = "change its permissions, or set QUOTH_DATA_DIR to another folder"
    return Finding("data folder", f"{existing} is not writable; {step}", 5)


def _index(settings: "Settings") -> Finding:
    from bot.errors import message_of
    from index import IndexLibraryError, NoIndexError, analyzer_settings

    try:
        with parts.store(settings).open(analyzer=analyzer_settings()) as generation:
            many = size_of(generation.manifest.counts)
            gone = [source for source in generation.manifest.sources if not Path(source).exists()]
    except IndexLibraryError as error:
        if settings.cluster and isinstance(error, NoIndexError):
            return Finding("index", "none here; the cluster answers")
        return Finding("index", message_of(error), 3)
    if gone:
        return Finding("index", f"works, but {', '.join(gone)} is gone; to rebuild, run `quoth index PATH`", 4)
    return Finding("index", f"{many}, intact")


def _engine(settings: "Settings") -> Finding:
    from index import IndexLibraryError, answered_by, install_command

    try:
        with parts.store(settings).open() as generation:
            path = answered_by(generation.manifest.counts["passages"], settings.engine)
    except IndexLibraryError:
        path = answered_by(0, settings.engine)
    if path == "NumPy":
        step = install_command("numba")
        return Finding("engine", f"{path}; for answers several times faster, run `{step}`", hint=True)
    return Finding("engine", path)


def _meaning(folder: Path, settings: "Settings") -> Finding:
    """Tell whether the model and the vectors are there; where not, words answer."""
    from bot.errors import message_of
    from index import IndexLibraryError, vectors_missing

    try:
        missing = vectors_missing(parts.store(settings), folder)
    except IndexLibraryError as error:
        return Finding("meaning", f"words answer alone: {message_of(error)}", 4)
    if missing:
        return Finding("meaning", f"words answer alone: {missing}; run `quoth meaning`", 3)
    return Finding("meaning", f"{folder} and all vectors are there")


def _token(settings: "Settings") -> Finding:
    from config.errors import ConfigError
    from config.secrets import telegram_token

    try:
        token = telegram_token(settings)
    except ConfigError as error:
        return Finding("telegram token", str(error), 2)
    if token is None:
        return Finding("telegram token", "not set; only `quoth telegram` needs it: QUOTH_TELEGRAM_TOKEN")
    if not _TOKEN.fullmatch(token):
        return Finding("telegram token", "wrong format; copy it again from @BotFather (123456:ABC...)", 2)
    return Finding("telegram token", "has the right format")


def _telegram(settings: "Settings") -> list[Finding]:
    import asyncio

    from bot.channels.telegram.transport.checkup import examined
    from bot.commands.telegram import options
    from bot.errors import MissingExtraError, NetworkSettingsError, TokenError
    from config.errors import ConfigError

    try:
        verdicts = asyncio.run(examined(options(settings)))
    except (TokenError, ConfigError, NetworkSettingsError, MissingExtraError) as error:
        return [Finding("telegram", str(error), 2)]
    return [Finding("telegram", text, 5 if verdict == "fail" else 0, verdict == "hint") for verdict, text in verdicts]


def _extras() -> Finding:
    from importlib.util import find_spec

    uses = {
        "ir_measures": "eval (`quoth evaluate`)",
        "pypdfium2": "formats (PDF documents)",
        "mcp": "mcp (`quoth mcp`)",
        "onnxruntime": "meaning (`quoth meaning`)",
        "opensearchpy": "opensearch (a cluster that answers)",
        "prometheus_client": "metrics (telegram_metrics_listen)",
        "socksio": "socks (a SOCKS proxy on the way to Telegram)",
    }
    missing = [use for package, use in uses.items() if not find_spec(package)]
    return Finding("extras", f"not installed: {', '.join(missing)}" if missing else "all installed")
