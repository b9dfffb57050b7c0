"""The file under the memory: reading from one connection at once, writing in a thread of its own."""

import asyncio
import logging
import sqlite3
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, TypeVar

from bot.channels.telegram.memory import records
from bot.channels.telegram.memory.writer import Writer, connect
from bot.errors import ChannelError

LOG = logging.getLogger(__name__)

FILE = "telegram.sqlite3"
_READ_WAIT_MS = 50

T = TypeVar("T")


class Storage:
    """`FOLDER/telegram.sqlite3`, readable by this account only.

    Nothing here raises once it is open: a read that fails gives the default, a write that fails is logged once and
    gives False or None. `clock` gives seconds since 1970. Raises `ChannelError` when the file cannot be used.
    """

    def __init__(self, folder: Path, clock: Callable[[], float]) -> None:
        self._path = folder / FILE
        self.clock = clock
        self._unread = False
        try:
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._path.touch(mode=0o600)
            self._path.chmod(0o600)
            self._base = connect(self._path, timeout=2)
        except (OSError, sqlite3.Error) as error:
            raise self._trouble(error) from error
        try:
            self._prepare()
            self._base.execute(f"PRAGMA busy_timeout = {_READ_WAIT_MS}")
            self._writer = Writer(self._path, lambda base: records.sweep(base, clock()))
        except sqlite3.Error as error:
            self._base.close()
            raise self._trouble(error) from error
        except ChannelError:
            self._base.close()
            raise

    @property
    def failing(self) -> bool:
        """Return whether the last write failed."""
        return self._writer.failing

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

    async def result(self, work: Callable[[sqlite3.Connection], T], *, scrub: bool = False) -> T | None:
        """Return what `work(connection)` returned, once it is on the disk; None when it could not be written."""
        try:
            return await asyncio.wrap_future(self._writer.write(work, scrub=scrub))
        except sqlite3.Error:
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
        self._writer.close()
        self._base.close()

    def _prepare(self) -> None:
        if (version := records.upgrade(self._base)) > records.VERSION:
            raise ChannelError(
                f"{self._path}: written by another version ({version}, this one writes {records.VERSION}); "
                "move it away and pair again"
            )

    def _trouble(self, error: Exception) -> ChannelError:
        return ChannelError(f"{self._path}: {error}; check the folder and the disk, or move the file away")
