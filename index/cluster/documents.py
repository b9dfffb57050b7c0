"""The passages and articles that were fetched: each once, and those of one question in few requests."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from index.cluster.client import Cluster, Json
from index.cluster.layout import Decoded, Names, card, decoded
from index.errors import ClusterError
from index.model import ArticleCard
from index.store.recent import Recent

# Documents in one request, so that no answer grows beyond a few megabytes.
_AT_ONCE: Final = 2000


class Documents:
    """The documents of one published generation. `firsts` int64 [A] is the first passage of each article."""

    def __init__(self, cluster: Cluster, names: Names, firsts: npt.NDArray[np.int64]) -> None:
        self.cluster = cluster
        self.names = names
        self._firsts = firsts
        self._passages = Recent[Decoded]()
        self._articles = Recent[ArticleCard]()

    def articles_of(self, rows: npt.NDArray[np.int64]) -> npt.NDArray[np.uint32]:
        """Return the article row of each passage: uint32 [n]."""
        return (self._firsts.searchsorted(rows, "right") - 1).astype(np.uint32)

    def decoded(self, hits: Sequence[Mapping[str, Any]]) -> list[Decoded]:
        """Return the passages of whole hits, and keep them."""
        articles = self.articles_of(np.array([hit["_source"]["row"] for hit in hits], np.int64)).tolist()
        found = [decoded(hit["_source"], article) for hit, article in zip(hits, articles, strict=True)]
        self._passages.add({one.passage.row: one for one in found})
        return found

    def passages(self, rows: Iterable[int]) -> dict[int, Decoded]:
        """Return those of the passages that there are, by row.

        Where neighbours are fetched for candidates that came with a search, their articles come with them: an answer
        shows some of these.
        """
        wanted = list(dict.fromkeys(rows))
        found = self._passages.some(wanted)
        missing = [row for row in wanted if row not in found]
        if missing:
            articles = list(dict.fromkeys(self.articles_of(np.array(list(found), np.int64)).tolist()))
            known = self._articles.some(articles)
            own, _ = self._fetched(missing, [row for row in articles if row not in known])
            found |= own
        return found

    def articles(self, rows: Iterable[int]) -> dict[int, ArticleCard]:
        """Return those of the articles that there are, by row."""
        wanted = list(dict.fromkeys(rows))
        found = self._articles.some(wanted)
        if missing := [row for row in wanted if row not in found]:
            found |= self._fetched([], missing)[1]
        return found

    def keep_articles(self, hits: Sequence[Mapping[str, Any]]) -> list[ArticleCard]:
        """Return the articles of whole hits, and keep them."""
        found = [card(hit["_source"]) for hit in hits]
        self._articles.add({one.row: one for one in found})
        return found

    def search(self, name: str, body: Json) -> list[Json]:
        """Return the hits of a search in one of the indices; raises ClusterError where a shard did not answer."""
        answer = self.cluster.ask("POST", f"/{name}/_search", body, allow_partial_search_results="false")
        hits: list[Json] = answer["hits"]["hits"]
        return hits

    def _fetched(self, rows: list[int], articles: list[int]) -> tuple[dict[int, Decoded], dict[int, ArticleCard]]:
        names = self.names
        every = [(names.passages, row) for row in rows] + [(names.articles, row) for row in articles]
        passages, cards = dict[int, Decoded](), dict[int, ArticleCard]()
        for first in range(0, len(every), _AT_ONCE):
            wanted = [{"_index": name, "_id": str(row)} for name, row in every[first : first + _AT_ONCE]]
            answer = self.cluster.ask("POST", "/_mget", {"docs": wanted}, realtime="false")
            found = answer["docs"]
            if any("error" in one for one in found):
                raise ClusterError(f"{names.passages}: cannot be read whole; `quoth cluster status` tells its health")
            there = [one for one in found if one["found"]]
            for one in self.decoded([one for one in there if one["_index"] == names.passages]):
                passages[one.passage.row] = one
            for article in self.keep_articles([one for one in there if one["_index"] == names.articles]):
                cards[article.row] = article
        return passages, cards
