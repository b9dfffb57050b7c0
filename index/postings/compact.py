"""The inverted index of a large collection: about four bytes a posting, from which exact scores are recovered.

| array | dtype, shape | holds |
|---|---|---|
| indptr | int64 [V + 1] | the postings of term t are `indptr[t]:indptr[t + 1]` |
| levels | uint8 [postings] | saturation in units of (k1 + 1) / 254, rounded up, so at least 1 |
| frequent | uint32 [T] | the terms with at least four postings for each window, ascending |
| low | uint16 [frequent postings] | row modulo 65,536 of their postings; which window it lies in says the rest |
| low_start | int64 [T + 1] | where a frequent term's begin in `low` |
| rare | uint32 [other postings] | rows of all other postings, in the order of the terms |
| window_highest | uint8 [T, windows] | highest level of a frequent term in a window of passages |
| window_start | uint32 [T, windows + 1] | its postings before that window |
| column_of | int32 [T] | row of `columns`, -1 for terms in fewer than an eighth of the passages |
| columns | uint8 [columns, N] | the level for every passage, 0 where the term is absent |
| kth | uint8 [2, V] | the term's 10th and 100th highest level, 0 with fewer postings |
| lengths, average | uint32 [N], float64 [1] | terms of each passage, and on average |
| odd, odd_tf | int64 [odd], uint32 [odd] | postings whose tf their level does not tell, ascending, and that tf |

A level is an upper bound of what a posting counts, so sums of levels bound scores. It tells the tf too: the smallest
that gives this level in a passage of that length; the few postings of which that is not true are listed apart.
"""

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from index import bm25
from index.postings.forward import lower_bounds
from index.postings.impacts import InvertedIndex, Postings
from index.store.arrays import Matrix

# The highest level. One less than fits, so that rounding in the division below cannot carry it beyond 255.
HIGHEST: Final = 254
# Passages in a window, a power of two: what is added up for one (32 KB) fits into the fastest cache.
WIDTH: Final = 8192


@dataclass(frozen=True, slots=True)
class CompactPostings(InvertedIndex):
    """The arrays above, which the compiled kernels read as they are annotated here, see `index.machine.jit`."""

    PREFIX = "compact"

    indptr: npt.NDArray[np.int64]
    levels: npt.NDArray[np.uint8]
    frequent: npt.NDArray[np.uint32]
    low: npt.NDArray[np.uint16]
    low_start: npt.NDArray[np.int64]
    rare: npt.NDArray[np.uint32]
    window_highest: Matrix[np.uint8]
    window_start: Matrix[np.uint32]
    column_of: npt.NDArray[np.int32]
    columns: Matrix[np.uint8]
    kth: Matrix[np.uint8]
    lengths: npt.NDArray[np.uint32]
    average: npt.NDArray[np.float64]
    odd: npt.NDArray[np.int64]
    odd_tf: npt.NDArray[np.uint32]

    @property
    def passages(self) -> int:
        return len(self.lengths)

    def rows_of(self, term: int) -> npt.NDArray[np.int64]:
        """Return the passages that hold the term, ascending."""
        table = self._table(term)
        if table < 0:
            return self._rare_rows(term).astype(np.int64)
        window = np.repeat(np.arange(self.window_highest.shape[1]), np.diff(self.window_start[table].astype(np.int64)))
        low = self.low[self.low_start[table] : self.low_start[table + 1]].astype(np.int64)
        return window * WIDTH + (low & (WIDTH - 1))

    def dfs_within(
        self, terms: npt.NDArray[np.int64], firsts: npt.NDArray[np.int64], ends: npt.NDArray[np.int64]
    ) -> npt.NDArray[np.int64]:
        """Return for each term how many of the passages from its first to before its end hold it: int64 [terms]."""
        counts, tables = np.empty(len(terms), np.int64), self.frequent.searchsorted(terms)
        some = np.isin(terms, self.frequent)
        counts[some] = self._before(tables[some], ends[some]) - self._before(tables[some], firsts[some])
        some = ~some
        # Of the postings before a term, those of frequent terms are not in `rare`.
        before = self.low_start[tables[some]]
        begin, stop = self.indptr[terms[some]] - before, self.indptr[terms[some] + 1] - before
        up_to, below = (lower_bounds(self.rare, rows[some], begin, stop) for rows in (ends, firsts))
        counts[some] = up_to - below
        return counts

    def parts_of(self, term: int) -> list[tuple[str, int, int]]:
        """Return which parts of which long arrays hold the postings of a term: field, first element, end."""
        levels = ("levels", int(self.indptr[term]), int(self.indptr[term + 1]))
        table = self._table(term)
        if table >= 0:
            return [levels, ("low", int(self.low_start[table]), int(self.low_start[table + 1]))]
        return [levels, ("rare", *self._rare_range(term))]

    def _before(self, tables: npt.NDArray[np.int64], rows: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
        """Return how many passages before each row hold the frequent term of its row in the window tables."""
        windows = rows // WIDTH
        start, last = self.low_start[tables], self.window_highest.shape[1]
        begin = self.window_start[tables, windows]
        end = self.window_start[tables, np.minimum(windows + 1, last)]
        return lower_bounds(self.low, rows & 0xFFFF, start + begin, start + end) - start

    def _table(self, term: int) -> int:
        """Return the row of a frequent term in the window tables, -1 for a rare one."""
        table = int(self.frequent.searchsorted(np.uint32(term)))
        return table if table < len(self.frequent) and self.frequent[table] == term else -1

    def _rare_range(self, term: int) -> tuple[int, int]:
        # Of the postings before this term, those of frequent terms are not in `rare`.
        before = int(self.low_start[self.frequent.searchsorted(np.uint32(term))])
        return int(self.indptr[term]) - before, int(self.indptr[term + 1]) - before

    def _rare_rows(self, term: int) -> npt.NDArray[np.uint32]:
        return self.rare[slice(*self._rare_range(term))]

    def saturations(self, positions: npt.NDArray[np.int64], rows: npt.NDArray[np.int64], parameters: bm25.Parameters
                    ) -> bm25.Floats:  # fmt: skip
        """Return the saturations of the postings at `positions`, of passages `rows`: float64, exactly as stored."""
        norm = bm25.norms(self.lengths[rows], float(self.average[0]), parameters)
        tf = smallest_tf(self.levels[positions], norm, parameters.k1)
        places = np.minimum(np.searchsorted(self.odd, positions), max(len(self.odd) - 1, 0))
        if len(self.odd):
            odd = self.odd[places] == positions
            tf[odd] = self.odd_tf[places[odd]]
        return np.asarray(bm25.saturation(tf, norm, parameters.k1))


def level(saturation: Any, k1: float) -> Any:
    """Return the level of a number or an array, not yet an integer."""
    return np.ceil(saturation * (HIGHEST / (k1 + 1)))


def smallest_tf(levels: npt.NDArray[np.uint8], norm: bm25.Floats, k1: float) -> bm25.Floats:
    """Return the smallest tf >= 1 whose level is (at least) the given one, float64."""
    tf = np.ones(len(levels))
    short = np.flatnonzero(level(bm25.saturation(tf, norm, k1), k1) < levels)
    while len(short):
        tf[short] += 1
        short = short[level(bm25.saturation(tf[short], norm[short], k1), k1) < levels[short]]
    return tf


# As a collection has them: by its size, see `index.postings.layout`.
StoredPostings = Postings | CompactPostings
