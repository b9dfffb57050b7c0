"""Walk the tree of a page or a piece of HTML: its blocks in reading order.

Each comes with what tells the text of a page from the frame around it.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from index.sources.blocks.blocks import BlockKind
from index.sources.blocks.html_elements import (
    ARTICLES,
    BLOCKS,
    CAPTIONS,
    FIGURES,
    HEADINGS,
    IN_FIGURES,
    INLINE,
    PARENTS,
    PICTURES,
    PREFORMATTED,
    SINKS,
    TITLES,
)
from index.sources.blocks.html_lists import PageBlock, Sink, folded
from index.sources.blocks.html_tree import Element, frame_of, unread
from index.sources.blocks.layout import normalise

_SPACE = re.compile(r"\s+")
_OTHER_SPACE = re.compile(r"[^\S ]|  ")
_BLANK_LINES = re.compile(r"\r?\n[^\S\n]*\n\s*")
_WIDE = "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3000-\u30ff\u3400-\u9fff\uff00-\uffef]"
# Scripts without spaces are broken anywhere in the source.
_WIDE_BREAK = re.compile(f"(?<={_WIDE})[ \t\r]*\n\\s*(?={_WIDE})")
_TWO_BREAKS = re.compile(r" *\n *(?:\n[ \n]*)")
_TITLE_CHARACTERS = 200
# Lines parted by <br> that are this long are the paragraphs of a page older than <p>.
_PARAGRAPH_LINE = 200
_MARKED_TEXT = 40
# Lists and tables nested deeper are blocks like any other: nobody wrote them.
DEEPEST = 40


@dataclass
class Page:
    """The blocks of a page in reading order, what each frame on it is ("a menu", "hidden"), and the tree in short.

    Leaf number N of the tree stands in `places[N]`: the texts to mark (an element, and whether its tail is meant).
    `parents` names the place around each place, `depth` says how deep lists, tables and their parts are nested,
    `elements` how many there are, all rows of a table counted as wide as the widest.
    """

    blocks: list[PageBlock] = field(default_factory=list)
    frames: list[str] = field(default_factory=lambda: [""])
    places: list[list[tuple[Element, bool]]] = field(default_factory=list)
    parents: dict[int, int] = field(default_factory=dict)
    depth: int = 0
    elements: int = 0


def page_of(root: Element) -> Page:
    """Return the blocks of the page with the tree `root`, and what tells its text from its frame."""
    return _walked(root, _Walk())


def blocks_of(root: Element, *, blank_lines: bool) -> list[PageBlock]:
    """Return the blocks of a piece of HTML, all of which is text; `blank_lines` part paragraphs where no tag does."""
    return _walked(root, _Walk(whole=True, blank_lines=blank_lines)).blocks


def _walked(root: Element, walk: "_Walk") -> Page:
    from lxml import etree  # type: ignore[import-untyped]  # lxml ships no types

    walker = etree.iterwalk(root, events=("start", "end"))
    for event, element in walker:
        tag = element.tag
        if event == "start":
            if walk.start(element, tag):
                walker.skip_subtree()
        else:
            walk.end(element, tag)
    walk.flush()
    while len(walk.sinks) > 1:
        walk.fold()
    walk.page.blocks = walk.sinks[0].blocks
    return walk.page


class _Walk:
    """What is open at one point of a page: blocks, links, frames; and the text that waits for the end of its block.

    Where the `whole` is text, no frames and places are looked for.
    """

    def __init__(self, *, whole: bool = False, blank_lines: bool = False) -> None:
        self.page = Page()
        self.whole = whole
        self.blank_lines = blank_lines
        self.sinks = [Sink("", None, 0)]
        # Of each open block its place on the page, and the place of text that stands in it alone.
        self.places: list[tuple[Element, int, int]] = []
        self.headings: list[tuple[Element, int]] = []
        self.captions: list[Element] = []
        self.framed: Element | None = None
        self.skipped: Element | None = None
        self.frame = self.articles = self.links = self.preformatted = 0
        self.pieces: list[str] = []
        self.marked: list[tuple[Element, bool]] = []
        self.linked = 0

    def start(self, element: Element, tag: str) -> bool:
        """Take in the start of an element; return whether its inside is passed over."""
        self.page.elements += 1
        if tag in PICTURES:
            self.sinks[-1].pictured = True
        if unread(element, tag):
            self.skipped = element
            return True
        if tag in BLOCKS:
            self._start_block(element, tag)
        elif tag == "br":
            self.pieces.append("\n")
        elif tag == "a":
            self.links += 1
        elif not self.whole and self.framed is None and element.attrib:
            self._start_frame(element, tag)
        if element.text:
            self._add(element.text, element, tail=False)
        return False

    def _start_block(self, element: Element, tag: str) -> None:
        name = element.get("class") or ""
        if self.preformatted:
            self._line_break()
        else:
            self.flush()
        place = 0 if self.whole else self._start_place(element, tag, name)
        classes = name.lower().split() if name else ()
        in_figure = self.sinks[-1].role == "figure"
        level = HEADINGS.get(tag) or (2 if name and TITLES.search(name) else 0)
        if level and not in_figure:
            self.headings.append((element, level))
        if (
            tag == "figcaption"
            or (in_figure and not IN_FIGURES.isdisjoint(classes))
            or (classes and not CAPTIONS.isdisjoint(classes))
        ):
            self.captions.append(element)
        if tag in PREFORMATTED:
            self.preformatted += 1
        role = "figure" if classes and not FIGURES.isdisjoint(classes) else SINKS.get(tag, "")
        deep = len(self.sinks) > DEEPEST
        if role and not deep and self.sinks[-1].role in PARENTS.get(role, (self.sinks[-1].role,)):
            self.sinks.append(Sink(role, element, place, self.frame))
            self.page.depth = max(self.page.depth, len(self.sinks))

    def _start_place(self, element: Element, tag: str, name: str) -> int:
        """Return the place of text that stands in an element alone, and keep where that is on the page."""
        if self.framed is None:
            self._start_frame(element, tag)
        above = self.places[-1][1] if self.places else 0
        place, own = hash((above, tag, name)), hash((above, name))
        self.page.parents[place] = self.page.parents[own] = above
        self.places.append((element, place, own))
        self.articles += tag in ARTICLES or element.get("role") == "main"
        return own

    def _start_frame(self, element: Element, tag: str) -> None:
        reason = frame_of(element, tag, inside=self.articles > 0)
        if reason:
            if tag not in BLOCKS:
                self.flush()
            self.framed = element
            self.page.frames.append(reason)
            self.frame = len(self.page.frames) - 1

    def end(self, element: Element, tag: str) -> None:
        """Take in the end of an element, and the text behind it."""
        if self.skipped is element:
            self.skipped = None
        elif tag in BLOCKS:
            self._end_block(element, tag)
        elif tag == "a":
            self.links -= 1
        elif not element.tail and tag not in INLINE:
            # Elements that HTML does not know, one after another, are the fields of something.
            self._line_break()
        if self.framed is element:
            self.flush()
            self.framed, self.frame = None, 0
        if element.tail:
            self._add(element.tail, element, tail=True)

    def _end_block(self, element: Element, tag: str) -> None:
        if tag in PREFORMATTED:
            self.preformatted -= 1
            if not self.preformatted:
                self.flush(code=True)
        elif self.preformatted:
            self._line_break()
        else:
            self.flush()
        if self.sinks[-1].element is element:
            self.fold()
        if not self.whole:
            if self.places and self.places[-1][0] is element:
                self.places.pop()
            self.articles -= tag in ARTICLES or element.get("role") == "main"
        if self.headings and self.headings[-1][0] is element:
            self.headings.pop()
        if self.captions and self.captions[-1] is element:
            self.captions.pop()

    def _add(self, text: str, element: Element, *, tail: bool) -> None:
        if not self.preformatted:
            parting = self.blank_lines and "\n" in text and len(self.sinks) == 1
            if text.isspace() and not parting:
                self.pieces.append(" ")
                return
            if parting:
                *before, text = _BLANK_LINES.split(text)
                for part in before:
                    self._add_piece(part, element, tail=tail)
                    self.flush()
            if "\n" in text and not text.isascii():
                text = _WIDE_BREAK.sub("", text)
            if _OTHER_SPACE.search(text):
                text = _SPACE.sub(" ", text)
        self._add_piece(text, element, tail=tail)

    def _add_piece(self, text: str, element: Element, *, tail: bool) -> None:
        self.pieces.append(text)
        if text.isspace():
            return
        if not self.marked or len(text) > _MARKED_TEXT:
            self.marked.append((element, tail))
        if self.links:
            self.linked += len(text)

    def _line_break(self) -> None:
        if self.pieces and not self.pieces[-1].endswith("\n"):
            self.pieces.append("\n")

    def fold(self) -> None:
        """Hand the blocks of the innermost list, table or figure to what holds it."""
        sink = self.sinks.pop()
        self.page.elements += sink.size() if sink.role == "table" else 0
        folded(sink, self.sinks[-1])

    def flush(self, *, code: bool = False) -> None:
        """Make a block of the text that waits."""
        if not self.marked:
            self.pieces.clear()
            return
        text = normalise("".join(self.pieces))
        level = self.headings[-1][1] if self.headings else 0
        kind: BlockKind = "paragraph"
        texts: Iterable[str]
        if code:
            kind, texts = "code", [_code(text)]
        else:
            texts = _texts(text)
            if level and len(text) <= _TITLE_CHARACTERS:
                kind = "heading"
            elif self.captions:
                kind = "caption"
        leaf = len(self.page.places)
        self.page.places.append(self.marked)
        place = self.places[-1][2] if self.places else 0
        for each in texts:
            self.sinks[-1].blocks.append(
                PageBlock(each, kind, level, place, self.frame, [leaf], self.linked / max(1, len(text)))
            )
        self.pieces, self.marked, self.linked = [], [], 0


def _texts(text: str) -> list[str]:
    """Return the paragraphs of a block: two <br> part them, and one where the lines are long."""
    if "\n" not in text:
        return [" ".join(text.split())] if not text.isspace() else []
    parts = _TWO_BREAKS.split(text.strip())
    found: list[str] = []
    for part in parts:
        lines = [" ".join(line.split()) for line in part.split("\n")]
        lines = [line for line in lines if line]
        if len(lines) > 1 and sum(map(len, lines)) > _PARAGRAPH_LINE * len(lines):
            found.extend(lines)
        elif lines:
            found.append("\n".join(lines))
    return found


def _code(text: str) -> str:
    """Return preformatted text with its indents, without empty lines."""
    from textwrap import dedent

    return dedent("\n".join(line.rstrip() for line in text.expandtabs(4).split("\n") if line.strip()))
