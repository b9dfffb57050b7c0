"""Readers that do what no reader should, for the tests of the process that they run in."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path
from threading import Event

from index.model import Article, Paragraph, Skipped
from index.sources.fields.field_map import FieldMap


def good(path: Path, _: FieldMap) -> Iterator[Article | Skipped]:
    yield Article(path.stem, (Paragraph(path.read_text(), fragment="page=3"),), str(path))


def many(path: Path, _: FieldMap) -> Iterator[Article | Skipped]:
    for number in range(1000):
        yield Article(f"{number}", (Paragraph(path.read_text() * 9),), str(path), str(number))


def runs_for_ever(path: Path, field_map: FieldMap) -> Iterator[Article | Skipped]:
    yield from good(path, field_map)
    while True:
        pass


def waits_for_ever(*_: object) -> Iterator[Article | Skipped]:
    Event().wait()
    yield from ()


def eats_memory(*_: object) -> Iterator[Article | Skipped]:
    eaten = bytearray(1 << 33)
    yield Skipped("", str(len(eaten)))


def crashes(*_: object) -> Iterator[Article | Skipped]:
    os.kill(os.getpid(), signal.SIGSEGV)
    yield from ()


def leaves(*_: object) -> Iterator[Article | Skipped]:
    os._exit(3)
    yield from ()


def fails(*_: object) -> Iterator[Article | Skipped]:
    raise KeyError("the tide")
    yield from ()
