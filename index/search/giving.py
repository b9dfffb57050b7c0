"""Give an index meaning: make the vectors of the generation that answers, beside it, while words answer."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np

from index.machine.processes import processors
from index.meaning import making
from index.meaning.encoder import Encoder, FolderEncoder
from index.meaning.making import Making
from index.meaning.vectors import FOLDER, NoVectorsError, Vectors
from index.search.nonquestions import measured
from index.store.files import make_folder
from index.store.generation import Generation
from index.store.lock import build_lock
from index.store.store import Store


def vectors_missing(store: Store, folder: Path) -> str:
    """Return why the vectors of the generation that answers, by the model in `folder`, are not there; "" if they are.

    Raises ModelError, NoIndexError or BrokenIndexError.
    """
    return _missing(store, FolderEncoder(folder).digest)


def _missing(store: Store, model: str) -> str:
    with store.open() as generation:
        try:
            Vectors.open(store.data_dir, generation, model)
        except NoVectorsError as error:
            return str(error)
    return ""


def give_meaning(
    store: Store,
    folder: Path,
    progress: Callable[[Making], None] = lambda _: None,
    waiting: Callable[[str], None] | None = None,
) -> bool:
    """Make the vectors of the generation that answers by the model in `folder`; return whether any were to be made.

    Those of passages that an earlier generation held are kept. Where another generation answers by the end, its vectors
    are made too. Raises ModelError, NoIndexError, BrokenIndexError, WorkerError, OSError; BuildBusyError while another
    process makes them, unless `waiting` is told.
    """
    encoder = FolderEncoder(folder)
    make_folder(store.data_dir / FOLDER)
    made = 0
    with build_lock(store.data_dir / FOLDER / "making.lock", waiting):
        while _missing(store, encoder.digest):
            with store.open() as generation:
                if generation.number == made:
                    break
                _make(generation, store.data_dir, folder, encoder, progress)
                made = generation.number
        making.discard(store.data_dir, encoder.digest)
    return made > 0


def _make(
    generation: Generation,
    data_dir: Path,
    folder: Path,
    encoder: Encoder,
    progress: Callable[[Making], None],
) -> None:
    keys, values, scales = making.make(generation, data_dir, folder, encoder, processors(), progress)
    vectors = Vectors(keys, values, scales, np.array([0.0, 1.0]), np.empty((0, 2, 0)))
    usual, null = measured(generation, encoder, vectors)
    replace(vectors, usual=usual, null=null).save(data_dir, generation, encoder.digest)
