"""Feeds over a real connection on loopback: what an item is known by, edits, what slides out, summaries, tombstones."""

import json
from collections.abc import Iterator
from pathlib import Path
from xml.sax.saxutils import escape

import pytest

from index import Article
from tests.web_shelf import WORDS, Shelf, told
from tests.web_site import Reply, Site, page, sends_to, xml


@pytest.fixture
def shelf(tmp_path: Path) -> Iterator[Shelf]:
    with Site() as site:
        yield Shelf(tmp_path, site)


def item(number: int, title: str, text: str, *, guid: str = "", link: str = "", summary: bool = False) -> str:
    """Return an item of RSS; its guid is made of its number unless there is another."""
    guid = guid or f"http://quay.example/{number}"
    body = f"<description>{escape(f'<p>{text}</p>')}</description>"
    whole = "" if summary else f"<content:encoded>{escape(f'<p>{text}</p>')}</content:encoded>"
    return (
        f"<item><title>{title}</title><guid isPermaLink='false'>{guid}</guid>"
        f"<link>{link or f'{{here}}/n/{number}'}</link>{body}{whole}</item>"
    )


def rss(*items: str, head: str = "", **headers: str) -> Reply:
    """Return a feed of RSS."""
    return xml(
        "<?xml version='1.0' encoding='utf-8'?>"
        "<rss version='2.0' xmlns:content='http://purl.org/rss/1.0/modules/content/'><channel>"
        f"<title>Slipway Diary</title><link>{{here}}/</link>{head}{''.join(items)}</channel></rss>",
        **{"Content-Type": "application/rss+xml"} | headers,
    )


OARS, KELP, PEAT = (item(number, title, " ".join(WORDS[title])) for number, title in enumerate(WORDS, 1))


def test_the_items_of_a_feed_are_articles(shelf: Shelf) -> None:
    shelf.site.replies["/feed"] = rss(OARS, KELP)
    fetched = shelf.fetch("/feed")
    found = {article.title: article for article in shelf.articles("/feed")}
    assert set(found) == {"Oars", "Kelp"}
    assert found["Oars"].url == shelf.site.at("/n/1")
    assert found["Oars"].source == "Slipway Diary"
    assert found["Oars"].paragraphs[0].text == " ".join(WORDS["Oars"])
    # Their pages are never asked for: the feed holds all of their text.
    assert (shelf.site.asked, fetched.skipped) == (["/feed"], ())


ATOM = """<feed xmlns="http://www.w3.org/2005/Atom" xml:base="{here}/notes/"><title>Tide Notes</title>
<link rel="self" href="{here}/atom"/>
<entry><id>tag:quay.example,2026:1</id><title>Oars</title><link href="oars-1"/>
<content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>Ash is split by hand in the shed.</p></div></content>
</entry>
<entry><id>tag:quay.example,2026:2</id><title>Kelp &amp; Dulse</title><link rel="alternate" href="/kelp-2"/>
<content type="html">&lt;p>Dulse is dried on the roof for three days.&lt;/p></content></entry></feed>"""
JSON_FEED = {
    "version": "https://jsonfeed.org/version/1.1",
    "title": "Tide Notes",
    "items": [
        {"id": "1", "title": "Oars", "url": "{here}/notes/oars-1", "content_text": "Ash is split by hand in the shed."},
        {"id": "2", "title": "Kelp & Dulse", "url": "/kelp-2", "content_html": "<p>Dulse is dried on the roof.</p>"},
    ],
}
RDF = """<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/">
<channel><title>Tide Notes</title><link>{here}/</link></channel>
<item rdf:about="{here}/notes/oars-1"><title>Oars</title><link>{here}/notes/oars-1</link>
<description>Ash is split by hand in the lee of the shed, and no saw is used.</description></item>
<item rdf:about="{here}/kelp-2"><title>Kelp &amp; Dulse</title><link>{here}/kelp-2</link>
<description>Dulse is dried on the roof for three days, and then it is sold.</description></item></rdf:RDF>"""


@pytest.mark.parametrize("body", [ATOM, json.dumps(JSON_FEED), RDF], ids=["atom", "json", "rdf"])
def test_feeds_of_every_kind_are_cut_into_their_items(body: str, shelf: Shelf) -> None:
    shelf.site.replies["/atom"] = Reply(body, headers={"Content-Type": "application/octet-stream"})
    shelf.fetch("/atom")
    found = {article.title: article for article in shelf.articles("/atom")}
    assert set(found) == {"Oars", "Kelp & Dulse"}
    assert {article.url for article in found.values()} == {shelf.site.at("/notes/oars-1"), shelf.site.at("/kelp-2")}
    assert {article.source for article in found.values()} == {"Tide Notes"}


