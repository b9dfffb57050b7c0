"""The articles and passages of a published generation, as `index.store.texts.Texts` gives those of this machine."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, TypeVar

from index.cluster.documents import Documents
from index.cluster.layout import MOST_HITS, restored, url_hash
from index.model import ArticleCard, Kind, Passage
from index.store.texts import text_hash

T = TypeVar("T")
Json = dict[str, Any]

_BUCKETS: Final = 5000


class PublishedTexts:
    """The texts of one published generation, safe to share between threads; raises ClusterError."""

    def __init__(self, documents: Documents, counts: Mapping[str, int], sources: Mapping[str, int]) -> None:
        self._documents = documents
        self._counts = {"articles": counts["articles"], "passages": counts["passages"]}
        self._sources = dict(sources)

    def counts(self) -> dict[str, int]:
        """Return how many there are: {"articles": 2, "passages": 31}."""
        return dict(self._counts)

    def passage(self, row: int) -> Passage:
        """Return one passage; IndexError when there is no such row."""
        return self.passages([row])[0]

    def passages(self, rows: Sequence[int]) -> list[Passage]:
        """Return the passages of `rows`, in that order; IndexError when a row does not exist."""
        found = self._documents.passages(map(int, rows))
        return [self._there(found, row).passage for row in rows]

    def with_articles(self, rows: Sequence[int], texts: Sequence[str]) -> list[tuple[Passage, ArticleCard]]:
        """Return the passages of `rows` with their articles, in that order."""
        passages = self.passages(rows)
        cards = self.articles([passage.article for passage in passages])
        # The texts are those that were fetched with the passages.
        return [(passage, card) for passage, card, _ in zip(passages, cards, texts, strict=True)]

    def titles_and_texts(self, rows: Sequence[int]) -> list[tuple[str, str, Kind]]:
        """Return title, text and kind of the passages of `rows`, in that order."""
        found = self._documents.passages(rows)
        return [(found[row].title, found[row].passage.text, found[row].passage.kind) for row in rows if row in found]

    def passages_of(self, article_row: int) -> list[Passage]:
        """Return all passages of an article in order; IndexError when there is no such article."""
        card = self.article(article_row)
        return self.passages(range(card.first, card.first + card.passages))

    def article(self, row: int) -> ArticleCard:
        """Return one article; IndexError when there is no such row."""
        return self.articles([row])[0]

    def articles(self, rows: Sequence[int]) -> list[ArticleCard]:
        """Return the articles of `rows`, in that order; IndexError when a row does not exist."""
        found = self._documents.articles(map(int, rows))
        return [self._there(found, row) for row in rows]

    def by_id(self, article_id: str) -> ArticleCard | None:
        """Return the article with this id (12 hex digits), or None."""
        return next((card for card in self._found({"term": {"id": article_id}}) if card.id == article_id), None)

    def titles(self, limit: int = 0) -> list[str]:
        """Return the titles in row order: the first `limit`, or all of them when it is 0."""
        return [card.title for card in self._found({"match_all": {}}, limit)]

    def rows_titled(self, title: str, most: int) -> list[int]:
        """Return the rows of the first `most` articles of exactly this title."""
        found = self._found({"term": {"title_hash": text_hash(title)}})
        return [card.row for card in found if card.title == title][:most]

    def rows_at(self, address: str) -> list[int]:
        """Return the rows of the articles that lie at this address, in large letters or small, ascending."""
        wanted = url_hash(address)
        found = self._found({"term": {"url_hash": wanted}})
        return [card.row for card in found if card.url is not None and url_hash(card.url) == wanted]

    def sources(self) -> dict[str, int]:
        """Return the distinct sources that articles state, each with the number of its articles, in no order."""
        return dict(self._sources)

    def files(self) -> list[tuple[str, int, int]]:
        """Return each file that articles are from, with its number of articles and of passages, in no order."""
        files: list[tuple[str, int, int]] = []
        after: Json = {}
        while True:
            composite: Json = {"size": _BUCKETS, "sources": [{"path": {"terms": {"field": "path"}}}], **after}
            counted: Json = {"passages": {"sum": {"field": "passages"}}}
            body: Json = {"size": 0, "aggs": {"files": {"composite": composite, "aggs": counted}}}
            path = f"/{self._documents.names.articles}/_search"
            found = self._documents.cluster.ask("POST", path, body, allow_partial_search_results="false")
            buckets = found["aggregations"]["files"]["buckets"]
            files += [
                (restored(one["key"]["path"]), one["doc_count"], int(one["passages"]["value"])) for one in buckets
            ]
            if len(buckets) < _BUCKETS:
                return files
            after = {"after": buckets[-1]["key"]}

    def same_hash(self, rows: Sequence[int]) -> dict[int, list[int]]:
        """Return for each of `rows` the rows of all passages whose text has the same hash, ascending, its own too."""
        found = self._documents.passages(map(int, rows))
        hashes = {row: text_hash(one.passage.text) for row, one in found.items() if one.copied}
        if not hashes:
            return {}
        others: dict[int, list[int]] = {}
        query: Json = {"terms": {"hash": list(set(hashes.values()))}}
        for hit in self._pages(
            self._documents.names.passages, query, {"_source": ["row"], "docvalue_fields": ["hash"]}
        ):
            others.setdefault(hit["fields"]["hash"][0], []).append(hit["_source"]["row"])
        return {row: others[held] for row, held in hashes.items() if len(others.get(held, ())) > 1}

    def _found(self, query: Json, limit: int = 0) -> list[ArticleCard]:
        """Return the articles that a query finds, by row: the first `limit`, or all when it is 0."""
        cards: list[ArticleCard] = []
        for hit in self._pages(self._documents.names.articles, query, {}, limit or MOST_HITS):
            cards += self._documents.keep_articles([hit])
            if len(cards) == limit:
                break
        return cards

    def _pages(self, name: str, query: Json, more: Json, size: int = MOST_HITS) -> Iterator[Json]:
        """Yield all hits of a query by row."""
        size = min(size, MOST_HITS)
        body: Json = {"size": size, "track_total_hits": False, "query": query, "sort": [{"row": "asc"}], **more}
        while True:
            hits = self._documents.search(name, body)
            yield from hits
            if len(hits) < size:
                return
            body = {**body, "search_after": hits[-1]["sort"]}

    def _there(self, found: Mapping[int, T], row: int) -> T:
        if row not in found:
            raise IndexError(f"{self._documents.names.passages}: has no row {row}; it holds {self._counts}")
        return found[int(row)]
