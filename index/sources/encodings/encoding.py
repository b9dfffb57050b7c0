"""Decode bytes: what the file says of itself first, then UTF-8, then a guess that must be plausible."""

import codecs
import io
import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, TextIO

from index.sources.encodings.charsets import codec_of
from index.sources.files.streams import (
    DOCUMENT_BYTES,
    RECORD_BYTES,
    UnusableError,
    open_stream,
    read_bytes,
    refuse_magic,
)

# UTF-32 before UTF-16: the mark of the one begins with that of the other.
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_MARK_BYTES = tuple(mark for mark, _ in _MARKS)
_SAMPLE_BYTES = 1 << 16
_BLOCK_BYTES = 1 << 20
# A text file may hold a few stray bytes; with more than this share of its letters broken it is not UTF-8.
_BROKEN_SHARE = 0.05
_SURELY_UTF8 = 8
# So do those of pieces that were put together: the whole letters are not there by chance.
_FEW_WHOLE, _FEW_BROKEN = 3, 8
_BLOCK_BYTES = 1 << 20
# So many blocks tell the encoding of a long file whose first part is ASCII.
_BLOCKS_AHEAD = 4
_BEYOND_ASCII = re.compile("[^\0-\x7f]+")
_ISO_2022 = re.compile(rb"\x1b(?:\$[@B]|\([BJ])")
_CONTROLS = re.compile("[\x00-\x08\x0e-\x1a\x1c-\x1f]")
_NOT_TEXT = "binary: it holds bytes that no text has"


def read_text(path: Path, limit: int = DOCUMENT_BYTES, declared: str | None = None) -> str:
    """Return the text of a file of at most `limit` bytes; UnusableError when it is empty, too large or no text."""
    text = decode(read_bytes(path, limit), declared)
    if not text.strip():
        raise UnusableError("empty: it holds only white space")
    # Lines of old Macs.
    return text.replace("\r", "\n") if "\r" in text and "\n" not in text else text


def decode(raw: bytes, declared: str | None = None) -> str:
    """Return `raw` as text; `declared` is tried after UTF-8 and before guessing. UnusableError when nothing fits.

    Every encoding but UTF-8 accepts nearly any bytes, so bytes that are UTF-8 are read as UTF-8 whatever they
    declare. A UTF-8 text with a few broken bytes keeps its text, with U+FFFD for the bytes. What is declared is
    read as browsers read it, see `index.sources.encodings.charsets`.
    """
    codec = _mark(raw) or (_unmarked_utf16(raw) if b"\0" in raw[:_SAMPLE_BYTES] else None)
    if codec is not None:
        return _checked(raw.decode(codec, "replace"))
    if b"\0" in raw:
        raise UnusableError(_NOT_TEXT)
    if raw.isascii() and b"\x1b" not in raw:
        return _checked(raw.decode("ascii"))
    try:
        return _checked(raw.decode("iso2022_jp" if _ISO_2022.search(raw[:_SAMPLE_BYTES]) else "utf-8"))
    except UnicodeDecodeError:
        return _checked(raw.decode(_codec(raw, declared), "replace"))


@contextmanager
def open_text(path: Path, newline: str = "\n", declared: str | None = None) -> Iterator[TextIO]:
    """Open a file of any size as text, in one encoding from its first byte to its last.

    That is the one of its first bytes beyond ASCII and of those that follow; `declared` counts as for `decode`, and one
    of ASCII at first that is declared to be UTF-8 is believed. Lines end as in `open`: with "\\n", or for `newline=""`
    with "\\r" and "\\r\\n" as well. UnusableError when the file is empty or no text.
    """
    codec = _codec_of_file(path, declared)
    with open_stream(path) as stream:
        text = io.TextIOWrapper(stream, codec, "replace", newline)
        try:
            yield text
        finally:
            with suppress(ValueError, UnusableError):
                text.detach()


def lines(text: TextIO) -> Iterator[tuple[int, str | None]]:
    """Yield the lines of an open text with their ends, numbered from 1; None for one longer than `RECORD_BYTES`."""
    number = 0
    while line := text.readline(RECORD_BYTES):
        number += 1
        whole = len(line) < RECORD_BYTES or line.endswith(("\n", "\r"))
        rest = line
        while not whole and rest and not rest.endswith(("\n", "\r")):
            rest = text.readline(RECORD_BYTES)
        yield number, line if whole else None


