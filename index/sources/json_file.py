"""Read JSON (one object, a list, or a list under "articles" and the like) and JSON Lines (a record on each line)."""

import json
from collections.abc import Iterable, Iterator
from pathlib import Path

from index.model import Article, Skipped
from index.sources.encoding import read_text, text_lines
from index.sources.records import articles
from index.sources.streams import UnusableError
from index.sources.walk import printable

_LISTS = ("articles", "items", "documents", "records", "results", "entries", "posts", "data")


def read(path: Path) -> Iterator[Article | Skipped]:
    """Yield the articles of a .json file; one that holds JSON Lines in spite of its name is read as that."""
    text = read_text(path)
    try:
        value = _value(text.removeprefix("\ufeff"))
    except UnusableError as error:
        fault = error.__cause__
        if not isinstance(fault, json.JSONDecodeError):
            raise
        if fault.msg == "Extra data" and text.lstrip().startswith("{"):
            yield from read_lines(path)
            return
        raise UnusableError(f"{error}, line {fault.lineno}") from fault
    found = _records(value)
    if not found:
        raise UnusableError('no article in it: it needs an object, a list of objects, or a list under "articles"')
    yield from articles(
        printable(path), ((f"{printable(path)}:record {at}", record) for at, record in enumerate(found, 1))
    )


def read_lines(path: Path) -> Iterator[Article | Skipped]:
    """Yield the articles of a .jsonl file of any size; a malformed line is `Skipped`, and the rest read."""
    yield from articles(printable(path), _parsed(printable(path), text_lines(path)))


def _parsed(path: str, lines: Iterable[tuple[int, str] | Skipped]) -> Iterator[tuple[str, object] | Skipped]:
    for line in lines:
        if isinstance(line, Skipped):
            yield line
            continue
        number, text = line
        place = f"{path}:{number}"
        try:
            yield place, _value(text)
        except UnusableError as error:
            if text.strip():
                yield Skipped(place, str(error))


def _value(text: str) -> object:
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        fault = f"{error.msg[:1].lower()}{error.msg[1:]} at character {error.colno}"
        raise UnusableError(f"not JSON: {fault}") from error
    except ValueError as error:
        raise UnusableError(f"not JSON that can be read: {error}") from error
    except RecursionError as error:
        raise UnusableError("its lists or objects are nested too deep") from error


def _records(value: object) -> list[object]:
    if isinstance(value, dict):
        lists = (value[name] for name in _LISTS if isinstance(value.get(name), list))
        inner = next((found for found in lists if found and isinstance(found[0], dict)), None)
        return inner if inner is not None else [value]
    return value if isinstance(value, list) else []
