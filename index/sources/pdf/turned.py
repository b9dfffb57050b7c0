"""What PDFium turns round in lines from right to left, put back: brackets, curly quotes, letters within ligatures."""

import unicodedata
from collections import Counter
from collections.abc import Sequence
from itertools import groupby, pairwise
from typing import Final

# A character that belongs to a right-to-left script: its left and right edge, and itself.
Glyph = tuple[float, float, str]

_ALEFS: Final = "اأإآٱ"
_LAM: Final = "ل"
_ALLAH: Final = "الله"
# PDFium turns quotes as it does brackets, though they have no mirror images in Unicode.
_TURNED: Final = {
    ord(pair[side]): ord(pair[1 - side]) for pair in ("“”", "‘’", "()", "[]", "{}", "<>", "«»", "‹›") for side in (0, 1)
}
_FIRST_RTL, _LINE_ENDS, _RTL_KINDS = 0x590, frozenset((0x0A, 0x0D)), frozenset(("R", "AL"))


def is_rtl(text: str) -> bool:
    """Return whether a text holds a letter of a right-to-left script.

    >>> is_rtl("14 شهرا"), is_rtl("AIS, 14")
    (True, False)
    """
    return not text.isascii() and any(
        "\u0590" <= sign <= "\u08ff" or "\ufb1d" <= sign <= "\ufdff" or "\ufe70" <= sign <= "\ufefc" for sign in text
    )


def turned_back(codes: list[int]) -> list[int]:
    """Return the characters of a page with its brackets and curly quotes as the document has them.

    PDFium turns them behind a right-to-left letter, up to the next letter of another script; before the first letter
    of a line where it holds as many words from right to left as others, or more.
    """
    if _TURNED.keys().isdisjoint(codes) or max(codes) < _FIRST_RTL or not is_rtl("".join(map(_letter, set(codes)))):
        return codes
    found: list[int] = []
    start = 0
    for at, code in enumerate(codes):
        if code in _LINE_ENDS or at + 1 == len(codes):
            found += _line_back(codes[start : at + 1])
            start = at + 1
    return found


def _line_back(codes: list[int]) -> list[int]:
    if _TURNED.keys().isdisjoint(codes):
        return codes
    kinds = [unicodedata.bidirectional(_letter(code)) for code in codes]
    words = Counter(group for group, _ in groupby("R" if kind in _RTL_KINDS else kind for kind in kinds))
    turned = words["R"] > 0 and words["R"] >= words["L"]
    found: list[int] = []
    for code, kind in zip(codes, kinds, strict=True):
        if kind == "L" or kind in _RTL_KINDS:
            turned = kind != "L"
        found.append(_TURNED.get(code, code) if turned else code)
    return found


def _letter(code: int) -> str:
    return chr(code) if code <= 0x10FFFF else "\ufffd"


def ligatures_in_order(words: list[list[Glyph]]) -> list[list[Glyph]]:
    """Return the characters of right-to-left words with those of ligatures in order.

    Where PDFium turned a line round, it turned the letters within a ligature too: lam-alef shows that, as no font has
    an alef-lam, and the other ligatures of the page are as it is.
    """
    turned = straight = 0
    for word in words:
        for first, second in pairwise(word):
            if first[:2] == second[:2]:
                turned += first[2] in _ALEFS and second[2] == _LAM
                straight += first[2] == _LAM and second[2] in _ALEFS
        turned += is_one(word, _ALLAH[::-1])
        straight += is_one(word, _ALLAH)
    return [_straight(word, others=not straight) for word in words] if turned else words


def is_one(word: Sequence[Glyph], signs: str) -> bool:
    """Return whether a word holds signs that stand at one place, as one character of the document."""
    at = "".join(sign for _, _, sign in word).find(signs)
    return at >= 0 and len({glyph[:2] for glyph in word[at : at + len(signs)]}) == 1


def _straight(word: list[Glyph], *, others: bool) -> list[Glyph]:
    found: list[Glyph] = []
    for _, group in groupby(word, key=lambda glyph: glyph[:2]):
        ligature = list(group)
        signs = [sign for _, _, sign in ligature]
        is_lam_alef = len(signs) == 2 and _LAM in signs and any(sign in _ALEFS for sign in signs)
        turned = len(signs) > 1 and (signs[0] in _ALEFS if is_lam_alef else others)
        found += ligature[::-1] if turned else ligature
    return found
