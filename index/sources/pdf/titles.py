"""The title of a document: the one that it states, else what stands out on its first page."""

import unicodedata
from collections.abc import Sequence

from index.sources.fields import leftovers
from index.sources.pdf.look import Look
from index.sources.pdf.pieces import Piece

_LARGER = 1.12
# What stands beside letters of other scripts, in words too.
_MIXED = frozenset(
    (
        *("", "LATIN", "GREEK", "CJK", "HIRAGANA", "KATAKANA", "KATAKANA-HIRAGANA", "HANGUL", "FULLWIDTH"),
        *("HALFWIDTH", "MODIFIER", "FEMININE", "MASCULINE", "MICRO", "OHM", "ANGSTROM", "KELVIN", "MATHEMATICAL"),
        *("DOUBLE-STRUCK", "SCRIPT", "BLACK-LETTER", "IDEOGRAPHIC"),
    )
)
_TITLE_WORDS, _LEAST_LETTERS = 40, 2


def stated_title(value: str, beginning: str) -> str | None:
    """Return the title that a document states of itself, None where it is a leftover of the program that made it.

    One word alone is only believed where the document begins with it: `beginning` is its first text, case-folded.

    >>> stated_title("Microsoft Word - draft.docx", ""), stated_title("x1a", "lamp oil"), stated_title("On Eels", "")
    (None, None, 'On Eels')
    """
    title = leftovers.stated_title(value)
    if sum(map(str.isalpha, title)) < _LEAST_LETTERS:
        return None
    if title.casefold() in beginning:
        return title
    known_word = title.count(" ") or any("\u3000" < sign < "\uffa0" for sign in title)
    return title if known_word and "_" not in title else None


def is_garbled(text: str) -> bool:
    """Return whether a word of `text` is of scripts that stand in no word together: its font names other letters.

    >>> is_garbled("ୀهหوঈ"), is_garbled("東京タワー"), is_garbled("α-Ketten")
    (True, False, False)
    """
    if text.isascii():
        return False
    return any(len(_scripts(word)) > 1 for word in text.split() if not word.isascii())


def _scripts(word: str) -> set[str]:
    names = {unicodedata.name(letter, "").partition(" ")[0] for letter in word if letter.isalpha()}
    return names - _MIXED


def largest(pieces: Sequence[Piece], look: Look) -> Piece | None:
    """Return the piece of the first page that stands out most: the largest heading, else a bold one at the top."""
    first = [
        piece
        for piece in pieces
        if piece.page == pieces[0].page
        and piece.kind in ("heading", "paragraph", "entry")
        and sum(map(str.isalpha, piece.text)) > 1
        and not is_garbled(piece.text)
        and sum(len(line.text.split()) for line in piece.lines) <= _TITLE_WORDS
    ]
    if not first:
        return None
    most = max(piece.lines[0].size for piece in first)
    others = [piece.lines[0].size for piece in pieces if piece is not first[0]]
    if most >= _LARGER * look.size or (others and first[0].lines[0].size >= _LARGER * max(others)):
        return next(piece for piece in first if piece.lines[0].size > 0.98 * most)
    return first[0] if first[0].kind == "heading" and first[0] is pieces[0] else None
