"""Readers of formats that nobody can vouch for, in a process of their own.

A hang, a bomb or a crash there costs one file: it is told, and the next file gets a new process. One process reads file
after file, and is started when the first such file is met.
"""

import math
import signal
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from time import monotonic
from typing import Any, Final

from index.machine.processes import EndedError, Process, packed, unpacked
from index.model import Article, Dropped, Skipped
from index.sources.contents import ARCHIVES, File, Limits, Part, Reader
from index.sources.files import streams

# Articles come back in batches of so many characters, so that those are the same each time that are lost when a reader
# crashes; earlier when they take long, as there is a limit on waiting.
_BATCH_CHARACTERS: Final = 1 << 15
_BATCH_SECONDS: Final = 5
# An archive with more members that end the process is given up.
_MOST_FAULTS: Final = 20


@dataclass(frozen=True, slots=True)
class _Job:
    """A file to be read; the first `start` members of an archive were read before."""

    file: File
    ending: str
    limits: Limits
    scratch: str
    start: int


@dataclass(frozen=True, slots=True)
class _Member:
    """The member of an archive that is about to be read, and the seconds that it may take."""

    number: int
    shown: str
    seconds: float


class ReaderProcess:
    """A process that reads; `position` says how far into its file it has come."""

    def __init__(self, readers: Mapping[str, Reader]) -> None:
        self.position = 0
        self._readers = dict(readers)
        self._process: Process | None = None

    def parts(self, file: File, ending: str, limits: Limits) -> Iterator[Part]:
        """Yield what a file holds, and why it was given up."""
        self.position = 0
        if ending in ARCHIVES:
            from tempfile import TemporaryDirectory

            with TemporaryDirectory(prefix="quoth-", ignore_cleanup_errors=True) as scratch:
                yield from self._resumed(file, ending, limits, scratch)
        else:
            yield from self._resumed(file, ending, limits, "")

    def end(self) -> None:
        """End the process."""
        if self._process is not None:
            self._process.end()
            self._process = None

    def _resumed(self, file: File, ending: str, limits: Limits, scratch: str) -> Iterator[Part]:
        """Yield what a file holds; where a member of an archive ends the process, go on behind it."""
        start = 0
        for _ in range(_MOST_FAULTS):
            if not self._started():
                from index.sources.unpacking import Unpacking

                yield from Unpacking(self._readers, scratch=Path(scratch) if scratch else None).parts(file, ending)
                return
            reading = _OneReading(file, limits)
            whole = False
            try:
                yield from self._read(reading, _Job(file, ending, limits, scratch, start))
                whole = True
            except (EndedError, _TooLongError) as error:
                yield Skipped(reading.shown, _reason(error, reading.seconds))
            finally:
                if not whole:
                    # It is in the midst of something, or has ended.
                    self.end()
            if whole or reading.number is None:
                return
            start = reading.number + 1
        yield Skipped(file.shown, f"given up after {_MOST_FAULTS} members that ended their reader")

    def _started(self) -> bool:
        """Start the process unless it runs; return whether it does: on some systems none may be started."""
        if self._process is None:
            try:
                self._process = Process(f"{__name__}:serve")
                self._process.send(self._readers)
            except (OSError, ValueError, EndedError):
                self.end()
        return self._process is not None

    def _read(self, reading: "_OneReading", job: _Job) -> Iterator[Part]:
        process = self._process
        if process is None:
            return
        process.send(job)
        while True:
            # Processor time is limited over there; this is for what waits.
            if not process.has_sent(2 * reading.seconds):
                raise _TooLongError
            message = process.receive()
            if message is None:
                return
            if isinstance(message, _Member):
                reading.number, reading.shown, reading.seconds = message.number, message.shown, message.seconds
                continue
            position, batch = message
            self.position = max(self.position, position)
            yield from map(unpacked_part, batch)


