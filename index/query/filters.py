"""Apply the filters of a question to one open index: as a bitmap of passages, and on the text itself.

Dates are an array, `article_days`, int32 [A]: the day of each article as `date.toordinal` counts, 0 without a date.
Words and phrases are looked up in the postings and the forward index, so nothing scans the texts. Terms have lost
their endings and small words, so a bitmap may let too much through for a phrase; the passages that it lets through
are then compared with the text, a few at a time.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cached_property
from typing import Final, Protocol

import numpy as np
import numpy.typing as npt

from index.analysis.analyzer import analyze
from index.analysis.literal import fold_text, is_unspaced
from index.postings.compact import StoredPostings
from index.postings.forward import Forward
from index.postings.lookup import holds_phrase, rows_with_all, titles_with_all
from index.postings.vocabulary import Vocabulary
from index.query.periods import DAYS, Period
from index.query.syntax import Filter
from index.ranking.engine import Allowed, Engine, Rows, Scores
from index.store.generation import Generation

# So many passages are read at most for a phrase whose terms are common while its words are not.
_READ_AT_MOST: Final = 4096
_HYPHENS: Final = re.compile("[-‐‑]")


class Checked(Protocol):
    """Check what a generation holds of terms and passages before it is read."""

    def ensure_terms(self, ids: Iterable[int]) -> None: ...

    def ensure_rows(self, rows: Rows) -> None: ...


class PassageFilter:
    """Filter the passages of one open index. Safe to share between threads."""

    def __init__(
        self,
        generation: Generation,
        vocabulary: Vocabulary,
        postings: StoredPostings,
        forward: Forward,
        checked: "Checked",
    ) -> None:
        """Take the index; `checked` checks what is read of it before."""
        self._checked = checked
        self._texts = generation.texts
        self._languages = tuple(generation.manifest.languages)
        self._days: npt.NDArray[np.int32] = generation.array(DAYS)
        self._vocabulary = vocabulary
        self._postings = postings
        self._forward = forward

    def top(
        self, engine: Engine, terms: Sequence[int], weights: Sequence[float], k: int, conditions: Sequence[Filter]
    ) -> tuple[Rows, Scores]:
        """Return the result of `Engine.top` among the passages that fulfil `conditions`.

        Where more than `_READ_AT_MOST` better passages seem to hold a phrase and do not, worse ones are not returned.
        """
        allowed = self.allowed(conditions)
        read = [condition for condition in conditions if self._is_read(condition)]
        depth = k
        while True:
            rows, scores = engine.top(terms, weights, depth, allowed)
            fitting = self._fitting(rows, read)
            if np.count_nonzero(fitting) >= k or len(rows) < depth or depth >= _READ_AT_MOST:
                return rows[fitting][:k], scores[fitting][:k]
            depth = min(4 * depth, _READ_AT_MOST)

    def allowed(self, conditions: Sequence[Filter]) -> Allowed:
        """Return which passages may fulfil `conditions`, bool [N]: exact but for phrases, which must still be read."""
        allowed: Allowed = self._articles(conditions)[self._forward.article]
        for condition in conditions:
            if condition.kind == "phrase":
                allowed &= self._with_phrase(condition.text)
            elif condition.kind == "without" and not self._is_read(condition):
                for terms in self._terms(condition.text):
                    self._checked.ensure_terms(terms)
                    allowed[rows_with_all(self._postings, terms)] = False
        return allowed

    def newest(self, first: int, most: int, conditions: Sequence[Filter] = ()) -> list[int]:
        """Return the rows of `most` dated articles, newest first, the first `first` left out.

        Of one day, those that state a time come first, the latest in front; equals by row. Of `conditions`, those on
        passages are left out.
        """
        articles = np.flatnonzero(self._articles(conditions) & (self._days > 0))
        days = self._days[articles]
        end = first + most
        if 0 < end < len(days):
            # The whole day of the last one, because the times within a day stand in the texts alone.
            articles = articles[days >= np.partition(days, -end)[-end]]
            days = self._days[articles]
        rows = articles[np.argsort(-days, kind="stable")].tolist()
        cards = sorted(self._texts.articles(rows), key=lambda card: card.date or "", reverse=True)
        return [card.row for card in cards[first:end]]

    def nearest(self, period: Period, most: int) -> list[int]:
        """Return the rows of the dated articles that are nearest to a period, the nearest first."""
        first, last = _bounds(period)
        articles = np.flatnonzero(self._days)
        days = self._days[articles].astype(np.int64)
        away = np.maximum(first - days, days - last)
        rows: list[int] = articles[np.argsort(away, kind="stable")[:most]].tolist()
        return rows

    @cached_property
    def is_dated(self) -> bool:
        """Whether at least half of the articles, and some, have a date."""
        return 2 * self.dated >= max(len(self._days), 1)

    @cached_property
    def dated(self) -> int:
        """How many articles have a date."""
        return int(np.count_nonzero(self._days))

    def within(self, period: Period) -> int:
        """Return how many articles lie in a period."""
        return int(np.count_nonzero(self._dated(period)))

    def _articles(self, conditions: Sequence[Filter]) -> npt.NDArray[np.bool_]:
        """Return the articles that fulfil those conditions that are on articles: bool [A]."""
        articles = np.ones(len(self._days), bool)
        for condition in conditions:
            if condition.period is not None:
                articles &= self._dated(condition.period)
            elif condition.kind == "title":
                articles &= self._any(
                    condition.text, lambda terms: titles_with_all(self._forward, terms), len(articles)
                )
        sources = [condition.text for condition in conditions if condition.kind == "source"]
        return articles & self._of_sources(sources) if sources else articles

    def _dated(self, period: Period) -> npt.NDArray[np.bool_]:
        """Return the articles whose date lies in a period: bool [A]."""
        first, last = _bounds(period)
        inside: npt.NDArray[np.bool_] = (self._days >= first) & (self._days <= last)
        return inside

    def _of_sources(self, names: Sequence[str]) -> npt.NDArray[np.bool_]:
        """Return the articles of a source whose name holds the words of one of `names`."""
        wanted = [fold_text(name) for name in names]
        mask = np.zeros(len(self._days), bool)
        for source in self._texts.sources():
            if any(name in fold_text(source) for name in wanted):
                mask[self._texts.articles_of(source)] = True
        return mask

    def _with_phrase(self, text: str) -> npt.NDArray[np.bool_]:
        """Return the passages that may hold a phrase: bool [N]."""
        # The n-grams of scripts without spaces are selective together, and not stored in the order of the text.
        ordered = not is_unspaced(text)

        def holding(terms: Sequence[int]) -> npt.NDArray[np.bool_]:
            self._checked.ensure_terms(terms)
            rows = rows_with_all(self._postings, terms)
            if ordered and len(terms) > 1 and len(rows):
                self._checked.ensure_rows(rows)
                rows = rows[holds_phrase(self._forward, rows, terms)]
            mask = np.zeros(self._postings.passages, bool)
            mask[rows] = True
            return mask

        return self._any(text, holding, self._postings.passages)

    def _any(
        self, text: str, mask: Callable[[Sequence[int]], npt.NDArray[np.bool_]], size: int
    ) -> npt.NDArray[np.bool_]:
        """Return `mask` for the terms of `text` in any language: bool [size]; all if it has none in one."""
        union = np.zeros(size, bool)
        for terms in self._terms(text):
            union |= mask(terms)
        return union if all(analyze(text, language) for language in self._languages) else ~np.zeros(size, bool)

    def _terms(self, text: str) -> list[tuple[int, ...]]:
        """Return the ids of the text's terms in each language of the articles where all of them are known."""
        plain = _HYPHENS.sub(" ", text)
        every = (tuple(map(self._vocabulary.find, analyze(plain, language))) for language in self._languages)
        return list(dict.fromkeys(ids for ids in every if ids and min(ids) >= 0))

    def _is_read(self, condition: Filter) -> bool:
        """Return whether the text itself must be compared: for phrases, but not for a single word left out."""
        if condition.kind == "without":
            return len(fold_text(condition.text).split()) > 1
        return condition.kind == "phrase"

    def _fitting(self, rows: Rows, read: Sequence[Filter]) -> npt.NDArray[np.bool_]:
        """Return which of the passages fulfil the conditions that are compared with the text: bool [n]."""
        if not read:
            return np.ones(len(rows), bool)
        phrases = [(fold_text(condition.text), condition.kind == "phrase") for condition in read]
        texts = self._read(rows)
        fits = (all((phrase in text) == wanted for phrase, wanted in phrases) for text in texts)
        return np.fromiter(fits, bool, len(rows))

    def _read(self, rows: Rows) -> Iterator[str]:
        """Return the folded text and title of each passage; no phrase reaches from the one into the other."""
        return (
            f"{fold_text(text)}\n{fold_text(title)}" for title, text, _ in self._texts.titles_and_texts(rows.tolist())
        )


def _bounds(period: Period) -> tuple[int, int]:
    """Return the first and the last day of a period, as `date.toordinal` counts."""
    first = period.first.toordinal() if period.first else 1
    return first, period.last.toordinal() if period.last else int(np.iinfo(np.int32).max)
