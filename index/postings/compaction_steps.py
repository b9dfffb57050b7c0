"""What compaction does with some neighbouring lists, in NumPy: `index.postings.compaction_kernels` does the same."""

from typing import NamedTuple, Protocol

import numpy as np
import numpy.typing as npt

from index import bm25
from index.postings.compact import WIDTH, level, smallest_tf
from index.postings.impacts import kth
from index.store.arrays import Matrix

Levels = npt.NDArray[np.uint8]


class Tables(NamedTuple):
    """The tables of frequent terms: `window_highest`, `window_start`, `columns`, `column_of` of `CompactPostings`."""

    highest: Matrix[np.uint8]
    start: Matrix[np.uint32]
    columns: Matrix[np.uint8]
    column_of: npt.NDArray[np.int32]


class Steps(Protocol):
    """The functions of this module."""

    def encode(
        self, rows: npt.NDArray[np.uint32], tf: npt.NDArray[np.uint16], norm: bm25.Floats, k1: float
    ) -> tuple[Levels, npt.NDArray[np.bool_]]: ...

    def tabulate(
        self,
        places: npt.NDArray[np.int64],
        first: int,
        indptr: npt.NDArray[np.int64],
        rows: npt.NDArray[np.uint32],
        levels: Levels,
        tables: Tables,
    ) -> None: ...

    def ranked(self, levels: Levels, indptr: npt.NDArray[np.int64]) -> Levels: ...


def encode(
    rows: npt.NDArray[np.uint32], tf: npt.NDArray[np.uint16], norm: bm25.Floats, k1: float
) -> tuple[Levels, npt.NDArray[np.bool_]]:
    """Return the level of each posting, and of which the level does not tell the tf; `norm` is that of all passages."""
    norm = norm[rows]
    saturation = bm25.saturation(tf.astype(np.float64), norm, k1)
    levels: Levels = level(saturation, k1).astype(np.uint8)
    return levels, bm25.saturation(smallest_tf(levels, norm, k1), norm, k1) != saturation


def tabulate(
    places: npt.NDArray[np.int64],
    first: int,
    indptr: npt.NDArray[np.int64],
    rows: npt.NDArray[np.uint32],
    levels: Levels,
    tables: Tables,
) -> None:
    """Fill in the tables of some frequent terms, from their row `first` on.

    `places` are those of their lists among neighbouring ones, whose `indptr` begins at 0.
    """
    windows = tables.highest.shape[1]
    for table, place in enumerate(places.tolist(), first):
        postings = slice(int(indptr[place]), int(indptr[place + 1]))
        start = np.searchsorted(rows[postings], np.arange(windows + 1, dtype=np.uint32) * np.uint32(WIDTH))
        tables.start[table] = start
        filled = start[:-1] < start[1:]
        tables.highest[table, filled] = np.maximum.reduceat(levels[postings], start[:-1][filled])
        if tables.column_of[table] >= 0:
            tables.columns[tables.column_of[table], rows[postings]] = levels[postings]


def ranked(levels: Levels, indptr: npt.NDArray[np.int64]) -> Levels:
    """Return every list's level of each rank in `index.postings.impacts.SEED_RANKS`: uint8 [ranks, lists]."""
    return kth(levels, indptr)
