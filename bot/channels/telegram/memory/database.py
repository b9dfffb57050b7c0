"""The file under the memory: reading from one connection at once, writing in a thread of its own."""

import asyncio
import logging
import sqlite3
from collections.abc import Awaitable, Callable
from contextlib import closing
from pathlib import Path
from typing import Any, TypeVar

from bot.channels.telegram.memory import records
from bot.channels.telegram.memory.reserve import is_full
from bot.channels.telegram.memory.writer import LOCK_WAIT, Writer, connect
from bot.errors import ChannelError
from index import make_folder, sync

LOG = logging.getLogger(__name__)

FILE = "telegram.sqlite3"
_READ_WAIT_MS = 50

T = TypeVar("T")


def open_upgraded(path: Path, *, upgrade: bool = True) -> tuple[sqlite3.Connection, bool]:
    """Return a connection to a memory, its tables brought up to date, and whether what is written to it lasts.

    It does not on a disk without any room: there it is a copy in RAM. Raises OSError and `sqlite3.Error`.
    """
    prepare = records.upgrade if upgrade else records.version
    make_folder(path.parent, always=False)
    try:
        if not path.exists():
            path.touch(mode=0o600)
            sync(path.parent)
        path.chmod(0o600)
        base = connect(path, timeout=LOCK_WAIT)
        prepare(base)
    except (OSError, sqlite3.OperationalError):
        log = path.with_name(f"{path.name}-wal")
        # What is in the log alone may be that somebody was shut out.
        if not is_full(path.parent) or (log.exists() and log.stat().st_size):
            raise
    else:
        return base, True
    base = sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)
    if path.exists():
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?immutable=1", uri=True)) as there:
            there.backup(base)
    prepare(base)
    return base, False


class Storage:
    """`FOLDER/telegram.sqlite3`, readable by this account only.

    Nothing here raises once it is open: a read that fails gives the default, a write that fails is logged once and
    gives False or None. `clock` gives seconds since 1970, `heard` is the latest moment that Telegram's own clock has
    told. Raises `ChannelError` when the file cannot be used.
    """

    def __init__(self, folder: Path, clock: Callable[[], float]) -> None:
        self._path = folder / FILE
        self.clock = clock
        self.heard = 0.0
        self._unread = False
        try:
            self._base, lasting = open_upgraded(self._path)
        except (OSError, sqlite3.Error) as error:
            raise self._trouble(error) from error
        try:
            self._check_version()
            self._base.execute(f"PRAGMA busy_timeout = {_READ_WAIT_MS}")
            self._writer = Writer(self._path, self._open, self._sweep, full=not lasting)
        except sqlite3.Error as error:
            self._base.close()
            raise self._trouble(error) from error
        except ChannelError:
            self._base.close()
            raise

    def _open(self) -> sqlite3.Connection:
        base, lasting = open_upgraded(self._path)
        if not lasting:
            base.close()
            raise sqlite3.OperationalError("database or disk is full")
        return base

    def _sweep(self, base: sqlite3.Connection) -> int:
        return records.sweep(base, self.clock(), self.heard)

    @property
    def failing(self) -> bool:
        """Return whether the last write failed."""
        return self._writer.failing

    @property
    def unclean(self) -> bool:
        """Return whether something that was deleted is still to be read from the file or its log."""
        return self._writer.unclean

    def read(self, work: Callable[[sqlite3.Connection], T], default: T) -> T:
        """Return what `work(connection)` returns, or `default` when the file cannot be read."""
        try:
            result = work(self._base)
        except sqlite3.Error as error:
            if not self._unread:
                LOG.error("%s cannot be read (%s); answers go on without it", self._path, error)
            self._unread = True
            return default
        self._unread = False
        return result

    def rows(self, query: str, *values: object) -> list[Any]:
        """Return the rows of a query, none when the file cannot be read."""
        return self.read(lambda base: base.execute(query, values).fetchall(), [])

    async def result(
        self, work: Callable[[sqlite3.Connection], T], *, scrub: bool = False, surely: bool = False
    ) -> T | None:
        """Return what `work(connection)` returned, once it is on the disk; None when it could not be written."""
        try:
            return await asyncio.wrap_future(self._writer.write(work, scrub=scrub, surely=surely))
        except (OSError, sqlite3.Error):
            return None

    async def done(self, work: Callable[[sqlite3.Connection], object]) -> bool:
        """Return whether `work(connection)` is on the disk now."""

        def commit(base: sqlite3.Connection) -> bool:
            work(base)
            return True

        return await self.result(commit) or False

    def execute(self, statement: str, *values: object) -> Awaitable[bool]:
        """Return whether one statement is on the disk now."""
        return self.done(lambda base: base.execute(statement, values))

    def queue(self, work: Callable[[sqlite3.Connection], object]) -> None:
        """Have `work(connection)` written some time soon."""
        self._writer.write(work)

    def close(self) -> None:
        """Write what is waiting, and close the file."""
        self.queue(self._sweep)
        self._writer.close()
        self._base.close()

    def _check_version(self) -> None:
        if (version := records.version(self._base)) > records.VERSION:
            raise ChannelError(
                f"{self._path}: written by another version ({version}, this one writes {records.VERSION}); "
                "move it away and pair again"
            )

    def _trouble(self, error: Exception) -> ChannelError:
        return ChannelError(f"{self._path}: {error}; check the folder and the disk, or move the file away")
