"""The features of reranking, compiled: the same numbers as those of `index.rerank.features`.

The kernels are compiled when they are imported, so that a build leaves nothing to compile for the first question.
"""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from index.machine.jit import arrays
from index.rerank import gram_kernels, order_kernels
from index.rerank.features import Floats, GramQuery, OrderQuery
from index.rerank.grams import Framed, code_points, ends, folds, framed


def of_each(texts: Sequence[str]) -> list[bytes]:
    """Return the grams of each text; see `index.rerank.features.Features.of_each`."""
    text = framed(texts)
    every = arrays(Framed(code_points(text), ends(texts), folds.codes))
    grams = np.empty(len(text) + len(texts) * gram_kernels.STARTS, np.uint32)
    stops = np.empty(len(texts), np.int64)
    while not gram_kernels.of_each(every, grams, stops):
        folds(text)
    return [grams[first:end].tobytes() for first, end in pairwise([0, *stops.tolist()])]


def grams(query: GramQuery) -> Floats:
    """Return G of each text; see `index.rerank.features.Features.grams`."""
    question, texts = framed([query.question]), np.frombuffer(b"".join(query.texts), np.uint32)
    codes, scores = code_points(question), np.empty(len(query.texts))
    statistics, numbers = arrays(query.statistics), (query.parameters.k1, query.parameters.b)
    while not gram_kernels.grams(codes, folds.codes, texts, statistics, query.average, numbers, scores):
        folds(question)
    return scores


def word_order(query: OrderQuery) -> Floats:
    """Return P, S and A of each passage; see `index.rerank.features.Features.word_order`."""
    words, rows, forward, average, average_around, parameters = query
    scores = np.zeros((3, len(rows)))
    numbers = parameters.k1, parameters.b, float(parameters.title_weight)
    order_kernels.word_order(arrays(words), rows, arrays(forward), average, average_around, numbers, scores)
    return scores.T
