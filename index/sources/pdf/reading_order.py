"""Words on a line put in the order in which people read them, right-to-left scripts too."""

import re
import unicodedata
from bisect import bisect_left
from collections.abc import Sequence
from itertools import groupby

from index.analysis.scripts import letters
from index.sources.pdf.turned import Glyph
from index.sources.pdf.words import Word

# In parts of the size of the type: so far apart, two words have a blank between them.
_BLANK = 0.12
_WIDE_BLANK = 0.6
_UNSPACED = re.compile(f"[{letters('cjk stops', 'han marks', 'cjk brackets', 'kana', 'han', 'full width')}]")
_FORMS = re.compile("[\ufb1d-\ufdff\ufe70-\ufeff\ufb00-\ufb06]+")
_FACING = {pair[side]: pair[1 - side] for pair in ("()", "[]", "{}", "<>", "«»", "‹›") for side in (0, 1)}
_CLOSED_BY = dict(zip("([{«‹", ")]}»›", strict=True))
_CLOSERS = frozenset(_CLOSED_BY.values())
# A bracket that can only open (a word behind it, none before), or only close.
_OUTSIDE = r"(?<![^\s(\[{«<“‘])%s(?=[^\s)\]}»>”’.,:;!?،؛؟])|(?<=[^\s(\[{«<“‘])%s(?![^\s)\]}»>”’.,:;!?،؛؟])"
_OPENING, _CLOSING = r"[(\[{«<]", r"[)\]}»>]"
_ROUND, _STRAIGHT = re.compile(_OUTSIDE % (_CLOSING, _OPENING)), re.compile(_OUTSIDE % (_OPENING, _CLOSING))
# What holds a number together, and what stands before one or a word.
_IN_ARABIC, _IN_HEBREW = ("CS",), ("CS", "ES")
_BEFORE = "#"
_LEFT_TO_RIGHT, _RIGHT_TO_LEFT = frozenset(("L", "EN", "AN")), frozenset(("R", "AL"))
# In parts of the size of the type: so far beside a letter, a mark still stands on it.
_ON = 0.15
_ADDRESS = 80


def runs_from_right(words: Sequence[Word]) -> bool:
    """Return whether most letters of the words of a line are of a right-to-left script."""
    if not any(word.glyphs for word in words):
        return False
    letters_of = [(sum(map(str.isalpha, word.text)), bool(word.glyphs)) for word in words]
    return 2 * sum(count for count, turned in letters_of if turned) > sum(count for count, _ in letters_of)


def is_arabic(text: str) -> bool:
    """Return whether a text holds a letter of the Arabic script, or of one that Unicode treats alike.

    >>> is_arabic("شاي"), is_arabic("תה")
    (True, False)
    """
    return not text.isascii() and any(unicodedata.bidirectional(sign) == "AL" for sign in text)


def line_text(words: Sequence[Word], *, leads: bool | None = None, arabic: bool = False) -> str:
    """Return the text of the words of one line, sorted from left to right.

    `leads` where the line runs from right to left; left out, most of its letters tell. `arabic` where the lines beside
    it hold Arabic letters.

    >>> def word(text, x): return Word(text, x, x + 5 * len(text), 0.0, 10.0, False, False)
    >>> line_text([word("low", 0), word("tide", 20)])
    'low tide'
    """
    if not leads and not any(word.glyphs for word in words):
        return _plain(words)
    arabic = arabic or any(is_arabic(word.text) for word in words if word.glyphs)
    return _bidirectional(words, leads=runs_from_right(words) if leads is None else leads, arabic=arabic)


def has_blank(left: Word, right: Word) -> bool:
    """Return whether two neighbours on a line, from left to right, have a blank between them."""
    size = left.size if left.size > right.size else right.size
    gap = right.x0 - left.x1
    if not left.text.isascii() and _UNSPACED.match(left.text[-1]) and _UNSPACED.match(right.text[0]):
        return gap > _WIDE_BLANK * size
    return left.spaced or gap > _BLANK * size


def common_letters(text: str) -> str:
    """Return a text with common letters for presentation forms and ligatures.

    >>> common_letters("\\ufefb \\ufb01")
    'لا fi'
    """
    return text if text.isascii() else _FORMS.sub(lambda found: unicodedata.normalize("NFKC", found[0]), text)


def _facing(found: re.Match[str]) -> str:
    """Return a bracket turned round: most programs store the shape that stands on the page, some the character."""
    return _FACING[found[0]]


def _plain(words: Sequence[Word]) -> str:
    parts: list[str] = []
    before: Word | None = None
    for word in words:
        if before is not None and has_blank(before, word):
            parts.append(" ")
        parts.append(word.text)
        before = word
    return common_letters("".join(parts))


def _bidirectional(words: Sequence[Word], *, leads: bool, arabic: bool) -> str:
    """Return the text of a line that holds right-to-left letters; `leads` where the line itself runs that way."""
    clusters: list[str] = []
    middles: list[float] = []
    stray: list[Glyph] = []
    before: Word | None = None
    for word in words:
        # A blank that PDFium tells of follows in the order of reading: here only the gap says on which side.
        if before is not None and word.x0 - before.x1 > _BLANK * max(before.size, word.size):
            clusters.append(" ")
            middles.append((before.x1 + word.x0) / 2)
        for left, right, text in _clusters(word, stray):
            clusters.append(text)
            middles.append((left + right) / 2)
        before = word
    _attach(stray, clusters, middles)
    text = common_letters("".join(_in_order(clusters, leads=leads, arabic=arabic)))
    # One word alone may have its bracket on the wrong side: the writer's slip.
    turned = len(_ROUND.findall(text))
    if not turned or turned <= len(_STRAIGHT.findall(text)) or _is_closed(text):
        return text
    return _ROUND.sub(_facing, text)


