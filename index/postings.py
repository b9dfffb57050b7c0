"""The inverted index: for every term the passages that hold it and how often, as arrays.

| array | dtype, shape | holds |
|---|---|---|
| indptr | int64 [V + 1] | the postings of term t are `indptr[t]:indptr[t + 1]` |
| rows | uint32 [postings] | passage rows, ascending within a term |
| tf | uint16 [postings] | occurrences, the title's counted `title_weight` times (65,535 at most) |
| lengths | uint32 [N] | terms of each passage, title included the same way |
| norm | float64 [N] | `bm25.norms` of the lengths |
| idf | float64 [V] | `bm25.idf` of the term, 0 without postings; stored, so that every path uses one number |
| highest | float64 [V] | the term's highest impact, an upper bound for pruning |
| impacts | float64 [postings], or [0] | `bm25.impact` of each posting; in collections below `LARGE` only |
| column_of | int32 [V] | row of `columns`, -1 for terms in fewer than an eighth of the passages; -1 in large ones |
| columns | float64 [columns, N] | the impact for every passage, 0 where the term is absent |
| tenth | float64 [V] | its tenth highest impact, 0 with fewer postings: a lower bound of any tenth best score |
"""

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt

from index.arrays import Arrays, opened, save

SEED_RANK: Final = 10
# Collections below this are scored from stored impacts; from here on the compiled engine is worth its start-up.
LARGE: Final = 50_000


@dataclass(frozen=True, slots=True)
class Postings:
    """The arrays above."""

    indptr: npt.NDArray[np.int64]
    rows: npt.NDArray[np.uint32]
    tf: npt.NDArray[np.uint16]
    lengths: npt.NDArray[np.uint32]
    norm: npt.NDArray[np.float64]
    idf: npt.NDArray[np.float64]
    highest: npt.NDArray[np.float64]
    tenth: npt.NDArray[np.float64]
    impacts: npt.NDArray[np.float64]
    column_of: npt.NDArray[np.int32]
    columns: npt.NDArray[np.float64]

    @property
    def passages(self) -> int:
        return len(self.lengths)

    @property
    def terms(self) -> int:
        return len(self.indptr) - 1

    def df(self, term: int) -> int:
        """How many passages hold the term."""
        return int(self.indptr[term + 1] - self.indptr[term])

    def save(self, folder: Path, already: Collection[str] = ()) -> None:
        """Writes every array but those that are `already` there."""
        save(self, "postings", folder, already)

    @classmethod
    def open(cls, arrays: Arrays) -> "Postings":
        return opened(cls, "postings", arrays)


@dataclass(frozen=True, slots=True)
class Forward:
    """The forward index: term ids in reading order, so that nothing has to be analysed twice.

    `indptr` int64 [N + 1] and `terms` uint32 for passages, the same pair for article titles, `article` uint32 [N],
    the article row of each passage, and `hidden` bool [N]: boilerplate, kept for reading around, never found.
    """

    indptr: npt.NDArray[np.int64]
    terms: npt.NDArray[np.uint32]
    title_indptr: npt.NDArray[np.int64]
    title_terms: npt.NDArray[np.uint32]
    article: npt.NDArray[np.uint32]
    hidden: npt.NDArray[np.bool_]

    def passage(self, row: int) -> npt.NDArray[np.uint32]:
        return self.terms[self.indptr[row] : self.indptr[row + 1]]

    def title(self, article: int) -> npt.NDArray[np.uint32]:
        return self.title_terms[self.title_indptr[article] : self.title_indptr[article + 1]]

    def indexed(self, row: int, title_weight: int) -> list[int]:
        """All terms a passage is found by: its own, then its title's `title_weight` times; none when hidden."""
        if self.hidden[row]:
            return []
        terms: list[int] = self.passage(row).tolist() + self.title(int(self.article[row])).tolist() * title_weight
        return terms

    def save(self, folder: Path) -> None:
        save(self, "forward", folder)

    @classmethod
    def open(cls, arrays: Arrays) -> "Forward":
        return opened(cls, "forward", arrays)
