"""Apply the filters of a question to one open index: on articles, on passages, and on the text itself.

Dates are an array, `article_days`, int32 [A]: the day of each article as `date.toordinal` counts, 0 without a date.
"""

import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Sequence
from functools import cached_property, lru_cache, partial
from typing import Final, Protocol

import numpy as np
import numpy.typing as npt

from index.analysis.analyzer import analyze
from index.analysis.literal import fold_text
from index.model import ArticleCard, Kind
from index.postings.vocabulary import Vocabulary
from index.query.periods import DAYS, Period
from index.query.syntax import Filter
from index.ranking.engine import Rows, Scores
from index.store.arrays import Arrays
from index.store.manifest import Manifest
from index.store.recent import Recent

Ranked = Callable[[int], tuple[Rows, Scores]]
"""Return so many of the best passages that may fulfil some conditions, as `index.ranking.engine.Engine.top`."""

Phrases = tuple[tuple[str, bool], ...]
"""Folded phrases, each with whether it is wanted."""

# Deeper and deeper, and in several ways, the same passages are found: those of so many conditions are read once.
_REMEMBERED: Final = 4
# So many passages are read at most for a phrase whose terms are common while its words are not.
_READ_AT_MOST: Final = 4096
_HYPHENS: Final = re.compile("[-‐‑]")


class Read(Protocol):
    """What conditions read of the texts; see `index.store.texts.Texts`."""

    def titles_and_texts(self, rows: Sequence[int]) -> list[tuple[str, str, Kind]]: ...
    def articles(self, rows: Sequence[int]) -> list[ArticleCard]: ...
    def sources(self) -> dict[str, int]: ...


