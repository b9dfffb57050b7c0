"""Read tables of articles (.csv, .tsv), a header with the names of the columns first."""

import csv
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

from index.model import Article, Skipped
from index.sources.encoding import text_lines
from index.sources.records import articles, fields_of
from index.sources.streams import RECORD_BYTES, UnusableError
from index.sources.walk import printable

_SEPARATORS = ",;\t|"


def read(path: Path) -> Iterator[Article | Skipped]:
    """Yield the articles of a table of any size, one in a row; a row that does not fit the header is `Skipped`."""
    # The standard limit of 128 KiB is shorter than a long article.
    csv.field_size_limit(max(csv.field_size_limit(), RECORD_BYTES))
    yield from articles(printable(path), _rows(path))


def _rows(path: Path) -> Iterator[tuple[str, object] | Skipped]:
    unreadable: list[Skipped] = []
    lines = _lines(path, unreadable)
    first = next((line for line in lines if line.strip()), "")
    reader = csv.reader(
        chain([first], lines), delimiter="\t" if ".tsv" in path.suffixes else max(_SEPARATORS, key=first.count)
    )
    names = next(reader, [])
    if "text" not in fields_of(dict.fromkeys(names, "x")):
        raise UnusableError("no column is called text, content, body or the like; name the columns in the first line")
    while True:
        place = f"{printable(path)}:{reader.line_num + 1}"
        try:
            row = next(reader, None)
        except csv.Error as error:
            yield Skipped(place, f"not a row of a table: {error}")
            continue
        yield from unreadable
        unreadable.clear()
        if row is None:
            return
        if len(row) > len(names) and any(row[len(names) :]):
            yield Skipped(
                place, f"{len(row)} fields where the header names {len(names)}; quote fields that hold separators"
            )
        elif any(row):
            yield place, dict(zip(names, row, strict=False))


def _lines(path: Path, unreadable: list[Skipped]) -> Iterator[str]:
    for line in text_lines(path):
        if isinstance(line, Skipped):
            unreadable.append(line)
        else:
            yield line[1]