def test_an_edited_item_takes_the_place_of_the_one_before(shelf: Shelf) -> None:
    shelf.site.replies["/feed"] = rss(OARS, KELP, ETag='"1"')
    shelf.fetch("/feed")
    untouched = next(file for file in shelf.of("/feed").glob("[!.]*.rss") if b"Oars" in file.read_bytes())
    stamp = untouched.stat().st_mtime_ns
    shelf.site.replies["/feed"] = rss(OARS, item(2, "Kelp", "Kelp is burnt for soda now."), ETag='"1"')
    assert shelf.fetch("/feed").changed == 1
    texts = {article.title: article.paragraphs[0].text for article in shelf.articles("/feed")}
    assert texts == {"Oars": " ".join(WORDS["Oars"]), "Kelp": "Kelp is burnt for soda now."}
    assert untouched.stat().st_mtime_ns == stamp


def test_what_slides_out_of_a_feed_stays_also_when_the_feed_ends(shelf: Shelf) -> None:
    for reply in (rss(OARS, KELP), rss(PEAT), rss(), Reply(status=410), Reply(status=404), Reply(status=500)):
        shelf.site.replies["/feed"] = reply
        shelf.fetch("/feed")
        shelf.hour += 30
    assert shelf.titles("/feed") == ["Kelp", "Oars", "Peat"]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("http://quay.example/1", "https://quay.example/1"),
        ("  http://quay.example/1 ", "http://quay.example/1"),
        ("https://quay.example/1", "http://quay.example/1"),
    ],
)
def test_an_item_is_known_whether_its_id_says_http_or_https(before: str, after: str, shelf: Shelf) -> None:
    for guid, text in ((before, "The tide table hangs by the door."), (after, "The tide table hangs by the gate.")):
        shelf.site.replies["/feed"] = rss(item(1, "Tides", text, guid=guid))
        shelf.fetch("/feed")
    assert [article.paragraphs[0].text for article in shelf.articles("/feed")] == ["The tide table hangs by the gate."]


@pytest.mark.slow
def test_items_that_share_an_id_are_told_apart_by_their_links_or_titles(shelf: Shelf) -> None:
    shared = [item(number, title, f"{title} is sold by the basket.", guid="none") for number, title in enumerate(WORDS)]
    alike = [
        item(9, title, f"{title} is weighed on the quay.", guid="http://x/", link="{here}/all")
        for title in ("Cod", "Ling")
    ]
    shelf.site.replies["/feed"] = rss(*shared, *alike)
    shelf.fetch("/feed")
    assert shelf.titles("/feed") == ["Cod", "Kelp", "Ling", "Oars", "Peat"]
    shelf.fetch("/feed")
    assert len(shelf.titles("/feed")) == 5


@pytest.mark.slow
def test_an_entry_that_the_feed_declares_deleted_leaves(shelf: Shelf) -> None:
    shelf.site.replies["/atom"] = xml(ATOM)
    shelf.fetch("/atom")
    gone = '<at:deleted-entry xmlns:at="http://purl.org/atompub/tombstones/1.0" ref="tag:quay.example,2026:1"/></feed>'
    shelf.site.replies["/atom"] = xml(ATOM[: ATOM.index("<entry>")] + gone)
    assert shelf.fetch("/atom").changed == 1
    assert shelf.titles("/atom") == ["Kelp & Dulse"]


# --- Summaries ---


def shortened(number: int, title: str) -> str:
    return item(number, title, f"{title} begins here, and …", summary=True, link=f"{{here}}/{title.lower()}")


def test_the_page_of_an_item_takes_its_place_where_the_feed_gives_a_summary_only(shelf: Shelf) -> None:
    shelf.site.replies["/feed"] = rss(shortened(1, "Oars"), KELP, shortened(3, "Peat"))
    shelf.site.replies["/robots.txt"] = Reply("User-agent: *\nDisallow: /peat")
    fetched = shelf.fetch("/feed")
    texts = {article.title: article.paragraphs[0].text for article in shelf.articles("/feed")}
    assert texts["Oars"] == WORDS["Oars"][0]
    # Where the page may not be asked for, the summary is what there is.
    assert texts["Peat"] == "Peat begins here, and …"
    assert told(fetched) == {"peat": "robots.txt forbids it"}
    assert sorted(shelf.site.asked) == ["/feed", "/oars", "/robots.txt"]


def test_the_page_of_an_item_is_asked_for_again_when_the_item_is_edited(shelf: Shelf) -> None:
    shelf.site.replies["/feed"] = rss(shortened(1, "Oars"))
    shelf.fetch("/feed")
    shelf.fetch("/feed")
    assert shelf.site.asked == ["/feed"]
    shelf.site.replies["/oars"] = page("Oars", "Oars are turned on a lathe now.")
    shelf.site.replies["/feed"] = rss(item(1, "Oars", "They are turned, and …", summary=True, link="{here}/oars"))
    shelf.fetch("/feed")
    assert [one.paragraphs[0].text for one in shelf.articles("/feed")] == ["Oars are turned on a lathe now."]
    # And when the feed gives its text, that is its text.
    shelf.site.replies["/feed"] = rss(item(1, "Oars", "Nobody turns them any more.", link="{here}/oars"))
    shelf.fetch("/feed")
    assert [one.paragraphs[0].text for one in shelf.articles("/feed")] == ["Nobody turns them any more."]


