"""The reading of some sources: file after file, whatever they hold, and how far it has come."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import islice
from pathlib import Path

from index.model import Article, ReadingOptions, Skipped
from index.sources.fields.field_map import NO_MAP, FieldMap
from index.sources.files import streams
from index.sources.files.addresses import address
from index.sources.files.endings import why_unread
from index.sources.files.passed_over import Patterns
from index.sources.files.streams import UnusableError
from index.sources.files.walk import Found, Walk, os_cause, printable
from index.sources.formats import format_of

Reader = Callable[[Path, FieldMap], Iterator[Article | Skipped]]

# Of a file with more broken records than this the rest is only counted.
_MOST_REASONS = 100
# So many characters of what a fault says of itself.
_FAULT = 120


class Reading(Iterator[Article | Skipped]):
    """The articles of some sources, and what could not be read, one after another.

    `bytes_read` tells how far it has come, of the bytes that `index.sources.files.survey` counts: those of all files
    that were read, and of the one that is being read. `skipped` holds what was skipped so far.
    """

    def __init__(
        self,
        sources: Sequence[tuple[Path, ReadingOptions]],
        readers: Mapping[str, Reader],
        leaving_out: Path | None = None,
    ) -> None:
        self.skipped: list[Skipped] = []
        self._readers = readers
        self._sources = [
            (source, options.base_url, FieldMap.parse(options.names) if options.names else NO_MAP, Patterns(options))
            for source, options in sources
        ]
        self._walk = Walk(leaving_out)
        self._finished = self._furthest = 0
        self._file: Path | None = None
        self._parts = self._all()

    def __next__(self) -> Article | Skipped:
        """Return the next article, or what was skipped."""
        part = next(self._parts)
        if isinstance(part, Skipped):
            self.skipped.append(part)
        return part

    @property
    def bytes_read(self) -> int:
        """Return the bytes read so far, those on the disk where a file is packed; never less than before."""
        inside = streams.position(self._file) if self._file is not None else 0
        # A reader may look at a file's head, or its end, before it reads it.
        self._furthest = max(self._furthest, self._finished + inside)
        return self._furthest

    def _all(self) -> Iterator[Article | Skipped]:
        for source, base_url, names, patterns in self._sources:
            for found in self._walk.inside(source, patterns):
                if isinstance(found, Skipped):
                    yield found
                    continue
                self._file = found.path
                yield from self._articles(found, base_url, names)
                self._file = None
                if not why_unread(found.path, named=found.named):
                    self._finished += found.size

    def _articles(self, found: Found, base_url: str | None, names: FieldMap) -> Iterator[Article | Skipped]:
        met = skipped = 0
        for part in self._netted(found, base_url, names):
            met += 1
            skipped += isinstance(part, Skipped)
            if isinstance(part, Article) or skipped <= _MOST_REASONS:
                yield part
        if not met:
            yield Skipped(printable(found.path), "no article in it")
        if skipped > _MOST_REASONS:
            yield Skipped(printable(found.path), f"{skipped - _MOST_REASONS} more parts of it could not be read")

    def _netted(self, found: Found, base_url: str | None, names: FieldMap) -> Iterator[Article | Skipped]:
        """Yield what a file holds; whatever its reader raises is told, and ends this file alone."""
        path = found.path
        try:
            ending = format_of(path, self._readers, named=found.named)
            for part in self._readers[ending](path, names):
                if base_url and isinstance(part, Article) and not part.url:
                    yield replace(part, url=address(base_url, found.place, ending))
                else:
                    yield part
        except UnusableError as error:
            yield Skipped(printable(path), str(error))
        except OSError as error:
            yield Skipped(printable(path), os_cause(error))
        except (RecursionError, MemoryError):
            yield Skipped(printable(path), "nested too deep, or too large, to be read")
        except Exception as error:  # noqa: BLE001 - one file stops nothing, and its owner gets more than silence
            fault = "".join(islice(filter(str.isprintable, f"{type(error).__name__}: {error}"), _FAULT))
            yield Skipped(printable(path), f"a fault of quoth's reader ({fault}); please report it")
