"""A feed cut into its items, each a feed of one: what slides out of a feed is not lost, and an edit costs one file."""

import json
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from index.fetching.bodies import digest
from index.fetching.schedule import MINUTE
from index.sources.encodings.xml_stream import XmlStream
from index.sources.feeds import atom, rss
from index.sources.feeds.elements import base_of, children, first_text, joined_address

# What a feed says of itself stands in each of its items.
_HEAD_CHILDREN, _HEAD_BYTES = 100, 1 << 13
_GONE: Final = "deleted-entry"


@dataclass(slots=True)
class Sent:
    """An item as a feed sent it: `key` is what it is known by, `digest` the hash of it; `whole` builds its file.

    `whole` returns the bytes of the file, the address of the item's page ("" for none), and whether the text in it is
    all of its text.
    """

    key: str
    link: str
    title: str
    digest: str
    ending: str
    whole: Callable[[], tuple[bytes, str, bool]]


@dataclass(slots=True)
class Feed:
    """The items of a feed, the keys of those that it says are gone, and for how many seconds it says it will do."""

    items: list[Sent] = field(default_factory=list)
    gone: list[str] = field(default_factory=list)
    seconds: float = 0.0
    cut: bool = False


def cut_up(path: Path, ending: str, address: str) -> Feed:
    """Return the feed in a file that came from `address`. Raises UnusableError where it cannot be read."""
    feed = _json(path, address) if ending == ".jsonfeed" else _xml(path, ending, address)
    _tell_apart(feed.items)
    return feed


def same_key(stated: str) -> str:
    """Return what an item is known by, whether its site is called by http or https.

    >>> same_key(" http://quay.example/1 ")
    'https://quay.example/1'
    """
    stated = " ".join(stated.split())
    return f"https://{stated[7:]}" if stated.startswith("http://") else stated


def _tell_apart(items: list[Sent]) -> None:
    """Have items that share their key known by their links, or else by their titles too."""
    for item in _sharing(items):
        item.key = same_key(item.link) or item.key
    for item in _sharing(items):
        item.key = f"{item.key} {item.title}"


def _sharing(items: list[Sent]) -> list[Sent]:
    counts = Counter(item.key for item in items)
    return [item for item in items if counts[item.key] > 1]


def _xml(path: Path, ending: str, address: str) -> Feed:
    from lxml import etree  # type: ignore[import-untyped]  # lxml ships no types

    feed, last = Feed(), None
    stream = XmlStream(path, "item", "entry", _GONE)
    root = None
    for element in stream:
        if element.tag.endswith(_GONE):
            feed.gone.append(same_key(element.get("ref") or ""))
            continue
        root, last = element.getroottree().getroot(), element
        parent = element.getparent()
        text = etree.tostring(element, encoding="utf-8", with_tail=False)
        feed.items.append(_item(element, text, ending, _Around(root, parent), address))
    feed.cut = stream.cut
    if root is not None and last is not None and last.getparent() is not None:
        last.getparent().remove(last)
        _keep_short(root)
        feed.seconds = _seconds(root)
    return feed


class _Around:
    """The document around an item, as it is when all items were taken out."""

    def __init__(self, root: Any, parent: Any) -> None:
        self._root, self._parent = root, parent

    def document(self, item: bytes) -> tuple[bytes, Any]:
        """Return a document with one item in it, and that item."""
        from lxml import etree

        element = etree.fromstring(item, etree.XMLParser(recover=True, huge_tree=True, resolve_entities=False))
        if self._parent is None:
            return item, element
        self._parent.append(element)
        return etree.tostring(self._root, encoding="utf-8", xml_declaration=True), element

    def take_out(self, element: Any) -> None:
        """Take an item out again."""
        if self._parent is not None:
            self._parent.remove(element)


def _item(element: Any, text: bytes, ending: str, around: _Around, address: str) -> Sent:
    inside = children(element)
    is_atom = element.tag.endswith("entry")
    link = _link(inside)
    stated = first_text(inside, *(("atom:id", "id") if is_atom else ("guid", "other:guid")))

    def whole() -> tuple[bytes, str, bool]:
        document, copy = around.document(text)
        try:
            parent = copy.getparent()
            if is_atom:
                entry = atom.entry(copy, atom.feed_of(parent))
            else:
                entry = rss.entry(children(copy), copy, rss.channel_of(parent))
            page = str(entry.fields["url"] or "") or joined_address(joined_address(address, base_of(copy)), link)
            return document, page, entry.given == "whole" and bool(entry.blocks)
        finally:
            around.take_out(copy)

    title = " ".join(first_text(inside, "title", "atom:title").split())[:200]
    return Sent(same_key(stated or link or title), link, title, digest(text), ending, whole)


def _link(inside: dict[str, list[Any]]) -> str:
    for one in (*inside.get("link", ()), *inside.get("atom:link", ())):
        address = (one.text or "").strip() or ((one.get("rel") or "alternate") == "alternate" and one.get("href")) or ""
        if address:
            return str(address)
    return ""


def _keep_short(root: Any) -> None:
    """Take out of the head of a feed what is no head: each item would repeat it."""
    from lxml import etree

    for around in (root, *(one for one in root if str(one.tag).endswith("channel"))):
        for number, child in enumerate(list(around)):
            is_channel = str(child.tag).endswith("channel")
            if number >= _HEAD_CHILDREN or (not is_channel and len(etree.tostring(child)) > _HEAD_BYTES):
                around.remove(child)


def _seconds(root: Any) -> float:
    stated = next((one.text for one in root.iter("ttl")), None) or ""
    return int(stated.strip()[:6]) * MINUTE if stated.strip().isdecimal() and stated.isascii() else 0.0


def _json(path: Path, address: str) -> Feed:
    try:
        stated = json.loads(path.read_bytes())
    except (ValueError, RecursionError):
        return Feed(cut=True)
    head = {name: value for name, value in stated.items() if name != "items"}
    head = {name: value for name, value in head.items() if len(json.dumps(value)) <= _HEAD_BYTES}
    items = stated.get("items")
    return Feed([_json_item(item, head, address) for item in _objects(items)])


def _objects(items: object) -> Iterator[dict[str, object]]:
    yield from (item for item in (items if isinstance(items, list) else ()) if isinstance(item, dict))


def _json_item(item: dict[str, object], head: dict[str, object], address: str) -> Sent:
    link = item.get("url") if isinstance(item.get("url"), str) else ""
    text = json.dumps(item, sort_keys=True).encode()

    def whole() -> tuple[bytes, str, bool]:
        given = any(str(item.get(name) or "").strip() for name in ("content_html", "content_text"))
        return json.dumps({**head, "items": [item]}).encode(), joined_address(address, str(link)), given

    title = str(item.get("title") or "")[:200]
    key = same_key(str(item.get("id") or link or title))
    return Sent(key, str(link), title, digest(text), ".jsonfeed", whole)
