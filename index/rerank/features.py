"""The features of reranking in NumPy, for collections too small for compiled code; see `index.rerank.reranker`.

`index.rerank.compiled_features` has the same functions, which give the same numbers to the last bit.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain, pairwise
from typing import Final, NamedTuple, Protocol

import numpy as np
import numpy.typing as npt

from index import bm25, tuning
from index.postings.forward import Forward, gather
from index.rerank.grams import Codes, Statistics, hashed
from index.store.arrays import Matrix, distinct

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bits = npt.NDArray[np.uint64]

# The bits of a mask; of a question with more distinct words the rest are not looked at.
MOST_TERMS: Final = 64
_FILTER: Final = np.uint32((1 << 14) - 1)


@dataclass(frozen=True, slots=True)
class Words:
    """The words of a question: `terms` uint32 [m] ascending, m <= MOST_TERMS; `idfs` float64 [m], weight x idf of each.

    `pairs` int64 [p, 2] are the numbers, in `terms`, of words that follow each other in the question, each pair once.
    """

    terms: npt.NDArray[np.uint32]
    idfs: Floats
    pairs: Matrix[np.int64]

    @classmethod
    def of(cls, terms: Sequence[int], idfs: Sequence[float]) -> "Words":
        """Return the words of a question from its known term ids, in its order and perhaps repeated."""
        idf_of = dict(zip(terms, idfs, strict=True))
        known = sorted(idf_of)[:MOST_TERMS]
        number_of = {term: number for number, term in enumerate(known)}
        order = [number_of[term] for term in terms if term in number_of]
        pairs = np.array([*chain.from_iterable(dict.fromkeys(pairwise(order)))], np.int64)
        return cls(np.array(known, np.uint32), np.array([idf_of[term] for term in known]), pairs.reshape(-1, 2))


class GramQuery(NamedTuple):
    """A question and the n texts that are compared with it, given by what `Features.of_each` says of them.

    `average` float64 [n] is how many grams a text like each has on average.
    """

    question: str
    texts: Sequence[bytes]
    statistics: Statistics
    average: Floats
    parameters: bm25.Parameters


class OrderQuery(NamedTuple):
    """The words of a question and the n passages `rows` whose order of words is compared with theirs.

    `average` float64 [n] is how many terms a passage like each has on average, `average_around` how many an average one
    has with its neighbours; when that is 0 they are not looked at, and A is 0.
    """

    words: Words
    rows: Ints
    forward: Forward
    average: Floats
    average_around: float
    parameters: bm25.Parameters


class Features(Protocol):
    """The features of n passages: counted in NumPy, or compiled."""

    def of_each(self, texts: Sequence[str]) -> list[bytes]:
        """Return the grams of each text, those that it holds with the marks around it, in whatever order."""
        ...

    def grams(self, query: GramQuery) -> Floats:
        """Return G of each text, float64 [n]."""
        ...

    def word_order(self, query: OrderQuery) -> Floats:
        """Return P, S and A of each passage, float64 [n, 3]."""
        ...


def of_each(texts: Sequence[str]) -> list[bytes]:
    """Return the grams of each text; see `Features.of_each`."""
    every = hashed(texts)
    bounds = pairwise(every.firsts().tolist())
    return [every.hashes[first : max(end - tuning.GRAM_LETTERS + 1, first)].tobytes() for first, end in bounds]


def grams(query: GramQuery) -> Floats:
    """Return G of each text; see `Features.grams`."""
    # The last one of the question holds the mark behind it.
    (question,) = of_each([query.question])
    wanted = distinct(np.sort(np.frombuffer(question, np.uint32)[:-1]))
    sizes = np.fromiter(map(len, query.texts), np.int64, len(query.texts)) // wanted.itemsize
    ends = np.cumsum(sizes)
    places, numbers = _matches(np.frombuffer(b"".join(query.texts), np.uint32), wanted)
    cells = _texts_of(places, np.append(0, ends)) * len(wanted) + numbers
    tf = np.bincount(cells, minlength=len(ends) * len(wanted)).reshape(len(ends), len(wanted))
    # A gram begins at every letter, those that reach over the end included.
    lengths = sizes + tuning.GRAM_LETTERS - 1
    return _bm25(tf, query.statistics.idf(wanted), lengths, query.average, query.parameters)


def word_order(query: OrderQuery) -> Floats:
    """Return P, S and A of each passage; see `Features.word_order`."""
    order = _WordOrder(query)
    return np.stack([order.pairs(), order.stretch(), order.around()], axis=1)


def neighbourhoods(rows: Ints, forward: Forward) -> tuple[Ints, Ints]:
    """Return the first and the last passage of each row's neighbourhood: one before, one behind in the same article."""
    article = forward.article[rows]
    before, behind = np.maximum(rows - 1, 0), np.minimum(rows + 1, len(forward.article) - 1)
    first = np.where(forward.article[before] == article, before, rows)
    return first, np.where(forward.article[behind] == article, behind, rows)


