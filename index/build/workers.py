"""Analyse batches of articles in processes of their own as soon as there are enough to be worth it.

The builder analyses too, whenever no worker is ready for another batch: while they start, and when it reads faster than
they analyse.
"""

from collections import deque
from collections.abc import Callable
from contextlib import suppress
from queue import SimpleQueue
from threading import Thread
from types import TracebackType
from typing import Any, Final, Self

from index.build.batches import AnalysedBatch, Analyser, Batch
from index.machine.processes import Worker, packed, pass_on, unpacked

# Less is analysed sooner than a worker has started.
_CHARACTERS_BEFORE_WORKERS: Final = 1 << 18
# So many batches a worker are on their way. At the end it still has enough to do for the builder to load its kernels.
_AHEAD: Final = 12
# The builder reads and stores articles twice as fast as one worker analyses them; more workers would wait for it.
_MOST: Final = 4


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
        self.number = number
        self.waiting = 0
        self._started = False
        self._process = Worker("index.build.workers:analyse", "analyses articles", "; nothing was changed")
        self._process.send(cut)

    def ready(self) -> bool:
        """Return whether it has started; a batch sent before that would wait longer than it takes here."""
        if not self._started and self.has_sent():
            self._started = bool(self._process.receive())
        return self._started

    def send(self, batch: Batch) -> None:
        """Give it a batch. Raises WorkerError when it has ended."""
        self._process.send([(packed(article), known) for article, known in batch])
        self.waiting += 1

    def has_sent(self) -> bool:
        """Return whether `receive` would return, or raise, at once."""
        return self._process.has_sent()

    def receive(self) -> AnalysedBatch:
        """Wait for the result of its oldest batch. Raises WorkerError when it has ended or failed."""
        received = self._process.receive()
        self.waiting -= 1
        if isinstance(received, AnalysedBatch):
            return received
        raise self._process.failure(f"failed: {received}")

    def end(self) -> None:
        """End the process."""
        self._process.end()


def analyse(take: Callable[[], Any], give: Callable[[object], None]) -> None:
    """Analyse batch after batch: this is all that a worker does."""
    results: SimpleQueue[object] = SimpleQueue()
    # Writes what is ready while the next batch is analysed, so that neither side ever waits for the other.
    Thread(target=pass_on, args=(results.get, give), daemon=True).start()
    analyser = Analyser(cut=take())
    results.put(True)
    while True:
        try:
            results.put(analyser.analyse([(unpacked(fields), known) for fields, known in take()]))
        except Exception as error:  # noqa: BLE001 (the builder tells the user)
            results.put(f"{type(error).__name__}: {error}")
