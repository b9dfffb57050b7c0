"""The words that a reader of a page sees, with their boxes: characters put together, the page turned upright.

What nobody sees is left out (`index.sources.pdf.visible`), and text that is off the page, turned another way than the
page, or drawn a second time to look bold.
"""

import unicodedata
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import groupby, pairwise
from typing import Final

import numpy as np
from numpy.typing import NDArray

from index.sources.pdf.accents import composed, is_accent
from index.sources.pdf.pdfium import HYPHEN, PageText, Style
from index.sources.pdf.turned import Glyph, is_one, is_rtl, ligatures_in_order, turned_back
from index.sources.pdf.visible import numbers_seen

SOFT_HYPHEN: Final = "\xad"
# How fonts of symbols name their bullets, and old fonts their figures and small capitals.
_PRIVATE: Final = (
    dict.fromkeys("\uf0b7\uf0a7\uf076\uf0d8\uf0fc\uf06c\uf06e\uf0a8", "•")
    | {chr(0xF730 + digit): str(digit) for digit in range(10)}
    | {chr(0xF761 + letter): chr(ord("a") + letter) for letter in range(26)}
)
# In parts of the size of the type: a wider gap parts words; two texts nearer than this are one that is drawn twice.
_WORD_GAP, _GUESSED_GAP, _BACKWARDS, _TWICE = 0.28, 0.08, -0.5, 0.2
# Letters from right to left touch one another, and their words stand nearer.
_JOINED_GAP = 0.13
_ON_A_LINE = 100
_ALIKE = 0.1
_BELOW, _ABOVE = 0.22, 0.75
# Kinds of characters: nothing to see, a blank, without a meaning, seen; the last with what else is true of it.
_NOTHING, _BLANK, _UNKNOWN, _SHOWN, _MARK, _RTL, _ACCENT = 0, 1, 2, 4, 8, 16, 32
_KINDS: Final = {"": _NOTHING, " ": _BLANK, "\ufffd": _UNKNOWN}


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
    def y1(self) -> float:
        """Return the upper edge of its letters."""
        return self.base + _ABOVE * self.size


@dataclass(slots=True)
class PageWords:
    """The words of a page, its sides when upright, and how many of its characters have no meaning (U+FFFD), or one."""

    words: list[Word]
    sides: tuple[float, float] = (0.0, 0.0)
    unknown: int = 0
    known: int = 0


def boxes_of(words: Sequence[Word]) -> NDArray[np.float64]:
    """Return the left, lower, right and upper edges of n words, n x 4."""
    x0, x1, base, size = np.array([(word.x0, word.x1, word.base, word.size) for word in words]).reshape(-1, 4).T
    return np.stack((x0, base - _BELOW * size, x1, base + _ABOVE * size), axis=1)


def words_of(page: PageText, look_behind: Callable[[PageText], None]) -> PageWords:
    """Return the words of a page; `look_behind` adds what is drawn beside text, and is called only where needed."""
    counts = np.bincount(page.style_of[page.style_of >= 0], minlength=len(page.styles)).tolist()
    seen = numbers_seen(page, counts, look_behind)
    if not seen:
        return PageWords([])
    quarters: Counter[int | None] = Counter()
    for number in seen:
        quarters[page.styles[number].quarter] += counts[number]
    [(quarter, _)] = quarters.most_common(1)
    return _gathered(page, [number for number in seen if page.styles[number].quarter == quarter], quarter or 0)


