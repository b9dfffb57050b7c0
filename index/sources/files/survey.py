"""Look at sources without reading them: how much there is to read, and whether it is what it was."""

import hashlib
import os
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path

from index.model import ReadingOptions, Skipped, SkippedGroup, SourceState
from index.sources.files.endings import why_name_unread
from index.sources.files.passed_over import Patterns
from index.sources.files.walk import Found, Walk, printable


def survey(sources: Mapping[str, ReadingOptions], leaving_out: Iterable[Path] = ()) -> dict[str, SourceState]:
    """Return each source's files and bytes that could hold articles, and a hash of their names, sizes and times.

    A file that several sources hold counts for the first of them; a source that is not there holds none. Raises
    SourceError for what is no pattern.
    """
    walk = Walk(leaving_out)
    states = {}
    for source, options in sources.items():
        look = Look(Path(source), options)
        for found in walk.inside(Path(source), Patterns(options)):
            if isinstance(found, Found):
                look.add(found)
        states[source] = look.state
    return states


class Look:
    """What a source looks like, file by file."""

    def __init__(self, source: Path, options: ReadingOptions) -> None:
        self._options = options
        self._files = self._bytes = self._device = 0
        self._digest = hashlib.blake2b(digest_size=16)
        with suppress(OSError):
            self._device = source.stat().st_dev

    def add(self, found: Found, *, held: bool = False) -> bool:
        """Take one file; return whether it could hold articles, by its name, unless it is known that it `held` some."""
        if not held and why_name_unread(found.text.rpartition(os.sep)[2], named=found.named):
            return False
        self._files, self._bytes = self._files + 1, self._bytes + found.state.st_size
        self._digest.update(f"{printable(found.text)}\0{found.state.st_size}\0{found.state.st_mtime_ns}\n".encode())
        return True

    @property
    def state(self) -> SourceState:
        """Return the state of the source; what was skipped in it is not known here."""
        return SourceState(self._options, self._files, self._bytes, self._digest.hexdigest(), device=self._device)


def source_of(path: str, sources: Iterable[str]) -> str | None:
    """Return the first source that is `path` or a folder above it.

    >>> source_of("/a/b/c.md", ["/x", "/a/b", "/a"]), source_of("/ab", ["/a"])
    ('/a/b', None)
    """
    return next((one for one in sources if path == one or path.startswith(f"{one.rstrip('/')}/")), None)


def grouped(skipped: Iterable[Skipped]) -> tuple[SkippedGroup, ...]:
    """Return what was skipped by reason, the commonest first.

    >>> [group] = grouped([Skipped("a.csv:2", "3 fields, not 2"), Skipped("a.csv:9", "4 fields, not 2")])
    >>> group.count, group.example.path
    (2, 'a.csv:2')
    """
    groups: dict[str, SkippedGroup] = {}
    for one in skipped:
        known = groups.get(one.cause)
        groups[one.cause] = SkippedGroup(known.count + 1, known.example) if known else SkippedGroup(1, one)
    return tuple(sorted(groups.values(), key=lambda group: -group.count))
