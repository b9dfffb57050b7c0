"""Analyse batches of articles in processes of their own as soon as there are enough to be worth it.

The builder analyses too, whenever no worker is ready for another batch: while they start, and when it reads faster than
they analyse. A worker is this program started anew, without the command line: it reads batches from a socket and writes
their results. Nothing is inherited by forking, which is unsafe beside threads, and nothing is shared. It is deaf to
Ctrl-C, which is the builder's business, and it ends at once when the socket closes, however the builder has ended.
"""

import os
import signal
import subprocess
import sys
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from operator import attrgetter
from pathlib import Path
from queue import SimpleQueue
from threading import Thread
from types import TracebackType
from typing import Any, Final, Self, TypeVar

from index.build.batches import AnalysedBatch, Analyser, Batch
from index.errors import WorkerError
from index.model import Article, Paragraph

T = TypeVar("T")
# Less is analysed sooner than a worker has started.
_CHARACTERS_BEFORE_WORKERS: Final = 1 << 18
# So many batches a worker are on their way. At the end it still has enough to do for the builder to load its kernels.
_AHEAD: Final = 24
# The builder reads and stores articles twice as fast as one worker analyses them; more workers would wait for it.
_MOST: Final = 4
_START: Final = "import sys; sys.path[:] = sys.argv[2:]; from index.build.workers import main; main(int(sys.argv[1]))"

_FIELDS = attrgetter("title", "path", "key", "source", "url", "author", "date", "language")