def _is_closed(text: str) -> bool:
    """Return whether each bracket of a text is closed by its like, in order."""
    opened: list[str] = []
    for sign in text:
        if sign in _CLOSED_BY:
            opened.append(_CLOSED_BY[sign])
        elif sign in _CLOSERS and (not opened or opened.pop() != sign):
            return False
    return not opened


def _clusters(word: Word, stray: list[Glyph]) -> list[Glyph]:
    """Return the characters of a word from left to right, marks and ligatures with the letter they belong to.

    A mark that does not stand on the letter before it goes to `stray`.
    """
    if not word.glyphs:
        wide = (word.x1 - word.x0) / max(1, len(word.text))
        return [(word.x0 + at * wide, word.x0 + (at + 1) * wide, sign) for at, sign in enumerate(word.text)]
    groups: list[Glyph] = []
    for x0, x1, sign in word.glyphs:
        if unicodedata.combining(sign):
            near = _ON * word.size
            if groups and groups[-1][2][0].isalpha() and groups[-1][0] - near <= (x0 + x1) / 2 <= groups[-1][1] + near:
                left, right, text = groups[-1]
                groups[-1] = (left, right, text + sign)
            else:
                stray.append((x0, x1, sign))
        elif groups and (x0, x1) == groups[-1][:2]:
            left, right, text = groups[-1]
            groups[-1] = (left, right, text + sign)
        else:
            groups.append((x0, x1, sign))
    groups.sort(key=lambda glyph: glyph[0] + glyph[1])
    return groups


def _attach(stray: Sequence[Glyph], clusters: list[str], middles: Sequence[float]) -> None:
    """Put marks onto the nearest letter of their line."""
    letters_at = [at for at, cluster in enumerate(clusters) if cluster[0].isalpha()]
    places = [middles[at] for at in letters_at]
    for x0, x1, sign in stray:
        if not places:
            continue
        found = bisect_left(places, (x0 + x1) / 2)
        near = range(max(0, found - 1), min(len(places), found + 1))
        nearest = min(near, key=lambda at: abs(places[at] - (x0 + x1) / 2))
        clusters[letters_at[nearest]] += sign


def _in_order(clusters: Sequence[str], *, leads: bool, arabic: bool) -> list[str]:
    """Return what stands from left to right in the order of reading."""
    from_left = _from_left(clusters, leads=leads, arabic=arabic)
    ordered: list[str] = []
    if leads:
        for stays, group in groupby(reversed(range(len(clusters))), key=from_left.__getitem__):
            part = [clusters[at] for at in group]
            ordered += reversed(part) if stays else [_FACING.get(cluster, cluster) for cluster in part]
        return ordered
    for stays, group in groupby(range(len(clusters)), key=from_left.__getitem__):
        part = [clusters[at] for at in group]
        ordered += part if stays else _in_order(part, leads=True, arabic=arabic)
    return ordered


def _from_left(clusters: Sequence[str], *, leads: bool, arabic: bool) -> list[bool]:
    """Return which characters of a line are read from left to right, by the rules of Unicode's algorithm in reverse.

    Between Arabic letters a number holds together by a single "." or the like, and two numbers follow each other from
    right to left; Latin words with the numbers behind them are one text, but for an address, or a word in brackets:
    these are whole. Elsewhere, and behind Latin words, a sign of measure belongs to the number it touches: "50%".
    """
    kinds = [unicodedata.bidirectional(cluster[0]) for cluster in clusters]
    found = [kind in _LEFT_TO_RIGHT if leads else kind not in _RIGHT_TO_LEFT for kind in kinds]
    last, opened = -1, 0
    latin = False
    for at, kind in enumerate(kinds):
        if leads and kind in _LEFT_TO_RIGHT:
            between = "".join(clusters[last + 1 : at])
            opened = _still_open(between, opened) if last >= 0 else 0
            whole = opened < 0 or (between.isspace() and _is_address(clusters[max(0, last + 1 - _ADDRESS) : last + 1]))
            apart = latin and kind != "L" and whole
            joins = last >= 0 and not apart and (latin or _holds(between, kind, arabic=arabic))
            if joins:
                found[last + 1 : at] = [True] * (at - last - 1)
            else:
                opened = 0
            latin = kind == "L" or (joins and latin)
            last = at
            if not arabic and kind == "EN" and at and kinds[at - 1] == "ET":
                found[at - 1] = True
        elif leads and kind == "ET" and 0 <= last == at - 1 and kinds[last] == "EN" and (latin or not arabic):
            found[at] = clusters[at] != _BEFORE
            last = at if found[at] else last
        elif kind in _RIGHT_TO_LEFT:
            if not leads and last >= 0:
                found[last + 1 : at] = [False] * (at - last - 1)
            latin = False
            last = -1 if leads else at
        elif not leads and kind == "L":
            last = -1
    return found


def _is_address(clusters: Sequence[str]) -> bool:
    """Return whether what stands from left to right ends with an address of mail."""
    return "@" in "".join(clusters).rpartition(" ")[2]


def _still_open(between: str, opened: int) -> int:
    """Return how many brackets are open behind a part of a line; -1 where one is closed that was not opened."""
    for sign in between:
        opened += (sign in "([{") - (sign in ")]}")
        if opened < 0:
            return -1
    return opened


def _holds(between: str, kind: str, *, arabic: bool) -> bool:
    """Return whether what stands between two numbers makes them one: "3,5", and in Hebrew "3-5"."""
    if not between:
        return True
    return (
        kind != "L"
        and len(between) == 1
        and unicodedata.bidirectional(between) in (_IN_ARABIC if arabic else _IN_HEBREW)
    )
