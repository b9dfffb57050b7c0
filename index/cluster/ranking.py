"""The exact best passages from a cluster: what it ranks first by rounded impacts, scored exactly, and proven whole.

The cluster adds up impacts that were rounded down, so for every passage

    approximate <= exact <= approximate x (1 + LOSS)

and no passage behind the last one that came can score more than that one's bound. The best k are proven when the k-th
exact score is above it, or when none is left. Else more are asked for. Where a question has more terms than one request
may, they are parted, and the bounds of the parts add up.
"""

from collections.abc import Callable, Sequence
from typing import Any, Final

import numpy as np

from index.cluster.documents import Documents
from index.cluster.layout import LOSS, MOST_CLAUSES, MOST_HITS, Decoded
from index.cluster.scoring import Formula, exact
from index.ranking.engine import Rows, Scores, best, merged, nothing

Json = dict[str, Any]
Fits = Callable[[Sequence[Decoded]], Sequence[bool]]

# So many times the passages that are wanted nearly always hold the best (see docs/cluster.md).
TIMES: Final = 2
_WIDER: Final = 4


class _Part:
    """Some of the terms of a question, asked for page by page; `bound` is what they give a passage yet to come."""

    def __init__(self, documents: Documents, clauses: Sequence[Json], conditions: Json) -> None:
        self._documents = documents
        self._query: Json = {"bool": {"should": list(clauses), "minimum_should_match": 1, **conditions}}
        self._after: list[Any] | None = None
        self.bound = np.inf

    def page(self, size: int, *, first: bool) -> list[Decoded]:
        """Return the next passages; the first ones in whatever order is quickest, later ones behind each other."""
        body: Json = {"size": size, "track_total_hits": False, "query": self._query}
        if not first:
            body["sort"] = [{"_score": "desc"}, {"row": "asc"}]
            if self._after is not None:
                body["search_after"] = self._after
        hits = self._documents.search(self._documents.names.passages, body)
        score = 0.0
        if len(hits) == size:
            score = float(hits[-1]["_score"] if first else hits[-1]["sort"][0])
        self._after = hits[-1]["sort"] if hits and not first else self._after
        self.bound = score * (1 + LOSS)
        return self._documents.decoded(hits)


class Ranking:
    """The best passages for terms under conditions; call it with how many are wanted, and again with more."""

    def __init__(
        self,
        documents: Documents,
        formula: Formula,
        query: tuple[Sequence[int], Sequence[float], Sequence[int]],
        conditions: Json,
        fits: Fits | None = None,
    ) -> None:
        """Take the terms with their weights and dfs; `conditions` are clauses, `fits` tells which passages do."""
        self._documents, self._formula, self._query, self._fits = documents, formula, query, fits
        terms, weights, dfs = query
        df_of = dict(zip(terms, dfs, strict=True))
        known = [(term, weight) for term, weight in merged(terms, weights).items() if df_of[term]]
        heaviest = sorted(known, key=lambda one: -one[1] * formula.impacts_at_most(df_of[one[0]]))
        clauses = [
            {"rank_feature": {"field": f"impacts.{term}", "boost": weight, "linear": {}}} for term, weight in heaviest
        ]
        self._parts = [
            _Part(documents, clauses[at : at + MOST_CLAUSES], conditions) for at in range(0, len(clauses), MOST_CLAUSES)
        ]
        self._size = 0
        self._rows, self._scores = nothing()

    def __call__(self, depth: int) -> tuple[Rows, Scores]:
        """Return the best `depth` passages, as `index.ranking.engine.Engine.top`."""
        if depth < 1 or not self._parts:
            return nothing()
        while not self._is_proven(depth):
            self._widen(depth)
        return best(self._rows, self._scores, depth)

    def _is_proven(self, depth: int) -> bool:
        bound = sum(part.bound for part in self._parts)
        if bound == 0.0:
            return True
        if len(self._scores) < depth:
            return False
        return bool(np.partition(self._scores, len(self._scores) - depth)[len(self._scores) - depth] > bound)

    def _widen(self, depth: int) -> None:
        is_first = not self._size
        self._size = min(TIMES * depth if is_first else max(_WIDER * self._size, TIMES * depth), MOST_HITS)
        found: dict[int, Decoded] = {}
        for part in self._parts:
            if part.bound > 0:
                found.update({one.passage.row: one for one in part.page(self._size, first=is_first)})
        new = [found[row] for row in sorted(found.keys() - set(self._rows.tolist()))]
        if self._fits is not None:
            new = [one for one, fits in zip(new, self._fits(new), strict=True) if fits]
        rows = np.array([one.passage.row for one in new], np.int64)
        scores = exact(self._formula, self._documents.articles_of(rows), new, *self._query)
        self._rows, self._scores = np.append(self._rows, rows), np.append(self._scores, scores)
