"""What changed in the files of the sources since the generation in use, look by look, and what of it is at rest.

Whatever tells of changes loses some, so nothing counts but what a walk finds. A file that changed is at rest when it
looked the same for a while and nobody has it open for writing; one that is not holds up no other.
"""

import os
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from index.model import ReadingOptions, Skipped, SourceFile, SourceState
from index.sources.files import left_behind
from index.sources.files.endings import why_name_unread
from index.sources.files.passed_over import Patterns
from index.sources.files.walk import Found, Walk, printable, stamp
from index.sources.files.writers import has_writer
from index.sources.known import GONE, why_away, why_turned, why_unseen, with_articles
from index.store import source_files
from index.store.store import Store

AT_REST: Final = 2.0
"""Seconds for which a file that grew, or changed within, looks the same before it is read."""

SURELY_AT_REST: Final = 5.0
"""The same for one that is new, shorter or gone, and for a source: who writes a file anew makes a pause in between."""

_WRITTEN_INTO: Final = 1.0
_RESTLESS: Final = 600.0
# What a build could not read, and looks as it did then, is tried again after so many seconds.
_AGAIN: Final = 3600.0


@dataclass(frozen=True, slots=True)
class Findings:
    """What a look found.

    `settled` are the files that changed and are at rest, each with its stamp, "" for one that is gone; with `fresh`
    there is one among them that no build was given yet. `soon`: in how many seconds more may be, None for no more.
    `away` tells of sources why their articles stay, `well` are those that nothing is wrong with; `left_behind`, `empty`
    and `restless` tell of files.
    """

    settled: Mapping[str, str]
    fresh: bool
    soon: float | None
    away: Mapping[str, str]
    well: tuple[str, ...]
    left_behind: tuple[Skipped, ...]
    empty: tuple[str, ...]
    restless: tuple[str, ...]
    sources: tuple[str, ...]


@dataclass(slots=True)
class _Since:
    """A change: what it looks like, since when, and since when there is one at all."""

    looks: str
    since: float
    first: float


@dataclass(slots=True)
class _Seen:
    """What one look at a source met."""

    changed: dict[str, str] = field(default_factory=dict)
    left_behind: dict[str, Skipped] = field(default_factory=dict)
    empty: set[str] = field(default_factory=set)
    fault: str = ""


_Files = dict[str, tuple[str, int]]
"""The files of a source by their paths, each with its stamp and the number of its articles."""


