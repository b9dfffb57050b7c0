"""The lines of a column: words on one baseline, small raised ones with them, and the cells that wide gaps make."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from operator import attrgetter

from index.sources.pdf.reading_order import is_arabic, line_text, runs_from_right
from index.sources.pdf.turned import is_rtl
from index.sources.pdf.words import SOFT_HYPHEN, Word

# A column of fewer lines does not say by itself how it runs.
_FEW = 3
# In parts of the size of the type.
_SAME_BASE, _CELL_GAP = 0.3, 1.6
_SMALL, _DROPPED = 0.8, 1.8
_MOST_BOLD, _MOST_INDENT, _ALIKE = 0.8, 2.5, 0.06
_ADDRESS = re.compile(r"://|\bwww\.|\w@\w")
_ADDRESS_PART = 200
# A line's end within an address, and how the next line goes on with it.
_CUT_ADDRESS = re.compile(r"(?:://|\bwww\.)\S*[./=&?_~%#-]$|\bhttps?:/?$|://$|\bwww\.$")
_GOES_ON, _FURTHER = re.compile(r"[a-z0-9][^\s.,]*[./_)]\S|[a-z0-9]\S*/|[a-z0-9]\S*\)"), re.compile(r"[a-z0-9/_~%#]")


@dataclass(slots=True)
class Line:
    """A line of a column: its text in the order of reading, its box, and how most of its letters look.

    `cells` holds the words between wide gaps, from left to right; `page` counts from 1. `far` is how far to the right
    (in right-to-left scripts: to the left) the lines of its column reach, or may, in the direction of reading;
    `flush` tells that full ones end there exactly, `inset` that
    this one starts further in than others.
    """

    words: list[Word]
    page: int
    text: str = ""
    x0: float = 0.0
    x1: float = 0.0
    base: float = 0.0
    size: float = 0.0
    bold: bool = False
    fixed: bool = False
    rtl: bool = False
    far: float = 0.0
    flush: bool = False
    inset: bool = False
    cells: list[list[Word]] = field(default_factory=list)

    def measured(self) -> "Line":
        """Return the line with all that follows from its words."""
        words = self.words
        words.sort(key=attrgetter("x0"))
        self.rtl = runs_from_right(words)
        self.text = line_text(words, leads=self.rtl)
        self.x0, self.x1 = words[0].x0, max([word.x1 for word in words])
        counts = [len(word.text) for word in words]
        total = sum(counts)
        self.size = _commonest([word.size for word in words], counts)
        self.base = _commonest([word.base for word in words], counts)
        self.bold = sum([len(word.text) for word in words if word.bold]) >= _MOST_BOLD * total
        self.fixed = sum([len(word.text) for word in words if word.fixed]) >= _MOST_BOLD * total
        self.cells = _cells(words, self.size)
        return self

    @property
    def cut(self) -> bool:
        """Return whether the line ends with a hyphen."""
        return self.text.endswith(("-", "\u2010", SOFT_HYPHEN))


def lines_of(
    words: Sequence[Word], page: int, limits: tuple[float, float] = (0.0, 0.0), *, rtl: bool = False
) -> list[Line]:
    """Return the lines of a column from top to bottom; `limits` are how far they may reach to the left and right.

    `rtl` where its document runs from right to left: some lines alone may hold no letter that says so.
    """
    if not words:
        return []
    usual = _commonest([word.size for word in words], [len(word.text) for word in words])
    rows: list[Line] = []
    small: list[Word] = []
    for word in sorted(words, key=attrgetter("base"), reverse=True):
        if word.size < _SMALL * usual:
            small.append(word)
        elif rows and rows[-1].base - word.base < _SAME_BASE * max(word.size, rows[-1].size):
            rows[-1].words.append(word)
            rows[-1].size = max(rows[-1].size, word.size)
        else:
            rows.append(Line([word], page, base=word.base, size=word.size))
    rows = [row for row in _with_initials(rows) if row.words]
    _attach(small, rows, page)
    # Of marks alone no text is left.
    lines = [line for line in [row.measured() for row in rows] if line.text]
    lines.sort(key=lambda line: -line.base)
    if rtl and len(lines) < _FEW:
        _turn_strays(lines, limits, rtl=True)
    else:
        turned = sum(len(line.text) for line in lines if line.rtl)
        _turn_strays(lines, _sides(lines), rtl=2 * turned > sum(len(line.text) for line in lines))
    for line in lines:
        line.far = -limits[0] if line.rtl else limits[1]
    return lines


def _sides(lines: Sequence[Line]) -> tuple[float, float]:
    return min((line.x0 for line in lines), default=0.0), max((line.x1 for line in lines), default=0.0)


def _turn_strays(lines: Sequence[Line], sides: tuple[float, float], *, rtl: bool) -> None:
    """Let lines that hold less of their column's script than of another run as the column does.

    Such a line (a date, an address) starts at the edge where the others start; where it is as wide as the column, it
    holds both scripts.
    """
    if all(line.rtl == rtl for line in lines):
        return
    arabic = any(is_arabic(line.text) for line in lines)
    left, right = sides
    for line in lines:
        before, behind = (right - line.x1, line.x0 - left) if rtl else (line.x0 - left, right - line.x1)
        mixed = rtl and any(word.glyphs for word in line.words)
        if line.rtl != rtl and before < (_MOST_INDENT * line.size if mixed else behind):
            line.rtl = rtl
            line.text = line_text(line.words, leads=rtl, arabic=arabic)


def _commonest(values: Sequence[float], counts: Sequence[int]) -> float:
    """Return the value that most characters have."""
    if min(values) == max(values):
        return values[0]
    weights: Counter[float] = Counter()
    for value, count in zip(values, counts, strict=True):
        weights[value] += count
    return weights.most_common(1)[0][0]


def _with_initials(rows: list[Line]) -> list[Line]:
    """Put a large first letter that reaches over several lines before the first of them."""
    for at, row in enumerate(rows):
        initial = row.words[0]
        if len(row.words) > 1 or len(initial.text) > 2 or not initial.text[:1].isalpha():
            continue
        beside = [
            other
            for other in rows[max(0, at - 6) : at + 2]
            if other is not row
            and initial.size > _DROPPED * other.size
            and initial.base - 0.1 * initial.size < other.base < initial.y1
            and 0 <= min(word.x0 for word in other.words) - initial.x1 < 1.5 * other.size
        ]
        if beside:
            first = beside[0]
            nearest = min(first.words, key=lambda word: word.x0)
            initial.x1, initial.base, initial.size = nearest.x0, nearest.base, nearest.size
            first.words.append(initial)
            row.words = []
    return rows


def _attach(small: list[Word], rows: list[Line], page: int) -> None:
    """Put small words onto the line they are raised or lowered from; the others make lines of their own."""
    own: list[Line] = []
    at = 0
    for word in small:
        while at < len(rows) and rows[at].base - 0.5 * rows[at].size > word.base:
            at += 1
        for row in rows[max(0, at - 1) : at + 2]:
            if row.base - 0.4 * row.size < word.base < row.base + 0.7 * row.size and _touches(word, row):
                row.words.append(word)
                break
        else:
            if own and abs(own[-1].base - word.base) < _SAME_BASE * word.size:
                own[-1].words.append(word)
            else:
                own.append(Line([word], page, base=word.base, size=word.size))
    rows.extend(own)


def _touches(word: Word, row: Line) -> bool:
    near = 0.7 * row.size
    return any(other.x0 - near < word.x1 and word.x0 < other.x1 + near for other in row.words)


def _cells(words: list[Word], size: float) -> list[list[Word]]:
    cells: list[list[Word]] = []
    right, gap = 0.0, _CELL_GAP * max(size, 1.0)
    for word in words:
        if not cells or word.x0 - right >= gap:
            cells.append([])
            right = word.x1
        elif word.x1 > right:
            right = word.x1
        cells[-1].append(word)
    return cells


def start_of(line: Line) -> float:
    """Return where a line starts, counted in the direction of reading."""
    return -line.x1 if line.rtl else line.x0


def end_of(line: Line) -> float:
    """Return where a line ends, counted in the direction of reading."""
    return -line.x0 if line.rtl else line.x1


def same_size(one: Line, other: Line) -> bool:
    """Return whether two lines are set in type of one size."""
    return abs(one.size - other.size) <= _ALIKE * max(one.size, other.size)


def is_address(text: str) -> bool:
    """Return whether a text without blanks is an address, of a page or of mail, too long to be broken.

    >>> is_address("(www.weir.example/tolls)"), is_address("and/or")
    (True, False)
    """
    return " " not in text and _ADDRESS.search(text) is not None


def is_cut_address(text: str, following: str) -> bool:
    """Return whether a line ends within the address of a page, which goes on in the line below.

    >>> is_cut_address("see https://weir.", "example/tolls"), is_cut_address("see https://weir.example/", "for tolls")
    (True, False)
    """
    ends = _CUT_ADDRESS.search(text[-_ADDRESS_PART:])
    further = _GOES_ON if text.endswith("/") else _FURTHER
    return ends is not None and further.match(following[:_ADDRESS_PART]) is not None


def rtl_share(words: Sequence[Word]) -> float:
    """Return which share of the letters of words belongs to right-to-left scripts."""
    total = sum(len(word.text) for word in words)
    return sum(len(word.text) for word in words if is_rtl(word.text)) / total if total else 0.0