class PassageFilter(ABC):
    """Filter the passages of one open index. Safe to share between threads."""

    def __init__(self, manifest: Manifest, arrays: Arrays, vocabulary: Vocabulary, texts: Read) -> None:
        self.days: npt.NDArray[np.int32] = arrays.array(DAYS)
        self._languages = tuple(manifest.languages)
        self._vocabulary = vocabulary
        self._texts = texts
        self._fit = lru_cache(_REMEMBERED)(lambda _: Recent[bool]())

    @abstractmethod
    def ranked(self, terms: Sequence[int], weights: Sequence[float], conditions: Sequence[Filter]) -> Ranked:
        """Return how to rank the passages that may fulfil `conditions`: exact but for those that must be read."""

    @abstractmethod
    def newest(self, first: int, most: int, conditions: Sequence[Filter] = ()) -> list[int]:
        """Return the rows of `most` dated articles, newest first, the first `first` left out.

        Of one day, those that state a time come first, the latest in front; equals by row. Of `conditions`, those on
        passages are left out.
        """

    def top(
        self, terms: Sequence[int], weights: Sequence[float], k: int, conditions: Sequence[Filter]
    ) -> tuple[Rows, Scores]:
        """Return the result of `Engine.top` among the passages that fulfil `conditions`.

        Where more than `_READ_AT_MOST` better passages seem to hold a phrase and do not, worse ones are not returned.
        """
        return self.first(self.ranked(terms, weights, conditions), k, conditions)

    def first(self, ranked: Ranked, k: int, conditions: Sequence[Filter]) -> tuple[Rows, Scores]:
        """Return the first `k` of the passages that `ranked` gives for `conditions`, and that fulfil them when read."""
        read = [condition for condition in conditions if self.is_read(condition)]
        depth = k
        while True:
            rows, scores = ranked(depth)
            fitting = self._fitting(rows, read)
            if np.count_nonzero(fitting) >= k or len(rows) < depth or depth >= _READ_AT_MOST:
                return rows[fitting][:k], scores[fitting][:k]
            depth = min(4 * depth, _READ_AT_MOST)

    def newest_of(self, articles: npt.NDArray[np.bool_], first: int, most: int) -> list[int]:
        """Return what `newest` does of some of the articles, bool [A]."""
        rows = np.flatnonzero(articles & (self.days > 0))
        days = self.days[rows]
        end = first + most
        if 0 < end < len(days):
            # The whole day of the last one, because the times within a day stand in the texts alone.
            rows = rows[days >= np.partition(days, -end)[-end]]
            days = self.days[rows]
        newest = rows[np.argsort(-days, kind="stable")].tolist()
        cards = sorted(self._texts.articles(newest), key=lambda card: card.date or "", reverse=True)
        return [card.row for card in cards[first:end]]

    def nearest(self, period: Period, most: int) -> list[int]:
        """Return the rows of the dated articles that are nearest to a period, the nearest first."""
        first, last = bounds(period)
        articles = np.flatnonzero(self.days)
        days = self.days[articles].astype(np.int64)
        away = np.maximum(first - days, days - last)
        rows: list[int] = articles[np.argsort(away, kind="stable")[:most]].tolist()
        return rows

    @cached_property
    def is_dated(self) -> bool:
        """Whether at least half of the articles, and some, have a date."""
        return 2 * self.dated >= max(len(self.days), 1)

    @cached_property
    def dated(self) -> int:
        """How many articles have a date."""
        return int(np.count_nonzero(self.days))

    def within(self, period: Period) -> int:
        """Return how many articles lie in a period."""
        return int(np.count_nonzero(self.dated_in(period)))

    def dated_in(self, period: Period) -> npt.NDArray[np.bool_]:
        """Return the articles whose date lies in a period: bool [A]."""
        first, last = bounds(period)
        inside: npt.NDArray[np.bool_] = (self.days >= first) & (self.days <= last)
        return inside

    def named_sources(self, conditions: Sequence[Filter]) -> list[str] | None:
        """Return the sources whose names hold the words of one of the conditions; None without such a condition."""
        wanted = [fold_text(condition.text) for condition in conditions if condition.kind == "source"]
        if not wanted:
            return None
        return [source for source in self._texts.sources() if any(name in fold_text(source) for name in wanted)]

    def terms_of(self, text: str) -> list[tuple[int, ...]]:
        """Return the ids of the text's terms in each language of the articles where all of them are known."""
        plain = _HYPHENS.sub(" ", text)
        every = (tuple(map(self._vocabulary.find, analyze(plain, language))) for language in self._languages)
        return list(dict.fromkeys(ids for ids in every if ids and min(ids) >= 0))

    def has_terms(self, text: str) -> bool:
        """Return whether a text has terms in every language of the articles; else any passage may hold it."""
        return all(analyze(text, language) for language in self._languages)

    def is_read(self, condition: Filter) -> bool:
        """Return whether the text itself must be compared: for phrases, but not for a single word left out."""
        if condition.kind == "without":
            return len(fold_text(condition.text).split()) > 1
        return condition.kind == "phrase"

    def _fitting(self, rows: Rows, read: Sequence[Filter]) -> npt.NDArray[np.bool_]:
        """Return which of the passages fulfil the conditions that are compared with the text: bool [n]."""
        if not read:
            return np.ones(len(rows), bool)
        phrases = tuple((fold_text(condition.text), condition.kind == "phrase") for condition in read)
        return np.array(self._fit(phrases).of(rows.tolist(), partial(self._read, phrases)), bool)

    def _read(self, phrases: Phrases, rows: Sequence[int]) -> Iterator[bool]:
        """Yield of each passage whether it holds the phrases that are wanted and none of the others."""
        for title, text, _ in self._texts.titles_and_texts(rows):
            # No phrase reaches from the text into the title.
            folded = f"{fold_text(text)}\n{fold_text(title)}"
            yield all((phrase in folded) == wanted for phrase, wanted in phrases)


def bounds(period: Period) -> tuple[int, int]:
    """Return the first and the last day of a period, as `date.toordinal` counts."""
    first = period.first.toordinal() if period.first else 1
    return first, period.last.toordinal() if period.last else int(np.iinfo(np.int32).max)
