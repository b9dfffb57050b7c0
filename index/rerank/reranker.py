"""The second look: the passages that the engine found, ordered by more than which words they hold.

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
from typing import Final

import numpy as np

from index import bm25, tuning
from index.postings.forward import Forward
from index.postings.strata import Strata
from index.rerank import features
from index.rerank.features import Features, Floats, Ints, Words, neighbourhoods
from index.rerank.grams import Statistics


@dataclass(frozen=True, slots=True)
class Weights:
    """What each feature counts beside the words' 1."""

    grams: float = tuning.RERANK_GRAMS
    pairs: float = tuning.RERANK_PAIRS
    stretch: float = tuning.RERANK_STRETCH
    around: float = tuning.RERANK_AROUND


WEIGHTS: Final = Weights()
OF_LANGUAGE: Final = MappingProxyType(
    {language: Weights(grams) for language, grams in tuning.RERANK_GRAMS_OF_LANGUAGE.items()}
)


def compiled() -> Features:
    """Those of `index.rerank.compiled_features`, which imports numba."""
    from index.rerank import compiled_features

    return compiled_features


class SecondLook:
    """What passages of one generation get beside their words' score."""

    def __init__(
        self,
        statistics: Sequence[Statistics],
        strata: Strata,
        forward: Forward,
        parameters: bm25.Parameters,
        counted: Features = features,
    ) -> None:
        """`statistics` are those of each stratum."""
        self._statistics = statistics
        self._strata = strata
        self._counted = counted
        self._forward = forward
        self._parameters = parameters
        average = len(forward.terms) / max(len(forward.article), 1)
        short, long = tuning.AROUND_SHORT, tuning.AROUND_LONG
        self._shortness = min(1.0, max(0.0, (long - average) / (long - short)))
        passages = len(forward.article)
        some = np.linspace(0, max(passages - 1, 0), min(passages, tuning.AROUND_SAMPLE)).astype(np.int64)
        first, last = neighbourhoods(some, forward)
        around = float((forward.indptr[last + 1] - forward.indptr[first]).mean()) if len(first) else 1.0
        self._average_around = around if self._shortness else 0.0

    def features(
        self,
        question: str,
        language: str,
        stratum: int,
        terms: Sequence[int],
        idfs: Sequence[float],
        rows: Ints,
        texts: Sequence[str],
    ) -> Floats:
        """The weighted features of n passages, float64 [n, 4]: grams, pairs, stretch, around; each >= 0.

        `stratum` is that of the question's language, `terms` are the question's known term ids in its order, `idfs`
        weight x idf of each, `rows` int64 [n] the passages, `texts` their titles and texts.
        """
        weights = OF_LANGUAGE.get(language, WEIGHTS)
        statistics, forward, parameters = self._statistics[stratum], self._forward, self._parameters
        usually = self._strata.usually(rows, forward)
        found = np.empty((len(rows), 4))
        # The mark that parts texts is no part of a question.
        asked = question.replace("\0", " ")
        found[:, 0] = self._counted.grams(asked, texts, statistics, usually * statistics.looked_at[1], parameters)
        average = usually * self._strata.average[stratum, 1]
        found[:, 1:] = self._counted.word_order(
            Words.of(terms, idfs), rows, forward, average, self._average_around, parameters
        )
        found *= (weights.grams, weights.pairs, weights.stretch, weights.around * self._shortness)
        return found
