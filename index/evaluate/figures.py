"""How good the answers are, on questions with known passages: hit@k, MRR, nDCG, sentences, refusals, times.

Ranking figures are over the answerable questions, on the ranked list before refusal, variety and the collapsing of
copies. A question counts as refused when its state is not "answered". All fractions are in 0..1.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np

from index.errors import QuestionSetError
from index.evaluate.asking import Asked
from index.evaluate.measures import MEASURES, per_question
from index.evaluate.statistics import Flags, Floats, auroc, best_accuracy, interval, risk_coverage

INTERVALS: Final = ("hit@1", "mrr@10", "ndcg@10")


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


def evaluate(name: str, asked: Sequence[Asked]) -> Evaluation:
    """The figures of a set. Raises QuestionSetError when nothing was asked."""
    if not asked:
        message = f"{name}: no question with a judged passage and none marked unanswerable; nothing to measure"
        raise QuestionSetError(message)
    answerable = np.array([one.question.answerable for one in asked])
    values = _values(asked)
    judged = {measure: found[answerable] for measure, found in values.items()}
    return Evaluation(
        name,
        len(asked),
        {measure: _mean(found) or 0.0 for measure, found in judged.items()},
        {measure: interval(judged[measure]) for measure in INTERVALS} if answerable.any() else {},
        _groups([one.question.kind for one in asked], asked, values),
        _groups([one.question.language for one in asked], asked, values),
        _sentence(asked),
        _silence(asked, answerable),
        _percentiles([one.wall_ms for one in asked]),
        _percentiles([one.cpu_ms for one in asked]),
        _risk(asked, values["hit@1"] == 1),
    )


def as_json(evaluation: Evaluation) -> dict[str, Any]:
    """The documented object: `{"set", "questions", "hit@1", ..., "silence": {...}, "ms": {...}, "ci": {...}, ...}`."""
    silence, sentence = evaluation.silence, evaluation.sentence
    rounded: dict[str, Any] = _rounded(
        {
            **evaluation.measures,
            "silence": {
                "auroc": silence.auroc,
                "accuracy": silence.accuracy,
                "false_refusals": silence.false_refusals,
                "right_refusals": silence.right_refusals,
                "best_accuracy": silence.best_accuracy,
            },
            "ms": evaluation.wall_ms,
            "cpu_ms": evaluation.cpu_ms,
            "ci": evaluation.ci,
            "kinds": {kind: _group(group) for kind, group in evaluation.kinds.items()},
            "languages": {language: _group(group) for language, group in evaluation.languages.items()},
            "sentence": {"questions": sentence.questions, "accuracy": sentence.accuracy} if sentence else None,
        }
    )
    return {"set": evaluation.name, "questions": evaluation.questions, **rounded}


def _group(group: Group) -> dict[str, Any]:
    return {"questions": group.questions, **{m: group.measures.get(m) for m in MEASURES}, "refused": group.refused}


def _rounded(value: Any) -> Any:
    """Every float in a JSON value to 4 digits."""
    if isinstance(value, dict):
        return {key: _rounded(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_rounded(inner) for inner in value]
    return round(value, 4) if isinstance(value, float) else value


def _values(asked: Sequence[Asked]) -> dict[str, Floats]:
    """Each measure's value of every question [N], 0 for the unanswerable."""
    answerable = np.array([one.question.answerable for one in asked])
    judged = [one for one in asked if one.question.answerable]
    found = per_question(
        [one.question for one in judged], {one.question.id: [name for name, _ in one.ranked] for one in judged}
    )
    values = {measure: np.zeros(len(asked)) for measure in MEASURES}
    for measure in MEASURES:
        values[measure][answerable] = found[measure]
    return values


def _groups(names: Sequence[str | None], asked: Sequence[Asked], values: dict[str, Floats]) -> dict[str, Group]:
    """Figures by name, in the order of first appearance; a question without one is in no group."""
    groups = {}
    for name in dict.fromkeys(filter(None, names)):
        member = np.array([given == name for given in names])
        answerable = member & np.array([one.question.answerable for one in asked])
        measures = {m: float(found[answerable].mean()) for m, found in values.items()} if answerable.any() else {}
        refused = np.array([one.refused for one in asked])[member]
        groups[name] = Group(int(member.sum()), measures, float(refused.mean()))
    return groups


def _sentence(asked: Sequence[Asked]) -> Sentence | None:
    inside = [one.in_sentence for one in asked if one.in_sentence is not None]
    return Sentence(len(inside), sum(inside) / len(inside)) if inside else None


def _silence(asked: Sequence[Asked], answerable: Flags) -> Silence:
    refused = np.array([one.refused for one in asked])
    ratios = np.array([one.ratio for one in asked])
    confidences = np.array([one.confidence for one in asked])
    both = answerable.any() and not answerable.all()
    return Silence(
        auroc(ratios[answerable], ratios[~answerable]),
        float((refused != answerable).mean()),
        _mean(refused[answerable]),
        _mean(refused[~answerable]),
        max(best_accuracy(signal, answerable) for signal in (confidences, ratios)) if both else None,
    )


def _risk(asked: Sequence[Asked], right: Flags) -> Risk:
    """Right is an answer whose first passage is. Of equal confidences, of which 1 is common, the ratio decides."""
    coverage, risk = risk_coverage(np.array([one.confidence + one.ratio * 1e-9 for one in asked]), right)
    answered = np.array([not one.refused for one in asked])
    return Risk(coverage, risk, (float(answered.mean()), _mean(~right[answered]) or 0.0))


def _mean(values: Flags | Floats) -> float | None:
    return float(values.mean()) if len(values) else None


def _percentiles(milliseconds: Sequence[float]) -> dict[str, float]:
    return {f"p{p}": float(np.percentile(milliseconds, p)) for p in (50, 95, 99)}
