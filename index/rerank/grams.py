"""Character 4-grams: text to hashes, and how rare each of them is in a collection.

Grams see what words do not: other endings, other spellings of a name, compounds, the order of short words. Text is
folded code point by code point, so that a whole list of passages is hashed by a few array operations.

    "Díaz-Canel, 2019" -> " diaz canel 2019 " -> " dia" "diaz" "iaz " "az c" ...
"""

import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
import numpy.typing as npt

from index import bm25, tuning
from index.analysis.folding import is_invisible, plain_letters, unify_arabic
from index.analysis.han import has_han, simplify
from index.store.arrays import Stored, distinct

Codes = npt.NDArray[np.uint32]

_BATCH: Final = 256

SPACE: Final = 0x20
# What a table entry may hold instead of a letter.
UNFILLED: Final = 0
DROPPED: Final = 1
BREAK: Final = 2
_BEFORE: Final = "\n"
_BEHIND: Final = "\n\0"
MIX: Final = np.uint32(0x9E3779B1)
_MIX_PAIR: Final = np.uint32(0x9E3779B1**2 & 0xFFFFFFFF)


@dataclass(frozen=True, slots=True)
class Hashed:
    """The grams of several texts in reading order.

    `hashes` uint32 [G]; `places` int64 [G], where each begins in the joined texts; `starts` int64 [texts], ascending.
    """

    hashes: Codes
    places: npt.NDArray[np.int64]
    starts: npt.NDArray[np.int64]

    def firsts(self) -> npt.NDArray[np.int64]:
        """Return the number of the first gram of every text, and of the one after the last: int64 [texts + 1]."""
        return np.append(np.searchsorted(self.places, self.starts), len(self.hashes))


def documents(contents: Iterable[tuple[str, str, object]]) -> list[str]:
    """Return passages as their grams are counted, each behind its title: from title, text and kind of each."""
    return [f"{title}\n{text}" for title, text, _ in contents]


def hashed(texts: Sequence[str]) -> Hashed:
    """Return the grams of `texts`. Those that reach from one text into the next hold a mark that no question holds."""
    folded = folds(framed(texts))
    superfluous = folded == SPACE
    superfluous[1:] &= superfluous[:-1]
    superfluous |= folded == DROPPED
    superfluous[:1] = False
    places = np.flatnonzero(~superfluous)
    folded = folded.take(places)
    # GRAM_LETTERS is 4: two pairs of letters, in two steps.
    pairs = folded[:-1] * MIX
    pairs += folded[1:]
    hashes = pairs[:-2] * _MIX_PAIR
    hashes += pairs[2:]
    return Hashed(hashes, places[: len(hashes)], np.append(0, ends(texts)[:-1]))


@dataclass(frozen=True, slots=True)
class Framed:
    """Texts as one: `codes` are its code points, `ends` where each text ends, `folds` the table of folded ones."""

    codes: Codes
    ends: npt.NDArray[np.int64]
    folds: Codes


def framed(texts: Sequence[str]) -> str:
    """Return the texts as one, between marks that part words, and behind each a mark that no question holds."""
    # As much is put behind the last one as a gram reaches: every text then has the same share of marked grams.
    behind = "\0" * (tuning.GRAM_LETTERS - 1)
    return f"{_BEFORE}{f'{_BEHIND}{_BEFORE}'.join(texts)}{_BEHIND}{behind}" if texts else behind


def ends(texts: Sequence[str]) -> npt.NDArray[np.int64]:
    """Return where each text ends, its marks included, when they are `framed`: int64 [texts]."""
    sizes = np.fromiter(map(len, texts), np.int64, len(texts))
    sizes += len(_BEFORE) + len(_BEHIND)
    return sizes.cumsum()


