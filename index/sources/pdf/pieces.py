"""The pieces of a column: its lines put into paragraphs, headings, list entries, tables, notes and code."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise
from typing import Literal

from index.sources.blocks.layout import ends_a_sentence
from index.sources.pdf.lines import Line, end_of, is_address, is_cut_address, same_size, start_of
from index.sources.pdf.look import USUAL_PITCH, Look
from index.sources.pdf.tables import table_runs

PieceKind = Literal["paragraph", "heading", "entry", "table", "code", "note", "caption", "contents"]

# In parts of the size of the type.
_INDENT, _SLACK, _EDGE = 0.7, 0.8, 0.5
_DEEPEST_INDENT, _EXACT = 4.0, 0.1
_LARGER, _SMALLER, _SAME_SIZE = 1.12, 0.93, 0.06
_SPACED, _CODE_LINES = 1.22, 2.5
_RAGGED, _SEVERAL, _MOSTLY, _HALF = 2.5, 3, 0.6, 0.5
_HEADING_WORDS, _BOLD_WORDS = 30, 16
_MARKER = re.compile(r"(?:[•‣◦▪●○■□·►➢✓\u2212*–—-]|\(?\d{1,3}[.)]|\[\d{1,3}\]|\(?[a-zA-Z][.)])\s+\S")
_BULLET = re.compile(r"[•‣◦▪●○■□·►➢✓]\s*")
_CAPTION = re.compile(
    r"(?:Figure|Fig\.?|Abbildung|Abb\.?|Figura|Рис\.?|Рисунок|الشكل|شكل|图|圖)\s*\d[\d.\-]*\s*[:.：–—|]"
)
_CONTENTS = re.compile(r"(?:\.\s?){4,}\s*[\divxlc]{1,7}$")
_NOTE = re.compile(r"\W{0,2}(?:\d{1,3}|[*†‡§¶]{1,3})\W{0,2}\s*\w")


@dataclass(slots=True)
class Piece:
    """Lines that belong together; `indented` tells of the first."""

    lines: list[Line]
    kind: PieceKind = "paragraph"
    indented: bool = False
    rows: list[list[str]] | None = None
    headed: bool = False

    @property
    def page(self) -> int:
        """Return the page on which the piece begins, counted from 1."""
        return self.lines[0].page

    @property
    def text(self) -> str:
        """Return the first words of the piece, for those who look at what it is."""
        return self.lines[0].text


def pieces_of(lines: Sequence[Line], look: Look, headings: frozenset[str]) -> Iterator[Piece]:
    """Yield the pieces of a column; `headings` are the titles of the document's outline, case-folded."""
    at = 0
    for start, end, rows, headed in table_runs(lines, fixed=look.fixed):
        yield from _prose(lines[at:start], lines, look, headings)
        yield Piece(list(lines[start:end]), "table", rows=rows, headed=headed)
        at = end
    yield from _prose(lines[at:], lines, look, headings)


def is_full(line: Line, following: Line) -> bool:
    """Return whether a line ends where it does because the first word of the next would have gone too far."""
    if line.cut or is_cut_address(line.text, following.text):
        return True
    if line.flush:
        return end_of(line) > line.far - _EDGE * line.size
    first, _, _ = following.text.partition(" ")
    width = (following.x1 - following.x0) / max(1, len(following.text)) * len(first)
    if not following.text.isascii() and "\u3000" < following.text[0] < "\uffa0":
        width = following.size
    return end_of(line) + 0.25 * line.size + width + _SLACK * line.size > line.far


def _prose(lines: Sequence[Line], column: Sequence[Line], look: Look, headings: frozenset[str]) -> Iterator[Piece]:
    if not lines:
        return
    usual = [line for line in column if abs(line.size - look.size) <= _SAME_SIZE * look.size] or list(column)
    for rtl in {line.rtl for line in lines}:
        _measure([line for line in lines if line.rtl == rtl], [line for line in usual if line.rtl == rtl])
    by_indent = _has_indents(lines, look)
    piece: Piece | None = None
    for at, line in enumerate(lines):
        after = lines[at + 1] if at + 1 < len(lines) else None
        if piece is not None and not _parts(piece, line, after, look, by_indent=by_indent):
            piece.lines.append(line)
            continue
        if piece is not None:
            yield _named(piece, look, headings)
        piece = Piece([line], indented=line.inset)
        if _MARKER.match(line.text):
            piece.kind = "entry"
        elif line.fixed and not look.fixed:
            piece.kind = "code"
    if piece is not None:
        yield _named(piece, look, headings)


