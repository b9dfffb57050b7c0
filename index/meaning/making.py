"""Make the vectors of a generation, beside it: of what no generation before held, by several processes.

A network that runs on one thread is run by as many processes as there are processors. What they have made is kept a
few hundred passages at a time, so that whoever is killed goes on from there.
"""

import os
import shutil
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np

from index.machine.processes import Worker
from index.meaning.encoder import Encoder, FolderEncoder
from index.meaning.vectors import Floats, Ints, encoded, keep, key, known, making, quantized
from index.postings.forward import Forward
from index.store.files import make_folder
from index.store.generation import Generation

# So many passages are one piece of work, about ten seconds of it.
_PIECE: Final = 128
# Fewer are made sooner than another process has loaded the model.
_FEW: Final = 256
# So many pieces wait for each process.
_AHEAD: Final = 2
_READ: Final = 4096
_POLITE: Final = 5


@dataclass(frozen=True, slots=True)
class Making:
    """How far the making is: `done` of `count` texts that had no vector, by so many `processes`."""

    done: int
    count: int
    processes: int


def make(
    generation: Generation,
    data_dir: Path,
    folder: Path,
    encoder: Encoder,
    processes: int,
    progress: Callable[[Making], None] = lambda _: None,
) -> tuple[Ints, Any, Floats]:
    """Return keys, values and scales of the vectors of a generation by the model in `folder`, see `Vectors`.

    Raises ModelError, WorkerError where a process ends before its time, OSError.
    """
    keys, there, kept = _keys(generation), known(data_dir, encoder.digest), making(data_dir, encoder.digest)
    rows = _without_vector(keys, there)
    progress(Making(0, len(rows), processes))
    make_folder(kept)
    done, number = 0, max([int(path.stem) for path in kept.glob("[0-9]*.npz")], default=0)
    for some, (values, scales) in _encoded(_pieces(generation, rows), folder, encoder, processes, len(rows)):
        number += 1
        keep(kept, number, keys[some], values, scales)
        there.add(keys[some], values, scales)
        done += len(some)
        progress(Making(done, len(rows), processes))
    return keys, *there.of(keys)


def discard(data_dir: Path, model: str) -> None:
    """Remove what was kept while vectors were made, once they are stored."""
    shutil.rmtree(making(data_dir, model), ignore_errors=True)


def _keys(generation: Generation) -> Ints:
    """Return the key of each passage, 0 for boilerplate, int64 [N]."""
    forward = Forward.open(generation)
    keys = np.zeros(len(forward.article), np.int64)
    for first in range(0, len(keys), _READ):
        rows = range(first, min(first + _READ, len(keys)))
        keys[first : rows.stop] = [key(title, text) for title, text, _ in generation.texts.titles_and_texts(rows)]
    keys[forward.hidden] = 0
    return keys


def _without_vector(keys: Ints, there: Any) -> list[int]:
    """Return the first row of each key that has no vector."""
    first: dict[int, int] = {}
    for row, one in enumerate(keys.tolist()):
        if one and one not in there:
            first.setdefault(one, row)
    return list(first.values())


def _pieces(generation: Generation, rows: Sequence[int]) -> Iterator[tuple[list[int], list[str]]]:
    for first in range(0, len(rows), _PIECE):
        some = list(rows[first : first + _PIECE])
        yield some, [encoded(title, text) for title, text, _ in generation.texts.titles_and_texts(some)]


def _encoded(
    pieces: Iterator[tuple[list[int], list[str]]], folder: Path, encoder: Encoder, processes: int, count: int
) -> Iterator[tuple[list[int], tuple[Any, Floats]]]:
    """Yield the rows of each piece with their vectors."""
    if processes < 2 or count <= _FEW:
        for rows, texts in pieces:
            yield rows, quantized(encoder.passages(texts))
        return
    workers = [_worker(folder) for _ in range(processes)]
    waiting: deque[tuple[Worker, list[int]]] = deque()
    try:
        for turn, (rows, texts) in enumerate(pieces):
            # Pieces take about equally long, so taking turns keeps all of them busy.
            worker = workers[turn % processes]
            worker.send(texts)
            waiting.append((worker, rows))
            if len(waiting) >= _AHEAD * processes:
                first, done = waiting.popleft()
                yield done, _received(first)
        for worker, rows in waiting:
            yield rows, _received(worker)
    finally:
        for worker in workers:
            worker.end()


def _worker(folder: Path) -> Worker:
    """Return a process that encodes passages."""
    worker = Worker("index.meaning.making:encode", "encodes passages")
    worker.send(str(folder))
    return worker


def _received(worker: Worker) -> tuple[Any, Floats]:
    received = worker.receive()
    if isinstance(received, str):
        raise worker.failure(f"failed: {received}")
    return received[0], received[1]


def encode(take: Callable[[], Any], give: Callable[[object], None]) -> None:
    """Encode piece after piece: this is all that a worker does."""
    try:
        # Whoever asks meanwhile comes first.
        os.nice(_POLITE)
        encoder = FolderEncoder(Path(take()))
        while True:
            give(quantized(encoder.passages(take())))
    except Exception as error:  # noqa: BLE001 (whoever started it tells the user)
        give(f"{type(error).__name__}: {error}")
