"""Read files that nobody vouches for: nothing but regular files is opened, and never more is read than a limit.

What cannot be used raises UnusableError, which the package turns into `Skipped`; it never leaves the package.
"""

import gzip
import io
import os
import stat
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, cast

DOCUMENT_BYTES = 64 << 20
RECORD_BYTES = 16 << 20
# Text shrinks to a tenth, very repetitive text to a hundredth; a bomb to a thousandth.
_INFLATION = 200
_MEBIBYTE = 1 << 20

_MAGIC = {
    b"\x1f\x8b": "a gzip archive",
    b"PK\x03\x04": "a zip archive or an office document",
    b"%PDF-": "a PDF document",
    b"\x89PNG": "a PNG picture",
    b"\xff\xd8\xff": "a JPEG picture",
    b"GIF8": "a GIF picture",
    b"BZh": "a bzip2 archive",
    b"\xfd7zXZ": "an xz archive",
    b"7z\xbc\xaf": "a 7z archive",
    b"Rar!": "a RAR archive",
    b"\x28\xb5\x2f\xfd": "a zstd archive",
    b"\x7fELF": "a program",
    b"SQLite format 3": "an SQLite database",
}


_MAGIC_HEADS = tuple(_MAGIC)
# A pipe put in the place of a file between the listing and now must not make us wait for ever.
_OPENING = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)

# Where each file stands that is being read, for those who tell how far they are.
_OPEN: dict[Path, int] = {}


class UnusableError(Exception):
    """A file, or the part of it being read, cannot be used; the message says why, for its owner."""


@contextmanager
def open_stream(path: Path) -> Iterator[IO[bytes]]:
    """Open a stream of the file's bytes, unpacked when its name ends in ".gz"."""
    descriptor, _ = _opened(path)
    with os.fdopen(descriptor, "rb", buffering=_MEBIBYTE) as stream:
        _OPEN[path] = descriptor
        try:
            if path.suffix.lower() == ".gz":
                with _unpacking(), gzip.GzipFile(fileobj=stream) as unpacked:
                    bounded = _Bounded(cast(io.BufferedIOBase, unpacked), _allowance(path))
                    yield cast(IO[bytes], io.BufferedReader(bounded, _MEBIBYTE))
            else:
                yield stream
        finally:
            _OPEN.pop(path, None)


def head_of(path: Path, size: int) -> bytes:
    """Return the first `size` bytes of a file, unpacked when its name ends in ".gz"."""
    if path.suffix.lower() == ".gz":
        with open_stream(path) as stream:
            return stream.read(size)
    # Every file is looked at, and this costs a third of what a stream does.
    descriptor, length = _opened(path)
    try:
        raw = os.read(descriptor, min(size, length + 1))
        # Not all came at once, or the file has grown since.
        while len(raw) != length and len(raw) < size and (more := os.read(descriptor, size - len(raw))):
            raw += more
        return raw
    finally:
        os.close(descriptor)


def _opened(path: Path) -> tuple[int, int]:
    """Return the descriptor of a regular file, and how many bytes it has."""
    descriptor = os.open(path, _OPENING)
    state = os.fstat(descriptor)
    if not stat.S_ISREG(state.st_mode):
        os.close(descriptor)
        raise UnusableError("not a regular file")
    return descriptor, state.st_size


def position(path: Path) -> int:
    """Return how many bytes of a file on the disk were read by now; 0 unless it is open."""
    try:
        return os.lseek(_OPEN[path], 0, os.SEEK_CUR)
    except (KeyError, OSError):
        return 0


def read_bytes(path: Path, limit: int = DOCUMENT_BYTES) -> bytes:
    """Return the whole file; UnusableError when it is empty, larger than `limit` bytes or a known binary file."""
    raw = head_of(path, limit + 1)
    if len(raw) > limit:
        raise UnusableError(f"larger than {limit // _MEBIBYTE} MiB; split it, or save its articles as JSON Lines")
    if not raw:
        raise UnusableError("empty")
    refuse_magic(raw)
    return raw


def refuse_magic(head: bytes) -> None:
    """Raise UnusableError when a file that begins with `head` is a known kind of binary file."""
    if head.startswith(_MAGIC_HEADS):
        name = next(name for magic, name in _MAGIC.items() if head.startswith(magic))
        raise UnusableError(f"binary: {name}, not text")


class _Bounded(io.RawIOBase):
    """The bytes of an archive, up to a number of them that no text reaches."""

    def __init__(self, source: io.BufferedIOBase, allowed: int) -> None:
        self._source = source
        self._left = allowed

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        count = self._source.readinto(buffer)
        self._left -= count
        if self._left < 0:
            raise UnusableError("it unpacks to far more than any text would; unpack it first if you trust it")
        return count


def _allowance(path: Path) -> int:
    return _INFLATION * path.stat().st_size + _MEBIBYTE


@contextmanager
def _unpacking() -> Iterator[None]:
    try:
        yield
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise UnusableError(f"a damaged gzip archive ({error})") from error
