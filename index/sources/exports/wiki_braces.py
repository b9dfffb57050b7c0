"""Templates and links of wikitext, one inside the other, in one pass over the text."""

import re
from dataclasses import dataclass, field
from typing import Final

from index.model import Dropped
from index.sources.exports.wiki_links import Wiki, link_text
from index.sources.exports.wiki_tags import HOLE, Kept
from index.sources.exports.wiki_templates import template_text

_TOKEN = re.compile(r"\{\{|\}\}|\[\[|\]\]|\||\n[ \t]*\n")
_PARAMETER = re.compile(r"\{\{\{[^{}|]*+(?:\|([^{}]*+))?\}\}\}")
# What is nested deeper is copied more often than any page needs; its marks go, its words stay.
_DEEPEST: Final = 40
_HOLES_AT_END = re.compile(f"{HOLE}[{HOLE} \\t]*(?=\\n|\\Z)")
_LOOKED_AHEAD: Final = 200


@dataclass(slots=True)
class _Frame:
    """A template or a link that is open, and its parts so far, each in pieces."""

    opening: str
    parts: list[list[str]] = field(default_factory=lambda: [[]])

    def add(self, text: str) -> None:
        if text:
            self.parts[-1].append(text)

    def texts(self) -> list[str]:
        return ["".join(part) for part in self.parts]

    def begins_line(self) -> bool:
        """Return whether what comes next begins a line."""
        last = self.parts[-1]
        return not last or last[-1].endswith("\n")


class Braces:
    """Expands a page; `dropped` tells of the templates that went as a whole."""

    def __init__(self, title: str, wiki: Wiki, kept: Kept) -> None:
        self.dropped: list[Dropped] = []
        self._title, self._wiki, self._kept = title, wiki, kept
        self._frames: list[_Frame] = []

    def expanded(self, text: str) -> str:
        """Return a text without templates and links, in the words that they leave."""
        text = _PARAMETER.sub(r"\1", text)
        whole = _Frame("")
        self._frames = [whole]
        at = 0
        for found in _TOKEN.finditer(text):
            top = self._frames[-1]
            top.add(text[at : found.start()])
            at = found.end()
            mark = found[0]
            if mark in ("{{", "[["):
                if len(self._frames) <= _DEEPEST:
                    self._frames.append(_Frame(mark))
            elif mark == "|":
                if top is whole:
                    top.add(mark)
                else:
                    top.parts.append([])
            elif mark == "}}":
                self._end_template(text, at)
            elif mark == "]]":
                self._end_link()
            else:
                self._end_paragraph(mark)
        self._frames[-1].add(text[at:])
        while len(self._frames) > 1:
            self._give_up()
        return _HOLES_AT_END.sub("", "".join(whole.texts()))

    def _end_template(self, text: str, at: int) -> None:
        if all(frame.opening != "{{" for frame in self._frames):
            return
        while self._frames[-1].opening != "{{":
            self._give_up()
        parts = self._frames.pop().texts()
        around = self._frames[-1]
        alone = around.opening == "" and around.begins_line() and _ends_line(text, at)
        left = template_text(parts, self._title, alone=alone)
        if left is None:
            self.dropped.append(Dropped(" ".join(f"{{{{{'|'.join(parts)}}}}}"[:1000].split()), "a template"))
        if left == "=":
            # In a template around it this is no sign of a name.
            left = self._kept.literal(left)
        # What begins a line says what it is.
        within = left == "" and around.opening == "" and not around.begins_line()
        around.add(HOLE if within else left or "")

    def _end_link(self) -> None:
        if self._frames[-1].opening != "[[":
            return
        words, is_caption = link_text(self._frames.pop().texts(), self._wiki)
        self._frames[-1].add(self._kept.caption(words) if is_caption else words)

    def _end_paragraph(self, mark: str) -> None:
        while self._frames[-1].opening == "[[":
            self._give_up()
        self._frames[-1].add(mark)

    def _give_up(self) -> None:
        """Take what nothing closed as text."""
        frame = self._frames.pop()
        self._frames[-1].add("|".join(frame.texts()))


def _ends_line(text: str, at: int) -> bool:
    rest = text[at : at + _LOOKED_AHEAD].lstrip(" \t")
    return not rest or rest.startswith(("\n", "{{"))