def processors() -> int:
    """Return how many processors this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


class Analysers:
    """Take batches, return their results in the same order, each with the number of the analyser that did it.

        with Analysers(cut=True, processes=2) as analysers:
            for batch in batches:
                for number, result in analysers.submit(batch, characters):
                    ...
            for number, result in analysers.rest():
                ...

    Terms are numbered by each analyser for itself; this process is number 0. `processes` are all that analyse, this one
    among them. Raises WorkerError when a worker ends before its time.
    """

    def __init__(self, *, cut: bool, processes: int) -> None:
        self._cut = cut
        self._processes = min(processes, _MOST)
        self._own = Analyser(cut=cut)
        self._characters = 0
        self._workers: list[_Worker] = []
        # Who has the batches that were submitted, in their order, or what came of them here.
        self._waiting: deque[_Worker | AnalysedBatch] = deque()

    def submit(self, batch: Batch, characters: int) -> list[tuple[int, AnalysedBatch]]:
        """Take a batch of about so many characters; return the results that are ready."""
        if self._characters >= _CHARACTERS_BEFORE_WORKERS and not self._workers:
            self._start()
        self._characters += characters
        free = [worker for worker in self._workers if worker.waiting < _AHEAD and worker.ready()]
        if free:
            worker = min(free, key=lambda worker: worker.waiting)
            worker.send(batch)
            self._waiting.append(worker)
        else:
            self._waiting.append(self._own.analyse(batch))
        results = []
        while self._waiting and (self._is_done() or len(self._waiting) > 2 * _AHEAD * len(self._workers)):
            results.append(self._next())
        return results

    def rest(self) -> list[tuple[int, AnalysedBatch]]:
        """Wait for all that was submitted, and return its results."""
        return [self._next() for _ in range(len(self._waiting))]

    def _start(self) -> None:
        # Where no process may be started, this one does the work.
        with suppress(OSError):
            while len(self._workers) + 1 < self._processes:
                self._workers.append(_Worker(len(self._workers) + 1, cut=self._cut))
        self._processes = len(self._workers) + 1

    def _is_done(self) -> bool:
        """Return whether the oldest batch has been analysed."""
        first = self._waiting[0]
        return isinstance(first, AnalysedBatch) or first.has_sent()

    def _next(self) -> tuple[int, AnalysedBatch]:
        first = self._waiting.popleft()
        return (0, first) if isinstance(first, AnalysedBatch) else (first.number, first.receive())

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for worker in self._workers:
            worker.end()


class _Worker:
    """A process that analyses; `number` counts from 1, `waiting` the batches whose result has not been received."""

    def __init__(self, number: int, *, cut: bool) -> None:
        from multiprocessing import Pipe

        self.number = number
        self.waiting = 0
        self._started = False
        self._connection, theirs = Pipe()
        path = [entry or str(Path.cwd()) for entry in sys.path]
        with theirs:
            # A group of its own: Ctrl-C on the terminal reaches the builder alone.
            self._process = subprocess.Popen(  # noqa: S603 (this very program)
                [sys.executable, "-P", "-c", _START, str(theirs.fileno()), *path],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                pass_fds=[theirs.fileno()],
                process_group=0,
            )
        self._send(cut)

    def ready(self) -> bool:
        """Return whether it has started; a batch sent before that would wait longer than it takes here."""
        if not self._started and self.has_sent():
            self._started = bool(self._received())
        return self._started

    def send(self, batch: Batch) -> None:
        """Give it a batch. Raises WorkerError when it has ended."""
        self._send([_packed(article, known) for article, known in batch])
        self.waiting += 1

    def has_sent(self) -> bool:
        """Return whether `receive` would return, or raise, at once."""
        return self._connection.poll()

    def receive(self) -> AnalysedBatch:
        """Wait for the result of its oldest batch. Raises WorkerError when it has ended or failed."""
        received = self._received()
        self.waiting -= 1
        if isinstance(received, AnalysedBatch):
            return received
        raise self._failure(f"failed: {received}")

    def _send(self, message: object) -> None:
        try:
            self._connection.send(message)
        except OSError as error:
            raise self._lost() from error

    def _received(self) -> object:
        try:
            return self._connection.recv()
        except (EOFError, OSError) as error:
            raise self._lost() from error

    def end(self) -> None:
        """End the process."""
        self._connection.close()
        # It holds nothing that could be lost.
        self._process.kill()
        self._process.wait()

    def _lost(self) -> WorkerError:
        code = self._process.wait()
        cause = f"was killed by signal {-code} ({_signal(-code)})" if code < 0 else f"ended with code {code}"
        step = "; with signal 9 the memory is often what is short" if code == -signal.SIGKILL else ""
        return self._failure(f"{cause}{step}")

    def _failure(self, cause: str) -> WorkerError:
        return WorkerError(f"process {self._process.pid}, which analyses articles, {cause}; nothing was changed")


def _signal(number: int) -> str:
    with suppress(ValueError):
        return signal.Signals(number).name
    return "unknown"


def _packed(article: Article, known: str) -> tuple[Any, ...]:
    """Return an article as a tuple: tuples cross to another process at a quarter of the price of records."""
    return *_FIELDS(article), tuple([(piece.text, piece.kind, piece.fragment) for piece in article.paragraphs]), known


def _unpacked(packed: Sequence[tuple[Any, ...]]) -> Batch:
    return [
        (Article(title, tuple([Paragraph(*piece) for piece in pieces]), *others), known)
        for title, *others, pieces, known in packed
    ]


def main(descriptor: int) -> None:
    """Analyse the batches that come through a socket until it closes: this is all that a worker does."""
    from multiprocessing.connection import Connection

    signal.signal(signal.SIGINT, signal.SIG_IGN)
    connection = Connection(descriptor)
    batches: SimpleQueue[Any] = SimpleQueue()
    results: SimpleQueue[object] = SimpleQueue()
    # Reads and writes ahead, so that neither side ever waits for the other, and sees the end at once.
    Thread(target=_pass_on, args=(connection.recv, batches.put), daemon=True).start()
    Thread(target=_pass_on, args=(results.get, connection.send), daemon=True).start()
    analyser = Analyser(cut=batches.get())
    results.put(True)
    while True:
        try:
            results.put(analyser.analyse(_unpacked(batches.get())))
        except Exception as error:  # noqa: BLE001 (the builder tells the user)
            results.put(f"{type(error).__name__}: {error}")


def _pass_on(take: Callable[[], T], give: Callable[[T], object]) -> None:
    """Pass on one thing after another; end the process when the builder is gone, for whom all of it is."""
    try:
        while True:
            give(take())
    except (EOFError, OSError):
        os._exit(0)
