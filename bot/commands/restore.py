"""Run `quoth restore`: put what a backup holds in its place, after every byte of it was compared.

All is unpacked beside what stands, compared and brought to the disk; then each file takes its place in one step, and at
last the index is switched to. What stood before is kept: the index as a generation to roll back to, other files in a
folder `before-restore-*`.
"""

import filecmp
import os
import shutil
import sqlite3
import tomllib
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

from bot.commands import archive, backup, parts, progress
from bot.errors import BackupError, BotError
from bot.printing import err, out

if TYPE_CHECKING:
    from config.settings import Settings
    from index import Store

_UNPACKED: Final = ".restoring"


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
            with store.alone(_tell_waiting), _standing_still(whole, folder), store.building() as staging:
                before = _current(store)
                others = _Others(folder, _unpacked(whole, folder, staging.path, moved))
                with others.put_back_unless(lambda: staging.published):
                    store.adopt(staging, analyzer_settings(), _moved(whole, folder), lambda _: others.put())
        except BrokenIndexError as error:
            made_by = whole.about.get("made_by", "another version")
            raise BackupError(
                f"{file}: its index cannot be used by {parts.version()}, it was made by {made_by} ({error}); "
                "nothing was changed"
            ) from error
        except StorageError as error:
            raise BotError(f"{error}; nothing was changed") from error
        finally:
            shutil.rmtree(folder / _UNPACKED, ignore_errors=True)
        out(f"restored into {folder}: {backup.described(whole)}, backed up {_day(whole.about.get('made_at'))}")
        if before is not None:
            err(f"generation {before} stood before: `quoth index --rollback` returns to it")
        if others.before.exists():
            err(f"files that stood before lie in {others.before}; remove it when you like")
        _tell_settings(whole, settings)
    return 0


def _current(store: "Store") -> int | None:
    from index import BrokenIndexError

    with suppress(BrokenIndexError):
        return store.current()
    return None


def _tell_waiting(busy: str) -> None:
    err(f"{busy}; waiting until it ends (Ctrl-C stops waiting)")


@contextmanager
def _standing_still(whole: archive.Archive, folder: Path) -> Iterator[None]:
    """Have nobody fetch into the folder, nor answer in Telegram with the memory there, as far as that is restored."""
    from index import nothing_fetched

    with ExitStack() as locks:
        locks.enter_context(nothing_fetched(folder))
        if whole.named("memory"):
            from bot.channels.telegram.transport.instance_lock import single_instance

            locks.enter_context(single_instance(folder))
        yield


def _unpacked(whole: archive.Archive, folder: Path, index: Path, moved: archive.Moved) -> list[tuple[Path, Path]]:
    """Unpack all members, the index into a folder of its own; return where the others lie, and their places."""
    unpacked = folder / _UNPACKED
    # What a killed one left.
    shutil.rmtree(unpacked, ignore_errors=True)
    unpacked.mkdir(mode=0o700)
    others = []
    for name in whole.members:
        if name.startswith("index/"):
            whole.unpack(name, index / Path(name).name, moved)
            continue
        whole.unpack(name, unpacked / name, moved)
        if backup.is_database(name):
            _check_database(whole.place, unpacked / name, name)
        others.append((unpacked / name, folder / name.removeprefix("memory/")))
    return others


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


class _Others:
    """The files beside the index, unpacked, each with its place; `before` is the folder of what stood there."""

    def __init__(self, data_dir: Path, unpacked: list[tuple[Path, Path]]) -> None:
        self.before = data_dir / f"before-restore-{datetime.now():%Y%m%d-%H%M%S}-{os.getpid()}"
        self._data_dir = data_dir
        self._unpacked = unpacked
        self._put: list[Path] = []

    def put(self) -> None:
        """Put each file in its place in one step; what stands there stays until then, and is kept."""
        from index import make_folder, sync

        for unpacked, place in self._unpacked:
            make_folder(place.parent, always=False)
            if place.exists():
                _settle(place)
                if filecmp.cmp(unpacked, place, shallow=False):
                    continue
                self._keep(place)
            unpacked.replace(place)
            self._put.append(place)
        for parent in {place.parent for place in self._put}:
            sync(parent)

    @contextmanager
    def put_back_unless(self, published: Callable[[], bool]) -> Iterator[None]:
        """Put what stood before back in its place where the block fails before the index is switched to."""
        try:
            yield
        except BaseException:
            for place in () if published() else reversed(self._put):
                before = self.before / place.relative_to(self._data_dir)
                if before.exists():
                    before.replace(place)
                else:
                    place.unlink()
            raise

    def _keep(self, path: Path) -> None:
        place = self.before / path.relative_to(self._data_dir)
        self.before.mkdir(mode=0o700, exist_ok=True)
        place.parent.mkdir(parents=True, exist_ok=True)
        try:
            place.hardlink_to(path)
        except OSError:
            # Some file systems have no links.
            shutil.copy2(path, place)


def _settle(place: Path) -> None:
    """Bring what the log of a database holds into its file: beside another file it would be read as that one's."""
    logs = [place.with_name(f"{place.name}-{ending}") for ending in ("wal", "shm")]
    if any(log.exists() for log in logs):
        with suppress(sqlite3.Error), closing(sqlite3.connect(place, timeout=10)) as base:
            base.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        for log in logs:
            log.unlink(missing_ok=True)


def _tell_settings(whole: archive.Archive, settings: "Settings") -> None:
    """Say which settings of the backup are not in force here, and how to use them."""
    from config.places import own_file
    from config.settings import Settings

    if "quoth.toml" not in whole.members:
        return
    with suppress(tomllib.TOMLDecodeError, UnicodeDecodeError):
        then = tomllib.loads(whole.read("quoth.toml").decode())
        other = [name for name in Settings.model_fields if name in then and then[name] != _plain(settings, name)]
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
