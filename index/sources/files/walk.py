"""Walk files and folders: the files to be read, each once, in an order that is the same every time."""

import os
import stat
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from index.errors import SourceError
from index.model import ReadingOptions, Skipped
from index.sources.files.endings import OWN_SETTINGS
from index.sources.files.left_behind import SCRATCH, UNFINISHED, Beside, why_left_behind
from index.sources.files.passed_over import IGNORE_FILE, IgnoreFiles, Patterns, apparatus
from index.store.files import odd_kind

_Identity = tuple[int, int]
# Some programs keep a file in a folder of its own until it is whole.
_IN_FOLDERS = frozenset((UNFINISHED, SCRATCH))


# Not frozen, like `_Waiting` below: there is one for each file, and to make it would take three times as long.
@dataclass(slots=True)
class Found:
    """A file to be read: its absolute path, its place inside the source ("2024/rain.md"), and what it looks like.

    `named`: somebody asked for this very file, so that it is tried whatever its ending says.
    """

    text: str
    place: str
    state: os.stat_result
    named: bool

    @property
    def path(self) -> Path:
        """Return its path; most files are known, and need none but its `text`."""
        return Path(self.text)


@dataclass(frozen=True, slots=True)
class Unseen:
    """What the system did not let us look at: a file or folder, whatever lies in it, and why."""

    path: Path
    error: OSError

    @property
    def skipped(self) -> Skipped:
        """Return what is told of it."""
        return Skipped(printable(self.path), _cause(self.path, self.error))


@dataclass(slots=True)
class _Waiting:
    """What is still to be looked at.

    `above` are the folders that hold it, which must not come again below a link; `apparatus` is why it is passed
    over if it is a folder, `left_behind` if it is a file; `is_link` whether it is a symbolic link, which may lead
    anywhere.
    """

    path: str
    above: frozenset[_Identity]
    ignored: IgnoreFiles
    apparatus: str = ""
    is_link: bool = False
    left_behind: str = ""


def files(paths: Iterable[Path]) -> Iterator[Path | Skipped]:
    """Yield the files in `paths`, folders walked in sorted order: absolute paths, and what cannot be a source.

    Raises SourceError at the call, before anything is walked, when a path is not there.
    """
    walk, patterns = Walk(), Patterns(ReadingOptions())
    several = [absolute(path) for path in paths]
    parts = (part for path in several for part in walk.inside(path, patterns))
    return (_path_or_skipped(part) for part in parts)


def _path_or_skipped(part: "Found | Skipped | Unseen") -> Path | Skipped:
    if isinstance(part, Unseen):
        return part.skipped
    return part.path if isinstance(part, Found) else part


def absolute(path: Path, *, away: bool = False) -> Path:
    """Return the absolute path of what is there; SourceError when nothing is, unless it may be `away`."""
    if not away and not os.path.lexists(path):
        raise SourceError(f"{path}: there is no such file or folder; check the spelling")
    # Path.resolve would name the file a link leads to, not the one that was given.
    return Path(os.path.abspath(path))  # noqa: PTH100


def stamp(state: os.stat_result) -> str:
    """Return what tells whether a file is still the same, unread: a writer changes its time of change in any case."""
    return f"{state.st_dev:x}.{state.st_ino:x}.{state.st_size:x}.{state.st_mtime_ns:x}.{state.st_ctime_ns:x}"


def printable(path: Path | str) -> str:
    """Return `path` as text that can be stored and printed, whatever bytes its name holds."""
    text = str(path)
    return text if text.isascii() else os.fsencode(text).decode("utf-8", "replace")


