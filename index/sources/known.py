"""What is known of files from the generation before: which articles are theirs, and when these stay unread."""

import time
from bisect import bisect_left
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from errno import ENOENT, ENOTDIR
from functools import cached_property
from pathlib import Path
from stat import S_ISDIR
from typing import Final

from index.model import Article, Skipped, SourceFile, SourceState
from index.sources.files.walk import Found, os_cause, stamp

# What is said of a file that is not there, unlike one that cannot be read.
GONE: Final = frozenset((ENOENT, ENOTDIR))
# Nanoseconds. Within one tick of the system's clock a second change leaves the same time.
_TICK: Final = 10_000_000
_DAMAGED: Final = ("damaged", "a damaged")


@dataclass(frozen=True)
class Known:
    """The files of a generation, in the order of their articles, and the states of its sources.

    Unless it `keeps`, a file or source that is empty, away or cannot be read loses its articles.
    """

    files: Sequence[SourceFile] = ()
    states: Mapping[str, SourceState] = field(default_factory=dict)
    keeps: bool = True

    def of(self, source: str) -> list[SourceFile]:
        """Return the files of a source."""
        return [file for file in self.files if file.source == source]

    def below(self, path: str, source: str) -> list[SourceFile]:
        """Return the files of a source that are `path` or lie in that folder."""
        paths, by_path = self._by_path
        first, end = bisect_left(paths, f"{path}/"), bisect_left(paths, f"{path}0")
        lying = [by_path[one] for one in (path, *paths[first:end]) if one in by_path]
        return sorted((file for file in lying if file.source == source), key=lambda file: file.first)

    @cached_property
    def _by_path(self) -> tuple[list[str], dict[str, SourceFile]]:
        """Return the paths in order, and the file of each."""
        by_path = {file.path: file for file in self.files}
        return sorted(by_path), by_path


NOTHING: Final = Known()


def staying(
    shown: str, cause: str, files: Sequence[SourceFile], *, same: bool = True
) -> Iterator[Skipped | SourceFile]:
    """Yield what is told, and the files whose articles stay; unless `same`, they are read as soon as they can be."""
    yield Skipped(shown, with_articles(cause, sum(file.articles for file in files)))
    for file in files:
        yield replace(file, kept=True, stamp=file.stamp if same else "")


def with_articles(cause: str, articles: int) -> str:
    """Return what is told of a file or source whose articles stay.

    >>> with_articles("it is empty", 4), with_articles("it is empty", 1), with_articles("it is not there", 0)
    ('it is empty: its 4 articles stay', 'it is empty: its article stays', 'it is not there')
    """
    stay = f": its {articles:,} articles stay" if articles > 1 else ": its article stays"
    return cause + stay if articles else cause


def why_unseen(error: OSError) -> str:
    """Return why a source cannot be looked at.

    >>> why_unseen(FileNotFoundError(ENOENT, "No such file or directory"))
    'it is not there'
    """
    return "it is not there" if error.errno in GONE else os_cause(error)


def why_turned(source: Path, files: Collection[str]) -> str:
    """Return why a source, of which these files are known, is another kind of thing now; "" where it is not.

    What stands in the place of a disk that is not mounted is nothing that somebody wanted to have read.
    """
    try:
        is_folder = S_ISDIR(source.stat().st_mode)
    except OSError:
        return ""
    if not files or is_folder == (str(source) not in files):
        return ""
    return "it is a folder now" if is_folder else "it is no folder any more"


def why_away(before: SourceState, now: SourceState, missing: Sequence[SourceFile], articles: int) -> str:
    """Return why a source, of whose `articles` those of some files are missing, is not what it was; "" if it is."""
    lost = sum(file.articles for file in missing)
    if not lost or before.options != now.options:
        return ""
    if not now.files and lost == articles:
        return "it is empty"
    moved = before.device and now.device != before.device
    return "it lies on another device now, and lacks most of its files" if moved and lost * 2 > articles else ""


def why_unsure(path: Path, before: str, parts: Sequence[Article | Skipped]) -> str:
    """Return why what was read of a file, whose stamp was `before`, does not replace what was there; "" if it does."""
    try:
        if stamp(path.stat()) != before:
            return "it changed while it was read"
        reasons = [part.reason for part in parts if isinstance(part, Skipped)]
        if len(reasons) == len(parts):
            with path.open("rb") as file:
                file.read(1)
            # Who copies an archive or a document may have stopped halfway.
            return next((reason for reason in reasons if reason.startswith(_DAMAGED)), "")
    except OSError as error:
        return "" if error.errno in GONE else os_cause(error)
    return ""


def unsettled(found: Found) -> int:
    """Return for how many nanoseconds yet a change of a file may not show on it, 0 for nearly all files."""
    age = time.time_ns() - found.state.st_ctime_ns
    return _TICK - age if 0 <= age < _TICK else 0


def settled(found: Found, now: str) -> str:
    """Return the stamp of a file that is about to be read; if it changed just now, wait until another change shows.

    `now` is its stamp as it was met.
    """
    if (since := unsettled(found)) > 0:
        time.sleep(since / 1e9)
        with suppress(OSError):
            return stamp(found.path.stat())
    return now
