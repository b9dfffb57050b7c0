"""Count the grams of a question in texts, compiled in one pass; see `index.rerank.grams`."""

import math
from typing import Final

import numpy as np
from numba import boolean, float64, int64, njit, uint32

from index import tuning
from index.machine.jit import TYPES, Array, array_types, lower_bound, record
from index.rerank.grams import DROPPED, MIX, SPACE, UNFILLED, Framed, Statistics
from index.rerank.matching_kernels import CODES, FLOATS, quick, score

_framed, _statistics = record(Framed), record(Statistics)
_BITS: Final = 7
_SHIFT: Final = np.uint32(32 - _BITS)
# Where each part of the grams of a text begins, and the last one ends.
STARTS: Final = (1 << _BITS) + 1


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


@quick
def _parted(hashes: Array, count: int, grams: Array) -> int:
    """Fill in the grams of a text, parted by their high bits; return how many numbers these are.

    Before them stands where each part begins and the last one ends.
    """
    starts, every = grams[:STARTS], grams[STARTS:]
    starts[:] = 0
    for at in range(count):
        starts[(hashes[at] >> _SHIFT) + np.uint64(1)] += np.uint32(1)
    for part in range(1, STARTS):
        starts[part] += starts[part - 1]
    for at in range(count):
        part = hashes[at] >> _SHIFT
        every[starts[part]] = hashes[at]
        starts[part] += np.uint32(1)
    # Each has moved on to where the next one began.
    for part in range(STARTS - 1, 0, -1):
        starts[part] = starts[part - 1]
    starts[0] = 0
    return STARTS + count


@njit(boolean(array_types(Framed), uint32[::1], int64[::1]), cache=True, nogil=True, error_model="numpy")
def of_each(framed: tuple[Array, ...], grams: Array, stops: Array) -> bool:
    """Fill in the grams of the framed texts, each as `_parted` says, and where those of each end.

    `framed` are the arrays of `index.rerank.grams.Framed`. Return False when a code point is not in the table of folded
    ones yet.
    """
    codes, ends, folds = _framed(*framed)
    letters, hashes = np.empty(len(codes) + 1, np.uint32), np.empty(len(codes), np.uint32)
    begin = at = 0
    for text in range(len(stops)):
        length = _fold(codes, begin, ends[text], folds, letters)
        if length < 0:
            return False
        at += _parted(hashes, _hash(letters, length, hashes), grams[at:])
        begin, stops[text] = ends[text], at
    return True


@njit(
    boolean(
        CODES, CODES, CODES, array_types(Statistics), FLOATS, TYPES.UniTuple(float64, 2), float64[::1],
    ),
    cache=True, nogil=True, error_model="numpy",
)  # fmt: skip
def grams(
    question: Array,
    folds: Array,
    texts: Array,
    statistics: tuple[Array, ...],
    average: Array,
    parameters: tuple[float, float],
    scores: Array,
) -> bool:
    """Fill in G of texts, given by their grams as `of_each` gives them, one after another.

    `question` are the code points of the question, framed, and `folds` the table of folded ones; `statistics` are the
    arrays of `index.rerank.grams.Statistics`; `average` [n] is how many grams are usual; `parameters` are k1 and b.
    Return False when a code point is not in the table of folded ones yet.
    """
    known = _statistics(*statistics)
    letters, hashes = np.empty(len(question) + 1, np.uint32), np.empty(len(question), np.uint32)
    # Not the mark behind the question: no other text is to have that in common with it.
    length = _fold(question, 0, len(question) - tuning.GRAM_LETTERS, folds, letters)
    if length < 0:
        return False
    wanted = _distinct(hashes[: _hash(letters, length, hashes)])
    idfs = _idfs(wanted, known.hashes, known.df, known.looked_at[0])
    tf, room = np.zeros(len(wanted)), np.empty(len(wanted) + 1, np.int64)
    end = 0
    for text in range(len(scores)):
        starts = texts[end : end + STARTS]
        begin = end + STARTS
        end = begin + int(starts[STARTS - 1])
        every = texts[begin:end]
        for number in range(len(wanted)):
            part, count = wanted[number] >> _SHIFT, 0
            for at in range(starts[part], starts[part + np.uint64(1)]):
                count += int(every[at] == wanted[number])
            tf[number] = count
        # A gram begins at every letter, those that reach over the end included.
        length = len(every) + tuning.GRAM_LETTERS - 1
        scores[text] = score(tf, idfs, length, average[text], parameters, room)
    return True
