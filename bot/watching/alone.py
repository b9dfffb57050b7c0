"""One watcher for each data folder: a lock that the system drops when its holder dies."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from bot.errors import WatchingError

FILE: Final = "watching.lock"


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Keep every other process from watching for `folder`; raises WatchingError at once when one does."""
    try:
        import fcntl
    except ImportError:  # Windows
        yield
        return
    try:
        folder.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(folder / FILE, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise WatchingError(f"{folder / FILE}: {error.strerror}; check the folder and the disk") from error
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise WatchingError(f"{folder / FILE}: another process watches the sources of this index already") from None
    else:
        yield
    finally:
        os.close(descriptor)
