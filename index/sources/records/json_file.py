"""Read JSON and JSON Lines (a record on each line) of any size."""

import json
from collections.abc import Iterator
from pathlib import Path

from index.model import Article, Skipped
from index.sources.encodings.encoding import lines, open_text
from index.sources.encodings.json_values import JsonReader, fault_of, values
from index.sources.fields.field_map import NO_MAP, FieldMap
from index.sources.files.streams import RECORD_BYTES, UnusableError
from index.sources.files.walk import printable
from index.sources.records.json_records import RecordFinder
from index.sources.records.record_articles import Placed, articles

_DECODER = json.JSONDecoder()
_NO_ARTICLE = "no article in it: it needs an object, or a list of objects"


def read(path: Path, field_map: FieldMap = NO_MAP) -> Iterator[Article | Skipped]:
    """Yield the articles of a .json file; one that holds JSON Lines in spite of its name is read as that."""
    yield from articles(
        printable(path), _lines(path, field_map) if _has_lines(path) else _values(path, field_map), field_map
    )


def read_lines(path: Path, field_map: FieldMap = NO_MAP) -> Iterator[Article | Skipped]:
    """Yield the articles of a .jsonl file; a malformed line is `Skipped`, and the rest read.

    One that holds a JSON text over several lines in spite of its name is read as that.
    """
    yield from articles(
        printable(path), _values(path, field_map) if _is_whole(path) else _lines(path, field_map), field_map
    )


def _values(path: Path, field_map: FieldMap) -> Iterator[Placed | Skipped]:
    count = 0
    finder = RecordFinder(field_map)
    file = printable(path)
    with open_text(path) as text:
        reader = JsonReader(text)
        if not reader.peek():
            raise UnusableError("empty: it holds only white space")
        if reader.peek() not in "[{":
            reader.value()
            raise UnusableError(_NO_ARTICLE)
        while reader.peek():
            for value in values(reader):
                for record in finder.found(value):
                    count += 1
                    yield f"{file}:record {count}", record
    if not count:
        raise UnusableError(_NO_ARTICLE)


def _lines(path: Path, field_map: FieldMap) -> Iterator[Placed | Skipped]:
    finder = RecordFinder(field_map)
    file = printable(path)
    with open_text(path) as text:
        for number, line in lines(text):
            if line is not None and line.isspace():
                continue
            place = f"{file}:{number}"
            if line is None:
                yield Skipped(place, f"a line longer than {RECORD_BYTES >> 20} MiB; split it into records")
                continue
            try:
                value = _value(line)
            except UnusableError as error:
                yield Skipped(place, str(error))
                continue
            if finder.is_plain and isinstance(value, dict) and len(value) > 1:
                yield place, value
                continue
            for record in finder.found(value):
                yield place, record


def _value(line: str) -> object:
    try:
        if line[0] == "{" and line.endswith("}\n"):
            value, end = _DECODER.raw_decode(line)
            if end == len(line) - 1:
                return value
        # Lines that were those of a list may still end in its commas.
        bare = line.rstrip()
        return _DECODER.decode((bare[:-1] if bare.endswith("},") else line).lstrip("\x1e\ufeff"))
    except json.JSONDecodeError as error:
        raise UnusableError(f"not JSON: {fault_of(error)} at character {error.colno}") from error
    except ValueError as error:
        raise UnusableError(f"not JSON that can be read: {error}") from error
    except RecursionError as error:
        raise UnusableError("its lists or objects are nested too deep") from error


def _first_lines(path: Path) -> tuple[str, str]:
    """Return the first two lines that are not blank, "" for one that is missing or too long."""
    with open_text(path) as text:
        found = (line or "" for _, line in lines(text) if line is None or line.strip())
        return next(found, ""), next(found, "")


def _has_lines(path: Path) -> bool:
    first, second = _first_lines(path)
    return bool(second) and _is_object(first)


def _is_whole(path: Path) -> bool:
    """Return whether the first line only opens a list or an object."""
    first, second = _first_lines(path)
    return (
        bool(second)
        and first.lstrip("\ufeff \t")[:1] in ("[", "{")
        and not _is_value(first)
        and (first.strip() in ("[", "{") or first.lstrip("\ufeff \t").startswith(("[{", "[ {")))
    )


def _is_object(line: str) -> bool:
    try:
        return isinstance(_value(line), dict)
    except UnusableError:
        return False


def _is_value(line: str) -> bool:
    try:
        _value(line)
    except UnusableError:
        return False
    return True
