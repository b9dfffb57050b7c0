"""The passages of a published generation: statistics at hand, postings and texts in the cluster."""

from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple
from weakref import proxy

import numpy as np
import numpy.typing as npt

from index.cluster.documents import Documents
from index.cluster.filters import PublishedFilter, holds
from index.cluster.layout import Decoded
from index.cluster.ranking import Ranking
from index.cluster.scoring import Formula, exact, excerpt
from index.cluster.texts import PublishedTexts
from index.postings.forward import Forward
from index.postings.lookup import holds_phrase
from index.query.passages import Passages
from index.query.syntax import Filter
from index.ranking.engine import Rows, Scores
from index.rerank.reranker import Surroundings
from index.store.generation import MappedArrays

Json = dict[str, Any]

DFS: Final = "cluster_dfs"
FIRSTS: Final = "cluster_firsts"
NUMBERS: Final = "cluster_numbers"
_PAGE: Final = 1000


class Numbers(NamedTuple):
    """Numbers of a generation that take all of it to count; see `Formula` and `Surroundings`."""

    average: float
    shortness: float
    around: float


class PublishedPassages(Passages):
    """The passages of one published generation; `arrays` are its statistics, `sources` its sources with counts."""

    def __init__(self, documents: Documents, arrays: MappedArrays, sources: Mapping[str, int]) -> None:
        super().__init__(arrays.manifest, arrays, arrays.manifest.counts["passages"])
        self._statistics = arrays
        self._documents = documents
        self._dfs: npt.NDArray[np.uint32] = arrays.array(DFS)
        numbers = Numbers(*arrays.array(NUMBERS).tolist())
        self.surroundings = Surroundings(numbers.shortness, numbers.around)
        self._formula = Formula(self.count, self.parameters, self.strata, numbers.average)
        self.texts = PublishedTexts(documents, self.manifest.counts, sources)
        self.filter = PublishedFilter(proxy(self), self.texts, documents, self._formula, list(sources))

    def ensure_there(self) -> None:
        """Raise BrokenIndexError where the statistics were cut off; begin the time of a question."""
        self._statistics.ensure_there()
        self._documents.cluster.begin()

    def close(self) -> None:
        """Let go of the statistics; the connection is its owner's to close."""
        self._statistics.close()

    def dfs(self, ids: Sequence[int]) -> list[int]:
        """Return how many passages hold each term; see `Passages.dfs`."""
        return [int(self._dfs[term]) if term >= 0 else 0 for term in ids]

    def hold(self, ids: Sequence[int], *, side_by_side: bool) -> bool:
        """Return whether some passage holds all of these terms; see `Passages.hold`."""
        if min(ids, default=-1) < 0:
            return False
        name, query = self._documents.names.passages, {"bool": {"filter": [holds(term) for term in ids]}}
        if not side_by_side:
            return bool(self._documents.search(name, {"size": 1, "_source": False, "query": query}))
        body: Json = {"size": _PAGE, "track_total_hits": False, "query": query, "sort": [{"row": "asc"}]}
        while hits := self._documents.search(name, body):
            passages = self._documents.decoded(hits)
            if holds_phrase(self._excerpt(passages), np.arange(len(passages)), ids).any():
                return True
            if len(hits) < _PAGE:
                break
            body = {**body, "search_after": hits[-1]["sort"]}
        return False

    def top(
        self, terms: Sequence[int], weights: Sequence[float], k: int, conditions: Sequence[Filter] = ()
    ) -> tuple[Rows, Scores]:
        """Return the best `k` passages that fulfil `conditions`; see `Passages.top`."""
        if conditions:
            return self.filter.top(terms, weights, k, conditions)
        return Ranking(self._documents, self._formula, (terms, weights, self.dfs(terms)), {})(k)

    def scores_of(self, row: int, weighed: Sequence[tuple[Sequence[int], Sequence[float]]]) -> list[float]:
        """Return what a passage scores for each of some lists of terms; see `Passages.scores_of`."""
        passages, article = [self._documents.passages([row])[row]], self.articles_of(np.array([row]))
        return [
            float(exact(self._formula, article, passages, ids, weights, self.dfs(ids))[0]) for ids, weights in weighed
        ]

    def excerpt(self, rows: Rows) -> tuple[Rows, Forward]:
        """Return a forward index of passages and those beside each; see `Passages.excerpt`."""
        every = np.unique(np.clip(rows[:, None] + np.arange(-1, 2), 0, self.count - 1))
        found = self._documents.passages(every.tolist())
        return np.searchsorted(every, rows), self._excerpt([found[row] for row in every.tolist()])

    def articles_of(self, rows: Rows) -> npt.NDArray[np.uint32]:
        """Return the article row of each passage: uint32 [n]."""
        return self._documents.articles_of(rows)

    def _excerpt(self, passages: Sequence[Decoded]) -> Forward:
        return excerpt(passages, self.articles_of(np.array([one.passage.row for one in passages], np.int64)))
