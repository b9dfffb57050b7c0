"""Read the tables of AsciiDoc."""

import csv
import re
from collections.abc import Sequence

# What may stand before the sign of a cell: how many columns or rows it fills, how often it comes, its style.
_CELL = re.compile(
    r"(?:(?<=\s)|^)(?:(\d{1,2})?(?:\.\d{1,2})?([+*]))?[<^>]?(?:\.[<^>])?[adehlmsv]?(?<!\\)\|", re.MULTILINE
)
_COLUMNS = re.compile(r"cols\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^,\]]*))")
_SEPARATOR = re.compile(r"separator\s*=\s*\"?(\\t|[^\s,\]\"])")
_FORMAT = re.compile(r"format\s*=\s*\"?(csv|dsv|tsv)")
_MOST_COLUMNS = 60

Rows = list[list[str]]


def rows_of(lines: Sequence[str], attributes: str, sign: str = "|") -> tuple[Rows, int]:
    """Return the rows of the lines inside a table, and how many of them are its header.

    `attributes` is the line in brackets above the table, `sign` the one that its border begins with.

    >>> rows_of(["|Berth |Price", "", "|old", "|240"], "")
    ([['Berth', 'Price'], ['old', '240']], 1)
    """
    kind = _FORMAT.search(attributes)
    kind_name = kind[1] if kind is not None else {",": "csv", ":": "dsv"}.get(sign, "")
    first = next((at for at, line in enumerate(lines) if line), 0)
    if kind_name:
        rows = _separated([line for line in lines if line], kind_name, attributes)
    else:
        separator = _SEPARATOR.search(attributes)
        rows = _cells(lines, separator[1] if separator is not None else sign, _width(attributes))
    stated = "header" in attributes.replace("noheader", "")
    # Without a word about it, a first line with a blank one below it and none above is a header.
    implied = len(lines) > first + 1 and first == 0 and not lines[1] and "noheader" not in attributes and len(rows) > 1
    return rows, 1 if stated or implied else 0


def _width(attributes: str) -> int:
    """Return how many columns are stated, 0 when none are."""
    stated = _COLUMNS.search(attributes)
    if stated is None:
        return 0
    width = 0
    for column in re.split("[,;]", next(filter(None, stated.groups()), "")):
        times = re.match(r"\s*(\d{1,2})\*", column)
        width += int(times[1]) if times is not None else 1
    return min(width, _MOST_COLUMNS)


def _separated(lines: Sequence[str], kind: str, attributes: str) -> Rows:
    stated = _SEPARATOR.search(attributes)
    separator = stated[1].replace("\\t", "\t") if stated is not None else {"csv": ",", "tsv": "\t", "dsv": ":"}[kind]
    try:
        return [[cell.strip() for cell in row] for row in csv.reader(lines, delimiter=separator)]
    except (csv.Error, TypeError):
        return [[line] for line in lines]


def _cells(lines: Sequence[str], sign: str, width: int) -> Rows:
    text = "\n".join(lines)
    if sign != "|":
        text = text.replace("|", "\\|").replace(sign, "|")
    filled: list[tuple[str, int]] = []
    at, times, by_line = 0, 0, 0
    for found in _CELL.finditer(text):
        if times:
            filled.append((text[at : found.start()], times))
            by_line += "\n" not in text[: found.start()] if len(filled) < _MOST_COLUMNS else 0
        at, times = found.end(), min(int(found[1] or 1), _MOST_COLUMNS)
    if times:
        filled.append((text[at:], times))
    head = text.lstrip("\n").split("\n", 1)[0]
    width = width or sum(min(int(found[1] or 1), _MOST_COLUMNS) for found in _CELL.finditer(head)) or 1
    rows: Rows = [[]]
    used = 0
    for cell, columns in filled:
        if used >= width:
            rows.append([])
            used = 0
        rows[-1].append(cell.replace("\\|", "|").strip())
        used += columns
    return [row for row in rows if row]
