"""A file of a book as blocks, cut where its table of contents says that something begins."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from html.entities import html5
from typing import Any

from index.sources.blocks.blocks import Block
from index.sources.blocks.layout import normalise
from index.sources.blocks.markup import blocks_of
from index.sources.encodings.encoding import decode
from index.sources.files.streams import UnusableError
from index.sources.office.package import tree

PAGE_BYTES = 16 << 20
_EPUB_TYPE = "{http://www.idpf.org/2007/ops}type"
_DECLARED = re.compile(
    rb"""<(?:\?xml\b[^>]{0,80}?encoding\s*=|meta\b[^>]{0,200}?charset\s*=)\s*["']?([\w.:-]{2,40})""", re.I
)
_PROLOG = re.compile(r"\s*<\?xml[^>]*\?>")
_ENTITY = re.compile(r"&([A-Za-z][A-Za-z0-9]{1,31});")
_XML_ENTITIES = frozenset(("amp", "lt", "gt", "quot", "apos"))
_CONTAINERS = frozenset(("body", "div", "section", "article", "main", "html"))
_NO_TEXT = frozenset(
    (
        *("noteref", "doc-noteref", "backlink", "doc-backlink", "pagebreak", "doc-pagebreak", "navigation"),
        *("toc", "doc-toc", "landmarks", "page-list", "doc-pagelist"),
    )
)
_NOTE_MARK = re.compile(r"[\[(]?(?:\d{1,4}|[*†‡§¶#]{1,4}|[a-z])[\])]?|[↩↑⏎^]\ufe0e?")
_BACK = frozenset(("↩", "↑", "↩\ufe0e"))
# No text holds it; it stands where a chapter may begin.
_MARK = "\uf8ff{}\uf8ff"
_MARKED = re.compile("\uf8ff([0-9]+)\uf8ff")


@dataclass(slots=True)
class Piece:
    """What stands in a file from a place on, up to the next one; `place` is "" for the beginning of the file."""

    place: str
    blocks: list[Block] = field(default_factory=list)


@dataclass(slots=True)
class Page:
    """A file of a book: its pieces, what it says it is, the level of its first heading (7: none), what it links to."""

    pieces: list[Piece]
    kind: str = ""
    level: int = 7
    links: Sequence[str] = ()
    linked: float = 0.0


def page_of(raw: bytes, places: Sequence[str]) -> Page:
    """Return the blocks of a file, cut at those `places` (ids of elements) that it has.

    Marks of notes, links back from notes and the numbers of printed pages are no text. UnusableError when the file is
    no text, declares entities, or is nested too deep.
    """
    root = parsed(raw)
    body = None if root is None else next((one for one in root.iter("{*}body")), root)
    if body is None:
        return Page([])
    kind = " ".join(filter(None, [kind_of(body), *(kind_of(one) for one in body.iterchildren("{*}section", "{*}div"))]))
    links = [link.get("href", "") for link in body.iter("{*}a") if link.get("href")]
    headings = sum(len("".join(one.itertext())) for one in body.iter() if _name(one) in _HEADINGS)
    length = sum(len(text.strip()) for text in body.itertext()) - headings
    linked = sum(sum(map(len, link.itertext())) for link in body.iter("{*}a") if link.get("href"))
    _clean(body)
    first = next((one for one in body.iter() if _name(one) in _HEADINGS), None)
    marked = _mark(body, places)
    pieces = _pieces(blocks_of(_markup(body)), marked)
    return Page(pieces, kind, int(_name(first)[1]) if first is not None else 7, links, linked / max(1, length))


_HEADINGS = frozenset(f"h{level}" for level in range(1, 7))


def parsed(raw: bytes) -> Any:
    """Return the root of a page, as XML where it is that, else as HTML; None when there is nothing in it."""
    declared = _DECLARED.search(raw[:2048])
    text = decode(raw, declared[1].decode("ascii") if declared is not None else None)
    text = _ENTITY.sub(_character, _PROLOG.sub("", text, count=1)).replace("\0", "")
    try:
        return tree(text)
    except UnusableError as error:
        if "entities" in str(error):
            raise
    return _as_html(text)


