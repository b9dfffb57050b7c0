"""The numbers of a build: of articles, of terms, and of what comes in order."""

import hashlib
from array import array
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import numpy.typing as npt

from index.store.arrays import map_array, rewrite

Numbers = npt.NDArray[np.uint32]


class Runs:
    """Number things that come in order: the same number as long as the same comes."""

    def __init__(self) -> None:
        self.numbers = array("I")
        self._last: str | None = None

    def extend(self, names: Iterable[str]) -> None:
        for name in names:
            before = self.numbers[-1] if self.numbers else 0
            self.numbers.append(before + (name != self._last))
            self._last = name


def id_of(name: str) -> int:
    """Return 48 bits, which make the 12 hex digits of an article's id."""
    return int.from_bytes(hashlib.blake2b(name.encode(errors="surrogatepass"), digest_size=16).digest()[:6], "big")


def offsets_of(sizes: "array[int]") -> npt.NDArray[np.int64]:
    """Return where lists of these sizes begin, and where the last one ends."""
    offsets = np.zeros(len(sizes) + 1, np.int64)
    np.cumsum(sizes, out=offsets[1:])
    return offsets


def translated(terms: "array[int]", numbers: "array[int]") -> Numbers:
    """Return the numbers of terms that an analyser numbered for itself."""
    result: Numbers = np.asarray(numbers)[np.asarray(terms)]
    return result


def renumbered(path: Path, new_ids: Numbers) -> Numbers:
    """Replace stored numbers in place, a piece at a time: at ten million passages the numbers take gigabytes."""
    rewrite(path, lambda numbers: new_ids[numbers])
    return map_array(path)
