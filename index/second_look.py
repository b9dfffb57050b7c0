"""The second look: the passages that the engine found, ordered by more than which words they hold.

The engine hardly ever misses the passage that answers (97 to 99 of 100 are among its first 50), yet often ranks it
second. So these few are compared with the question once more:

    score = words + grams x G + pairs x P + stretch x S

`words` is the engine's score. G is BM25 over the character 4-grams of title and passage. P is BM25 over pairs of words
that follow each other in the question and, in the same order, in the passage or its title; a pair's idf is the mean of
its words'. S is the idf of the question's words that stand close together: the most that the title and `STRETCH`
words in a row hold of it, each word once. All are sums of idf, so the weights have no unit.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

import numpy as np
import numpy.typing as npt

from index import bm25
from index.grams import LENGTH, Statistics, hashed
from index.postings import Forward

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

STRETCH: Final = 15
# The bits of a mask; of a question with more distinct words the rest are not looked at.
_MOST_TERMS: Final = 64
_FILTER: Final = np.uint32((1 << 14) - 1)


@dataclass(frozen=True, slots=True)
class Weights:
    """What each feature counts beside the words' 1."""

    grams: float = 0.2
    pairs: float = 0.1
    stretch: float = 0.3


WEIGHTS: Final = Weights()
# Where a stem has many forms that differ at both ends, grams tell more.
OF_LANGUAGE: Final = MappingProxyType({"ar": Weights(grams=0.4), "ko": Weights(grams=0.4)})


def gram_scores(question: str, texts: Sequence[str], statistics: Statistics, parameters: bm25.Parameters) -> Floats:
    """G of each of the texts, float64 [texts]."""
    found = hashed([question, *texts])
    firsts = found.firsts()
    # The last ones hold the mark behind the question.
    wanted = np.array(sorted(set(found.hashes[: max(firsts[1] - LENGTH, 0)].tolist())), np.uint32)
    grams, numbers = _matches(found.hashes[firsts[1] :], wanted)
    text = found.text_of(grams + firsts[1]) - 1
    tf = np.bincount(text * len(wanted) + numbers, minlength=len(texts) * len(wanted)).reshape(len(texts), len(wanted))
    return _bm25(tf, statistics.idf(wanted), np.diff(firsts[1:]), float(statistics.looked_at[1]), parameters)


class SecondLook:
    """What passages of one generation get beside their words' score."""

    def __init__(self, statistics: Statistics, forward: Forward, parameters: bm25.Parameters) -> None:
        self._statistics = statistics
        self._forward = forward
        self._parameters = parameters
        self._average = len(forward.terms) / max(len(forward.article), 1)

    def features(
        self,
        question: str,
        language: str,
        terms: Sequence[int],
        idfs: Sequence[float],
        rows: Ints,
        texts: Sequence[str],
    ) -> Floats:
        """The weighted features of n passages, float64 [n, 3]: grams, pairs, stretch; each >= 0.

        `terms` are the question's known term ids in its order, `idfs` weight x idf of each, `rows` int64 [n] the
        passages, `texts` their titles and texts.
        """
        weights = OF_LANGUAGE.get(language, WEIGHTS)
        grams = gram_scores(question, texts, self._statistics, self._parameters)
        order = WordOrder(terms, idfs, rows, self._forward)
        pairs = order.pairs(self._average, self._parameters)
        return np.stack([weights.grams * grams, weights.pairs * pairs, weights.stretch * order.stretch()], axis=1)


