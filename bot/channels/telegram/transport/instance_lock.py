"""One channel for each data folder: a lock that the system drops when its holder dies."""

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path

from bot.errors import ChannelError
from index import make_folder

FILE = "telegram.lock"


@contextlib.contextmanager
def single_instance(folder: Path) -> Iterator[None]:
    """Keep every other process from answering from `folder`; raises `ChannelError` at once when one does."""
    try:
        import fcntl
    except ImportError:  # Windows
        yield
        return
    try:
        make_folder(folder, always=False)
        descriptor = os.open(folder / FILE, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise ChannelError(f"{folder / FILE}: {error.strerror}; check the folder and the disk") from error
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise ChannelError(
            f"{folder / FILE}: another `quoth telegram` answers with this folder; stop it, or set QUOTH_DATA_DIR"
        ) from None
    else:
        yield
    finally:
        os.close(descriptor)
