"""Tables: lines that wide gaps part into cells which stand below one another."""

from collections.abc import Iterator, Sequence
from itertools import pairwise

from index.sources.pdf.lines import Line
from index.sources.pdf.reading_order import line_text
from index.sources.pdf.words import Word

# In parts of the size of the type: edges so near stand below one another.
_ALIGNED = 0.8
_LEAST_ROWS, _UNEVEN = 2, 1.6
_FARTHEST = 3.0
_BULLETS = frozenset("•‣◦▪●○■□·►➢✓*–—-")
_CELL_CHARACTERS = 60


def table_runs(lines: Sequence[Line], *, fixed: bool) -> Iterator[tuple[int, int, list[list[str]], bool]]:
    """Yield where tables stand among lines: first line, line behind the last, rows of cells, whether the first heads.

    In letters of one width, unless all text is set in them (`fixed`), aligned lines are code. Cells are told in the
    order of reading; a line that only goes on in some cells of the row above it is part of them.
    """
    at = 0
    while at < len(lines):
        end = at
        while end < len(lines) and _is_row(lines[end], fixed=fixed):
            if end > at and not _below(lines[at:end], lines[end]):
                break
            end += 1
        if end - at >= _LEAST_ROWS and _is_table(lines[at:end]):
            while end < len(lines) and _goes_on(lines[at:end], lines[end]):
                end += 1
            rows = _rows(lines[at:end])
            yield at, end, rows, lines[at].bold and not lines[at + 1].bold
            at = end
        else:
            at = max(end, at + 1)


def _is_row(line: Line, *, fixed: bool) -> bool:
    cells = line.cells
    if (line.fixed and not fixed) or len(cells) < 2 or (len(cells) == 2 and _is_marker(cells[0])):
        return False
    if any(map(_has_digit, cells)):
        return True
    # In a narrow column that is set flush on both sides, all gaps of a line are as wide.
    gaps = [after.x0 - before.x1 for before, after in pairwise(line.words) if after.x0 - before.x1 > 0.1 * line.size]
    return len(gaps) < 2 or max(gaps) > _UNEVEN * min(gaps)


def _has_digit(cell: Sequence[Word]) -> bool:
    return any(any(map(str.isdigit, word.text)) for word in cell)


def _is_marker(cell: Sequence[Word]) -> bool:
    text = cell[0].text
    return len(cell) == 1 and (text in _BULLETS or (len(text) < 5 and text[-1:] in (".", ")")))


def _below(rows: Sequence[Line], line: Line) -> bool:
    above = rows[-1]
    if not 0 < above.base - line.base < _FARTHEST * max(line.size, above.size):
        return False
    near = _ALIGNED * line.size
    # The outer edges of a text are straight anyway.
    edges = [_edges(cell) for row in rows[-3:] for cell in row.cells[1:]]
    inner = line.cells[1:]
    aligned = 0
    for cell in inner:
        left, right = _edges(cell)
        aligned += any(
            abs(left - x0) < near
            or (abs(right - x1) < near and _has_digit(cell))
            or (abs(left + right - x0 - x1) < near and cell is not inner[-1])
            for x0, x1 in edges
        )
    return aligned >= max(1, 0.6 * len(inner))


def _is_table(lines: Sequence[Line]) -> bool:
    """Return whether most cells are short, as those of tables are; longer ones are columns of text."""
    texts = [sum(len(word.text) + 1 for word in cell) for line in lines for cell in line.cells]
    return sum(size <= _CELL_CHARACTERS for size in texts) >= 0.7 * len(texts)


def _goes_on(rows: Sequence[Line], line: Line) -> bool:
    """Return whether a line of one cell goes on in a cell, not the first, of the row above."""
    above = rows[-1]
    if not 0 < above.base - line.base < 1.5 * line.size or len(line.cells) != 1 or len(above.cells) < 2:
        return False
    left, _ = _edges(line.cells[0])
    return any(abs(left - _edges(cell)[0]) < _ALIGNED * line.size for cell in above.cells[1:])


def _rows(lines: Sequence[Line]) -> list[list[str]]:
    return [[line_text(cell) for cell in (reversed(line.cells) if line.rtl else line.cells)] for line in lines]


def _edges(cell: Sequence[Word]) -> tuple[float, float]:
    return cell[0].x0, max(word.x1 for word in cell)
