"""Cut a mailbox into its messages, or take a file for the one message that it is."""

import re
from collections.abc import Iterator
from typing import IO, Final

# A message with its attachments; one that is larger is told.
MOST_BYTES: Final = 64 << 20
_LINE: Final = 1 << 20
_FROM: Final = b"From "
_HEADER: Final = re.compile(rb">?[!-9;-~]{1,76}:[ \t\r\n]|>From ")
# "From ana@quay.example Mon Jan 12 09:30:00 2026", as programs write it, and what others make of it.
_POSTMARK: Final = re.compile(
    rb"From (?:\S{1,500} +)?(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun),? +"
    rb"(?:[A-Z][a-z]{2} +\d|\d{1,2} +[A-Z][a-z]{2}).{0,40}\d\d:\d\d"
)
_LOOSE_POSTMARK: Final = re.compile(
    rb"From (?:\S{1,500}@\S{0,500}|.{0,200}\d:\d\d.{0,60}\b(?:19|20)\d\d\b|.{0,200}\b(?:19|20)\d\d\b.{0,60}\d:\d\d)"
)
_ESCAPED: Final = re.compile(rb"^>(?=>*From )", re.M)


def messages(stream: IO[bytes]) -> Iterator[bytes | None]:
    r"""Yield the raw messages of a mailbox, None for one that is too large; the whole file where it is none.

    A line that begins with "From " begins a message if it looks as mail programs write it and a header stands below.

    >>> import io
    >>> box = b"From a@b Mon Jan 12 09:30:00 2026\nSubject: Rain\n\nIt rained.\n\nFrom here on\nit is dry.\n"
    >>> list(messages(io.BytesIO(box)))
    [b'Subject: Rain\n\nIt rained.\n\nFrom here on\nit is dry.\n']
    """
    first = stream.readline(_LINE).removeprefix(b"\xef\xbb\xbf")
    while first and not first.strip():
        first = stream.readline(_LINE)
    if first.strip().isdigit():
        # Mail of Apple's: its length stands above a message, and what the program knows of it below.
        length = int(first[:12])
        yield stream.read(length) if length <= MOST_BYTES else None
        return
    if not first.startswith(_FROM):
        raw = first + stream.read(MOST_BYTES)
        yield raw if len(raw) <= MOST_BYTES else None
        return
    lines: list[bytes] = []
    size = 0
    blank, line = False, stream.readline(_LINE)
    while line:
        following = stream.readline(_LINE)
        if line.startswith(_FROM) and _begins(line, following, after_blank=blank):
            yield _message(lines, size)
            lines, size = [], 0
        else:
            size += len(line)
            if size <= MOST_BYTES:
                lines.append(line)
        blank, line = line in (b"\n", b"\r\n"), following
    yield _message(lines, size)


def _begins(line: bytes, following: bytes, *, after_blank: bool) -> bool:
    if not _HEADER.match(following):
        return False
    return _POSTMARK.match(line) is not None or (after_blank and _LOOSE_POSTMARK.match(line) is not None)


def _message(lines: list[bytes], size: int) -> bytes | None:
    if size > MOST_BYTES:
        return None
    raw = b"".join(lines)
    return _ESCAPED.sub(b"", raw) if b">From " in raw else raw