def _measure(lines: Sequence[Line], usual: Sequence[Line]) -> None:
    """Tell lines of one direction where those of their column start and end; `usual` are those in its usual type."""
    usual = usual or lines
    left, right = _left_edge(usual), _right_edge(usual)
    near = sorted(end for line in usual if (end := end_of(line)) > right - _EDGE * line.size)
    thirds = zip(near, near[_SEVERAL - 1 :], strict=False)
    exact = any(third - first < _EXACT * usual[0].size for first, third in thirds)
    flush = len(near) >= max(_SEVERAL, _MOSTLY * len(usual)) and exact
    for line in lines:
        line.far, line.flush = right, flush
        line.inset = start_of(line) > left + _INDENT * line.size
    for _, group in groupby(lines, key=lambda line: (line.inset, round(start_of(line)), round(line.size, 1))):
        _measure_block(list(group))


def _measure_block(lines: Sequence[Line]) -> None:
    """Tell lines that start at one place further in, and are set flush, that they are a text with edges of its own."""
    if not lines[0].inset or len(lines) < _SEVERAL:
        return
    right = max(map(end_of, lines))
    straight = sum(end_of(line) > right - _EXACT * line.size for line in lines)
    if straight >= max(_SEVERAL - 1, _HALF * len(lines)):
        for line in lines:
            line.far, line.flush, line.inset = right, True, False


def _has_indents(lines: Sequence[Line], look: Look) -> bool:
    """Return whether the first lines of paragraphs are further in: one is, and the line close below is not."""
    return any(
        line.inset
        and not below.inset
        and same_size(line, below)
        and 0 < line.base - below.base <= _SPACED * look.pitch * line.size
        and start_of(line) - start_of(below) < _DEEPEST_INDENT * line.size
        and not _MARKER.match(below.text)
        for line, below in pairwise(lines)
    )


def _left_edge(lines: Sequence[Line]) -> float:
    """Return where the lines of a column start; a bold one that stands out alone, as a running head may, is no edge."""
    first, *others = sorted(lines, key=start_of)
    alone = first.bold and len(others) > _SEVERAL and not any(line.bold for line in others[:_SEVERAL])
    return start_of(others[0] if alone else first)


def _right_edge(lines: Sequence[Line]) -> float:
    """Return where full lines of a column end: where several do, else as far as they may reach.

    An address that nothing could break may stand out.
    """
    ends = [end_of(line) for line in lines if not is_address(line.text)] or [end_of(line) for line in lines]
    right = max(ends)
    if sum(end_of(line) > right - _EXACT * line.size for line in lines) >= _SEVERAL:
        return right
    near = [at for at, line in enumerate(lines) if end_of(line) > right - _RAGGED * line.size]
    # A small letter below it shows that a line was full; without such letters it takes several lines.
    if len(near) >= _SEVERAL and not any(line.text[:1].isupper() and not line.rtl for line in lines):
        return right
    if any(at + 1 < len(lines) and lines[at + 1].text[:1].islower() for at in near):
        return right
    return max(right, *(line.far for line in lines))


