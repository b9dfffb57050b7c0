"""The features of the second look, compiled: the same numbers as those of `index.rerank.features`.

The kernels are compiled when they are imported, so that a build leaves nothing to compile for the first question.
"""

from collections.abc import Sequence

import numpy as np

from index import bm25
from index.jit import arrays
from index.postings.forward import Forward
from index.rerank import gram_kernels, order_kernels
from index.rerank.features import Floats, Ints, Words
from index.rerank.grams import Framed, Statistics, code_points, ends, folds, framed


def grams(
    question: str, texts: Sequence[str], statistics: Statistics, average: Floats, parameters: bm25.Parameters
) -> Floats:
    """See `index.rerank.features.Features.grams`."""
    every = [question, *texts]
    text, scores = framed(every), np.empty(len(texts))
    given = arrays(Framed(code_points(text), ends(every), folds.codes))
    while not gram_kernels.grams(given, arrays(statistics), average, (parameters.k1, parameters.b), scores):
        folds(text)
    return scores


def word_order(
    words: Words,
    rows: Ints,
    forward: Forward,
    average: Floats,
    average_around: float,
    parameters: bm25.Parameters,
) -> Floats:
    """See `index.rerank.features.Features.word_order`."""
    scores = np.zeros((3, len(rows)))
    order_kernels.word_order(
        arrays(words),
        rows,
        arrays(forward),
        average,
        average_around,
        (parameters.k1, parameters.b, float(parameters.title_weight)),
        scores,
    )
    return scores.T
