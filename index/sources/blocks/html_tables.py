"""Fold the cells of a table into blocks: rows on lines, or what a table that only lays out a page holds."""

from collections.abc import Iterator, Sequence

from index.sources.blocks.layout import one_line
from index.sources.blocks.page_blocks import MENU_LINKED, Cell, PageBlock, Sink, merged

# A table whose cells hold more than this on average, or one of them ten times as much, only lays out the page.
_CELL_CHARACTERS = 250
# A text that stands in several rows is repeated in each, up to this length.
_SPANNING_CHARACTERS = 100
_MOST_COLUMNS_SPANNED = 50
# Of a table without a header whose one cell holds so much of it, that is the page.
_MOST_OF_TABLE = 0.6
_CELL_SENTENCE = 60
_ONLY_LINKS = 0.8


def table(sink: Sink) -> Iterator[PageBlock]:
    """Yield a table as one block, a row on each line; a table that only lays out the page as the blocks in it."""
    yield from sink.blocks
    rows = [(head, cells) for head, cells in sink.rows if any(cell.blocks for cell in cells)]
    blocks = [block for _, cells in rows for cell in cells for block in cell.blocks]
    if not _holds_data(rows, blocks, sink.frame):
        if any(len(block.text) > _CELL_SENTENCE and block.linked < 0.5 for block in blocks):
            _tell_menus([cell.blocks for _, cells in rows for cell in cells])
        yield from blocks
        return
    lines = list(_lines([cells for _, cells in rows]))
    first_head, first = rows[0]
    headed = len(rows) > 1 and (first_head or all(cell.heads or not cell.blocks for cell in first))
    yield merged(sink, "\n".join(lines), "table" if headed else "list", blocks)


def _holds_data(rows: Sequence[tuple[bool, list[Cell]]], blocks: Sequence[PageBlock], frame: int) -> bool:
    if not rows or max(len(cells) for _, cells in rows) < 2:
        return False
    cells = [cell for _, row in rows for cell in row if cell.blocks]
    if any(block.frame != frame or block.kind not in ("paragraph", "list", "code") for block in blocks):
        return False
    sizes = [sum(len(block.text) for block in cell.blocks) for cell in cells]
    if sum(sizes) > _CELL_CHARACTERS * len(sizes) or max(sizes) > 10 * _CELL_CHARACTERS:
        return False
    if _is_page(sizes, cells):
        return False
    # Code beside its line numbers, a picture beside its text: one row, of a page and not of data.
    return len(rows) > 1 or any(cell.heads for cell in cells) or max(sizes) < _CELL_CHARACTERS // 4


def _tell_menus(cells: Sequence[Sequence[PageBlock]]) -> None:
    """Mark the cells of links, beside the one that holds the text of a page."""
    for blocks in cells:
        lines = sum(block.text.count("\n") + 1 for block in blocks)
        if lines > 1 and all(block.linked > _ONLY_LINKS for block in blocks):
            for block in blocks:
                block.linked = MENU_LINKED


def _is_page(sizes: Sequence[int], cells: Sequence[Cell]) -> bool:
    """Return whether one cell holds most of a table without headers, in several paragraphs."""
    most = max(sizes)
    if most <= _MOST_OF_TABLE * sum(sizes) or any(cell.heads for cell in cells):
        return False
    return sum(len(block.text) > _CELL_SENTENCE for block in cells[sizes.index(most)].blocks) > 1


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
