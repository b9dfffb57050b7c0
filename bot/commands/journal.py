"""The journal of a restore: from the moment that it is on the disk, the restore is finished, whoever is killed.

It lies among the unpacked files, and names them. Each takes its place in one step; then the index is switched to. A
restore that was killed is finished by the next command of any kind; one that was killed before its journal never was.
"""

import filecmp
import json
import os
import re
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from bot.commands import archive, parts, uploads
from bot.errors import BotError
from bot.printing import err

if TYPE_CHECKING:
    from index import Store

_NAME: Final = "journal.json"
_BEFORE: Final = re.compile(r"before-restore-[0-9-]+")


@dataclass(frozen=True, slots=True)
class Journal:
    """What a restore puts in its place: files that lie unpacked, named as in the archive, and a generation.

    `before` is the name of the folder for what stood in their places.
    """

    data_dir: Path
    unpacked: Path
    before: str
    generation: int
    files: tuple[str, ...]

    @property
    def kept(self) -> Path:
        """Return the folder of what stood before."""
        return self.data_dir / self.before

    def put(self) -> None:
        """Write the journal; then put each file in its place in one step, and keep what stands there until then."""
        self._write()
        self.go_on()

    def go_on(self) -> None:
        """Put the files in their places that are not there yet."""
        from index import make_folder, sync

        for name in self.files:
            unpacked, place = self.unpacked / name, self._place(name)
            if not unpacked.exists():
                continue
            make_folder(place.parent, always=False)
            if place.exists():
                _settle(place)
                if filecmp.cmp(unpacked, place, shallow=False):
                    continue
                self._keep(place)
            unpacked.replace(place)
        for parent in sorted({parent for name in self.files for parent in self._parents(name)}):
            sync(parent)

    def undo(self) -> None:
        """Put what stood before back in its place, as far as anything was put there, and forget the restore."""
        for name in reversed(self.files) if (self.unpacked / _NAME).exists() else ():
            unpacked, place = self.unpacked / name, self._place(name)
            # Moved back first: killed in between, the next command finds all that it needs to go on.
            if not unpacked.exists():
                place.replace(unpacked)
            if self._before(place).exists():
                self._before(place).replace(place)
        shutil.rmtree(self.kept, ignore_errors=True)
        self.clear()

    def clear(self) -> None:
        """Remove the journal, and what is left of the unpacked files."""
        (self.unpacked / _NAME).unlink(missing_ok=True)
        shutil.rmtree(self.unpacked, ignore_errors=True)

    def _write(self) -> None:
        from index import replace_file, sync

        for folder, _, _ in os.walk(self.unpacked):
            sync(Path(folder))
        record = {"generation": self.generation, "before": self.before, "files": self.files}
        replace_file(self.unpacked / _NAME, json.dumps(record).encode())
        sync(self.data_dir)

    def _place(self, name: str) -> Path:
        return self.data_dir / name.removeprefix("memory/")

    def _before(self, place: Path) -> Path:
        return self.kept / place.relative_to(self.data_dir)

    def _parents(self, name: str) -> list[Path]:
        """Return the folders that hold a file, and what stood before it, as far as they are there."""
        place = self._place(name)
        parents = (*place.parents, *self._before(place).parents)
        return [one for one in parents if one.is_relative_to(self.data_dir) and one.is_dir()]

    def _keep(self, place: Path) -> None:
        from index import make_folder, sync

        before = self._before(place)
        make_folder(before.parent, always=False)
        # Unless it was kept already, before a kill.
        if not before.exists():
            uploads.link(place, before)
            sync(before.parent)


def finish(data_dir: Path) -> None:
    """Finish a restore into the folder that was killed, or clear up after one that had not begun to change anything.

    While another process restores, or finishes, it is left alone or waited for. What is in the way is told.
    """
    from index import IndexLibraryError, Store

    store, written = Store(data_dir), data_dir / parts.RESTORING / _NAME
    if not written.exists():
        with suppress(IndexLibraryError, OSError), store.alone():
            # Its restore may have come as far as its journal, and been killed, just now.
            if not written.exists():
                shutil.rmtree(written.parent)
        return
    try:
        with store.alone(parts.tell_waiting):
            if (journal := _read(data_dir)) is not None:
                _finish(journal, store)
    except (IndexLibraryError, BotError, OSError) as error:
        err(f"quoth: {data_dir}: a restore was cut off, and cannot be finished now ({error})")


@contextmanager
def standing_still(data_dir: Path, files: tuple[str, ...]) -> Iterator[None]:
    """Have nobody fetch into the folder, nor answer in Telegram with the memory there, as far as that is restored."""
    from index import nothing_fetched

    with ExitStack() as locks:
        locks.enter_context(nothing_fetched(data_dir))
        if any(name.startswith("memory/") for name in files):
            from bot.channels.telegram.transport.instance_lock import single_instance

            locks.enter_context(single_instance(data_dir))
        yield


def _finish(journal: Journal, store: "Store") -> None:
    from index import BrokenIndexError

    with standing_still(journal.data_dir, journal.files):
        try:
            store.verify(journal.generation)
        except BrokenIndexError as error:
            journal.undo()
            err(f"quoth: {journal.data_dir}: a restore was cut off, and is undone ({error})")
            return
        journal.go_on()
        store.catch_up(journal.generation)
        journal.clear()
    err(f"{journal.data_dir}: a restore was cut off, and is finished now")


def _read(data_dir: Path) -> Journal | None:
    """Return the journal of a restore that was killed; None where it was finished meanwhile. Raises BotError."""
    unpacked = data_dir / parts.RESTORING
    try:
        record = json.loads((unpacked / _NAME).read_text("ascii"))
        generation, before, files = int(record["generation"]), str(record["before"]), tuple(map(str, record["files"]))
    except FileNotFoundError:
        return None
    except (ValueError, KeyError, TypeError, RecursionError):
        generation, before, files = 0, "", ()
    if not _BEFORE.fullmatch(before) or not all(map(archive.is_ours, files)):
        raise BotError(f"{unpacked / _NAME}: damaged; run `quoth restore` again")
    return Journal(data_dir, unpacked, before, generation, files)


def _settle(place: Path) -> None:
    """Bring what the log of a database holds into its file: beside another file it would be read as that one's."""
    logs = [place.with_name(f"{place.name}-{ending}") for ending in ("wal", "shm")]
    if any(log.exists() for log in logs):
        with suppress(sqlite3.Error), closing(sqlite3.connect(place, timeout=10)) as base:
            base.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        for log in logs:
            log.unlink(missing_ok=True)
