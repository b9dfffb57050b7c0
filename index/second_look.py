"""The second look: the passages that the engine found, ordered by more than which words they hold.

The engine hardly ever misses the passage that answers (97 to 99 of 100 are among its first 50), yet often ranks it
second. So these few are compared with the question once more:

    score = words + grams x G + pairs x P + stretch x S + around x A

`words` is the engine's score. G is BM25 over the character 4-grams of title and passage. P is BM25 over pairs of words
that follow each other in the question and, in the same order, in the passage or its title; a pair's idf is the mean of
its words'. S is the idf of the question's words that stand close together: the most that the title and `STRETCH`
words in a row hold of it, each word once. A is BM25 of the words over the passage together with the one before and the
one behind it, and counts where paragraphs are short, as in news: there a question often takes words from several. All
are sums of idf, so the weights have no unit.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

import numpy as np
import numpy.typing as npt

from index import bm25
from index.grams import LENGTH, Codes, Statistics, hashed
from index.postings import Forward, gathered
from index.strata import Strata

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bits = npt.NDArray[np.uint64]

STRETCH: Final = 15
# The bits of a mask; of a question with more distinct words the rest are not looked at.
_MOST_TERMS: Final = 64
# Paragraphs of so many terms on average are short, and those of so many are not.
_SHORT: Final = 20
_LONG: Final = 80
_SAMPLE: Final = 4096
_FILTER: Final = np.uint32((1 << 14) - 1)


@dataclass(frozen=True, slots=True)
class Weights:
    """What each feature counts beside the words' 1."""

    grams: float = 0.2
    pairs: float = 0.1
    stretch: float = 0.3
    around: float = 0.45


WEIGHTS: Final = Weights()
# Where a stem has many forms that differ at both ends, grams tell more.
OF_LANGUAGE: Final = MappingProxyType({"ar": Weights(grams=0.4), "ko": Weights(grams=0.4)})


def gram_counts(texts: Sequence[str], wanted: Codes) -> tuple[Ints, Ints]:
    """How often each text holds each of the ascending `wanted`, int64 [texts, m], and how many grams it has, [texts].

    `index.counting` counts the same, compiled.
    """
    found = hashed(texts)
    grams, numbers = _matches(found.hashes, wanted)
    cells = found.text_of(grams) * len(wanted) + numbers
    tf = np.bincount(cells, minlength=len(texts) * len(wanted)).reshape(len(texts), len(wanted))
    return tf, np.diff(found.firsts())


def occurrences(stored: Codes, starts: Ints, ends: Ints, known: Codes) -> tuple[Ints, Ints, Ints]:
    """Where n texts hold one of the ascending terms `known`, in reading order: places, numbers of terms, texts.

    Text i is `stored[starts[i]:ends[i]]`; places count through all texts, one after another. `index.counting` finds
    the same, compiled.
    """
    held, sizes = gathered(stored, starts, ends)
    places, numbers = _matches(held, known)
    return places, numbers, np.searchsorted(np.cumsum(sizes), places, side="right")


def reached(places: Ints, bits: Bits, within: int) -> Bits:
    """For each of the ascending `places` its bits and all that lie fewer than `within` behind it: uint64 [n]."""
    masks = bits.copy()
    for ahead in range(1, min(within, len(masks))):
        near = places[ahead:] - places[:-ahead] < within
        if not near.any():
            break
        masks[:-ahead] |= np.where(near, bits[ahead:], np.uint64(0))
    return masks


def hashes(texts: Sequence[str]) -> Codes:
    """The grams of the texts in reading order."""
    return hashed(texts).hashes


@dataclass(frozen=True, slots=True)
class Kernels:
    """What is counted of passages: in NumPy, or by the functions of the same names in `index.counting`."""

    hashes: Callable[[Sequence[str]], Codes] = hashes
    gram_counts: Callable[[Sequence[str], Codes], tuple[Ints, Ints]] = gram_counts
    occurrences: Callable[[Codes, Ints, Ints, Codes], tuple[Ints, Ints, Ints]] = occurrences
    reached: Callable[[Ints, Bits, int], Bits] = reached


def compiled() -> Kernels:
    """Those of `index.counting`, which imports numba."""
    from index import counting

    return Kernels(counting.hashes, counting.gram_counts, counting.occurrences, counting.reached)


class SecondLook:
    """What passages of one generation get beside their words' score."""

    def __init__(
        self,
        statistics: Sequence[Statistics],
        strata: Strata,
        forward: Forward,
        parameters: bm25.Parameters,
        kernels: Kernels = Kernels(),
    ) -> None:
        """`statistics` are those of each stratum."""
        self._statistics = statistics
        self._strata = strata
        self._kernels = kernels
        self._forward = forward
        self._parameters = parameters
        average = len(forward.terms) / max(len(forward.article), 1)
        self._shortness = min(1.0, max(0.0, (_LONG - average) / (_LONG - _SHORT)))
        passages = len(forward.article)
        some = np.linspace(0, max(passages - 1, 0), min(passages, _SAMPLE)).astype(np.int64)
        first, last = _neighbourhoods(some, forward)
        self._average_around = float((forward.indptr[last + 1] - forward.indptr[first]).mean()) if len(first) else 1.0

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
        usually = self._strata.usually(rows, self._forward)
        grams = self._grams(question, texts, usually, stratum)
        order = WordOrder(terms, idfs, rows, self._forward, self._kernels)
        pairs = order.pairs(usually * self._strata.average[stratum, 1], self._parameters)
        around = np.zeros(len(rows))
        if self._shortness:
            around = self._shortness * order.around(rows, self._forward, self._average_around, self._parameters)
        weighted = (weights.grams * grams, weights.pairs * pairs, weights.stretch * order.stretch())
        return np.stack([*weighted, weights.around * around], axis=1)

    def _grams(self, question: str, texts: Sequence[str], usually: Floats, stratum: int) -> Floats:
        """G of each of the texts, float64 [texts]; `usually` is how many times the average length is usual for each."""
        # The last ones hold the mark behind the question.
        wanted = np.array(sorted(set(self._kernels.hashes([question])[:-LENGTH].tolist())), np.uint32)
        tf, sizes = self._kernels.gram_counts(texts, wanted)
        statistics = self._statistics[stratum]
        return _bm25(tf, statistics.idf(wanted), sizes, usually * statistics.looked_at[1], self._parameters)


