"""The results of a search."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt

from index.analysis.analyzer import ignored_words
from index.model import Hit, Parts
from index.query.passages import Passages
from index.query.syntax import Filter, Problem
from index.query.terms import QuestionTerm
from index.search.evidence import Evidence


@dataclass(frozen=True, slots=True, eq=False)
class Ranking:
    """All passages that were reranked, best first: `ranking[:10]` are the first ten hits.

    A hit's article is read when it is first asked for, so the index must still be open then. `rows` are n passages,
    `parts` float64 [n, 5] what their scores are made of, [n, 6] where meaning is a part of them.
    """

    passages: Passages
    rows: Sequence[int] = ()
    parts: npt.NDArray[np.float64] = field(default_factory=lambda: np.empty((0, 5)))
    hits: list[Hit] = field(default_factory=list)

    def __getitem__(self, some: slice) -> tuple[Hit, ...]:
        first, end = len(self.hits), some.indices(len(self.rows))[1]
        if end > first:
            rows = self.rows[first:end]
            texts = [text for _, text, _ in self.passages.read(np.array(rows))]
            placed = self.passages.texts.with_articles(rows, texts)
            for (passage, article), shares in zip(placed, self.parts[first:end].tolist(), strict=True):
                self.hits.append(Hit(passage, article, sum(shares), Parts(*shares)))
        return tuple(self.hits[some])

    def with_first(self, place: int) -> "Ranking":
        """Return the same passages with the one at `place` in front."""
        order = [place, *range(place), *range(place + 1, len(self.rows))]
        return Ranking(self.passages, [self.rows[at] for at in order], self.parts[order])


@dataclass(frozen=True, slots=True)
class ByMeaning:
    """How sure meaning alone is, where a model took part.

    `alone` in 0..1: the share of non-questions whose nearest passage is less near. `added`: by what meaning made the
    confidence of words greater or less. `is_foreign`: no article is in the language of the question, and `alone` is the
    confidence. `sentences`: of the first passage, or the first few if it is foreign, the cosine of each sentence with
    the question, by the row of the passage; at most `tuning.MEANING_SENTENCES` of one.
    """

    alone: float
    added: float
    is_foreign: bool
    sentences: Mapping[int, Sequence[float]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Results:
    """Hits by score descending, and how sure the collection is that they answer.

    `confidence` in 0..1: of 100 random non-questions put to this collection, this share looks worse.
    `ratio` in 0..1: the best score against the highest this question could reach. `evidence`: what the first passage or
    its title holds of the question's topic. `corrected` holds pairs of a word as it was written and the word that was
    searched instead. `searched` is the question, blank where nothing is searched for; `filters` limit the hits;
    `problems` are those of its filters. `ranking` are the hits and those behind them. `is_listing`: the question is
    about no topic, and the hits are the newest articles that its filters allow. `meaning` is None where words alone
    were searched; with it, `confidence` is what that share becomes by meaning.
    """

    question: str
    language: str
    hits: tuple[Hit, ...]
    terms: tuple[QuestionTerm, ...]
    ratio: float
    confidence: float
    evidence: Evidence
    corrected: tuple[tuple[str, str], ...] = ()
    searched: str = ""
    filters: tuple[Filter, ...] = ()
    problems: tuple[Problem, ...] = ()
    ranking: Ranking | None = field(default=None, compare=False, repr=False)
    is_listing: bool = False
    meaning: ByMeaning | None = None

    def first(self, depth: int) -> tuple[Hit, ...]:
        """Return the first `depth` hits, of those that were ranked: 50 at least where so many passages hold a word."""
        return self.hits[:depth] if self.ranking is None else self.ranking[:depth]

    def term_ids(self, row: int) -> frozenset[int]:
        """Return the ids of the terms that a passage or its title holds."""
        return frozenset() if self.ranking is None else self.ranking.passages.term_ids(row)

    def with_first(self, place: int) -> "Results":
        """Return the same results with the hit at `place` of the ranking in front; confidence and evidence stay."""
        if not place or self.ranking is None:
            return self
        ranking = self.ranking.with_first(place)
        return replace(self, hits=ranking[: len(self.hits)], ranking=ranking)

    @property
    def ignored(self) -> tuple[str, ...]:
        """The words of the question that are not searched for, as they were written."""
        return tuple(ignored_words(self.searched, self.language))
