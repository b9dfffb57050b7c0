"""What is told of a file, or of a part of it, whose reader raised an error."""

from typing import Final

from index.sources.files.streams import UnusableError, brief
from index.sources.files.walk import os_cause

_MEBIBYTE: Final = 1 << 20


def fault(error: Exception, memory: int = 0) -> str:
    """Return what is told where a reader raised `error` and might have `memory` bytes, 0 for any number.

    >>> fault(RecursionError("maximum recursion depth exceeded"))
    'nested too deep, or too large, to be read'
    """
    if isinstance(error, UnusableError):
        return str(error)
    if isinstance(error, OSError):
        return os_cause(error)
    if isinstance(error, MemoryError) and memory:
        return f"it takes more than {memory // _MEBIBYTE:,} MiB of memory to read"
    if isinstance(error, RecursionError | MemoryError):
        return "nested too deep, or too large, to be read"
    return f"a fault of quoth's reader ({brief(f'{type(error).__name__}: {error}')}); please report it"
