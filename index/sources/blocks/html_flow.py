"""The text of a page as it is met, and the blocks that are made of it; `html_blocks` walks the page."""

import re

from index.sources.blocks.blocks import BlockKind
from index.sources.blocks.html_lists import folded
from index.sources.blocks.html_texts import code_lines, flat, paragraphs
from index.sources.blocks.html_tree import Element
from index.sources.blocks.layout import normalise
from index.sources.blocks.page_blocks import BOLD_LEVEL, Page, PageBlock, Sink

_BLANK_LINES = re.compile(r"\r?\n[^\S\n]*\n\s*")
_TITLE_CHARACTERS = 200
_MARKED_TEXT = 40


class Flow:
    """What is open where a walk through a page stands, and the text that waits for the end of its block.

    Where the `whole` is text, no frames and places are looked for.
    """

    def __init__(self, *, whole: bool = False, blank_lines: bool = False) -> None:
        self.page = Page()
        self.whole = whole
        self.blank_lines = blank_lines
        self.sinks = [Sink("", None, 0)]
        # Of each open block its place on the page, the place of text that stands in it alone, and what ends with it.
        self.open: list[tuple[int, int, int]] = [(0, 0, 0)]
        self.levels: list[int] = []
        self.framed: Element | None = None
        self.skipped: Element | None = None
        self.frame = self.articles = self.captions = self.links = self.preformatted = 0
        self.elements = 0
        self.pieces: list[str] = []
        self.waiting = False
        self.marked: list[tuple[Element, bool]] = []
        self.linked = self.bold = 0
        # Whether the text that waits has more than signs that are not bold.
        self.plain = False

    def add(self, text: str, place: tuple[Element, bool]) -> None:
        """Take in a text and where it stands."""
        blank = text.isspace()
        if not self.preformatted:
            if self.blank_lines and "\n" in text and len(self.sinks) == 1:
                *before, text = _BLANK_LINES.split(text)
                for part in before:
                    if not part.isspace():
                        self._add_piece(part, place)
                    self.flush()
                text, blank = flat(text), text.isspace()
            elif blank:
                text = " "
            elif not text.isprintable() or "  " in text:
                text = flat(text)
        if blank:
            self.pieces.append(text)
        else:
            self._add_piece(text, place)

    def _add_piece(self, text: str, place: tuple[Element, bool]) -> None:
        self.pieces.append(text)
        self.waiting = True
        self.plain = self.plain or (not self.bold and len(text) > 2)
        if not self.whole:
            if not self.marked or len(text) > _MARKED_TEXT:
                self.marked.append(place)
            if self.links:
                self.linked += len(text)

    def line_break(self) -> None:
        """Begin a new line, if one has begun."""
        if self.pieces and not self.pieces[-1].endswith("\n"):
            self.pieces.append("\n")

    def fold(self) -> None:
        """Hand the blocks of the innermost list, table or figure to what holds it."""
        sink = self.sinks.pop()
        if sink.role == "table" and not self.whole:
            self.elements += sink.size()
        folded(sink, self.sinks[-1])

    def flush(self, *, code: bool = False) -> None:
        """Make a block of the text that waits."""
        pieces = self.pieces
        if not self.waiting:
            pieces.clear()
            return
        self.waiting = False
        text = normalise(pieces[0] if len(pieces) == 1 else "".join(pieces))
        pieces.clear()
        level = self.levels[-1] if self.levels else 0 if self.plain else BOLD_LEVEL
        self.plain = False
        kind: BlockKind = "paragraph"
        if code:
            kind, texts = "code", [code_lines(text)]
        else:
            texts = paragraphs(text)
            if self.levels and level and len(text) <= _TITLE_CHARACTERS:
                kind = "heading"
            elif self.captions:
                kind = "caption"
        leaves: tuple[int, ...] = ()
        place, share = self.open[-1][1], 0.0
        if self.marked:
            leaves = (len(self.page.places),)
            self.page.places.append(self.marked)
            share = self.linked / max(1, len(text))
            self.marked, self.linked = [], 0
        for each in texts:
            self.sinks[-1].blocks.append(PageBlock(each, kind, level, place, self.frame, leaves, share))
