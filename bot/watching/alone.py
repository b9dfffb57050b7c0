"""One watcher for each data folder: a lock that the system drops when its holder dies."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from bot.errors import WatchingError
from index import make_folder

LOCK: Final = "watching.lock"


@contextmanager
def alone(lock: Path) -> Iterator[None]:
    """Keep every other process from the same; raises WatchingError at once when one holds `lock`."""
    try:
        import fcntl
    except ImportError:  # Windows
        yield
        return
    try:
        make_folder(lock.parent, always=False)
        descriptor = os.open(lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise WatchingError(f"{lock}: {error.strerror}; check the folder and the disk") from error
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise WatchingError(f"{lock}: another process watches the sources of this index already") from None
    else:
        yield
    finally:
        os.close(descriptor)