def _codec_of_file(path: Path, declared: str | None) -> str:
    with open_stream(path) as stream:
        head = stream.read(_SAMPLE_BYTES)
        if not head:
            raise UnusableError("empty")
        refuse_magic(head)
        # Only the first line judges the file: a hole in the middle costs one line, not the rest.
        hole = b"\0" in head.split(b"\n", 1)[0]
        wide = _mark(head) or (_unmarked_utf16(head) if hole else None)
        if wide is not None:
            return wide
        if hole:
            raise UnusableError(_NOT_TEXT)
        if not head.isascii():
            return _codec_of(head, declared)
        if declared is not None and codec_of(declared) == "utf-8":
            return "utf-8"
        while head.isascii():
            head = stream.read(_BLOCK_BYTES)
            if not head:
                return "utf-8"
        return _codec_of(_beyond_ascii(head + stream.readline(_BLOCK_BYTES), stream), declared)


def _beyond_ascii(block: bytes, stream: IO[bytes]) -> bytes:
    """Return the first lines with bytes beyond ASCII of `block` and of some blocks after it."""
    found: list[bytes] = []
    for _ in range(_BLOCKS_AHEAD):
        # Pieces of long lines are as good: half a character at the edge of one counts as a broken byte.
        found += [line[:_SAMPLE_BYTES] for line in block.split(b"\n") if not line.isascii()]
        block = stream.read(_BLOCK_BYTES)
        if not block or sum(map(len, found)) > _SAMPLE_BYTES:
            break
    return b"\n".join(found)[:_SAMPLE_BYTES]


def _mark(raw: bytes) -> str | None:
    if not raw.startswith(_MARK_BYTES):
        return None
    return next((name for mark, name in _MARKS if raw.startswith(mark)), None)


def _codec_of(head: bytes, declared: str | None) -> str:
    """Return the encoding of a file that begins with `head`, which may end inside a character; UTF-8 in doubt."""
    try:
        codecs.getincrementaldecoder("utf-8")().decode(head, final=False)
    except UnicodeDecodeError:
        with suppress(UnusableError):
            return _codec(head, declared)
    return "utf-8"


def _unmarked_utf16(raw: bytes) -> str | None:
    """Return which UTF-16 or UTF-32 bytes without a mark are in: every second byte, or three of four, is often 0.

    A few others may be 0 as well: the second halves of some Han characters are.
    """
    head = raw[: _SAMPLE_BYTES // 16 * 4]
    zeros = [head[at::4].count(0) for at in range(4)]
    quarter = len(head) // 4
    if not quarter:
        return None
    # Not before: the letters of all languages take as long to load as some twenty files to read, and most are UTF-8.
    from index.sources.encodings.guessing import is_text

    for codec, empty, filled in (("utf-32-le", (2, 3), 0), ("utf-32-be", (0, 1), 3)):
        if all(zeros[at] == quarter for at in empty) and not zeros[filled]:
            return codec
    for codec, even in (("utf-16-le", False), ("utf-16-be", True)):
        at_even, at_odd = zeros[0] + zeros[2], zeros[1] + zeros[3]
        often, seldom = (at_even, at_odd) if even else (at_odd, at_even)
        if often and often >= seldom and is_text(head, codec):
            return codec
    return None


def _codec(raw: bytes, declared: str | None = None) -> str:
    """Return the encoding of bytes that are not all UTF-8. UnusableError when it cannot be told."""
    stated = codec_of(declared) if declared is not None else None
    if stated not in (None, "utf-8") and _fits(raw, stated):
        return stated
    if _nearly_utf8(raw):
        return "utf-8"
    from index.sources.encodings.guessing import guess

    codec = guess(raw)
    if codec is None:
        raise UnusableError("its encoding cannot be told; save it as UTF-8")
    return codec


def _fits(raw: bytes, codec: str) -> bool:
    """Return whether nearly all characters beyond ASCII are there in an encoding."""
    text = raw[:_SAMPLE_BYTES].decode(codec, "replace")
    return text.count("\ufffd") <= _BROKEN_SHARE * sum(letter > "\x7f" for letter in text)


def _nearly_utf8(raw: bytes) -> bool:
    text = raw.decode("utf-8", "replace")
    broken = text.count("\ufffd")
    letters = sum(map(len, _BEYOND_ASCII.findall(text)))
    # No other encoding makes many characters of UTF-8 by chance; a title may have been cut within one.
    if broken <= _BROKEN_SHARE * letters or (broken == 1 and letters > _SURELY_UTF8):
        return True
    whole = letters - broken
    return whole >= max(_FEW_WHOLE, broken) and broken <= _FEW_BROKEN


def _checked(text: str) -> str:
    head = text[:_SAMPLE_BYTES]
    # Most texts are printable, which is known in a quarter of the time.
    controls = 0 if head.replace("\n", "").isprintable() else len(_CONTROLS.findall(head))
    if "\0" in text or controls > 0.01 * len(head):
        raise UnusableError(_NOT_TEXT)
    return text
