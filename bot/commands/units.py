"""Check a unit of systemd: what keeps Quoth from starting, from writing, from compiling, or gives its token away."""

import os
import re
import shlex
import stat
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

from bot.commands.findings import Finding

# What systemd writes for these, in a unit of the system.
_FOLDERS: Final = {"%S": "/var/lib", "%C": "/var/cache", "%t": "/run", "%L": "/var/log", "%%": "%"}
_KEPT: Final = {"StateDirectory": "/var/lib", "CacheDirectory": "/var/cache", "RuntimeDirectory": "/run"}
_SECRET: Final = re.compile(r"QUOTH_(SERVE_TOKEN|TELEGRAM_TOKEN|TELEGRAM_WEBHOOK_SECRET)")

Unit = Mapping[str, Sequence[str]]


def findings(file: Path) -> list[Finding]:
    """Return what is found in a unit file."""
    try:
        unit = parsed(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        cause = getattr(error, "strerror", None) or "not a text file"
        return [Finding("unit", f"{file}: {cause}; name the file of a unit, such as quoth-serve.service", 4)]
    return [*_program(unit), *_notification(unit), *_hardening(unit), *_folders(unit), *_secrets(unit)]


def parsed(text: str) -> dict[str, list[str]]:
    """Return the settings of the section Service, each with its values; an empty value takes back those before it.

    >>> parsed("[Service]\\nType=notify\\nEnvironment=A=1\\\\\\n  B=2\\n[Install]\\nAlias=x")
    {'Type': ['notify'], 'Environment': ['A=1   B=2']}
    """
    found, section = dict[str, list[str]](), ""
    for line in re.sub(r"\\\n", " ", text).splitlines():
        stripped = line.strip()
        if stripped.startswith("["):
            section = stripped
        elif section == "[Service]" and "=" in stripped and not stripped.startswith(("#", ";")):
            name, _, value = (part.strip() for part in stripped.partition("="))
            if value:
                found.setdefault(name, []).append(value)
            else:
                found.pop(name, None)
    return found


def _program(unit: Unit) -> Iterator[Finding]:
    words = shlex.split(_last(unit, "ExecStart").lstrip("-@:+!"))
    program = Path(words[0]) if words else None
    if program is None or not program.is_absolute():
        yield Finding("program", "ExecStart names no program; write ExecStart=/opt/quoth/bin/quoth serve", 2)
    elif not os.access(program, os.X_OK):
        yield Finding("program", f"{program} is not there; install Quoth there, or correct ExecStart", 5)
    else:
        yield Finding("program", f"{program} is there")


def _notification(unit: Unit) -> Iterator[Finding]:
    if _last(unit, "Type") != "notify":
        yield Finding("start", "systemd does not wait until it answers; write Type=notify", hint=True)
    elif not _last(unit, "WatchdogSec"):
        yield Finding("watchdog", "nothing restarts it where it hangs; write WatchdogSec=2min", hint=True)
    else:
        yield Finding("start", "systemd waits until it answers, and restarts it where it hangs")


def _hardening(unit: Unit) -> Iterator[Finding]:
    if _is_on(unit, "MemoryDenyWriteExecute"):
        yield Finding("kernels", "numba cannot compile; take MemoryDenyWriteExecute out", 2)
    if unit.get("SystemCallFilter") and not _last(unit, "SystemCallErrorNumber"):
        step = "write SystemCallErrorNumber=EPERM"
        yield Finding("system calls", f"it is killed where numpy asks for one that is not allowed; {step}", 2)


def _folders(unit: Unit) -> Iterator[Finding]:
    environment = _environment(unit)
    allowed = [
        Path(root, one) for name, root in _KEPT.items() for value in unit.get(name, ()) for one in shlex.split(value)
    ]
    for value in unit.get("ReadWritePaths", ()):
        allowed += [Path(_written_out(one.lstrip("+-"))) for one in shlex.split(value)]
    for subject, name, setting in (
        ("data folder", "QUOTH_DATA_DIR", "StateDirectory=quoth and QUOTH_DATA_DIR=%S/quoth"),
        ("kernels", "XDG_CACHE_HOME", "CacheDirectory=quoth and XDG_CACHE_HOME=%C/quoth"),
    ):
        folder = environment.get(name)
        if folder is None:
            yield Finding(subject, f"{name} is not set, and the account may have no home; write {setting}", 2)
        elif _last(unit, "ProtectSystem") == "strict" and not any(Path(folder).is_relative_to(one) for one in allowed):
            yield Finding(subject, f"{folder} cannot be written; write {setting}", 2)
        else:
            yield Finding(subject, f"{folder} can be written")


def _secrets(unit: Unit) -> Iterator[Finding]:
    for name in _environment(unit):
        if _SECRET.fullmatch(name):
            step = f"put it into a file of root's and name that: LoadCredential=token:FILE and {name}_FILE=%d/token"
            yield Finding("secrets", f"{name} stands in the unit, which everybody can read; {step}", 2)
    for value in unit.get("LoadCredential", ()):
        file = Path(value.partition(":")[2])
        try:
            is_open = bool(file.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO))
        except FileNotFoundError:
            yield Finding("secrets", f"{file} is not there; write the secret into it, and run `chmod 600 {file}`", 2)
        except OSError as error:
            yield Finding("secrets", f"{file}: {error.strerror}; ask again as root", hint=True)
        else:
            told = f"others can read {file}; run `chmod 600 {file}`" if is_open else f"{file} is root's alone"
            yield Finding("secrets", told, 2 if is_open else 0)


def _environment(unit: Unit) -> dict[str, str]:
    pairs = [pair.partition("=") for value in unit.get("Environment", ()) for pair in shlex.split(value)]
    return {name: _written_out(value) for name, _, value in pairs}


def _written_out(value: str) -> str:
    return re.sub("%.", lambda found: _FOLDERS.get(found[0], found[0]), value)


def _last(unit: Unit, name: str) -> str:
    return unit.get(name, ("",))[-1]


def _is_on(unit: Unit, name: str) -> bool:
    return _last(unit, name).lower() in ("yes", "true", "on", "1")
