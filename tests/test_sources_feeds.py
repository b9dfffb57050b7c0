"""Feeds of RSS, Atom and JSON Feed: what they state, in whichever form, and nothing else."""

import base64
import json
import random
from pathlib import Path
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.model import Article, Skipped
from index.sources import read
from index.sources.blocks.layout import normalise
from tests.records import found, texts

RSS = '<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"'
RSS += ' xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><title>Weir &amp;amp; Mill</title>'
RSS += "<link>https://weir.example/</link><language>de-AT</language>"
RSS += "<lastBuildDate>Mon, 09 Mar 2026 08:00:00 +0000</lastBuildDate>"
ATOM = (
    '<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="fr" xml:base="https://lock.example/x/"><title>The Lock</title>'
)
GATE = "The upper gate sticks, and the keeper oils it with butter."
LONG = "Nobody has counted the herons of the weir, since they count back."


def rss(tmp_path: Path, *items: str, head: str = RSS) -> list[Article | Skipped]:
    inside = "".join(f"<item>{item}</item>" for item in items)
    return found(tmp_path / "feed.xml", f"<?xml version='1.0'?>\n{head}{inside}</channel></rss>")


def atom(tmp_path: Path, *entries: str) -> list[Article | Skipped]:
    inside = "".join(f"<entry>{entry}</entry>" for entry in entries)
    return found(tmp_path / "feed.xml", f"{ATOM}<author><name>Oda Rill</name></author>{inside}</feed>")


def one(parts: list[Article | Skipped]) -> Article:
    (article,) = parts
    assert isinstance(article, Article), article
    return article


def reasons(parts: list[Article | Skipped]) -> list[str]:
    return [part.reason for part in parts if isinstance(part, Skipped)]


def test_the_full_text_of_an_item_comes_before_its_teaser_and_its_fields_are_as_stated(tmp_path: Path) -> None:
    article = one(
        rss(
            tmp_path,
            "<title>Gates &amp;amp; Weirs</title><link>/2026/gates</link><guid>https://weir.example/?p=9</guid>"
            f"<description>The upper gate [...]</description><dc:creator>Oda Rill</dc:creator>"
            f"<content:encoded><![CDATA[<p>{GATE}</p><figure><img src='/g.jpg'>"
            "<figcaption>The gate</figcaption></figure>"
            f"<ul><li>butter</li><li>tallow</li></ul><p>{LONG}&nbsp;</p><p><a href='#'>Read more</a></p>]]>"
            "</content:encoded><pubDate>Thu, 05 Mar 2026 00:30:00 +0200</pubDate>",
        )
    )
    assert texts(article) == [GATE, "The gate", "butter\ntallow", LONG]
    assert [part.kind for part in article.paragraphs][1] == "caption"
    assert (article.title, article.source, article.author) == ("Gates & Weirs", "Weir & Mill", "Oda Rill")
    assert (article.url, article.language) == ("https://weir.example/2026/gates", "de")
    assert article.date == "2026-03-05T00:30:00+02:00"
    assert [dropped.text for dropped in article.dropped] == ["Read more"]


def test_a_description_is_the_text_where_there_is_no_other_and_a_cut_one_is_told(tmp_path: Path) -> None:
    parts = rss(
        tmp_path,
        f"<title>A</title><description>{GATE}\n\nOf 7 gates 2 &lt; 3 gates hold.</description>",
        f"<title>B</title><description>&lt;p&gt;{GATE} …&lt;/p&gt;</description>",
        "<title>C</title><description>Der Müller mahlt nachts. Weiterlesen →</description>",
        f"<description>&lt;p&gt;{LONG}&lt;/p&gt;</description><link>https://weir.example/d</link>",
        "<title>Nothing</title>",
    )
    articles = [part for part in parts if isinstance(part, Article)]
    assert [article.title for article in articles] == ["A", "B", "C", "Nobody has counted the herons of the weir,…"]
    assert texts(articles[0]) == [GATE, "Of 7 gates 2 < 3 gates hold."]
    assert {article.date for article in articles} == {None}
    assert reasons(parts) == ["no text in it", "it gives 2 of its 4 articles as a summary only"]


