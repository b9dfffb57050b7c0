"""One builder at a time: an advisory lock on `build.lock` that the system drops when its holder dies.

The file stays for ever and proves nothing by being there; only the lock on it counts. Its text (process id and
start time) serves the message to the second builder.
"""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

from index.errors import BuildBusyError
from index.store.files import FILE_MODE


@contextmanager
def build_lock(path: Path, waiting: Callable[[str], None] | None = None) -> Iterator[None]:
    """Hold the lock on `path` (created when absent) for the length of the block.

    When another process, or another block of this one, holds it, `waiting` is called with a word on who that is, and
    then it is waited for; without, BuildBusyError is raised at once. Raises OSError when the file cannot be created or
    the file system knows no locks.
    """
    # Absent on Windows, where reading an index must still import this package.
    import fcntl

    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, FILE_MODE)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            busy = f"{path}: {_holder(descriptor)} is building in this folder"
            if waiting is None:
                raise BuildBusyError(f"{busy}; wait until it ends, or stop it") from None
            waiting(busy)
            fcntl.flock(descriptor, fcntl.LOCK_EX)
        now = datetime.now(UTC).isoformat(timespec="seconds")
        # Only a note for others, which a full disk may refuse.
        with suppress(OSError):
            os.fchmod(descriptor, FILE_MODE)
            os.ftruncate(descriptor, 0)
            os.pwrite(descriptor, f"{os.getpid()} {now}\n".encode("ascii"), 0)
        yield
    finally:
        os.close(descriptor)


def _holder(descriptor: int) -> str:
    words = os.pread(descriptor, 200, 0).decode("ascii", "replace").split()
    # Empty for the instant between the holder's lock and its writing.
    return f"process {words[0]} (since {words[1]})" if len(words) == 2 else "another process"
