"""The compiled engines: one for the impacts of small collections, one for the compact postings of large ones.

Of large collections: windowed MaxScore over sums of whole numbers. Passages are taken in windows of 8,192. For every
window it is known what each term can add there at most, so most windows are skipped, and in the others only the terms
that could lift a passage into the top k are added up; the rest are looked up for the survivors. What is added up are
levels (one byte a posting, rounded up, see `index.postings.compact`) times whole weights, which bounds the true scores
from above. A passage whose bound could still reach the top k gets its exact score at once, and the k-th best of these
is what later ones have to reach.

It is exact because a passage is dropped only when its bound is below what the k-th best cannot fall short of.
"""

from collections.abc import Sequence
from typing import Any, Final

import numpy as np

from index import bm25
from index.postings.compact import WIDTH, CompactPostings
from index.postings.impacts import Postings
from index.ranking.engine import MOST, Allowed, Rows, Scores, nothing
from index.ranking.maxscore import MaxScoreEngine

_ALL: Final = np.empty(0, np.bool_)


class CompiledEngine:
    """Exact top k with compiled kernels; releases the interpreter's lock while it searches."""

    def __init__(self, postings: CompactPostings, parameters: bm25.Parameters) -> None:
        from index.machine import jit
        from index.ranking import search_kernels

        self._top = search_kernels.top
        # Kept as long as the kernels have their addresses.
        self._arrays = jit.arrays(postings)
        self._places = jit.addresses(self._arrays)
        self._numbers = parameters.k1, parameters.b
        # Room for sums that is all zero between searches; a thread takes one and puts it back.
        self._room: list[Any] = []
        self._numpy = MaxScoreEngine(postings, parameters)

    def top(
        self, terms: Sequence[int], weights: Sequence[float], k: int, allowed: Allowed | None = None
    ) -> tuple[Rows, Scores]:
        """Return the best passages; see `index.ranking.engine.Engine.top`."""
        if k > MOST:
            return self._numpy.top(terms, weights, k, allowed)
        if k < 1 or not len(terms):
            return nothing()
        try:
            sums = self._room.pop()
        except IndexError:
            sums = np.zeros(WIDTH, np.int32)
        rows, scores = np.empty(k, np.int64), np.empty(k)
        count = self._top(
            self._places, self._numbers, np.array(terms, np.int64), np.array(weights, np.float64),
            _ALL if allowed is None else allowed, sums, rows, scores,
        )  # fmt: skip
        self._room.append(sums)
        return rows[:count], scores[:count]


class CompiledImpacts:
    """The same for the impacts of a small collection, and 1 to `MOST` passages."""

    def __init__(self, postings: Postings) -> None:
        from index.machine import jit
        from index.ranking import impact_kernels

        self._top = impact_kernels.top
        # Kept as long as the kernels have their addresses.
        self._arrays = jit.arrays(postings)
        self._places = jit.addresses(self._arrays)
        self._passages = postings.passages
        begins, some = postings.indptr[:-1], np.diff(postings.indptr) > 0
        self._highest = np.zeros(postings.terms)
        self._highest[some] = np.maximum.reduceat(postings.impacts, begins[some]) if some.any() else 0.0
        # As above: the sums are all zero between searches.
        self._room: list[Any] = []

    def top(
        self, terms: Sequence[int], weights: Sequence[float], k: int, allowed: Allowed | None = None
    ) -> tuple[Rows, Scores]:
        """Return the best passages; see `index.ranking.engine.Engine.top`."""
        try:
            room = self._room.pop()
        except IndexError:
            room = np.zeros((3, self._passages))
        rows, scores = np.empty(k, np.int64), np.empty(k)
        count = self._top(
            self._places, self._highest, np.array(terms, np.int64), np.array(weights, np.float64),
            _ALL if allowed is None else allowed, room, rows, scores,
        )  # fmt: skip
        self._room.append(room)
        return rows[:count], scores[:count]