class WordOrder:
    """How the terms of a question stand in n passages: one after another, or close together."""

    def __init__(
        self,
        terms: Sequence[int],
        idfs: Sequence[float],
        rows: Ints,
        forward: Forward,
        kernels: Kernels,
    ) -> None:
        """`terms` are the known term ids in the question's order, `idfs` weight x idf of each; `rows` int64 [n]."""
        idf_of = dict(zip(terms, idfs, strict=True))
        known = sorted(idf_of)[:_MOST_TERMS]
        number_of = {term: number for number, term in enumerate(known)}
        self._order = [number_of[term] for term in terms if term in number_of]
        self._known = np.array(known, np.uint32)
        self._idfs = np.array([idf_of[term] for term in known])
        self._rows = len(rows)
        self._kernels = kernels
        starts, ends = forward.indptr[rows], forward.indptr[rows + 1]
        self._lengths = ends - starts
        articles = forward.article[rows].astype(np.int64)
        places, numbers, row = kernels.occurrences(forward.terms, starts, ends, self._known)
        titles = forward.title_indptr[articles], forward.title_indptr[articles + 1]
        title_places, title_numbers, title_row = kernels.occurrences(forward.title_terms, *titles, self._known)
        # First the passages, then their titles; a gap between texts, so that no two words of different ones are near.
        behind = int(self._lengths.sum()) + self._rows * STRETCH
        self._places = np.concatenate([places + row * STRETCH, title_places + title_row * STRETCH + behind])
        self._numbers = np.concatenate([numbers, title_numbers])
        self._row = np.concatenate([row, title_row])
        self._in_passages = len(places)

    def pairs(self, average: Floats, parameters: bm25.Parameters) -> Floats:
        """P of each passage, float64 [n]; `average` [n] is how many terms one like it has on average."""
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
        masks = self._kernels.reached(places, bits, STRETCH)
        row = self._row[: self._in_passages]
        covered = self._covered(np.concatenate([masks | in_title[row], in_title]))
        best = covered[len(masks) :].copy()
        np.maximum.at(best, row, covered[: len(masks)])
        return best

    def around(self, rows: Ints, forward: Forward, average: float, parameters: bm25.Parameters) -> Floats:
        """A of each passage, float64 [n]; `average` is the terms of an average passage with its neighbours."""
        size = len(self._idfs)
        first, last = _neighbourhoods(rows, forward)
        starts, ends = forward.indptr[first], forward.indptr[last + 1]
        _, numbers, row = self._kernels.occurrences(forward.terms, starts, ends, self._known)
        tf = np.bincount(row * size + numbers, minlength=len(rows) * size)
        titles = slice(self._in_passages, None)
        in_titles = np.bincount(self._row[titles] * size + self._numbers[titles], minlength=len(rows) * size)
        tf += parameters.title_weight * in_titles
        return _bm25(tf.reshape(len(rows), size), self._idfs, ends - starts, average, parameters)

    def _covered(self, masks: npt.NDArray[np.uint64]) -> Floats:
        held = (masks[:, None] >> np.arange(len(self._idfs), dtype=np.uint64)) & np.uint64(1) > 0
        covered: Floats = np.where(held, self._idfs, 0.0).sum(axis=1)
        return covered


def _neighbourhoods(rows: Ints, forward: Forward) -> tuple[Ints, Ints]:
    """The first and the last passage of each row's neighbourhood: one before and one behind in the same article."""
    article = forward.article[rows]
    before, behind = np.maximum(rows - 1, 0), np.minimum(rows + 1, len(forward.article) - 1)
    first = np.where(forward.article[before] == article, before, rows)
    return first, np.where(forward.article[behind] == article, behind, rows)


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


def _bm25(tf: Ints, idfs: Floats, lengths: Ints, average: Floats | float, parameters: bm25.Parameters) -> Floats:
    """The score of n texts for their frequencies of m things: `tf` [n, m], `idfs` [m], `lengths` [n]; out [n].

    `average` is the length that is usual, of all or [n] of each.
    """
    norm = parameters.k1 * (1 - parameters.b + parameters.b * lengths.astype(np.float64) / np.maximum(average, 1.0))
    # Not a matrix product, which adds up in another order from row to row: equal texts get equal scores.
    scores: Floats = (idfs * bm25.saturation(tf.astype(np.float64), norm[:, None], parameters.k1)).sum(axis=1)
    return scores
