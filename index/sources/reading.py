"""The reading of some sources: file after file, whatever they hold, and how far it has come."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

from index.model import Article, ReadingOptions, Skipped
from index.sources.contents import ARCHIVES, File, Limits, Reader, format_or_fault, or_told_empty, told_articles
from index.sources.fields.field_map import NO_MAP, FieldMap
from index.sources.files import streams
from index.sources.files.endings import why_unread
from index.sources.files.passed_over import Patterns
from index.sources.files.walk import Walk, printable
from index.sources.isolation import ReaderProcess

__all__ = ["Limits", "Reader", "Reading"]

# Of a file with more broken records than this the rest is only counted.
_MOST_REASONS = 100
_ARCHIVE_LIMITS: Final = Limits()


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
        self._process = ReaderProcess(readers)
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
        inside = max(streams.position(self._file), self._process.position) if self._file is not None else 0
        # A reader may look at a file's head, or its end, before it reads it.
        self._furthest = max(self._furthest, self._finished + inside)
        return self._furthest

    def _all(self) -> Iterator[Article | Skipped]:
        try:
            for source, base_url, names, patterns in self._sources:
                for found in self._walk.inside(source, patterns):
                    if isinstance(found, Skipped):
                        yield found
                        continue
                    self._file, self._process.position = found.path, 0
                    shown = printable(found.path)
                    yield from self._articles(
                        File(found.path, shown, found.place, names, patterns, base_url, found.named)
                    )
                    self._file = None
                    if not why_unread(found.path, named=found.named):
                        self._finished += found.size
        finally:
            self._process.end()

    def _articles(self, file: File) -> Iterator[Article | Skipped]:
        skipped = 0
        for part in or_told_empty(self._inside(file), file.shown):
            skipped += isinstance(part, Skipped)
            if isinstance(part, Article) or skipped <= _MOST_REASONS:
                yield part
        if skipped > _MOST_REASONS:
            yield Skipped(file.shown, f"{skipped - _MOST_REASONS} more parts of it could not be read")

    def _inside(self, file: File) -> Iterator[Article | Skipped]:
        ending, fault = format_or_fault(file, self._readers)
        if fault:
            yield Skipped(file.shown, fault)
            return
        limits = _ARCHIVE_LIMITS if ending in ARCHIVES else self._readers[ending].limits
        if limits is None:
            yield from told_articles(file, ending, self._readers)
        else:
            yield from self._process.parts(file, ending, limits)
