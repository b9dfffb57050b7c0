"""Take the inline marks of a markup language out of a text, in time that grows with its length alone."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

# What a document may multiply by names that stand for texts.
_VALUE_CHARACTERS = 200
_SPENT_CHARACTERS = 1 << 20
_DEEPEST = 4


@dataclass(frozen=True, slots=True)
class Mark:
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
    """The marks of one language, tried in the order given wherever `starts` matches: a pattern quick to say no.

    >>> InlineMarks([Mark(r"\\*(?=\\S)", r"(?<=\\S)\\*", inside)], r"\\*").plain("a *red* flag, 2 * 3, *open")
    'a red flag, 2 * 3, *open'
    """

    def __init__(self, marks: Sequence[Mark], starts: str) -> None:
        self._marks = {f"m{at}": mark for at, mark in enumerate(marks)}
        opens = "|".join(f"(?P<{name}>{mark.opens})" for name, mark in self._marks.items())
        self._opens = re.compile(f"(?={starts})(?:{opens})")
        self._closes = {name: re.compile(mark.closes) for name, mark in self._marks.items() if mark.closes}
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
        endless: set[str] = set()
        at = 0
        while opened := self._opens.search(text, at):
            name = opened.lastgroup or ""
            pieces.append(text[at : opened.start()])
            at = opened.end()
            if name not in self._closes:
                pieces.append(self._marks[name].text(opened, opened[0], ""))
                continue
            first = at if self._marks[name].may_be_empty else at + 1
            closed = None if name in endless else self._closes[name].search(text, first)
            if closed is None:
                endless.add(name)
                pieces.append(opened[0])
                continue
            pieces.append(self._marks[name].text(opened, text[at : closed.start()], closed[0]))
            at = closed.end()
        pieces.append(text[at:])
        return "".join(pieces)


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
