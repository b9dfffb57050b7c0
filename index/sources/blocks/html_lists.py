"""Fold what stands in lists, tables and figures of a page into blocks, from the innermost to the outermost."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby

from index import tuning
from index.sources.blocks.blocks import Block, BlockKind
from index.sources.blocks.html_tree import Element
from index.sources.blocks.layout import count_words, one_line

# A table whose cells hold more than this on average, or one of them ten times as much, only lays out the page.
_CELL_CHARACTERS = 250
# A text that stands in several rows is repeated in each, up to this length.
_SPANNING_CHARACTERS = 100
_MOST_SPANNED = 1000
_MOST_COLUMNS_SPANNED = 50
# Of a list longer than a passage, entries of at least so many words are passages of their own.
_ENTRY_WORDS = 25
_MEANING_WORDS = 12
_STOPS = (":", "：", "?", "？", "؟", ".", "!")


@dataclass(slots=True)
class PageBlock:
    """A block and where it stands on its page.

    `place` is the same for blocks that stand in elements of one class under the same parents, `frame` the number of
    the frame that holds it (0 for none), `leaves` the numbers of the leaves of the tree it is made of, `linked` the
    share of it that is links.
    """

    text: str
    kind: BlockKind
    level: int = 0
    place: int = 0
    frame: int = 0
    leaves: tuple[int, ...] = ()
    linked: float = 0.0

    def block(self) -> Block:
        """Return the block alone."""
        return Block(self.text, self.kind)


@dataclass
class Page:
    """The blocks of a page in reading order, what each frame on it is ("a menu", "hidden"), and the tree in short.

    Leaf number N of the tree stands in `places[N]`: the texts to mark (an element, and whether its tail is meant).
    `parents` names the place around each place, `depth` says how deep lists, tables and their parts are nested,
    `elements` how many there are, all rows of a table counted as wide as the widest.
    """

    blocks: list[PageBlock] = field(default_factory=list)
    frames: list[str] = field(default_factory=lambda: [""])
    places: list[list[tuple[Element, bool]]] = field(default_factory=list)
    parents: dict[int, int] = field(default_factory=dict)
    depth: int = 0
    elements: int = 0


@dataclass(slots=True)
class Cell:
    """A cell of a table, and over how many rows and columns it reaches."""

    blocks: list[PageBlock]
    heads: bool
    rows: int
    columns: int


@dataclass(slots=True)
class Sink:
    """An open list, table or figure (or a part of one), and the blocks that were met in it."""

    role: str
    element: Element | None
    place: int
    frame: int = 0
    blocks: list[PageBlock] = field(default_factory=list)
    parts: list[tuple[str, list[PageBlock]]] = field(default_factory=list)
    rows: list[tuple[bool, list[Cell]]] = field(default_factory=list)
    cells: list[Cell] = field(default_factory=list)
    pictured: bool = False

    def size(self) -> int:
        """Return how many cells the rows of a table have when all are as wide as the widest."""
        return len(self.rows) * max((sum(cell.columns for cell in cells) for _, cells in self.rows), default=0)


def folded(sink: Sink, into: Sink) -> None:
    """Hand what `sink` holds to the sink around it."""
    into.pictured |= sink.pictured
    match sink.role:
        case "item" | "term" | "meaning":
            into.parts.append((sink.role, sink.blocks))
        case "cell" | "header":
            into.cells.append(
                Cell(sink.blocks, sink.role == "header", _spanned(sink, "rowspan"), _spanned(sink, "colspan"))
            )
        case "row":
            into.blocks.extend(sink.blocks)
            into.rows.append((into.role == "head", sink.cells))
        case "head":
            into.blocks.extend(sink.blocks)
            into.rows.extend(sink.rows)
        case "list":
            into.blocks.extend(_list(sink))
        case "terms":
            into.blocks.extend(_terms(sink))
        case "table":
            into.blocks.extend(_table(sink))
        case "figure":
            into.blocks.extend(_figure(sink))
        case _:
            into.blocks.extend(sink.blocks)


def _spanned(cell: Sink, name: str) -> int:
    stated = cell.element.get(name, "") if cell.element is not None else ""
    return min(int(stated), _MOST_SPANNED) if stated.isdecimal() and len(stated) < 6 else 1


def _merged(sink: Sink, text: str, kind: BlockKind, parts: Sequence[PageBlock]) -> PageBlock:
    size = sum(len(part.text) for part in parts)
    linked = sum(len(part.text) * part.linked for part in parts) / max(1, size)
    leaves = tuple(leaf for part in parts for leaf in part.leaves)
    return PageBlock(text, kind, 0, sink.place, sink.frame, leaves, linked)


def _list(sink: Sink) -> Iterator[PageBlock]:
    """Yield a list as one block, or where it fills more than a passage or holds headings, code and tables, several."""
    items = [blocks for _, blocks in sink.parts]
    yield from sink.blocks
    entries: list[tuple[str, list[PageBlock]]] = []
    for blocks in items:
        if all(block.kind in ("paragraph", "list") and block.frame == sink.frame for block in blocks):
            entries.append(("\n".join(block.text for block in blocks), blocks))
        else:
            yield from _entries(sink, entries)
            entries.clear()
            yield from blocks
    yield from _entries(sink, entries)


def _entries(sink: Sink, entries: Sequence[tuple[str, list[PageBlock]]]) -> Iterator[PageBlock]:
    filled = [(text, blocks, count_words(text)) for text, blocks in entries if text]
    if sum(words for _, _, words in filled) <= tuning.PASSAGE_WORDS:
        groups = [filled] if filled else []
    else:
        groups = list(_groups(filled))
    for group in groups:
        parts = [block for _, blocks, _ in group for block in blocks]
        if len(group) == 1 and group[0][2] > tuning.PASSAGE_WORDS:
            yield from parts
        else:
            yield _merged(sink, "\n".join(text for text, _, _ in group), "list", parts)


Entry = tuple[str, list[PageBlock], int]


def _groups(entries: Sequence[Entry]) -> Iterator[list[Entry]]:
    """Yield the entries of a long list: long ones alone, short ones together while a passage holds them."""
    for long, run in groupby(entries, key=lambda entry: entry[2] >= _ENTRY_WORDS):
        group: list[Entry] = []
        size = 0
        for entry in run:
            if group and (long or size + entry[2] > tuning.PASSAGE_WORDS):
                yield group
                group, size = [], 0
            group.append(entry)
            size += entry[2]
        yield group


def _terms(sink: Sink) -> Iterator[PageBlock]:
    """Yield terms and their meanings: short ones as a list, else each term as the heading of its meaning."""
    yield from sink.blocks
    if _short_meanings(sink):
        lines: list[str] = []
        for role, blocks in sink.parts:
            text = " ".join(block.text for block in blocks)
            if role == "meaning" and lines and text:
                lines[-1] += (" " if lines[-1].endswith(_STOPS) else ": ") + text
            elif text:
                lines.append(text)
        parts = [block for _, blocks in sink.parts for block in blocks]
        if lines:
            yield _merged(sink, "\n".join(lines), "list", parts)
        return
    for role, blocks in sink.parts:
        for block in blocks:
            if role == "term" and block.kind == "paragraph":
                block.kind, block.level = "heading", 7
            yield block


def _short_meanings(sink: Sink) -> bool:
    words = 0
    for before, (role, blocks) in zip(["", *(role for role, _ in sink.parts)], sink.parts, strict=False):
        if len(blocks) != 1 or blocks[0].kind != "paragraph" or blocks[0].frame != sink.frame or before == role:
            return False
        count = count_words(blocks[0].text)
        words += count
        if count > _MEANING_WORDS:
            return False
    return words <= tuning.PASSAGE_WORDS


def _table(sink: Sink) -> Iterator[PageBlock]:
    """Yield a table as one block, a row on each line; a table that only lays out the page as the blocks in it."""
    yield from sink.blocks
    rows = [(head, cells) for head, cells in sink.rows if any(cell.blocks for cell in cells)]
    blocks = [block for _, cells in rows for cell in cells for block in cell.blocks]
    if not _holds_data(rows, blocks, sink.frame):
        yield from blocks
        return
    lines = list(_lines([cells for _, cells in rows]))
    first_head, first = rows[0]
    headed = len(rows) > 1 and (first_head or all(cell.heads or not cell.blocks for cell in first))
    yield _merged(sink, "\n".join(lines), "table" if headed else "list", blocks)


def _holds_data(rows: Sequence[tuple[bool, list[Cell]]], blocks: Sequence[PageBlock], frame: int) -> bool:
    if not rows or max(len(cells) for _, cells in rows) < 2:
        return False
    cells = [cell for _, row in rows for cell in row if cell.blocks]
    if any(block.frame != frame or block.kind not in ("paragraph", "list", "code") for block in blocks):
        return False
    sizes = [sum(len(block.text) for block in cell.blocks) for cell in cells]
    if sum(sizes) > _CELL_CHARACTERS * len(sizes) or max(sizes) > 10 * _CELL_CHARACTERS:
        return False
    # Code beside its line numbers, a picture beside its text: one row, of a page and not of data.
    return len(rows) > 1 or any(cell.heads for cell in cells) or max(sizes) < _CELL_CHARACTERS // 4


def _lines(rows: Sequence[Sequence[Cell]]) -> Iterator[str]:
    spanning: dict[int, tuple[str, int]] = {}
    for cells in rows:
        texts: list[str] = []
        waiting = iter(cells)
        column = 0
        following: dict[int, tuple[str, int]] = {}
        cell = next(waiting, None)
        while cell is not None or column in spanning:
            if column in spanning:
                text, left = spanning[column]
                if left > 1:
                    following[column] = (text, left - 1)
            elif cell is not None:
                text = one_line(" ".join(block.text for block in cell.blocks))
                if cell.rows > 1 and column < _MOST_COLUMNS_SPANNED:
                    following[column] = (text if len(text) <= _SPANNING_CHARACTERS else "", cell.rows - 1)
                cell = next(waiting, None)
            texts.append(text)
            column += 1
        spanning = following | {at: kept for at, kept in spanning.items() if at >= column}
        line = " | ".join(filter(None, texts))
        if line:
            yield line


def _figure(sink: Sink) -> Iterator[PageBlock]:
    """Yield the blocks of a figure; what stands under code, a table or a quotation is no caption of a picture."""
    for block in sink.blocks:
        if block.kind == "caption":
            block.place = sink.place
            if not sink.pictured and len(sink.blocks) > 1:
                block.kind = "paragraph"
        yield block
