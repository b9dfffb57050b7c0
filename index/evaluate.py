"""How good the answers are, on questions with known passages: hit@k, MRR, nDCG and refusals.

Ranking figures come from ir-measures over the answerable questions, on the ranked list before refusal, variety and
the collapsing of copies. A question counts as refused when its state is not "answered".
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from index.beir import Question, QuestionSet
from index.errors import QuestionSetError
from index.retriever import Found

DEPTH: Final = 10


@dataclass(frozen=True, slots=True)
class Asked:
    """What one question came to: ranked corpus ids, whether it was refused, its ratio, milliseconds of wall time."""

    question: Question
    ranked: tuple[tuple[str, float], ...]
    refused: bool
    ratio: float
    milliseconds: float


@dataclass(frozen=True, slots=True)
class Silence:
    """`auroc`: how often an answerable question looks better than an unanswerable one. None where nothing to count."""

    auroc: float | None
    accuracy: float
    false_refusals: float | None
    right_refusals: float | None


@dataclass(frozen=True, slots=True)
class Evaluation:
    """Figures of one question set, fractions in 0..1; `milliseconds` holds p50, p95 and p99 of a whole answer."""

    name: str
    questions: int
    measures: dict[str, float]
    silence: Silence
    milliseconds: dict[str, float]


def evaluate(
    questions: QuestionSet, passage_ids: Sequence[str], judge: Callable[[str], tuple[Found, bool]]
) -> Evaluation:
    """Asks every question of a set.

    `passage_ids[row]` is the corpus id of passage `row` of the index asked; `judge` answers a question as a user would
    get it and says whether it was refused. Raises QuestionSetError for a set without questions.
    """
    if not questions.questions:
        message = (
            f"{questions.name}: no question with a judged passage and none marked unanswerable; nothing to measure"
        )
        raise QuestionSetError(message)
    asked = [_asked(question, passage_ids, judge) for question in questions.questions]
    times = np.array([one.milliseconds for one in asked])
    percentiles = {f"p{p}": round(float(np.percentile(times, p)), 3) for p in (50, 95, 99)}
    return Evaluation(questions.name, len(asked), _measures(asked), _silence(asked), percentiles)


def as_json(evaluation: Evaluation) -> dict[str, Any]:
    """The documented object: `{"set", "questions", "hit@1", ..., "silence": {...}, "ms": {...}}`."""
    silence = evaluation.silence
    return {
        "set": evaluation.name,
        "questions": evaluation.questions,
        **evaluation.measures,
        "silence": {
            "auroc": silence.auroc,
            "accuracy": silence.accuracy,
            "false_refusals": silence.false_refusals,
            "right_refusals": silence.right_refusals,
        },
        "ms": evaluation.milliseconds,
    }


def _asked(question: Question, passage_ids: Sequence[str], judge: Callable[[str], tuple[Found, bool]]) -> Asked:
    started = time.perf_counter()
    found, refused = judge(question.text)
    elapsed = (time.perf_counter() - started) * 1000
    ranked = tuple((passage_ids[hit.passage.row], hit.score) for hit in found.hits[:DEPTH])
    return Asked(question, ranked, refused, found.ratio, elapsed)


def _measures(asked: Sequence[Asked]) -> dict[str, float]:
    import ir_measures
    from ir_measures import RR, Success, nDCG

    names = {Success @ 1: "hit@1", Success @ 5: "hit@5", RR @ DEPTH: "mrr@10", nDCG @ DEPTH: "ndcg@10"}
    answerable = [one for one in asked if one.question.answerable]
    if not answerable:
        return dict.fromkeys(names.values(), 0.0)
    qrels = {one.question.id: dict.fromkeys(one.question.relevant, 1) for one in answerable}
    # trec_eval sorts by score and breaks ties its own way, so ranks stand in for scores.
    run = {one.question.id: {name: float(-rank) for rank, (name, _) in enumerate(one.ranked)} for one in answerable}
    totals = ir_measures.calc_aggregate(list(names), qrels, run)
    return {name: round(float(totals[measure]), 4) for measure, name in names.items()}


def _silence(asked: Sequence[Asked]) -> Silence:
    refused = np.array([one.refused for one in asked])
    answerable = np.array([one.question.answerable for one in asked])
    ratios = np.array([one.ratio for one in asked])
    return Silence(
        _auroc(ratios[answerable], ratios[~answerable]),
        round(float((refused != answerable).mean()), 4),
        _share(refused[answerable]),
        _share(refused[~answerable]),
    )


def _share(flags: npt.NDArray[np.bool_]) -> float | None:
    return round(float(flags.mean()), 4) if len(flags) else None


def _auroc(better: npt.NDArray[np.float64], worse: npt.NDArray[np.float64]) -> float | None:
    """The chance that a random one of `better` exceeds a random one of `worse`, ties counting half (Mann-Whitney)."""
    if not len(better) or not len(worse):
        return None
    ordered = np.sort(worse)
    below = np.searchsorted(ordered, better, "left")
    ties = np.searchsorted(ordered, better, "right") - below
    return round(float((below + ties / 2).mean() / len(worse)), 4)
