"""Walk the tree of a page or a piece of HTML: its blocks in reading order.

Each comes with what tells the text of a page from the frame around it.
"""

from collections.abc import Mapping

from index.sources.blocks.html_elements import (
    ARTICLES,
    BLOCKS,
    BOLD,
    HEADINGS,
    INLINE,
    KINDS,
    NUMBERED,
    PARENTS,
    PICTURES,
    PLAIN_BLOCKS,
    PREFORMATTED,
    SINKS,
    UNREAD,
)
from index.sources.blocks.html_flow import Flow
from index.sources.blocks.html_tree import (
    FRAMES,
    NO_SIGNS,
    Element,
    Signs,
    frame_of,
    is_mark,
    signs_of,
    stated_level,
    unfolds,
)
from index.sources.blocks.page_blocks import Page, PageBlock, Sink, with_bold_headings

# Lists and tables nested deeper are blocks like any other: nobody wrote them.
DEEPEST = 40


def page_of(root: Element) -> Page:
    """Return the blocks of the page with the tree `root`, and what tells its text from its frame."""
    return _walked(root, _Walk())


def blocks_of(root: Element, *, blank_lines: bool) -> list[PageBlock]:
    """Return the blocks of a piece of HTML, all of which is text; `blank_lines` part paragraphs where no tag does."""
    return _walked(root, _Walk(whole=True, blank_lines=blank_lines)).blocks


def _walked(root: Element, walk: "_Walk") -> Page:
    from lxml import etree  # type: ignore[import-untyped]  # lxml ships no types

    walker = etree.iterwalk(root, events=("start", "end"))
    start, end = walk.start, walk.end
    for event, element in walker:
        if event == "end":
            end(element, element.tag)
        elif start(element, element.tag):
            walker.skip_subtree()
    walk.flush()
    while len(walk.sinks) > 1:
        walk.fold()
    walk.page.blocks, walk.page.elements = with_bold_headings(walk.sinks[0].blocks), walk.elements
    return walk.page


# What is to be undone at the end of a block, besides its place.
_HEADING, _CAPTION, _PREFORMATTED, _ARTICLE, _SINK = 1, 2, 4, 8, 16
_NO_FRAMES = frozenset(("a", "break"))


class _Walk(Flow):
    """What is open at one point of a page: blocks, links, frames."""

    def start(self, element: Element, tag: str) -> bool:
        """Take in the start of an element; return whether its inside is passed over."""
        self.elements += 1
        kind = KINDS.get(tag)
        if kind == "block":
            if self._start_block(element, tag):
                return True
        elif kind is not None and self._passed_over(element, tag, kind):
            self.skipped = element
            return True
        elif not (self.whole or kind in _NO_FRAMES or self.framed is not None) and element.attrib:
            self._start_frame(element, tag, element.attrib)
        text = element.text
        if text:
            self.add(text, (element, False))
        return False

    def _passed_over(self, element: Element, tag: str, kind: str) -> bool:
        """Take in the start of an element that is no block; return whether it holds no text for readers."""
        if kind == "span":
            name = element.get("class")
            return bool(name) and signs_of(name).line_number
        if kind == "a":
            if "#" in element.get("href", "") and is_mark(element, tag):
                return True
            self.links += 1
        elif kind == "break":
            self.pieces.append("\n")
        elif kind == "raised":
            return is_mark(element, tag)
        elif kind == "bold" or (tag == "button" and unfolds(element, headed=bool(self.levels))):
            self.bold += 1
        else:
            if tag in PICTURES:
                self.sinks[-1].pictured = True
            return tag in UNREAD
        return False

    def _start_block(self, element: Element, tag: str) -> bool:
        attributes = None if self.whole else element.attrib
        name = element.get("class") if attributes is None or attributes else None
        signs = signs_of(name) if name else NO_SIGNS
        if signs.line_number and tag in NUMBERED:
            self.skipped = element
            return True
        if self.preformatted:
            self.line_break()
        elif self.waiting:
            self.flush()
        else:
            self.pieces.clear()
        place = own = undo = 0
        if attributes is not None:
            if self.framed is None and (attributes or tag in FRAMES):
                self._start_frame(element, tag, attributes)
            above = self.open[-1][0]
            place, own = hash((above, tag, name or "")), hash((above, name or ""))
            self.page.parents[place] = self.page.parents[own] = above
            if tag in ARTICLES or (attributes and attributes.get("role") == "main"):
                self.articles += 1
                undo = _ARTICLE
        if name or tag not in PLAIN_BLOCKS:
            undo |= self._opened(element, tag, signs, own)
        if attributes and not undo & _HEADING and (level := stated_level(attributes)):
            self.levels.append(level)
            undo |= _HEADING
        self.open.append((place, own, undo))
        return False

    def _opened(self, element: Element, tag: str, signs: Signs, place: int) -> int:
        """Open what a block is besides a place, and return it."""
        undo = 0
        role = self.sinks[-1].role
        level = HEADINGS.get(tag) or (2 if signs.title else 0)
        if level and role != "figure":
            self.levels.append(level)
            undo = _HEADING
        if tag == "figcaption" or signs.caption or (signs.in_figure and role == "figure"):
            self.captions += 1
            undo |= _CAPTION
        if tag in PREFORMATTED:
            self.preformatted += 1
            undo |= _PREFORMATTED
        own = "figure" if signs.figure else SINKS.get(tag)
        if own and len(self.sinks) <= DEEPEST and (own not in PARENTS or role in PARENTS[own]):
            self.sinks.append(Sink(own, element, place, self.frame))
            self.page.depth = max(self.page.depth, len(self.sinks))
            undo |= _SINK
        return undo

    def _start_frame(self, element: Element, tag: str, attributes: Mapping[str, str]) -> None:
        reason = frame_of(element, tag, attributes, inside=self.articles > 0)
        if reason:
            if tag not in BLOCKS:
                self.flush()
            self.framed = element
            self.page.frames.append(reason)
            self.frame = len(self.page.frames) - 1

    def end(self, element: Element, tag: str) -> None:
        """Take in the end of an element, and the text behind it."""
        tail = element.tail
        if self.skipped is element:
            self.skipped = None
        elif tag in BLOCKS:
            self._end_block()
        elif tag == "a":
            self.links -= 1
        elif tag in BOLD:
            self.bold -= 1
        elif not tail and tag not in INLINE:
            # Elements that HTML does not know, one after another, are the fields of something.
            self.line_break()
        if self.framed is element:
            self.flush()
            self.framed, self.frame = None, 0
        if tail:
            self.add(tail, (element, True))

    def _end_block(self) -> None:
        undo = self.open[-1][2]
        if undo & _PREFORMATTED:
            self.preformatted -= 1
            if not self.preformatted:
                self.flush(code=True)
        elif self.preformatted:
            self.line_break()
        elif self.waiting:
            self.flush()
        else:
            self.pieces.clear()
        if undo:
            if undo & _SINK:
                self.fold()
            if undo & _HEADING:
                self.levels.pop()
            if undo & _CAPTION:
                self.captions -= 1
            if undo & _ARTICLE:
                self.articles -= 1
        self.open.pop()
