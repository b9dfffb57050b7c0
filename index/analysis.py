"""Text to terms, the same for articles and questions.

A text is cut into runs by one pattern, and every distinct run (a surface form) becomes terms once: the result is
remembered, so that stemming and folding cost by the vocabulary and not by the text. `index.words` says what
happens in which language.
"""

import re
import sys
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import chain
from typing import Any, Final

from index.words import ASKING, FOLDS_FIRST, KEEPS_MARKS, SNOWBALL

VERSION: Final = 1

# Scripts whose words are not set apart by spaces (Han, Kana) or whose words take endings that bigrams
# see through (Hangul): cut into bigrams.
_BIGRAM: Final = "\u3005\u3006\u3040-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff\uff66-\uff9f" + (
    "\U00020000-\U0003134f"
)
# Thai, Lao, Burmese, Khmer: no spaces either, several code points a syllable: cut into trigrams.
_TRIGRAM: Final = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff"
_JOINERS: Final = "\u00ad\u200b-\u200d\u2060\ufeff"
_HAN: Final = re.compile("[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003134f]")
_HAN_UNIGRAM_WEIGHT: Final = 0.3

_INVISIBLE: Final = dict.fromkeys([0x00AD, 0x200B, 0x200C, 0x200D, 0x2060, 0xFEFF, 0x0640])
_ARABIC: Final = str.maketrans("أإآٱىيئكةۀهؤے", "ااااییییهههوی".replace("ییییههه", "ییی" + "ک" + "ههه"))
_THOUSANDS: Final = re.compile(r"[.,٬’'](?=\d{3}(?!\d))")
_DECIMAL: Final = re.compile(r"[,٫ر](?=\d)")
_ACRONYM: Final = re.compile(r"(?:\w\.){2,}\w?|(?:\w\.)+\w")


@cache
def _marks() -> str:
    r"""The combining marks as the inside of a character class: `\w` leaves them out and so cuts Hindi words."""
    ranges: list[list[int]] = []
    for code in chain(range(0x300, 0x3000), range(0xA000, 0xAC00), range(0xFB00, 0xFF00), range(0x10A00, 0x11F00)):
        if unicodedata.category(chr(code))[0] == "M":
            if ranges and ranges[-1][1] == code - 1:
                ranges[-1][1] = code
            else:
                ranges.append([code, code])
    return "".join(f"{chr(low)}-{chr(high)}" for low, high in ranges)


@cache
def _pattern() -> re.Pattern[str]:
    marks = _marks()
    letter = rf"[^\W\d_{_BIGRAM}{_TRIGRAM}]"
    inside = rf"(?:[^\W_{_BIGRAM}{_TRIGRAM}]|[{marks}{_JOINERS}])"
    return re.compile(
        rf"\d+(?:[.,٫٬]\d+)+"  # numbers with separators
        rf"|(?:{letter}\.){{2,}}(?:{letter}(?!{inside}))?"  # U.S. and U.S
        rf"|(?:[^\W_{_BIGRAM}{_TRIGRAM}]){inside}*(?:['’ʼ\-‐‑]{inside}+)*"  # words, with apostrophes and hyphens
        rf"|[{_BIGRAM}]+|[{_TRIGRAM}{marks}]+"
    )


@dataclass(frozen=True, slots=True)
class Term:
    """A term of a text and where it came from: `text[start:end]` is the surface form, in code points."""

    term: str
    start: int
    end: int


class _Memo(dict[str, tuple[str, ...]]):
    """Surface form to terms, filled on demand; one for each language."""

    LIMIT = 2_000_000

    def __init__(self, language: str) -> None:
        super().__init__()
        self.language = language
        self.asking = frozenset(_fold(word, language) for word in ASKING.get(language, ()))
        self.stem = _stemmer(language)

    def __missing__(self, surface: str) -> tuple[str, ...]:
        if len(self) >= self.LIMIT:
            self.clear()
        terms = tuple(map(sys.intern, _terms(surface, self)))
        self[surface] = terms
        return terms


def _stemmer(language: str) -> Any:
    """The Snowball stemmer's function from word to stem, or None. PyStemmer ships no types."""
    name = SNOWBALL.get(language)
    if name is None:
        return None
    import Stemmer

    # Our own memo is larger than the stemmer's cache would be.
    return Stemmer.Stemmer(name, 0).stemWord if name in Stemmer.algorithms() else None


@cache
def _memo(language: str) -> _Memo:
    return _Memo(language)


def _fold(word: str, language: str) -> str:
    """Case, width, invisible marks and, where the language allows, accents folded."""
    word = unicodedata.normalize("NFKC", word).casefold().translate(_INVISIBLE)
    if word.isascii():
        return word
    return _unaccented(word, language) if language in FOLDS_FIRST else word


def _unaccented(word: str, language: str) -> str:
    if word.isascii() or language in KEEPS_MARKS:
        return unicodedata.normalize("NFC", word)
    bare = "".join(c for c in unicodedata.normalize("NFKD", word) if not unicodedata.combining(c))
    return unicodedata.normalize("NFC", bare).translate(_ARABIC)
