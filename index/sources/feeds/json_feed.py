"""Read JSON feeds (versions 1 and 1.1), of any size."""

from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path

from index.model import Article, Skipped
from index.sources.blocks.layout import normal_line, text_lines
from index.sources.blocks.rich_text import blocks_of_text
from index.sources.blocks.text_blocks import text_blocks
from index.sources.encodings.encoding import open_text
from index.sources.encodings.json_values import JsonReader, entries, members
from index.sources.feeds.elements import joined_address
from index.sources.feeds.entries import Entry, articles, fields_of
from index.sources.fields.dates import iso_date
from index.sources.fields.field_map import NO_MAP, FieldMap
from index.sources.fields.records import field_text
from index.sources.files.streams import UnusableError

Object = Mapping[str, object]


def read(path: Path, _: FieldMap = NO_MAP) -> Iterator[Article | Skipped]:
    """Yield the articles of a JSON feed; nothing is fetched."""
    feed: dict[str, object] = {}
    with suppress(UnusableError):
        # One that is cut off is told when its items are read.
        feed.update((name, value) for name, value in _values(path) if name != "items")
    items = (value for name, value in _values(path) if name == "items" and isinstance(value, dict))
    yield from articles(path, (_entry(item, feed) for item in items))


def _values(path: Path) -> Iterator[tuple[str, object]]:
    """Yield the members of the object that a feed is, each of its items as one."""
    with open_text(path) as text:
        reader = JsonReader(text)
        for name in members(reader):
            if name == "items" and reader.peek() == "[":
                for item in entries(reader):
                    yield name, item
            else:
                yield name, reader.value()


def _entry(item: Object, feed: Object) -> Entry:
    blocks = blocks_of_text(_string(item, "content_html"))
    if not blocks:
        blocks = text_blocks(text_lines(_string(item, "content_text")))
    whole = bool(blocks)
    if not whole:
        blocks = text_blocks(text_lines(_string(item, "summary")))
    key = field_text(item.get("id")) or ""
    base = _string(feed, "feed_url") or _string(feed, "home_page_url")
    return Entry(
        normal_line(_string(item, "title")),
        blocks,
        key,
        "whole" if whole else "summary",
        fields_of(
            source=normal_line(_string(feed, "title")) or None,
            url=joined_address(base, _string(item, "url")) or joined_address("", key),
            author=_authors(item) or _authors(feed),
            date=iso_date(item.get("date_published")) or iso_date(item.get("date_modified")),
            language=item.get("language") or feed.get("language"),
        ),
    )


def _authors(stating: Object) -> str | None:
    found = field_text(stating.get("authors")) or field_text(stating.get("author"))
    return found if found and "://" not in found else None


def _string(stating: Object, name: str) -> str:
    value = stating.get(name)
    return value if isinstance(value, str) else ""
