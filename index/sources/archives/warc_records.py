"""The records of a web archive (WARC, ISO 28500), one after another, and the HTTP messages in them."""

import re
import zlib
from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass
from typing import IO, Final

from index.machine.extras import install_command
from index.sources.files.streams import UnusableError

_LINE: Final = 1 << 16
_MOST_HEADERS: Final = 200
_BLOCK: Final = 1 << 20
_BEGIN: Final = b"WARC/"
_STATUS: Final = re.compile(rb"HTTP/\d(?:\.\d)?[ \t]+(\d{3})(?=\s)")
_HEAD_END: Final = re.compile(rb"\r?\n\r?\n")
_HEAD_BYTES: Final = 1 << 18
_CHUNK: Final = re.compile(rb"[ \t]*([0-9a-fA-F]{1,8})[ \t]*(?:;[^\r\n]{0,1000})?\r?\n")
# What is left of the head of a chunk that is cut off.
_CUT: Final = 16
_GZIP: Final = b"\x1f\x8b"


class CutError(UnusableError):
    """A web archive ends in the midst of a record."""


@dataclass(frozen=True, slots=True)
class Record:
    """A record: its kind ("response"), its headers by their names in lower case, and its block.

    The block is None where nobody asked for it, and where it is larger than was asked for.
    """

    kind: str
    headers: Mapping[str, str]
    block: bytes | None
    length: int


@dataclass(frozen=True, slots=True)
class Response:
    """An answer of a web server: its status, its headers by their names in lower case, and its body as it was sent."""

    status: int
    headers: Mapping[str, str]
    body: bytes


def records(stream: IO[bytes], wanted: Container[str], most: int) -> Iterator[Record]:
    """Yield the records of a stream, with their blocks those of `wanted` kinds that have at most so many bytes.

    What lies between records is passed over. CutError where the stream ends within one.
    """
    while line := stream.readline(_LINE):
        if not line.startswith(_BEGIN):
            continue
        headers = _headers(stream)
        kind = headers.get("warc-type", "").lower()
        length = int(stated) if (stated := headers.get("content-length", "")).isdecimal() and len(stated) < 16 else -1
        if length < 0:
            continue
        if kind in wanted and length <= most:
            block = stream.read(length)
            if len(block) < length:
                raise CutError("cut off: its last record is not whole")
            yield Record(kind, headers, block, length)
            continue
        left = length
        while left:
            passed = len(stream.read(min(left, _BLOCK)))
            if not passed:
                raise CutError("cut off: its last record is not whole")
            left -= passed
        yield Record(kind, headers, None, length)


def _headers(stream: IO[bytes]) -> dict[str, str]:
    lines: list[bytes] = []
    while (line := stream.readline(_LINE)).strip() and len(lines) < _MOST_HEADERS:
        lines.append(line)
    return _named(b"".join(lines))


def _named(head: bytes) -> dict[str, str]:
    """Return the headers in a head, the first of each name."""
    found: dict[str, str] = {}
    for line in head.decode("utf-8", "replace").splitlines()[:_MOST_HEADERS]:
        name, colon, value = line.partition(":")
        if colon:
            found.setdefault(name.strip().lower(), value.strip())
    return found


def response(block: bytes) -> Response | None:
    r"""Return the HTTP answer in the block of a record, None where there is none.

    >>> response(b"HTTP/1.1 404 Not Found\r\nServer: quay\r\n\r\nGone")
    Response(status=404, headers={'server': 'quay'}, body=b'Gone')
    """
    status = _STATUS.match(block)
    if status is None:
        return None
    end = _HEAD_END.search(block, 0, _HEAD_BYTES)
    head, body = (block[: end.start()], block[end.end() :]) if end else (block[:_HEAD_BYTES], b"")
    return Response(int(status[1]), _named(head), body)


def body_of(answer: Response, most: int) -> bytes:
    """Return the body of an answer as its reader gets it: put together and unpacked, as far as it goes.

    UnusableError where it has more than `most` bytes, or is packed in a way that is not known here.
    """
    body = answer.body
    if "chunked" in answer.headers.get("transfer-encoding", "").lower():
        body = _joined(body)
    packings = answer.headers.get("content-encoding", "").lower().replace(" ", "").split(",")
    for packing in reversed(packings):
        body = _unpacked(body, packing, most)
    if len(body) > most:
        raise _too_large(most)
    return body


def _joined(body: bytes) -> bytes:
    """Return a body that was sent in chunks, with what follows them; as it is where that is not true of it."""
    pieces: list[bytes] = []
    at = 0
    while chunk := _CHUNK.match(body, at):
        size = int(chunk[1], 16)
        pieces.append(body[chunk.end() : chunk.end() + size])
        at = chunk.end() + size
        at += 2 if body.startswith(b"\r\n", at) else body.startswith(b"\n", at)
        if not size:
            return b"".join(pieces)
    rest = body[at:]
    return b"".join([*pieces, rest if len(rest) > _CUT else b""]) if pieces else body


def _unpacked(body: bytes, packing: str, most: int) -> bytes:
    if packing in ("gzip", "x-gzip"):
        return _inflated(body, 31, most) if body.startswith(_GZIP) else body
    if packing == "deflate":
        # Some mean the format of zlib, others what is inside it.
        is_zlib = len(body) > 1 and body[0] & 15 == 8 and not int.from_bytes(body[:2], "big") % 31
        return _inflated(body, 15 if is_zlib else -15, most)
    if packing == "br":
        return _of_brotli(body, most)
    if packing in ("", "identity", "none", "utf-8"):
        return body
    raise UnusableError(f'packed in a way that is not read ("{packing[:40]}")')


def _inflated(body: bytes, bits: int, most: int) -> bytes:
    try:
        found = zlib.decompressobj(bits).decompress(body, most + 1)
    except zlib.error:
        # What comes before the damage is lost with it.
        found = _as_far_as_it_goes(body, bits, most)
    if len(found) > most:
        raise _too_large(most)
    return found


def _as_far_as_it_goes(body: bytes, bits: int, most: int) -> bytes:
    inflating = zlib.decompressobj(bits)
    pieces: list[bytes] = []
    size = 0
    try:
        for at in range(0, len(body), 256):
            pieces.append(inflating.decompress(body[at : at + 256], most + 1))
            size += len(pieces[-1])
            if size > most:
                break
    except zlib.error as error:
        if not size:
            raise UnusableError("damaged: what packed it cannot be undone") from error
    return b"".join(pieces)


def _of_brotli(body: bytes, most: int) -> bytes:
    try:
        import brotli
    except ImportError as error:
        raise UnusableError(f"packed by Brotli: to read it, run `{install_command('brotli')}`") from error
    unpacking = brotli.Decompressor()
    pieces: list[bytes] = []
    size = 0
    try:
        pieces.append(unpacking.process(body, output_buffer_limit=most + 1))
        size = len(pieces[0])
        while size <= most and not unpacking.is_finished() and not unpacking.can_accept_more_data():
            pieces.append(unpacking.process(b"", output_buffer_limit=most + 1 - size))
            size += len(pieces[-1])
    except brotli.error as error:
        raise UnusableError("damaged: what packed it cannot be undone") from error
    if size > most:
        raise _too_large(most)
    return b"".join(pieces)


def _too_large(most: int) -> UnusableError:
    return UnusableError(f"a page larger than {most >> 20} MiB")