def _as_html(text: str) -> Any:
    from lxml import etree, html  # type: ignore[import-untyped]  # lxml ships no types

    parser = html.HTMLParser(remove_comments=True, remove_pis=True, encoding="utf-8")
    try:
        return html.document_fromstring(text.encode("utf-8", "replace"), parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError):
        return None


def _character(entity: re.Match[str]) -> str:
    name = entity[1]
    return entity[0] if name in _XML_ENTITIES else html5.get(f"{name};", entity[0])


def kind_of(element: Any) -> str:
    """Return what an element says it is: "titlepage", "noteref doc-noteref"."""
    names = (element.get(_EPUB_TYPE), element.get("epub:type"), element.get("role"))
    return " ".join(filter(None, names))


def _name(element: Any) -> str:
    tag = element.tag
    return tag.rpartition("}")[2].lower() if isinstance(tag, str) else ""


def _clean(body: Any) -> None:
    """Take out of a page what is no text of it."""
    gone = [element for element in body.iter() if element is not body and _is_no_text(element)]
    for element in gone:
        _take_out(element)


def _is_no_text(element: Any) -> bool:
    if _name(element) == "nav" or element.get("hidden") is not None:
        return True
    return not _NO_TEXT.isdisjoint(kind_of(element).split()) or _is_mark(element)


def _is_mark(element: Any) -> bool:
    """Return whether an element is the number of a note or a paragraph: a link within the book that is no word of it.

    It is raised, or around what is raised, or all that its block holds.
    """
    if _name(element) != "a" or "://" in element.get("href", "://"):
        return False
    words = "".join(element.itertext()).strip()
    around = element.getparent()
    raised = _name(around) == "sup" or any(_name(child) == "sup" for child in element)
    if raised or words in _BACK:
        return _NOTE_MARK.fullmatch(words) is not None
    # To count the elements around it would take time with each of them.
    alone = element.getprevious() is None and element.getnext() is None
    alone = alone and not (around.text or "").strip() and not (element.tail or "").strip()
    return alone and words.isdecimal() and element.get("href").startswith("#")


def _take_out(element: Any) -> None:
    around, before = element.getparent(), element.getprevious()
    if around is None:
        return
    if element.tail:
        if before is not None:
            before.tail = (before.tail or "") + element.tail
        else:
            around.text = (around.text or "") + element.tail
    around.remove(element)


def _mark(body: Any, places: Sequence[str]) -> Mapping[int, str]:
    """Set a mark before the block that each place stands in; return the places by the numbers of their marks."""
    from lxml import etree

    wanted = frozenset(places)
    elements: dict[str, Any] = {}
    for element in body.iter():
        for name in (element.get("id"), element.get("name") if _name(element) == "a" else None):
            if name in wanted and name not in elements:
                elements[name] = element
    marked: dict[int, str] = {}
    for number, (place, element) in enumerate(elements.items()):
        block = element
        while (around := block.getparent()) is not None and block is not body and _name(around) not in _CONTAINERS:
            block = around
        mark = etree.Element(element.tag.rpartition("}")[0] + "}p" if element.tag.startswith("{") else "p")
        mark.text = _MARK.format(number)
        if block is body:
            mark.tail, body.text = body.text, None
            body.insert(0, mark)
        else:
            block.addprevious(mark)
        marked[number] = place
    return marked


def _markup(body: Any) -> str:
    from lxml import etree

    return str(etree.tostring(body, method="html", encoding="unicode", with_tail=False))


def _pieces(blocks: Sequence[Block], marked: Mapping[int, str]) -> list[Piece]:
    pieces = [Piece("")]
    for block in blocks:
        text = normalise(block.text)
        # Words and numbers of marks in turn.
        first, *others = _MARKED.split(text) if marked else [text]
        if first.strip():
            pieces[-1].blocks.append(Block(first.strip("\n") if others else first, block.kind))
        for number, words in zip(others[::2], others[1::2], strict=True):
            pieces.append(Piece(marked.get(int(number), "")))
            if words.strip():
                pieces[-1].blocks.append(Block(words.strip("\n "), block.kind))
    return pieces
