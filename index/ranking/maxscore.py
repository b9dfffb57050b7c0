"""The engine of large collections where numba is not installed: MaxScore, term at a time, in NumPy.

Terms are taken by their highest possible contribution (Turtle and Flood 1995, "Query evaluation: strategies and
optimizations"). The tenth best impact of a single term bounds the tenth best score from below; terms whose highest
contributions together stay under that bound cannot lift a passage into the list by themselves, so they are only looked
up for passages that hold another term.

At 100,000 passages it takes 10 to 24 times as long as the compiled engine (p50 of natural questions 5.9 ms against .29,
of short ones 1.1 against .12: `python -m benchmarks.engines --sizes 100k --peers quoth-numpy,quoth-compiled`). It stays
because what is simpler is slower where questions are short. Tried, and equal to the last bit: to add up the levels of
all postings and to score exactly what may reach the k-th best. In one run, beside this one, that takes 4 times as long
for short questions and 1.5 for those of content words, .8 for natural ones and .3 for those of 30 words; with a filter
3 times as long for short questions and .3 for natural ones.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from index import bm25
from index.postings.compact import HIGHEST, CompactPostings
from index.postings.impacts import SEED_RANKS
from index.ranking.engine import SLACK, Allowed, Rows, Scores, best, merged, nothing


class MaxScoreEngine:
    """Search compact postings; the lists of a question's terms are unpacked for each question."""

    def __init__(self, postings: CompactPostings, parameters: bm25.Parameters) -> None:
        self._postings = postings
        self._parameters = parameters

    def top(
        self, terms: Sequence[int], weights: Sequence[float], k: int, allowed: Allowed | None = None
    ) -> tuple[Rows, Scores]:
        """Return the best passages; see `index.ranking.engine.Engine.top`."""
        query = [(self._postings.df(term), term, weight) for term, weight in merged(terms, weights).items()]
        lists = [_List(self._postings, self._parameters, term, weight) for df, term, weight in sorted(query) if df]
        if not lists or k < 1:
            return nothing()
        rows = self._candidates(lists, k, allowed)
        scores = np.zeros(len(rows))
        for one in lists:
            scores += one.looked_up(rows)
        return best(rows, scores, k)

    def _candidates(self, lists: list["_List"], k: int, allowed: Allowed | None) -> Rows:
        """Return a superset of the top k, small when the bounds allow it."""
        lists = sorted(lists, key=lambda one: -one.highest)
        # rest[i]: what the terms from i on can add at most.
        rest = np.append(np.cumsum([one.highest for one in reversed(lists)])[::-1], 0.0)
        floor = max(one.seed(k) for one in lists) if allowed is None else 0.0
        essential = next(i for i in range(len(lists) + 1) if i == len(lists) or rest[i] < floor * (1 - SLACK))
        rows, partial = self._scattered(lists[: max(essential, 1)], allowed)
        for i in range(max(essential, 1), len(lists)):
            if len(rows) > k:
                floor = max(floor, float(np.partition(partial, len(partial) - k)[len(partial) - k]))
                keep = partial + rest[i] >= floor * (1 - SLACK)
                rows, partial = rows[keep], partial[keep]
            partial = partial + lists[i].looked_up(rows)
        if len(rows) > k:
            floor = float(np.partition(partial, len(partial) - k)[len(partial) - k])
            rows = rows[partial >= floor * (1 - SLACK)]
        return rows

    def _scattered(self, lists: list["_List"], allowed: Allowed | None) -> tuple[Rows, Scores]:
        """Return all passages that hold one of the terms, and what these terms add."""
        if len(lists) == 1:
            rows, partial = lists[0].rows, lists[0].scores
        else:
            pairs = [(one.rows, one.scores) for one in lists]
            all_rows, all_scores = (np.concatenate(parts) for parts in zip(*pairs, strict=True))
            sums = np.bincount(all_rows, all_scores)
            rows = np.flatnonzero(sums)
            partial = sums[rows].astype(np.float64)
        if allowed is not None:
            keep = allowed[rows]
            rows, partial = rows[keep], partial[keep]
        return rows, partial


@dataclass
class _List:
    """The postings of one term of a question, with its weight."""

    postings: CompactPostings
    parameters: bm25.Parameters
    term: int
    weight: float

    @cached_property
    def rows(self) -> Rows:
        """The passages that hold the term, ascending."""
        return self.postings.rows_of(self.term)

    @cached_property
    def scores(self) -> Scores:
        """What the term adds to each of its passages."""
        return self._scored(np.arange(len(self.rows)))

    @cached_property
    def highest(self) -> float:
        """The highest score in the list, rounded up to a level."""
        return self._of_level(int(self.postings.levels[self._begin : self._begin + self._df].max()))

    def seed(self, k: int) -> float:
        """Return what at least `k` passages score, 0 when that is not known."""
        for rank, seeds in zip(SEED_RANKS, self.postings.kth, strict=True):
            if k <= rank:
                return self._of_level(max(int(seeds[self.term]) - 1, 0))
        return 0.0

    def looked_up(self, rows: Rows) -> Scores:
        """Return what the term adds to each of the rows, 0 where they do not hold it."""
        places = np.minimum(np.searchsorted(self.rows, rows), self._df - 1)
        holds = self.rows[places] == rows
        scores = np.zeros(len(rows))
        scores[holds] = self._scored(places[holds])
        return scores

    def _scored(self, places: npt.NDArray[np.int64]) -> Scores:
        saturation = self.postings.saturations(self._begin + places, self.rows[places], self.parameters)
        return self.weight * (self._idf * saturation)

    def _of_level(self, level: int) -> float:
        return self.weight * self._idf * level * (self.parameters.k1 + 1) / HIGHEST

    @cached_property
    def _begin(self) -> int:
        return int(self.postings.indptr[self.term])

    @cached_property
    def _df(self) -> int:
        return self.postings.df(self.term)

    @cached_property
    def _idf(self) -> float:
        return bm25.idf(self.postings.passages, self._df)