@pytest.mark.parametrize(
    ("stated", "author"),
    [
        ("<author>oda@weir.example (Oda Rill)</author>", "Oda Rill"),
        ("<author>oda@weir.example</author>", None),
        ("<dc:creator>Oda</dc:creator><dc:creator>Ben</dc:creator>", "Oda"),
        ("", None),
    ],
)
def test_an_author_is_a_name(tmp_path: Path, stated: str, author: str | None) -> None:
    assert one(rss(tmp_path, f"<title>A</title>{stated}<description>{GATE}</description>")).author == author


def test_the_title_of_a_channel_may_stand_behind_its_items_and_rss_1_has_them_beside_it(tmp_path: Path) -> None:
    item = f"<item><title>Gate</title><link>https://w.example/g</link><description>{GATE}</description></item>"
    late = f"<rss version='0.91'><channel>{item}<title>Late</title></channel></rss>"
    assert one(found(tmp_path / "a.xml", late)).source == "Late"
    rdf = "<rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#' xmlns='http://purl.org/rss/1.0/'>"
    rdf += f"<channel><title>Beside</title></channel>{item}</rdf:RDF>"
    article = one(found(tmp_path / "b.rdf", rdf))
    assert (article.source, article.title, article.url) == ("Beside", "Gate", "https://w.example/g")


def test_the_texts_of_atom_are_what_they_say_they_are(tmp_path: Path) -> None:
    xhtml = '<div xmlns="http://www.w3.org/1999/xhtml"><p>A gate is <em>lifted</em>, not turned.</p>'
    xhtml += "<ul><li>up</li></ul></div>"
    parts = atom(
        tmp_path,
        f"<title type='html'>Gates &amp;lt;all&amp;gt;</title><content type='xhtml'>{xhtml}</content>",
        "<title>The tag &lt;i&gt;</title><content type='text'>Write &lt;i&gt; in chalk on each gate.</content>",
        f"<title type='text'>H</title><content type='html'>&lt;h2&gt;Oil&lt;/h2&gt;&lt;p&gt;{GATE}&lt;/p&gt;</content>",
    )
    articles = [part for part in parts if isinstance(part, Article)]
    assert [article.title for article in articles] == ["Gates <all>", "The tag <i>", "H"]
    assert [texts(article) for article in articles] == [
        ["A gate is lifted, not turned.", "up"],
        ["Write <i> in chalk on each gate."],
        [f"Oil\n{GATE}"],
    ]
    assert {(article.author, article.source, article.language) for article in articles} == {
        ("Oda Rill", "The Lock", "fr")
    }


@pytest.mark.parametrize(
    ("stated", "written", "came_out"),
    [
        ("type='application/octet-stream' mode='base64'", f"<p>{GATE}</p>".encode(), [GATE]),
        ("type='text/html' mode='base64'", f"<h2>Oil</h2><p>{GATE}</p>".encode(), [f"Oil\n{GATE}"]),
        ("type='text/plain' mode='base64'", "Écluse <b> fermée.".encode("windows-1252"), ["Écluse <b> fermée."]),
        ("type='application/octet-stream'", LONG.encode(), [LONG]),
        ("type='image/png'", b"\x89PNG\r\n" + bytes(90), ["A teaser."]),
        ("type='audio/mpeg' mode='base64'", bytes(range(256)), ["A teaser."]),
    ],
)
def test_a_text_of_atom_in_base64_is_unpacked_and_a_picture_is_none(
    tmp_path: Path, stated: str, written: bytes, came_out: list[str]
) -> None:
    content = base64.encodebytes(written).decode()
    parts = atom(tmp_path, f"<title>Gate</title><content {stated}>{content}</content><summary>A teaser.</summary>")
    assert [texts(part) for part in parts if isinstance(part, Article)] == [came_out]


