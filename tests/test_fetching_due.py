"""Addresses on their schedule, by a clock that the test sets: what is asked when, and what somebody should hear of."""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from index import (
    Article,
    BuildBusyError,
    Fault,
    Fetched,
    FetchOptions,
    fetch,
    fetch_due,
    fetched_folder,
    health,
    read,
)
from index.store.lock import build_lock
from tests.web_shelf import HOUR, WORDS, sitemap
from tests.web_site import Reply, Site, page, sends_to, xml

START = 1e9


@dataclass
class Calendar:
    """Some addresses on one site that is called by several names, and the hour; `away` are names that are not known."""

    folder: Path
    site: Site
    hour: float = 0.0
    away: set[str] = field(default_factory=set)
    waits: list[float] = field(default_factory=list)

    @property
    def now(self) -> float:
        return START + self.hour * HOUR

    def options(self, apart: float = 0.0) -> FetchOptions:
        def resolve(host: str, _: int) -> Sequence[str]:
            if host in self.away:
                raise OSError
            return ["127.0.0.1"]

        allowed = tuple(f"{name}.example:{self.site.port}" for name in ("quay", "mole", "pier"))
        return FetchOptions(
            allowed, apart=apart, now=lambda: self.now, sleep=self.waits.append, jitter=0, resolve=resolve
        )

    def at(self, path: str, name: str = "quay") -> str:
        return f"http://{name}.example:{self.site.port}{path}"

    def name(self, path: str, name: str = "quay") -> str:
        """Have somebody name a path."""
        address = self.at(path, name)
        fetch(address, self.folder, self.options())
        self.site.asked.clear()
        return address

    def due(self, *addresses: str, hour: float, apart: float = 0.0) -> list[Fetched]:
        """Let the schedule run at an hour."""
        self.hour = hour
        self.site.asked.clear()
        return fetch_due(addresses, self.folder, self.options(apart), lambda _: None)

    def fault(self, address: str, hour: float) -> Fault | None:
        (fetched,) = self.due(address, hour=hour)
        return fetched.fault

    def next(self, address: str) -> float:
        """Return the hour at which something of an address is due."""
        return (health(address, self.folder, self.now).due - START) / HOUR

    def texts(self, address: str) -> dict[str, str]:
        found = read([fetched_folder(self.folder, address)], options=None)
        return {part.title: part.paragraphs[0].text for part in found if isinstance(part, Article)}


@pytest.fixture
def calendar(tmp_path: Path) -> Iterator[Calendar]:
    with Site() as site:
        site.replies |= {f"/{title.lower()}": page(title, *texts) for title, texts in WORDS.items()}
        yield Calendar(tmp_path, site)


def listed(calendar: Calendar, *paths: str, changed: str = "", **headers: str) -> Reply:
    """Return a sitemap of paths under the first name of the site."""
    reply = sitemap(*paths, changed=changed)
    body = str(reply.body).replace("{here}", calendar.at(""))
    return xml(body, **headers)


def diary(*items: tuple[int, str, str], scheme: str = "http", **headers: str) -> Reply:
    """Return a feed: of each item its number, title and text."""
    entries = "".join(
        f"<item><title>{title}</title><guid isPermaLink='false'>{scheme}://diary.example/{number}</guid>"
        f"<link>{{here}}/{number}</link><content:encoded>&lt;p&gt;{text}&lt;/p&gt;</content:encoded></item>"
        for number, title, text in items
    )
    head = "<rss version='2.0' xmlns:content='http://purl.org/rss/1.0/modules/content/'><channel><title>Diary</title>"
    return xml(f"{head}{entries}</channel></rss>", **{"Content-Type": "application/rss+xml"} | headers)


def test_an_address_is_asked_for_when_it_is_due_and_not_before(calendar: Calendar) -> None:
    address = calendar.at("/oars")
    assert calendar.next(address) == -START / HOUR
    calendar.name("/oars")
    assert calendar.next(address) == 1.0
    assert calendar.due(address, hour=0.9) == []
    assert calendar.site.asked == []
    (fetched,) = calendar.due(address, hour=1.0)
    assert (calendar.site.asked, fetched.changed, fetched.fault) == (["/oars"], 0, None)
    assert calendar.next(address) == 2.0


def test_a_clock_that_was_wrong_for_an_hour_makes_nothing_wait_for_years(calendar: Calendar) -> None:
    year = 365 * 24.0
    calendar.site.replies |= {"/map": listed(calendar, "/oars", "/kelp"), "/old": sends_to("/peat", 301)}
    for calendar.hour in (year, year + 1):
        addresses = [calendar.name(path) for path in ("/map", "/old")]
    calendar.site.replies["/map"] = listed(calendar, "/oars", "/kelp", "/peat")
    for path in ("/old", "/kelp"):
        calendar.site.replies[path] = Reply(status=410)
    calendar.due(*addresses, hour=0)
    assert {"/map", "/old", "/robots.txt", "/oars", "/kelp", "/peat"} <= set(calendar.site.asked)
    assert {calendar.next(address) for address in addresses} == {1.0, 24.0}
    assert calendar.due(*addresses, hour=0.9) == []
    for hour in (24.1, 48.2):
        calendar.due(*addresses, hour=hour)
    assert set(calendar.texts(addresses[0])) == {"Oars", "Peat"}
    assert calendar.texts(addresses[1]) == {}


