"""Batches of articles, analysed in processes of their own as soon as there are enough of them to be worth it.

A worker is this program started anew, without the command line: it reads batches from a socket and writes what came of
them. Nothing is inherited by forking, which is unsafe beside threads, and nothing is shared. It is deaf to Ctrl-C,
which is the builder's business, and it ends at once when the socket closes, however the builder has ended.
"""

import os
import signal
import subprocess
import sys
from collections import deque
from collections.abc import Sequence
from contextlib import suppress
from operator import attrgetter
from pathlib import Path
from queue import SimpleQueue
from threading import Thread
from types import TracebackType
from typing import TYPE_CHECKING, Any, Final, Self

from index.analysing import Analysed, Analyser, Batch
from index.errors import WorkerError
from index.model import Article, Paragraph

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

# What takes about as long to analyse as the workers take to start.
_CHARACTERS_BEFORE_WORKERS: Final = 1 << 20
# So many batches a worker are on their way: it never waits for the next, and memory stays bounded.
_AHEAD: Final = 3
# The builder reads and stores articles twice as fast as one worker analyses them; more workers would wait for it.
_MOST: Final = 4
_START: Final = "import sys; sys.path[:] = sys.argv[2:]; from index.workers import main; main(int(sys.argv[1]))"

_FIELDS = attrgetter("title", "path", "key", "source", "url", "author", "date", "language")


def processors() -> int:
    """How many processors this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


class Analysers:
    """Takes batches, gives what came of them in the same order, each with the number of the analyser that did it.

        with Analysers(cut=True, processes=2) as analysers:
            for batch in batches:
                for number, analysed in analysers.submit(batch, characters):
                    ...
            for number, analysed in analysers.rest():
                ...

    Terms are numbered by each analyser for itself. With `processes` = 1 all is done in this process. Raises WorkerError
    when a worker ends before its time.
    """

    def __init__(self, *, cut: bool, processes: int) -> None:
        self._cut = cut
        self._processes = min(processes, _MOST)
        self._own = Analyser(cut=cut)
        self._characters = 0
        self._workers: list[_Worker] = []
        self._turn = 0
        self._waiting: deque[_Worker] = deque()

    def submit(self, batch: Batch, characters: int) -> list[tuple[int, Analysed]]:
        """Takes a batch of about so many characters; returns what is ready, if anything."""
        if self._characters >= _CHARACTERS_BEFORE_WORKERS and not self._workers:
            self._start()
        self._characters += characters
        if not self._workers:
            return [(0, self._own.analysed(batch))]
        worker = self._workers[self._turn % len(self._workers)]
        self._turn += 1
        worker.send(batch)
        self._waiting.append(worker)
        return [self._next()] if len(self._waiting) > _AHEAD * len(self._workers) else []

    def rest(self) -> list[tuple[int, Analysed]]:
        """Waits for all that was submitted."""
        return [self._next() for _ in range(len(self._waiting))]

    def _start(self) -> None:
        # Where no process may be started, this one does the work.
        with suppress(OSError):
            while self._processes > 1 and len(self._workers) < self._processes:
                self._workers.append(_Worker(len(self._workers) + 1, cut=self._cut))
        self._processes = len(self._workers)

    def _next(self) -> tuple[int, Analysed]:
        worker = self._waiting.popleft()
        return worker.number, worker.receive()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for worker in self._workers:
            worker.end()


class _Worker:
    """A process that analyses; `number` counts from 1."""

    def __init__(self, number: int, *, cut: bool) -> None:
        from multiprocessing import Pipe

        self.number = number
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
        self.send(cut)

    def send(self, message: Batch | bool) -> None:
        packed = message if isinstance(message, bool) else [_packed(article, known) for article, known in message]
        try:
            self._connection.send(packed)
        except OSError as error:
            raise self._lost() from error

    def receive(self) -> Analysed:
        try:
            received = self._connection.recv()
        except (EOFError, OSError) as error:
            raise self._lost() from error
        if isinstance(received, Analysed):
            return received
        raise self._failure(f"failed: {received}")

    def end(self) -> None:
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
        return WorkerError(
            f"process {self._process.pid}, which analyses articles, {cause}; nothing was changed; "
            "run `quoth index` again"
        )


def _signal(number: int) -> str:
    with suppress(ValueError):
        return signal.Signals(number).name
    return "unknown"


def _packed(article: Article, known: str) -> tuple[Any, ...]:
    """Tuples cross to another process at a quarter of the price of records."""
    return *_FIELDS(article), tuple([(piece.text, piece.kind) for piece in article.paragraphs]), known


def _unpacked(packed: Sequence[tuple[Any, ...]]) -> Batch:
    return [
        (Article(title, tuple([Paragraph(*piece) for piece in pieces]), *others), known)
        for title, *others, pieces, known in packed
    ]


def main(descriptor: int) -> None:
    """What a worker does: analyses the batches that come through the socket until it closes."""
    from multiprocessing.connection import Connection

    signal.signal(signal.SIGINT, signal.SIG_IGN)
    connection = Connection(descriptor)
    batches: SimpleQueue[Any] = SimpleQueue()
    # Reads ahead, so that neither side ever waits for the other to read first, and sees the end at once.
    Thread(target=_read, args=(connection, batches), daemon=True).start()
    analyser = Analyser(cut=batches.get())
    while True:
        try:
            analysed: Analysed | str = analyser.analysed(_unpacked(batches.get()))
        except Exception as error:  # noqa: BLE001 (the builder tells the user)
            analysed = f"{type(error).__name__}: {error}"
        try:
            connection.send(analysed)
        except OSError:
            return


def _read(connection: "Connection[Any, Any]", batches: "SimpleQueue[Any]") -> None:
    try:
        while True:
            batches.put(connection.recv())
    except (EOFError, OSError):
        # The builder is gone, and whatever is being analysed has nobody to go to.
        os._exit(0)
