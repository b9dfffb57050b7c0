"""`quoth status`, `quoth config` and `quoth doctor`: what is there, what is set, and what to mend."""

import json
import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bot.commands import parts

if TYPE_CHECKING:
    from config.settings import Settings

_TOKEN = re.compile(r"\d{6,}:[A-Za-z0-9_-]{30,}")


def status(settings: "Settings", *, as_json: bool) -> int:
    """Prints what the current generation holds. Raises NoIndexError or BrokenIndexError."""
    with parts.store(settings).open() as generation:
        manifest, path = generation.manifest, generation.path
    size = sum(file.stat().st_size for file in path.iterdir())
    told: dict[str, Any] = {
        "data_dir": str(settings.data_dir),
        "generation": manifest.generation,
        "built_at": manifest.built_at,
        "built_by": manifest.built_by,
        **manifest.counts,
        "languages": dict(manifest.languages),
        "sources": list(manifest.sources),
        "bytes": size,
        "engine": settings.engine,
    }
    if as_json:
        print(json.dumps(told, ensure_ascii=False, indent=2))
        return 0
    told["languages"] = ", ".join(f"{name} {count:,}" for name, count in manifest.languages.items())
    told["sources"] = ", ".join(manifest.sources)
    for name, value in told.items():
        print(f"{name:<12} {f'{value:,}' if isinstance(value, int) else value}")
    return 0


def config(settings: "Settings") -> int:
    """Prints every setting, its value with secrets hidden, and where it came from."""
    from config.settings import effective

    rows = effective(settings)
    for name, value, origin in rows:
        print(f"{name:<{max(len(row[0]) for row in rows)}}  {value}  ({origin})")
    return 0


@dataclass(frozen=True, slots=True)
class _Finding:
    """`code` is the exit code that the trouble would cause, 0 when all is well; a `hint` is a choice, no trouble."""

    subject: str
    text: str
    code: int = 0
    hint: bool = False


def doctor(settings: "Settings", *, telegram: bool) -> int:
    """Checks what can be checked here, and with `telegram` what Telegram says; exits with the first trouble's code."""
    from config.settings import config_file

    findings = [
        _Finding("settings", f"read from {config_file() or 'the defaults and the environment'}"),
        _folder(settings.data_dir),
        _index(settings),
        _token(settings),
        _extras(),
    ]
    if telegram:
        findings += _telegram(settings)
    for finding in findings:
        print(f"{'FAIL' if finding.code else 'hint' if finding.hint else 'ok  '} {finding.subject}: {finding.text}")
    return next((finding.code for finding in findings if finding.code), 0)


def _folder(folder: Path) -> _Finding:
    existing = next(path for path in (folder, *folder.parents) if path.exists())
    if existing.is_dir() and os.access(existing, os.W_OK | os.X_OK):
        return _Finding("data folder", f"{folder} can be written")
    return _Finding(
        "data folder",
        f"{existing} cannot be written; change its permissions or set QUOTH_DATA_DIR to another folder",
        5,
    )


def _index(settings: "Settings") -> _Finding:
    from bot.errors import message_of
    from index import IndexLibraryError, analyzer_settings

    try:
        with parts.store(settings).open(analyzer=analyzer_settings()) as generation:
            counts = generation.manifest.counts
            gone = [source for source in generation.manifest.sources if not Path(source).exists()]
    except IndexLibraryError as error:
        return _Finding("index", message_of(error), 3)
    if gone:
        return _Finding("index", f"answers, but {', '.join(gone)} is gone: a rebuild needs `quoth index PATH`", 4)
    return _Finding("index", f"{counts['articles']:,} articles, {counts['paragraphs']:,} paragraphs, whole")


def _token(settings: "Settings") -> _Finding:
    from config.errors import ConfigError
    from config.secrets import telegram_token

    try:
        token = telegram_token(settings)
    except ConfigError as error:
        return _Finding("telegram token", str(error), 2)
    if token is None:
        return _Finding("telegram token", "none set; `quoth telegram` needs QUOTH_TELEGRAM_TOKEN, the rest does not")
    if not _TOKEN.fullmatch(token):
        return _Finding("telegram token", "does not look like one; copy it anew from @BotFather (123456:ABC...)", 2)
    return _Finding("telegram token", "has the right shape")


def _telegram(settings: "Settings") -> list[_Finding]:
    import asyncio

    from bot.channels.telegram.transport.checkup import examined
    from bot.commands.telegram import options
    from bot.errors import TokenError
    from config.errors import ConfigError

    try:
        found = asyncio.run(examined(options(settings)))
    except (TokenError, ConfigError) as error:
        return [_Finding("telegram", str(error), 2)]
    return [_Finding("telegram", text, 5 if verdict == "fail" else 0, verdict == "hint") for verdict, text in found]


def _extras() -> _Finding:
    from importlib.util import find_spec

    missing = [] if find_spec("ir_measures") else ["eval (`quoth evaluate`)"]
    missing += [] if find_spec("prometheus_client") else ["metrics (telegram_metrics_listen)"]
    return _Finding("extras", f"not installed: {', '.join(missing)}" if missing else "all installed")
