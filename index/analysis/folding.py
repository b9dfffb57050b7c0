"""Fold the ways to write a word into one: case, width, accents, letter forms, invisible marks."""

import re
import unicodedata
from typing import Final

from index.analysis.languages import ARABIC_SCRIPT, FOLDS_FIRST, KEEPS_MARKS

# Soft hyphen, joiners, byte order mark, tatweel.
_UNSEEN: Final = dict.fromkeys([0x00AD, 0x200B, 0x200C, 0x200D, 0x2060, 0xFEFF, 0x0640])
_ARABIC: Final = str.maketrans("أإآٱىيئكةۀهؤےہھۃ", "اااایییکهههویههه")
# Letters that Unicode does not take apart, as they are typed where a keyboard lacks them.
_PLAIN: Final = str.maketrans(
    {"ł": "l", "ø": "o", "đ": "d", "ı": "i", "œ": "oe", "æ": "ae", "ð": "d", "þ": "th", "ħ": "h"}
)
_TURKISH: Final = str.maketrans("Iİ", "ıi")
# Few words hold one of these, and looking costs a third of translating.
_IS_PLAIN: Final = re.compile(f"[{''.join(map(chr, _PLAIN))}]")
_IS_UNSEEN: Final = re.compile(f"[{''.join(map(chr, _UNSEEN))}]")
_IS_ARABIC: Final = re.compile(f"[{''.join(map(chr, _ARABIC))}]")


def fold_word(word: str, language: str) -> str:
    """Return `word` without capitals, width and invisible marks; without accents where its language allows it.

    Where accents are part of what a stemmer knows, they stay until it has been at work.

    >>> fold_word("ＣＡＦＥ", "en")
    'cafe'
    """
    if language == "tr":
        word = word.translate(_TURKISH)
    if word.isascii():
        return word.casefold()
    word = unicodedata.normalize("NFKC", word).casefold()
    if _IS_UNSEEN.search(word):
        word = word.translate(_UNSEEN)
    # Case folding may decompose (the Turkish dotted capital I), so it is composed again.
    word = unicodedata.normalize("NFC", word)
    if language in ARABIC_SCRIPT:
        word = unify_arabic(word)
    return strip_accents(word, language) if language in FOLDS_FIRST else word


def strip_accents(word: str, language: str) -> str:
    """Return `word` without its accents, except in languages that make other letters of them, such as Vietnamese.

    >>> strip_accents("città", "it"), strip_accents("łódź", "pl"), strip_accents("cà", "vi")
    ('citta', 'lodz', 'cà')
    """
    if word.isascii() or language in KEEPS_MARKS:
        return word
    bare = unicodedata.normalize("NFKD", word)
    if any(map(unicodedata.combining, bare)):
        bare = "".join(c for c in bare if not unicodedata.combining(c))
    bare = unicodedata.normalize("NFC", bare.translate(_PLAIN))
    return unify_arabic(bare) if language in ARABIC_SCRIPT else bare


def plain_letters(text: str) -> str:
    """Return `text` with the letters that Unicode does not take apart as they are typed without them.

    >>> plain_letters("smørbrød"), plain_letters("cœur")
    ('smorbrod', 'coeur')
    """
    return text.translate(_PLAIN) if _IS_PLAIN.search(text) else text


def unify_arabic(text: str) -> str:
    """Return `text` with one form of each alef, yeh, kaf, teh marbuta and hamza that are written for one another."""
    return text.translate(_ARABIC) if _IS_ARABIC.search(text) else text


def is_invisible(letter: str) -> bool:
    """Return whether `letter` is one that is never seen by itself: a soft hyphen, a joiner, a tatweel."""
    return ord(letter) in _UNSEEN
