"""Save and compare runs in TREC format: `question Q0 passage rank score tag`, a line for each passage of a ranking.

trec_eval, ir_measures and the other tools of the field read them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from index.errors import QuestionSetError
from index.evaluate.asking import Outcome
from index.evaluate.beir import Question
from index.evaluate.measures import INTERVALS, per_question
from index.evaluate.statistics import interval

Run = dict[str, list[str]]
"""The ids of the passages of each question, best first."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """A run against an earlier one, over the answerable questions of one set.

    `differences` holds for each of INTERVALS the mean difference (ours minus the other's, -1..1) and its 95 % paired
    bootstrap interval. `won` and `lost` count the questions whose first right passage now stands higher or lower.
    """

    run: str
    differences: dict[str, tuple[float, tuple[float, float]]]
    won: int
    lost: int


def save(path: Path, outcomes: Sequence[Outcome], tag: str) -> None:
    """Write a run, up to 50 passages a question, its scores as they are. Raises OSError."""
    with path.open("w", encoding="utf-8") as lines:
        for one in outcomes:
            for rank, (passage, score) in enumerate(one.ranked, 1):
                lines.write(f"{_field(one.question.id)} Q0 {_field(passage)} {rank} {score!r} {_field(tag)}\n")


def load(path: Path) -> Run:
    """Read the passages of each question by score, equal ones by rank. Raises QuestionSetError with file and line."""
    lines: dict[str, list[tuple[float, int, str]]] = {}
    number = 0
    try:
        with path.open(encoding="utf-8") as run:
            for number, line in enumerate(run, 1):  # noqa: B007 (the message needs it)
                if line.strip():
                    question, _, passage, rank, score, _ = line.split()
                    lines.setdefault(question, []).append((-float(score), int(rank), passage))
    except OSError as error:
        message = f"{path}: {error.strerror}; name a run that was saved, or one of another tool in TREC format"
        raise QuestionSetError(message) from error
    except ValueError as error:
        message = f"{path}:{number}: {error}; a run has lines of question, Q0, passage, rank, score, tag"
        raise QuestionSetError(message) from error
    return {question: [passage for *_, passage in sorted(ranking)] for question, ranking in lines.items()}


def compare(outcomes: Sequence[Outcome], other: Run, name: str) -> Comparison | None:
    """Compare this run with another, question by question; None where no question is answerable.

    A question that the other run does not list has no passage there. Raises QuestionSetError when it lists none.
    """
    answerable = [one for one in outcomes if one.question.answerable]
    if not answerable:
        return None
    questions = [_written(one.question) for one in answerable]
    if not other.keys() & {question.id for question in questions}:
        message = f"{name}: it holds none of the questions asked, {questions[0].id} and others; name a run of this set"
        raise QuestionSetError(message)
    ranked = {_field(one.question.id): [_field(passage) for passage, _ in one.ranked] for one in answerable}
    ours, theirs = per_question(questions, ranked), per_question(questions, other)
    paired = {measure: ours[measure] - theirs[measure] for measure in INTERVALS}
    return Comparison(
        name,
        {measure: (float(values.mean()), interval(values)) for measure, values in paired.items()},
        int((paired["mrr@10"] > 0).sum()),
        int((paired["mrr@10"] < 0).sum()),
    )


def as_json(comparison: Comparison) -> dict[str, Any]:
    """Return `{"run", "hit@1": {"difference", "ci"}, ..., "won", "lost"}`."""
    differences = {
        measure: {"difference": round(difference, 4), "ci": [round(end, 4) for end in span]}
        for measure, (difference, span) in comparison.differences.items()
    }
    return {"run": comparison.run, **differences, "won": comparison.won, "lost": comparison.lost}


def _written(question: Question) -> Question:
    relevant = frozenset(map(_field, question.relevant))
    return Question(_field(question.id), question.text, question.answerable, relevant)


def _field(text: str) -> str:
    """Return an id as it stands in a run, whose fields are parted by white space."""
    return "_".join(text.split()) or "_"
