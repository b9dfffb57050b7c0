"""Room on the disk that is kept free, for what must be written even when the disk is full."""

import errno
import os
from contextlib import suppress
from pathlib import Path
from typing import Final

FILE: Final = "telegram.reserve"
_SIZE: Final = 1 << 18
# Of a database in WAL mode: its index in shared memory, or the few pages of a change.
_PIECE: Final = 1 << 16
_FULL: Final = frozenset((errno.ENOSPC, errno.EDQUOT, errno.EFBIG))


class Reserve:
    """`FOLDER/telegram.reserve`, a file of nothing that gives its room back piece by piece."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / FILE

    def fill(self) -> None:
        """Take room again, as far as there is some."""
        with suppress(OSError), self._path.open("ab", buffering=0) as file:
            os.fchmod(file.fileno(), 0o600)
            while (missing := _SIZE - file.tell()) > 0:
                file.write(bytes(min(missing, _PIECE)))
                os.fsync(file.fileno())

    def give(self) -> bool:
        """Give a piece back to the disk; return whether there was one."""
        with suppress(OSError), self._path.open("r+b", buffering=0) as file:
            size = file.seek(0, os.SEEK_END)
            file.truncate(max(0, size - _PIECE))
            # Some file systems have the room only then.
            os.fsync(file.fileno())
            return size > 0
        return False


def is_full(folder: Path) -> bool:
    """Return whether the disk under a folder has no room for a piece."""
    tried = folder / f"{FILE}.new"
    try:
        tried.write_bytes(bytes(_PIECE))
    except OSError as error:
        return error.errno in _FULL
    else:
        return False
    finally:
        with suppress(OSError):
            tried.unlink()
