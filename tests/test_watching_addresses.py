"""Feeds and sites on their schedule, by the clock of the test: what is due is asked, and trouble is told once."""

import asyncio
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from bot.catalogue import Catalogue
from bot.watching import Addresses, Said, Told
from index import FetchOptions, Options, Store, build_index, fetch, fetch_due, fetched_folder, fetched_reading, read
from tests.timeline import Timeline, Watched
from tests.web_shelf import WORDS, Shelf
from tests.web_site import Reply, Site, page, xml

HOUR = 3600.0


class Kept:
    """An index of addresses of a site, asked on the clock of a shelf."""

    def __init__(self, shelf: Shelf, *paths: str) -> None:
        self.shelf, self.heard, self.asked = shelf, list[str](), 0
        self.store = Store(shelf.folder)
        sources = {}
        for path in paths:
            shelf.fetch(path)
            address = shelf.site.at(path)
            sources[str(fetched_folder(shelf.folder, address))] = fetched_reading(address)
        build_index(self.store, read(list(sources), options=sources), list(sources), Options(processes=1))
        self.told = Told(shelf.folder, self.now)
        self.addresses = Addresses(self.store, self.fetch, self.told, self.now)

    def now(self) -> float:
        return 1e9 + self.shelf.hour * HOUR

    async def fetch(self, addresses: Sequence[str]) -> None:
        self.asked += 1
        options = FetchOptions((self.shelf.site.place,), apart=0, now=self.now, jitter=0)
        fetch_due(addresses, self.shelf.folder, options)

    async def tell(self, said: Said) -> bool:
        self.heard.append(said.text(Catalogue("en")).replace(self.shelf.site.origin, ""))
        return True

    def hours(self, *hours: float) -> list[str]:
        """Let the schedule run at these hours; return what is told."""
        self.heard.clear()
        for hour in hours:
            self.shelf.hour = hour
            asyncio.run(self.addresses.round(self.tell))
        return self.heard


@pytest.fixture
def shelf(tmp_path: Path) -> Iterator[Shelf]:
    with Site() as site:
        site.replies["/feed"] = feed("Oars")
        yield Shelf(tmp_path / "data", site)


def feed(*titles: str) -> Reply:
    items = "".join(
        f"<item><title>{title}</title><guid>{title}</guid><description>{' '.join(WORDS[title])}</description></item>"
        for title in titles
    )
    return xml(f"<rss version='2.0'><channel><title>Shore</title>{items}</channel></rss>")


def test_an_address_is_asked_when_it_is_due_and_not_before(shelf: Shelf) -> None:
    kept = Kept(shelf, "/feed")
    assert kept.hours(0.5, 0.9) == []
    assert kept.asked == 0
    shelf.site.replies["/feed"] = feed("Oars", "Kelp")
    kept.hours(1.1, 1.5)
    assert kept.asked == 1
    assert shelf.titles("/feed") == ["Kelp", "Oars"]


@pytest.mark.parametrize(
    ("reply", "hours", "said"),
    [
        (Reply(status=404), (1.1,), 1),
        (Reply(status=403), (1.1,), 1),
        (Reply(status=410), (1.1,), 1),
        (page("Now a Page", "It is no feed any more, and says so at length."), (1.1,), 1),
        (Reply(status=503), (1.1, 2.2), 0),
        (Reply(status=503), (1.1, 2.3, 4.5, 9.0), 1),
    ],
)
def test_what_lasts_is_told_at_once_and_what_may_pass_later(
    reply: Reply, hours: tuple[float, ...], said: int, shelf: Shelf
) -> None:
    kept = Kept(shelf, "/feed")
    shelf.site.replies["/feed"] = reply
    heard = list(kept.hours(*hours))
    assert len(heard) == said
    assert all(text.startswith("/feed: ") for text in heard)
    # Told by then at the latest, and then silence, until it is well.
    assert len(kept.hours(*[hours[-1] + more for more in (24, 48, 72)])) == 1 - said
    shelf.site.replies["/feed"] = feed("Oars", "Peat")
    assert kept.hours(hours[-1] + 100) == ["/feed is back."]
    assert shelf.titles("/feed") == ["Oars", "Peat"]


@pytest.mark.slow
def test_that_a_feed_ends_is_told_even_after_another_trouble_of_the_same_day(shelf: Shelf) -> None:
    kept = Kept(shelf, "/feed")
    heard = []
    gone, well, trouble = Reply(status=410), feed("Oars"), Reply(status=403)
    for hour, reply in (
        (1.1, trouble),
        (3, well),
        (5, trouble),
        (7, well),
        (9, gone),
        (35, well),
        (37, gone),
        (62, well),
    ):
        shelf.site.replies["/feed"] = reply
        heard += [(hour, text.removeprefix("/feed")) for text in kept.hours(hour)]
    assert [hour for hour, _ in heard] == [1.1, 3, 9, 35, 37, 62]
    assert [text for hour, text in heard if hour in (9, 37)] == [": it is gone for good (status 410)"] * 2


@pytest.mark.slow
def test_where_no_host_answers_it_is_our_network_that_fails(shelf: Shelf) -> None:
    places = {host: f"{host}:{shelf.site.port}" for host in ("north.example", "south.example")}
    addresses, away = [f"http://{place}/feed" for place in places.values()], set[str]()
    kept = Kept(shelf, "/feed")
    options = FetchOptions(
        tuple(places.values()),
        apart=0,
        now=kept.now,
        sleep=shelf.waits.append,
        jitter=0,
        resolve=lambda host, _: [] if host in away else ["127.0.0.1"],
    )
    for address in addresses:
        fetch(address, shelf.folder, options)
    sources = {str(fetched_folder(shelf.folder, address)): fetched_reading(address) for address in addresses}
    build_index(kept.store, read(list(sources), options=sources), list(sources), Options(force=True, processes=1))

    async def fetch_all(due: Sequence[str]) -> None:
        fetch_due(due, shelf.folder, options)

    kept.addresses = Addresses(kept.store, fetch_all, kept.told, kept.now)
    away.update(places)
    assert kept.hours(1.5, 3, 6, 12, 24) == []
    away.remove("south.example")
    assert len(kept.hours(30, 34, 40, 50, 60)) == 1


@pytest.mark.slow
def test_what_was_fetched_is_taken_in_by_the_watcher(shelf: Shelf) -> None:
    kept = Kept(shelf, "/feed")
    watching = Watched(shelf.folder, Timeline())
    shelf.site.replies["/feed"] = feed("Oars", "Kelp", "Peat")
    kept.hours(2)
    watching.until(30)
    assert watching.titles() == ["Kelp", "Oars", "Peat"]