def test_a_text_that_states_another_kind_and_is_a_text_stays(tmp_path: Path) -> None:
    parts = atom(tmp_path, f"<title>Gate</title><content type='application/x-note'>{GATE}</content>")
    assert texts(one(parts)) == [GATE]


def test_the_address_of_an_entry_is_its_page_and_its_date_that_of_publication(tmp_path: Path) -> None:
    parts = atom(
        tmp_path,
        "<title>A</title><link rel='edit' href='/edit/1'/><link rel='enclosure' href='a.mp3'/><link href='a'/>"
        f"<published>2025-11-02T09:00:00Z</published><updated>2026-01-15T10:00:00Z</updated><content>{GATE}</content>",
        f"<title>B</title><updated>2025-12-01T06:00:00+01:00</updated><summary>{GATE}</summary>",
        f"<title>C</title><summary>{LONG}</summary><content type='text/html' src='c.html'/>",
    )
    first, second, third = (part for part in parts if isinstance(part, Article))
    assert (first.url, first.date) == ("https://lock.example/x/a", "2025-11-02T09:00:00+00:00")
    assert (second.url, second.date) == (None, "2025-12-01T06:00:00+01:00")
    assert texts(third) == [LONG]
    assert reasons(parts) == [
        "it gives 1 of its 3 articles as a summary only",
        "of 1 of its 3 articles the text is elsewhere, and is not fetched",
    ]


def test_a_json_feed_is_read_item_by_item(tmp_path: Path) -> None:
    items: list[dict[str, object]] = [
        {
            "id": "1",
            "url": "/gates",
            "title": "Gates <b>",
            "content_html": f"<p>{GATE}</p><p>{LONG}</p>",
            "summary": "S",
            "date_published": "2026-02-01T18:00:00+01:00",
        },
        {"id": "https://w.example/2", "content_text": f"Oil is dear.\n\nThe tag <b> stays. {LONG}"},
        {"id": "3", "external_url": "https://far.example/", "summary": GATE, "author": {"name": "Ben"}},
    ]
    feed = {"version": "https://jsonfeed.org/version/1.1", "items": items, "title": "Weir", "language": "en-GB"}
    feed |= {"feed_url": "https://w.example/feed.json", "authors": [{"name": "Oda"}, {"name": "Ute"}]}
    parts = found(tmp_path / "feed.json", json.dumps(feed))
    first, second, third = (part for part in parts if isinstance(part, Article))
    assert (first.title, first.url, first.author, first.language) == (
        "Gates <b>",
        "https://w.example/gates",
        "Oda, Ute",
        "en",
    )
    assert (first.date, texts(first)) == ("2026-02-01T18:00:00+01:00", [GATE, LONG])
    assert (second.title, second.url) == ("Oil is dear.", "https://w.example/2")
    assert texts(second) == ["Oil is dear.", f"The tag <b> stays. {LONG}"]
    assert (third.url, third.author, third.source) == (None, "Ben", "Weir")
    assert reasons(parts) == ["it gives 1 of its 3 articles as a summary only"]


def test_any_object_with_a_version_and_items_is_no_feed(tmp_path: Path) -> None:
    (part,) = found(tmp_path / "other.json", json.dumps({"version": "1.1", "items": [{"id": 1, "name": "hemp"}]}))
    assert isinstance(part, Skipped)
    assert part.reason.startswith("no text in it")


@pytest.mark.parametrize("encoding", ["utf-16", "windows-1251", "utf-8"])
def test_a_feed_is_in_the_encoding_that_it_declares(tmp_path: Path, encoding: str) -> None:
    text = "Ворота шлюза скрипят, и смотритель мажет их маслом."
    feed = f"<?xml version='1.0' encoding='{encoding}'?><rss><channel><item><title>Ш</title><description>{text}"
    assert texts(one(found(tmp_path / "a.xml", f"{feed}</description></item></channel></rss>".encode(encoding)))) == [
        text
    ]


