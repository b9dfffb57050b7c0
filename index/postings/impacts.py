"""The inverted index of a small collection, and what every collection's is made from, as arrays.

`Inverted` is what the inversion leaves: for every term the passages that hold it, and how often.

| array of `Postings` | dtype, shape | holds |
|---|---|---|
| indptr | int64 [V + 1] | the postings of term t are `indptr[t]:indptr[t + 1]` |
| rows | uint32 [postings] | passage rows, ascending within a term |
| impacts | float64 [postings] | idf x saturation of each posting, see `index.bm25` |
| kth | float64 [2, V] | its 10th and 100th highest impact, 0 with fewer postings: a lower bound of such scores |
| column_of | int32 [V] | row of `columns`, -1 for terms in fewer than an eighth of the passages |
| columns | float64 [columns, N] | the impact for every passage, 0 where the term is absent |

Collections from `LARGE` passages on are stored as `index.postings.compact` says.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from index import bm25
from index.postings.forward import lower_bounds
from index.store.arrays import Matrix, Stored

# Collections below this are scored from stored impacts; from here on the compiled engine is worth its start-up.
LARGE: Final = 50_000
# The ranks whose impacts are known beforehand, so that a search for so many starts with a bound.
SEED_RANKS: Final = (10, 100)
# A term in so many of the passages is added faster as a column than posting by posting.
COMMON_SHARE: Final = 8


Numbers = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Lists:
    """The inverted lists of neighbouring terms, one behind the other: `rows` uint32 and `tf` uint16."""

    terms: range
    rows: npt.NDArray[np.uint32]
    tf: npt.NDArray[np.uint16]


@dataclass(frozen=True, slots=True)
class Inverted:
    """`rows` uint32 and `tf` uint16 [postings] (65,535 at most) of term t at `indptr[t]:indptr[t + 1]`, int64 [V + 1].

    `lengths` uint32 [N] are the terms of each passage; the title counts `title_weight` times in both. A hidden passage
    has no posting and length 0.
    """

    indptr: npt.NDArray[np.int64]
    rows: npt.NDArray[np.uint32]
    tf: npt.NDArray[np.uint16]
    lengths: npt.NDArray[np.uint32]

    def lists(self) -> Iterator[Lists]:
        """Yield all lists at once."""
        yield Lists(range(len(self.indptr) - 1), self.rows, self.tf)


class InvertedIndex(Stored):
    """An inverted index whose postings of term t are `indptr[t]:indptr[t + 1]`."""

    __slots__ = ()
    indptr: npt.NDArray[np.int64]

    @property
    def terms(self) -> int:
        return len(self.indptr) - 1

    def df(self, term: int) -> int:
        """Return how many passages hold the term."""
        return int(self.indptr[term + 1] - self.indptr[term])

    def dfs(self, terms: Sequence[int]) -> list[int]:
        """Return how many passages hold each term, 0 for the id -1."""
        ends = self.indptr
        return [int(ends[term + 1] - ends[term]) if term >= 0 else 0 for term in terms]


@dataclass(frozen=True, slots=True)
class Postings(InvertedIndex):
    """The arrays above."""

    PREFIX = "postings"

    indptr: npt.NDArray[np.int64]
    rows: npt.NDArray[np.uint32]
    impacts: npt.NDArray[np.float64]
    kth: Matrix[np.float64]
    column_of: npt.NDArray[np.int32]
    columns: Matrix[np.float64]

    @property
    def passages(self) -> int:
        return int(self.columns.shape[1])

    def rows_of(self, term: int) -> npt.NDArray[np.int64]:
        """Return the passages that hold the term, ascending."""
        return self.rows[self.indptr[term] : self.indptr[term + 1]].astype(np.int64)

    def dfs_within(self, terms: Numbers, firsts: Numbers, ends: Numbers) -> Numbers:
        """Return for each term how many of the passages from its first to before its end hold it: int64 [terms]."""
        begin, stop = self.indptr[terms], self.indptr[terms + 1]
        return lower_bounds(self.rows, ends, begin, stop) - lower_bounds(self.rows, firsts, begin, stop)

    @classmethod
    def of(cls, inverted: Inverted, parameters: bm25.Parameters) -> "Postings":
        """Return the postings, each scored once and for all."""
        indptr, rows, passages = inverted.indptr, inverted.rows, len(inverted.lengths)
        df = np.diff(indptr)
        norm = bm25.norms(inverted.lengths, bm25.average(inverted.lengths), parameters)
        idf = np.repeat(bm25.idfs(passages, df), df)
        impacts = idf * bm25.saturation(inverted.tf.astype(np.float64), norm[rows], parameters.k1)
        common = df * COMMON_SHARE >= max(passages, 1)
        column_of = consecutive(common)
        columns = np.zeros((int(common.sum()), passages))
        for term in np.flatnonzero(common):
            of_term = slice(indptr[term], indptr[term + 1])
            columns[column_of[term], rows[of_term]] = impacts[of_term]
        return cls(indptr, rows, impacts, kth(impacts, indptr), column_of, columns)


def consecutive(chosen: npt.NDArray[np.bool_]) -> npt.NDArray[np.int32]:
    """Return the chosen ones counted from 0, -1 for the others, int32.

    >>> consecutive(np.array([True, False, True])).tolist()
    [0, -1, 1]
    """
    return np.where(chosen, np.cumsum(chosen) - 1, -1).astype(np.int32)


def kth(values: npt.NDArray, indptr: npt.NDArray[np.int64]) -> npt.NDArray:  # type: ignore[type-arg]
    """Return every term's value of each rank in `SEED_RANKS`, 0 with fewer: of the dtype of `values` [ranks, V]."""
    found = np.zeros((len(SEED_RANKS), len(indptr) - 1), values.dtype)
    df = np.diff(indptr)
    for term in np.flatnonzero(df >= SEED_RANKS[0]).tolist():
        places = [int(df[term]) - rank for rank in SEED_RANKS if rank <= df[term]]
        # `np.partition` takes twice as long for a short list.
        ordered = values[indptr[term] : indptr[term + 1]].copy()
        ordered.partition(places)
        found[: len(places), term] = ordered[places]
    return found