class WordOrder:
    """How the terms of a question stand in n passages: one after another, or close together."""

    def __init__(self, terms: Sequence[int], idfs: Sequence[float], rows: Ints, forward: Forward) -> None:
        """`terms` are the known term ids in the question's order, `idfs` weight x idf of each; `rows` int64 [n]."""
        idf_of = dict(zip(terms, idfs, strict=True))
        known = sorted(idf_of)[:_MOST_TERMS]
        number_of = {term: number for number, term in enumerate(known)}
        self._order = [number_of[term] for term in terms if term in number_of]
        self._idfs = np.array([idf_of[term] for term in known])
        self._rows = len(rows)
        own, self._lengths = _gathered(forward.indptr, forward.terms, rows)
        titles, sizes = _gathered(forward.title_indptr, forward.title_terms, forward.article[rows])
        starts = np.cumsum(np.concatenate([[0], self._lengths, sizes]))
        places, self._numbers = _matches(np.concatenate([own, titles]), np.array(known, np.uint32))
        # First the passages, then their titles.
        text = np.searchsorted(starts, places, side="right") - 1
        # A gap between texts, so that no two words of different ones are neighbours.
        self._places = places + text * STRETCH
        self._row = text % max(self._rows, 1)
        self._in_passages = int(np.searchsorted(text, self._rows))

    def pairs(self, average: float, parameters: bm25.Parameters) -> Floats:
        """P of each passage, float64 [n]; `average` is the terms of an average passage."""
        neighbours = list(dict.fromkeys(zip(self._order, self._order[1:], strict=False)))
        if not neighbours:
            return np.zeros(self._rows)
        size = len(self._idfs)
        number_of = np.full(size * size, -1)
        number_of[[one * size + other for one, other in neighbours]] = np.arange(len(neighbours))
        numbers = number_of[self._numbers[:-1] * size + self._numbers[1:]]
        held = np.flatnonzero((np.diff(self._places) == 1) & (numbers >= 0))
        cells = self._row[held] * len(neighbours) + numbers[held]
        tf = np.bincount(cells, minlength=self._rows * len(neighbours)).reshape(self._rows, len(neighbours))
        idfs = np.array([(self._idfs[one] + self._idfs[other]) / 2 for one, other in neighbours])
        return _bm25(tf, idfs, self._lengths, average, parameters)

    def stretch(self) -> Floats:
        """S of each passage, float64 [n]."""
        bits = np.uint64(1) << self._numbers.astype(np.uint64)
        in_title = np.zeros(self._rows, np.uint64)
        np.bitwise_or.at(in_title, self._row[self._in_passages :], bits[self._in_passages :])
        bits, places = bits[: self._in_passages], self._places[: self._in_passages]
        masks = bits.copy()
        for ahead in range(1, min(STRETCH, len(masks))):
            near = places[ahead:] - places[:-ahead] < STRETCH
            if not near.any():
                break
            masks[:-ahead] |= np.where(near, bits[ahead:], np.uint64(0))
        row = self._row[: self._in_passages]
        covered = self._covered(np.concatenate([masks | in_title[row], in_title]))
        best = covered[len(masks) :].copy()
        np.maximum.at(best, row, covered[: len(masks)])
        return best

    def _covered(self, masks: npt.NDArray[np.uint64]) -> Floats:
        held = (masks[:, None] >> np.arange(len(self._idfs), dtype=np.uint64)) & np.uint64(1) > 0
        covered: Floats = np.where(held, self._idfs, 0.0).sum(axis=1)
        return covered


def _gathered(
    indptr: npt.NDArray[np.int64], terms: npt.NDArray[np.uint32], rows: npt.NDArray[np.integer]
) -> tuple[npt.NDArray[np.uint32], Ints]:
    """The terms of several rows one after another, and how many each has."""
    starts = indptr[rows]
    sizes = indptr[rows + 1] - starts
    ends = np.cumsum(sizes)
    return terms[np.repeat(starts - ends + sizes, sizes) + np.arange(ends[-1] if len(ends) else 0)], sizes


def _matches(values: npt.NDArray[np.uint32], wanted: npt.NDArray[np.uint32]) -> tuple[Ints, Ints]:
    """Where `values` holds one of `wanted`, ascending and distinct, and which one: its number there."""
    if not len(wanted):
        return np.empty(0, np.int64), np.empty(0, np.int64)
    # Nearly no value is wanted, and a table of low bits rules most others out much faster than a search.
    may_be = np.zeros(int(_FILTER) + 1, bool)
    may_be[wanted & _FILTER] = True
    candidates = np.flatnonzero(may_be.take(values & _FILTER))
    found = values[candidates]
    numbers = np.minimum(np.searchsorted(wanted, found), len(wanted) - 1)
    held = wanted[numbers] == found
    return candidates[held], numbers[held]


def _bm25(tf: Ints, idfs: Floats, lengths: Ints, average: float, parameters: bm25.Parameters) -> Floats:
    """The score of n texts for their frequencies of m things: `tf` [n, m], `idfs` [m], `lengths` [n]; out [n]."""
    norm = parameters.k1 * (1 - parameters.b + parameters.b * lengths.astype(np.float64) / max(average, 1.0))
    # Not a matrix product, which adds up in another order from row to row: equal texts get equal scores.
    scores: Floats = (idfs * bm25.saturation(tf.astype(np.float64), norm[:, None], parameters.k1)).sum(axis=1)
    return scores
