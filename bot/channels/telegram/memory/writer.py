"""The one thread that writes to the memory: what waits is written together, and a failure is nobody's crash."""

import logging
import sqlite3
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any, Literal, TypeVar

from bot.channels.telegram.memory.reserve import Reserve
from index import sync

LOG = logging.getLogger(__name__)

BATCH = 500
LOCK_WAIT = 2.0
HOUR = 3600.0

T = TypeVar("T")
Work = Callable[[sqlite3.Connection], Any]


@dataclass(slots=True)
class _Job:
    work: Work
    scrub: bool = False
    surely: bool = False
    done: "Future[Any]" = field(default_factory=Future)
    awaited: bool = True

    def begin(self) -> None:
        """Let nobody cancel it from now on; a caller that gave up before has it done, and hears nothing."""
        self.awaited = self.done.set_running_or_notify_cancel()

    def succeed(self, result: Any) -> None:
        if self.awaited:
            self.done.set_result(result)

    def fail(self, error: Exception) -> None:
        if self.awaited:
            self.done.set_exception(error)


def connect(path: Path, *, timeout: float, synchronous: Literal["FULL", "NORMAL"] = "FULL") -> sqlite3.Connection:
    """Return a connection that leaves no trace of deleted rows; when it is FULL, a commit means on the disk.

    The room that it needs on a full disk comes from the reserve.
    """
    while True:
        base = sqlite3.connect(path, isolation_level=None, timeout=timeout, check_same_thread=False)
        try:
            for pragma in ("journal_mode = WAL", f"synchronous = {synchronous}", "secure_delete = ON"):
                base.execute(f"PRAGMA {pragma}")
            # The first to read needs room as well.
            base.execute("PRAGMA user_version").fetchone()
        except sqlite3.OperationalError as error:
            base.close()
            if is_locked(error) or not Reserve(path.parent).give():
                raise
        else:
            return base


def cut_log(base: sqlite3.Connection, path: Path) -> None:
    """Bring what the log of a database holds into its file, and leave no byte of it in the log.

    Raises `sqlite3.Error`, also where somebody reads what the log holds.
    """
    ((busy, _, _),) = base.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    if busy:
        raise sqlite3.OperationalError("database is locked")
    # SQLite does not; after a power cut the log would be there again.
    with suppress(OSError):
        sync(path.with_name(f"{path.name}-wal"))


def is_locked(error: Exception) -> bool:
    """Return whether somebody else was at it."""
    return isinstance(error, sqlite3.OperationalError) and "locked" in str(error)


class Writer:
    """Run work on the file, in the order it came, in batches of one transaction; `hourly` runs at the start and then
    once an hour.

    `opened()` gives the connection, now or, on a disk that is `full`, when something can be written again.
    `writer.write(work)` returns a future of what `work(connection)` returned, resolved once it is on the disk; it
    raises `sqlite3.Error` when it could not be written, which is logged once until a write succeeds again.
    """

    def __init__(
        self, path: Path, opened: Callable[[], sqlite3.Connection], hourly: Work, *, full: bool = False
    ) -> None:
        self._path = path
        self._opened = opened
        self._base = None if full else opened()
        self._reserve = Reserve(path.parent)
        self._hourly = hourly
        self._jobs: SimpleQueue[_Job | None] = SimpleQueue()
        self._closed = False
        self.failing = False
        # Whether something that was deleted is still to be read from the file or its log.
        self.unclean = False
        self._thread = threading.Thread(target=self._run, name="telegram-memory", daemon=True)
        self._thread.start()

    def write(
        self, work: Callable[[sqlite3.Connection], T], *, scrub: bool = False, surely: bool = False
    ) -> "Future[T]":
        """Queue `work`; with `scrub`, nothing that it deleted is left in the file or its log, unless that is `unclean`.

        What is to be written `surely` has the reserve on a full disk.
        """
        job = _Job(work, scrub, surely)
        if self._closed:
            job.done.set_exception(sqlite3.ProgrammingError("the memory is closed"))
        else:
            self._jobs.put(job)
        return job.done

    def close(self) -> None:
        """Write what is queued, and close the file."""
        self._closed = True
        self._jobs.put(None)
        self._thread.join()
        if self._base is not None:
            self._base.close()

    def _run(self) -> None:
        next_sweep = time.monotonic()
        while True:
            if time.monotonic() >= next_sweep:
                next_sweep = time.monotonic() + HOUR
                self._reserve.fill()
                self._batch([_Job(self._hourly)])
            queued = self._waiting(next_sweep - time.monotonic())
            jobs = [job for job in queued if job is not None]
            for job in jobs:
                job.begin()
            self._batch(jobs)
            if len(jobs) < len(queued):
                return

    def _waiting(self, seconds: float) -> list[_Job | None]:
        """Return what is queued, at most a batch; empty when nothing came for so many seconds."""
        jobs: list[_Job | None] = []
        with suppress(Empty):
            jobs.append(self._jobs.get(timeout=max(0.0, seconds)))
            while len(jobs) < BATCH and jobs[-1] is not None:
                jobs.append(self._jobs.get_nowait())
        return jobs

    def _batch(self, jobs: list[_Job]) -> None:
        """Execute all in one transaction; when one of several fails, each in its own, so that it fails alone."""
        if not jobs:
            return
        try:
            results = self._transaction([job.work for job in jobs])
        except Exception as error:  # noqa: BLE001 - whatever went wrong, the thread lives on and the caller is told
            if len(jobs) > 1 and not is_locked(error):
                for job in jobs:
                    self._batch([job])
                return
            if any(job.surely for job in jobs) and not is_locked(error) and self._reserve.give():
                self._batch(jobs)
                return
            self._failed(error)
            for job in jobs:
                job.fail(error)
            return
        if self.unclean or any(job.scrub for job in jobs):
            self._scrub()
        if self.failing:
            self.failing = False
            LOG.warning("%s is written again", self._path)
        for job, result in zip(jobs, results, strict=True):
            job.succeed(result)

    def _transaction(self, works: list[Work]) -> list[Any]:
        if self._base is None:
            self._base = self._opened()
        base = self._base
        base.execute("BEGIN IMMEDIATE")
        try:
            results = [work(base) for work in works]
            base.execute("COMMIT")
        except BaseException:
            # A full disk may have rolled back already.
            if base.in_transaction:
                base.execute("ROLLBACK")
            raise
        return results

    def _scrub(self) -> None:
        if self._base is None:
            return
        self.unclean = False
        # secure_delete overwrites rows; what moved between pages before, only a rewrite leaves out.
        for step in (lambda base: base.execute("VACUUM"), lambda base: cut_log(base, self._path)):
            try:
                step(self._base)
            except sqlite3.Error as error:
                self.unclean = True
                LOG.warning("%s: rows are deleted, but the file was not rewritten (%s)", self._path, error)

    def _failed(self, error: Exception) -> None:
        if not self.failing:
            self.failing = True
            cause = error if isinstance(error, sqlite3.Error) else type(error).__name__
            LOG.error("%s cannot be written (%s); answers go on, unremembered; check the disk", self._path, cause)
