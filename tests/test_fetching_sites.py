"""Sitemaps and robots.txt over a real connection on loopback: what is found, and how politely it is asked for."""

import gzip
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.web_shelf import WORDS, Shelf, sitemap, told
from tests.web_site import Reply, Site, page, sends_to, xml


@pytest.fixture
def shelf(tmp_path: Path) -> Iterator[Shelf]:
    with Site() as site:
        yield Shelf(tmp_path, site)


def test_the_pages_of_a_sitemap_are_articles(shelf: Shelf) -> None:
    shelf.site.replies["/sitemap.xml"] = sitemap("/oars", "/kelp", "/gone")
    fetched = shelf.fetch("/sitemap.xml")
    assert shelf.titles("/sitemap.xml") == ["Kelp", "Oars"]
    assert {article.url for article in shelf.articles("/sitemap.xml")} == {
        shelf.site.at("/oars"),
        shelf.site.at("/kelp"),
    }
    assert (fetched.changed, told(fetched)) == (2, {"gone": "there is nothing at this address (status 404)"})


def test_a_page_of_a_sitemap_is_asked_again_when_it_says_that_it_changed_or_after_a_week(shelf: Shelf) -> None:
    shelf.site.replies["/sitemap.xml"] = sitemap("/oars", "/kelp", changed="2026-11-01")
    shelf.fetch("/sitemap.xml")
    shelf.hour += 2
    shelf.fetch("/sitemap.xml")
    assert shelf.site.asked == ["/sitemap.xml"]
    shelf.site.replies["/sitemap.xml"] = sitemap("/oars", changed="2026-11-04")
    shelf.site.replies["/oars"] = page("Oars Anew", *WORDS["Oars"])
    shelf.fetch("/sitemap.xml")
    assert shelf.site.asked == ["/sitemap.xml", "/oars"]
    # A page that is no longer listed stays.
    assert shelf.titles("/sitemap.xml") == ["Kelp", "Oars Anew"]
    shelf.hour += 7 * 24
    shelf.fetch("/sitemap.xml", due_only=True)
    assert sorted(shelf.site.asked) == ["/kelp", "/oars", "/robots.txt", "/sitemap.xml"]


@pytest.mark.parametrize(
    "body",
    [
        '<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">'
        "<url><loc> {here}/oars?a=1&b=2 </loc></url></urlset>",
        "<urlset><url><loc>{here}/oars?a=1&amp;b=2</loc></url><url><loc>{here}/oars<b/></loc></url></urlset>",
        "<urlset><url><loc><![CDATA[{here}/oars?a=1&b=2]]></loc></url><url><loc/></url><url/></urlset>",
        "{here}/oars?a=1&b=2\n\n",
        "<urlset><url><loc>{here}/oars?a=1&b=2</loc></url><url><loc>mailto:x</loc></url><url><loc>{here}/o",
    ],
)
def test_a_sitemap_is_read_however_carelessly_it_is_written(body: str, shelf: Shelf) -> None:
    shelf.site.replies["/map"] = Reply(body, headers={"Content-Type": "text/plain" if body[0] == "{" else "text/xml"})
    shelf.site.replies["/oars?a=1&b=2"] = page("Oars", *WORDS["Oars"])
    shelf.fetch("/map")
    assert shelf.titles("/map") == ["Oars"]


def test_sitemaps_in_a_sitemap_are_followed_once_each(shelf: Shelf) -> None:
    inner = "".join(f"<sitemap><loc>{{here}}/{name}</loc></sitemap>" for name in ("one.xml", "two.xml.gz", "none.xml"))
    shelf.site.replies["/index.xml"] = xml(f"<sitemapindex>{inner}</sitemapindex>")
    circle = "<sitemap><loc>{here}/index.xml</loc></sitemap><sitemap><loc>{here}/one.xml</loc></sitemap>"
    shelf.site.replies["/one.xml"] = xml(f"<sitemapindex>{circle}<url><loc>{{here}}/oars</loc></url></sitemapindex>")
    packed = gzip.compress(f"<urlset><url><loc>{shelf.site.origin}/kelp</loc></url></urlset>".encode())
    shelf.site.replies["/two.xml.gz"] = Reply(packed, headers={"Content-Type": "application/gzip"})
    fetched = shelf.fetch("/index.xml")
    assert shelf.titles("/index.xml") == ["Kelp", "Oars"]
    assert shelf.site.asked.count("/one.xml") == shelf.site.asked.count("/index.xml") == 1
    assert list(told(fetched)) == ["none.xml"]


def test_pages_on_other_sites_are_counted_and_not_asked_for(shelf: Shelf) -> None:
    elsewhere = "<url><loc>http://else.example/a</loc></url><url><loc>http://127.0.0.1:1/b</loc></url>"
    shelf.site.replies["/map"] = xml(f"<urlset>{elsewhere}<url><loc>{{here}}/peat</loc></url></urlset>")
    assert "2 of the pages that it lists are on other sites" in told(shelf.fetch("/map"))["map"]
    assert shelf.titles("/map") == ["Peat"]


