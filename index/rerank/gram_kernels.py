"""Count the grams of a question in texts, compiled in one pass; see `index.rerank.grams`."""

import math

import numpy as np
from numba import boolean, float64, njit

from index import tuning
from index.machine.jit import TYPES, Array, array_types, lower_bound, record
from index.rerank.grams import DROPPED, MIX, SPACE, UNFILLED, Framed, Statistics
from index.rerank.matching_kernels import FLOATS, candidates, find, quick, score, wanted

_framed, _statistics = record(Framed), record(Statistics)


@quick
def _fold(codes: Array, begin: int, end: int, folds: Array, letters: Array) -> int:
    """Fill in the folded letters of `codes[begin:end]`; return how many, or -1 where the table lacks one."""
    count, before, least = 0, np.uint32(0), np.uint32(SPACE)
    for at in range(begin, end):
        letter = folds[codes[at]]
        letters[count] = letter
        # Without a branch that the processor would often guess wrong.
        count += int(not ((letter == DROPPED) | ((letter == SPACE) & (before == SPACE))))
        before, least = letter, min(letter, least)
    return -1 if least == UNFILLED else count


@quick
def _hash(letters: Array, length: int, hashes: Array) -> int:
    """Fill in the grams of the letters; return how many there are."""
    count = max(length - tuning.GRAM_LETTERS + 1, 0)
    for at in range(count):
        hashes[at] = ((letters[at] * MIX + letters[at + 1]) * MIX + letters[at + 2]) * MIX + letters[at + 3]
    return count


@quick
def _distinct(values: Array) -> Array:
    """Return each of the values once, ascending; they are sorted where they stand."""
    # Shell's sort, because NumPy's takes numba seconds to compile.
    gap = len(values) // 2
    while gap > 0:
        for first in range(gap, len(values)):
            value, at = values[first], first
            while at >= gap and values[at - gap] > value:
                values[at] = values[at - gap]
                at -= gap
            values[at] = value
        gap //= 2
    count = 0
    for value in values:
        if count == 0 or values[count - 1] != value:
            values[count] = value
            count += 1
    return values[:count].copy()


@quick
def _idfs(grams: Array, known: Array, dfs: Array, passages: float) -> Array:
    """Return the idf of each gram; see `index.rerank.grams.Statistics.idf`."""
    idfs = np.empty(len(grams))
    for number in range(len(grams)):
        at = lower_bound(known, grams[number], 0, len(known))
        df = dfs[at] if at < len(known) and known[at] == grams[number] else np.uint32(1)
        idfs[number] = math.log((passages + 1) / df)
    return idfs


@njit(
    boolean(
        array_types(Framed), array_types(Statistics), FLOATS, TYPES.UniTuple(float64, 2), float64[::1],
    ),
    cache=True, nogil=True, error_model="numpy",
)  # fmt: skip
def grams(
    framed: tuple[Array, ...],
    statistics: tuple[Array, ...],
    average: Array,
    parameters: tuple[float, float],
    scores: Array,
) -> bool:
    """Fill in G of the framed texts behind the first, which is the question.

    `framed` and `statistics` are the arrays of `Framed` and `Statistics` of `index.rerank.grams`; `average` [n] is how
    many grams are usual; `parameters` are k1 and b. Return False when a code point is not in the table of folded ones
    yet.
    """
    codes, ends, folds = _framed(*framed)
    known = _statistics(*statistics)
    letters, hashes = np.empty(len(codes) + 1, np.uint32), np.empty(len(codes), np.uint32)
    # Not the mark behind the question: no other text is to have that in common with it.
    length = _fold(codes, 0, ends[0] - 1, folds, letters)
    if length < 0:
        return False
    w = wanted(_distinct(hashes[: _hash(letters, length, hashes)]))
    idfs = _idfs(w.values, known.hashes, known.df, known.looked_at[0])
    tf, room = np.zeros(len(w.values)), np.empty(len(w.values) + 1, np.int64)
    for text in range(len(scores)):
        length = _fold(codes, ends[text], ends[text + 1], folds, letters)
        if length < 0:
            return False
        for gram in candidates(hashes[: _hash(letters, length, hashes)], letters, w):
            number = find(gram, w)
            if number >= 0:
                tf[number] += 1
        # A gram begins at every letter, those that reach over the end included.
        scores[text] = score(tf, idfs, length, average[text], parameters, room)
    return True
