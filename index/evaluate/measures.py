"""Measure the ranking of every question with ir-measures: hit@1, hit@5, MRR@10 and nDCG@10."""

from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np

from index.evaluate.beir import Question
from index.evaluate.statistics import Floats

DEPTH: Final = 10
MEASURES: Final = ("hit@1", "hit@5", "mrr@10", "ndcg@10")
# Those that get confidence intervals and are compared between runs.
INTERVALS: Final = ("hit@1", "mrr@10", "ndcg@10")


def per_question(questions: Sequence[Question], ranked: Mapping[str, Sequence[str]]) -> dict[str, Floats]:
    """Return for each of MEASURES its values [N] in 0..1, in the order of `questions`, which are all answerable.

    `ranked` gives the passage ids for a question id, best first; a question that is not in it has none.
    """
    import ir_measures
    from ir_measures import RR, Success, nDCG

    names = dict(zip((Success @ 1, Success @ 5, RR @ DEPTH, nDCG @ DEPTH), MEASURES, strict=True))
    place = {question.id: number for number, question in enumerate(questions)}
    values = {name: np.zeros(len(questions)) for name in MEASURES}
    if not questions:
        return values
    qrels = {question.id: dict.fromkeys(question.relevant, 1) for question in questions}
    # trec_eval sorts by score and breaks ties its own way, so ranks stand in for scores.
    run = {name: {p: float(-rank) for rank, p in enumerate(ranked.get(name, ())[:DEPTH])} for name in place}
    for metric in ir_measures.iter_calc(list(names), qrels, run):
        values[names[metric.measure]][place[metric.query_id]] = metric.value
    return values
