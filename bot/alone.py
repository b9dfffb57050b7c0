"""One process for each data folder: a lock that the system drops when its holder dies."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bot.errors import BotError
from index import make_folder


@contextmanager
def alone(lock: Path, kind: type[BotError], taken: str) -> Iterator[None]:
    """Keep every other process from the same; raises `kind` at once where one holds `lock`, with what is `taken`."""
    try:
        import fcntl
    except ImportError:  # Windows
        yield
        return
    try:
        make_folder(lock.parent, always=False)
        descriptor = os.open(lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise kind(f"{lock}: {error.strerror}; check the folder and the disk") from error
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise kind(f"{lock}: {taken}") from None
    else:
        yield
    finally:
        os.close(descriptor)