def _gathered(page: PageText, used: Sequence[int], quarter: int) -> PageWords:
    """Return the words that characters of the styles `used` make, the page turned by so many quarters."""
    turned = _turning(quarter)
    left, bottom, right, top = page.box
    corners = [turned(left, bottom), turned(right, top)]
    (first, last), (low, high) = (sorted(sides) for sides in zip(*corners, strict=True))
    codes = turned_back(page.codes)
    signs, kinds = _signs(codes)
    one, other = _edges(page.boxes, quarter)
    bases = [turned(*style.baseline)[1] for style in page.styles]
    # What has no style takes that of the last place in these.
    usable = np.zeros(len(bases) + 1, np.bool_)
    usable[list(used)] = [low <= bases[number] <= high for number in used]
    of_others = np.ones(len(bases) + 1, np.bool_)
    of_others[[*used, -1]] = False
    blank, drawn = kinds == _BLANK, page.style_of >= 0
    mine = ~(blank | of_others[page.style_of]) & drawn
    middle = (one + other) / 2
    shown = mine & usable[page.style_of] & (kinds >= _SHOWN) & (first <= middle) & (middle <= last)
    at = np.flatnonzero(shown)
    unknown = int((mine & (kinds == _UNKNOWN)).sum())
    if not len(at):
        return PageWords([], (first, last), unknown, 0)
    glyphs = _Glyphs("".join(map(signs.__getitem__, at.tolist())), one[at], other[at], kinds[at], page.style_of[at])
    # PDFium guesses that a blank stands here; where letters touch, none does.
    guessed = ~drawn & (np.array(codes) == ord(" "))
    parted, guesses = (np.cumsum(where)[at] for where in (drawn & ~mine, guessed))
    starts = glyphs.starts(page.styles, bases, np.diff(parted) > 0, np.diff(guesses) > 0)
    blanks = np.cumsum(blank & drawn)
    ends = np.append(starts[1:], len(at))
    spaced = np.append(blanks[at], blanks[-1])[ends] > blanks[at[ends - 1]]
    words = list(glyphs.words(starts, ends, page.styles, bases, spaced.tolist()))
    return PageWords(_once(_straightened(words)), (first, last), unknown, len(at))


@dataclass(slots=True)
class _Glyphs:
    """The characters that are seen, in PDFium's order: their edges, kinds, and the numbers of their styles."""

    text: str
    x0: NDArray[np.float64]
    x1: NDArray[np.float64]
    kinds: NDArray[np.uint8]
    style_of: NDArray[np.int32]

    def starts(
        self, styles: Sequence[Style], bases: Sequence[float], parted: NDArray[np.bool_], guessed: NDArray[np.bool_]
    ) -> NDArray[np.int64]:
        """Return where words start; `parted` where a blank stands before the next character, `guessed` where it may."""
        of = self.style_of
        size = np.array([style.size for style in styles])[of]
        base, bold = np.array(bases)[of], np.array([style.bold for style in styles])[of]
        close = _ALIKE * size[1:]
        alike = ((np.abs(np.diff(base)) <= close) & (np.abs(np.diff(size)) <= close) & (bold[1:] == bold[:-1])) | (
            of[1:] == of[:-1]
        )
        rtl = self.kinds & _RTL > 0
        widest = np.where(guessed, _GUESSED_GAP, np.where(rtl[1:] & rtl[:-1], _JOINED_GAP, _WORD_GAP)) * size[1:]
        least = _BACKWARDS * size[1:]
        behind, before = self.x0[1:] - self.x1[:-1], self.x0[:-1] - self.x1[1:]
        near = ((least < behind) & (behind < widest)) | ((least < before) & (before < widest))
        # A ligature, a mark on the letter before it, or an accent on the one behind it.
        one = (self.x0[1:] == self.x0[:-1]) & (self.x1[1:] == self.x1[:-1]) | (self.kinds[1:] & _MARK > 0)
        middle = (self.x0[:-1] + self.x1[:-1]) / 2
        one |= (self.kinds[:-1] & _ACCENT > 0) & (self.x0[1:] <= middle) & (middle <= self.x1[1:])
        return np.append(0, np.flatnonzero(parted | ~alike | ~(near | one)) + 1)

    def words(
        self,
        starts: NDArray[np.int64],
        ends: NDArray[np.int64],
        styles: Sequence[Style],
        bases: Sequence[float],
        spaced: Sequence[bool],
    ) -> Iterator[Word]:
        """Yield the words between places of the text."""
        # Marks reach beyond their letters.
        mark = self.kinds & _MARK > 0
        left = np.minimum.reduceat(np.where(mark, np.inf, self.x0), starts)
        right = np.maximum.reduceat(np.where(mark, -np.inf, self.x1), starts)
        only_marks = np.isinf(left)
        left = np.where(only_marks, np.minimum.reduceat(self.x0, starts), left)
        right = np.where(only_marks, np.maximum.reduceat(self.x1, starts), right)
        # PDFium turned signs and numbers round that stand among words from right to left.
        back = np.append(self.x0[1:] + self.x1[1:] < 2 * self.x0[:-1], False)
        back[ends - 1] = False
        odd = np.logical_or.reduceat(back | (self.kinds & (_RTL | _ACCENT) > 0), starts)
        dots = "..." in self.text
        columns = (starts, ends, left, right, self.style_of[starts], odd)
        for start, end, x0, x1, number, is_odd, blank in zip(
            *(column.tolist() for column in columns), spaced, strict=True
        ):
            text, style = self.text[start:end], styles[number]
            glyphs: list[Glyph] = []
            if is_odd or (dots and "..." in text):
                text, glyphs = _ordered(
                    list(zip(self.x0[start:end].tolist(), self.x1[start:end].tolist(), text, strict=True))
                )
            yield Word(text, x0, x1, bases[number], style.size, style.bold, style.fixed, blank, glyphs)


