"""The vocabulary by hash, so that hundreds of words that may be meant are looked up at once, with and without marks."""

import unicodedata
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate, repeat
from operator import mul
from typing import Final

import numpy as np
import numpy.typing as npt

from index import tuning
from index.analysis.detection import script
from index.store.arrays import Stored, distinct

_STEP: Final = np.uint64(0x9E3779B97F4A7C15)
_STEP_NUMBER: Final = int(_STEP)
_BITS: Final = (1 << 64) - 1
_PIECE: Final = 1 << 14
# For so few terms NumPy costs more than it saves.
_FEW: Final = 16
_USUAL_LETTERS: Final = 64
# The first bytes, in UTF-8, of Latin letters beyond ASCII and of combining marks.
_MARKED: Final = np.zeros(256, bool)
_MARKED[[*range(0xC3, 0xCA), 0xCC, 0xCD]] = True
_VIETNAMESE: Final = 0xE1
_PLAIN: Final = str.maketrans(
    {"đ": "d", "ł": "l", "ø": "o", "ı": "i", "ð": "d", "ħ": "h", "þ": "th", "æ": "ae", "œ": "oe", "ß": "ss"}
)


@dataclass(frozen=True, slots=True)
class Dictionary(Stored):
    """The vocabulary by hash: `hashes` uint64 [V] ascending, `terms` uint32 [V] their ids; `letters` uint32 [L].

    `bare_hashes` uint64 [M] ascending and `bare_terms` uint32 [M] are those of the terms with marks, hashed without.
    """

    PREFIX = "spelling"

    hashes: npt.NDArray[np.uint64]
    terms: npt.NDArray[np.uint32]
    letters: npt.NDArray[np.uint32]
    bare_hashes: npt.NDArray[np.uint64]
    bare_terms: npt.NDArray[np.uint32]

    def find(self, terms: Sequence[str]) -> list[int]:
        """Return the id of each term, -1 for "" and for one that no article holds. No term has a line break."""
        if not len(self.hashes) or not any(terms):
            return [-1] * len(terms)
        if len(terms) <= _FEW:
            return self._few(terms)
        # All in one piece, because there are some hundreds of them.
        letters = np.frombuffer("\n".join(terms).encode(errors="surrogatepass"), np.uint8)
        breaks = letters == ord("\n")
        ends = np.append(np.flatnonzero(breaks), len(letters)) - np.arange(len(terms))
        is_term = np.diff(ends, prepend=0) > 0
        wanted = _hashes(letters[~breaks], np.append(0, ends[is_term]))
        places = np.minimum(np.searchsorted(self.hashes, wanted), len(self.hashes) - 1)
        ids = np.full(len(terms), -1)
        ids[is_term] = np.where(self.hashes[places] == wanted, self.terms[places].astype(np.int64), -1)
        found: list[int] = ids.tolist()
        return found

    def _few(self, terms: Sequence[str]) -> list[int]:
        """Return what `find` does of a few terms."""
        known, ids = memoryview(self.hashes.data), memoryview(self.terms.data)
        wanted = [_hash(term) for term in terms]
        places = [bisect_left(known, one) for one in wanted]
        return [
            ids[place] if place < len(known) and known[place] == one else -1
            for place, one in zip(places, wanted, strict=True)
        ]

    def same_letters(self, term: str) -> list[int]:
        """Return the ids of all terms with the letters of `term`; of one with marks only the one without.

        So "ma" may be "má" or "mạ", and "má" never "mạ".
        """
        bare = bare_letters(term)
        own: list[int] = [number for number in self.find([bare]) if number >= 0]
        if bare != term or not len(self.bare_hashes):
            return own
        wanted = _hashes(*_encoded([bare]))[0]
        first, end = (int(self.bare_hashes.searchsorted(wanted, side)) for side in ("left", "right"))
        return [*own, *self.bare_terms[first:end].tolist()]


def bare_letters(term: str) -> str:
    """Return a folded term without the marks on its Latin letters.

    >>> bare_letters("đồng"), bare_letters("łodz"), bare_letters("мой")
    ('dong', 'lodz', 'мой')
    """
    if term.isascii():
        return term
    letters = (c if c >= "\u0370" and not "\u1e00" <= c < "\u1f00" else unicodedata.normalize("NFKD", c) for c in term)
    return "".join(c for c in "".join(letters) if not unicodedata.combining(c)).translate(_PLAIN)