class _WordOrder:
    """How the words of a question stand in n passages: one after another, or close together."""

    def __init__(self, query: OrderQuery) -> None:
        self._query = query
        self._words, rows, forward = query.words, query.rows, query.forward
        self._rows = len(rows)
        starts, ends = forward.indptr[rows], forward.indptr[rows + 1]
        self._lengths = ends - starts
        articles = forward.article[rows].astype(np.int64)
        own, sizes = gather(forward.terms, starts, ends)
        title, title_sizes = gather(
            forward.title_terms, forward.title_indptr[articles], forward.title_indptr[articles + 1]
        )
        # First the passages, then their titles; a gap between texts, so that no two words of different ones are near.
        every = np.concatenate([own, title]), np.concatenate([sizes, title_sizes])
        places, self._numbers, text = _occurrences(every, self._words.terms)
        self._places = places + text * tuning.STRETCH_WORDS
        self._in_passages = int(text.searchsorted(self._rows))
        self._row = text % max(self._rows, 1)

    def pairs(self) -> Floats:
        """Return P of each passage, float64 [n]."""
        pairs, size = self._words.pairs, len(self._words.terms)
        if not len(pairs):
            return np.zeros(self._rows)
        number_of = np.full(size * size, -1)
        number_of[pairs[:, 0] * size + pairs[:, 1]] = np.arange(len(pairs))
        numbers = number_of[self._numbers[:-1] * size + self._numbers[1:]]
        adjacent = np.flatnonzero((np.diff(self._places) == 1) & (numbers >= 0))
        cells = self._row[adjacent] * len(pairs) + numbers[adjacent]
        tf = np.bincount(cells, minlength=self._rows * len(pairs)).reshape(self._rows, len(pairs))
        idfs = (self._words.idfs[pairs[:, 0]] + self._words.idfs[pairs[:, 1]]) / 2
        return _bm25(tf, idfs, self._lengths, self._query.average, self._query.parameters)

    def stretch(self) -> Floats:
        """Return S of each passage, float64 [n]."""
        # None behind the last occurrence, where a stretch may end.
        bits = np.append(np.uint64(1) << self._numbers.astype(np.uint64), np.uint64(0))
        in_title = np.zeros(self._rows, np.uint64)
        np.bitwise_or.at(in_title, self._row[self._in_passages :], bits[self._in_passages : -1])
        starts, ends = _stretches(self._places[: self._in_passages], tuning.STRETCH_WORDS)
        masks = np.bitwise_or.reduceat(bits, np.stack([starts, ends], axis=1).ravel())[::2]
        row = self._row[starts]
        covered = self._covered(np.concatenate([masks | in_title[row], in_title]))
        best = covered[len(masks) :].copy()
        np.maximum.at(best, row, covered[: len(masks)])
        return best

    def around(self) -> Floats:
        """Return A of each passage, float64 [n]."""
        if not self._query.average_around:
            return np.zeros(self._rows)
        size, forward, parameters = len(self._words.terms), self._query.forward, self._query.parameters
        first, last = neighbourhoods(self._query.rows, forward)
        starts, ends = forward.indptr[first], forward.indptr[last + 1]
        _, numbers, row = _occurrences(gather(forward.terms, starts, ends), self._words.terms)
        tf = np.bincount(row * size + numbers, minlength=self._rows * size)
        titles = slice(self._in_passages, None)
        in_titles = np.bincount(self._row[titles] * size + self._numbers[titles], minlength=self._rows * size)
        tf += parameters.title_weight * in_titles
        average = np.full(self._rows, self._query.average_around)
        return _bm25(tf.reshape(self._rows, size), self._words.idfs, ends - starts, average, parameters)

    def _covered(self, masks: Bits) -> Floats:
        """Return the idf that the words of each mask have together."""
        total = np.zeros(len(masks))
        # Word by word, from left to right as `_summed` adds, but without a matrix.
        for number, idf in enumerate(self._words.idfs.tolist()):
            total += (masks >> np.uint64(number) & np.uint64(1)) * idf
        return total


