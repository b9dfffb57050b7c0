"""Terms and their ids on disk: sorted, so that a term is found without loading the vocabulary."""

from array import array
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt

from index.store.arrays import Arrays, Growing

BYTES = "vocabulary"
OFFSETS = "vocabulary_offsets"
_AT_A_TIME: Final = 1 << 16


class Vocabulary:
    """The terms of a generation; a term's id is its place among them in UTF-8 byte order.

    A look-up is a binary search over memory-mapped bytes, about 10 us at 100,000 terms.
    """

    def __init__(self, letters: npt.NDArray[np.uint8], offsets: npt.NDArray[np.int64]) -> None:
        self._letters = letters
        self._offsets = offsets
        self._known: dict[str, int] = {}

    @classmethod
    def open(cls, arrays: Arrays) -> "Vocabulary":
        return cls(arrays.array(BYTES).view(np.uint8), arrays.array(OFFSETS).view(np.int64))

    def __len__(self) -> int:
        return len(self._offsets) - 1

    def term(self, number: int) -> str:
        """Return the term of an id in 0..len-1."""
        return self._bytes(number).decode()

    def terms(self, numbers: Sequence[int]) -> list[str]:
        """Return the terms of some ids."""
        letters = memoryview(self._letters.data)
        places = np.array(numbers, np.int64)
        bounds = zip(self._offsets[places].tolist(), self._offsets[places + 1].tolist(), strict=True)
        return [str(letters[begin:end], "utf-8", "surrogatepass") for begin, end in bounds]

    def find(self, term: str) -> int:
        """Return the id of `term`, or -1 when no article holds it."""
        found = self._known.get(term)
        if found is None:
            found = self._search(term.encode(errors="surrogatepass"))
            # Bounded, because questions come from strangers.
            if len(self._known) < 100_000:
                self._known[term] = found
        return found

    def ids(self, terms: Sequence[str]) -> list[int]:
        """Return the id of each term, -1 for one that no article holds."""
        known = self._known
        return [known[term] if term in known else self.find(term) for term in terms]

    def starting(self, beginning: str) -> range:
        """Return the ids of all terms that start so."""
        wanted = beginning.encode(errors="surrogatepass")
        # No byte of UTF-8 is as high.
        return range(self._place(wanted), self._place(wanted + b"\xff"))

    def _bytes(self, number: int) -> bytes:
        return self._letters[self._offsets[number] : self._offsets[number + 1]].tobytes()

    def _search(self, wanted: bytes) -> int:
        place = self._place(wanted)
        return place if place < len(self) and self._bytes(place) == wanted else -1

    def _place(self, wanted: bytes) -> int:
        """Return how many terms come before `wanted`."""
        low, high = 0, len(self)
        while low < high:
            middle = (low + high) // 2
            if self._bytes(middle) < wanted:
                low = middle + 1
            else:
                high = middle
        return low


def stored(folder: Path) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.int64]]:
    """Return the bytes of all terms that `write` stored in `folder`, and where each begins and ends: int64 [V + 1]."""
    return np.load(folder / f"{BYTES}.npy", mmap_mode="r"), np.load(folder / f"{OFFSETS}.npy")


def write(folder: Path, terms: Iterable[str]) -> npt.NDArray[np.uint32]:
    """Write distinct terms, sorted, and return the id of each in the order given: uint32 [V]."""
    words = list(terms)
    # UTF-8 keeps the order of the code points.
    order = np.array(sorted(range(len(words)), key=words.__getitem__), np.int64)
    ids = np.empty(len(words), np.uint32)
    ids[order] = np.arange(len(words), dtype=np.uint32)
    sizes = array("I")
    with Growing(folder / f"{BYTES}.npy", np.uint8) as letters:
        for start in range(0, len(order), _AT_A_TIME):
            encoded = [words[i].encode(errors="surrogatepass") for i in order[start : start + _AT_A_TIME].tolist()]
            sizes.extend(map(len, encoded))
            letters.extend(np.frombuffer(b"".join(encoded), np.uint8))
    offsets = np.zeros(len(words) + 1, np.int64)
    np.cumsum(sizes, out=offsets[1:])
    np.save(folder / f"{OFFSETS}.npy", offsets)
    return ids