def _ordered(glyphs: list[Glyph]) -> tuple[str, list[Glyph]]:
    """Return the text of a word, with its characters where a right-to-left script is among them."""
    if is_one(glyphs, "..."):
        # PDFium takes it apart in lines from right to left.
        glyphs = [
            (one[0], one[1], "…") if one[2] == "." and len(list(group)) > 1 else one for one, group in groupby(glyphs)
        ]
    glyphs = composed(glyphs)
    text = "".join([sign for _, _, sign in glyphs])
    if is_rtl(text):
        return text, glyphs
    if any(after[0] + after[1] < 2 * one[0] for one, after in pairwise(glyphs)):
        glyphs.sort(key=lambda glyph: glyph[0] + glyph[1])
        text = "".join([sign for _, _, sign in glyphs])
    return text, []


def _edges(boxes: NDArray[np.float64], quarter: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return where characters begin and end from left to right, the page turned by so many quarters."""
    if not quarter:
        return boxes[:, 0], boxes[:, 2]
    sides = boxes[:, 1::2] if quarter % 2 else boxes[:, ::2]
    sides = sides if quarter == 1 else -sides
    return sides.min(axis=1), sides.max(axis=1)


def _signs(codes: Sequence[int]) -> tuple[list[str], NDArray[np.uint8]]:
    """Return the characters of codes, and of which kind each is."""
    shown = {code: _sign(code) for code in set(codes)}
    kinds = {code: _kind(sign) for code, sign in shown.items()}
    return list(map(shown.__getitem__, codes)), np.fromiter(map(kinds.__getitem__, codes), np.uint8, len(codes))


@lru_cache(maxsize=1 << 14)
def _kind(sign: str) -> int:
    if sign in _KINDS:
        return _KINDS[sign]
    return _SHOWN + _MARK * bool(unicodedata.combining(sign)) + _RTL * is_rtl(sign) + _ACCENT * is_accent(sign)


def _turning(quarter: int) -> Callable[[float, float], tuple[float, float]]:
    """Return what turns the places of a page so that its text runs from left to right."""
    turns: tuple[Callable[[float, float], tuple[float, float]], ...] = (
        lambda x, y: (x, y),
        lambda x, y: (y, -x),
        lambda x, y: (-x, -y),
        lambda x, y: (-y, x),
    )
    return turns[quarter]


@lru_cache(maxsize=1 << 14)
def _sign(code: int) -> str:
    """Return the character of a code: " " for any blank, U+FFFD where it has no meaning, "" where it shows nothing."""
    if code == HYPHEN:
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
    texts: set[str] = set()
    kept: list[Word] = []
    for word in words:
        if word.text not in texts or not _is_again(word, places):
            texts.add(word.text)
            places[word.text, int(word.base)].append(word)
            kept.append(word)
    return kept


def _is_again(word: Word, places: Mapping[tuple[str, int], Sequence[Word]]) -> bool:
    near = _TWICE * word.size
    return any(
        abs(word.x0 - other.x0) < near and abs(word.base - other.base) < near
        for height in {int(word.base - near), int(word.base), int(word.base + near)}
        for other in places.get((word.text, height), ())[-_ON_A_LINE:]
    )
