"""Fold text so that words can be compared as they stand: for exact phrases, names of sources, forms of an alias.

Unlike the terms of `analysis`, a folded word keeps its ending: "bridges" is not "bridge".
"""

import re
import unicodedata
from functools import cache, lru_cache
from typing import Final

from index.analysis.folding import plain_letters
from index.analysis.han import has_han, simplify
from index.analysis.scripts import UNSPACED

# Vowel signs of the Indic scripts, which Python does not count as parts of a word.
_SIGNS: Final = "\u0900-\u0963\u0966-\u096f\u0971-\u0dff"
_ABBREVIATED: Final = re.compile(r"(?<![^\W\d_])([^\W\d_])\.(?=[^\W\d_](?:\W|$))")
_ASCII_WORDS: Final = re.compile("[a-z0-9]+")
_HAS_MARK: Final = re.compile("[.,٬]")
# So many words are remembered, about 5 MB, and none that is longer: scripts without spaces have few that come again.
_REMEMBERED: Final = 1 << 15
_REMEMBERED_LETTERS: Final = 32
_THOUSANDS: Final = re.compile(r"(?<=\d)[.,٬](?=\d{3}(?!\d))")


def fold_text(text: str) -> str:
    """Return the words of `text` without case, accents, invisible marks and punctuation, a space around each.

    >>> fold_text("The U.S. Minister’s 6,800 votes in São Paulo")
    ' the us minister s 6800 votes in sao paulo '
    """
    # Other letters cost forty times as much as ASCII, and the same words come again and again.
    words = _folded(text) if text.isascii() else " ".join(filter(None, map(_remembered, text.split())))
    return f" {words} " if words else ""


def is_unspaced(text: str) -> bool:
    """Return whether a script without spaces between words occurs in `text`."""
    return not text.isascii() and _unspaced().search(text) is not None


def _folded(text: str) -> str:
    """Return the words of `text` as above, a space between them."""
    text = text.replace("’", "'").casefold()
    is_ascii = text.isascii()
    if not is_ascii:
        # The Turkish dotted capital I takes its dot apart only when it is folded, hence casefold first.
        text = unicodedata.normalize("NFC", unicodedata.normalize("NFKD", text).translate(_plain_letters())).casefold()
        text = plain_letters(simplify(text) if has_han(text) else text)
    if _HAS_MARK.search(text):
        text = _THOUSANDS.sub("", _ABBREVIATED.sub(r"\1", text))
    return " ".join((_ASCII_WORDS if is_ascii else _words()).findall(text))


_recent = lru_cache(_REMEMBERED)(_folded)


def _remembered(word: str) -> str:
    return _recent(word) if len(word) <= _REMEMBERED_LETTERS else _folded(word)


# Compiled when they are first needed: their character classes take milliseconds.
@cache
def _words() -> re.Pattern[str]:
    return re.compile(rf"[{UNSPACED}]|(?:[^\W_{UNSPACED}]|[{_SIGNS}])+")


@cache
def _unspaced() -> re.Pattern[str]:
    return re.compile(f"[{UNSPACED}]")


@cache
def _plain_letters() -> dict[int, str | None]:
    """Return what single characters become: no accents and invisible marks, one form of Arabic letters and digits."""
    table: dict[int, str | None] = dict.fromkeys([0x00AD, 0x0640, 0x2060, 0xFEFF, *range(0x200B, 0x2010)])
    accents = ((0x300, 0x370), (0x483, 0x488), (0x591, 0x5C8), (0x610, 0x61B), (0x64B, 0x660), (0x670, 0x671))
    for low, high in (*accents, (0x6D6, 0x6EE)):
        # The Hebrew hyphen and full stop lie among the points.
        table.update(dict.fromkeys(code for code in range(low, high) if unicodedata.category(chr(code)) == "Mn"))
    table.update({ord(letter): plain for letter, plain in zip("ٱىيےكةەۀہھۃ", "ایییکهههههه", strict=True)})
    # Of the living scripts; the wide ones of East Asia have become ASCII by now.
    digits = (code for code in range(0x600, 0x1C60) if chr(code).isdecimal())
    table.update({code: str(unicodedata.decimal(chr(code))) for code in digits})
    return table
