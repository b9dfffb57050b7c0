"""Read exports of WordPress (WXR), of any size: what is published for all to read, and how much else there is."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any, Final

from index.model import Article, Skipped
from index.sources.blocks.blocks import told
from index.sources.blocks.classic_posts import html_of
from index.sources.blocks.markup import blocks_of
from index.sources.encodings.xml_stream import XmlStream
from index.sources.feeds.elements import Children, children, date, first_text, joined_address, line
from index.sources.feeds.entries import fields_of
from index.sources.feeds.feed_file import CUT_OFF
from index.sources.feeds.rss import channel_of
from index.sources.fields.dates import iso_date
from index.sources.fields.field_map import NO_MAP, FieldMap
from index.sources.fields.left_out import LeftOut
from index.sources.fields.records import article
from index.sources.files.streams import UnusableError
from index.sources.files.walk import printable
from index.sources.text.titled import titled

_ARTICLES: Final = ("post", "page", "")
_STATES: Final[Mapping[str, str]] = {
    "draft": "draft(s)",
    "auto-draft": "draft(s)",
    "pending": "waiting for review",
    "private": "private",
    "trash": "in the trash",
    "future": "scheduled",
}
_TYPES: Final[Mapping[str, str]] = {
    "nav_menu_item": "menu item(s)",
    "attachment": "attachment(s)",
    "revision": "revision(s)",
}
_LONGEST_OFFSET: Final = timedelta(hours=14)


def read(path: Path, _: FieldMap = NO_MAP) -> Iterator[Article | Skipped]:
    """Yield the posts and pages that are published and need no password; the rest is counted."""
    file = printable(path)
    stream = XmlStream(path, "item")
    blog: _Blog | None = None
    left_out = LeftOut()
    for number, element in enumerate(stream, 1):
        blog = blog or _Blog(element.getparent())
        inside = children(element)
        reason = _not_public(inside)
        if reason:
            left_out.add(reason)
            continue
        try:
            yield _article(file, inside, blog)
        except UnusableError as error:
            yield Skipped(f"{file}:item {number}", str(error))
    yield from left_out.told(file)
    if stream.cut:
        raise UnusableError(CUT_OFF)


class _Blog:
    """What an export says of the blog: its channel, and the names of its authors by those they log in with."""

    def __init__(self, channel: Any) -> None:
        self.channel = channel_of(channel)
        self.names: dict[str, str] = {}
        for author in children(channel).get("wp:author", ()) if channel is not None else ():
            inside = children(author)
            login, shown = line(inside, "wp:author_login"), line(inside, "wp:author_display_name")
            if login and shown:
                self.names[login] = shown


def _not_public(inside: Children) -> str:
    """Return what an item is that is no published post or page, "" for one that is."""
    kind = first_text(inside, "wp:post_type").strip()
    state = first_text(inside, "wp:status").strip()
    if kind not in _ARTICLES:
        return _TYPES.get(kind) or f"of the type {kind[:40]}"
    if state not in ("publish", ""):
        return _STATES.get(state) or state
    return "behind a password" if first_text(inside, "wp:post_password").strip() else ""


def _article(file: str, inside: Children, blog: _Blog) -> Article:
    content = first_text(inside, "content:encoded", "encoded")
    found = titled(line(inside, "title") or "", blocks_of(html_of(content)) if content.strip() else [])
    if not found.paragraphs:
        raise UnusableError("no text in it")
    creator = line(inside, "dc:creator")
    fields = fields_of(
        source=blog.channel.title,
        url=joined_address(blog.channel.base, first_text(inside, "link")),
        author=blog.names.get(creator or "", creator),
        date=_date(inside),
        language=blog.channel.language,
    )
    key = line(inside, "wp:post_id") or line(inside, "guid") or ""
    return article(found.title, found.paragraphs, file, key, fields, told(found.dropped))


def _date(inside: Children) -> str | None:
    """Return the day that the blog shows, with its distance from Greenwich where both times are stated."""
    shown = _moment(inside, "wp:post_date")
    greenwich = _moment(inside, "wp:post_date_gmt")
    if shown is None:
        return f"{greenwich.isoformat()}+00:00" if greenwich else date(inside, "pubDate")
    if greenwich is not None and abs(offset := shown - greenwich) <= _LONGEST_OFFSET and not offset.seconds % 900:
        shown = shown.replace(tzinfo=timezone(offset))
    return shown.isoformat()


def _moment(inside: Children, name: str) -> datetime | None:
    """Return a time that is stated; where there is none, WordPress writes noughts."""
    stated = iso_date(first_text(inside, name).strip())
    return datetime.fromisoformat(stated).replace(tzinfo=None) if stated and "T" in stated else None
