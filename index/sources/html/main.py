"""Choose the blocks of a page that are its text: trafilatura judges, and what it lost beside what it kept comes back.

Before trafilatura sees the tree, each leaf of it gets one character that no page holds. The characters that are left
in what trafilatura returns tell what it kept; structure and words are always those of the page itself.
"""

import logging
import re
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from itertools import compress, pairwise
from typing import TYPE_CHECKING

from index.analysis.sentences import fewer_words
from index.model import Dropped
from index.sources.blocks.html_blocks import DEEPEST
from index.sources.blocks.html_tree import SIDE_COLUMN, Element
from index.sources.blocks.layout import count_words, ends_a_sentence
from index.sources.blocks.page_blocks import MENU_LINKED, Page, PageBlock
from index.sources.html.title import letters_of

if TYPE_CHECKING:
    from trafilatura.settings import Extractor

_FIRST_MARK = 0xF0000
_MARK = re.compile("[\U000f0000-\U000ffffd]")
# Beyond these a page is a book or a table, and nobody's article in a frame; trafilatura would take minutes for it.
_MOST_LEAVES, _MOST_ELEMENTS = 20_000, 60_000
_MOSTLY_LINKS, _NEARLY_ALL_LINKS = 0.5, 0.8
# A frame that holds more of the page's words than this is none, whatever it is called.
_HALF = 0.5
_SHARE_LEAST = 0.5
_OPENING_WORDS = 60
_REMARK_WORDS = 30
_SENTENCE_WORDS = 5
_LINE_CHARACTERS = 200
# So deep on a page its <body> stands.
_BODY = 2


@dataclass(frozen=True, slots=True)
class Choice:
    """The blocks chosen, those left out with the reason, and the words of each."""

    chosen: list[PageBlock]
    dropped: list[tuple[PageBlock, str]]
    words_chosen: int
    words_dropped: int

    def left_out(self) -> list[Dropped]:
        """Return what was left out."""
        return [Dropped(block.text, reason) for block, reason in self.dropped]


def chosen(root: Element, page: Page, names: Sequence[str], *, news: bool) -> Choice:
    """Return which blocks of a page with these `names` are its text; the texts of `root` are marked afterwards.

    On a page that is no `news` (documentation, a book) what stands inside the elements that hold the text is text as
    well; on one that calls itself an article these are boxes of its site.
    """
    blocks = page.blocks
    words = [count_words(block.text) for block in blocks]
    reasons = _frames(page, words)
    free = [not reason for reason in reasons]
    taken = _judged(root, page, free, news=news)
    _with_headings(blocks, free, taken)
    fitting = [is_free and (not news or _prose(block)) for block, is_free in zip(blocks, free, strict=True)]
    _with_opening(blocks, words, fitting, taken, [f" {letters_of(name)} " for name in names if name])
    prose = [is_free and block.linked <= _MOSTLY_LINKS for block, is_free in zip(blocks, free, strict=True)]
    whole = [is_prose or is_taken for is_prose, is_taken in zip(prose, taken, strict=True)]
    if sum(compress(words, taken)) < _SHARE_LEAST * sum(compress(words, whole)):
        taken = whole
        _with_headings(blocks, free, taken)
    if all(block.kind == "heading" for block in compress(blocks, taken)):
        taken = free
    rows = list(zip(blocks, words, reasons, taken, strict=True))
    return Choice(
        list(compress(blocks, taken)),
        [(block, reason or _reason(block)) for block, _, reason, is_taken in rows if not is_taken],
        sum(compress(words, taken)),
        sum(count for block, count, _, is_taken in rows if not is_taken and block.linked <= _MOSTLY_LINKS),
    )


def _judged(root: Element, page: Page, free: list[bool], *, news: bool) -> list[bool]:
    """Return for each block whether trafilatura keeps it, or keeps what stands in the same place."""
    kept = _kept(root, page)
    by_judge = [is_free and _any(block, kept) for block, is_free in zip(page.blocks, free, strict=True)]
    places = {block.place for block in compress(page.blocks, by_judge)}
    around = _around(page, places)
    # A picture may stand beside the element that holds the text.
    beside = _around(page, around) | around
    if news:
        around = set()
    known: dict[int, bool] = {}
    # Words between the paragraphs of a page that stand directly in its <body>.
    beside_bare = any(_depth(page, page.parents.get(place, 0)) == _BODY for place in places)

    def most(block: PageBlock) -> float:
        short = block.kind != "heading" and len(block.text) <= _LINE_CHARACTERS
        return 1.0 if not news and (short or block.kind == "table") else _NEARLY_ALL_LINKS

    def inside(place: int) -> bool:
        way: list[int] = []
        while place not in known and place and place not in around:
            way.append(place)
            place = page.parents.get(place, 0)
        found = known.get(place, place in around)
        known.update(dict.fromkeys(way, found))
        return found

    return [
        is_kept
        or (block.kind == "caption" and is_free and page.parents.get(block.place, 0) in beside)
        or (is_free and block.linked <= most(block) and (block.place in places or inside(block.place)))
        or (beside_bare and is_free and not block.linked and _depth(page, block.place) == _BODY and _prose(block))
        for block, is_free, is_kept in zip(page.blocks, free, by_judge, strict=True)
    ]


