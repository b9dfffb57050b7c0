"""From term ids to the best passages: the protocol, and the engine of small collections.

Every engine is exact: the same rows, scores and ties as scoring every passage in float64. Scores are added up from the
rarest term of the question to the commonest (and by id where df is equal), so that every engine rounds alike and the
order of a question's words changes nothing.
"""

from collections.abc import Sequence
from typing import Protocol

import numpy as np
import numpy.typing as npt

from index.postings import SEED_RANKS, Postings

Rows = npt.NDArray[np.int64]
Scores = npt.NDArray[np.float64]
Allowed = npt.NDArray[np.bool_]

# Seeds may have been rounded up where a score is rounded down.
SLACK = 1e-9


class Engine(Protocol):
    """Exact top k over one generation."""

    def top(
        self, terms: Sequence[int], weights: Sequence[float], k: int, allowed: Allowed | None = None
    ) -> tuple[Rows, Scores]:
        """The at most `k` best passages that hold a term, by score descending, then row ascending.

        `terms` are ids of known terms, a repeated one counts repeatedly; `weights` are >= 0 and as many;
        `allowed` bool [N] limits the passages. Rows int64 [n], scores float64 [n], all above 0.
        """
        ...


class EmbeddedEngine:
    """Adds up the stored impacts of all postings of the question, in NumPy.

    Very common terms are added as whole columns. The tenth (or hundredth) best impact of a single term bounds the
    tenth best score from below: only what reaches it is sorted.
    """

    def __init__(self, postings: Postings) -> None:
        self._postings = postings
        # A view of memory hands out single numbers at half the cost of an array.
        self._indptr: memoryview = memoryview(postings.indptr.data)
        self._column_of: memoryview = memoryview(postings.column_of.data)
        self._kth: list[memoryview] = [memoryview(seeds.data) for seeds in postings.kth]

    def top(
        self, terms: Sequence[int], weights: Sequence[float], k: int, allowed: Allowed | None = None
    ) -> tuple[Rows, Scores]:
        """See `Engine.top`."""
        if k < 1 or not len(terms):
            return nothing()
        query = merged(terms, weights)
        scores = self._scores(query)
        if allowed is not None:
            scores[~allowed] = 0.0
        floor = self._floor(query, k) if allowed is None else 0.0
        rows = (scores >= floor if floor > 0 else scores > 0).nonzero()[0]
        found = scores[rows]
        if len(rows) > 4 * k:
            ordered = found.copy()
            ordered.partition(len(found) - k)
            kept = found >= ordered[len(found) - k]
            rows, found = rows[kept], found[kept]
        # Stable, so that equal scores stay in the order of their rows.
        order = (-found).argsort(kind="stable")[:k]
        return rows[order], found[order]

    def _floor(self, query: dict[int, float], k: int) -> float:
        """What the k-th best score is at least: k passages have that much from a single term. 0 when unknown."""
        for rank, seeds in zip(SEED_RANKS, self._kth, strict=True):
            if k <= rank:
                return max([weight * seeds[term] for term, weight in query.items()], default=0.0) * (1 - SLACK)
        return 0.0

    def _scores(self, query: dict[int, float]) -> Scores:
        """The score of every passage."""
        postings, indptr = self._postings, self._indptr
        lists = sorted([(indptr[term + 1] - indptr[term], term, weight) for term, weight in query.items()])
        rows, impacts = [], []
        for df, term, weight in lists:
            if self._column_of[term] < 0:
                held = slice(indptr[term], indptr[term] + df)
                rows.append(postings.rows[held])
                impacts.append(postings.impacts[held] if weight == 1.0 else weight * postings.impacts[held])
        if rows:
            counted = np.bincount(np.concatenate(rows), np.concatenate(impacts), postings.passages)
            # Of no postings at all it makes whole numbers.
            scores = counted.astype(np.float64, copy=False)
        else:
            scores = np.zeros(postings.passages)
        # The commonest terms are the last ones anyway.
        for _, term, weight in lists[len(rows) :]:
            column = postings.columns[self._column_of[term]]
            scores += column if weight == 1.0 else weight * column
        return scores


def merged(terms: Sequence[int], weights: Sequence[float]) -> dict[int, float]:
    """The distinct terms with the weights of repetitions added up and those of 0 left out."""
    query: dict[int, float] = {}
    for term, weight in zip(terms, weights, strict=True):
        if weight > 0:
            query[term] = query.get(term, 0.0) + weight
    return query


def nothing() -> tuple[Rows, Scores]:
    """No hit."""
    return np.empty(0, np.int64), np.empty(0, np.float64)


def best(rows: Rows, scores: Scores, k: int) -> tuple[Rows, Scores]:
    """The k best of candidates by score descending, then row ascending; those that score 0 are nobody's hit."""
    held = scores > 0
    rows, scores = rows[held], scores[held]
    order = np.lexsort((rows, -scores))[:k]
    return rows[order], scores[order]
