"""Reranking: the passages that the engine found, ordered by more than which words they hold.

The engine hardly ever misses the passage that answers (97 to 99 of 100 are among its first 50), yet often ranks it
second. So these few are compared with the question once more:

    score = words + grams x G + pairs x P + stretch x S + around x A

`words` is the engine's score. G is BM25 over the character 4-grams of title and passage. P is BM25 over pairs of words
that follow each other in the question and, in the same order, in the passage or its title; a pair's idf is the mean of
its words'. S is the idf of the question's words that stand close together: the most that the title and `STRETCH_WORDS`
words in a row hold of it, each word once. A is BM25 of the words over the passage together with the one before and the
one behind it, and counts where paragraphs are short, as in news: there a question often takes words from several. All
are sums of idf, so the weights have no unit.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, NamedTuple

import numpy as np

from index import bm25, tuning
from index.machine import kernel_cache, takeover
from index.postings.forward import Forward
from index.postings.layout import uses_kernels
from index.postings.strata import Strata
from index.rerank import features
from index.rerank.features import Features, Floats, GramQuery, Ints, OrderQuery, Words, neighbourhoods
from index.rerank.grams import Statistics
from index.store.arrays import Arrays


@dataclass(frozen=True, slots=True)
class Weights:
    """The weight of each feature; that of the words' score is 1."""

    grams: float = tuning.RERANK_GRAMS
    pairs: float = tuning.RERANK_PAIRS
    stretch: float = tuning.RERANK_STRETCH
    around: float = tuning.RERANK_AROUND


WEIGHTS: Final = Weights()
OF_LANGUAGE: Final = MappingProxyType(
    {language: Weights(grams) for language, grams in tuning.RERANK_GRAMS_OF_LANGUAGE.items()}
)


class Candidates(NamedTuple):
    """Passages to be reranked.

    `rows` int64 [n] count within `forward`, which may hold no more than these passages and their neighbours; `usual`
    float64 [n] is how many times as long as the average of their stratum passages like each are; `texts` are their
    titles and texts, see `index.rerank.grams.documents`.
    """

    rows: Ints
    forward: Forward
    usual: Floats
    texts: Sequence[str]


class Surroundings(NamedTuple):
    """What is usual around the passages of a collection.

    `shortness` in 0..1 says how much the words around a passage count: 1 where paragraphs are short, as in news.
    `average` is how many terms a passage has on average together with its neighbours, 0 where these do not count.
    """

    shortness: float
    average: float

    @classmethod
    def of(cls, forward: Forward) -> "Surroundings":
        """Return those of a collection; looks at some of its passages."""
        mean = len(forward.terms) / max(len(forward.article), 1)
        shortness = min(1.0, max(0.0, (tuning.AROUND_LONG - mean) / (tuning.AROUND_LONG - tuning.AROUND_SHORT)))
        return cls(shortness, _average_around(forward) if shortness else 0.0)


def features_for(passages: int) -> Features:
    """Return the functions that count features in a collection of so many passages: compiled where that pays.

    Both give the same numbers to the last bit. Compiled ones import numba, which does not pay beside an engine that has
    no kernels (yet).
    """
    if not takeover.is_done() and not (uses_kernels(passages) and kernel_cache.is_settled()):
        return features
    from index.rerank import compiled_features

    kernel_cache.seal()
    return compiled_features


class Reranker:
    """Weigh what passages of one generation get beside their words' score."""

    def __init__(
        self,
        statistics: Sequence[Statistics],
        average: Floats,
        passages: int,
        surroundings: Surroundings,
        parameters: bm25.Parameters,
    ) -> None:
        """Take the gram statistics of each stratum, and `average` float64 [S], how many terms its passages have."""
        self._statistics = statistics
        self._average = average
        self._passages = passages
        self._kernels = features_for(passages)
        self._parameters = parameters
        self._surroundings = surroundings

    @classmethod
    def open(
        cls, arrays: Arrays, strata: Strata, passages: int, surroundings: Surroundings, parameters: bm25.Parameters
    ) -> "Reranker":
        """Return the reranker of a stored generation of so many passages."""
        statistics = [Statistics.open(arrays, number) for number in range(len(strata))]
        return cls(statistics, strata.average[:, 1], passages, surroundings, parameters)

    def features(
        self,
        question: str,
        language: str,
        stratum: int,
        terms: Sequence[int],
        idfs: Sequence[float],
        candidates: Candidates,
    ) -> Floats:
        """Return the weighted features of n passages, float64 [n, 4]: grams, pairs, stretch, around; each >= 0.

        `stratum` is that of the question's language, `terms` are the question's known term ids in its order, `idfs`
        weight x idf of each.
        """
        weights = OF_LANGUAGE.get(language, WEIGHTS)
        rows, forward, usual, texts = candidates
        statistics, parameters = self._statistics[stratum], self._parameters
        if self._kernels is features:
            self._kernels = features_for(self._passages)
        values = np.empty((len(rows), 4))
        # The mark that parts texts is no part of a question.
        grams = GramQuery(question.replace("\0", " "), texts, statistics, usual * statistics.looked_at[1], parameters)
        average, words = usual * self._average[stratum], Words.of(terms, idfs)
        order = OrderQuery(words, rows, forward, average, self._surroundings.average, parameters)
        with takeover.counted():
            values[:, 0] = self._kernels.grams(grams)
            values[:, 1:] = self._kernels.word_order(order)
        values *= (weights.grams, weights.pairs, weights.stretch, weights.around * self._surroundings.shortness)
        return values


def _average_around(forward: Forward) -> float:
    """Return how many terms a passage has on average together with its neighbours."""
    passages = len(forward.article)
    sample = np.linspace(0, max(passages - 1, 0), min(passages, tuning.AROUND_SAMPLE)).astype(np.int64)
    first, last = neighbourhoods(sample, forward)
    return float((forward.indptr[last + 1] - forward.indptr[first]).mean()) if len(first) else 1.0
