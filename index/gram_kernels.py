"""The grams of texts and what those of a question count there, compiled in one pass; see `index.grams`."""

import math
from typing import Any

import numpy as np
from numba import boolean, float64, int64, njit, types, uint32

from index.collection import Array, jit, place
from index.grams import DROPPED, LENGTH, MIX, SPACE, UNFILLED
from index.lookups import find, score, wanted

# Numba types none of these.
_types: Any = types
_codes = _types.Array(uint32, 1, "C", readonly=True)
_ints = _types.Array(int64, 1, "C", readonly=True)
_floats = _types.Array(float64, 1, "C", readonly=True)


@jit
def _asked(codes: Array, folds: Array) -> Array:
    """The distinct grams of the question, ascending. `codes` are its code points, framed but for the mark behind it."""
    first = second = third = before = np.uint32(0)
    kept, found = 0, np.empty(len(codes), np.uint32)
    for code in codes:
        letter = folds[code]
        superfluous = letter == DROPPED or (letter == SPACE and before == SPACE)
        before = letter
        if superfluous:
            continue
        kept += 1
        if kept >= LENGTH:
            found[kept - LENGTH] = ((first * MIX + second) * MIX + third) * MIX + letter
        first, second, third = second, third, letter
    found = np.sort(found[: max(kept - LENGTH + 1, 0)])
    count = 0
    for gram in found:
        if count == 0 or found[count - 1] != gram:
            found[count] = gram
            count += 1
    return found[:count]


@jit
def _idfs(asked: Array, known: Array, df: Array, looked_at: float) -> Array:
    """See `index.grams.Statistics.idf`."""
    idfs = np.empty(len(asked))
    for number in range(len(asked)):
        at = place(known, asked[number], 0, len(known))
        held_by = df[at] if at < len(known) and known[at] == asked[number] else np.uint32(1)
        idfs[number] = math.log((looked_at + 1) / held_by)
    return idfs


@njit(
    boolean(
        _types.Tuple((_codes, _ints, _codes)), _types.Tuple((_codes, _codes, float64)), _floats,
        _types.UniTuple(float64, 2), float64[::1],
    ),
    cache=True,
    nogil=True,
)  # fmt: skip
def grams(
    framed: tuple[Array, Array, Array],
    statistics: tuple[Array, Array, float],
    average: Array,
    parameters: tuple[float, float],
    scores: Array,
) -> bool:
    """Fills in G of the framed texts behind the first, which is the question.

    `framed` are their code points, where each text ends, and the table of folded code points; False when one of them is
    not in the table yet. `statistics` are `hashes`, `df` and the passages looked at as in `index.grams.Statistics`;
    `average` [n] is how many grams are usual; `parameters` are k1 and b.
    """
    codes, ends, folds = framed
    for code in codes:
        if folds[code] == UNFILLED:
            return False
    asked = _asked(codes[: ends[0] - 1], folds)
    w, idfs, tf = wanted(asked), _idfs(asked, *statistics), np.zeros(len(asked))
    for text in range(len(scores)):
        tf[:] = 0
        # The three letters kept last.
        first = second = third = before = np.uint32(0)
        kept = 0
        for at in range(ends[text], ends[text + 1]):
            letter = folds[codes[at]]
            superfluous = letter == DROPPED or (letter == SPACE and before == SPACE)
            before = letter
            if superfluous:
                continue
            kept += 1
            number = find(np.uint32(((first * MIX + second) * MIX + third) * MIX + letter), w)
            if number >= 0 and kept >= LENGTH:
                tf[number] += 1
            first, second, third = second, third, letter
        # A gram begins at every letter, those that reach over the end included.
        scores[text] = score(tf, idfs, kept, average[text], parameters)
    return True