@pytest.mark.parametrize(
    ("written", "came_out"),
    [
        ("<![CDATA[One\x0b two\x01 three]]>", "One two three"),
        ("One &nbsp;&eacute;t&eacute; & two &bogus; &#0;&#x1F600;", "One été & two &bogus; 😀"),
        ("<![CDATA[]]]]><![CDATA[> is how a section ends]]>", "]]> is how a section ends"),
        ("<p>One <b>two</b><br/>three</p>", "One two\nthree"),
    ],
)
def test_what_no_parser_takes_is_mended_first(tmp_path: Path, written: str, came_out: str) -> None:
    parts = rss(tmp_path, f"<title>A</title><description>{written}</description>", f"<description>{GATE}</description>")
    assert [texts(part) for part in parts if isinstance(part, Article)] == [[came_out], [GATE]]


def test_entities_are_refused_and_a_doctype_is_not(tmp_path: Path) -> None:
    laughs = "".join(f'<!ENTITY l{at} "{f"&l{at - 1};" * 10}">' for at in range(1, 10))
    bomb = f'<!DOCTYPE rss [<!ENTITY l0 "ha">{laughs}]>{RSS}<item><title>&l9;</title></item></channel></rss>'
    assert reasons(found(tmp_path / "bomb.xml", bomb)) == ["it declares entities, as documents do that mean harm"]
    doctype = '<!DOCTYPE rss PUBLIC "-//Netscape//DTD RSS 0.91//EN" "http://my.example/rss.dtd">'
    assert one(
        found(tmp_path / "old.xml", f"{doctype}{RSS}<item><description>{GATE}</description></item></channel></rss>")
    )


def test_a_feed_that_ends_too_early_gives_its_whole_items_wherever_it_is_cut(tmp_path: Path) -> None:
    items = "".join(f"<item><title>No. {at}</title><description>{GATE} {at}.</description></item>" for at in range(9))
    whole = f"{RSS}{items}</channel></rss>".encode()
    for at in range(1, 10):
        raw = whole[: len(whole) * at // 10]
        parts = found(tmp_path / "feed.xml", raw)
        read_whole = [part for part in parts if isinstance(part, Article)]
        assert len(read_whole) == raw.count(b"</item>")
        assert all(texts(article) == [f"{GATE} {number}."] for number, article in enumerate(read_whole))
        assert reasons(parts)[-1].startswith(("it ends too early", "no article")) or b"<item>" not in raw


def test_a_feed_that_is_nested_too_deep_is_told(tmp_path: Path) -> None:
    deep = f"{RSS}<item><description>{'<a>' * 100_000}{GATE}{'</a>' * 100_000}</description></item></channel></rss>"
    assert reasons(found(tmp_path / "deep.xml", deep)) == ["its elements are nested too deep"]


def test_whatever_is_broken_in_a_feed_or_an_export_is_no_fault_of_the_reader(tmp_path: Path) -> None:
    chance = random.Random(16)  # noqa: S311 - no secret
    item = f"<item><title>A</title><description>{GATE}</description></item>"
    posts = [{"id": 1, "type": "message", "text": [{"type": "bold", "text": GATE}, LONG]}] * 2
    version = "https://jsonfeed.org/version/1.1"
    whole = (
        f"{RSS}{item * 3}</channel></rss>",
        f"{RSS}{item * 3}</channel></rss>".replace("<rss", "<rss xmlns:wp='http://wordpress.org/export/1.2/'"),
        f"{ATOM}<entry><title>A</title><content type='xhtml'><div><p>{GATE}</p></div></content></entry></feed>",
        json.dumps({"version": version, "items": [{"id": "1", "content_html": f"<p>{GATE}</p>"}] * 3}),
        json.dumps({"name": "N", "type": "public_channel", "id": 7, "messages": posts}),
    )
    signs = (
        b"<",
        b">",
        b"&",
        b"]]>",
        b"<![CDATA[",
        b"\\x0",
        b'"',
        b"\0",
        b"\xff",
        b"<li01:00>",
        b"{",
        b"]",
        b"&#xD800;",
    )
    for number in range(150):
        raw = bytearray(whole[number % len(whole)].encode())
        for _ in range(1 + number % 7):
            at = chance.randrange(len(raw))
            raw[at : at + chance.randrange(4)] = chance.choice(signs)
        (tmp_path / f"{number}.{'json' if number % len(whole) > 2 else 'xml'}").write_bytes(raw)
    parts = list(read(tmp_path))
    assert not [part for part in parts if isinstance(part, Skipped) and "fault" in part.reason]
    assert {part.path.split(":")[0] for part in parts} == {str(path) for path in tmp_path.iterdir()}


words = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Cf", "Co", "Cn", "Zl", "Zp")), max_size=60
)


