"""From term ids to the best passages: the protocol, and the engine over memory-mapped postings.

Every engine is exact: the same rows, scores and ties as scoring every passage in float64.
"""

from collections.abc import Sequence
from typing import Protocol

import numpy as np
import numpy.typing as npt

from index import bm25
from index.postings import SEED_RANK, Postings

Rows = npt.NDArray[np.int64]
Scores = npt.NDArray[np.float64]
Allowed = npt.NDArray[np.bool_]

# Partial sums are added up in another order than final scores, so bounds leave room for rounding.
_SLACK = 1e-9


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
    """Over NumPy arrays, in one of two ways.

    Small collections (those with stored impacts): every term is added to the scores of all passages in the order of the
    question, very common ones as whole columns, and what reaches the tenth best impact of a single term is sorted.

    Large ones, term at a time, skipping what cannot reach the top k (MaxScore, Turtle and Flood 1995): terms are taken
    by their highest possible contribution. The tenth best impact of a single term bounds the tenth best score from
    below; terms whose highest contributions together stay under that bound cannot lift a passage into the list by
    themselves, so their postings are only looked up for passages that another term found.
    """

    def __init__(self, postings: Postings, parameters: bm25.Parameters) -> None:
        self._postings = postings
        self._k1 = parameters.k1
        self._small = len(postings.impacts) == len(postings.rows)

    def top(
        self, terms: Sequence[int], weights: Sequence[float], k: int, allowed: Allowed | None = None
    ) -> tuple[Rows, Scores]:
        """See `Engine.top`."""
        query = merged(terms, weights)
        if not query or k < 1:
            return np.empty(0, np.int64), np.empty(0, np.float64)
        if self._small:
            return self._from_all(query, k, allowed)
        query = {term: weight for term, weight in query.items() if self._postings.df(term)}
        if not query:
            return np.empty(0, np.int64), np.empty(0, np.float64)
        rows = self._candidates(query, k, allowed)
        scores = np.zeros(len(rows))
        for term, weight in query.items():
            scores += weight * self._looked_up(term, rows)
        return best(rows, scores, k)

    def _from_all(self, query: dict[int, float], k: int, allowed: Allowed | None) -> tuple[Rows, Scores]:
        postings = self._postings
        scores = np.zeros(postings.passages)
        floor = 0.0
        for term, weight in query.items():
            column = postings.column_of[term]
            if column >= 0:
                added = postings.columns[column]
                scores += added if weight == 1.0 else weight * added
            else:
                held = slice(postings.indptr[term], postings.indptr[term + 1])
                added = postings.impacts[held]
                scores[postings.rows[held]] += added if weight == 1.0 else weight * added
            floor = max(floor, weight * float(postings.tenth[term]))
        if allowed is not None:
            scores[~allowed] = 0.0
        # Ten passages score the tenth best impact of a term or more, unless a filter forbids some of them.
        reached = scores >= floor * (1 - _SLACK) if floor > 0 and k <= SEED_RANK and allowed is None else scores > 0
        rows = np.flatnonzero(reached)
        found = scores[rows]
        if len(rows) > 4 * k:
            kept = found >= np.partition(found, len(found) - k)[len(found) - k]
            rows, found = rows[kept], found[kept]
        order = np.lexsort((rows, -found))[:k]
        return rows[order], found[order]

    def _candidates(self, query: dict[int, float], k: int, allowed: Allowed | None) -> Rows:
        """A superset of the top k, small when the bounds allow it."""
        highest = self._postings.highest
        order = sorted(query, key=lambda term: -query[term] * highest[term])
        ceilings = np.array([query[term] * highest[term] for term in order])
        # rest[i]: what the terms from i on can add at most.
        rest = np.append(np.cumsum(ceilings[::-1])[::-1], 0.0)
        floor = 0.0
        if allowed is None and k <= SEED_RANK:
            floor = max(query[term] * float(self._postings.tenth[term]) for term in order)
        essential = next(i for i in range(len(order) + 1) if i == len(order) or rest[i] < floor * (1 - _SLACK))
        rows, partial = self._scattered({term: query[term] for term in order[: max(essential, 1)]}, allowed)
        for i in range(max(essential, 1), len(order)):
            if len(rows) > k:
                floor = max(floor, float(np.partition(partial, len(partial) - k)[len(partial) - k]))
                keep = partial + rest[i] >= floor * (1 - _SLACK)
                rows, partial = rows[keep], partial[keep]
            partial = partial + query[order[i]] * self._looked_up(order[i], rows)
        if len(rows) > k:
            floor = float(np.partition(partial, len(partial) - k)[len(partial) - k])
            rows = rows[partial >= floor * (1 - _SLACK)]
        return rows

    def _scattered(self, query: dict[int, float], allowed: Allowed | None) -> tuple[Rows, Scores]:
        """All passages that hold one of the terms, and what these terms add."""
        if len(query) == 1:
            ((term, weight),) = query.items()
            rows, impacts = self._scored(term)
            partial = weight * impacts
        else:
            sums = np.zeros(self._postings.passages)
            for term, weight in query.items():
                term_rows, impacts = self._scored(term)
                sums[term_rows] += weight * impacts
            rows = np.flatnonzero(sums)
            partial = sums[rows]
        if allowed is not None:
            keep = allowed[rows]
            rows, partial = rows[keep], partial[keep]
        return rows, partial

    def _scored(self, term: int) -> tuple[Rows, Scores]:
        start, end = int(self._postings.indptr[term]), int(self._postings.indptr[term + 1])
        rows = self._postings.rows[start:end].astype(np.int64)
        return rows, self._impacts(term, self._postings.tf[start:end], rows)

    def _looked_up(self, term: int, rows: Rows) -> Scores:
        """The term's impact in each of the rows, 0 where they do not hold it."""
        start, end = int(self._postings.indptr[term]), int(self._postings.indptr[term + 1])
        held = self._postings.rows[start:end]
        # Compared in the stored type: a conversion would copy the whole posting list.
        places = np.minimum(np.searchsorted(held, rows.astype(held.dtype)), end - start - 1)
        found = held[places] == rows
        impacts = np.zeros(len(rows))
        impacts[found] = self._impacts(term, self._postings.tf[start:end][places[found]], rows[found])
        return impacts

    def _impacts(self, term: int, tf: npt.NDArray[np.uint16], rows: Rows) -> Scores:
        return bm25.impact(float(self._postings.idf[term]), tf, self._postings.norm[rows], self._k1)


def merged(terms: Sequence[int], weights: Sequence[float]) -> dict[int, float]:
    """The distinct terms in first-seen order, with the weights of repetitions added up and those of 0 left out."""
    query: dict[int, float] = {}
    for term, weight in zip(terms, weights, strict=True):
        if weight > 0:
            query[term] = query.get(term, 0.0) + weight
    return query


def best(rows: Rows, scores: Scores, k: int) -> tuple[Rows, Scores]:
    """The k best of candidates by score descending, then row ascending; those that score 0 are nobody's hit."""
    held = scores > 0
    rows, scores = rows[held], scores[held]
    order = np.lexsort((rows, -scores))[:k]
    return rows[order], scores[order]