@dataclass(frozen=True, slots=True)
class Statistics(Stored):
    """How rare grams are in a stratum of a collection, see `index.postings.strata`.

    `hashes` uint32 [G] ascending, the grams of at least two of the passages looked at; `df` uint32 [G], how many of
    them hold each; `looked_at` float64 [2], how many passages these are and how many grams they have on average.
    """

    PREFIX = "grams"

    hashes: Codes
    df: npt.NDArray[np.uint32]
    looked_at: npt.NDArray[np.float64]

    def idf(self, hashes: Codes) -> npt.NDArray[np.float64]:
        """Return ln((passages + 1) / df) of each gram; one that is not in the table counts as held by one passage."""
        df = np.ones(len(hashes), np.int64)
        if len(self.hashes):
            places = np.minimum(np.searchsorted(self.hashes, hashes), len(self.hashes) - 1)
            known = self.hashes[places] == hashes
            df[known] = self.df[places[known]]
        return bm25.idfs(int(self.looked_at[0]), df)


def statistics(
    passages: int, read: Callable[[Sequence[int]], Sequence[str]], sample: int = tuning.GRAM_SAMPLE
) -> Statistics:
    """Return the statistics of so many passages, whose texts `read` gives for a list of their numbers.

    From at most `sample` of them, so the same time and memory for any collection: an idf hardly moves with more.
    """
    looked = min(passages, sample)
    rows = [number * passages // looked for number in range(looked)]
    batches, count = [np.empty(0, np.uint32)], 0
    for first in range(0, looked, _BATCH):
        grams = hashed(read(rows[first : first + _BATCH]))
        sizes = np.diff(grams.firsts())
        # One number for a (gram, text) pair, so that each counts once in a text.
        pairs = grams.hashes.astype(np.uint64) << np.uint64(32) | np.repeat(
            np.arange(len(sizes), dtype=np.uint64), sizes
        )
        batches.append((distinct(np.sort(pairs)) >> np.uint64(32)).astype(np.uint32))
        count += len(pairs)
    every = np.sort(np.concatenate(batches))
    hashes = distinct(every)
    df = np.diff(np.searchsorted(every, hashes), append=len(every))
    looked_at = np.array([looked, count / max(looked, 1)])
    return Statistics(hashes[df > 1], df[df > 1].astype(np.uint32), looked_at)


def code_points(text: str) -> Codes:
    """Return the code points of a text: uint32 [len(text)]."""
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)


class _Table:
    """Code point to folded code point, uint32 [0x110000]; that of a letter is filled when a text first holds it."""

    def __init__(self) -> None:
        self.codes = np.zeros(0x110000, np.uint32)

    def __call__(self, text: str) -> Codes:
        codes = code_points(text)
        # No code point is higher, and not to look for one that is saves a quarter of the time.
        folded: Codes = self.codes.take(codes, mode="clip")
        if folded.min(initial=DROPPED) == UNFILLED:
            for code in distinct(np.sort(codes[folded == UNFILLED])).tolist():
                self.codes[code] = _folded(chr(code))
            folded = self.codes.take(codes, mode="clip")
        return folded


folds: Final = _Table()


def _folded(letter: str) -> int:
    """Return the code of a letter or digit, its case, width and accents folded; anything else parts words."""
    # Alphabets whose marks are accents; elsewhere they are vowels.
    accented = letter < "\u0900" or "\u1ab0" <= letter < "\u2100"
    if letter == "\0":
        return BREAK
    # A nukta too, because letters that have one are written both ways.
    if is_invisible(letter) or unicodedata.combining(letter) in range(1, 256 if accented else 8):
        return DROPPED
    form: Literal["NFKD", "NFKC"] = "NFKD" if accented else "NFKC"
    plain = unify_arabic(unicodedata.normalize(form, unicodedata.normalize(form, letter).casefold()))
    plain = (simplify(plain) if has_han(plain) else plain_letters(plain))[:1] or " "
    if plain.isdecimal():
        return ord("0") + unicodedata.decimal(plain)
    return ord(plain) if plain.isalnum() or unicodedata.category(plain)[0] == "M" else SPACE
