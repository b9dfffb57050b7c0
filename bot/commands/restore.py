"""Run `quoth restore`: put what a backup holds in its place, after every byte of it was compared.

All is unpacked beside what stands, compared and brought to the disk; then a journal (`bot/commands/journal.py`) makes
it one step from what stood to what was backed up. What stood before is kept: the index as a generation to roll back
to, other files in a folder `before-restore-*`.
"""

import os
import shutil
import sqlite3
import tomllib
from collections.abc import Callable
from contextlib import closing, suppress
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from bot.commands import archive, backup, journal, parts, progress
from bot.errors import BackupError, BotError
from bot.printing import err, out

if TYPE_CHECKING:
    from config.settings import Settings


def run(file: Path, settings: "Settings") -> int:
    """Restore the data folder from a backup. Return 0.

    Raises BackupError where it is none, is not whole or is of another version, BuildBusyError and ChannelError while
    somebody fetches or answers in Telegram from that folder; nothing is changed then.
    """
    from index import BrokenIndexError, StorageError, analyzer_settings

    store, folder = parts.store(settings), settings.data_dir
    with archive.opened(file.expanduser()) as whole:
        moved = progress.Bytes("restoring", whole.size)
        try:
            files = tuple(name for name in whole.members if not name.startswith("index/"))
            with store.alone(parts.tell_waiting), journal.standing_still(folder, files), store.building() as staging:
                before = parts.current(store)
                written = journal.Journal(folder, folder / parts.RESTORING, _kept(), staging.number, files)
                try:
                    _unpack(whole, written, staging.path, moved)
                    store.adopt(staging, analyzer_settings(), _moved(whole, folder), written.put)
                except BaseException:
                    # The switch may have happened although something failed after it.
                    if parts.current(store) != staging.number:
                        written.undo()
                    raise
                written.clear()
        except BrokenIndexError as error:
            made_by = whole.about.get("made_by", "another version")
            raise BackupError(
                f"{file}: its index cannot be used by {parts.version()}, it was made by {made_by} ({error}); "
                "nothing was changed"
            ) from error
        except StorageError as error:
            raise BotError(f"{error}; nothing was changed") from error
        out(f"restored into {folder}: {backup.described(whole)}, backed up {_day(whole.about.get('made_at'))}")
        if before is not None:
            err(f"generation {before} stood before: `quoth index --rollback` returns to it")
        if written.kept.exists():
            err(f"files that stood before lie in {written.kept}; remove it when you like")
        _tell_settings(whole, settings)
    return 0


def _kept() -> str:
    """Return the name of the folder for what stood before."""
    return f"before-restore-{datetime.now():%Y%m%d-%H%M%S}-{os.getpid()}"


def _unpack(whole: archive.Archive, written: journal.Journal, index: Path, moved: archive.Moved) -> None:
    """Unpack all members, the index into a folder of its own."""
    # What a killed one left.
    shutil.rmtree(written.unpacked, ignore_errors=True)
    written.unpacked.mkdir(mode=0o700)
    for name in whole.members:
        if name.startswith("index/"):
            whole.unpack(name, index / Path(name).name, moved)
            continue
        whole.unpack(name, written.unpacked / name, moved)
        if backup.is_database(name):
            _check_database(whole.place, written.unpacked / name, name)


def _check_database(place: Path, database: Path, name: str) -> None:
    """Raise BackupError for a database that is damaged, or a memory that this program cannot read."""
    with suppress(sqlite3.Error), closing(sqlite3.connect(f"{database.absolute().as_uri()}?mode=ro", uri=True)) as base:
        ((found,),) = base.execute("PRAGMA quick_check(1)").fetchall()
        ((version,),) = base.execute("PRAGMA user_version").fetchall()
        if found == "ok" and not (name.startswith("memory/") and version > _memory_version()):
            return
    raise BackupError(f"{place}: {name} is damaged, or of a later version of Quoth; nothing was changed")


def _memory_version() -> int:
    from bot.channels.telegram.memory.records import VERSION

    return VERSION


def _moved(whole: archive.Archive, folder: Path) -> Callable[[str], str]:
    """Return what gives the place of a source here: one that lay in the data folder lies in this one."""
    then, now = str(whole.about.get("data_dir", "")), os.path.abspath(folder)  # noqa: PTH100 - as sources are stored

    def moved(source: str) -> str:
        return now + source.removeprefix(then) if then and source.startswith(f"{then}{os.sep}") else source

    return moved


def _tell_settings(whole: archive.Archive, settings: "Settings") -> None:
    """Say which settings of the backup are not in force here, and how to use them."""
    from config.places import own_file
    from config.settings import SETTINGS

    if "quoth.toml" not in whole.members:
        return
    with suppress(tomllib.TOMLDecodeError, UnicodeDecodeError):
        then = tomllib.loads(whole.read("quoth.toml").decode())
        other = [name for name in SETTINGS if name in then and then[name] != _plain(settings, name)]
        if other:
            err(f"settings of the backup that are not in force here: {', '.join(other)}")
            err(f"they lie in {settings.data_dir / 'quoth.toml'}; to use them, copy that file to {own_file()}")


def _plain(settings: "Settings", name: str) -> object:
    value = getattr(settings, name)
    if isinstance(value, bool | int | float):
        return value
    return ",".join(map(str, value)) if isinstance(value, tuple) else str(value)


def _day(made_at: object) -> str:
    with suppress(ValueError):
        return f"{datetime.fromisoformat(str(made_at)).astimezone():%Y-%m-%d %H:%M}"
    return "at an unknown time"
