"""Read files that nobody vouches for: nothing but regular files is opened, and never more is read than a limit.

What cannot be used raises UnusableError, which the package turns into `Skipped`; it never leaves the package.
"""

import gzip
import io
import os
import stat
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    from bz2 import BZ2Decompressor
    from lzma import LZMADecompressor

DOCUMENT_BYTES = 64 << 20
RECORD_BYTES = 16 << 20
# Text shrinks to a tenth, very repetitive text to a hundredth; a bomb to a thousandth.
INFLATION = 200
_MEBIBYTE = 1 << 20
# So many characters of what an error says of itself.
_SAID = 120

_MAGIC = {
    b"\x89PNG": "a PNG picture",
    b"\xff\xd8\xff": "a JPEG picture",
    b"GIF8": "a GIF picture",
    b"7z\xbc\xaf": "a 7z archive",
    b"Rar!": "a RAR archive",
    b"\x28\xb5\x2f\xfd": "a zstd archive",
    b"\x7fELF": "a program",
    b"SQLite format 3": "an SQLite database",
}
_PACKED = {b"\x1f\x8b\x08": "gzip", b"BZh": "bzip2", b"\xfd7zXZ\0": "xz"}
_PACKED_BEGINS = tuple(_PACKED)
# What an xz archive says that unpacking it takes, at most.
_XZ_MEMORY = 128 << 20


_MAGIC_HEADS = tuple(_MAGIC)
# A pipe put in the place of a file between the listing and now must not make us wait for ever.
_OPENING = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)

# Where each file stands that is being read, for those who tell how far they are.
_OPEN: dict[Path, int] = {}


class UnusableError(Exception):
    """A file, or the part of it being read, cannot be used; the message says why, for its owner."""


def allowance(size: int) -> int:
    """Return how many bytes may be unpacked of a file of `size` bytes."""
    return INFLATION * size + _MEBIBYTE


def brief(text: str) -> str:
    """Return what an error says of itself, as far as it may be shown: it may quote whole files."""
    return "".join(islice(filter(str.isprintable, text), _SAID))


@contextmanager
def open_stream(path: Path) -> Iterator[IO[bytes]]:
    """Open a stream of the file's bytes, unpacked where they are those of gzip, bzip2 or xz, whatever it is called."""
    descriptor, _ = _opened(path)
    with cast(io.BufferedReader, os.fdopen(descriptor, "rb", buffering=_MEBIBYTE)) as stream:
        _OPEN[path] = descriptor
        try:
            packing = packed_by(stream.peek(8))
            if packing:
                with _unpacking(packing):
                    bounded = _Bounded(_unpacked(stream, packing), allowance(path.stat().st_size))
                    yield cast(IO[bytes], io.BufferedReader(bounded, _MEBIBYTE))
            else:
                yield stream
        finally:
            _OPEN.pop(path, None)


def packed_by(head: bytes) -> str:
    """Return what packed a file that begins with `head`, "" for none.

    >>> packed_by(b"BZh91AY&SY"), packed_by(b"BZh is short for it.")
    ('bzip2', '')
    """
    if not head.startswith(_PACKED_BEGINS):
        return ""
    found = next(name for magic, name in _PACKED.items() if head.startswith(magic))
    if found == "bzip2" and head[4:8] not in (b"1AY&", b"\x17rE8"):
        return ""
    return found


# A small file that was just looked at, for the reader that reads it next: most are opened once by that.
_HELD_BYTES = 1 << 14
_looked_at: list[tuple[Path, bytes]] = []


def head_of(path: Path, size: int, *, damaged: bool = False) -> bytes:
    """Return the first `size` bytes of a file, unpacked where it is packed; of a `damaged` one as far as it goes."""
    # Every file is looked at, and this costs a third of what a stream does.
    descriptor, length = _opened(path)
    try:
        raw = os.read(descriptor, min(size, length + 1))
        # Not all came at once, or the file has grown since.
        while len(raw) != length and len(raw) < size and (more := os.read(descriptor, size - len(raw))):
            raw += more
    finally:
        os.close(descriptor)
    if not packed_by(raw):
        if len(raw) < size <= _HELD_BYTES:
            _looked_at[:] = [(path, raw)]
        return raw
    head = b""
    try:
        with open_stream(path) as stream:
            while len(head) < size and (more := cast(io.BufferedReader, stream).read1(size - len(head))):
                head += more
    except UnusableError:
        if not (damaged and head):
            raise
    return head


def is_packed(path: Path) -> bool:
    """Return whether a file is packed by gzip, bzip2 or xz."""
    with path.open("rb", buffering=0) as stream:
        return bool(packed_by(stream.read(8)))


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
    looked_at = _looked_at.pop() if _looked_at else None
    raw = looked_at[1] if looked_at is not None and looked_at[0] is path else head_of(path, limit + 1)
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


def _unpacked(stream: io.BufferedReader, packing: str) -> io.RawIOBase:
    if packing == "gzip":
        return cast(io.RawIOBase, _Gzip(fileobj=stream))
    if packing == "bzip2":
        from bz2 import BZ2Decompressor

        return _Unpacked(stream, BZ2Decompressor)
    import lzma

    return _Unpacked(stream, lambda: lzma.LZMADecompressor(lzma.FORMAT_XZ, memlimit=_XZ_MEMORY))


class _Gzip(gzip.GzipFile):
    """The bytes that gzip packed; what stands before a damage is not lost with it."""

    def readinto(self, buffer: Any) -> int:
        return self.readinto1(buffer)


class _Unpacked(io.RawIOBase):
    """The bytes that a packed stream holds, in one part or several after another."""

    def __init__(
        self, source: io.BufferedReader, decompressor: "Callable[[], BZ2Decompressor | LZMADecompressor]"
    ) -> None:
        self._source = source
        self._new = decompressor
        self._decompressor = decompressor()
        self._begun = False

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        while True:
            if self._decompressor.eof:
                # Zeros may fill a block behind the last part.
                rest = (self._decompressor.unused_data or self._source.read(_MEBIBYTE)).lstrip(b"\0")
                if not rest and not self._source.peek(1):
                    return 0
                self._decompressor, self._begun = self._new(), False
            else:
                rest = self._source.read(_MEBIBYTE) if self._decompressor.needs_input else b""
                if not rest and self._decompressor.needs_input:
                    if self._begun:
                        raise EOFError("it is cut off")
                    return 0
            self._begun = self._begun or bool(rest)
            data = self._decompress(rest, len(buffer))
            if data:
                buffer[: len(data)] = data
                return len(data)

    def _decompress(self, raw: bytes, most: int) -> bytes:
        try:
            return self._decompressor.decompress(raw, most)
        except Exception as error:
            # Of the one OSError, of the other an error of its own, whose module is not loaded for every reading.
            if "emory" in str(error):
                memory = f"it takes more than {_XZ_MEMORY // _MEBIBYTE} MiB of memory to unpack; unpack it first"
                raise UnusableError(memory) from error
            raise EOFError(str(error)) from error


class _Bounded(io.RawIOBase):
    """The bytes of an archive, up to a number of them that no text reaches."""

    def __init__(self, source: io.RawIOBase, allowed: int) -> None:
        self._source = source
        self._left = allowed

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        count = self._source.readinto(buffer) or 0
        self._left -= count
        if self._left < 0:
            raise UnusableError(
                f"it unpacks to more than {INFLATION} times its size, which no text would; unpack it if you trust it"
            )
        return count


@contextmanager
def _unpacking(packing: str) -> Iterator[None]:
    try:
        yield
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise UnusableError(f"a damaged {packing} archive ({error})") from error
