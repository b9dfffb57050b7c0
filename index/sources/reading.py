"""The reading of some sources: file after file, whatever they hold, and how far it has come."""

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from hashlib import blake2b
from pathlib import Path
from typing import Final

from index.model import Article, ReadingOptions, Skipped, SourceFile, SourceState
from index.sources.ahead import PAGES, PagesAhead
from index.sources.contents import ARCHIVES, File, Limits, Reader, format_or_fault, or_told_empty, told_articles
from index.sources.exports import live_posts
from index.sources.fields.field_map import NO_MAP, FieldMap
from index.sources.files import streams
from index.sources.files.passed_over import Patterns
from index.sources.files.secrets import cleared
from index.sources.files.survey import Look
from index.sources.files.walk import Found, Walk, printable, stamp
from index.sources.html import neighbours
from index.sources.isolation import ReaderProcess
from index.sources.known import (
    GONE,
    NOTHING,
    Known,
    settled,
    staying,
    unsettled,
    why_away,
    why_turned,
    why_unseen,
    why_unsure,
    with_articles,
)

__all__ = ["Limits", "Reader", "Reading"]

# Of a file with more broken records than this the rest is only counted.
_MOST_REASONS = 100
_ARCHIVE_LIMITS: Final = Limits()
# A file of so many bytes that had articles before is read to its end before any of it counts.
_MOST_HELD: Final = 16 << 20

Unread = list[SourceFile]
"""Neighbouring files that did not change, as they were known before; their articles are those they had."""
Parts = Iterator[Article | Skipped | SourceFile | Unread]

# So many come at once.
_UNREAD: Final = 1000


@dataclass(frozen=True, slots=True)
class _Source:
    path: Path
    options: ReadingOptions
    names: FieldMap
    patterns: Patterns


@dataclass(slots=True)
class _Walked:
    """What a walk through a source met: `files` are those it may know, by their paths."""

    look: Look
    files: Mapping[str, SourceFile]
    known: Known
    met: set[str] = field(default_factory=set)
    fault: str = ""


