"""Read small files that settings are made of: a folder, a pipe or a device is told at once, and never waited for."""

import errno
import os
import stat
from pathlib import Path
from typing import Final

_MOST: Final = 1 << 20
_KINDS: Final = {
    stat.S_IFDIR: "a folder, not a file",
    stat.S_IFIFO: "a named pipe, not a file",
    stat.S_IFSOCK: "a socket, not a file",
    stat.S_IFCHR: "a device, not a file",
    stat.S_IFBLK: "a device, not a file",
}


def read(path: Path) -> tuple[bytes, os.stat_result]:
    """Return what a regular file of at most 1 MiB holds, and its state then. Raises OSError for any other."""
    try:
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0))
    except OSError as error:
        # A socket is not even opened.
        raise OSError(error.errno, _kind(path.stat()) or error.strerror, str(path)) from None
    try:
        state = os.fstat(descriptor)
        if kind := _kind(state):
            raise OSError(errno.EINVAL, kind, str(path))
        content = os.read(descriptor, _MOST + 1)
    finally:
        os.close(descriptor)
    if len(content) > _MOST:
        raise OSError(errno.EFBIG, "larger than 1 MiB", str(path))
    return content, state


def _kind(state: os.stat_result) -> str:
    """Return what is no regular file, in words."""
    return "" if stat.S_ISREG(state.st_mode) else _KINDS.get(stat.S_IFMT(state.st_mode), "not a regular file")