def dictionary(letters: npt.NDArray[np.uint8], offsets: npt.NDArray[np.int64]) -> Dictionary:
    """Return the dictionary of a stored vocabulary: its terms in UTF-8, and where each begins and ends."""
    hashes = np.empty(len(offsets) - 1, np.uint64)
    counts = np.zeros(0x110000, np.int64)
    marked: list[npt.NDArray[np.int64]] = []
    for first in range(0, len(hashes), _PIECE):
        bounds = offsets[first : first + _PIECE + 1]
        piece = letters[bounds[0] : bounds[-1]]
        hashes[first : first + _PIECE] = _hashes(piece, bounds - bounds[0])
        marked.append(first + _with_marks(piece, bounds - bounds[0]))
        codes = np.frombuffer(
            piece.tobytes().decode(errors="surrogatepass").encode("utf-32-le", "surrogatepass"), np.uint32
        )
        of_codes = np.bincount(codes)
        counts[: len(of_codes)] += of_codes
    order = np.argsort(hashes, kind="stable").astype(np.uint32)
    numbers = np.concatenate([np.empty(0, np.int64), *marked])
    pairs = []
    for number in numbers.tolist():
        word = letters[offsets[number] : offsets[number + 1]].tobytes().decode(errors="surrogatepass")
        if (plain := bare_letters(word)) not in {word, ""}:
            pairs.append((plain, number))
    bare = _hashes(*_encoded([plain for plain, _ in pairs]))
    by_bare = np.argsort(bare, kind="stable")
    ids = np.array([number for _, number in pairs], np.uint32)
    return Dictionary(hashes[order], order, np.array(_letters(counts), np.uint32), bare[by_bare], ids[by_bare])


def _with_marks(letters: npt.NDArray[np.uint8], offsets: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Return which terms hold a Latin letter that may have a mark, ascending."""
    vietnamese = (letters[:-1] == _VIETNAMESE) & (letters[1:] >= 0xB8) & (letters[1:] <= 0xBB)
    places = np.flatnonzero(_MARKED[letters] | np.append(vietnamese, np.zeros(min(len(letters), 1), bool)))
    return distinct(np.searchsorted(offsets, places, side="right") - 1)


def _encoded(terms: Sequence[str]) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.int64]]:
    """Return the bytes of terms, and where each begins and ends."""
    encoded = [term.encode(errors="surrogatepass") for term in terms]
    ends = np.cumsum([0, *map(len, encoded)])
    return np.frombuffer(b"".join(encoded), np.uint8), ends


def _letters(counts: npt.NDArray[np.int64]) -> list[int]:
    """Return the letters and vowel signs that terms are written with, from how often each code point occurs."""
    most: dict[str, int] = {}
    codes = [code for code in np.flatnonzero(counts).tolist() if not chr(code).isdigit()]
    for code in codes:
        most[script(chr(code))] = max(most.get(script(chr(code)), 0), int(counts[code]))
    return [code for code in codes if counts[code] > most[script(chr(code))] * tuning.SPELLING_RARE_LETTER]


def _hash(term: str) -> int:
    """Return what `_hashes` does of a single term, at a fraction of the cost; 0 of none."""
    encoded = term.encode(errors="surrogatepass")
    powers, sums = _powers(max(len(encoded), _USUAL_LETTERS))
    total: int = sum(map(mul, encoded, powers), sums[len(encoded)])
    return total & _BITS


@lru_cache(maxsize=1)
def _powers(size: int) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Return the first powers of the step, and the sum of so many of them: of as many as most terms have bytes."""
    powers = tuple(accumulate(repeat(_STEP_NUMBER, size), lambda power, step: power * step & _BITS))
    return powers, tuple(accumulate(powers, initial=0))


def _hashes(letters: npt.NDArray[np.uint8], offsets: npt.NDArray[np.int64]) -> npt.NDArray[np.uint64]:
    """Return a polynomial of the bytes of every term; no term is empty."""
    if not len(letters):
        return np.empty(0, np.uint64)
    sizes = np.diff(offsets)
    powers = np.cumprod(np.full(int(sizes.max()), _STEP))
    place = np.arange(len(letters)) - np.repeat(offsets[:-1], sizes)
    return np.add.reduceat((letters.astype(np.uint64) + np.uint64(1)) * powers[place], offsets[:-1])
