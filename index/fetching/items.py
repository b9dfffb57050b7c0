"""The items of a feed, each in a file of its own; where the feed gives a summary only, its page takes its place."""

import math
from dataclasses import replace
from pathlib import Path

from index.errors import FetchError
from index.fetching import bodies, feeds
from index.fetching.client import Answer, parsed
from index.fetching.feeds import Sent
from index.fetching.state import Item, Page, State
from index.sources.files.served import Served
from index.sources.files.streams import UnusableError

# A page that no item needs is not asked for.
_NEVER = math.inf


class Items:
    """Keeps the items of a feed. What slides out of it stays; what it says is gone leaves."""

    def __init__(self, folder: Path, state: State) -> None:
        self.changed = 0
        self._written: list[Path] = []
        self._folder, self._state = folder, state

    def take_in(self, answer: Answer, ending: str) -> float:
        """Keep a feed; return for how many seconds it says it will do. Raises FetchError where it holds none."""
        path = self._folder / f".feed{ending}"
        bodies.write(path, _with_charset(answer))
        try:
            feed = feeds.cut_up(path, ending, answer.address)
        except UnusableError as error:
            raise FetchError(str(error)) from None
        if feed.cut and not feed.items:
            raise FetchError("it ends too early", passing=True)
        with self._state.together():
            for item in feed.items:
                self._keep(item)
            for key in feed.gone:
                self._drop(key)
            # What the state knows lies there, also when the power fails.
            bodies.sync_all(self._written)
        return feed.seconds

    def stand_for(self, page: Page) -> None:
        """Take away the items whose page was fetched: it holds all of their text."""
        for item in self._state.items_of(page.address):
            if item.file and page.file:
                bodies.remove(self._folder / item.file)
                self._state.save_item(replace(item, file=""))

    def _keep(self, sent: Sent) -> None:
        known = self._state.item(sent.key)
        if known is not None and known.digest == sent.digest:
            return
        body, link, is_whole = sent.whole()
        item = Item(sent.key, sent.digest, link="" if is_whole else _address(link))
        page = self._state.page(item.link) if item.link else None
        if page is None or not page.file:
            # Until its page is there, and if that never comes, what the feed gives is what there is.
            item.file = f"{bodies.name_of(sent.key)}{sent.ending}"
            bodies.write(self._folder / item.file, body, Served(link), durable=False)
            self._written.append(self._folder / item.file)
        if known is not None and known.file not in ("", item.file):
            bodies.remove(self._folder / known.file)
        self.changed += 1
        self._state.save_item(item)
        if known is not None and known.link != item.link:
            self._let_go(known.link)
        if item.link and (page is None or not page.failures):
            self._state.save(replace(page or Page(item.link), due=0.0))

    def _drop(self, key: str) -> None:
        known = self._state.item(key)
        if known is None:
            return
        if known.file:
            bodies.remove(self._folder / known.file)
        self._state.remove_item(key)
        self._let_go(known.link)
        self.changed += 1

    def _let_go(self, link: str) -> None:
        """Remove the page of an item that needs none any more, unless another item does."""
        page = self._state.page(link) if link and not self._state.items_of(link) else None
        if page is None:
            return
        if page.file:
            bodies.remove(self._folder / page.file)
        self._state.save(replace(page, file="", digest="", due=_NEVER, cause="", failures=0))


def _address(link: str) -> str:
    """Return the address of a page in one form, "" where it is none."""
    try:
        return str(parsed(link)) if link else ""
    except FetchError:
        return ""


def _with_charset(answer: Answer) -> bytes:
    """Return the body of a feed so that its own bytes say what they are in."""
    charset = answer.content_type[1]
    head = answer.body[:200].lstrip()
    if charset and not head.startswith((b"<?xml", b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff", b"{")):
        try:
            return answer.body.decode(charset).encode("utf-8")
        except (LookupError, UnicodeError):
            pass
    return answer.body
