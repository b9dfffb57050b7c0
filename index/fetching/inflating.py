"""The body of an answer, unpacked piece by piece and never further than its limit."""

import re
import zlib
from collections.abc import Iterable
from typing import Final

from index.errors import FetchError

_MEBIBYTE: Final = 1 << 20
_MOST_PARTS: Final = 1000
_PACKINGS: Final = re.compile(r"gzip|deflate|compress|\b(?:br|zstd|dcb|dcz)\b")


def unpacked(pieces: Iterable[bytes], encoding: str, most: int, *, cut: bool) -> bytes:
    """Return a body, unpacked piece by piece. Raises FetchError where it grows too large, or ends too early."""
    encoding = encoding.strip().lower()
    # What names no packing, as "utf-8" or "none", says nothing of the bytes.
    if _PACKINGS.search(encoding) and encoding not in ("gzip", "x-gzip"):
        raise FetchError(f"packed as {encoding[:20]!r}, which was not asked for")
    body, received = bytearray(), 0
    inflating = _Inflating() if "gzip" in encoding else None
    for piece in pieces:
        received += len(piece)
        body += piece if inflating is None else inflating.inflated(piece, most + 1 - len(body))
        # Nothing at all may be packed without an end.
        if len(body) > most or received > most:
            if cut:
                return bytes(body[:most])
            raise FetchError(f"larger than {most / _MEBIBYTE:g} MiB")
    if inflating is not None and received and not inflating.whole:
        raise FetchError("the answer was cut off", passing=True)
    return bytes(body)


class _Inflating:
    """What gzip packed, in one part or several; `whole`: the part that came last has ended."""

    def __init__(self) -> None:
        self._part = zlib.decompressobj(31)
        self._parts = 1

    @property
    def whole(self) -> bool:
        return self._part.eof

    def inflated(self, piece: bytes, most: int) -> bytes:
        """Return what a piece holds, as far as `most` bytes; FetchError where it is damaged."""
        out = b""
        while piece and len(out) < most:
            if self._part.eof:
                # Zeros may stand behind the last part.
                piece = piece.lstrip(b"\0")
                if not piece:
                    break
                self._part, self._parts = zlib.decompressobj(31), self._parts + 1
                if self._parts > _MOST_PARTS:
                    raise FetchError(f"packed in more than {_MOST_PARTS} parts, as nobody packs a page")
            try:
                out += self._part.decompress(piece, most - len(out))
            except zlib.error as error:
                raise FetchError(f"damaged on its way ({error})", passing=True) from None
            piece = self._part.unused_data or self._part.unconsumed_tail
        return out
