"""The words that a reader of a page sees, with their boxes: characters put together, the page turned upright.

What nobody sees is left out: text that is invisible, white on white, off the page, turned another way than the page,
or drawn a second time to look bold.
"""

import unicodedata
from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import groupby, pairwise
from typing import Final

from index.sources.pdf.pdfium import PageText, Style
from index.sources.pdf.turned import Glyph, is_one, is_rtl, ligatures_in_order, turned_back

Box = tuple[float, float, float, float]

SOFT_HYPHEN: Final = "\xad"
# How fonts of symbols name their bullets, and old fonts their figures and small capitals.
_PRIVATE: Final = (
    dict.fromkeys("\uf0b7\uf0a7\uf076\uf0d8\uf0fc\uf06c\uf06e\uf0a8", "•")
    | {chr(0xF730 + digit): str(digit) for digit in range(10)}
    | {chr(0xF761 + letter): chr(ord("a") + letter) for letter in range(26)}
)
# In parts of the size of the type: a wider gap parts words; two texts nearer than this are one that is drawn twice.
_WORD_GAP, _GUESSED_GAP, _BACKWARDS, _TWICE = 0.28, 0.08, -0.5, 0.2
_SMALLEST = 1.0
_ON_A_LINE = 100
_TEXT_LAYER, _SCANNED = 4, 0.5
_GRID = 64


@dataclass(slots=True)
class Word:
    """Characters that stand together on one line: `spaced` where a blank follows them.

    `glyphs` holds each of them with its place, but only where a right-to-left script is among them.
    """

    text: str
    x0: float
    x1: float
    base: float
    size: float
    bold: bool
    fixed: bool
    spaced: bool = False
    glyphs: list[Glyph] = field(default_factory=list)

    @property
    def y0(self) -> float:
        """Return the lower edge of its letters."""
        return self.base - 0.22 * self.size

    @property
    def y1(self) -> float:
        """Return the upper edge of its letters."""
        return self.base + 0.75 * self.size


@dataclass(slots=True)
class PageWords:
    """The words of a page, its sides when upright, and how many of its characters have no meaning (U+FFFD), or one."""

    words: list[Word]
    sides: tuple[float, float] = (0.0, 0.0)
    unknown: int = 0
    known: int = 0


def words_of(page: PageText, look_behind: Callable[[PageText], None]) -> PageWords:
    """Return the words of a page; `look_behind` adds what is drawn beside text, and is called only where needed."""
    seen = _seen(page, look_behind)
    if not seen:
        return PageWords([])
    quarters = {style.quarter for style in seen.values()}
    quarter = quarters.pop()
    if quarters:
        counted = Counter(style.quarter for style in page.styles if style is not None and id(style) in seen)
        [(quarter, _)] = counted.most_common(1)
    return _Gathered(page, {key for key, style in seen.items() if style.quarter == quarter}, quarter or 0).finished()


def _seen(page: PageText, look_behind: Callable[[PageText], None]) -> dict[int, Style]:
    """Return the styles, by identity, whose characters a reader sees, or would have heard read from a scan's text."""
    upright = {id(style): style for style in page.looks if style.quarter is not None and style.size >= _SMALLEST}
    hidden = {key for key, style in upright.items() if style.hidden}
    white = {key for key, style in upright.items() if style.white and key not in hidden}
    if not hidden and not white:
        return upright
    look_behind(page)
    shown = {key: style for key, style in upright.items() if key not in hidden}
    if white:
        covered = _covered(page)
        for place, style in enumerate(page.styles):
            if style is not None and id(style) in white:
                white.discard(id(style))
                left, top, right, bottom = page.boxes[place]
                if not covered((left + right) / 2, (bottom + top) / 2):
                    del shown[id(style)]
    counts = Counter(id(style) for style in page.styles if style is not None)
    of_layer = sum(counts[key] for key in hidden)
    if page.pictures >= _SCANNED and _TEXT_LAYER * sum(counts[key] for key in shown) < of_layer:
        return {key: upright[key] for key in hidden}
    return shown


def _covered(page: PageText) -> Callable[[float, float], bool]:
    """Return whether something is drawn at a place, to a 64th of the page."""
    left, bottom, right, top = page.box
    across, up = ((right - left) or 1) / _GRID, ((top - bottom) or 1) / _GRID
    rows = [bytearray(_GRID) for _ in range(_GRID)]

    def cell(x: float, y: float) -> tuple[int, int]:
        return (
            max(0, min(_GRID - 1, int((x - left) / across))),
            max(0, min(_GRID - 1, int((y - bottom) / up))),
        )

    for x0, y0, x1, y1 in page.drawn:
        (first, low), (last, high) = cell(x0, y0), cell(x1, y1)
        for row in rows[low : high + 1]:
            row[first : last + 1] = b"\1" * (last + 1 - first)
    return lambda x, y: bool(rows[cell(x, y)[1]][cell(x, y)[0]])


