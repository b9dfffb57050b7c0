"""Run `quoth backup`: copy the index, the bot's memory and what else is only in the data folder into one file."""

import fcntl
import io
import os
import re
import sqlite3
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Final

from bot.commands import archive, parts, progress
from bot.errors import BackupError, BotError
from bot.printing import counted, out

if TYPE_CHECKING:
    from config.settings import Settings
    from index import Manifest

# The bot's memory, also that of bots before; not the messages in its inbox, which are answered within seconds.
_MEMORY: Final = re.compile(r"telegram(-\d+)?\.sqlite3")
# What is known of the addresses of a folder of fetched files: a database as well.
_STATE: Final = ".state.sqlite"
# What is being written, or belongs to a process.
_PASSING: Final = re.compile(r"\.lock|\.new.*|\.incoming.*|\.replaced.*|.*(-wal|-shm|-journal|\.damaged)")


def run(file: Path, settings: "Settings") -> int:
    """Write a backup, compare it with what was to be in it, and put it in the place of `file`. Return 0.

    Whatever builds, asks or answers in Telegram meanwhile is not disturbed, and what it changes is in the backup whole
    or not at all. Raises NoIndexError or BrokenIndexError without a whole index, BackupError where `file` is something
    else or the memory is damaged.
    """
    file = Path(os.path.abspath(file.expanduser()))  # noqa: PTH100 - a link stays the link that it is
    with parts.store(settings).held() as (manifest, files), _replacing(file) as (new, place):
        others = _others(settings.data_dir)
        sizes = [os.fstat(one.fileno()).st_size for one in files.values()]
        sizes += [path.stat().st_size for path in others.values() if path.exists()]
        # All is read twice: to be copied, and to be compared with what was copied.
        moved = progress.Bytes("backing up", 2 * sum(sizes))
        with archive.Writing(new, moved) as written:
            for name, one in files.items():
                digest = written.add(f"index/{name}", one)
                if name in manifest.files and digest != manifest.files[name].sha256:
                    raise BackupError(f"{one.name}: damaged (its checksum does not fit); nothing was backed up")
            for name, path in others.items():
                with suppress(FileNotFoundError), _content(path, file) as content:
                    written.add(name, content)
            for name, text in _texts(settings):
                written.add(name, io.BytesIO(text))
            written.finish(_about(manifest, settings))
        new.flush()
        os.fsync(new.fileno())
        with archive.opened(place) as whole:
            whole.verify(moved)
            said = described(whole)
    out(f"{file}: {said}; {file.stat().st_size / 1e6:,.1f} MB, every byte compared")
    return 0


def described(backup: archive.Archive) -> str:
    """Return in words what a backup holds: "15 articles, 77 paragraphs, the bot's memory, 2 uploaded files"."""
    counts = backup.about.get("counts", {})
    files = {"uploads": "uploaded", "fetched": "fetched"}
    many = {top: len([one for one in backup.named(top) if not Path(one).name.startswith(".")]) for top in files}
    return ", ".join(
        [
            counted(counts.get("articles", 0), "article"),
            counted(counts.get("paragraphs", 0), "paragraph"),
            *(["the bot's memory"] if backup.named("memory") else []),
            *(counted(many[top], f"{word} file") for top, word in files.items() if many[top]),
            *(f"{name}" for name in archive.FILES if name in backup.members),
        ]
    )


def is_database(name: str) -> bool:
    """Return whether a member is a database that some process of Quoth may have open."""
    return name.startswith("memory/") or Path(name).name == _STATE


def _others(data_dir: Path) -> dict[str, Path]:
    """Return what lies in the data folder beside the index and is nowhere else, by its name in an archive."""
    found = {f"memory/{path.name}": path for path in sorted(data_dir.glob("telegram*")) if _MEMORY.fullmatch(path.name)}
    for top in ("uploads", "fetched"):
        for path in sorted((data_dir / top).rglob("*")):
            name = path.relative_to(data_dir).as_posix()
            # Followed, a link would bring in what lies elsewhere.
            if path.is_file() and not path.is_symlink() and not _PASSING.fullmatch(path.name) and _is_text(name):
                found[name] = path
    return found


def _is_text(name: str) -> bool:
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return archive.is_ours(name)


@contextmanager
def _content(path: Path, file: Path) -> Iterator[IO[bytes]]:
    """Give what a file holds; of a database, what it held at one moment, whoever writes to it."""
    if not is_database(f"memory/{path.name}" if _MEMORY.fullmatch(path.name) else path.name):
        with path.open("rb") as content:
            yield content
        return
    copy = file.with_name(f".{file.name}.new-database")
    try:
        _copy_database(path, copy)
        with copy.open("rb") as content:
            # A kill from now on leaves no copy of what people asked.
            copy.unlink()
            yield content
    except sqlite3.Error as error:
        raise BackupError(f"{path}: {error}; move it away if it is damaged. Nothing was backed up") from error
    finally:
        copy.unlink(missing_ok=True)


def _copy_database(path: Path, copy: Path) -> None:
    copy.unlink(missing_ok=True)
    os.close(os.open(copy, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    uri = f"{path.absolute().as_uri()}?mode=ro"
    with (
        closing(sqlite3.connect(uri, uri=True, timeout=10)) as source,
        closing(sqlite3.connect(copy, isolation_level=None)) as target,
    ):
        source.backup(target)
        # One file, whatever its owner makes of it.
        target.execute("PRAGMA journal_mode = DELETE")


def _texts(settings: "Settings") -> Iterator[tuple[str, bytes]]:
    from config.aliases import file_in_force
    from config.portable import portable

    aliases = file_in_force(settings)
    if aliases is not None:
        yield "aliases.toml", aliases.read_bytes()
    if text := portable(settings):
        yield "quoth.toml", text.encode()


def _about(manifest: "Manifest", settings: "Settings") -> Mapping[str, Any]:
    return {
        "made_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "made_by": parts.version(),
        "data_dir": os.path.abspath(settings.data_dir),  # noqa: PTH100 - as sources are stored
        "generation": manifest.generation,
        "counts": dict(manifest.counts),
    }


@contextmanager
def _replacing(file: Path) -> Iterator[tuple[IO[bytes], Path]]:
    """Give a new file beside `file`, and its path; it takes its place when the block succeeds, and else goes.

    Raises BackupError where `file` is something else than a backup, or is being written by another process.
    """
    from index import sync

    if file.is_dir() or (file.exists() and file.stat().st_size and not _is_backup(file)):
        raise BackupError(f"{file}: is no backup, and stays; name another file")
    new = file.with_name(f".{file.name}.new")
    try:
        descriptor = os.open(new, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise BotError(f"{file}: cannot be written ({error.strerror}); name another place") from None
    with os.fdopen(descriptor, "r+b") as opened:
        if not _is_alone(opened, new):
            raise BackupError(f"{file}: another backup is being written there; wait until it ends")
        try:
            # What a killed backup left.
            opened.truncate()
            yield opened, new
            new.replace(file)
        except BaseException:
            new.unlink(missing_ok=True)
            raise
    sync(file.parent)


def _is_alone(opened: IO[bytes], path: Path) -> bool:
    """Return whether nobody else writes the file, which is still the one in that place."""
    try:
        fcntl.flock(opened.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
        return os.path.samestat(os.fstat(opened.fileno()), path.stat())
    except (BlockingIOError, FileNotFoundError):
        return False


def _is_backup(file: Path) -> bool:
    with suppress(OSError, zipfile.BadZipFile, NotImplementedError), zipfile.ZipFile(file) as opened:
        return archive.LIST in opened.namelist()
    return False