class Walk:
    """Walk one source after another; a file reached twice, by whatever name, comes once.

    The folders and files `leaving_out` are passed over, by whatever name they are met. Inside folders so are names that
    begin with a dot, what a .gitignore file there names, what programs put beside articles (see
    `passed_over.apparatus`), and what the options say. Links are followed within their source alone, unless they are
    the source: whoever wrote a folder must not choose what else is read.
    """

    def __init__(self, leaving_out: Iterable[Path] = ()) -> None:
        self._seen: set[_Identity] = set()
        self._leaving_out = tuple(leaving_out)
        self._settings: set[_Identity] = set()

    def inside(self, source: Path, patterns: Patterns) -> Iterator[Found | Skipped | Unseen]:
        """Yield the files of a source, and what was passed over or cannot be read, with the reason."""
        for path in self._leaving_out:
            # Not before: whoever reads may make that folder at the last moment.
            with suppress(OSError):
                state = path.stat()
                passed_over = self._seen if stat.S_ISDIR(state.st_mode) else self._settings
                passed_over.add((state.st_dev, state.st_ino))
        # An explicit stack, last first: folders may be nested deeper than calls may.
        waiting = [_Waiting(str(source), frozenset(), IgnoreFiles())]
        while waiting:
            entry = waiting.pop()
            found: Found | Skipped | Unseen | None
            try:
                found = self._look_at(entry, str(source), patterns, waiting)
            except OSError as error:
                found = Unseen(Path(entry.path), error)
            if found is not None:
                yield found

    def _look_at(
        self, entry: _Waiting, source: str, patterns: Patterns, waiting: list[_Waiting]
    ) -> Found | Skipped | None:
        """Return what is to be said of an entry; of a folder nothing, but what it holds is added to `waiting`."""
        path, named = entry.path, entry.path == source
        state = os.stat(path)  # noqa: PTH116 - a Path would take three times as long
        identity = (state.st_dev, state.st_ino)
        is_folder = stat.S_ISDIR(state.st_mode)
        if identity in entry.above:
            return Skipped(printable(path), "a link back to a folder that holds it")
        if identity in self._seen:
            return None
        place = Path(path).name if named else path[len(source) :].lstrip(os.sep).replace(os.sep, "/")
        reason = "" if named else _passed_over(entry, place, patterns, is_folder=is_folder)
        if not (reason or is_folder):
            reason = odd_kind(state)
        if reason or (reason := _leads_out(entry, source)):
            return Skipped(printable(path), reason)
        self._seen.add(identity)
        if is_folder:
            waiting.extend(_inside(entry, identity))
            return None
        if identity in self._settings:
            return Skipped(printable(path), OWN_SETTINGS)
        return Found(path, place, state, named or patterns.includes(place))


def _passed_over(entry: _Waiting, place: str, patterns: Patterns, *, is_folder: bool) -> str:
    if is_folder and entry.apparatus:
        return entry.apparatus
    if entry.left_behind and (not is_folder or entry.left_behind in _IN_FOLDERS) and not patterns.includes(place):
        return entry.left_behind
    if entry.ignored.names(entry.path, is_folder=is_folder):
        return "named in a .gitignore file"
    return patterns.reason(place, is_folder=is_folder)


def _leads_out(entry: _Waiting, source: str) -> str:
    inside = not entry.is_link or Path(os.path.realpath(entry.path)).is_relative_to(os.path.realpath(source))
    return "" if inside else "a link that leads out of its source; name it as a source of its own to have it read"


def _inside(folder: _Waiting, identity: _Identity) -> list[_Waiting]:
    """Return what a folder holds, last first, without names that begin with a dot."""
    with os.scandir(folder.path) as found:
        entries = {entry.name: entry for entry in found}
    ignored = folder.ignored.below(Path(folder.path)) if IGNORE_FILE in entries else folder.ignored
    beside = Beside(entries)
    above, base = folder.above | {identity}, os.path.join(folder.path, "")  # noqa: PTH118 - the same
    return [
        _Waiting(
            base + name,
            above,
            ignored,
            apparatus(name, entries),
            entries[name].is_symlink(),
            why_left_behind(name, beside),
        )
        for name in sorted(entries, reverse=True)
        if not name.startswith(".")
    ]


def _cause(path: Path, error: OSError) -> str:
    if path.is_symlink() and isinstance(error, FileNotFoundError):
        return "a link to a file that is not there"
    return os_cause(error)


def os_cause(error: OSError) -> str:
    """Return the system's words for what went wrong, in one clause: "permission denied"."""
    words = error.strerror or str(error) or type(error).__name__
    return words[:1].lower() + words[1:]
