"""Ask every question of a set, as a user would, and record the outcome of each."""

import time
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from index.evaluate.beir import Question
from index.search.results import Results


@dataclass(frozen=True, slots=True)
class Highlight:
    """The first passage that a user was shown, by its row in the index, and the sentence marked in it."""

    row: int
    text: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Response:
    """What a user got: `refused` unless the state is "answered"; `first` is None where no passage was shown."""

    results: Results
    refused: bool
    first: Highlight | None


@dataclass(frozen=True, slots=True)
class Outcome:
    """The outcome of one question.

    `ranked`: corpus ids and scores, best first, before refusal, variety and the collapsing of copies. `confidence`
    and `ratio` in 0..1 as in `Results`; where meaning took part, `ratio` has what that added too. `in_sentence`:
    whether the marked sentence holds a known answer; None unless the first passage shown is right and holds one. Both
    times are of the whole answer.
    """

    question: Question
    ranked: tuple[tuple[str, float], ...]
    refused: bool
    confidence: float
    ratio: float
    in_sentence: bool | None
    wall_ms: float
    cpu_ms: float


def ask(questions: Iterable[Question], passage_ids: Sequence[str], answer: Callable[[str], Response]) -> list[Outcome]:
    """Put every question to `answer`; `passage_ids[row]` is the corpus id of passage `row` of its index."""
    outcomes = []
    for question in questions:
        wall, cpu = time.perf_counter(), time.thread_time()
        response = answer(question.text)
        cpu, wall = 1000 * (time.thread_time() - cpu), 1000 * (time.perf_counter() - wall)
        results, first = response.results, response.first
        ranked = tuple((passage_ids[hit.passage.row], hit.score) for hit in results.hits)
        right = first is not None and passage_ids[first.row] in question.relevant
        inside = in_sentence(first, question.answers) if first and right else None
        ratio = results.ratio if results.meaning is None else results.ratio + results.meaning.added
        figures = results.confidence, ratio, inside, wall, cpu
        outcomes.append(Outcome(question, ranked, response.refused, *figures))
    return outcomes


def in_sentence(first: Highlight, answers: Sequence[str]) -> bool | None:
    """Return whether a known answer stands in the marked sentence; None when none stands in the passage at all.

    Width, case and runs of white space do not count.

    >>> in_sentence(Highlight(0, "It rained. The ferry sank  in May.", "The ferry sank  in May."), ["in may"])
    True
    >>> in_sentence(Highlight(0, "It rained.", "It rained."), ["in May"]) is None
    True
    """
    known = [answer for answer in map(_plain, answers) if answer and answer in _plain(first.text)]
    return any(answer in _plain(first.sentence) for answer in known) if known else None


def _plain(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())
