"""Find the few wanted of many values and score their frequencies, compiled: for the kernels of reranking.

Nearly no value of a text is wanted, and a table of low bits rules nearly all others out at once.
"""

from typing import Any, Final, NamedTuple

import numpy as np
from numba import float64, int64, njit, uint32

from index import bm25
from index.machine.jit import TYPES, Array

_LOW: Final = np.uint32((1 << 12) - 1)

# What the kernels are given: arrays that are only read.
INTS: Final = TYPES.Array(int64, 1, "C", readonly=True)
FLOATS: Final = TYPES.Array(float64, 1, "C", readonly=True)
CODES: Final = TYPES.Array(uint32, 1, "C", readonly=True)

# Nothing here divides by zero, and to look for it takes a branch for each division.
quick = njit(cache=True, nogil=True, error_model="numpy")
_saturation = quick(bm25.saturation)
_norm = quick(bm25.norm)


class Wanted(NamedTuple):
    """Distinct values, found by their low bits.

    `values` uint32 [m]; `last` int32 [low bits] is the number of the last value that ends in these bits, -1 for none;
    `before` int32 [m] that of the one before with the same.
    """

    values: Array
    last: Array
    before: Array


@quick
def wanted(values: Array) -> Wanted:
    """Return distinct values, ready to be found by `find`."""
    last, before = np.full(_LOW + 1, -1, np.int32), np.empty(len(values), np.int32)
    for number in range(len(values)):
        low = values[number] & _LOW
        before[number] = last[low]
        last[low] = number
    return Wanted(values, last, before)


@njit(cache=True, nogil=True, inline="always")
def find(value: Any, w: Wanted) -> int:
    """Return the number of `value` among the wanted, -1 when it is none of them."""
    number = int(w.last[value & _LOW])
    while number >= 0 and w.values[number] != value:
        number = int(w.before[number])
    return number


@quick
def score(tf: Array, idfs: Array, length: int, average: float, parameters: tuple[float, float], room: Array) -> float:
    """Return BM25 of the frequencies `tf` in a text of that length where `average` is usual, and set them to 0.

    `parameters` are k1 and b; `room` int64 is as long as `tf` and one more.
    """
    k1, b = parameters
    norm, count, total = _norm(float(length), max(average, 1.0), k1, b), 0, 0.0
    for number in range(len(tf)):
        room[count] = number
        count += int(tf[number] > 0)
    for number in room[:count]:
        total += idfs[number] * _saturation(tf[number], norm, k1)
        tf[number] = 0
    return total
