"""Multiply all vectors with that of a question, compiled: half the time of NumPy, the same whole numbers."""

import numpy as np
import numpy.typing as npt

from index.machine.jit import Array, jit


def products(values: npt.NDArray[np.int8], question: npt.NDArray[np.int8]) -> npt.NDArray[np.float32]:
    """Return what `index.meaning.vectors.products` does."""
    made = np.empty(len(values), np.float32)
    _products(values, question.astype(np.int16), made)
    return made


@jit
def _products(values: Array, question: Array, made: Array) -> None:
    for row in range(len(values)):
        total = np.int32(0)
        for at in range(len(question)):
            total += np.int32(values[row, at]) * np.int32(question[at])
        made[row] = total
