"""Choose the blocks of a page that are its text: trafilatura judges, and what it lost beside what it kept comes back.

Before trafilatura sees the tree, each leaf of it gets one character that no page holds. The characters that are left
in what trafilatura returns tell what it kept; structure and words are always those of the page itself.
"""

import logging
import re
from dataclasses import dataclass
from itertools import pairwise

from index.model import Dropped
from index.sources.html_blocks import Page
from index.sources.html_lists import PageBlock
from index.sources.html_tree import Element
from index.sources.layout import count_words

# The private planes 15 and 16 of Unicode, without their last two places each, which are no characters.
_MARKS = (range(0xF0000, 0xFFFFE), range(0x100000, 0x10FFFE))
_MOST_LEAVES = sum(map(len, _MARKS))
_MARK = re.compile("[\U000f0000-\U0010fffd]")
_MOSTLY_LINKS = 0.5
# A frame that holds more of the page's words than this is none, whatever it is called.
_HALF = 0.5
_SHARE_LEAST = 0.5
_DROPPED_CHARACTERS = 200
_MOST_DROPPED = 100


@dataclass(frozen=True, slots=True)
class Choice:
    """The blocks chosen, those left out with the reason, and the words of each."""

    chosen: list[PageBlock]
    dropped: list[tuple[PageBlock, str]]
    words_chosen: int
    words_dropped: int

    def told(self) -> tuple[Dropped, ...]:
        """Return what was left out, cut to a length that can be kept."""
        return tuple(Dropped(block.text[:_DROPPED_CHARACTERS], reason) for block, reason in self.dropped[:_MOST_DROPPED])


def chosen(root: Element, page: Page) -> Choice:
    """Return which blocks of a page are its text; the texts of `root` are marked afterwards."""
    words = [count_words(block.text) for block in page.blocks]
    reasons = _frames(page, words)
    kept = _kept(root, page)
    places = {block.place for block, reason in zip(page.blocks, reasons, strict=True) if not reason and _any(block, kept)}
    taken = [
        not reason and (_any(block, kept) or (block.place in places and block.linked <= _MOSTLY_LINKS))
        for block, reason in zip(page.blocks, reasons, strict=True)
    ]
    _with_headings(page.blocks, reasons, taken)
    prose = [not reason and block.linked <= _MOSTLY_LINKS for block, reason in zip(page.blocks, reasons, strict=True)]
    total = sum(count for count, is_prose, is_taken in zip(words, prose, taken, strict=True) if is_prose or is_taken)
    if sum(count for count, is_taken in zip(words, taken, strict=True) if is_taken) < _SHARE_LEAST * total:
        taken = [is_prose or is_taken for is_prose, is_taken in zip(prose, taken, strict=True)]
        _with_headings(page.blocks, reasons, taken)
    if not any(is_taken and block.kind != "heading" for block, is_taken in zip(page.blocks, taken, strict=True)):
        taken = [not reason for reason in reasons]
    rows = list(zip(page.blocks, words, reasons, taken, strict=True))
    return Choice(
        [block for block, _, _, is_taken in rows if is_taken],
        [(block, reason or _reason(block)) for block, _, reason, is_taken in rows if not is_taken],
        sum(count for _, count, _, is_taken in rows if is_taken),
        sum(count for block, count, _, is_taken in rows if not is_taken and block.linked <= _MOSTLY_LINKS),
    )


def _any(block: PageBlock, kept: frozenset[int]) -> bool:
    return not kept.isdisjoint(block.leaves)


def _reason(block: PageBlock) -> str:
    return "links" if block.linked > _MOSTLY_LINKS else "beside the article"


def _frames(page: Page, words: list[int]) -> list[str]:
    """Return for each block what frame it stands in, "" for none."""
    held = [0] * len(page.frames)
    for block, count in zip(page.blocks, words, strict=True):
        held[block.frame] += count if block.linked <= _MOSTLY_LINKS else 0
    most = _HALF * sum(held)
    return ["" if held[block.frame] > most else page.frames[block.frame] for block in page.blocks]


def _with_headings(blocks: list[PageBlock], reasons: list[str], taken: list[bool]) -> None:
    """Take the headings of what is taken as well."""
    for at, following in reversed(list(pairwise(range(len(blocks))))):
        if taken[following] and not taken[at] and blocks[at].kind == "heading" and not reasons[at]:
            taken[at] = blocks[at].linked <= _MOSTLY_LINKS or blocks[following].kind != "heading"


def _kept(root: Element, page: Page) -> frozenset[int]:
    """Return the numbers of the leaves that trafilatura keeps; none when it fails."""
    if len(page.places) > _MOST_LEAVES:
        # A page of this size is a book or a table, and nobody's article in a frame.
        return frozenset()
    from trafilatura import bare_extraction
    from trafilatura.settings import Document

    for name in ("trafilatura", "htmldate"):
        # They print a line for every page they find odd; ours are told as Skipped.
        logging.getLogger(name).setLevel(logging.CRITICAL)
    for leaf, places in enumerate(page.places):
        mark = chr(_MARKS[0][leaf] if leaf < len(_MARKS[0]) else _MARKS[1][leaf - len(_MARKS[0])])
        for element, tail in places:
            if tail:
                element.tail = mark + element.tail
            else:
                element.text = mark + element.text
    try:
        found = bare_extraction(root, fast=True, include_comments=False)
    except Exception:  # noqa: BLE001  # whatever a hostile page makes the parsers raise, its plain text is left
        return frozenset()
    if not isinstance(found, Document) or found.body is None:
        return frozenset()
    return frozenset(_leaf(mark) for mark in _MARK.findall("".join(found.body.itertext())))


def _leaf(mark: str) -> int:
    code = ord(mark)
    return code - _MARKS[0][0] if code in _MARKS[0] else code - _MARKS[1][0] + len(_MARKS[0])