def _occurrences(texts: tuple[Codes, Ints], known: Codes) -> tuple[Ints, Ints, Ints]:
    """Return where n texts hold one of the ascending terms `known`, in reading order: places, numbers of terms, texts.

    `texts` are their terms, one text after another, and how many each has; places count through all of them.
    """
    terms, sizes = texts
    places, numbers = _matches(terms, known)
    return places, numbers, _texts_of(places, np.append(0, np.cumsum(sizes)))


def _texts_of(places: Ints, firsts: Ints) -> Ints:
    """Return in which text each of the ascending `places` lies; `firsts` are where each begins and the last ends."""
    return np.repeat(np.arange(len(firsts) - 1), np.diff(places.searchsorted(firsts)))


def _stretches(places: Ints, within: int) -> tuple[Ints, Ints]:
    """Return the longest stretches of fewer than `within` of the ascending `places`: numbers of places, half-open."""
    ends = places.searchsorted(places + within)
    # A stretch that ends where the one before it does is a part of that.
    starts = np.flatnonzero(np.diff(ends, prepend=0))
    return starts, ends[starts]


def _matches(values: Codes, wanted: Codes) -> tuple[Ints, Ints]:
    """Return where `values` holds one of `wanted`, ascending and distinct, and which one: its number there."""
    if not len(wanted):
        return np.empty(0, np.int64), np.empty(0, np.int64)
    # Nearly no value is wanted, and a table of low bits rules most others out much faster than a search.
    may_be = np.zeros(int(_FILTER) + 1, bool)
    may_be[wanted & _FILTER] = True
    candidates = np.flatnonzero(may_be.take(values & _FILTER))
    numbers = np.minimum(np.searchsorted(wanted, values[candidates]), len(wanted) - 1)
    matches = wanted[numbers] == values[candidates]
    return candidates[matches], numbers[matches]


def _bm25(tf: Ints, idfs: Floats, lengths: Ints, average: Floats, parameters: bm25.Parameters) -> Floats:
    """Return the score of n texts for their frequencies of m things: `tf` [n, m], `idfs` [m], `lengths` [n]; out [n].

    `average` [n] is the length that is usual of each.
    """
    norm = bm25.norm(lengths.astype(np.float64), np.maximum(average, 1.0), parameters.k1, parameters.b)
    return _summed(idfs * bm25.saturation(tf.astype(np.float64), norm[:, None], parameters.k1))


def _summed(parts: Floats) -> Floats:
    """Return the sum of each row, float64 [n], added up from left to right.

    Neither `sum` nor a matrix product does that, and so they round otherwise than a loop, and than each other.
    """
    return np.cumsum(parts, axis=1)[:, -1] if parts.shape[1] else np.zeros(len(parts))
