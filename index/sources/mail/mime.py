"""The parts of a message (MIME, RFC 2045 to 2049): its headers as text, and what each part holds."""

import binascii
import quopri
import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from email.errors import HeaderParseError
from email.header import decode_header
from email.message import Message
from typing import Final

from index.sources.blocks.layout import normal_line
from index.sources.encodings.encoding import decode
from index.sources.files.streams import UnusableError

_HEAD_BYTES: Final = 1 << 18
_VALUE: Final = 4000
_MOST_HEADERS: Final = 500
_MOST_PARTS: Final = 1000
_HEAD_END: Final = re.compile(rb"\r?\n\r?\n|\r\r")
_UNFOLDED: Final = re.compile(r"\r?\n(?![ \t])")
_NO_BASE64: Final = re.compile(rb"[^A-Za-z0-9+/]+")
_LANGUAGE: Final = re.compile(r"(=\?[^?*\s]{1,40})\*[^?\s]{0,40}(?=\?)")
_UTF_7: Final = ("utf-7", "unicode-1-1-utf-7", "x-unicode-1-1-utf-7")


@dataclass(frozen=True, slots=True)
class Part:
    """A message or a part of one: its headers by their names in lower case, the first of each, and its raw body.

    `kind` is its content type, `parameters` what stands behind it.
    """

    headers: Mapping[str, str]
    body: bytes
    kind: str
    parameters: Mapping[str, str]
    attached: bool
    name: str

    def text(self) -> str:
        """Return the text in it; UnusableError when it holds none."""
        return decoded(self.content(), self.parameters.get("charset"))

    def content(self) -> bytes:
        """Return the bytes that were sent, whatever they were packed in on their way."""
        encoding = self.headers.get("content-transfer-encoding", "").strip().lower()
        if encoding == "quoted-printable":
            return quopri.decodestring(self.body)
        if encoding != "base64":
            return self.body
        raw = _NO_BASE64.sub(b"", self.body)
        # A cut one ends within a group of four.
        return binascii.a2b_base64(raw[: len(raw) - (len(raw) % 4 == 1)] + b"=" * (-len(raw) % 4 % 3))

    def parts(self) -> Iterator["Part"]:
        """Yield the parts of a multipart; none where no boundary is found."""
        boundary = self.parameters.get("boundary", "").rstrip().encode("ascii", "surrogateescape")
        if not boundary:
            return
        usual = "message/rfc822" if self.kind == "multipart/digest" else "text/plain"
        line = re.compile(rb"^--" + re.escape(boundary) + rb"(--)?[ \t]*\r?$\n?", re.M)
        begun = -1
        for number, found in enumerate(line.finditer(self.body)):
            if begun >= 0:
                yield part(self.body[begun : found.start()], usual)
            if found[1] or number >= _MOST_PARTS:
                return
            begun = found.end()
        if begun >= 0:
            # The end is missing.
            yield part(self.body[begun:], usual)


def part(raw: bytes, usual: str = "text/plain") -> Part:
    r"""Return a message or a part of one by its bytes; one that names no content type is of the `usual` one.

    >>> message = part(b"Subject: =?utf-8?B?w4k=?= t\xc3\xa9\nContent-Type: text/html; charset=latin1\n\n<p>Oui")
    >>> words(message.headers["subject"]), message.kind, message.text()
    ('É té', 'text/html', '<p>Oui')
    """
    if raw.startswith((b"\n", b"\r\n")):
        head, body = b"", raw[2 - (raw[:1] == b"\n") :]
    else:
        end = _HEAD_END.search(raw)
        head, body = (raw[: end.start()], raw[end.end() :]) if end else (raw, b"")
    headers = _headers(head)
    stated = Message()
    for name in ("content-type", "content-disposition"):
        if name in headers:
            stated[name] = headers[name].encode("ascii", "replace").decode()
    stated.set_default_type(usual)
    kind, parameters, attached, name = usual, {}, False, ""
    # Of odd parameters the parts of the library that read them know nothing.
    with suppress(ValueError, LookupError, TypeError, AttributeError):
        kind = stated.get_content_type()
        attached = stated.get_content_disposition() == "attachment"
        for key in ("charset", "boundary", "format", "delsp"):
            value = stated.get_param(key)
            if value:
                parameters[key] = value if isinstance(value, str) else value[2]
        name = words(stated.get_filename() or "")
    return Part(headers, body, kind, parameters, attached, name)


def _headers(head: bytes) -> dict[str, str]:
    found: dict[str, str] = {}
    text = head[:_HEAD_BYTES].decode("ascii", "surrogateescape")
    for line in _UNFOLDED.split(text, _MOST_HEADERS):
        name, colon, value = line[: _VALUE + 80].partition(":")
        if colon:
            found.setdefault(name.strip().lower(), value.replace("\r", "").replace("\n", "")[:_VALUE].strip())
    return found


def words(value: str) -> str:
    """Return the words of a header, with those decoded that stand in another encoding."""
    with suppress(UnusableError, UnicodeError):
        value = decode(value.encode("ascii", "surrogateescape"))
    if "=?" not in value:
        return normal_line(value)
    try:
        # A character may lie in two words: their bytes are put together before they are read.
        pieces = decode_header(_LANGUAGE.sub(r"\1", value))
    except (HeaderParseError, ValueError):
        return normal_line(value)
    return normal_line("".join([_word(*piece) for piece in pieces]))


def _word(raw: bytes | str, charset: str | None) -> str:
    if isinstance(raw, str):
        return raw
    if charset is None:
        return raw.decode("raw-unicode-escape", "replace")
    try:
        return decoded(raw, charset)
    except UnusableError:
        return ""


def decoded(raw: bytes, charset: str | None) -> str:
    """Return bytes as text; UnusableError when they are none."""
    if charset and charset.lower() in _UTF_7:
        return raw.decode("utf-7", "replace")
    return decode(raw, charset)
