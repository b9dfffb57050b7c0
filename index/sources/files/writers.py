"""Whether a program has a file open to write into it, where the system tells."""

import os
import signal
from contextlib import suppress
from errno import EAGAIN
from pathlib import Path


def has_writer(path: Path) -> bool:
    """Return whether somebody has a file open for writing; False where that cannot be told.

    Linux tells it of files of one's own: a lease for reading is refused as long as there is a writer.
    """
    with suppress(ImportError, OSError):
        import fcntl

        if not hasattr(fcntl, "F_SETLEASE"):
            return False
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
        try:
            # Who opens it for writing right now has us told, by a signal that ends a process unless it is this one.
            fcntl.fcntl(descriptor, fcntl.F_SETSIG, signal.SIGURG)
            fcntl.fcntl(descriptor, fcntl.F_SETLEASE, fcntl.F_RDLCK)
        except OSError as error:
            return error.errno == EAGAIN
        finally:
            os.close(descriptor)
    return False
