"""The features of reranking, compiled: the same numbers as those of `index.rerank.features`.

The kernels are compiled when they are imported, so that a build leaves nothing to compile for the first question.
"""

import numpy as np

from index.machine.jit import arrays
from index.rerank import gram_kernels, order_kernels
from index.rerank.features import Floats, GramQuery, OrderQuery
from index.rerank.grams import Framed, code_points, ends, folds, framed


def grams(query: GramQuery) -> Floats:
    """Return G of each text; see `index.rerank.features.Features.grams`."""
    every = [query.question, *query.texts]
    text, scores = framed(every), np.empty(len(query.texts))
    texts, statistics = arrays(Framed(code_points(text), ends(every), folds.codes)), arrays(query.statistics)
    numbers = query.parameters.k1, query.parameters.b
    while not gram_kernels.grams(texts, statistics, query.average, numbers, scores):
        folds(text)
    return scores


def word_order(query: OrderQuery) -> Floats:
    """Return P, S and A of each passage; see `index.rerank.features.Features.word_order`."""
    words, rows, forward, average, average_around, parameters = query
    scores = np.zeros((3, len(rows)))
    numbers = parameters.k1, parameters.b, float(parameters.title_weight)
    order_kernels.word_order(arrays(words), rows, arrays(forward), average, average_around, numbers, scores)
    return scores.T