class Changes:
    """Looks at the sources of the generation in use, and at those that the next build takes in `also`.

    With `inside`, only at those that lie in that folder. What is `leaving_out` beside the index is
    passed over. `clock` gives seconds that never go back.
    """

    def __init__(
        self,
        store: Store,
        clock: Callable[[], float] = time.monotonic,
        *,
        also: Callable[[], Mapping[str, ReadingOptions]] = dict,
        inside: Path | None = None,
        leaving_out: Iterable[Path] = (),
    ) -> None:
        self._store, self._clock, self._also = store, clock, also
        self._leaving_out = (store.data_dir, *leaving_out)
        self._inside = f"{inside.absolute()}/" if inside is not None else ""
        self._generation: tuple[int, int] = (0, 0)
        self._sources: dict[str, SourceState] = {}
        self._files: dict[str, _Files] = {}
        self._since: dict[str, _Since] = {}
        self._given: dict[str, tuple[str, float]] = {}
        self._held: dict[str, str] = {}

    def look(self) -> Findings | None:
        """Walk the sources once; None while there are none. Raises BrokenIndexError."""
        self._follow()
        also = {source: SourceState(options) for source, options in self._also().items()}
        states = {source: state for source, state in (also | self._sources).items() if source.startswith(self._inside)}
        if not states:
            return None
        walk = Walk(self._leaving_out)
        return self._findings({source: self._walked(source, state, walk) for source, state in states.items()})

    def given(self, settled: Mapping[str, str]) -> None:
        """Note that a build was given these files, whatever came of it."""
        now = self._clock()
        self._given |= {path: (looks, now) for path, looks in settled.items()}

    def hold(self, files: Mapping[str, str]) -> bool:
        """Give no build these files again, each with its stamp, until somebody decides; return whether that is news.

        They are given again where they look otherwise, and where files are new, for what leaves may have moved there.
        """
        news = any(self._held.get(path) != looks for path, looks in files.items())
        self._held |= files
        return news

    def _follow(self) -> None:
        """Load what is known of the files of the generation in use, if that is another one."""
        number = self._store.current()
        if number is None:
            return
        folder, written = self._store.folder(number), 0
        with suppress(OSError):
            written = (folder / source_files.NAME).stat().st_mtime_ns
        manifest = self._store.manifest() if (number, written) != self._generation else None
        if manifest is None:
            return
        sources = [source for source in manifest.sources if source.startswith(self._inside)]
        read = source_files.load(folder) if sources else None
        self._generation = (number, written)
        states = read.states if read else {}
        self._sources = {source: states.get(source) or manifest.states.get(source, SourceState()) for source in sources}
        self._files = {source: {} for source in sources}
        for file in read.files if read else ():
            if file.source in self._files:
                self._files[file.source][file.path] = (file.stamp, file.articles)

    def _walked(self, source: str, before: SourceState, walk: Walk) -> _Seen:
        seen, files, met, unseen, could = _Seen(), self._files.get(source, {}), set[str](), list[str](), 0
        turned = why_turned(Path(source), files)
        for found in () if turned else walk.inside(Path(source), Patterns(before.options)):
            if isinstance(found, Found):
                path, looks = found.text, stamp(found.state)
                met.add(path)
                is_one = not why_name_unread(path.rpartition(os.sep)[2], named=found.named)
                could += is_one
                if files.get(path, ("", 0))[0] != looks:
                    seen.changed[path] = looks
                if is_one and not found.state.st_size:
                    seen.empty.add(path)
            elif isinstance(found, Skipped):
                if found.reason in left_behind.REASONS:
                    seen.left_behind[found.path] = found
            elif found.path == Path(source):
                seen.fault = why_unseen(found.error)
            elif found.error.errno not in GONE:
                unseen.append(str(found.path))
        missing = [path for path in files if path not in met and not _below(path, unseen)]
        articles = sum(articles for _, articles in files.values())
        gone = [SourceFile(path, source, "", articles=files[path][1]) for path in missing]
        now = SourceState(before.options, could, device=_device(source))
        seen.fault = turned or seen.fault or why_away(before, now, gone, articles)
        if seen.fault:
            seen.fault = with_articles(seen.fault, sum(file.articles for file in gone))
        else:
            seen.changed |= dict.fromkeys(missing, "")
        return seen

    def _findings(self, seen: Mapping[str, _Seen]) -> Findings:
        now = self._clock()
        changed = {path: (looks, source) for source, one in seen.items() for path, looks in one.changed.items()}
        self._held = {path: looks for path, looks in self._held.items() if changed.get(path, ("?",))[0] == looks}
        self._given = {
            path: (looks, at)
            for path, (looks, at) in self._given.items()
            if path in changed and changed[path][0] == looks and now - at < _AGAIN
        }
        faults = {f"{source}\0": one.fault for source, one in seen.items() if one.fault}
        behind = {f"{path}\0": one for each in seen.values() for path, one in each.left_behind.items()}
        looks = {path: looks for path, (looks, _) in changed.items()}
        # What is wrong with a source may be told in other words, and is the same trouble.
        self._note(looks | dict.fromkeys((*faults, *behind), "x"), now)
        left = {path: self._left(path, self._since[path], changed, now) for path in self._since}
        settled, waits = {}, []
        for path, (look, _) in changed.items():
            if path in self._held:
                continue
            if left[path] <= 0 and (not look or not has_writer(Path(path))):
                settled[path] = look
            else:
                waits.append(max(left[path], _WRITTEN_INTO) if left[path] <= 0 else left[path])
        if any(look and path not in self._files.get(changed[path][1], {}) for path, look in settled.items()):
            settled |= self._held
        waits += [left[one] for one in (*faults, *behind) if left[one] > 0]
        return Findings(
            settled,
            any(path not in self._given for path in settled),
            min(waits, default=None),
            {source[:-1]: fault for source, fault in faults.items() if left[source] <= 0},
            tuple(source for source, one in seen.items() if not one.fault),
            tuple(one for path, one in behind.items() if left[path] <= 0),
            tuple(_names(path for one in seen.values() for path in one.empty if path in settled)),
            tuple(_names(path for path in changed if path not in settled and self._is_restless(path, now))),
            tuple(seen),
        )

    def _note(self, looks: Mapping[str, str], now: float) -> None:
        before = self._since
        self._since = {}
        for path, look in looks.items():
            old = before.get(path)
            same = old is not None and old.looks == look
            self._since[path] = old if old and same else _Since(look, now, old.first if old else now)

    def _left(self, path: str, one: _Since, changed: Mapping[str, tuple[str, str]], now: float) -> float:
        """Return for how many seconds something must still look the same."""
        looks, source = changed.get(path, ("", ""))
        before = self._files.get(source, {}).get(path, ("", 0))[0]
        quick = bool(before and looks) and _size(looks) >= _size(before)
        return one.since + (AT_REST if quick else SURELY_AT_REST) - now

    def _is_restless(self, path: str, now: float) -> bool:
        return now - self._since[path].first >= _RESTLESS


def _below(path: str, folders: Iterable[str]) -> bool:
    return any(path == folder or path.startswith(f"{folder}/") for folder in folders)


def _device(source: str) -> int:
    with suppress(OSError):
        return Path(source).stat().st_dev
    return 0


def _names(paths: Iterable[str]) -> Iterator[str]:
    return map(printable, paths)


def _size(looks: str) -> int:
    return int(looks.split(".")[2], 16)