def test_a_sitemap_is_due_as_soon_as_one_of_its_pages_is(calendar: Calendar) -> None:
    calendar.site.replies["/map"] = listed(calendar, "/oars", "/busy", **{"Cache-Control": "max-age=86400"})
    calendar.site.replies["/busy"] = Reply(status=503, headers={"Retry-After": "10800"})
    address = calendar.name("/map")
    assert calendar.next(address) == 3.0
    calendar.site.replies["/busy"] = page("Busy", *WORDS["Peat"])
    calendar.due(address, hour=3.0)
    assert calendar.site.asked == ["/busy"]
    assert calendar.next(address) == 24.0


@pytest.mark.parametrize(
    ("reply", "said"),
    [
        (Reply(status=404), "nothing at this address"),
        (Reply(status=410), "gone"),
        (Reply(status=401), "password"),
        (Reply(status=403), "programs"),
        (page("Shop", *WORDS["Kelp"]), "no feed any more, but a web page"),
        (page("Just a moment...", "Please wait until the check is done."), "no feed any more, but this: .* prove"),
    ],
)
def test_what_does_not_go_by_alone_is_told_at_once(reply: Reply, said: str, calendar: Calendar) -> None:
    calendar.site.replies["/feed"] = whole = diary((1, "Oars", "The ash planks lie in the brook."))
    address = calendar.name("/feed")
    calendar.site.replies["/feed"] = reply
    fault = calendar.fault(address, 1)
    assert fault is not None
    assert pytest.approx((START + HOUR, 1)) == (fault.since, fault.times)
    assert fault.lasting
    assert [part for part in (said.split(".*")) if part.strip() not in fault.cause] == []
    calendar.site.replies["/feed"] = whole
    assert calendar.fault(address, 30) is None
    assert list(calendar.texts(address)) == ["Oars"]


def test_what_may_pass_is_told_after_three_times_and_six_hours(calendar: Calendar) -> None:
    address = calendar.name("/oars")
    seen, hour = list[tuple[float, bool]](), 1.0
    for status in (500, 502, 500, 504, 500, 500, 500):
        calendar.site.replies["/oars"] = Reply(status=status)
        fault = calendar.fault(address, hour)
        assert fault is not None
        seen.append((hour, fault.lasting))
        hour = calendar.next(address)
    # One failure, whatever status it has: asked for after 15 minutes, 30, and so on.
    assert seen == [(1, False), (1.25, False), (1.75, False), (2.75, False), (4.75, False), (8.75, True), (16.75, True)]
    calendar.site.replies["/oars"] = page("Oars", *WORDS["Oars"])
    assert calendar.fault(address, hour) is None


@pytest.mark.slow
def test_where_no_host_can_be_reached_none_has_failed(calendar: Calendar) -> None:
    quay, mole = calendar.name("/oars", "quay"), calendar.name("/kelp", "mole")
    calendar.away = {"quay.example", "mole.example"}
    for step in range(1, 8):
        hour = max(calendar.next(quay), calendar.next(mole))
        assert hour == pytest.approx(0.75 + step / 4)
        for fetched in calendar.due(quay, mole, hour=hour):
            assert fetched.fault is not None
            assert (fetched.fault.times, fetched.fault.lasting) == (1, False)
    calendar.away = {"mole.example"}
    (well, failed) = calendar.due(quay, mole, hour=hour + 0.25)
    assert well.fault is None
    assert failed.fault is not None
    # Alone it fails like any other.
    times, lasting = 1, False
    while not lasting:
        fault = calendar.fault(mole, calendar.next(mole))
        assert fault is not None
        times, lasting = fault.times, fault.lasting
    assert times > 3


def test_one_host_alone_that_cannot_be_reached_has_failed(calendar: Calendar) -> None:
    address = calendar.name("/oars")
    calendar.away = {"quay.example"}
    for hour, times in ((1, 1), (1.25, 2), (1.75, 3), (2.75, 4), (4.75, 5), (8.75, 6)):
        fault = calendar.fault(address, hour)
        assert fault is not None
        assert (fault.times, fault.lasting) == (times, hour > 7)


def test_a_host_that_cannot_be_reached_is_not_tried_for_each_of_its_pages(calendar: Calendar) -> None:
    calendar.site.replies["/map"] = listed(calendar, "/oars", "/kelp", "/peat")
    address = calendar.name("/map")
    calendar.away = {"quay.example"}
    (fetched,) = calendar.due(address, hour=7 * 24)
    assert fetched.requests == 1
    assert "3 more of its pages" in " ".join(one.reason for one in fetched.skipped)
    assert calendar.next(address) == 7 * 24 + 0.25
    calendar.away = set()
    calendar.due(address, hour=7 * 24 + 0.25)
    assert {"/map", "/oars", "/kelp", "/peat"} <= set(calendar.site.asked)


