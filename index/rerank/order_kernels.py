"""Compare the order of words in a question and in passages, compiled: pairs, stretches and neighbourhoods.

`index.rerank.features` does the same in NumPy, and `index.rerank.reranker` says what is counted.
"""

from typing import Any, NamedTuple

import numpy as np
from numba import float64, njit

from index import tuning
from index.machine.jit import TYPES, Array, array_types, record
from index.postings.forward import Forward
from index.rerank.features import Words
from index.rerank.matching_kernels import FLOATS, INTS, Wanted, find, quick, score, wanted

_words, _forward = record(Words), record(Forward)


class Occurrences(NamedTuple):
    """Where words of the question stand in a text, in reading order, and which; room for as many as a text has."""

    places: Array
    numbers: Array


@quick
def _occurrences(stored: Array, begin: int, end: int, w: Wanted, o: Occurrences) -> int:
    """Fill in the occurrences in `stored[begin:end]`; return how many there are."""
    count = 0
    for at in range(begin, end):
        number = find(stored[at], w)
        if number >= 0:
            o.places[count], o.numbers[count] = at, number
            count += 1
    return count


@quick
def _add(stored: Array, begin: int, end: int, weight: float, w: Wanted, tf: Array) -> None:
    """Add `weight` to the `tf` of each word of the question in `stored[begin:end]`."""
    for at in range(begin, end):
        number = find(stored[at], w)
        if number >= 0:
            tf[number] += weight


@quick
def _add_pairs(o: Occurrences, count: int, pair_of: Array, tf: Array) -> None:
    """Count the pairs of words that stand side by side."""
    for one in range(count - 1):
        if o.places[one + 1] - o.places[one] == 1:
            pair = pair_of[o.numbers[one], o.numbers[one + 1]]
            if pair >= 0:
                tf[pair] += 1


@quick
def _covered(mask: Any, idfs: Array) -> float:
    """Return the idf that the words of a mask have together."""
    total = 0.0
    for number in range(len(idfs)):
        if (mask >> np.uint64(number)) & np.uint64(1):
            total += idfs[number]
    return total


@quick
def _stretch(o: Occurrences, count: int, title: Any, idfs: Array) -> float:
    """Return the most idf that the words of the title and of a stretch of the passage have together."""
    best, before = _covered(title, idfs), title
    for one in range(count):
        mask, ahead = title, one
        while ahead < count and o.places[ahead] - o.places[one] < tuning.STRETCH_WORDS:
            mask |= np.uint64(1) << np.uint64(o.numbers[ahead])
            ahead += 1
        if mask != before:
            best, before = max(best, _covered(mask, idfs)), mask
    return best


@quick
def _neighbourhood(row: int, indptr: Array, article_of: Array) -> tuple[int, int]:
    """Return where the passages next to `row` in its article begin and end."""
    first, last = row, row
    if row > 0 and article_of[row - 1] == article_of[row]:
        first = row - 1
    if row + 1 < len(article_of) and article_of[row + 1] == article_of[row]:
        last = row + 1
    return indptr[first], indptr[last + 1]


@quick
def _pairs(pairs: Array, idfs: Array) -> tuple[Array, Array]:
    """Return the number of each pair of words, -1 for none, and the idf of each pair."""
    pair_of, pair_idfs = np.full((len(idfs), len(idfs)), -1, np.int64), np.empty(len(pairs))
    for pair in range(len(pairs)):
        one, other = pairs[pair]
        pair_of[one, other], pair_idfs[pair] = pair, (idfs[one] + idfs[other]) / 2
    return pair_of, pair_idfs


@quick
def _room(rows: Array, indptr: Array, title_indptr: Array, article_of: Array) -> Occurrences:
    """Return room for the occurrences in the longest of the passages and of their titles."""
    room = 0
    for row in rows:
        article = article_of[row]
        room = max(room, indptr[row + 1] - indptr[row], title_indptr[article + 1] - title_indptr[article])
    return Occurrences(np.empty(room, np.int64), np.empty(room, np.int64))


@njit(
    (
        array_types(Words), INTS, array_types(Forward), FLOATS, float64, TYPES.UniTuple(float64, 3), float64[:, ::1],
    ),
    cache=True, nogil=True, error_model="numpy",
)  # fmt: skip
def word_order(
    words: tuple[Array, ...],
    rows: Array,
    forward: tuple[Array, ...],
    average: Array,
    average_around: float,
    parameters: tuple[float, float, float],
    scores: Array,
) -> None:
    """Fill in P, S and A of each row, float64 [3, n].

    `words` and `forward` are the arrays of `index.rerank.features.Words` and `index.postings.forward.Forward`,
    `parameters` k1, b and the weight of a title.
    """
    (known, idfs, pairs), texts = _words(*words), _forward(*forward)
    indptr, title_indptr, article_of = texts.indptr, texts.title_indptr, texts.article
    k1, b, title_weight = parameters
    w, o, (pair_of, pair_idfs) = wanted(known), _room(rows, indptr, title_indptr, article_of), _pairs(pairs, idfs)
    tf, pair_tf, room = np.zeros(len(known)), np.zeros(len(pairs)), np.empty(max(len(known), len(pairs)) + 1, np.int64)
    for i in range(len(rows)):
        row, article = rows[i], np.int64(article_of[rows[i]])
        begin, end = indptr[row], indptr[row + 1]
        title_begin, title_end = title_indptr[article], title_indptr[article + 1]
        count = _occurrences(texts.title_terms, title_begin, title_end, w, o)
        _add_pairs(o, count, pair_of, pair_tf)
        title = np.uint64(0)
        for number in o.numbers[:count]:
            title |= np.uint64(1) << np.uint64(number)
        count = _occurrences(texts.terms, begin, end, w, o)
        _add_pairs(o, count, pair_of, pair_tf)
        scores[0, i] = score(pair_tf, pair_idfs, end - begin, average[i], (k1, b), room)
        scores[1, i] = _stretch(o, count, title, idfs)
        if average_around > 0:
            begin, end = _neighbourhood(row, indptr, article_of)
            _add(texts.terms, begin, end, 1.0, w, tf)
            _add(texts.title_terms, title_begin, title_end, title_weight, w, tf)
            scores[2, i] = score(tf, idfs, end - begin, average_around, (k1, b), room)
