"""Traditional Chinese characters as simplified ones, one for one, so that the two ways to write a word meet."""

import re
from functools import cache
from typing import Final

from index.analysis.scripts import HAN

# Those of later planes are kept as they are.
_LAST: Final = 0xFFFF


def has_han(text: str) -> bool:
    """Return whether a text holds a Han character."""
    return not text.isascii() and _han().search(text) is not None


def han_letters(text: str) -> list[str]:
    """Return the Han characters of a text."""
    return _han().findall(text)


@cache
def _han() -> re.Pattern[str]:
    return re.compile(f"[{HAN}]")


def simplify(text: str) -> str:
    """Return `text`, of the same length, with simplified characters for traditional ones.

    >>> simplify("圖書館"), simplify("图书馆")
    ('图书馆', '图书馆')
    """
    return text.translate(_simplified())


class _Simplified(dict[int, int]):
    """Code points of characters to those of their simplified forms, filled on demand: a text holds few of them."""

    def __init__(self) -> None:
        super().__init__()
        # Takes 20 ms.
        from opencc import OpenCC

        self._convert = OpenCC("t2s").convert

    def __missing__(self, code: int) -> int:
        # One by one, so that no two of them are a phrase, whose characters may become others.
        letter = chr(code)
        self[code] = ord(self._convert(letter)) if code <= _LAST and has_han(letter) else code
        return self[code]


@cache
def _simplified() -> _Simplified:
    return _Simplified()
