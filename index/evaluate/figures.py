"""Measure how good the answers are, on questions with known passages: hit@k, MRR, nDCG, sentences, refusals, times.

Ranking figures are over the answerable questions, on the ranked list before refusal, variety and the collapsing of
copies. A question counts as refused when its state is not "answered". All fractions are in 0..1.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np

from index.errors import QuestionSetError
from index.evaluate.asking import Outcome
from index.evaluate.measures import INTERVALS, MEASURES, per_question
from index.evaluate.statistics import Flags, Floats, auroc, best_accuracy, interval, risk_coverage


@dataclass(frozen=True, slots=True)
class Silence:
    """Refusals at the shipped threshold; a figure is None where there is nothing to count.

    `auroc`: how often the ratio of an answerable question exceeds that of an unanswerable one. `best_accuracy`: that of
    the best threshold, on the confidence or on the ratio, chosen with the labels at hand.
    """

    auroc: float | None
    accuracy: float
    false_refusals: float | None
    right_refusals: float | None
    best_accuracy: float | None


@dataclass(frozen=True, slots=True)
class Sentence:
    """Of so many questions, first shown the right passage with a known answer in it, the share answered by its mark."""

    questions: int
    accuracy: float


@dataclass(frozen=True, slots=True)
class Group:
    """Figures of the questions of one kind or language: `measures` is empty where none of them is answerable."""

    questions: int
    measures: dict[str, float]
    refused: float


@dataclass(frozen=True, slots=True)
class Risk:
    """The risk-coverage curve [M], and `shipped`: coverage and risk at the shipped threshold."""

    coverage: Floats
    risk: Floats
    shipped: tuple[float, float]


@dataclass(frozen=True, slots=True)
class Evaluation:
    """Figures of one question set. `ci` holds 95 % intervals; both times p50, p95 and p99 in milliseconds."""

    name: str
    questions: int
    measures: dict[str, float]
    ci: dict[str, tuple[float, float]]
    kinds: dict[str, Group]
    languages: dict[str, Group]
    sentence: Sentence | None
    silence: Silence
    wall_ms: dict[str, float]
    cpu_ms: dict[str, float]
    risk: Risk = field(repr=False)


def evaluate(name: str, outcomes: Sequence[Outcome]) -> Evaluation:
    """Return the figures of a set. Raises QuestionSetError when it has no question."""
    if not outcomes:
        message = f"{name}: no question with a judged passage and none marked unanswerable; nothing to measure"
        raise QuestionSetError(message)
    answerable = np.array([one.question.answerable for one in outcomes])
    values = _values(outcomes)
    means = {measure: _mean(value[answerable]) or 0.0 for measure, value in values.items()}
    return Evaluation(
        name,
        len(outcomes),
        means,
        {measure: interval(values[measure][answerable]) for measure in INTERVALS} if answerable.any() else {},
        _groups([one.question.kind for one in outcomes], outcomes, values),
        _groups([one.question.language for one in outcomes], outcomes, values),
        _sentence(outcomes),
        _silence(outcomes, answerable),
        _percentiles([one.wall_ms for one in outcomes]),
        _percentiles([one.cpu_ms for one in outcomes]),
        _risk(outcomes, values["hit@1"] == 1),
    )


def as_json(evaluation: Evaluation) -> dict[str, Any]:
    """Return the documented object: `{"set", "questions", "hit@1", ..., "silence": {...}, "ms": {...}, ...}`."""
    rounded: dict[str, Any] = _rounded(
        {
            **evaluation.measures,
            "silence": asdict(evaluation.silence),
            "ms": evaluation.wall_ms,
            "cpu_ms": evaluation.cpu_ms,
            "ci": evaluation.ci,
            "kinds": {kind: _group(group) for kind, group in evaluation.kinds.items()},
            "languages": {language: _group(group) for language, group in evaluation.languages.items()},
            "sentence": asdict(evaluation.sentence) if evaluation.sentence else None,
        }
    )
    return {"set": evaluation.name, "questions": evaluation.questions, **rounded}


def _group(group: Group) -> dict[str, Any]:
    return {"questions": group.questions, **{m: group.measures.get(m) for m in MEASURES}, "refused": group.refused}


def _rounded(value: Any) -> Any:
    """Return a JSON value with every float rounded to 4 digits."""
    if isinstance(value, dict):
        return {key: _rounded(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_rounded(inner) for inner in value]
    return round(value, 4) if isinstance(value, float) else value


def _values(outcomes: Sequence[Outcome]) -> dict[str, Floats]:
    """Return each measure's value of every question [N], 0 for the unanswerable."""
    answerable = np.array([one.question.answerable for one in outcomes])
    some = [one for one in outcomes if one.question.answerable]
    run = {one.question.id: [name for name, _ in one.ranked] for one in some}
    measured = per_question([one.question for one in some], run)
    values = {measure: np.zeros(len(outcomes)) for measure in MEASURES}
    for measure, value in measured.items():
        values[measure][answerable] = value
    return values


def _groups(names: Sequence[str | None], outcomes: Sequence[Outcome], values: dict[str, Floats]) -> dict[str, Group]:
    """Return figures by name, in the order of first appearance; a question without one is in no group."""
    groups = {}
    for name in dict.fromkeys(filter(None, names)):
        member = np.array([other == name for other in names])
        answerable = member & np.array([one.question.answerable for one in outcomes])
        measures = {m: float(value[answerable].mean()) for m, value in values.items()} if answerable.any() else {}
        refused = np.array([one.refused for one in outcomes])[member]
        groups[name] = Group(int(member.sum()), measures, float(refused.mean()))
    return groups


def _sentence(outcomes: Sequence[Outcome]) -> Sentence | None:
    inside = [one.in_sentence for one in outcomes if one.in_sentence is not None]
    return Sentence(len(inside), sum(inside) / len(inside)) if inside else None


def _silence(outcomes: Sequence[Outcome], answerable: Flags) -> Silence:
    refused = np.array([one.refused for one in outcomes])
    ratios = np.array([one.ratio for one in outcomes])
    confidences = np.array([one.confidence for one in outcomes])
    both = answerable.any() and not answerable.all()
    return Silence(
        auroc(ratios[answerable], ratios[~answerable]),
        float((refused != answerable).mean()),
        _mean(refused[answerable]),
        _mean(refused[~answerable]),
        max(best_accuracy(signal, answerable) for signal in (confidences, ratios)) if both else None,
    )


def _risk(outcomes: Sequence[Outcome], right: Flags) -> Risk:
    """Return the risk that the first passage of an answer is not right.

    Of equal confidences, of which 1 is common, the ratio decides.
    """
    coverage, risk = risk_coverage(np.array([one.confidence + one.ratio * 1e-9 for one in outcomes]), right)
    answered = np.array([not one.refused for one in outcomes])
    return Risk(coverage, risk, (float(answered.mean()), _mean(~right[answered]) or 0.0))


def _mean(values: Flags | Floats) -> float | None:
    return float(values.mean()) if len(values) else None


def _percentiles(milliseconds: Sequence[float]) -> dict[str, float]:
    return {f"p{p}": float(np.percentile(milliseconds, p)) for p in (50, 95, 99)}
