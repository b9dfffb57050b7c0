"""From term ids to the best passages: the protocol, and what several engines share.

Every engine is exact: the same rows, scores and ties as scoring every passage in float64. Scores are added up from the
rarest term of the question to the commonest (and by id where df is equal), so that every engine rounds alike and the
order of a question's words changes nothing.
"""

from collections.abc import Sequence
from typing import Protocol

import numpy as np
import numpy.typing as npt

Rows = npt.NDArray[np.int64]
Scores = npt.NDArray[np.float64]
Allowed = npt.NDArray[np.bool_]

# Seeds may have been rounded up where a score is rounded down.
SLACK = 1e-9
# Kernels keep the best in a sorted list; from here on that costs more than to sort once.
MOST = 1000


class Engine(Protocol):
    """Exact top k over one generation."""

    def top(
        self, terms: Sequence[int], weights: Sequence[float], k: int, allowed: Allowed | None = None
    ) -> tuple[Rows, Scores]:
        """Return the at most `k` best passages that hold a term, by score descending, then row ascending.

        `terms` are ids of known terms, a repeated one counts repeatedly; `weights` are >= 0 and as many;
        `allowed` bool [N] limits the passages. Rows int64 [n], scores float64 [n], all above 0.
        """
        ...


def merged(terms: Sequence[int], weights: Sequence[float]) -> dict[int, float]:
    """Return the distinct terms with the weights of repetitions added up and those of 0 left out."""
    query: dict[int, float] = {}
    for term, weight in zip(terms, weights, strict=True):
        if weight > 0:
            query[term] = query.get(term, 0.0) + weight
    return query


def nothing() -> tuple[Rows, Scores]:
    """Return rows and scores without a hit."""
    return np.empty(0, np.int64), np.empty(0, np.float64)


def best(rows: Rows, scores: Scores, k: int) -> tuple[Rows, Scores]:
    """Return the k best of candidates by score descending, then row ascending; without those that score 0."""
    positive = scores > 0
    rows, scores = rows[positive], scores[positive]
    order = np.lexsort((rows, -scores))[:k]
    return rows[order], scores[order]
