"""What a channel of RSS says of itself, and its items."""

import re
from typing import Any, Final

from index.sources.blocks.rich_text import blocks_of_text
from index.sources.feeds.elements import (
    Children,
    base_of,
    children,
    date,
    first_text,
    joined_address,
    language_of,
    line,
)
from index.sources.feeds.entries import Entry, Feed, fields_of, is_cut

_TEXTS: Final = ("content:encoded", "encoded", "other:full-text")
_SUMMARIES: Final = (
    *("description", "atom:content", "atom:summary", "dc:description", "itunes:summary", "media:description"),
    "summary",
)
_DATES: Final = ("pubDate", "dc:date", "dcterms:created", "dcterms:issued", "atom:published", "date", "pubdate")
_AUTHORS: Final = ("dc:creator", "itunes:author", "media:credit")
# "ana@quay.example (Ana Reyes)", as RSS wants it.
_MAILED = re.compile(r"\s*[^\s@]+@\S+\s*(?:\(([^()]*)\))?\s*")


def channel_of(element: Any) -> Feed:
    """Return what a channel says of itself; of an item that stands alone nothing is known."""
    if element is None:
        return Feed()
    inside = children(element)
    return Feed(
        line(inside, "title"),
        line(inside, *_AUTHORS),
        line(inside, "language", "dc:language") or language_of(element),
        base_of(element) or joined_address("", first_text(inside, "link")),
    )


def entry(inside: Children, item: Any, channel: Feed) -> Entry:
    """Return an item; its full text comes before its description, and no date is taken but its own."""
    text = first_text(inside, *_TEXTS)
    blocks = blocks_of_text(text) if text else []
    given_whole = bool(blocks)
    if not given_whole:
        blocks = blocks_of_text(first_text(inside, *_SUMMARIES))
    return Entry(
        line(inside, "title", "dc:title", "media:title") or "",
        blocks,
        line(inside, "guid") or line(inside, "link") or "",
        "summary" if not given_whole and is_cut(blocks) else "whole",
        fields_of(
            source=line(inside, "source") or channel.title,
            url=_address(inside, base_of(item) or channel.base),
            author=author(inside) or channel.author,
            date=date(inside, *_DATES),
            language=line(inside, "dc:language") or channel.language,
        ),
    )


def author(inside: Children) -> str | None:
    """Return who wrote an item; a bare address of mail is no name."""
    named = line(inside, *_AUTHORS)
    if named is None:
        named = line(inside, "author")
        mailed = _MAILED.fullmatch(named or "")
        named = mailed[1] if mailed else named
    return named or None


def _address(inside: Children, base: str) -> str | None:
    for one in inside.get("link", ()):
        if found := joined_address(base, one.text or one.get("href") or ""):
            return found
    for one in inside.get("atom:link", ()):
        if one.get("rel", "alternate") == "alternate" and (found := joined_address(base, one.get("href") or "")):
            return found
    for one in inside.get("guid", ()):
        if one.get("isPermaLink") != "false" and (found := joined_address("", one.text or "")):
            return found
    return None
