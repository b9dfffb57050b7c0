"""Take the inline marks of a markup language out of a text, in time that grows with its length alone."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import NamedTuple

# What a document may multiply by names that stand for texts.
_VALUE_CHARACTERS = 200
_SPENT_CHARACTERS = 1 << 20
_DEEPEST = 4


class Mark(NamedTuple):
    """One kind of inline mark: the pattern that opens it, the one that closes it ("" when the first is all).

    `text` returns what stays, given what opened it, what stands between, and what closed it. Between them stands
    something, unless the mark `may_be_empty`.
    """

    opens: str
    closes: str
    text: Callable[[re.Match[str], str, str], str]
    may_be_empty: bool = False


def inside(_opened: re.Match[str], between: str, _closed: str) -> str:
    """Keep what stands between the marks."""
    return between


def nothing(_opened: re.Match[str], _between: str, _closed: str) -> str:
    """Keep nothing."""
    return ""


class InlineMarks:
    r"""The marks of one language, tried in the order given wherever one may start.

    Each starts with one of `signs`, or where the pattern `others` matches, which takes one of the signs `needed`.

    >>> InlineMarks([Mark(r"\*(?=\S)", r"(?<=\S)\*", inside)], r"\*").plain("a *red* flag, 2 * 3, *open")
    'a red flag, 2 * 3, *open'
    """

    def __init__(self, marks: Sequence[Mark], signs: str, others: str = "", needed: str = "") -> None:
        self._marks = marks
        self._opens, self._closes = _compiled(tuple((mark.opens, mark.closes) for mark in marks))
        # A set of signs is found in a fiftieth of the time that a pattern with words in it takes.
        self._signs = re.compile(f"[{signs}]")
        self._starts = re.compile(f"[{signs}]|(?={others})") if others else self._signs
        self._needed = needed
        self._depth = 0

    def plain(self, text: str) -> str:
        """Return `text` without marks. A mark that nothing closes is text, and so is one inside five others."""
        # Marks stand in marks a few times, or a file was made to nest them without end.
        if self._depth > _DEEPEST:
            return text
        self._depth += 1
        text = self._without(text)
        self._depth -= 1
        return text

    def _without(self, text: str) -> str:
        pieces: list[str] = []
        # Where a mark has no end it has none further on: each end is looked for in vain once.
        endless: set[int] = set()
        at = 0
        starts = self._starts if any(sign in text for sign in self._needed) else self._signs
        for start in starts.finditer(text):
            opened = self._opens.match(text, start.start()) if start.start() >= at else None
            if opened is None:
                continue
            which = int((opened.lastgroup or "")[1:])
            mark, closes = self._marks[which], self._closes[which]
            pieces.append(text[at : opened.start()])
            at = opened.end()
            if closes is None:
                pieces.append(mark.text(opened, opened[0], ""))
                continue
            closed = None if which in endless else closes.search(text, at if mark.may_be_empty else at + 1)
            if closed is None:
                endless.add(which)
                pieces.append(opened[0])
                continue
            pieces.append(mark.text(opened, text[at : closed.start()], closed[0]))
            at = closed.end()
        pieces.append(text[at:])
        return "".join(pieces)


@cache
def _compiled(marks: tuple[tuple[str, str], ...]) -> tuple[re.Pattern[str], list[re.Pattern[str] | None]]:
    """Return what opens marks, each in a group "m0", "m1" ..., and what closes each; every document has the same."""
    opens = "|".join(f"(?P<m{at}>{opens})" for at, (opens, _) in enumerate(marks))
    return re.compile(opens), [re.compile(closes) if closes else None for _, closes in marks]


@dataclass
class Names:
    """Names that stand for texts in a document; long ones do not, so that a small file cannot become a large one."""

    values: dict[str, str] = field(default_factory=dict)
    given: Mapping[str, str] = field(default_factory=dict)
    _spent: int = 0

    def define(self, name: str, value: str) -> None:
        """Let `name` stand for `value` from here on."""
        self.values[name.casefold()] = value if len(value) <= _VALUE_CHARACTERS else name

    def text(self, name: str) -> str | None:
        """Return what `name` stands for, None when that is not known."""
        value = self.values.get(name.casefold(), self.given.get(name))
        if value is None or self._spent > _SPENT_CHARACTERS:
            return None
        self._spent += len(value)
        return value