def test_a_robots_txt_that_cannot_be_read_is_not_asked_for_by_each_page(calendar: Calendar) -> None:
    calendar.site.replies |= {"/map": listed(calendar, "/oars", "/kelp", "/peat"), "/robots.txt": Reply(status=500)}
    address = calendar.at("/map")
    calendar.due(address, hour=0)
    assert calendar.site.asked == ["/map", "/robots.txt"]
    del calendar.site.replies["/robots.txt"]
    calendar.due(address, hour=0.25)
    assert calendar.site.asked == ["/robots.txt", "/oars", "/kelp", "/peat"]


def test_two_addresses_on_one_host_are_asked_for_at_its_pace(calendar: Calendar) -> None:
    addresses = [calendar.name("/oars"), calendar.name("/kelp"), calendar.name("/peat", "mole")]
    calendar.due(*addresses, hour=1, apart=1.0)
    assert len(calendar.waits) == 1
    assert 0 < calendar.waits[0] <= 1


def test_an_address_that_another_process_fetches_is_left_to_it(calendar: Calendar) -> None:
    oars, kelp = calendar.name("/oars"), calendar.name("/kelp")
    with build_lock(fetched_folder(calendar.folder, oars) / ".lock"):
        assert [fetched.address for fetched in calendar.due(oars, kelp, hour=1)] == [kelp]
        with pytest.raises(BuildBusyError):
            fetch(oars, calendar.folder, calendar.options())


def test_an_address_that_never_gave_anything_waits_like_any_other(calendar: Calendar) -> None:
    address = calendar.at("/none")
    (fetched,) = calendar.due(address, hour=0)
    assert fetched.fault is not None
    assert fetched.fault.lasting
    assert [one.path for one in fetched.skipped] == [address]
    assert calendar.due(address, hour=0.2) == []
    assert calendar.next(address) == 0.25


def test_a_state_of_before_is_taken_over(calendar: Calendar) -> None:
    address = calendar.name("/oars")
    with closing(sqlite3.connect(fetched_folder(calendar.folder, address) / ".state.sqlite")) as database, database:
        database.execute("ALTER TABLE pages DROP COLUMN fault")
    calendar.site.replies["/oars"] = Reply(status=403)
    fault = calendar.fault(address, 1)
    assert fault is not None
    assert fault.lasting
    assert list(calendar.texts(address)) == ["Oars"]


def test_two_days_of_a_diary(calendar: Calendar) -> None:
    one, two = (1, "Eels", "The first eels came up the weir."), (2, "Frost", "The pump froze before dawn.")
    edited = (2, "Frost", "The pump froze before dawn, and thawed by noon.")
    late = (3, "Swans", "Four swans stood on the ice.")
    site, stamp = calendar.site, "Wed, 04 Nov 2026 09:00:00 GMT"
    site.replies["/diary"] = diary(one, two, ETag='"a"', **{"Last-Modified": stamp})
    address = calendar.name("/diary")

    def round_at(hour: float, reply: Reply, *asked: str) -> list[Fetched]:
        site.replies["/diary"] = reply
        site.headers.clear()
        fetched = calendar.due(address, hour=hour)
        assert site.asked == list(asked)
        return fetched

    # Nothing changed; then the validator alone; then an item, though the date stands still.
    (fetched,) = round_at(1, Reply(status=304, headers={"ETag": '"a"'}), "/diary")
    assert (fetched.changed, site.headers[0]["if-none-match"], site.headers[0]["if-modified-since"]) == (
        0,
        '"a"',
        stamp,
    )
    assert round_at(2, diary(one, two, ETag='"b"'), "/diary")[0].changed == 0
    assert round_at(3, diary(one, edited, ETag='"c"'), "/diary")[0].changed == 1
    assert site.headers[0]["if-none-match"] == '"b"'
    assert calendar.texts(address)["Frost"].endswith("thawed by noon.")
    # Ids by https; what slides out stays.
    assert round_at(4, diary(edited, late, scheme="https"), "/diary")[0].changed == 2
    assert sorted(calendar.texts(address)) == ["Eels", "Frost", "Swans"]
    # Left alone for two hours, as it asked.
    round_at(5, Reply(status=429, headers={"Retry-After": "7200"}), "/diary")
    assert round_at(6, diary(late)) == []
    assert calendar.next(address) == 7.0
    # A redirect, which is no failure; a page that is no feed, which is; an empty feed, which is none.
    site.replies["/new"] = diary(late)
    moved = Reply(status=301, headers={"Location": "/new"})
    assert round_at(7.1, moved, "/diary", "/new")[0].fault is None
    (fetched,) = round_at(8.2, page("Just a moment...", "Wait here."), "/diary")
    assert fetched.fault is not None
    assert fetched.fault.lasting
    assert round_at(9, diary(), "/diary")[0].fault is None
    # Its end is told, and it is asked again once a day; its articles stay.
    (fetched,) = round_at(10, Reply(status=410), "/diary")
    assert fetched.fault is not None
    assert fetched.fault.lasting
    assert round_at(33.9, Reply(status=410)) == []
    round_at(34, Reply(status=410), "/diary")
    assert sorted(calendar.texts(address)) == ["Eels", "Frost", "Swans"]