@pytest.mark.slow
@settings(max_examples=40, deadline=None)
@given(st.lists(words, min_size=1, max_size=4))
def test_what_another_library_writes_as_a_text_of_atom_comes_back(
    tmp_path_factory: pytest.TempPathFactory, lines: list[str]
) -> None:
    lines = [" ".join(f"Gate {at} {line} is shut.".split()) for at, line in enumerate(lines)]
    feed = ElementTree.Element("{http://www.w3.org/2005/Atom}feed")
    entry = ElementTree.SubElement(feed, "{http://www.w3.org/2005/Atom}entry")
    ElementTree.SubElement(entry, "{http://www.w3.org/2005/Atom}title").text = "Gates"
    ElementTree.SubElement(entry, "{http://www.w3.org/2005/Atom}content").text = "\n\n".join(lines)
    path = tmp_path_factory.mktemp("law") / "a.atom"
    path.write_bytes(ElementTree.tostring(feed, encoding="utf-8"))
    (article,) = read(path)
    assert isinstance(article, Article)
    read_back = " ".join(" ".join(texts(article)).split())
    assert "".join(read_back.split()) == "".join(normalise(" ".join(lines)).split())


def test_an_element_in_a_comment_above_a_feed_is_not_its_root(tmp_path: Path) -> None:
    head = f"<!-- Made by hand; an <item> needs a <title>.\nNo <!ENTITY is declared. -->\n{RSS}"
    parts = rss(tmp_path, f"<title>Herons</title><description>{LONG}</description>", head=head)
    assert one([part for part in parts if isinstance(part, Article)]).title == "Herons"
    assert "it ends too early" not in str(reasons(parts))
    assert "entities" not in str(reasons(parts))


def test_an_export_of_blogger_is_its_posts(tmp_path: Path) -> None:
    kind = "<category scheme='http://schemas.google.com/g/2005#kind' term='http://schemas.google.com/blogger/2008/kind#"
    draft = "<app:control xmlns:app='http://{}'><app:draft>{}</app:draft></app:control>"
    parts = atom(
        tmp_path,
        *(f"{kind}{name}'/><content>{LONG}</content>" for name in ("settings", "settings", "template", "comment")),
        f"{kind}post'/><category term='comment'/><title>Gates</title><content>{GATE}</content>",
        f"{kind}post'/><content>{LONG}</content>{draft.format('www.w3.org/2007/app', 'yes')}",
        f"<content>{LONG}</content>{draft.format('purl.org/atom/app#', 'yes')}",
        f"{kind}page'/><title>Herons</title><content>{LONG}</content>{draft.format('purl.org/atom/app#', 'no')}",
    )
    assert [part.title for part in parts if isinstance(part, Article)] == ["Gates", "Herons"]
    assert reasons(parts) == ["left out: 2 settings of the blog, 1 template, 1 comment, 2 drafts"]


@pytest.mark.parametrize(
    "foot", ["The post Eels appeared first on Weir Post.", "Der Beitrag Aale erschien zuerst auf Wehrpost."]
)
def test_what_a_blog_puts_below_each_post_of_its_feed_is_no_text(tmp_path: Path, foot: str) -> None:
    found = one(
        rss(
            tmp_path,
            f"<title>Eels</title><description>&lt;p&gt;They run.&lt;/p&gt;&lt;p&gt;{foot}&lt;/p&gt;</description>",
        )
    )
    assert [paragraph.text for paragraph in found.paragraphs] == ["They run."]
