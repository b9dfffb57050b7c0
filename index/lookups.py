"""Which few of many values are wanted, and what their frequencies count, compiled: for the kernels of the second look.

Nearly no value of a text is wanted, and a table of low bits rules nearly all others out at once.
"""

from typing import Any, Final, NamedTuple

import numpy as np

from index import bm25
from index.collection import Array, inlined, jit

_LOW: Final = (1 << 14) - 1

saturation = jit(bm25.saturation)
norm = jit(bm25.norm)


class Wanted(NamedTuple):
    """Distinct values, found by their low bits.

    `values` uint32 [m]; `last` int16 [low bits] is the number of the last value that ends in these bits, -1 for none;
    `before` int16 [m] that of the one before with the same.
    """

    values: Array
    last: Array
    before: Array


@jit
def wanted(values: Array) -> Wanted:
    last, before = np.full(_LOW + 1, -1, np.int16), np.empty(len(values), np.int16)
    for number in range(len(values)):
        low = values[number] & _LOW
        before[number] = last[low]
        last[low] = number
    return Wanted(values, last, before)


@inlined
def find(value: Any, w: Wanted) -> int:
    """The number of `value` among the wanted, -1 when it is none of them."""
    number = int(w.last[value & _LOW])
    while number >= 0 and w.values[number] != value:
        number = int(w.before[number])
    return number


@jit
def score(tf: Array, idfs: Array, length: int, average: float, parameters: tuple[float, float]) -> float:
    """BM25 of frequencies `tf` in a text of that length where `average` is usual; `parameters` are k1 and b."""
    k1, b = parameters
    total, held_back = 0.0, norm(float(length), max(average, 1.0), k1, b)
    for number in range(len(tf)):
        if tf[number] > 0:
            total += idfs[number] * saturation(tf[number], held_back, k1)
    return total
