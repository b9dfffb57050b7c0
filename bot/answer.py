"""From a question to an answer: the passages, the state, and what is missing.

The state is decided here, once, and every channel shows the same one.
"""

from dataclasses import dataclass
from typing import Literal

from index.model import ArticleCard, Passage

State = Literal["answered", "closest", "nothing"]


@dataclass(frozen=True, slots=True)
class AnswerPassage:
    """A passage of an answer.

    `highlight` is the sentence that answers, as a half-open range of code points in `passage.text`;
    `copies` are the titles of other articles that hold the same paragraph.
    """

    passage: Passage
    article: ArticleCard
    score: float
    highlight: tuple[int, int]
    copies: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TermShare:
    """What one word of the question gave to the score of the first passage (0 when it is not in it)."""

    word: str
    term: str
    share: float


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why the answer is what it is: each word's share, and the words that were ignored or corrected."""

    shares: tuple[TermShare, ...] = ()
    ignored: tuple[str, ...] = ()
    corrected: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Answer:
    """What is shown for a question.

    `state`: "answered", "closest" (near, may not answer) or "nothing"; `passages` is empty for "nothing".
    `confidence` in 0..1: of 100 random non-questions put to this collection, this share looks worse.
    `missing`: words of the question that no article mentions; `nearest`: up to 3 article titles.
    """

    question: str
    state: State
    confidence: float
    passages: tuple[AnswerPassage, ...]
    missing: tuple[str, ...]
    nearest: tuple[str, ...]
    explanation: Explanation
