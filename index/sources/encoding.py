"""Decode bytes: what the file says of itself first, then UTF-8, then a guess that must be plausible."""

import codecs
import re
from collections.abc import Iterator
from pathlib import Path

from index.model import Skipped
from index.sources.streams import (
    DOCUMENT_BYTES,
    RECORD_BYTES,
    UnusableError,
    lines,
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
_SAMPLE_BYTES = 1 << 16
# A text file may hold a few stray bytes; with more than this share of its letters broken it is not UTF-8.
_BROKEN_SHARE = 0.05
_CONTROLS = re.compile("[\x00-\x08\x0e-\x1a\x1c-\x1f]")
_NOT_TEXT = "binary: it holds bytes that no text has"


def read_text(path: Path, limit: int = DOCUMENT_BYTES) -> str:
    """Return the text of a file of at most `limit` bytes; UnusableError when it is empty, too large or no text."""
    text = decode(read_bytes(path, limit))
    if not text.strip():
        raise UnusableError("empty: it holds only white space")
    return text


def decode(raw: bytes, declared: str | None = None) -> str:
    """Return `raw` as text; `declared` is tried after UTF-8 and before guessing. UnusableError when nothing fits.

    Every encoding but UTF-8 accepts nearly any bytes, so bytes that are UTF-8 are read as UTF-8 whatever they
    declare. A UTF-8 text with a few broken bytes keeps its text, with U+FFFD for the bytes.
    """
    mark = _mark(raw)
    if mark is not None:
        return _checked(raw.decode(mark, "replace"))
    if b"\0" in raw:
        raise UnusableError(_NOT_TEXT)
    try:
        return _checked(raw.decode("utf-8"))
    except UnicodeDecodeError:
        return _checked(_guessed(raw, declared))


def text_lines(path: Path) -> Iterator[tuple[int, str] | Skipped]:
    """Yield the lines of a file of any size with their ends, numbered from 1, or `Skipped` for a line of no use."""
    with open_stream(path) as stream:
        head = stream.read(_SAMPLE_BYTES)
    if not head:
        raise UnusableError("empty")
    refuse_magic(head)
    mark = _mark(head)
    if mark not in (None, "utf-8-sig"):
        yield from enumerate(read_text(path).splitlines(keepends=True), 1)
        return
    # Only the first line judges the file: a hole in the middle costs one line, not the rest.
    if b"\0" in head.split(b"\n", 1)[0]:
        raise UnusableError(_NOT_TEXT)
    codec = _codec_of(head)
    for number, line in lines(path):
        if line is None:
            yield Skipped(f"{path}:{number}", f"a line longer than {RECORD_BYTES >> 20} MiB; split it into records")
            continue
        try:
            yield number, line.decode(codec).removeprefix("\ufeff" if number == 1 else "")
        except UnicodeDecodeError:
            try:
                yield number, decode(line)
            except UnusableError as error:
                yield Skipped(f"{path}:{number}", str(error))


def _mark(raw: bytes) -> str | None:
    return next((name for mark, name in _MARKS if raw.startswith(mark)), None)


def _codec_of(head: bytes) -> str:
    """Return the encoding of a file that begins with `head`, which may end inside a character."""
    try:
        codecs.getincrementaldecoder("utf-8")().decode(head, final=False)
    except UnicodeDecodeError:
        return "utf-8" if _nearly_utf8(head) is not None else (_best(head) or "utf-8")
    return "utf-8"


def _guessed(raw: bytes, declared: str | None) -> str:
    if declared is not None:
        try:
            return raw.decode(declared)
        except (UnicodeError, LookupError):
            pass
    nearly = _nearly_utf8(raw)
    if nearly is not None:
        return nearly
    codec = _best(raw[:_SAMPLE_BYTES])
    if codec is None:
        raise UnusableError("its encoding cannot be told; save it as UTF-8")
    return raw.decode(codec, "replace")


def _nearly_utf8(raw: bytes) -> str | None:
    text = raw.decode("utf-8", "replace")
    broken = text.count("\ufffd")
    letters = sum(1 for letter in text if letter > "\x7f")
    return text if broken <= _BROKEN_SHARE * letters else None


def _best(sample: bytes) -> str | None:
    from charset_normalizer import from_bytes

    # A sample of a long file ends anywhere, and half a character would count against the right encoding.
    whole = sample.rsplit(b"\n", 1)[0] if len(sample) == _SAMPLE_BYTES and b"\n" in sample else sample
    best = from_bytes(whole).best()
    return best.encoding if best is not None else None


def _checked(text: str) -> str:
    head = text[:_SAMPLE_BYTES]
    if "\0" in text or len(_CONTROLS.findall(head)) > 0.01 * len(head):
        raise UnusableError(_NOT_TEXT)
    return text
