"""Read a JSON text of any size value by value: what is too large to be held is walked into."""

import json
import re
from collections.abc import Iterator
from typing import Protocol

from index.sources.files.streams import DOCUMENT_BYTES, RECORD_BYTES, UnusableError

_PIECE = 1 << 20
_DEEPEST = 32
_SPACE = re.compile(r"[ \t\n\r\x1e\ufeff]*")
_DECODER = json.JSONDecoder()


def fault_of(error: json.JSONDecodeError) -> str:
    """Return what is wrong with a JSON text, in the words of the json module."""
    return f"{error.msg[:1].lower()}{error.msg[1:]}".removesuffix(" at")


class Readable(Protocol):
    """A text that can be read in pieces."""

    def read(self, size: int, /) -> str:
        """Return the next so many characters, or about as many; "" at the end."""


class TooLargeError(Exception):
    """A value is larger than may be held at once."""


class JsonReader:
    """A position in a JSON text that is read in pieces. What is malformed raises UnusableError."""

    def __init__(self, text: Readable) -> None:
        self._text = text
        self._piece = ""
        self._at = 0
        self._lines = 1
        self._ended = False

    @property
    def ended(self) -> bool:
        """Return whether all of the text was taken in."""
        return self._ended

    def peek(self) -> str:
        """Return the next character that is not white space, "" at the end."""
        while True:
            self._at = _SPACE.match(self._piece, self._at).end()  # type: ignore[union-attr]  # it matches nothing, too
            if self._at < len(self._piece):
                return self._piece[self._at]
            if not self._more(_PIECE):
                return ""

    def take(self, *wanted: str) -> str:
        """Return the next character, which must be one of those wanted."""
        found = self.peek()
        if found not in wanted or not found:
            self._fail(f"expecting {' or '.join(map(repr, wanted))}" if found else "it ends too early")
        self._at += 1
        return found

    def value(self, limit: int = DOCUMENT_BYTES) -> object:
        """Return the next value whole; TooLargeError, and nothing read, when it has more than `limit` characters."""
        self.peek()
        while True:
            try:
                found, end = _DECODER.raw_decode(self._piece, self._at)
            except json.JSONDecodeError as error:
                cut = error.pos > len(self._piece) - 20 or error.msg.startswith("Unterminated string")
                held = len(self._piece) - self._at
                if not cut or self._ended:
                    self._fail(fault_of(error), error)
                if held > limit:
                    raise TooLargeError from error
                self._more(max(_PIECE, held))
            except ValueError as error:
                raise UnusableError(f"not JSON that can be read: {error}") from error
            except RecursionError as error:
                raise UnusableError("its lists or objects are nested too deep") from error
            else:
                # A number goes on in the next piece, perhaps.
                if end == len(self._piece) and not isinstance(found, str | list | dict) and self._more(_PIECE):
                    continue
                if end - self._at > limit:
                    raise TooLargeError
                self._at = end
                return found

    def _more(self, count: int) -> bool:
        self._lines += self._piece.count("\n", 0, self._at)
        piece = self._text.read(count)
        self._piece, self._at = self._piece[self._at :] + piece, 0
        self._ended = self._ended or not piece
        return bool(piece)

    def _fail(self, fault: str, error: json.JSONDecodeError | None = None) -> None:
        at = error.pos if error is not None else self._at
        line = self._lines + self._piece.count("\n", 0, at)
        column = at - self._piece.rfind("\n", 0, at)
        raise UnusableError(f"not JSON: {fault} at character {column}, line {line}") from error


def values(reader: JsonReader, limit: int = DOCUMENT_BYTES, depth: int = 0) -> Iterator[object]:
    """Yield the next value; of a list its entries instead, of an object too large to be held the values in it.

    `limit` is how many characters may be held.
    """
    opening = reader.peek()
    if opening == "[":
        yield from entries(reader, limit, depth)
        return
    try:
        value = reader.value(limit)
    except TooLargeError:
        if opening != "{" or depth > _DEEPEST:
            raise UnusableError(f"a value in it is larger than {limit >> 20} MiB") from None
        for _ in members(reader):
            yield from values(reader, limit, depth + 1)
    else:
        yield value


def members(reader: JsonReader) -> Iterator[str]:
    """Yield the names in the object that comes next; the value of each must be read before the next is asked for."""
    reader.take("{")
    if reader.peek() == "}":
        reader.take("}")
        return
    while True:
        name = reader.value(RECORD_BYTES)
        reader.take(":")
        yield str(name)
        if reader.take(",", "}") == "}":
            return


def positions(reader: JsonReader) -> Iterator[None]:
    """Yield before each entry of the list that comes next; it must be read before the next is asked for."""
    reader.take("[")
    if reader.peek() == "]":
        reader.take("]")
        return
    while True:
        yield
        if reader.take(",", "]") == "]":
            return


def entries(reader: JsonReader, limit: int = DOCUMENT_BYTES, depth: int = 0) -> Iterator[object]:
    """Yield the entries of the list that comes next, of one too large to be held the values in it."""
    for _ in positions(reader):
        try:
            value = reader.value(limit)
        except TooLargeError:
            yield from values(reader, limit, depth + 1)
        else:
            yield value
