"""The one door for what is printed, so that the words of others never steer a terminal or forge a line of ours.

Everything that a command writes to its streams passes here, but what `bot.channels.terminal` draws, which makes texts
safe itself.
"""

import re
import sys
from collections.abc import Mapping
from contextlib import suppress

_ANSI = re.compile(
    r"(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]"  # colours, cursor moves
    r"|(?:\x1b\]|\x9d)[^\x07\x1b\x9c]*(?:\x07|\x1b\\|\x9c)"  # titles, links
    r"|\x1b[ -/]*[0-~]"
)
_BREAK = re.compile(r"[\t\n\v\f\r\x85\u2028\u2029]")
# An isolate mark inside an article would close or outlast our own, so they go with the overrides.
_UNSHOWN = re.compile(r"[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
# JSON escapes those below the space by itself.
_STEERING = re.compile(r"[\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


def shown(text: str) -> str:
    """Return `text` of others made safe to show: no control or escape sequence, no bidi override, no lone surrogate.

    Line breaks become spaces; every other character stays.

    >>> shown("a\\x1b[31mb\\u202e\\nc")
    'ab c'
    """
    return text if text.isprintable() else _UNSHOWN.sub("", _BREAK.sub(" ", _ANSI.sub("", text)))


def counted(number: int, what: str, many: str = "") -> str:
    """Return a number with the noun that it counts; `many` is its plural where that is not made with an s.

    >>> counted(1, "article"), counted(1200, "article"), counted(0, "match", "matches")
    ('1 article', '1,200 articles', '0 matches')
    """
    return f"{number:,} {what if number == 1 else many or f'{what}s'}"


def size_of(counts: Mapping[str, int]) -> str:
    """Return how much an index holds, from the counts of its manifest.

    >>> size_of({"articles": 1, "paragraphs": 27})
    '1 article, 27 paragraphs'
    """
    return f"{counted(counts['articles'], 'article')}, {counted(counts['paragraphs'], 'paragraph')}"


def out(text: str = "", *, flush: bool = False) -> None:
    """Print lines of ours, with the texts of others in them made safe."""
    print(_lines(text), flush=flush)


def out_json(text: str, *, flush: bool = False) -> None:
    """Print JSON: the same values, the characters that could steer a terminal written as escapes."""
    print(f"{json_shown(text)}\n", end="", flush=flush)


def err(text: str) -> None:
    """Print the same as `out` on standard error; where nobody can read that, nothing is wrong."""
    with suppress(OSError, ValueError):
        print(_lines(text), file=sys.stderr, flush=True)


def json_shown(text: str) -> str:
    """Return JSON of the same values without characters that could steer a terminal.

    >>> json_shown('{"title": "a\\x9b31mb"}')
    '{"title": "a\\\\u009b31mb"}'
    """
    return text if text.isprintable() else _STEERING.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def _lines(text: str) -> str:
    return "\n".join(map(shown, text.split("\n")))
