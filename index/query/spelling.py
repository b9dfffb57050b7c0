"""Spelling: find the word that an unknown word of a question was meant to be.

A word that no article holds is changed by one edit in every possible way (a letter left out, put in, changed, or two
neighbours swapped: Damerau's distance 1), every result becomes a term as if it had been written so, and those terms
are looked up all at once in a table of hashes. So the table is as long as the vocabulary, not the many times longer
list of all deletions that SymSpell keeps, and a typo may stand where the stem ends.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from index import tuning
from index.analysis import analyzer
from index.analysis.detection import script
from index.store.arrays import Stored

_STEP: Final = np.uint64(0x9E3779B97F4A7C15)
_PIECE: Final = 1 << 18


@dataclass(frozen=True, slots=True)
class Dictionary(Stored):
    """The vocabulary by hash: `hashes` uint64 [V] ascending, `terms` uint32 [V] their ids; `letters` uint32 [L]."""

    PREFIX = "spelling"

    hashes: npt.NDArray[np.uint64]
    terms: npt.NDArray[np.uint32]
    letters: npt.NDArray[np.uint32]

    def find(self, terms: Sequence[str]) -> npt.NDArray[np.int64]:
        """Return the id of each term, -1 for "" and for one that no article holds. No term has a line break."""
        ids = np.full(len(terms), -1)
        if not len(self.hashes) or not any(terms):
            return ids
        # All in one piece, because there are some hundreds of them.
        letters = np.frombuffer("\n".join(terms).encode(errors="surrogatepass"), np.uint8)
        breaks = letters == ord("\n")
        ends = np.append(np.flatnonzero(breaks), len(letters)) - np.arange(len(terms))
        is_term = np.diff(ends, prepend=0) > 0
        wanted = _hashes(letters[~breaks], np.append(0, ends[is_term]))
        places = np.minimum(np.searchsorted(self.hashes, wanted), len(self.hashes) - 1)
        ids[is_term] = np.where(self.hashes[places] == wanted, self.terms[places].astype(np.int64), -1)
        return ids


def dictionary(letters: npt.NDArray[np.uint8], offsets: npt.NDArray[np.int64]) -> Dictionary:
    """Return the dictionary of a stored vocabulary: its terms in UTF-8, and where each begins and ends."""
    hashes = np.empty(len(offsets) - 1, np.uint64)
    counts = np.zeros(0x110000, np.int64)
    for first in range(0, len(hashes), _PIECE):
        bounds = offsets[first : first + _PIECE + 1]
        piece = letters[bounds[0] : bounds[-1]]
        hashes[first : first + _PIECE] = _hashes(piece, bounds - bounds[0])
        codes = np.frombuffer(
            piece.tobytes().decode(errors="surrogatepass").encode("utf-32-le", "surrogatepass"), np.uint32
        )
        counts += np.bincount(codes, minlength=len(counts))
    order = np.argsort(hashes, kind="stable").astype(np.uint32)
    return Dictionary(hashes[order], order, np.array(_letters(counts), np.uint32))


def _letters(counts: npt.NDArray[np.int64]) -> list[int]:
    """Return the letters and vowel signs that terms are written with, from how often each code point occurs."""
    most: dict[str, int] = {}
    codes = [code for code in np.flatnonzero(counts).tolist() if not chr(code).isdigit()]
    for code in codes:
        most[script(chr(code))] = max(most.get(script(chr(code)), 0), int(counts[code]))
    return [code for code in codes if counts[code] > most[script(chr(code))] * tuning.SPELLING_RARE_LETTER]


def _hashes(letters: npt.NDArray[np.uint8], offsets: npt.NDArray[np.int64]) -> npt.NDArray[np.uint64]:
    """Return a polynomial of the bytes of every term; no term is empty."""
    if not len(letters):
        return np.empty(0, np.uint64)
    sizes = np.diff(offsets)
    powers = np.cumprod(np.full(int(sizes.max()), _STEP))
    place = np.arange(len(letters)) - np.repeat(offsets[:-1], sizes)
    return np.add.reduceat((letters.astype(np.uint64) + np.uint64(1)) * powers[place], offsets[:-1])


def candidates(word: str, language: str, known: Dictionary) -> dict[int, str]:
    """Return the ids of the terms that the folded `word` may have been meant for, each with the word it would then be.

    None for a word that is too short or too long, with a digit, or of a script that does not part words.
    """
    if not tuning.SPELLING_LEAST <= len(word) <= tuning.SPELLING_MOST or not analyzer.is_plain(word):
        return {}
    scripts = {script(letter) for letter in word}
    letters = [letter for letter in map(chr, known.letters.tolist()) if script(letter) in scripts]
    words = edits(word, letters)
    ids = known.find(analyzer.stem_words(words, language)).tolist()
    # Backwards, so that of several ways to a term the first stays.
    return {number: meant for meant, number in zip(reversed(words), reversed(ids), strict=True) if number >= 0}


def is_meant(word: str, meant: str, written: str) -> bool:
    """Return whether `written`, a form of the term that `meant` became, is what `word` was meant to be.

    It has to be one edit away itself, or to end a little otherwise than `meant`: a stemmer takes so much off that
    "opera" would become "operated", by way of "opere". Most short words are one edit away from another word, so of
    four letters only two may be swapped, of five none may be changed, and the first letter of a short one is trusted.

    >>> is_meant("elephnats", "elephants", "elephant"), is_meant("opera", "opere", "operated")
    (True, False)
    """
    if len(word) < tuning.SPELLING_LONG and word[0] != written[0] and word[1::-1] != written[:2]:
        return False
    same = 0
    while same < min(len(word), len(written)) and word[same] == written[same]:
        same += 1
    rest, other = word[same:], written[same:]
    if rest[1::-1] + rest[2:] == other:
        return True
    if len(word) > tuning.SPELLING_LEAST and (rest[1:] == other or rest == other[1:]):
        return True
    if len(word) > tuning.SPELLING_LEAST + 1 and rest[1:] == other[1:]:
        return True
    inflected = meant.startswith(written) or written.startswith(meant)
    return (
        len(word) > tuning.SPELLING_LEAST + 1 and inflected and abs(len(meant) - len(written)) <= tuning.SPELLING_ENDING
    )


def edits(word: str, letters: Iterable[str]) -> list[str]:
    """Return every other word at Damerau's distance 1 whose new letters are of `letters`; swaps first, then omissions.

    >>> edits("ab", ["a"])
    ['ba', 'b', 'a', 'aa', 'aab', 'aba']
    """
    places = range(len(word))
    letters = list(letters)
    swapped = [word[:i] + word[i + 1] + word[i] + word[i + 2 :] for i in places[:-1]]
    shorter = [word[:i] + word[i + 1 :] for i in places]
    changed = [word[:i] + letter + word[i + 1 :] for i in places for letter in letters]
    longer = [word[:i] + letter + word[i:] for i in range(len(word) + 1) for letter in letters]
    return [other for other in dict.fromkeys([*swapped, *shorter, *changed, *longer]) if other != word]
