"""How kernels are compiled, and the one piece that they all share."""

from typing import Any, cast

import numba
import numpy.typing as npt
from numba import njit

from index import kernel_cache

if folder := kernel_cache.chosen():
    # Read whenever a kernel is defined; numba types no settings.
    cast("Any", numba.config).CACHE_DIR = str(folder)

Array = npt.NDArray[Any]

jit = njit(cache=True, nogil=True)
# To call a function with the collection copies all that it holds, which costs more than most of them do.
inlined = njit(cache=True, nogil=True, inline="always")


@inlined
def place(rows: Array, wanted: int, low: int, high: int) -> int:
    """The first of the ascending `rows[low:high]` that is not below `wanted`."""
    # Without a branch that the processor would guess wrong half of the time.
    left = high - low
    while left > 1:
        half = left >> 1
        low += half * int(rows[low + half - 1] < wanted)
        left -= half
    return low + int(left == 1 and rows[low] < wanted)
