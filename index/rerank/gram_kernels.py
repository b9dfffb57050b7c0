"""The grams of texts and what those of a question count there, compiled in one pass; see `index.rerank.grams`."""

import math

import numpy as np
from numba import boolean, float64, njit

from index import tuning
from index.jit import TYPES, Array, array_types, lower_bound, record
from index.rerank.grams import DROPPED, MIX, SPACE, UNFILLED, Framed, Statistics
from index.rerank.matching_kernels import FLOATS, candidates, find, quick, taken, wanted

_framed, _statistics = record(Framed), record(Statistics)


@quick
def _fold(codes: Array, begin: int, end: int, folds: Array, letters: Array) -> int:
    """Fills in the folded letters of `codes[begin:end]` that are kept; how many, or -1 where the table lacks one."""
    kept, before, least = 0, np.uint32(0), np.uint32(SPACE)
    for at in range(begin, end):
        letter = folds[codes[at]]
        letters[kept] = letter
        # Without a branch that the processor would often guess wrong.
        kept += int(not ((letter == DROPPED) | ((letter == SPACE) & (before == SPACE))))
        before, least = letter, min(letter, least)
    return -1 if least == UNFILLED else kept


@quick
def _hash(letters: Array, kept: int, hashes: Array) -> int:
    """Fills in the grams of the letters; how many there are."""
    count = max(kept - tuning.GRAM_LETTERS + 1, 0)
    for at in range(count):
        hashes[at] = ((letters[at] * MIX + letters[at + 1]) * MIX + letters[at + 2]) * MIX + letters[at + 3]
    return count


@quick
def _distinct(values: Array) -> Array:
    """Each of the values once, ascending; they are sorted where they stand."""
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
def _idfs(asked: Array, known: Array, df: Array, looked_at: float) -> Array:
    """See `index.rerank.grams.Statistics.idf`."""
    idfs = np.empty(len(asked))
    for number in range(len(asked)):
        at = lower_bound(known, asked[number], 0, len(known))
        held_by = df[at] if at < len(known) and known[at] == asked[number] else np.uint32(1)
        idfs[number] = math.log((looked_at + 1) / held_by)
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
    """Fills in G of the framed texts behind the first, which is the question.

    `framed` and `statistics` are the arrays of `Framed` and `Statistics` of `index.rerank.grams`; `average` [n] is how
    many grams are usual; `parameters` are k1 and b. False when a code point is not in the table of folded ones yet.
    """
    codes, ends, folds = _framed(*framed)
    known = _statistics(*statistics)
    letters, hashes = np.empty(len(codes) + 1, np.uint32), np.empty(len(codes), np.uint32)
    # Not the mark behind the question: no other text is to have that in common with it.
    kept = _fold(codes, 0, ends[0] - 1, folds, letters)
    if kept < 0:
        return False
    w = wanted(_distinct(hashes[: _hash(letters, kept, hashes)]))
    idfs = _idfs(w.values, known.hashes, known.df, known.looked_at[0])
    tf, held = np.zeros(len(w.values)), np.empty(len(w.values) + 1, np.int64)
    for text in range(len(scores)):
        kept = _fold(codes, ends[text], ends[text + 1], folds, letters)
        if kept < 0:
            return False
        for gram in candidates(hashes[: _hash(letters, kept, hashes)], letters, w):
            number = find(gram, w)
            if number >= 0:
                tf[number] += 1
        # A gram begins at every letter, those that reach over the end included.
        scores[text] = taken(tf, idfs, kept, average[text], parameters, held)
    return True
