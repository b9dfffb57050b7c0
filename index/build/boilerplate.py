"""Boilerplate: short paragraphs that stand in many articles of one source."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from index import tuning
from index.store.arrays import Stored


@dataclass(frozen=True, slots=True)
class Short(Stored):
    """The short paragraphs, which may be boilerplate: `rows` uint32 [n], ascending.

    `hashes` int64 [2 n] are for each of them the hash of its text and source, and that of the text before it.
    """

    PREFIX = "short"

    rows: npt.NDArray[np.uint32]
    hashes: npt.NDArray[np.int64]


def hidden_rows(short: Short) -> npt.NDArray[np.int64]:
    """Return the passages that are boilerplate, ascending; reprints repeat what stands before them too."""
    if not len(short.rows):
        return np.empty(0, np.int64)
    text, before = short.hashes.reshape(-1, 2).T
    order = np.lexsort((before, text))
    text, before = text[order], before[order]
    another_text = np.concatenate([[True], text[1:] != text[:-1]])
    another_place = another_text | np.concatenate([[True], before[1:] != before[:-1]])
    of = np.cumsum(another_text) - 1
    places = np.bincount(of, another_place)
    rows: npt.NDArray[np.int64] = np.sort(short.rows.astype(np.int64)[order][places[of] >= tuning.BOILERPLATE_PLACES])
    return rows
