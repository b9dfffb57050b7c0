"""Take the inline marks out of Org: emphasis, links, notes, macros."""

import re
from functools import cache

from index.sources.blocks.layout import one_line
from index.sources.lightweight.inline_marks import InlineMarks, Mark, inside, nothing

_BEFORE = r"(?<![^\s\-({'\"‘“«—–,;:/])"
_AFTER = r"(?=[\s\-.,;:!?'\")}\[’”»—–…/]|\Z)"
_PICTURE = re.compile(r"\.(?:png|jpe?g|gif|svg|webp)\Z", re.IGNORECASE)
_LINK_TYPE = re.compile(r"(?:file|id|denote|roam|attachment|fuzzy):|[*#]")


@cache
def _emphasis(sign: str) -> tuple[str, str]:
    """Return the patterns that open and close emphasis, by its sign."""
    sign = re.escape(sign)
    return rf"{_BEFORE}{sign}(?=[^\s{sign}])", rf"(?<=\S){sign}{_AFTER}"


class OrgInline:
    """The inline marks of one file.

    >>> OrgInline().line("A /berth/ costs *240* crowns [fn:1]; see [[https://x.example][the *board*]] and ~open~.")
    'A berth costs 240 crowns; see the board and open.'
    """

    def __init__(self) -> None:
        # The texts of notes that stand in sentences, for whoever takes the paragraph.
        self.notes: list[str] = []
        marks = [
            Mark(r"\[\[(?=[^\s\[\]])", r"\]\]", self._link),
            Mark(r"\s?\[fn:[\w-]{0,60}:(?=[^\s\]]| )", r"\]", self._note),
            Mark(r"\s?\[fn:[\w-]{1,60}\]", "", nothing),
            Mark(r"\s?\[cite(?:/[\w/-]{1,40})?:(?=[^\s\]])", r"\]", nothing),
            Mark(r"<<<?(?=[^\s<>])", r">>>?", inside),
            Mark(r"@@[\w-]{1,40}:", r"@@", nothing),
            Mark(r"\{\{\{(?=\w)", r"\}\}\}", _argument),
            Mark(r"<(?=(?:https?|ftp|mailto):)", r">", inside),
            Mark(r"(?:https?|ftp)://[^\s<>\[\]]+", "", lambda opened, *_: opened[0]),
            Mark(r"\\\\(?=\n|\Z)", "", lambda *_: "\0"),
            *(Mark(*_emphasis(sign), inside) for sign in "=~"),
            *(Mark(*_emphasis(sign), self._inner) for sign in "*/_+"),
        ]
        self._marks = InlineMarks(marks, r"\[<@{\\*/_=~+", r"\s\[|https?:|ftp:", "[:")

    def plain(self, text: str) -> str:
        """Return the words of `text`; a line ends only where its author ended it, with two backslashes."""
        lines = map(one_line, self._marks.plain(text).split("\0"))
        return "\n".join(filter(None, lines))

    def line(self, text: str) -> str:
        """Return the words of `text` on one line."""
        return one_line(self._marks.plain(text).replace("\0", " "))

    def _inner(self, _opened: re.Match[str], between: str, _closed: str) -> str:
        return self._marks.plain(between)

    def _link(self, _opened: re.Match[str], between: str, _closed: str) -> str:
        target, described, words = between.partition("][")
        if described:
            return self._marks.plain(words)
        return "" if _PICTURE.search(target) else _LINK_TYPE.sub("", target.partition("::")[0], count=1)

    def _note(self, _opened: re.Match[str], between: str, _closed: str) -> str:
        self.notes.append(self._marks.plain(between))
        return ""


def _argument(_opened: re.Match[str], between: str, _closed: str) -> str:
    """Return the argument of a macro, most often the text that it marks."""
    return between.partition("(")[2].removesuffix(")")
