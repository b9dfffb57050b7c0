"""Multiply all vectors with that of a question, compiled: half the time of NumPy, the same whole numbers."""

import numpy as np
import numpy.typing as npt
from numba import float32, int16, njit

from index.machine.jit import TYPES, Array, folder


def products(values: npt.NDArray[np.int8], question: npt.NDArray[np.int8]) -> npt.NDArray[np.float32]:
    """Return what `index.meaning.vectors.products` does."""
    made = np.empty(len(values), np.float32)
    _products(values, question.astype(np.int16), made)
    return made


_VALUES = TYPES.Array(TYPES.int8, 2, "C", readonly=True)


@njit((_VALUES, int16[::1], float32[::1]), cache=folder is not None, nogil=True)
def _products(values: Array, question: Array, made: Array) -> None:
    for row in range(len(values)):
        total = np.int32(0)
        for at in range(len(question)):
            total += np.int32(values[row, at]) * np.int32(question[at])
        made[row] = total
