"""Files and folders of the index: opened only where they are regular files, this account's alone, and on the disk."""

import errno
import os
import stat
from pathlib import Path
from typing import Final

FOLDER_MODE: Final = 0o700
FILE_MODE: Final = 0o600

FRESH: Final = ".new-"
"""How the name begins that a file has before it takes the place of another; whoever is killed leaves it."""

_KINDS: Final = {
    stat.S_IFDIR: "a folder, not a file",
    stat.S_IFIFO: "a named pipe, not a file",
    stat.S_IFSOCK: "a socket, not a file",
    stat.S_IFCHR: "a device, not a file",
    stat.S_IFBLK: "a device, not a file",
}
_TOO_MANY: Final = frozenset((errno.EMFILE, errno.ENFILE))


class OddFileError(OSError):
    """What should be a regular file is a folder, a pipe or a device."""


def open_regular(path: Path) -> int:
    """Return a descriptor for reading a regular file; OddFileError at once for any other, which may hang."""
    descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0))
    if odd := odd_kind(os.fstat(descriptor)):
        os.close(descriptor)
        raise OddFileError(errno.EINVAL, odd, str(path))
    return descriptor


def odd_kind(state: os.stat_result) -> str:
    """Return what something is that is no regular file, in words; "" for a regular file.

    >>> odd_kind(Path("/").stat())
    'a folder, not a file'
    """
    return "" if stat.S_ISREG(state.st_mode) else _KINDS.get(stat.S_IFMT(state.st_mode), "not a regular file")


def make_folder(folder: Path, *, always: bool = True) -> None:
    """Make a folder, and those above it, that this account alone can enter, each with its name on the disk.

    Unless it is `always` to be so, one that is there already stays as it is.
    """
    missing = [path for path in (folder, *folder.parents) if not path.exists()]
    for path in reversed(missing):
        path.mkdir(FOLDER_MODE, exist_ok=True)
        # Whatever the umask takes away.
        path.chmod(FOLDER_MODE)
        sync(path.parent)
    if always and not missing and stat.S_IMODE(folder.stat().st_mode) != FOLDER_MODE:
        folder.chmod(FOLDER_MODE)


def sync(path: Path) -> None:
    """Have a file be on the disk, or the names in a folder. Raises OSError."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def write_file(path: Path, content: bytes) -> None:
    """Write a file that this account alone can read, to be on the disk, or leave nothing of it. Raises OSError."""
    _write(path, content, durable=True)
    sync(path.parent)


def replace_file(path: Path, content: bytes, *, durable: bool = True) -> None:
    """Have a file hold something else from now on, in one step: whoever is killed, it is whole. Raises OSError.

    Unless it is `durable`, what it holds may be lost with the power. One process at a time replaces a file.
    """
    fresh = path.with_name(f"{FRESH}{path.name}")
    _write(fresh, content, durable=durable)
    try:
        fresh.replace(path)
    except OSError:
        fresh.unlink(missing_ok=True)
        raise
    if durable:
        sync(path.parent)


def _write(path: Path, content: bytes, *, durable: bool) -> None:
    with path.open("wb") as file:
        try:
            os.fchmod(file.fileno(), FILE_MODE)
            file.write(content)
            file.flush()
            if durable:
                os.fsync(file.fileno())
        except OSError:
            path.unlink(missing_ok=True)
            raise


def next_step(error: OSError, otherwise: str) -> str:
    """Return what to do about an error of the system; `otherwise` where it says nothing special.

    >>> next_step(OSError(errno.EMFILE, "Too many open files"), "make it writable")
    'close other programs, or allow more open files (`ulimit -n`)'
    """
    return "close other programs, or allow more open files (`ulimit -n`)" if error.errno in _TOO_MANY else otherwise
