"""The second look's counting, compiled: the same as `gram_counts` and `occurrences` of `index.second_look`."""

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from numba import int64, njit, types, uint32, uint64

from index.collection import Array, jit
from index.grams import DROPPED, LENGTH, MIX, SPACE, UNFILLED, Codes, code_points, ends, folds, framed

Ints = npt.NDArray[np.int64]

_FILTER: Final = np.uint32((1 << 14) - 1)

# Numba types none of these.
_types: Any = types
_read = _types.Array(uint32, 1, "C", readonly=True)
_places = _types.Array(int64, 1, "C", readonly=True)
_bits = _types.Array(uint64, 1, "C", readonly=True)


@jit
def _filter(wanted: Array) -> Array:
    """Which of the low bits occur among `wanted`: nearly no value is, and this rules most others out at once."""
    may_be = np.zeros(_FILTER + 1, np.bool_)
    for value in wanted:
        may_be[value & _FILTER] = True
    return may_be


def gram_counts(texts: Sequence[str], wanted: Codes) -> tuple[Ints, Ints]:
    """See `index.second_look.gram_counts`; there is at least one text."""
    hashes, firsts = _hashed(texts)
    tf = np.zeros((len(texts), len(wanted)), np.int64)
    _count(hashes, firsts, wanted, tf)
    return tf, firsts[1:] - firsts[:-1]


def hashes(texts: Sequence[str]) -> Codes:
    """The hashes of `index.grams.hashed`; there is at least one text."""
    return _hashed(texts)[0]


def _hashed(texts: Sequence[str]) -> tuple[Codes, Ints]:
    """The grams of the texts, and the number of the first gram of every text and of the one after the last."""
    text = framed(texts)
    found, firsts = np.empty(len(text), np.uint32), np.zeros(len(texts) + 1, np.int64)
    while (count := _hash(code_points(text), ends(texts), folds.codes, found, firsts)) < 0:
        folds(text)
    return found[:count], firsts


# These are compiled when they are imported, so that a build leaves nothing to compile for the first question.


@njit(int64(_read, _places, _read, uint32[::1], int64[::1]), cache=True, nogil=True)
def _hash(codes: Array, ends: Array, folds: Array, hashes: Array, firsts: Array) -> int:
    """Fills in the grams of the framed texts and where those of each begin; how many there are, or -1.

    `codes` are their code points, `ends` [texts] where each ends, `folds` the table of folded code points; -1 says that
    one of them is not in the table yet.
    """
    # The three letters kept last.
    first = second = third = np.uint32(0)
    kept, text, before = 0, 0, np.uint32(0)
    for place in range(len(codes)):
        letter = folds[codes[place]]
        if letter == UNFILLED:
            return -1
        if place == ends[text] and text + 1 < len(ends):
            # The mark before a text is always kept, and begins its first gram.
            text += 1
            firsts[text] = kept
        superfluous = letter == DROPPED or (letter == SPACE and before == SPACE)
        before = letter
        if superfluous:
            continue
        kept += 1
        if kept >= LENGTH:
            hashes[kept - LENGTH] = ((first * MIX + second) * MIX + third) * MIX + letter
        first, second, third = second, third, letter
    count = max(kept - LENGTH + 1, 0)
    firsts[text + 1] = count
    return count


@njit((_read, _places, _read, int64[:, ::1]), cache=True, nogil=True)
def _count(hashes: Array, firsts: Array, wanted: Array, tf: Array) -> None:
    """Adds to `tf` [texts, m] how often each text holds each of the ascending `wanted`."""
    may_be = _filter(wanted)
    for text in range(len(tf)):
        for place in range(firsts[text], firsts[text + 1]):
            gram = hashes[place]
            if may_be[gram & _FILTER]:
                number = np.searchsorted(wanted, gram)
                if number < len(wanted) and wanted[number] == gram:
                    tf[text, number] += 1


@njit((_read, _places, _places, _read), cache=True, nogil=True)
def occurrences(stored: Array, starts: Array, ends: Array, known: Array) -> tuple[Array, Array, Array]:
    """See `index.second_look.occurrences`."""
    may_be = _filter(known)
    room = (ends - starts).sum()
    places, numbers, texts = np.empty(room, np.int64), np.empty(room, np.int64), np.empty(room, np.int64)
    found = place = 0
    for text in range(len(starts)):
        for at in range(starts[text], ends[text]):
            term = stored[at]
            if may_be[term & _FILTER]:
                number = np.searchsorted(known, term)
                if number < len(known) and known[number] == term:
                    places[found], numbers[found], texts[found] = place, number, text
                    found += 1
            place += 1
    return places[:found], numbers[:found], texts[:found]


@njit(uint64[::1](_places, _bits, int64), cache=True, nogil=True)
def reached(places: Array, bits: Array, within: int) -> Array:
    """See `index.second_look.reached`."""
    masks = bits.copy()
    for one in range(len(places)):
        ahead = one + 1
        while ahead < len(places) and places[ahead] - places[one] < within:
            masks[one] |= bits[ahead]
            ahead += 1
    return masks
