r"""JSON as some programs write it, mended before it is parsed: escapes such as "\x0C", bare control characters."""

import re
from typing import TextIO

_BROKEN = re.compile(r'\\[^"\\/bfnrtu]')
# Each escape whole, so that a doubled backslash is none of the next.
_ESCAPE = re.compile(r"\\(?:x([0-9A-Fa-f]{2})|(.))", re.S)
_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f]")
_HALF = re.compile(r"x[0-9A-Fa-f]?\Z")


class MendedJson:
    r"""A JSON text in pieces, each escape in it one of JSON's.

    >>> import io
    >>> MendedJson(io.StringIO(r'"High \x0C water, C:\\x0Chart"')).read(100)
    '"High \\u000C water, C:\\\\x0Chart"'
    """

    def __init__(self, text: TextIO) -> None:
        self._text = text
        self._rest = ""

    def read(self, size: int, /) -> str:
        """Return the next characters, about `size` of them; "" at the end."""
        while True:
            piece = self._text.read(size)
            whole = self._rest + piece
            self._rest = ""
            if piece:
                whole = self._without_half_escape(whole)
            if whole or not piece:
                break
        if _CONTROLS.search(whole):
            whole = _CONTROLS.sub(" ", whole)
        return _ESCAPE.sub(_mended, whole) if _BROKEN.search(whole) else whole

    def _without_half_escape(self, text: str) -> str:
        half = _HALF.search(text, max(0, len(text) - 2))
        before = text[: half.start()] if half is not None else text
        if (len(before) - len(before.rstrip("\\"))) % 2:
            self._rest = text[len(before) - 1 :]
            return before[:-1]
        return text


def _mended(escape: re.Match[str]) -> str:
    if escape[1]:
        return f"\\u00{escape[1]}"
    return escape[0] if escape[2] in '"\\/bfnrtu' else f"\\\\{escape[2]}"