def test_a_page_behind_an_item_is_judged_like_any_other_address(shelf: Shelf) -> None:
    shelf.site.replies["/feed"] = rss(
        item(1, "Inside", "It begins, and …", summary=True, link="http://169.254.169.254/latest/"),
        item(2, "Door", "It begins, and …", summary=True, link="{here}/door"),
        item(3, "Odd", "It begins, and …", summary=True, link="file:///etc/passwd"),
    )
    shelf.site.replies["/door"] = sends_to("http://[::ffff:127.0.0.1]:9/")
    fetched = shelf.fetch("/feed")
    assert shelf.titles("/feed") == ["Door", "Inside", "Odd"]
    assert all("private address" in reason for reason in told(fetched).values())
    assert len(fetched.skipped) == 2


# --- What is no feed, and when it is asked again ---


@pytest.mark.parametrize(
    ("reply", "said"),
    [
        (page("Welcome", "The shop is closed on Mondays, and on feast days too."), "no feed any more, but a web page"),
        (page("Just a moment...", "Checking your browser."), "wants a person"),
        (xml("<urlset><url><loc>{here}/oars</loc></url></urlset>"), "no feed any more, but a sitemap"),
        (Reply("  ", headers={"Content-Type": "application/rss+xml"}), "the answer is empty"),
    ],
)
def test_a_feed_that_turns_into_something_else_keeps_its_articles(reply: Reply, said: str, shelf: Shelf) -> None:
    shelf.site.replies["/feed"] = rss(OARS, KELP, ETag='"1"')
    shelf.fetch("/feed")
    shelf.site.replies["/feed"] = reply
    assert said in told(shelf.fetch("/feed"))["feed"]
    assert shelf.titles("/feed") == ["Kelp", "Oars"]
    # And what came with it is no validator of the feed.
    shelf.site.replies["/feed"] = rss(OARS, KELP, PEAT)
    shelf.fetch("/feed")
    assert shelf.titles("/feed") == ["Kelp", "Oars", "Peat"]


def test_a_feed_that_is_cut_off_gives_its_whole_items(shelf: Shelf) -> None:
    whole = str(rss(OARS, KELP).body)
    shelf.site.replies["/feed"] = xml(whole[: whole.index("Kelp")], Content_Type="application/rss+xml")
    shelf.fetch("/feed")
    assert shelf.titles("/feed") == ["Oars"]
    shelf.site.replies["/feed"] = rss(OARS, KELP)
    shelf.fetch("/feed")
    assert shelf.titles("/feed") == ["Kelp", "Oars"]


def test_the_charset_of_the_answer_counts_where_a_feed_states_none(shelf: Shelf) -> None:
    whole = str(rss(item(1, "Лодка", "Лодка стоит у причала.")).body)
    body = whole[whole.index("<rss") :]
    shelf.site.replies["/feed"] = Reply(body.encode("koi8-r"), headers={"Content-Type": "text/xml; charset=koi8-r"})
    shelf.fetch("/feed")
    assert shelf.titles("/feed") == ["Лодка"]


def test_a_feed_says_for_how_long_it_will_do_and_failures_are_tried_again_ever_later(shelf: Shelf) -> None:
    shelf.site.replies["/feed"] = rss(OARS, head="<ttl>180</ttl>")
    shelf.fetch("/feed")
    asked = []
    shelf.site.replies["/feed"] = Reply(status=500)
    for hour in (1.0, 2.75, 3.0, 3.2, 3.25, 3.7, 3.75, 4.7, 4.75, 6.7, 6.75, 10.7, 10.75, 18.7, 18.75):
        shelf.hour = hour
        shelf.fetch("/feed", due_only=True)
        if shelf.site.asked:
            asked.append(shelf.hour)
    assert asked == [3.0, 3.25, 3.75, 4.75, 6.75, 10.75, 18.75]


def test_a_head_of_any_length_is_not_repeated_in_each_item(shelf: Shelf) -> None:
    long = f"<description>{'The diary of the slipway. ' * 20_000}</description>" + "<category>tide</category>" * 5000
    shelf.site.replies["/feed"] = rss(*(item(n, f"Day {n}", f"Boat {n} was launched.") for n in range(50)), head=long)
    shelf.fetch("/feed")
    assert len(shelf.titles("/feed")) == 50
    assert all(file.stat().st_size < 1 << 14 for file in shelf.of("/feed").glob("[!.]*.rss"))


def test_an_item_is_read_as_it_would_be_in_a_feed_that_lies_in_a_file(shelf: Shelf, tmp_path: Path) -> None:
    from index import read

    body = str(rss(OARS, KELP, PEAT).body).replace("{here}", shelf.site.origin)
    shelf.site.replies["/feed"] = rss(OARS, KELP, PEAT)
    shelf.fetch("/feed")
    (tmp_path / "feed.rss").write_text(body)

    def said(articles: list[Article]) -> set[tuple[object, ...]]:
        return {(one.title, one.paragraphs, one.url, one.key, one.source, one.date) for one in articles}

    in_file = [part for part in read([tmp_path / "feed.rss"]) if isinstance(part, Article)]
    assert said(shelf.articles("/feed")) == said(in_file)
