"""Walk files and folders: the files to be read, each once, in an order that is the same every time."""

import os
import stat
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path

from index.errors import SourceError
from index.model import Skipped

_KINDS = {
    stat.S_IFIFO: "a named pipe, not a file",
    stat.S_IFSOCK: "a socket, not a file",
    stat.S_IFCHR: "a device, not a file",
    stat.S_IFBLK: "a device, not a file",
}
_Identity = tuple[int, int]


def files(paths: Sequence[Path], leaving_out: Path | None = None) -> Iterator[Path | Skipped]:
    """Yield the files in `paths`, folders walked in sorted order: absolute paths, and what cannot be a source.

    Files and folders whose names begin with a dot are passed over inside folders, as is the folder `leaving_out`;
    a file reached twice, by whatever name, comes once. Raises SourceError at the call, before anything is walked,
    when a path is not there.
    """
    for path in paths:
        if not os.path.lexists(path):
            raise SourceError(f"{path}: there is no such file or folder; check the spelling")
    # Path.resolve would name the file a link leads to, not the one that was given.
    return _walk([Path(os.path.abspath(path)) for path in paths], leaving_out)  # noqa: PTH100


def printable(path: Path) -> str:
    """Return `path` as text that can be stored and printed, whatever bytes its name holds."""
    return os.fsencode(path).decode("utf-8", "replace")


def _walk(paths: Sequence[Path], leaving_out: Path | None) -> Iterator[Path | Skipped]:
    seen: set[_Identity] = set()
    if leaving_out is not None:
        with suppress(OSError):
            state = leaving_out.stat()
            seen.add((state.st_dev, state.st_ino))
    # An explicit stack, last first: folders may be nested deeper than calls may.
    waiting = [(path, frozenset[_Identity]()) for path in reversed(paths)]
    while waiting:
        path, above = waiting.pop()
        try:
            state = path.stat()
            identity = (state.st_dev, state.st_ino)
            if identity in above:
                yield Skipped(printable(path), "a link back to a folder that holds it")
            elif identity in seen:
                continue
            elif stat.S_ISDIR(state.st_mode):
                seen.add(identity)
                inside = sorted(entry for entry in path.iterdir() if not entry.name.startswith("."))
                waiting.extend((entry, above | {identity}) for entry in reversed(inside))
            elif stat.S_ISREG(state.st_mode):
                seen.add(identity)
                yield path
            else:
                yield Skipped(printable(path), _KINDS.get(stat.S_IFMT(state.st_mode), "not a regular file"))
        except OSError as error:
            yield Skipped(printable(path), _cause(path, error))


def _cause(path: Path, error: OSError) -> str:
    if path.is_symlink() and isinstance(error, FileNotFoundError):
        return "a link to a file that is not there"
    return os_cause(error)


def os_cause(error: OSError) -> str:
    """Return the system's words for what went wrong, in one clause: "permission denied"."""
    words = error.strerror or str(error) or type(error).__name__
    return words[:1].lower() + words[1:]
