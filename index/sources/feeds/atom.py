"""What a feed of Atom says of itself, and its entries, whose texts say what they are: plain, HTML or XHTML."""

import binascii
from contextlib import suppress
from typing import Any, Final

from index.sources.blocks.blocks import Block
from index.sources.blocks.layout import normal_line, text_lines
from index.sources.blocks.markup import blocks_of, inline_text
from index.sources.blocks.text_blocks import text_blocks
from index.sources.encodings.encoding import decode
from index.sources.feeds.elements import (
    Children,
    base_of,
    children,
    date,
    first_text,
    joined_address,
    language_of,
    line,
    markup_in,
)
from index.sources.feeds.entries import Entry, Feed, fields_of
from index.sources.files.streams import UnusableError

# An export of Blogger holds its blog whole, each part an entry of a kind.
_KIND: Final = "http://schemas.google.com/blogger/2008/kind#"
_NO_ARTICLES: Final = {"settings": "setting(s) of the blog", "template": "template(s)", "comment": "comment(s)"}


def feed_of(element: Any) -> Feed:
    """Return what a feed says of itself; of an entry that stands alone nothing is known."""
    if element is None:
        return Feed()
    inside = _named(element)
    base = base_of(element)
    for rel in ("self", "alternate"):
        base = base or _link(inside, "", rel)
    return Feed(_line(inside, "title"), _authors(inside), base=base)


def entry(element: Any, feed: Feed) -> Entry:
    """Return an entry; its content comes before its summary, its day of publication before that of its last change."""
    inside = _named(element)
    base = joined_address(feed.base, base_of(element)) or feed.base
    about = _named(inside["source"][0]) if "source" in inside else {}
    blocks, elsewhere = _content(inside)
    whole = bool(blocks)
    if not whole:
        blocks = _blocks(inside.get("summary", []))
        if not blocks and "media:group" in inside:
            blocks = text_blocks(text_lines(first_text(children(inside["media:group"][0]), "media:description")))
    return Entry(
        _line(inside, "title") or "",
        blocks,
        line(inside, "id") or "",
        "whole" if whole else "elsewhere" if elsewhere else "summary",
        fields_of(
            source=_line(about, "title") or feed.title,
            url=_link(inside, base, "alternate"),
            author=_authors(inside) or _authors(about) or feed.author,
            date=date(inside, "published", "issued", "created") or date(inside, "updated", "modified"),
            language=language_of(element),
        ),
    )


def left_out(element: Any) -> str:
    """Return what kind of entry is no article: a draft, or a part of a blog that was exported; "" for one that is."""
    inside = _named(element)
    if any(first_text(children(one), "app:draft").strip() == "yes" for one in inside.get("app:control", ())):
        return "draft(s)"
    terms = (one.get("term", "") for one in inside.get("category", ()))
    kinds = (term.removeprefix(_KIND) for term in terms if term.startswith(_KIND))
    return next((_NO_ARTICLES[kind] for kind in kinds if kind in _NO_ARTICLES), "")


def _named(element: Any) -> Children:
    """Return the elements in an element by their names in Atom."""
    return {name.removeprefix("atom:"): found for name, found in children(element).items()}


def _authors(inside: Children) -> str | None:
    names = (_line(_named(one), "name") for one in inside.get("author", ()))
    return ", ".join(filter(None, names)) or None


def _link(inside: Children, base: str, rel: str) -> str:
    links = (one.get("href") or "" for one in inside.get("link", ()) if one.get("rel", "alternate") == rel)
    return next(filter(None, (joined_address(base, address) for address in links)), "")


def _content(inside: Children) -> tuple[list[Block], bool]:
    """Return the blocks of the content, and whether it is elsewhere."""
    contents = inside.get("content", [])
    return _blocks(contents), any(one.get("src") for one in contents)


def _blocks(elements: list[Any]) -> list[Block]:
    for one in elements:
        kind = _kind(one)
        if kind == "text":
            blocks = text_blocks(text_lines(_text(one)))
        else:
            blocks = blocks_of(markup_in(one) if kind == "xhtml" else _text(one))
        if blocks:
            return blocks
    return []


def _kind(element: Any) -> str:
    """Return what a text is written in: "text", "html" or "xhtml"; Atom 0.3 said so by a type of media and a mode."""
    kind = _stated(element)
    if kind == "xhtml" or len(element) or "xhtml" in kind:
        return "xhtml"
    mode = element.get("mode")
    escaped = mode == "escaped" or (mode == "base64" and kind not in ("text", "text/plain"))
    return "html" if kind.endswith("html") or escaped else "text"


def _stated(element: Any) -> str:
    return str(element.get("type", "text")).lower().partition(";")[0].strip()


def _text(element: Any) -> str:
    """Return the text of an element; what is in base64 is a text only where it says so, or is of no kind."""
    text, kind = str(element.text or ""), _stated(element)
    is_text = "/" not in kind or kind.startswith("text/") or kind.endswith(("html", "xml"))
    if is_text and element.get("mode") != "base64":
        return text
    try:
        raw = binascii.a2b_base64("".join(text.split()), strict_mode=True)
    except (binascii.Error, ValueError):
        # Some state a kind and write the text as it is.
        return text
    if is_text or kind == "application/octet-stream":
        with suppress(UnusableError):
            return decode(raw)
    return ""


def _line(inside: Children, name: str) -> str | None:
    for one in inside.get(name, ()):
        kind = _kind(one)
        text = _text(one)
        found = normal_line(text if kind == "text" else inline_text(markup_in(one) if kind == "xhtml" else text))
        if found:
            return found
    return None
