"""The names of members that do not say in which encoding they are: that in which they look like their own texts."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from itertools import pairwise
from typing import Final

from index.sources.encodings.alphabets import ENCODINGS
from index.sources.encodings.encoding import decode
from index.sources.files.streams import UnusableError

# Windows writes names in the code page of its console, which hardly any text is in.
_CONSOLES: Final = (
    "cp866", "cp850", "cp437", "cp852", "cp720", "cp862", "cp737", "cp857", "cp775", "cp855", "cp874",
    "gb18030", "cp932", "cp949", "big5hkscs",
)  # fmt: skip
_CODECS: Final = tuple(dict.fromkeys([*_CONSOLES, "euc_jp", *ENCODINGS]))
_ALIKE: Final = 0.5
_NAMES, _NAME_BYTES = 50, 1000


def decoded_names(raw: Sequence[bytes], beginnings: Iterable[bytes] = ()) -> list[str] | None:
    """Return names that do not say in which encoding they are, all in the same one; None if it cannot be told.

    `beginnings` are those of texts, of which names of a few letters say less about their encoding than their letters
    say about the names.

    >>> name, text = "故乡的桥.md".encode("gbk"), "故乡的石桥建于明朝。".encode()
    >>> decoded_names([name]), decoded_names([name], [text])
    (['นสฯ็ตฤวล.md'], ['故乡的桥.md'])
    """
    joined = b"\n".join(raw)
    found = _text(joined)
    known = {sign for beginning in beginnings for sign in _signs(_text(beginning))}
    if known and found.encode() != joined:
        # Whoever packs a hundred thousand of them, or long ones, is not waited for.
        some = [name for name in raw[:_NAMES] if len(name) <= _NAME_BYTES]
        codec = _alike(b"\n".join(some), known, _likeness(found[: _NAMES * _NAME_BYTES], known))
        found = joined.decode(codec, "replace") if codec else found
    names_apart = found.split("\n")
    return names_apart if len(names_apart) == len(raw) else None


def _alike(names: bytes, known: set[str], least: float) -> str | None:
    """Return the encoding in which names are most like the texts, and more so than `least`; None for none."""
    best, most = None, max(_ALIKE, least)
    for codec in _CODECS:
        with suppress(UnicodeDecodeError):
            if (like := _likeness(names.decode(codec), known)) > most:
                best, most = codec, like
    return best


def _likeness(text: str, known: set[str]) -> float:
    """Return which share of its letters beyond ASCII, and of the pairs that these are in, the texts have too."""
    signs = list(_signs(text))
    return sum(sign in known for sign in signs) / max(1, len(signs))


def _signs(text: str) -> Iterator[str]:
    text = text.casefold()
    for one in text:
        if not one.isascii():
            yield one
    for one, other in pairwise(text):
        if not (one + other).isascii() and one.isalpha() and other.isalpha():
            yield one + other


def _text(raw: bytes) -> str:
    with suppress(UnusableError):
        return decode(raw)
    return ""