def _parts(piece: Piece, line: Line, after: Line | None, look: Look, *, by_indent: bool) -> bool:
    """Return whether `line` begins a new piece below the last line of `piece`; `by_indent` as paragraphs do here."""
    above = piece.lines[-1]
    size = max(line.size, above.size)
    if not same_size(above, line) or above.bold != line.bold or (above.fixed != line.fixed and not look.fixed):
        return True
    distance = above.base - line.base
    if piece.kind == "code":
        # Blank lines are part of it.
        return not 0 < distance <= _CODE_LINES * look.pitch * size
    pitch = look.pitch if abs(size - look.size) <= _SAME_SIZE * look.size else max(USUAL_PITCH, look.pitch)
    if len(piece.lines) > 1:
        # A text of its own distance between lines: a quotation, a letter.
        pitch = max(pitch, (piece.lines[-2].base - above.base) / size) if pitch * _SPACED * size > distance else pitch
    if not 0 < distance <= _SPACED * pitch * size or _CONTENTS.search(above.text):
        return True
    full = is_full(above, line)
    closed = ends_a_sentence(above.text) or above.text.endswith((":", "："))
    ended = closed or above.text.endswith(";")
    if size > _LARGER * look.size:
        return False
    if _MARKER.match(line.text) and (not full or ended or piece.kind == "entry"):
        return not full or piece.kind == "entry" or not (by_indent and _runs_on(line, after))
    first = by_indent and line.inset and (line.rtl or not line.text[0].islower())
    return (
        (first and _is_first(piece, line, after, full=full, ended=ended))
        or _indent_parts(piece, line, after, full=full, ended=ended)
        or (not full and closed)
    )


def _is_first(piece: Piece, line: Line, after: Line | None, *, full: bool, ended: bool) -> bool:
    """Return whether a line further in, where first lines are, is one."""
    alone = after is not None and not after.inset
    if piece.kind == "entry":
        # Its other lines would stand at the margin, or below its text.
        level = abs(start_of(line) - start_of(piece.lines[0])) < _EDGE * line.size
        return piece.indented and len(piece.lines) == 1 and level and (not full or alone)
    above = piece.lines[-1]
    return above.inset or after is None or alone or (ended and not is_full(line, after))


def _runs_on(line: Line, after: Line | None) -> bool:
    """Return whether a line is within a paragraph where first lines are further in, though it begins as an entry."""
    return not line.inset and after is not None and not after.inset and not _MARKER.match(after.text)


def _indent_parts(piece: Piece, line: Line, after: Line | None, *, full: bool, ended: bool) -> bool:
    """Return whether the place where a line starts tells that it begins a paragraph."""
    above = piece.lines[-1]
    step = start_of(line) - start_of(above)
    if step > _INDENT * line.size:
        if piece.kind == "entry" and len(piece.lines) == 1:
            return False
        if after is not None and start_of(after) > start_of(line) - _EDGE * line.size:
            # What follows is as far in: a hanging indent, or a quotation.
            return not full or (ended and len(piece.lines) > 1)
        return ended or not full
    if step < -_INDENT * line.size:
        # Back from lines further in, and more than the first one: the next entry of a hanging list.
        return len(piece.lines) > 1 and (ended or not full) and not piece.indented
    if piece.kind != "paragraph" or not (line.inset and above.inset):
        return False
    # A first line below a paragraph of one line, both further in.
    return not full or (len(piece.lines) == 1 and after is not None and not after.inset)


def _named(piece: Piece, look: Look, headings: frozenset[str]) -> Piece:
    """Return the piece with its kind, told by size, weight and what it begins with."""
    first = piece.lines[0]
    if any(_CONTENTS.search(line.text) for line in piece.lines):
        piece.kind = "contents"
    elif piece.kind == "code" or not any(map(str.isalpha, first.text)):
        pass
    elif _is_heading(piece, look, headings):
        piece.kind = "heading"
    elif _CAPTION.match(first.text):
        piece.kind = "caption"
    elif first.size < _SMALLER * look.size and _NOTE.match(first.text):
        piece.kind = "note"
    return piece


def _is_heading(piece: Piece, look: Look, headings: frozenset[str]) -> bool:
    first, words = piece.lines[0], sum(len(line.text.split()) for line in piece.lines)
    whole = " ".join(line.text for line in piece.lines)
    if first.size >= _LARGER * look.size:
        return words <= _HEADING_WORDS
    bold = first.bold and not look.bold and words <= _BOLD_WORDS and not whole.endswith((".", ",", ";", "。"))
    return bold or whole.casefold() in headings


def entry_text(text: str) -> str:
    """Return the text of a list's entry without its bullet; a number stays.

    >>> entry_text("• Rope"), entry_text("2. Tar")
    ('Rope', '2. Tar')
    """
    return _BULLET.sub("", text, count=1) if _BULLET.match(text) else text
