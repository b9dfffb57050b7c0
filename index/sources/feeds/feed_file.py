"""Read feeds of RSS (0.9 to 2.0) and Atom, of any size."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from index.model import Article, Skipped
from index.sources.encodings.xml_stream import XmlStream
from index.sources.feeds import atom, rss
from index.sources.feeds.elements import children
from index.sources.feeds.entries import Entry, Feed, articles
from index.sources.fields.field_map import NO_MAP, FieldMap
from index.sources.fields.left_out import LeftOut
from index.sources.files.streams import UnusableError
from index.sources.files.walk import printable

CUT_OFF = "it ends too early, in the midst of something; get it again"


def read(path: Path, _: FieldMap = NO_MAP) -> Iterator[Article | Skipped]:
    """Yield the articles of a feed, each an item or entry; nothing is fetched."""
    stream, left_out = XmlStream(path, "item", "entry"), LeftOut()
    yield from articles(path, _entries(path, stream, left_out))
    yield from left_out.told(printable(path))
    if stream.cut:
        raise UnusableError(CUT_OFF)


@dataclass(slots=True)
class _Heads:
    """What the feed says of itself, once for all entries: of RSS, of Atom."""

    channel: Feed | None = None
    feed: Feed | None = None


def _entries(path: Path, stream: XmlStream, left_out: LeftOut) -> Iterator[Callable[[], Entry]]:
    heads = _Heads()
    for element in stream:
        if element.tag.endswith("item"):
            heads.channel = heads.channel or _channel(path, element)
            yield partial(rss.entry, children(element), element, heads.channel)
        elif kind := atom.left_out(element):
            left_out.add(kind)
        else:
            heads.feed = heads.feed or _feed(path, element)
            yield partial(atom.entry, element, heads.feed)


def _channel(path: Path, item: Any) -> Feed:
    around = item.getparent()
    inside = children(around) if around is not None else {}
    # RSS 1.0 has its items beside the channel.
    found = inside["channel"][0] if "channel" in inside else around
    channel = rss.channel_of(found)
    return channel if channel.title else _behind_entries(path, "channel", rss.channel_of) or channel


def _feed(path: Path, entry: Any) -> Feed:
    feed = atom.feed_of(entry.getparent())
    return feed if feed.title else _behind_entries(path, "feed", atom.feed_of) or feed


def _behind_entries(path: Path, name: str, of: Callable[[Any], Feed]) -> Feed | None:
    """Return what a feed says of itself that says it behind its entries."""
    found = None
    for element in XmlStream(path, name, "item", "entry"):
        if element.tag.rpartition("}")[2] == name:
            found = of(element)
    return found
