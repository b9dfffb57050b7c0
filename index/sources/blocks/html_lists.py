"""Fold what stands in lists, tables and figures of a page into blocks, from the innermost to the outermost."""

from collections.abc import Iterator, Sequence
from itertools import groupby

from index import tuning
from index.sources.blocks.html_tables import table
from index.sources.blocks.layout import count_words
from index.sources.blocks.page_blocks import Cell, PageBlock, Sink, merged

_MOST_SPANNED = 1000
# Of a list longer than a passage, entries of at least so many words are passages of their own.
_ENTRY_WORDS = 25
_MEANING_WORDS = 12
_STOPS = (":", "：", "?", "？", "؟", ".", "!")


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
            into.blocks.extend(table(sink))
        case "figure":
            into.blocks.extend(_figure(sink))
        case _:
            into.blocks.extend(sink.blocks)


def _spanned(cell: Sink, name: str) -> int:
    stated = cell.element.get(name, "") if cell.element is not None else ""
    return min(int(stated), _MOST_SPANNED) if stated.isdecimal() and len(stated) < 6 else 1


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
            yield merged(sink, "\n".join(text for text, _, _ in group), "list", parts)


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
            yield merged(sink, "\n".join(lines), "list", parts)
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


def _figure(sink: Sink) -> Iterator[PageBlock]:
    """Yield the blocks of a figure; what stands under code, a table or a quotation is no caption of a picture."""
    for block in sink.blocks:
        if block.kind == "caption":
            block.place = sink.place
            if not sink.pictured and len(sink.blocks) > 1:
                block.kind = "paragraph"
        yield block
