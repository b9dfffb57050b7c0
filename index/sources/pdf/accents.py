"""Accents that a document draws apart from their letters, as old fonts of TeX do: put together with these."""

import unicodedata
from typing import Final

from index.sources.pdf.turned import Glyph

_COMBINING: Final = dict(
    zip(
        "\u00a8\u00b4`\u02c6^\u02dc~\u00af\u02d8\u02d9\u02da\u02dd\u02c7\u00b8\u02db",
        "\u0308\u0301\u0300\u0302\u0302\u0303\u0303\u0304\u0306\u0307\u030a\u030b\u030c\u0327\u0328",
        strict=True,
    )
)
_DOTLESS: Final = {"\u0131": "i", "\u0237": "j"}


def is_accent(sign: str) -> bool:
    """Return whether a character may be an accent drawn apart from its letter."""
    return sign in _COMBINING


def composed(glyphs: list[Glyph]) -> list[Glyph]:
    """Return the characters of a word with one letter for an accent and the letter it stands on.

    >>> composed([(2.0, 6.0, "\u00a8"), (1.0, 7.0, "o"), (7.0, 10.0, "l")])
    [(1.0, 7.0, 'ö'), (7.0, 10.0, 'l')]
    """
    found: list[Glyph] = []
    for x0, x1, sign in glyphs:
        if found and (letter := _letter(found[-1], (x0, x1, sign)) or _letter((x0, x1, sign), found[-1])):
            found[-1] = letter
        else:
            found.append((x0, x1, sign))
    return found


def _letter(accent: Glyph, base: Glyph) -> Glyph | None:
    """Return the letter that an accent makes of another, where it stands on it."""
    x0, x1, sign = base
    mark = _COMBINING.get(accent[2])
    if mark is None or not sign.isalpha() or not x0 <= (accent[0] + accent[1]) / 2 <= x1:
        return None
    whole = unicodedata.normalize("NFC", _DOTLESS.get(sign, sign) + mark)
    return (x0, x1, whole) if len(whole) == 1 else None
