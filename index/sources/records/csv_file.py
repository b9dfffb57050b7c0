"""Read tables of articles (.csv, .tsv) as programs write them, a header with the names of the columns first."""

import csv
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path
from typing import TYPE_CHECKING

from index.model import Article, Skipped
from index.sources.encodings.encoding import lines, open_text
from index.sources.fields.field_map import NO_MAP, FieldMap
from index.sources.fields.field_names import slot_of
from index.sources.fields.records import fields_of
from index.sources.files.streams import RECORD_BYTES, UnusableError
from index.sources.files.walk import printable
from index.sources.records.record_articles import Placed, articles

if TYPE_CHECKING:
    import _csv

_SEPARATORS = (",", ";", "\t", "|")
_NAMED_SEPARATOR = re.compile(r'"?sep=(.|\\t)"?[\r\n]*', re.IGNORECASE)
_ESCAPE = re.compile(r'\\([\\"])')
# The lines at the start that tell how the fields are written.
_SAMPLE_LINES = 50
_NAMES_TOLD = 8
_LINES_ABOVE, _HEADER_CHARACTERS = 10, 1 << 16


@dataclass(frozen=True, slots=True)
class _Dialect:
    separator: str
    # Excel and pandas write none, people and some programs do: `"a", "b"`.
    spaces: bool
    quote: str = '"'


def read(path: Path, field_map: FieldMap = NO_MAP) -> Iterator[Article | Skipped]:
    """Yield the articles of a table of any size, one in a row; a row that does not fit the header is `Skipped`."""
    # The standard limit of 128 KiB is shorter than a long article.
    csv.field_size_limit(max(csv.field_size_limit(), RECORD_BYTES))
    yield from articles(printable(path), _rows(path, field_map), field_map)


def _rows(path: Path, field_map: FieldMap) -> Iterator[Placed | Skipped]:
    unreadable: list[Skipped] = []
    with open_text(path, newline="") as text:
        found = _lines(printable(path), lines(text), unreadable)
        sample = list(islice(found, _SAMPLE_LINES))
        above = 0
        named = None
        if skipped := _above_header(sample, field_map):
            above += skipped
            del sample[:skipped]
        if sample and (named := _NAMED_SEPARATOR.fullmatch(sample[0])):
            above += 1
            del sample[0]
        dialect = _dialect(sample, "\t" if ".tsv" in path.suffixes else named and named[1].replace("\\t", "\t"))
        reader = csv.reader(
            _unescaped(chain(sample, found), dialect.separator),
            delimiter=dialect.separator,
            quotechar=dialect.quote,
            skipinitialspace=dialect.spaces,
        )
        names = [name.strip() for name in next(reader, [])]
        if "text" not in fields_of(dict.fromkeys(names, "x"), field_map):
            raise UnusableError(_no_text_column(names))
        yield from _fitting(printable(path), reader, names, above, unreadable)


def _fitting(
    path: str, reader: "_csv.Reader", names: list[str], above: int, unreadable: list[Skipped]
) -> Iterator[Placed | Skipped]:
    """Yield the rows below the header; `above` lines stand above it, and lines of no use wait in `unreadable`."""
    while True:
        place = f"{path}:{reader.line_num + above + 1}"
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
            told = f"{len(row)} fields where the header names {len(names)}; quote fields that hold separators"
            yield Skipped(place, told)
        elif any(row):
            yield place, dict(zip(names, row, strict=False))


def _lines(path: str, found: Iterator[tuple[int, str | None]], unreadable: list[Skipped]) -> Iterator[str]:
    for number, line in found:
        if line is None:
            told = f"a line longer than {RECORD_BYTES >> 20} MiB; split it into records"
            unreadable.append(Skipped(f"{path}:{number}", told))
        else:
            yield line


def _dialect(sample: Sequence[str], separator: str | None) -> _Dialect:
    """Return how a table that begins with the lines of `sample` is written: by the separator that gives known names."""

    def known(candidate: str) -> tuple[int, int]:
        names = next(csv.reader(sample, delimiter=candidate), [])
        return sum(slot_of(name)[0] != "" for name in names), len(names)

    best = separator or max(_SEPARATORS, key=known)
    names = next(csv.reader(sample, delimiter=best), [])[1:]
    spaced = re.compile(rf'{re.escape(best)} +"')
    tight = f'{best}"'
    quoted = any(map(spaced.search, sample)) and not any(tight in line for line in sample)
    edges = sum(line.count(f"'{best}") + line.count(f"{best}'") for line in sample[1:])
    single = edges >= len(sample[1:]) > 0 and not any('"' in line for line in sample)
    spaces = quoted or (bool(names) and all(name.startswith(" ") for name in names))
    return _Dialect(best, spaces, "'" if single else '"')


def _above_header(sample: Sequence[str], field_map: FieldMap) -> int:
    """Return how many lines stand above the names of the columns: blank ones, remarks, what a program says first."""
    first = next((at for at, line in enumerate(sample) if line.strip()), len(sample))
    if first == len(sample) or _NAMED_SEPARATOR.fullmatch(sample[first]):
        return first
    for at in range(first, min(len(sample), first + _LINES_ABOVE)):
        if len(sample[at]) > _HEADER_CHARACTERS:
            continue
        for separator in _SEPARATORS:
            names = [name.strip(" '") for name in next(csv.reader(sample[at : at + 1], delimiter=separator), [])]
            if len(names) < 2 or names[0].startswith("#"):
                continue
            if "text" in fields_of(dict.fromkeys(names, "x"), field_map):
                return at
    return first


def _unescaped(found: Iterator[str], separator: str) -> Iterator[str]:
    """Yield lines in which a quotation mark is doubled, as the csv module wants it, where a backslash stands before it.

    From the first quotation mark on that proves to be written so: neither its field nor its line ends behind it.
    """
    proof = re.compile(rf'\\"[^"\r\n{re.escape(separator)}]')
    proven = False
    for line in found:
        if '\\"' in line:
            proven = proven or proof.search(line) is not None
            if proven:
                yield _ESCAPE.sub(lambda mark: '""' if mark[1] == '"' else mark[1], line)
                continue
        yield line


def _no_text_column(names: Sequence[str]) -> str:
    told = ", ".join(f'"{name[:40]}"' for name in names[:_NAMES_TOLD]) + (", …" if len(names) > _NAMES_TOLD else "")
    return (
        f"no column is called text, content, body or the like; the first line names {told or 'none'}: name the columns "
        "there, or say which is the text with --map text=NAME"
    )
