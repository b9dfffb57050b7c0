"""The engine of small collections: stored impacts, added up in NumPy until compiled kernels take over."""

from collections.abc import Sequence

import numpy as np

from index.machine import takeover
from index.postings.impacts import SEED_RANKS, Postings
from index.ranking.engine import MOST, SLACK, Allowed, Engine, Rows, Scores, merged, nothing


class EmbeddedEngine:
    """Add up the stored impacts of all postings of the question, in NumPy.

    Very common terms are added as whole columns. The tenth (or hundredth) best impact of a single term bounds the
    tenth best score from below: only what reaches it is sorted.
    """

    def __init__(self, postings: Postings) -> None:
        self._postings = postings
        self._passages = postings.passages
        # A view of memory hands out single numbers at half the cost of an array.
        self._indptr: memoryview = memoryview(postings.indptr.data)
        self._column_of: memoryview = memoryview(postings.column_of.data)
        self._kth: list[memoryview] = [memoryview(seeds.data) for seeds in postings.kth]
        self._compiled: Engine | None = None

    def top(
        self, terms: Sequence[int], weights: Sequence[float], k: int, allowed: Allowed | None = None
    ) -> tuple[Rows, Scores]:
        """Return the best passages; see `index.ranking.engine.Engine.top`."""
        if k < 1 or not len(terms):
            return nothing()
        if self._compiled is None and takeover.is_done():
            self.take_over()
        if self._compiled is not None and k <= MOST:
            return self._compiled.top(terms, weights, k, allowed)
        with takeover.counted():
            return self._top(merged(terms, weights), k, allowed)

    def _top(self, query: dict[int, float], k: int, allowed: Allowed | None) -> tuple[Rows, Scores]:
        scores = self._scores(query)
        if allowed is not None:
            scores[~allowed] = 0.0
        floor = self._floor(query, k) if allowed is None else 0.0
        rows = (scores >= floor if floor > 0 else scores > 0).nonzero()[0]
        scores = scores[rows]
        if len(rows) > 4 * k:
            ordered = scores.copy()
            ordered.partition(len(scores) - k)
            candidates = scores >= ordered[len(scores) - k]
            rows, scores = rows[candidates], scores[candidates]
        # Stable, so that equal scores stay in the order of their rows.
        order = (-scores).argsort(kind="stable")[:k]
        return rows[order], scores[order]

    def take_over(self) -> None:
        """Have questions answered by compiled kernels from now on, with the same rows and scores."""
        from index.ranking.compiled import CompiledImpacts

        self._compiled = CompiledImpacts(self._postings)

    def best_outside(self, terms: Sequence[int], weights: Sequence[float], ranges: Sequence[Sequence[int]]) -> float:
        """Return the highest score of a passage outside some ranges of rows, 0 where none has any."""
        scores = self._scores(merged(terms, weights))
        for first, end in ranges:
            scores[first:end] = 0.0
        return float(scores.max(initial=0.0))

    def _floor(self, query: dict[int, float], k: int) -> float:
        """Return what the k-th best score is at least: k passages have that from a single term. 0 when unknown."""
        for rank, seeds in zip(SEED_RANKS, self._kth, strict=True):
            if k <= rank:
                return max([weight * seeds[term] for term, weight in query.items()], default=0.0) * (1 - SLACK)
        return 0.0

    def _scores(self, query: dict[int, float]) -> Scores:
        """Return the score of every passage."""
        postings, indptr = self._postings, self._indptr
        lists = sorted([(indptr[term + 1] - indptr[term], term, weight) for term, weight in query.items()])
        rows, impacts = [], []
        for df, term, weight in lists:
            if self._column_of[term] < 0:
                own = slice(indptr[term], indptr[term] + df)
                rows.append(postings.rows[own])
                impacts.append(postings.impacts[own] if weight == 1.0 else weight * postings.impacts[own])
        if rows:
            sums = np.bincount(np.concatenate(rows), np.concatenate(impacts), self._passages)
            # Of no postings at all it makes whole numbers.
            scores = sums.astype(np.float64, copy=False)
        else:
            scores = np.zeros(self._passages)
        # The commonest terms are the last ones anyway.
        for _, term, weight in lists[len(rows) :]:
            column = postings.columns[self._column_of[term]]
            scores += column if weight == 1.0 else weight * column
        return scores