def _around(page: Page, places: set[int]) -> set[int]:
    """Return the places around `places`, but for <body>: all stands in that, the frame of the site as well."""
    return {place for place in map(page.parents.get, places) if place and _depth(page, place) > _BODY}


def _depth(page: Page, place: int) -> int:
    depth = 0
    while place and depth < 3:
        place, depth = page.parents.get(place, 0), depth + 1
    return depth


def _any(block: PageBlock, kept: frozenset[int]) -> bool:
    return not kept.isdisjoint(block.leaves)


def _reason(block: PageBlock) -> str:
    return "links" if block.linked > _MOSTLY_LINKS else "beside the article"


def _frames(page: Page, words: list[int]) -> list[str]:
    """Return for each block what frame it stands in, "" for none: a frame with half of a page's words is no frame."""
    prose, links = [0] * len(page.frames), [0] * len(page.frames)
    for block, count in zip(page.blocks, words, strict=True):
        (links if block.linked > _MOSTLY_LINKS else prose)[block.frame] += count
    most = _HALF * sum(prose)
    names = ["" if prose[at] > most else name for at, name in enumerate(page.frames)]
    for at, name in enumerate(names):
        # The remarks of a book have the name that the columns beside an article have.
        if name == SIDE_COLUMN and prose[at] > max(_REMARK_WORDS, 4 * links[at]):
            names[at] = ""
    return [names[block.frame] or ("a menu" if block.linked == MENU_LINKED else "") for block in page.blocks]


def _with_headings(blocks: list[PageBlock], free: list[bool], taken: list[bool]) -> None:
    """Take the headings of what is taken as well."""
    for at, following in reversed(list(pairwise(range(len(blocks))))):
        if taken[following] and not taken[at] and blocks[at].kind == "heading" and free[at]:
            taken[at] = blocks[at].linked <= _MOSTLY_LINKS or blocks[following].kind != "heading"


def _prose(block: PageBlock) -> bool:
    return block.kind == "heading" or (ends_a_sentence(block.text) and not fewer_words(block.text, _SENTENCE_WORDS))


def _with_opening(
    blocks: list[PageBlock], words: list[int], fitting: list[bool], taken: list[bool], names: Sequence[str]
) -> None:
    """Take what stands between a page's headline and its text, when that is little: what it is about."""
    bodies = (at for at, block in enumerate(blocks) if taken[at] and block.kind not in ("heading", "caption"))
    end = next(bodies, 0)
    for start in range(max(0, end - _OPENING_WORDS), end):
        name = f" {letters_of(blocks[start].text)} " if fitting[start] and blocks[start].kind == "heading" else ""
        if name.strip() and any(name in stated or stated in name for stated in names):
            if sum(words[start:end]) <= _OPENING_WORDS:
                for at in range(start, end):
                    taken[at] |= fitting[at] and blocks[at].linked <= _MOSTLY_LINKS
            return


def _kept(root: Element, page: Page) -> frozenset[int]:
    """Return the numbers of the leaves that trafilatura keeps; none when it fails."""
    if len(page.places) > _MOST_LEAVES or page.elements > _MOST_ELEMENTS or page.depth > DEEPEST:
        return frozenset()
    from lxml import etree  # type: ignore[import-untyped]  # lxml ships no types
    from trafilatura import bare_extraction
    from trafilatura.settings import Document

    for leaf, places in enumerate(page.places):
        mark = chr(_FIRST_MARK + leaf)
        for element, tail in places:
            _mark(element, mark, tail=tail)
    # It would take them out one by one, each time with all of the text before.
    etree.strip_elements(root, "script", "style", "template", "noscript", with_tail=False)
    try:
        found = bare_extraction(root, options=_options())
    except Exception:  # noqa: BLE001  # whatever a hostile page makes the parsers raise, its plain text is left
        return frozenset()
    if not isinstance(found, Document) or found.body is None:
        return frozenset()
    return frozenset(ord(mark) - _FIRST_MARK for mark in _MARK.findall("".join(found.body.itertext())))


@cache
def _options() -> "Extractor":
    from trafilatura.settings import Extractor

    for name in ("trafilatura", "htmldate"):
        # They print a line for every page they find odd; ours are told as Skipped.
        logging.getLogger(name).setLevel(logging.CRITICAL)
    # The format is that of a text that only `extract` writes: the tree is enough.
    return Extractor(output_format="txt", fast=True, comments=False)


def _mark(element: Element, mark: str, *, tail: bool) -> None:
    text = element.tail if tail else element.text
    with suppress(ValueError):
        _set(element, mark + text, tail=tail)
        return
    # A tree may hold controls that it does not take back.
    _set(element, mark + "".join(filter(str.isprintable, text)), tail=tail)


def _set(element: Element, text: str, *, tail: bool) -> None:
    if tail:
        element.tail = text
    else:
        element.text = text
