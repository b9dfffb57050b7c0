"""Cut a text in Markdown into parts that the parser of what stands in a line gets through quickly."""

import re
from collections.abc import Iterator
from itertools import pairwise

# The parser's time grows with the square of what is open: longer texts are parsed in parts.
_INLINE_CHARACTERS, _INLINE_BRACKETS = 8000, 200
# In a text with so many brackets, those that close nothing or stand deep in others are only looked at once.
_MANY_BRACKETS, _DEEP_BRACKETS = 100, 5
_BRACKET = re.compile(r"(?<!\\)[\[\]]")


def parts_of(content: str) -> Iterator[str]:
    """Yield a text in parts of bounded length and few brackets, cut before a bracket or between words."""
    at = 0
    while at < len(content):
        part = content[at : at + _INLINE_CHARACTERS]
        if part.count("[") > _INLINE_BRACKETS:
            part = part[: len(part) - len(part.split("[", _INLINE_BRACKETS)[-1]) - 1]
        elif at + len(part) < len(content):
            part = part[: max(part.rfind("[", 1), part.rfind(" ", 1) + 1, part.rfind("\n", 1) + 1)] or part
        at += len(part)
        yield _tamed(part) if part.count("[") > _MANY_BRACKETS else part


def _tamed(part: str) -> str:
    """Return a text whose brackets that open nothing are escaped: the parser would search an end for each."""
    opened: list[int] = []
    escaped: list[int] = []
    for bracket in _BRACKET.finditer(part):
        if bracket[0] == "]":
            opened = opened[:-1]
        elif len(opened) < _DEEP_BRACKETS:
            opened.append(bracket.start())
        else:
            escaped.append(bracket.start())
    ends = [0, *sorted(opened + escaped), len(part)]
    return "\\".join(part[start:end] for start, end in pairwise(ends))
