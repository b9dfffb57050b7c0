"""The articles as a reader walks along them: open one, list titles, the newest first, words to find more of a kind."""

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from index import ArticleCard, Hit, LocalRetriever, Passage, analyze_spans

WORDS: Final = 12
_LOOKED_AT: Final = 50
# A title of a word or two says too little to be asked about.
_TELLING: Final = 3


@dataclass(frozen=True, slots=True)
class Opened:
    """An article with all its passages in reading order, captions and boilerplate included."""

    article: ArticleCard
    passages: tuple[Passage, ...]


@dataclass(frozen=True, slots=True)
class Listing:
    """A part of a list of articles, and how long the whole list is."""

    articles: tuple[ArticleCard, ...]
    count: int


class Shelf:
    """The articles of the current generation. All raises `index.NoIndexError` before the first build."""

    def __init__(self, retriever: LocalRetriever) -> None:
        self._retriever = retriever

    @property
    def generation(self) -> int:
        """The number of the generation that answers."""
        return self._retriever.index.generation.number

    def open(self, article_id: str) -> Opened | None:
        """The article of that id, None when there is none (any more)."""
        texts = self._retriever.index.texts
        card = texts.by_id(article_id)
        return None if card is None else Opened(card, tuple(texts.passages_of(card.row)))

    def titled(self, title: str) -> ArticleCard | None:
        """The first article of exactly that title."""
        texts = self._retriever.index.texts
        rows = texts.rows_titled(title, 1)
        return texts.article(rows[0]) if rows else None

    def titles(self, words: str, first: int, most: int) -> Listing:
        """The articles, in index order, whose title holds all these words or parts of words, in any case.

        `shelf.titles("bridge", 0, 8)` -> the first 8 of them; without words, of all articles.
        """
        texts = self._retriever.index.texts
        wanted = words.casefold().split()
        if not wanted:
            count = texts.counts()["articles"]
            return Listing(tuple(texts.articles(range(first, min(first + most, count)))), count)
        rows = [row for row, title in enumerate(texts.titles()) if _holds(title, wanted)]
        return Listing(tuple(texts.articles(rows[first : first + most])), len(rows))

    def latest(self, first: int, most: int) -> Listing:
        """The articles that state a date, newest first."""
        texts = self._retriever.index.texts
        return Listing(tuple(texts.articles(texts.latest(first, most))), texts.count_dated())

    def newest(self, first: int, most: int) -> tuple[Hit, ...]:
        """The first paragraph of each of the newest articles; of all articles, in index order, when none has a date.

        Nothing was asked, so every score is 0.
        """
        listing = self.latest(first, most)
        if not listing.count:
            listing = self.titles("", first, most)
        texts = self._retriever.index.texts
        return tuple(
            Hit(passage, article, 0.0)
            for article in listing.articles
            if (passage := _opening(texts.passages_of(article.row))) is not None
        )

    def examples(self, language: str, most: int) -> tuple[ArticleCard, ...]:
        """Articles whose titles serve as example questions: the newest, those in `language` first."""
        index = self._retriever.index
        first = range(min(_LOOKED_AT, index.texts.counts()["articles"]))
        cards = index.texts.articles([*index.texts.latest(0, _LOOKED_AT), *first])
        telling = {card.title: card for card in cards if len(card.title.split()) >= _TELLING}
        return tuple(sorted(telling.values(), key=lambda card: card.language != language)[:most])

    def words_of(self, article: ArticleCard, passage: Passage) -> str:
        """The words that set a passage apart, as a question for more of its kind: at most 12, as written, in order.

        A word counts with its idf, and a little more when it is repeated.
        """
        index = self._retriever.index
        spans = analyze_spans(passage.text, article.language)
        times = Counter(span.term for span in spans)
        weights = index.idf(times)
        best = sorted(weights, key=lambda term: -weights[term] * (1 + math.log(times[term])))[:WORDS]
        first = {span.term: span for span in reversed(spans)}
        chosen = sorted((first[term] for term in best), key=lambda span: span.start)
        return " ".join(dict.fromkeys(passage.text[span.start : span.end] for span in chosen))


def _opening(passages: Sequence[Passage]) -> Passage | None:
    """The first paragraph, or what comes first when there is none."""
    return next((passage for passage in passages if passage.kind == "paragraph"), passages[0] if passages else None)


def _holds(title: str, wanted: Sequence[str]) -> bool:
    folded = title.casefold()
    return all(word in folded for word in wanted)
