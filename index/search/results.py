"""What a search gives back."""

from dataclasses import dataclass, field
from typing import Final

import numpy as np
import numpy.typing as npt

from index.analysis.analyzer import ignored
from index.model import Hit
from index.query.syntax import Narrowing
from index.query.terms import QuestionTerm


@dataclass(frozen=True, slots=True, eq=False)
class Ranked:
    """The passages that were looked at twice, best first: `rows` int64 [n], `parts` float64 [n, 5] of their scores."""

    rows: npt.NDArray[np.int64]
    parts: npt.NDArray[np.float64]


NONE_RANKED: Final = Ranked(np.empty(0, np.int64), np.empty((0, 5)))


@dataclass(frozen=True, slots=True)
class Found:
    """What a search found: hits by score descending, and how sure the collection is that they answer.

    `confidence` in 0..1: of 100 random non-questions put to this collection, this share looks worse.
    `ratio` in 0..1: the best score against the highest this question could reach. `complete`: every searched word
    stands in the first passage or its title. `corrected` holds pairs of a word as it was written and the word that was
    searched instead. `searched` is the question, blank where nothing is searched for; `narrowed` what limits the hits;
    `problems` lines for people on what was left out or left nothing. `ranked` are the hits and those behind them, for
    `Index.more`.
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
    narrowed: tuple[Narrowing, ...] = ()
    problems: tuple[str, ...] = ()
    ranked: Ranked = field(default=NONE_RANKED, compare=False, repr=False)

    @property
    def ignored(self) -> tuple[str, ...]:
        """The words of the question that are not searched for, as they were written."""
        return tuple(ignored(self.searched, self.language))