class Reading(Iterator[Article | Skipped]):
    """The articles of some sources, and what could not be read, one after another.

    `bytes_read` tells how far it has come, of the bytes that `index.sources.files.survey` counts: those of all files
    that were read, and of the one that is being read. `skipped` holds what was skipped so far, `states` what the
    sources that were read looked like.
    """

    def __init__(
        self,
        sources: Sequence[tuple[Path, ReadingOptions]],
        readers: Mapping[str, Reader],
        leaving_out: Sequence[Path] = (),
        settled: Mapping[str, str] | None = None,
    ) -> None:
        self.skipped: list[Skipped] = []
        self.states: dict[str, SourceState] = {}
        self._readers, self._known = readers, ARCHIVES.union(readers)
        self._settled = settled
        self._sources = [
            _Source(source, options, FieldMap.parse(options.names) if options.names else NO_MAP, Patterns(options))
            for source, options in sources
        ]
        self._walk = Walk(leaving_out)
        # The folder of the index comes first.
        self._data = leaving_out[0] if leaving_out else None
        self._finished = self._furthest = 0
        self._file: Path | None = None
        self._process = ReaderProcess(readers)
        # Made when it is asked for: with its own generator this is a circle, which keeps all that was walked.
        self._parts: Parts | None = None

    def __next__(self) -> Article | Skipped:
        """Return the next article, or what was skipped."""
        self._parts = self._parts or self.since(NOTHING)
        while True:
            part = next(self._parts)
            if isinstance(part, Article | Skipped):
                return part

    def since(self, known: Known, processes: int = 1) -> Parts:
        """Yield the same, and behind the parts of each file the file itself; read by so many processes.

        Files that are known and have not changed are not read: they come together, `Unread`. Files that are empty, were
        changed while they were read or cannot be read just now, and those of a source that is away, come `kept`, each
        with a word; and without one those that are not `settled`, where that is given.
        """
        neighbours.forget()
        live_posts.look_in(self._data)
        self._ahead = PagesAhead(self._readers, processes if self._settled is None else 1)
        # Of which folder's pages it is known what they owe to each other.
        self._beside = "", ""
        try:
            for source in self._sources:
                for part in self._of_source(source, known):
                    if isinstance(part, Skipped):
                        self.skipped.append(part)
                    yield part
        finally:
            self._process.end()
            self._ahead.end()

    @property
    def bytes_read(self) -> int:
        """Return the bytes read so far, those on the disk where a file is packed; never less than before."""
        inside = max(streams.position(self._file), self._process.position) if self._file is not None else 0
        # A reader may look at a file's head, or its end, before it reads it.
        self._furthest = max(self._furthest, self._finished + inside)
        return self._furthest

    def _of_source(self, source: _Source, known: Known) -> Parts:
        name, look = str(source.path), Look(source.path, source.options)
        before = known.states.get(name, SourceState())
        files = {file.path: file for file in known.of(name)}
        # Under other options every file is another one.
        same = before.options == source.options
        walked = _Walked(look, files if same else {}, known)
        turned = why_turned(source.path, files) if same and known.keeps else ""
        if not turned:
            yield from self._walked(source, walked, same=same)
        missing = [file for path, file in files.items() if path not in walked.met] if known.keeps else []
        articles = sum([file.articles for file in files.values()])
        state = look.state
        fault = turned or walked.fault or why_away(before, state, missing, articles)
        if fault:
            # Told from what it was, it is known again when it is back.
            state = replace(before, options=source.options) if missing else state
            yield from staying(printable(source.path), fault, missing, same=same)
        elif self._settled is not None:
            yield from (replace(file, kept=True) for file in missing if self._settled.get(file.path) != "")
        self.states[name] = state

    def _walked(self, source: _Source, walked: "_Walked", *, same: bool) -> Parts:
        """Yield what the files of a source hold, as they are found."""
        files, met, known, unread = walked.files, walked.met, walked.known, list[SourceFile]()

        def wanted(found: Found) -> File | None:
            is_known = (old := files.get(found.text)) is not None and old.stamp == stamp(found.state)
            # What is read before a change would show may be changed unseen.
            return None if is_known or unsettled(found) else _file(found, source)

        for found in self._ahead.met(self._walk.inside(source.path, source.patterns), wanted):
            if isinstance(found, Found):
                met.add(found.text)
                old = files.get(found.text)
                same_file = old is not None and old.stamp == stamp(found.state)
                could = walked.look.add(found, held=same_file and old is not None and old.articles > 0)
                if old and same_file and self._is_beside_the_same(old):
                    unread.append(old)
                else:
                    yield from _taken(unread)
                    yield from self._of_file(found, source, old, known)
                self._finished += found.state.st_size if could else 0
                if len(unread) >= _UNREAD:
                    yield from _taken(unread)
                continue
            yield from _taken(unread)
            if isinstance(found, Skipped):
                yield found
            elif found.path == source.path:
                walked.fault = why_unseen(found.error)
            else:
                gone = not known.keeps or found.error.errno in GONE
                lost = [] if gone else known.below(str(found.path), str(source.path))
                yield from staying(found.skipped.path, found.skipped.reason, lost, same=same)
                met.update(file.path for file in lost)
        yield from _taken(unread)

    def _is_beside_the_same(self, old: SourceFile) -> bool:
        """Return whether a file owes the same as before to the files beside it, or an export to posts that came."""
        if old.beside is None:
            return True
        if live_posts.is_beside(old.beside):
            return old.beside == live_posts.beside_now(old.beside)
        folder = old.path.rpartition(os.sep)[0]
        if folder != self._beside[0]:
            self._beside = folder, _beside(Path(old.path))
        return old.beside == self._beside[1]

    def _of_file(self, found: Found, source: _Source, old: SourceFile | None, known: Known) -> Parts:
        """Yield what a file holds and then the file; `old` is what is known of it."""
        shown, now = printable(found.text), stamp(found.state)
        if self._settled is not None and self._settled.get(found.text) != now and not (old and old.stamp == now):
            # Known by its old stamp, it is read as soon as it is at rest.
            if old:
                yield from old.skipped
                yield replace(old, kept=True)
            return
        held = old if old and old.articles and known.keeps else None
        if held and not found.state.st_size:
            told = Skipped(shown, with_articles("it is empty", held.articles))
            yield from (told, replace(held, stamp=now, skipped=(told,), kept=True))
            return
        file = _file(found, source)
        before = settled(found, now) if known is not NOTHING else now
        self._file, self._process.position = file.path, 0
        at_once = found.state.st_size <= _MOST_HELD and (held is not None or self._settled is not None)
        yield from self._read(file, str(source.path), before, held if at_once else None, at_once=at_once)
        self._file = None

    def _read(self, file: File, source: str, before: str, held: SourceFile | None, *, at_once: bool) -> Parts:
        """Yield what a file holds, read anew.

        With `at_once` it is read to its end first; where what was read is not certain, those of its articles that are
        `held` come in its place.
        """
        ending, fault = format_or_fault(file, self._known)
        beside = _beside(file.path) if ending in PAGES else None
        read_ahead = self._ahead.taken(file, ending, before)
        inside = self._inside(file, ending, fault) if read_ahead is None else iter(read_ahead)
        parts, skipped = _at_most_reasons(inside, file), []
        if at_once:
            read = list(parts)
            if unsure := why_unsure(file.path, before, read):
                yield from staying(file.shown, unsure, [held] if held else [], same=False)
                return
            parts = iter(read)
        for part in parts:
            if isinstance(part, Skipped):
                skipped.append(part)
            yield part
        after = ""
        with suppress(OSError):
            after = stamp(os.stat(file.path))  # noqa: PTH116 - a third of what the Path's own takes
        if ending == live_posts.EXPORT:
            beside = live_posts.beside(file.shown)
        yield SourceFile(str(file.path), source, before if before == after else "", beside, tuple(skipped))

    def _inside(self, file: File, ending: str, fault: str) -> Iterator[Article | Skipped]:
        if fault:
            yield Skipped(file.shown, fault)
            return
        limits = _ARCHIVE_LIMITS if ending in ARCHIVES else self._readers[ending].limits
        if limits is None:
            yield from told_articles(file, ending, self._readers)
        else:
            yield from self._process.parts(file, ending, limits)


def _at_most_reasons(parts: Iterator[Article | Skipped], file: File) -> Iterator[Article | Skipped]:
    """Yield what a file holds, without its secrets, and of what was skipped in it the first reasons."""
    skipped = 0
    for part in or_told_empty(cleared(parts), file.shown):
        skipped += isinstance(part, Skipped)
        if isinstance(part, Article) or skipped <= _MOST_REASONS:
            yield part
    if skipped > _MOST_REASONS:
        yield Skipped(file.shown, f"{skipped - _MOST_REASONS} more parts of it could not be read")


def _file(found: Found, source: _Source) -> File:
    named, base_url = found.named, source.options.base_url
    return File(found.path, printable(found.text), found.place, source.names, source.patterns, base_url, named)


def _taken(unread: Unread) -> Parts:
    """Yield the files that are waiting, if there are any, and what was skipped in them; none is waiting then."""
    if unread:
        for file in unread:
            if file.skipped:
                yield from file.skipped
        yield unread.copy()
        unread.clear()


def _beside(page: Path) -> str:
    """Return what a page owes to the pages beside it."""
    shared = sorted(neighbours.shared_titles(page.parent))
    return blake2b(b"\0".join(shared), digest_size=8).hexdigest() if shared else ""