def test_a_server_that_asks_to_be_left_alone_is_not_asked_for_other_pages(shelf: Shelf) -> None:
    shelf.site.replies["/map"] = sitemap("/oars", "/busy", "/kelp", "/peat")
    shelf.site.replies["/busy"] = Reply(status=503, headers={"Retry-After": "3600"})
    fetched = shelf.fetch("/map")
    assert shelf.titles("/map") == ["Oars"]
    assert "2 more of its pages are asked for after" in told(fetched)["map"]
    shelf.fetch("/map")
    assert shelf.site.asked == ["/map"]
    shelf.site.replies["/busy"] = page("Busy", *WORDS["Peat"])
    shelf.hour += 1.1
    shelf.fetch("/map")
    assert shelf.titles("/map") == ["Busy", "Kelp", "Oars", "Peat"]


# --- robots.txt, and manners ---


def robots(*lines: str) -> Reply:
    return Reply("\n".join(lines), headers={"Content-Type": "text/plain"})


@pytest.mark.parametrize(
    ("rules", "titles"),
    [
        (("User-agent: *", "Disallow: /oars"), ["Kelp", "Peat"]),
        (("\ufeffUser-agent: *", "Disallow: /oars"), ["Kelp", "Peat"]),
        (("User-agent: *", "Disallow: /", "", "User-agent: quoth", "Disallow: /kelp"), ["Oars", "Peat"]),
        (("User-agent: *", "Disallow: /", "Allow: /peat$"), ["Peat"]),
        (("User-agent: otherbot", "Disallow: /"), ["Kelp", "Oars", "Peat"]),
        (("<!doctype html><title>Not here</title>",), ["Kelp", "Oars", "Peat"]),
    ],
)
def test_robots_txt_is_obeyed_for_what_is_found(rules: tuple[str, ...], titles: list[str], shelf: Shelf) -> None:
    shelf.site.replies |= {"/robots.txt": robots(*rules), "/map": sitemap("/oars", "/kelp", "/peat")}
    fetched = shelf.fetch("/map")
    assert shelf.titles("/map") == titles
    asked = {path for path in shelf.site.asked if path not in ("/robots.txt", "/map")}
    assert asked == {f"/{title.lower()}" for title in titles}
    forbidden = {path.lower() for path in ("Oars", "Kelp", "Peat") if path not in titles}
    assert told(fetched) == dict.fromkeys(forbidden, "robots.txt forbids it")


def test_robots_txt_is_not_asked_about_what_somebody_named(shelf: Shelf) -> None:
    shelf.site.replies["/robots.txt"] = robots("User-agent: *", "Disallow: /")
    shelf.fetch("/oars")
    assert (shelf.site.asked, shelf.titles("/oars")) == (["/oars"], ["Oars"])


def test_a_redirect_of_a_found_page_is_no_way_around_robots_txt(shelf: Shelf) -> None:
    shelf.site.replies |= {"/robots.txt": robots("User-agent: *", "Disallow: /oars"), "/map": sitemap("/door")}
    shelf.site.replies["/door"] = sends_to("/oars")
    assert told(shelf.fetch("/map")) == {"door": "robots.txt forbids it"}
    assert "/oars" not in shelf.site.asked


@pytest.mark.parametrize(
    ("status", "asked"), [(401, True), (403, True), (410, True), (429, False), (500, False), (503, False)]
)
def test_without_robots_txt_all_is_allowed_unless_it_cannot_be_read(status: int, asked: bool, shelf: Shelf) -> None:
    shelf.site.replies |= {"/robots.txt": Reply(status=status), "/map": sitemap("/oars")}
    fetched = shelf.fetch("/map")
    assert ("/oars" in shelf.site.asked) == asked
    assert asked or "its robots.txt could not be read" in told(fetched)["oars"]


def test_robots_txt_is_kept_for_a_day(shelf: Shelf) -> None:
    for hour, counted in ((0.0, 1), (2.0, 0), (23.0, 0), (25.0, 1)):
        shelf.hour = hour
        shelf.site.replies["/map"] = sitemap("/oars", changed=str(hour))
        shelf.fetch("/map")
        assert shelf.site.asked.count("/robots.txt") == counted


def test_requests_to_a_host_are_a_second_apart_or_as_it_asks(shelf: Shelf) -> None:
    shelf.site.replies["/map"] = sitemap("/oars", "/kelp", "/peat")
    shelf.fetch("/map", apart=1.0)
    # Nobody waits in this test: each wait is for all that came before.
    assert len(shelf.site.asked) - 1 == len(shelf.waits)
    assert all(number - 1 < wait <= number for number, wait in enumerate(shelf.waits, 1))
    shelf.waits.clear()
    shelf.site.replies |= {
        "/robots.txt": robots("User-agent: *", "Crawl-delay: 9"),
        "/map": sitemap("/oars", "/kelp", changed="now"),
    }
    shelf.hour += 25
    shelf.fetch("/map", apart=1.0)
    assert 9 < max(shelf.waits) <= 12
    shelf.site.replies["/robots.txt"] = robots("User-agent: *", "Crawl-delay: 86400")
    shelf.hour += 25
    shelf.site.replies["/map"] = sitemap("/oars", "/kelp", changed="later")
    shelf.waits.clear()
    shelf.fetch("/map", apart=1.0)
    assert 30 < max(shelf.waits) <= 33


def test_who_asks_says_so(shelf: Shelf) -> None:
    shelf.fetch("/oars")
    assert shelf.site.headers[0]["user-agent"].startswith("Quoth/")
    assert shelf.site.headers[0]["accept-encoding"] == "gzip"
    assert not {"cookie", "referer", "authorization"} & shelf.site.headers[0].keys()
