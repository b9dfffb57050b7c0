"""Read the tables of reStructuredText: grids, simple tables, and the cells of csv-table."""

import csv
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence

from index.sources.lightweight.outline import dedented

_WIDE = ("W", "F")
# Behind a letter that fills two columns, so that places in a line are columns.
_PAD = "\0"
# Nobody's table is wider; what is beyond belongs to the last column.
_MOST_COLUMNS, _WIDEST = 60, 2000
_BORDER = re.compile(rf"=+(?: +=+){{1,{_MOST_COLUMNS}}} *")
_SPAN = re.compile(r"[- ]*-[- ]*")

Rows = list[list[str]]


def is_simple_border(line: str) -> bool:
    """Return whether `line` is the border of a simple table of two or more columns."""
    return line.startswith("=") and _BORDER.fullmatch(line) is not None


def grid(lines: Sequence[str]) -> tuple[Rows, int]:
    """Return the rows of a grid table's lines, and how many of them are its header.

    >>> grid(["+---+---+", "| a | b |", "+===+===+", "| 1 | 2 |", "+---+---+"])
    ([['a', 'b'], ['1', '2']], 1)
    """
    padded = list(map(_padded, lines))
    rules = {line for line in padded if line.startswith("+")}
    edges = sorted({at for line in rules for at, sign in enumerate(line[:_WIDEST]) if sign == "+"})[:_MOST_COLUMNS]
    rows: Rows = []
    headers = 0
    cells: dict[int, list[str]] = {}
    for line in padded:
        rule = line.startswith("+") or "+-" in line
        for column, text in _grid_cells(line, edges):
            if not set(text) <= set("-=+ |" if rule else " |"):
                cells.setdefault(column, []).append(text.strip("\0").rstrip() if not rule else text.strip("-=+ \0"))
        if rule:
            rows += _row(cells)
            cells = {}
            if line.startswith("+="):
                headers = len(rows)
    return rows + _row(cells), headers


def _row(cells: Mapping[int, Sequence[str]]) -> Rows:
    return [[_cell("\n".join(cells.get(column, ()))) for column in range(max(cells) + 1)]] if cells else []


def _grid_cells(line: str, edges: Sequence[int]) -> Iterator[tuple[int, str]]:
    """Yield the pieces of a line with the first column that each fills; a piece ends where a "|" stands at an edge."""
    first, start = 0, 0
    for column, edge in enumerate(edges[1:], 1):
        if edge >= len(line):
            break
        if line[edge] in "|+":
            yield first, line[start + 1 : edge]
            first, start = column, edge
    if start + 1 < len(line):
        yield first, line[start + 1 :].rstrip("|")


def simple(lines: Sequence[str]) -> tuple[Rows, int]:
    """Return the rows of a simple table's lines (borders among them), and how many of them are its header.

    >>> simple(["=====  =====", "berth  price", "=====  =====", "old    240", "=====  ====="])
    ([['berth', 'price'], ['old', '240']], 1)
    """
    spans = [found.span() for found in re.finditer("=+", lines[0])]
    rows: Rows = []
    headers = borders = 0
    cells: dict[int, list[str]] = {}
    for line in map(_padded, lines):
        border = is_simple_border(line)
        if not border and (not line or _SPAN.fullmatch(line)):
            continue
        texts = [] if border else _simple_cells(line, spans)
        # A line without a first cell goes on with the row above it.
        if border or texts[0].strip():
            rows += _row(cells)
            cells = {}
        if border:
            borders += 1
            headers = len(rows) if borders == 2 else headers
        for column, text in enumerate(texts):
            if text.strip() or column in cells:
                cells.setdefault(column, []).append(text)
    # With no more than the borders around it a table has no header.
    return rows + _row(cells), headers if borders > 2 else 0


def _simple_cells(line: str, spans: Sequence[tuple[int, int]]) -> list[str]:
    cells: list[str] = []
    for at, (start, end) in enumerate(spans):
        if start >= len(line):
            break
        # Text between two columns belongs to a cell that fills both.
        gap = line[spans[at - 1][1] : start] if at else ""
        text = line[start:end] if at + 1 < len(spans) else line[start:]
        if gap.strip():
            cells[-1] += gap + text
            text = ""
        cells.append(text)
    return [cell.rstrip() for cell in cells]


def separated(lines: Sequence[str], delimiter: str = ",") -> Rows:
    """Return the rows of comma-separated lines; none when they cannot be read as such."""
    try:
        return [[cell.strip() for cell in row] for row in csv.reader(lines, delimiter=delimiter, skipinitialspace=True)]
    except (csv.Error, TypeError):
        return [[line] for line in lines]


def _padded(line: str) -> str:
    if line.isascii():
        return line
    return "".join(sign + _PAD if unicodedata.east_asian_width(sign) in _WIDE else sign for sign in line)


def _cell(text: str) -> str:
    return "\n".join(dedented(text.replace(_PAD, "").split("\n"))).strip()
