"""The compiled counting of grams: what `index.second_look.gram_counts` counts in NumPy, letter by letter."""

from collections.abc import Sequence
from typing import Final

import numpy as np
import numpy.typing as npt
from numba import boolean, int64, njit, types, uint32

from index.collection import Array
from index.grams import DROPPED, LENGTH, MIX, SPACE, UNFILLED, Codes, code_points, ends, folds, framed

Ints = npt.NDArray[np.int64]

_FILTER: Final = np.uint32((1 << 14) - 1)
_MIX: Final = MIX

_read = types.Array(uint32, 1, "C", readonly=True)
_places = types.Array(int64, 1, "C", readonly=True)


def gram_counts(texts: Sequence[str], wanted: Codes) -> tuple[Ints, Ints]:
    """See `index.second_look.gram_counts`; there is at least one text."""
    text = framed(texts)
    while True:
        tf, sizes = np.zeros((len(texts), len(wanted)), np.int64), np.zeros(len(texts), np.int64)
        if count(code_points(text), ends(texts), folds.codes, wanted, tf, sizes):
            return tf, sizes
        folds(text)


# Compiled when it is imported, so that a build leaves nothing to compile for the first question.
@njit(boolean(_read, _places, _read, _read, int64[:, ::1], int64[::1]), cache=True, nogil=True)
def count(codes: Array, ends: Array, folds: Array, wanted: Array, tf: Array, sizes: Array) -> bool:
    """Adds to `tf` [texts, m] how often each text holds each gram of `wanted`, and to `sizes` [texts] all its grams.

    `codes` are the code points of the framed texts, `ends` [texts] where each ends, `folds` the table of folded code
    points; `wanted` [m] is ascending. False when a code point was met that the table does not hold yet.
    """
    may_be = np.zeros(_FILTER + 1, np.bool_)
    for gram in wanted:
        may_be[gram & _FILTER] = True
    # The three letters kept last and their texts: a gram belongs to the text of its first letter.
    first = second = third = np.uint32(0)
    owner = after = last = 0
    kept, text, before = 0, 0, np.uint32(0)
    for place in range(len(codes)):
        letter = folds[codes[place]]
        if letter == UNFILLED:
            return False
        if place >= ends[text] and text + 1 < len(ends):
            text += 1
        superfluous = letter == DROPPED or (letter == SPACE and before == SPACE)
        before = letter
        if superfluous:
            continue
        gram = np.uint32(np.uint32(np.uint32(first * _MIX + second) * _MIX + third) * _MIX + letter)
        here, owner = owner, after
        first, second, third = second, third, letter
        after, last = last, text
        kept += 1
        if kept < LENGTH:
            continue
        sizes[here] += 1
        if may_be[gram & _FILTER]:
            number = np.searchsorted(wanted, gram)
            if number < len(wanted) and wanted[number] == gram:
                tf[here, number] += 1
    return True
