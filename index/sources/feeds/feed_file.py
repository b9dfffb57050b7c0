"""Read feeds of RSS (0.9 to 2.0) and Atom, of any size."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from index.model import Article, Skipped
from index.sources.encodings.xml_stream import XmlStream
from index.sources.feeds import atom, rss
from index.sources.feeds.elements import children
from index.sources.feeds.entries import Entry, articles
from index.sources.fields.field_map import NO_MAP, FieldMap
from index.sources.files.streams import UnusableError

CUT_OFF = "it ends too early, in the midst of something; get it again"


def read(path: Path, _: FieldMap = NO_MAP) -> Iterator[Article | Skipped]:
    """Yield the articles of a feed, each an item or entry; nothing is fetched."""
    stream = XmlStream(path, "item", "entry")
    yield from articles(path, _entries(path, stream))
    if stream.cut:
        raise UnusableError(CUT_OFF)


@dataclass(slots=True)
class _Heads:
    """What the feed says of itself, once for all entries: of RSS, of Atom."""

    channel: rss.Channel | None = None
    feed: atom.Feed | None = None


def _entries(path: Path, stream: XmlStream) -> Iterator[Entry]:
    heads = _Heads()
    for element in stream:
        if element.tag.endswith("item"):
            heads.channel = heads.channel or _channel(path, element)
            yield rss.entry(children(element), element, heads.channel)
        else:
            heads.feed = heads.feed or _feed(path, element)
            yield atom.entry(children(element), element, heads.feed)


def _channel(path: Path, item: Any) -> rss.Channel:
    around = item.getparent()
    inside = children(around) if around is not None else {}
    # RSS 1.0 has its items beside the channel.
    found = inside["channel"][0] if "channel" in inside else around
    channel = rss.Channel.of(found)
    return channel if channel.title else _behind_entries(path, "channel", rss.Channel.of) or channel


def _feed(path: Path, entry: Any) -> atom.Feed:
    feed = atom.Feed.of(entry.getparent())
    return feed if feed.title else _behind_entries(path, "feed", atom.Feed.of) or feed


def _behind_entries(path: Path, name: str, of: Any) -> Any:
    """Return what a feed says of itself that says it behind its entries."""
    found = None
    for element in XmlStream(path, name, "item", "entry"):
        if element.tag.rpartition("}")[2] == name:
            found = of(element)
    return found
