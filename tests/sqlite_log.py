"""What SQLite reads of a write-ahead log: the frames up to the last commit before the first that is not as written.

See "The WAL File Format" in SQLite's documentation of its file format.
"""

import struct
from functools import lru_cache
from typing import Final

_HEAD: Final = 32
_FRAME_HEAD: Final = 24
_MAGIC: Final = {0x377F0682: "<", 0x377F0683: ">"}


def committed(log: bytes, sure: bytes = b"") -> bytes:
    """Return the part of a log that counts when the database is opened, b"" for none.

    A log that begins as one that is `sure` does is followed from the end of that on.

    >>> committed(b"torn")
    b''
    """
    end = _followed(log, _beginning(sure) if log.startswith(sure) else None)[1]
    return log[:end]


@lru_cache(maxsize=1)
def _beginning(sure: bytes) -> "_Followed | None":
    return _followed(sure, None) if sure else None


_Followed = tuple[int, int, tuple[int, int]]
"""Where the frames end that are as written, where the last commit among them ends, and the checksums there."""


def _followed(log: bytes, begun: _Followed | None) -> _Followed:
    nothing = (0, 0, (0, 0))
    if len(log) < _HEAD:
        return nothing
    magic, _, size, _, *salts, first, second = struct.unpack_from(">8I", log)
    order = _MAGIC.get(magic)
    if order is None or (sums := _sums(order, 0, 0, log[:24])) != (first, second):
        return nothing
    at, end, sums = begun if begun and begun[0] else (_HEAD, 0, sums)
    while at + _FRAME_HEAD + size <= len(log):
        _, pages, *its, first, second = struct.unpack_from(">6I", log, at)
        added = _sums(order, *sums, log[at : at + 8] + log[at + _FRAME_HEAD : at + _FRAME_HEAD + size])
        if its != salts or added != (first, second):
            break
        at, sums = at + _FRAME_HEAD + size, added
        end = at if pages else end
    return at, end, sums


@lru_cache(maxsize=4096)
def _sums(order: str, first: int, second: int, content: bytes) -> tuple[int, int]:
    numbers = iter(struct.unpack(f"{order}{len(content) // 4}I", content))
    for one, other in zip(numbers, numbers, strict=True):
        first = (first + one + second) & 0xFFFFFFFF
        second = (second + other + first) & 0xFFFFFFFF
    return first, second
