"""What a search gives back."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final, overload

import numpy as np
import numpy.typing as npt

from index.model import Hit, Kind, Parts
from index.query.passages import Passages
from index.query.syntax import Filter, Problem
from index.query.terms import QuestionTerm

# So many hits are completed at once: a few more than most answers show.
_BLOCK: Final = 5


class Ranked(Sequence[Hit]):
    """All passages that were reranked, best first; a hit's article is read when it is first looked at.

    Readable as long as the index is open. `rows` int64 [n], `parts` float64 [n, 5] of their scores.
    """

    def __init__(
        self,
        passages: Passages,
        rows: npt.NDArray[np.int64],
        parts: npt.NDArray[np.float64],
        seen: Sequence[tuple[str, str, Kind]],
    ) -> None:
        """`seen` are title, text and kind of each passage."""
        self.rows = rows
        self.parts = parts
        self._passages = passages
        self._seen = seen
        self._hits: list[Hit] = []

    def __len__(self) -> int:
        return len(self.rows)

    @overload
    def __getitem__(self, place: int) -> Hit: ...

    @overload
    def __getitem__(self, place: slice) -> tuple[Hit, ...]: ...

    def __getitem__(self, place: int | slice) -> Hit | tuple[Hit, ...]:
        if isinstance(place, slice):
            wanted = range(*place.indices(len(self)))
            self._read(max(wanted, default=-1) + 1)
            return tuple([self._hits[at] for at in wanted])
        at = range(len(self))[place]
        self._read(at + 1)
        return self._hits[at]

    def _read(self, end: int) -> None:
        first = len(self._hits)
        if end > first:
            end = min(max(end, first + _BLOCK), len(self))
            rows, texts = self.rows[first:end].tolist(), [text for _, text, _ in self._seen[first:end]]
            placed = self._passages.texts.with_articles(rows, texts)
            for (passage, article), shares in zip(placed, self.parts[first:end].tolist(), strict=True):
                self._hits.append(Hit(passage, article, sum(shares), Parts(*shares)))


@dataclass(frozen=True, slots=True)
class Results:
    """What a search found: hits by score descending, and how sure the collection is that they answer.

    `confidence` in 0..1: of 100 random non-questions put to this collection, this share looks worse.
    `ratio` in 0..1: the best score against the highest this question could reach. `complete`: every searched word
    stands in the first passage or its title. `corrected` holds pairs of a word as it was written and the word that was
    searched instead. `searched` is the question, blank where nothing is searched for; `filters` what limits the hits;
    `problems` what is wrong with its filters. `ranked` are the hits and those behind them.
    """

    question: str
    language: str
    hits: tuple[Hit, ...]
    terms: tuple[QuestionTerm, ...]
    ratio: float
    confidence: float
    complete: bool
    corrected: tuple[tuple[str, str], ...] = ()
    searched: str = ""
    filters: tuple[Filter, ...] = ()
    problems: tuple[Problem, ...] = ()
    ranked: Sequence[Hit] = field(default=(), compare=False, repr=False)
    passages: Passages | None = field(default=None, compare=False, repr=False)

    def held(self, row: int) -> frozenset[int]:
        """Return the ids of the terms that a passage or its title holds."""
        return self.passages.held(row) if self.passages is not None else frozenset()