class _Gathered:
    """Words as their characters are met. The loop over these is most of what a page costs."""

    def __init__(self, page: PageText, used: set[int], quarter: int) -> None:
        turned = _turning(quarter)
        self._page, self._used = page, used
        left, bottom, right, top = page.box
        corners = [turned(left, bottom), turned(right, top)]
        (self._left, self._right), (self._low, self._high) = (sorted(sides) for sides in zip(*corners, strict=True))
        self._spans = (
            [(box[0], box[2]) for box in page.boxes]
            if not quarter
            else [_span(turned(box[0], box[1])[0], turned(box[2], box[3])[0]) for box in page.boxes]
        )
        self._bases = {id(style): turned(*style.baseline)[1] for style in page.looks}
        self._words: list[Word] = []
        # The word that is open: its characters with their edges, and how it looks.
        self._open: list[Glyph] = []
        self._style: Style | None = None

    def finished(self) -> PageWords:
        """Return the words of the page."""
        page, used, bases, left, right = self._page, self._used, self._bases, self._left, self._right
        unknown = known = 0
        # PDFium guesses that a blank stands here; where letters touch, none does.
        guessed = False
        for code, (x0, x1), style in zip(turned_back(page.codes), self._spans, page.styles, strict=True):
            if style is None:
                guessed |= code == 0x20
                continue
            sign = _sign(code)
            if sign == " " or id(style) not in used:
                self._close(spaced=sign == " ")
            elif sign == "\ufffd":
                unknown += 1
            elif sign and left <= (x0 + x1) / 2 <= right and self._low <= bases[id(style)] <= self._high:
                known += 1
                if self._open and not self._goes_on(x0, x1, style, sign, guessed=guessed):
                    self._close(spaced=False)
                if not self._open:
                    self._style = style
                self._open.append((x0, x1, sign))
                guessed = False
        self._close(spaced=False)
        words = _once(_straightened(self._words))
        return PageWords(words, (left, right), unknown, known)

    def _goes_on(self, x0: float, x1: float, style: Style, sign: str, *, guessed: bool) -> bool:
        size, before = style.size, self._style
        if before is not style and before is not None:
            if abs(self._bases[id(before)] - self._bases[id(style)]) > 0.1 * size:
                return False
            if abs(size - before.size) > 0.1 * size or before.bold != style.bold:
                return False
        left, right, _ = self._open[-1]
        widest = (_GUESSED_GAP if guessed else _WORD_GAP) * size
        least = _BACKWARDS * size
        if least < x0 - right < widest or least < left - x1 < widest:
            return True
        # A ligature, or a mark on the letter before it.
        return (left, right) == (x0, x1) or bool(unicodedata.combining(sign))

    def _close(self, *, spaced: bool) -> None:
        glyphs, style = self._open, self._style
        if not glyphs or style is None:
            if spaced and self._words and not glyphs:
                self._words[-1].spaced = True
            return
        text = "".join([sign for _, _, sign in glyphs])
        if "..." in text and is_one(glyphs, "..."):
            # PDFium takes it apart in lines from right to left.
            glyphs = [
                (one[0], one[1], "…") if one[2] == "." and len(list(group)) > 1 else one
                for one, group in groupby(glyphs)
            ]
            text = "".join([sign for _, _, sign in glyphs])
        rtl = is_rtl(text)
        if not rtl and any(after[0] + after[1] < 2 * one[0] for one, after in pairwise(glyphs)):
            # PDFium turned signs and numbers round that stand among words from right to left.
            glyphs.sort(key=lambda glyph: glyph[0] + glyph[1])
            text = "".join([sign for _, _, sign in glyphs])
        # Marks reach beyond their letters.
        wide = glyphs if text.isascii() else [one for one in glyphs if not unicodedata.combining(one[2])] or glyphs
        self._words.append(
            Word(
                text,
                min([x0 for x0, _, _ in wide]),
                max([x1 for _, x1, _ in wide]),
                *(self._bases[id(style)], style.size, style.bold, style.fixed, spaced),
                glyphs if rtl else [],
            )
        )
        self._open = []


def _turning(quarter: int) -> Callable[[float, float], tuple[float, float]]:
    """Return what turns the places of a page so that its text runs from left to right."""
    turns: tuple[Callable[[float, float], tuple[float, float]], ...] = (
        lambda x, y: (x, y),
        lambda x, y: (y, -x),
        lambda x, y: (-x, -y),
        lambda x, y: (-y, x),
    )
    return turns[quarter]


def _span(one: float, other: float) -> tuple[float, float]:
    return (one, other) if one <= other else (other, one)


@lru_cache(maxsize=1 << 14)
def _sign(code: int) -> str:
    """Return the character of a code: " " for any blank, U+FFFD where it has no meaning, "" where it shows nothing."""
    if code == 2:
        # PDFium's mark for a hyphen at a line's end.
        return "-"
    if code > 0x10FFFF or code == 0:
        return "\ufffd"
    sign = _PRIVATE.get(chr(code), chr(code))
    if sign.isspace():
        return " "
    shown = sign.isprintable() or sign == SOFT_HYPHEN or "\ud800" <= sign <= "\udfff" or "\ue000" <= sign <= "\uf8ff"
    return sign if shown else ""


def _straightened(words: list[Word]) -> list[Word]:
    """Put the letters of right-to-left ligatures in order."""
    rtl = [word for word in words if word.glyphs]
    for word, glyphs in zip(rtl, ligatures_in_order([word.glyphs for word in rtl]), strict=True):
        if glyphs is not word.glyphs:
            word.glyphs = glyphs
            word.text = "".join(sign for _, _, sign in glyphs)
    return words


def _once(words: list[Word]) -> list[Word]:
    """Leave out words that are drawn again at the same place."""
    # By text and height: a word stands but a few times on one line.
    places: dict[tuple[str, int], list[Word]] = defaultdict(list)
    kept: list[Word] = []
    for word in words:
        near = _TWICE * word.size
        heights = {int(word.base - near), int(word.base), int(word.base + near)}
        if not any(
            abs(word.x0 - other.x0) < near and abs(word.base - other.base) < near
            for height in heights
            for other in places.get((word.text, height), ())[-_ON_A_LINE:]
        ):
            places[word.text, int(word.base)].append(word)
            kept.append(word)
    return kept
