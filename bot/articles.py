"""Browse the articles without a question: open one, list titles or the newest, find words for more of a kind."""

import math
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from index import ArticleCard, Hit, Passage, Retriever, analyze_spans, openings

WORDS: Final = 12
_SAMPLED: Final = 50
_SPREAD: Final = 400


@dataclass(frozen=True, slots=True)
class WholeArticle:
    """An article with all its passages in reading order, captions and boilerplate included."""

    article: ArticleCard
    passages: tuple[Passage, ...]


@dataclass(frozen=True, slots=True)
class Listing:
    """A part of a list of articles, and the length of the whole list."""

    articles: tuple[ArticleCard, ...]
    count: int


@dataclass(frozen=True, slots=True)
class Extent:
    """What there is: the number of articles, the dates of the oldest and the newest that state one, as stated, and the
    sources that most articles state, with the number of further ones."""

    count: int
    first: str | None
    last: str | None
    sources: tuple[str, ...]
    more_sources: int


class Articles:
    """The articles of the current generation. Every method raises `index.NoIndexError` before the first build."""

    def __init__(self, retriever: Retriever) -> None:
        self._retriever = retriever

    @property
    def generation(self) -> int:
        """Return the number of the current generation."""
        return self._retriever.index.number

    def open(self, article_id: str) -> WholeArticle | None:
        """Return the article of that id, None when there is none (any more)."""
        card = self._retriever.index.texts.by_id(article_id)
        return None if card is None else self.of(card)

    def of(self, article: ArticleCard) -> WholeArticle:
        """Return an article with its passages."""
        return WholeArticle(article, tuple(self._retriever.index.texts.passages_of(article.row)))

    def files(self) -> list[str]:
        """Return the files that articles are from, in no order."""
        return [file for file, _, _ in self._retriever.index.texts.files()]

    def at(self, address: str) -> list[ArticleCard]:
        """Return the articles that lie at an address, in large letters or small."""
        texts = self._retriever.index.texts
        return texts.articles(texts.rows_at(address))

    def titled(self, title: str) -> ArticleCard | None:
        """Return the first article of exactly that title."""
        texts = self._retriever.index.texts
        rows = texts.rows_titled(title, 1)
        return texts.article(rows[0]) if rows else None

    def titles(self, words: str, first: int, most: int, *, newest: bool = False) -> Listing:
        """Return the articles, in index order, whose title holds all these words or parts of words, in any case.

        `articles.titles("bridge", 0, 8)` -> the first 8 of them; without words, of all articles. With `newest` those
        that state a date, newest first.
        """
        texts, folded = self._retriever.index.texts, words.casefold().split()
        if newest and not folded:
            return self.latest(first, most)
        if not folded:
            count = texts.counts()["articles"]
            return Listing(tuple(texts.articles(range(first, min(first + most, count)))), count)
        rows = [row for row, title in enumerate(texts.titles()) if _holds(title, folded)]
        if newest:
            dated = sorted(filter(_is_dated, texts.articles(rows)), key=lambda card: card.date or "", reverse=True)
            return Listing(tuple(dated[first : first + most]), len(dated))
        return Listing(tuple(texts.articles(rows[first : first + most])), len(rows))

    def latest(self, first: int, most: int) -> Listing:
        """Return the articles that state a date, newest first."""
        index = self._retriever.index
        return Listing(tuple(index.texts.articles(index.newest(first, most))), index.dated)

    def newest(self, first: int, most: int) -> tuple[Hit, ...]:
        """Return the first paragraph of each of the newest articles, or of all, in index order, when none has a date.

        Every score is 0, because there is no question.
        """
        retriever = self._retriever.pinned()
        articles = Articles(retriever)
        listing = articles.latest(first, most)
        if not listing.count:
            listing = articles.titles("", first, most)
        return openings(retriever.index.texts, listing.articles)

    def samples(self, language: str, most: int) -> Iterator[WholeArticle]:
        """Yield articles to make examples of, those in `language` first: the newest, then some from everywhere."""
        texts, index = self._retriever.index.texts, self._retriever.index
        count = index.counts["articles"]
        spread = range(0, count, max(1, count // _SPREAD))
        for card in sorted(self._newest_and(spread), key=lambda card: card.language != language)[:most]:
            yield WholeArticle(card, tuple(texts.passages_of(card.row)))

    def extent(self, most: int) -> Extent:
        """Return how many articles there are, from when, and the `most` sources that most of them state."""
        index = self._retriever.index
        ends = [*index.newest(0, 1), *index.newest(max(index.dated - 1, 0), 1)]
        last, first = (card.date for card in index.texts.articles(ends)) if ends else (None, None)
        sources = index.texts.sources()
        ordered = sorted(sources, key=lambda source: (-sources[source], source))
        return Extent(index.counts["articles"], first, last, tuple(ordered[:most]), max(len(ordered) - most, 0))

    def in_language(self, language: str, most: int) -> list[ArticleCard]:
        """Return articles in a language with titles of three words or more: of the newest, and of the first."""
        cards = self._newest_and(range(min(self._retriever.index.counts["articles"], _SAMPLED)))
        return [card for card in cards if card.language == language and len(card.title.split()) > 2][:most]

    def _newest_and(self, rows: range) -> list[ArticleCard]:
        index = self._retriever.index
        return index.texts.articles(list(dict.fromkeys([*index.newest(0, _SAMPLED), *rows])))

    def words_of(self, article: ArticleCard, passage: Passage) -> str:
        """Return the words that set a passage apart, to search for more of its kind: at most 12, as written, in order.

        A word is weighed by its idf times 1 + ln(tf).
        """
        index = self._retriever.index
        spans = analyze_spans(passage.text, article.language)
        tf = Counter(span.term for span in spans)
        idf = index.idf(tf)
        best = sorted(idf, key=lambda term: -idf[term] * (1 + math.log(tf[term])))[:WORDS]
        first = {span.term: span for span in reversed(spans)}
        chosen = sorted((first[term] for term in best), key=lambda span: span.start)
        return " ".join(dict.fromkeys(passage.text[span.start : span.end] for span in chosen))


def _is_dated(card: ArticleCard) -> bool:
    try:
        return bool(date.fromisoformat((card.date or "")[:10]))
    except ValueError:
        return False


def _holds(title: str, folded: Sequence[str]) -> bool:
    """Return whether `title` holds every one of the case-folded words."""
    return all(word in title.casefold() for word in folded)
