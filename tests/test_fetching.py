"""A page at an address, over a real connection on loopback: kept, asked for again, gone; its folder damaged."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from index import BuildBusyError, FetchError, fetched_folder
from index.store.lock import build_lock
from tests.web_shelf import WORDS, Shelf, sitemap, told
from tests.web_site import Reply, Site, page, sends_to


@pytest.fixture
def shelf(tmp_path: Path) -> Iterator[Shelf]:
    with Site() as site:
        yield Shelf(tmp_path, site)


def typed(content_type: str, text: str) -> Reply:
    return Reply(text, headers={"Content-Type": content_type})


def test_a_page_is_an_article_with_its_address(shelf: Shelf) -> None:
    fetched = shelf.fetch("/oars")
    (article,) = shelf.articles("/oars")
    assert (article.title, article.url, fetched.changed) == ("Oars", shelf.site.at("/oars"), 1)
    assert article.paragraphs[0].text == WORDS["Oars"][0]


def test_of_a_page_that_is_named_nothing_else_is_asked_for(shelf: Shelf) -> None:
    """No feed that it names, no sitemap, no picture, no page that it links to, no robots.txt."""
    head = (
        '<link rel="alternate" type="application/rss+xml" href="/feed"><link rel="sitemap" href="/map">'
        '<link rel="next" href="/kelp"><link rel="icon" href="/i.png"><script src="/a.js"></script>'
    )
    links = '<a href="/kelp">Kelp</a> is for sale beside <img src="/oars.png"> the brook, and so are the oars.'
    shelf.site.replies |= {"/front": page("Oars for Sale", *WORDS["Oars"], links, head=head), "/map": sitemap("/kelp")}
    shelf.fetch("/front")
    assert (shelf.site.asked, shelf.titles("/front")) == (["/front"], ["Oars for Sale"])


@pytest.mark.parametrize(
    ("path", "reply", "title"),
    [
        ("/notes.md", typed("text/plain", "# Eel Traps\n\nWillow is woven when the sap rises."), "Eel Traps"),
        ("/notes", typed("text/markdown", "# Eel Nets\n\nHemp is tarred."), "Eel Nets"),
        ("/x?f=1", typed("application/json", '[{"title": "Eel Law", "text": "No eel is sold in May."}]'), "Eel Law"),
        ("/plain", typed("text/plain", "Eel Songs\n\nThey are sung while the nets dry on the wall.\n"), "Eel Songs"),
    ],
)
def test_a_page_may_be_of_any_format(path: str, reply: Reply, title: str, shelf: Shelf) -> None:
    shelf.site.replies[path] = reply
    shelf.fetch(path)
    assert shelf.titles(path) == [title]


@pytest.mark.parametrize(
    ("charset", "text"),
    [
        ("windows-1251", "Лодка стоит у старого причала и ждёт весны."),
        ("iso-8859-7", "Η βάρκα περιμένει την άνοιξη στο λιμάνι."),
    ],
)
def test_the_charset_of_the_answer_counts_before_that_of_the_page(charset: str, text: str, shelf: Shelf) -> None:
    wrong = '<meta charset="shift_jis">'
    body = f"<html><head>{wrong}<title>{text[:5]}</title></head><body><article><p>{text}</p></article></body></html>"
    shelf.site.replies["/old"] = Reply(body.encode(charset), headers={"Content-Type": f"text/html; charset={charset}"})
    shelf.site.replies["/old.txt"] = Reply(
        f"{text}\n\n{text}".encode(charset), headers={"Content-Type": f"text/plain; charset={charset}"}
    )
    for path in ("/old", "/old.txt"):
        shelf.fetch(path)
        assert shelf.articles(path)[0].paragraphs[-1].text == text


def test_a_canonical_address_counts_on_the_same_host_alone(shelf: Shelf) -> None:
    canonical = '<link rel="canonical" href="{here}/kept">'
    shelf.site.replies["/a"] = page("Own", *WORDS["Oars"], head=canonical)
    shelf.site.replies["/b"] = page("Other", *WORDS["Kelp"], head='<link rel="canonical" href="https://else.example/">')
    for path, url in (("/a", "/kept"), ("/b", "/b")):
        shelf.fetch(path)
        assert [article.url for article in shelf.articles(path)] == [shelf.site.at(url)]


def test_a_page_without_a_title_is_called_after_its_address(shelf: Shelf) -> None:
    body = "<html><body><p>The harbour clock was stopped by frost at nine minutes past four.</p></body></html>"
    for path, title in (("/2024-01-09/frozen_clock.html?v=2", "frozen clock"), ("/", shelf.site.place)):
        shelf.site.replies[path] = typed("text/html", body)
        shelf.fetch(path)
        (article,) = shelf.articles(path)
        assert (article.title, article.date) == (title, None)


def test_an_unchanged_page_costs_a_request_and_no_file(shelf: Shelf) -> None:
    shelf.site.replies["/oars"] = page("Oars", *WORDS["Oars"], ETag='"o1"', **{"Last-Modified": "Mon, 2 Nov 2026"})
    shelf.fetch("/oars")
    (file,) = shelf.of("/oars").glob("*.html")
    stamp = file.stat().st_mtime_ns
    shelf.site.replies["/oars"] = Reply(status=304, headers={"ETag": '"o2"'})
    assert shelf.fetch("/oars").changed == 0
    assert shelf.site.headers[0]["if-none-match"] == '"o1"'
    assert shelf.site.headers[0]["if-modified-since"] == "Mon, 2 Nov 2026"
    # What came with the last answer, the same as before or not, is what is sent with the next.
    shelf.site.replies["/oars"] = page("Oars", *WORDS["Oars"], ETag='"o3"')
    assert shelf.fetch("/oars").changed == 0
    assert shelf.site.headers[0]["if-none-match"] == '"o2"'
    shelf.fetch("/oars")
    assert shelf.site.headers[0]["if-none-match"] == '"o3"'
    assert file.stat().st_mtime_ns == stamp
    # Now and then it is fetched whole, whatever a server thinks.
    shelf.hour += 8 * 24
    shelf.fetch("/oars")
    assert "if-none-match" not in shelf.site.headers[0]


def test_validators_go_to_the_address_that_they_came_from(shelf: Shelf) -> None:
    shelf.site.replies["/new"] = page("Oars", *WORDS["Oars"], ETag='"n"')
    shelf.site.replies["/old"] = sends_to("/new")
    shelf.fetch("/old")
    shelf.fetch("/old")
    assert [headers.get("if-none-match") for headers in shelf.site.headers] == [None, '"n"']


def test_a_page_that_cannot_be_had_keeps_its_article_and_is_told(shelf: Shelf) -> None:
    shelf.fetch("/oars")
    for status, said in ((500, "status 500"), (403, "programs"), (404, "nothing at this address"), (410, "gone")):
        shelf.site.replies["/oars"] = Reply(status=status)
        assert said in told(shelf.fetch("/oars"))["oars"]
        assert shelf.titles("/oars") == ["Oars"]


def test_a_page_leaves_that_is_gone_twice_or_long_not_found(shelf: Shelf) -> None:
    for path in ("/oars", "/kelp"):
        shelf.fetch(path)
    shelf.site.replies |= {"/oars": Reply(status=410), "/kelp": Reply(status=404)}
    shelf.fetch("/oars")
    shelf.hour += 0.5
    shelf.fetch("/oars")
    assert shelf.titles("/oars") == ["Oars"]
    shelf.hour += 0.6
    shelf.fetch("/oars")
    assert shelf.titles("/oars") == []
    for _ in range(3):
        assert shelf.titles("/kelp") == ["Kelp"]
        shelf.fetch("/kelp")
        shelf.hour += 36
    shelf.fetch("/kelp")
    assert shelf.titles("/kelp") == []


def test_an_address_that_gives_nothing_leaves_nothing_behind(shelf: Shelf) -> None:
    with pytest.raises(FetchError, match=r"/none: there is nothing at this address \(status 404\)"):
        shelf.fetch("/none")
    assert not list((shelf.folder / "fetched").iterdir())


def test_a_server_that_asks_to_be_left_alone_is(shelf: Shelf) -> None:
    shelf.site.replies["/busy"] = Reply(status=429, headers={"Retry-After": "7200"})
    with pytest.raises(FetchError, match="left alone"):
        shelf.fetch("/busy")
    shelf.site.replies["/busy"] = page("Peat", *WORDS["Peat"])
    shelf.hour += 1.9
    with pytest.raises(FetchError, match="asked again after"):
        shelf.fetch("/busy")
    assert shelf.site.asked == []
    shelf.hour += 0.2
    shelf.fetch("/busy")
    assert shelf.titles("/busy") == ["Peat"]


def test_a_permanent_redirect_counts_when_it_has_stood_for_a_day(shelf: Shelf) -> None:
    shelf.site.replies |= {"/old": sends_to("/oars", 301), "/shop": sends_to("/kelp", 302)}
    for hour, asked in ((0, ["/old", "/oars"]), (23, ["/old", "/oars"]), (25, ["/oars"]), (26, ["/oars"])):
        shelf.hour = hour
        shelf.fetch("/old")
        assert shelf.site.asked == asked
        shelf.fetch("/shop")
        assert shelf.site.asked == ["/shop", "/kelp"]


def test_an_address_is_due_again_after_an_hour_or_when_it_says_so(shelf: Shelf) -> None:
    shelf.fetch("/oars")
    shelf.site.replies["/kelp"] = page("Kelp", *WORDS["Kelp"], **{"Cache-Control": "public, max-age=10800"})
    shelf.fetch("/kelp")
    for hour, oars, kelp in ((0.9, [], []), (1.0, ["/oars"], []), (1.5, [], []), (3.0, ["/oars"], ["/kelp"])):
        shelf.hour = hour
        for path, asked in (("/oars", oars), ("/kelp", kelp)):
            shelf.fetch(path, due_only=True)
            assert shelf.site.asked == asked


# --- Whatever happens to the folder ---


def test_one_process_at_a_time_fetches_an_address(shelf: Shelf) -> None:
    shelf.fetch("/oars")
    with build_lock(shelf.of("/oars") / ".lock"), pytest.raises(BuildBusyError):
        shelf.fetch("/oars")


def test_a_damaged_state_is_begun_anew_and_nothing_comes_twice(shelf: Shelf) -> None:
    shelf.site.replies["/map"] = sitemap("/oars", "/kelp")
    shelf.fetch("/map")
    state = shelf.of("/map") / ".state.sqlite"
    state.write_bytes(b"SQLite format 3\0" + b"\xff" * 5000)
    shelf.fetch("/map")
    assert shelf.titles("/map") == ["Kelp", "Oars"]
    with sqlite3.connect(state) as database:
        database.execute("PRAGMA user_version = 99")
    database.close()
    shelf.fetch("/map")
    assert shelf.titles("/map") == ["Kelp", "Oars"]


def test_a_file_that_somebody_removed_is_fetched_again_where_it_is_named(shelf: Shelf) -> None:
    shelf.site.replies["/oars"] = page("Oars", *WORDS["Oars"], ETag='"1"')
    shelf.fetch("/oars")
    for file in shelf.of("/oars").glob("*.html"):
        file.unlink()
    shelf.fetch("/oars")
    assert "if-none-match" not in shelf.site.headers[0]
    assert shelf.titles("/oars") == ["Oars"]


def test_an_address_is_one_source_however_it_is_spelt(shelf: Shelf) -> None:
    place = shelf.site.place
    folders = {
        fetched_folder(shelf.folder, spelt)
        for spelt in (f"http://{place}/a%20b", f" HTTP://{place}/a b#part", f"http://{place}/x/../a b")
    }
    assert len(folders) == 1
    assert fetched_folder(shelf.folder, f"http://{place}/a") not in folders