class _OneReading:
    """Where a reading is: the member that is being read, and the seconds that this may take."""

    def __init__(self, file: File, limits: Limits) -> None:
        self.number: int | None = None
        self.shown = file.shown
        self.seconds = limits.of_file(file.path)


class _TooLongError(Exception):
    """A process has sent nothing for longer than it may."""


def _reason(error: EndedError | _TooLongError, seconds: float) -> str:
    if isinstance(error, _TooLongError) or error.code == -getattr(signal, "SIGXCPU", 0):
        return f"it took longer than {seconds:,.0f} s to read"
    if error.code == -getattr(signal, "SIGKILL", 0):
        return f"its reader {error}; the memory is often what is short"
    return f"a fault of quoth's reader (it {error}); please report it"


def serve(take: Callable[[], Any], give: Callable[[object], None]) -> None:
    """Read file after file: all that such a process does."""
    from index.sources.unpacking import Unpacking

    readers = take()
    while True:
        job: _Job = take()
        outlet = _Outlet(give, job)
        unpacking = Unpacking(
            readers,
            scratch=Path(job.scratch) if job.scratch else None,
            start=job.start,
            about_to=outlet.about_to,
            memory=_limit_memory(job.limits.memory),
        )
        for part in unpacking.parts(job.file, job.ending):
            outlet.add(part, unpacking.position)
        outlet.flush()
        give(None)


class _Outlet:
    """Articles on their way back, in batches; each gives its reader as much time again."""

    def __init__(self, give: Callable[[object], None], job: _Job) -> None:
        self._give = give
        self._file = job.file.path
        self._batch: list[Any] = []
        self._characters = 0
        self._sent = monotonic()
        self._seconds = job.limits.of_file(job.file.path)
        _limit_seconds(self._seconds)

    def add(self, part: Part, position: int) -> None:
        self._batch.append(packed_part(part))
        self._characters += sum([len(piece.text) for piece in part.paragraphs]) if isinstance(part, Article) else 0
        if self._characters >= _BATCH_CHARACTERS or monotonic() - self._sent >= _BATCH_SECONDS:
            self.flush(position)
        _limit_seconds(self._seconds)

    def about_to(self, number: int, shown: str, limits: Limits, size: int) -> int:
        self.flush()
        self._seconds = limits.of(size)
        _limit_seconds(self._seconds)
        self._give(_Member(number, shown, self._seconds))
        return _limit_memory(limits.memory)

    def flush(self, position: int = 0) -> None:
        self._give((max(position, streams.position(self._file)), self._batch))
        self._batch, self._characters, self._sent = [], 0, monotonic()


def packed_part(part: Part) -> object:
    """Return a part as it crosses to another process at little cost."""
    if isinstance(part, Skipped):
        return part
    return packed(part), [(one.text, one.reason) for one in part.dropped]


def unpacked_part(sent: Any) -> Part:
    """Return the part that was packed."""
    if isinstance(sent, Skipped):
        return sent
    fields, dropped = sent
    article = unpacked(fields)
    if dropped:
        return replace(article, dropped=tuple([Dropped(*one) for one in dropped]))
    return article


def _limit_seconds(seconds: float) -> None:
    """Let this process run so many seconds from now; nothing where the system knows no such limit."""
    with suppress(ImportError, OSError, ValueError):
        import resource

        used = resource.getrusage(resource.RUSAGE_SELF)
        until = math.ceil(used.ru_utime + used.ru_stime + seconds)
        hard = resource.getrlimit(resource.RLIMIT_CPU)[1]
        resource.setrlimit(resource.RLIMIT_CPU, (until if hard < 0 else min(until, hard), hard))


def _limit_memory(most: int) -> int:
    """Let this process have so many bytes; return them, 0 where the system knows no such limit."""
    with suppress(ImportError, OSError, ValueError):
        import resource

        hard = resource.getrlimit(resource.RLIMIT_AS)[1]
        resource.setrlimit(resource.RLIMIT_AS, (most if hard < 0 else min(most, hard), hard))
        return most
    return 0
