"""The filters of a question as clauses of a query, and what of them is told by the terms and texts that come back."""

from collections.abc import Sequence
from typing import Any, Final

import numpy as np

from index.analysis.literal import is_unspaced
from index.cluster.documents import Documents
from index.cluster.layout import Decoded
from index.cluster.ranking import Fits, Ranking
from index.cluster.scoring import Formula, excerpt
from index.postings.lookup import holds_phrase
from index.query.filters import PassageFilter, Ranked, Read, bounds
from index.query.passages import Passages
from index.query.syntax import Filter

Json = dict[str, Any]

_PAGE: Final = 500
# A query may have so many clauses for phrases beside those of its words, and each phrase some.
_MOST_HELD: Final = 100
_LEAST_HELD: Final = 4


def holds(term: int) -> Json:
    """Return the clause that a passage holds a term."""
    return {"rank_feature": {"field": f"impacts.{term}", "linear": {}}}


class PublishedFilter(PassageFilter):
    """The filters of one published generation. Sources go by the numbers that they have in `sources`."""

    def __init__(
        self, passages: Passages, texts: Read, documents: Documents, formula: Formula, sources: Sequence[str]
    ) -> None:
        super().__init__(passages.manifest, passages.arrays, passages.vocabulary, texts)
        self._passages = passages
        self._documents = documents
        self._formula = formula
        self._number_of = {source: number for number, source in enumerate(sources)}

    def ranked(self, terms: Sequence[int], weights: Sequence[float], conditions: Sequence[Filter]) -> Ranked:
        """Return how to rank the passages that may fulfil `conditions`; see `PassageFilter.ranked`."""
        clauses = self._on_articles(conditions, "source")
        excluded: list[Json] = []
        phrases = [condition.text for condition in conditions if condition.kind == "phrase"]
        most = max(_LEAST_HELD, _MOST_HELD // max(sum(len(self.terms_of(text)) for text in phrases), 1))
        for condition in conditions:
            if condition.kind == "phrase" and self.has_terms(condition.text):
                variants = [self._rarest(terms, most) for terms in self.terms_of(condition.text)]
                clauses.append(_any([[holds(term) for term in terms] for terms in variants]))
            elif condition.kind == "without" and not self.is_read(condition):
                excluded += [_every([holds(term) for term in terms]) for terms in self.terms_of(condition.text)]
        query = terms, weights, self._passages.dfs(terms)
        fits = self._fits(phrases) if phrases else None
        return Ranking(self._documents, self._formula, query, {"filter": clauses, "must_not": excluded}, fits)

    def newest(self, first: int, most: int, conditions: Sequence[Filter] = ()) -> list[int]:
        """Return the rows of dated articles, newest first; see `PassageFilter.newest`."""
        if not any(condition.kind in ("title", "source") for condition in conditions):
            inside = np.ones(len(self.days), bool)
            for condition in conditions:
                if condition.period is not None:
                    inside &= self.dated_in(condition.period)
            return self.newest_of(inside, first, most)
        clauses = [*self._on_articles(conditions, "source_number"), {"range": {"day": {"gte": 1}}}]
        documents, end, after = self._documents, first + most, None
        mask = np.zeros(len(self.days), bool)
        while True:
            body: Json = {
                "size": _PAGE, "track_total_hits": False, "query": {"bool": {"filter": clauses}},
                "sort": [{"day": "desc"}, {"row": "asc"}],
            }  # fmt: skip
            hits = documents.search(
                documents.names.articles, body if after is None else {**body, "search_after": after}
            )
            rows = [article.row for article in documents.keep_articles(hits)]
            mask[rows] = True
            # The whole day of the last one, as `newest_of` needs it.
            days = np.sort(self.days[mask])[::-1]
            if len(hits) < _PAGE or (len(days) > end > 0 and days[end - 1] > days[-1]):
                return self.newest_of(mask, first, most)
            after = hits[-1]["sort"]

    def _on_articles(self, conditions: Sequence[Filter], source: str) -> list[Json]:
        """Return the clauses of conditions on articles; `source` is the field with the number of one."""
        clauses: list[Json] = []
        for condition in conditions:
            if condition.period is not None:
                begin, end = bounds(condition.period)
                clauses.append({"range": {"day": {"gte": begin, "lte": end}}})
            elif condition.kind == "title" and self.has_terms(condition.text):
                variants = self.terms_of(condition.text)
                clauses.append(_any([[{"term": {"title_terms": term}} for term in terms] for terms in variants]))
        names = self.named_sources(conditions)
        if names is not None:
            clauses.append({"terms": {source: [self._number_of[name] for name in names]}})
        return clauses

    def _rarest(self, terms: Sequence[int], most: int) -> list[int]:
        """Return the rarest of the terms: a long phrase is found by some, and told by the order of all of them."""
        distinct = list(dict.fromkeys(terms))
        dfs = dict(zip(distinct, self._passages.dfs(distinct), strict=True))
        return sorted(distinct, key=lambda term: (dfs[term], term))[:most]

    def _fits(self, phrases: Sequence[str]) -> Fits:
        """Return what tells of passages whether they may hold all of the phrases, by the order of their terms."""
        wanted = [self.terms_of(text) for text in phrases if self.has_terms(text) and not is_unspaced(text)]

        def fits(passages: Sequence[Decoded]) -> Sequence[bool]:
            rows = np.array([one.passage.row for one in passages], np.int64)
            forward = excerpt(passages, self._documents.articles_of(rows))
            every, places = np.ones(len(passages), bool), np.arange(len(passages))
            for variants in wanted:
                some = np.zeros(len(passages), bool)
                for terms in variants:
                    some |= holds_all(passages, terms) if len(terms) == 1 else holds_phrase(forward, places, terms)
                every &= some
            return every.tolist()

        return fits


def holds_all(passages: Sequence[Decoded], terms: Sequence[int]) -> np.ndarray[Any, np.dtype[np.bool_]]:
    """Return which of the passages hold all of the terms, or their titles do: bool [n]."""
    wanted = set(terms)
    held = [wanted <= {*one.own.tolist(), *one.of_title.tolist()} for one in passages]
    return np.array(held, bool)


def _every(clauses: Sequence[Json]) -> Json:
    return {"bool": {"filter": list(clauses)}}


def _any(variants: Sequence[Sequence[Json]]) -> Json:
    """Return the clause that all of one of the lists are fulfilled; nothing fulfils no list at all."""
    if not variants:
        return {"match_none": {}}
    return {"bool": {"should": [_every(clauses) for clauses in variants], "minimum_should_match": 1}}
