"""What one file holds, by the reader of its format. Nothing raises: whatever a reader raises is told."""

from collections.abc import Callable, Container, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Final, cast

from index.model import Article, Skipped
from index.sources.fields import file_names
from index.sources.fields.field_map import FieldMap
from index.sources.files.addresses import address, served_url
from index.sources.files.faults import fault
from index.sources.files.passed_over import Patterns
from index.sources.files.served import Served, served_of
from index.sources.files.walk import printable
from index.sources.formats import format_of

Part = Article | Skipped
ARCHIVES: Final = frozenset((".zip", ".tar"))
_MEBIBYTE = 1 << 20


@dataclass(frozen=True, slots=True)
class Limits:
    """What reading a file may take before it is given up.

    `seconds` of processor time, and of waiting twice as many, from one article to the next, and `per_mebibyte` more for
    each MiB of the file; `memory` in bytes, where the system can limit it.
    """

    seconds: float = 120
    per_mebibyte: float = 10
    memory: int = 2 << 30

    def of(self, size: int) -> float:
        """Return the seconds for a file of `size` bytes."""
        return self.seconds + self.per_mebibyte * size / _MEBIBYTE

    def of_file(self, path: Path) -> float:
        """Return the seconds for a file; whether it can be read at all is not known yet."""
        size = 0
        with suppress(OSError):
            size = path.stat().st_size
        return self.of(size)


@dataclass(frozen=True, slots=True)
class Reader:
    """What reads one format: a function `read(path, field_map)` that yields articles and what was skipped.

    It is imported when the first file of its format is met: all together take longer than many a folder. One with
    `limits` reads in a process of its own, so that whatever it does costs one file. One that `takes_charset` is told
    that of files that came from a server.
    """

    module: str
    function: str = "read"
    limits: Limits | None = None
    takes_charset: bool = False

    def __call__(self, path: Path, field_map: FieldMap, charset: str | None = None) -> Iterator[Part]:
        """Yield what the file holds; a `charset` is one that came with it from its server."""
        stated = (charset,) if self.takes_charset and charset else ()
        return _imported(self.module, self.function)(path, field_map, *stated)


@cache
def _imported(module: str, function: str) -> Callable[..., Iterator[Part]]:
    return cast(Callable[..., Iterator[Part]], getattr(import_module(module), function))


@dataclass(frozen=True, slots=True)
class File:
    """A file to be read, and how: where it lies, what it is called, and its place inside its source.

    `base_url`, `names` and `patterns` are those of its source; `named`: somebody asked for this very file.
    """

    path: Path
    shown: str
    place: str
    names: FieldMap
    patterns: Patterns
    base_url: str | None = None
    named: bool = False


def format_or_fault(file: File, known: Container[str]) -> tuple[str, str]:
    """Return the ending of the format that a file is read as and "", or "" and why it is not read.

    `known` are the endings of `ARCHIVES` and those that have a reader.
    """
    try:
        return format_of(file.path, known, named=file.named), ""
    except Exception as error:  # noqa: BLE001 - one file stops nothing
        return "", fault(error)


def articles(file: File, format_ending: str, readers: Mapping[str, Reader]) -> Iterator[Part]:
    """Yield what a file holds that is no archive; raises what its reader raises."""
    lies = printable(file.path)
    served = served_of(file.path) if file.base_url else None
    for part in readers[format_ending](file.path, file.names, served.charset if served else None):
        if served is not None:
            yield _as_served(part, file.path, served) if isinstance(part, Article) else part
            continue
        if lies != file.shown:
            part = replace(part, path=file.shown + part.path.removeprefix(lies))  # noqa: PLW2901 - the same part
        if file.base_url and isinstance(part, Article):
            part = replace(part, url=address(file.base_url, file.place, format_ending, part.url))  # noqa: PLW2901
        yield part


def _as_served(article: Article, path: Path, served: Served) -> Article:
    """Return an article with its address; one without a title is called after that, and not after its file."""
    named = served.name if served.name and article.title == file_names.title(path) else ""
    title = file_names.title(Path(named)) if named else article.title
    return replace(article, title=title, url=served_url(served.address, article.url))


def or_told_empty(parts: Iterator[Part], shown: str) -> Iterator[Part]:
    """Yield what a file called `shown` holds, or that it holds no article."""
    met = False
    for part in parts:
        met = True
        yield part
    if not met:
        yield Skipped(shown, "no article in it")


def told_articles(file: File, format_ending: str, readers: Mapping[str, Reader]) -> Iterator[Part]:
    """Yield the same; whatever its reader raises is told, and ends this file alone."""
    try:
        yield from articles(file, format_ending, readers)
    except Exception as error:  # noqa: BLE001 - one file stops nothing, and its owner gets more than silence
        yield Skipped(file.shown, fault(error))
