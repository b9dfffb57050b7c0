"""Books: the order of reading, where a chapter begins and ends, and which pages are none."""

import io
import zipfile
from pathlib import Path
from unicodedata import normalize

import pytest

from index.model import Article, Skipped
from tests.office import articles, epub, found, one, page, texts, told

NORTH, SOUTH, EAST = "The north wind owns the roofs.", "The south wind owes it rent.", "The east wind has moved out."


def line(name: str, label: str, below: str = "") -> str:
    return f'<li><a href="{name}">{label}</a>{f"<ol>{below}</ol>" if below else ""}</li>'


def heading(text: str, level: int = 2) -> str:
    return f"<h{level}>{text}</h{level}>"


def p(text: str) -> str:
    return f"<p>{text}</p>"


def outline(book: list[Article]) -> list[tuple[str, list[str]]]:
    return [(article.title, texts(article)) for article in book]


def test_chapters_come_in_the_order_of_reading_with_what_the_book_states(tmp_path: Path) -> None:
    data = (
        '<dc:title>A Book of Winds</dc:title><dc:creator id="a">Ines Gale</dc:creator><dc:creator id="b">T</dc:creator>'
        '<meta refines="#a" property="role">aut</meta><meta refines="#b" property="role">trl</meta>'
        "<dc:publisher>Quay Press</dc:publisher><dc:language>en-GB</dc:language>"
        '<dc:date opf:event="conversion">2022-02-02</dc:date><dc:date opf:event="publication">2021-05-02</dc:date>'
        '<meta property="dcterms:modified">2023-03-03</meta>'
    )
    pages = {"z.xhtml": heading("North") + p(NORTH), "a.xhtml": heading("South") + p(SOUTH)}
    book = articles(
        tmp_path / "a.epub", epub(pages, contents=line("z.xhtml", "North") + line("a.xhtml", "South"), data=data)
    )
    assert outline(book) == [("North", [NORTH]), ("South", [SOUTH])]
    stated = {(one.source, one.author, one.date, one.language) for one in book}
    assert stated == {("A Book of Winds", "Ines Gale", "2021-05-02", "en")}
    assert len({one.key for one in book}) == 2


def test_a_chapter_goes_on_in_files_that_the_contents_do_not_name(tmp_path: Path) -> None:
    pages = {"a_1.xhtml": heading("North") + p(NORTH), "a_2.xhtml": p(SOUTH), "b.xhtml": heading("East") + p(EAST)}
    contents = line("a_1.xhtml", "North") + line("b.xhtml", "East")
    assert outline(articles(tmp_path / "a.epub", epub(pages, contents=contents))) == [
        ("North", [NORTH, SOUTH]),
        ("East", [EAST]),
    ]


def test_a_file_with_a_heading_of_the_same_rank_is_a_chapter_though_the_contents_forgot_it(tmp_path: Path) -> None:
    pages = {"a.xhtml": heading("North") + p(NORTH), "b.xhtml": heading("Squalls", 3) + p(SOUTH)}
    pages["c.xhtml"] = heading("East") + p(EAST)
    assert outline(articles(tmp_path / "a.epub", epub(pages, contents=line("a.xhtml", "North")))) == [
        ("North", [NORTH, f"Squalls\n{SOUTH}"]),
        ("East", [EAST]),
    ]


@pytest.mark.parametrize(
    "begins",
    [
        '<h2 id="{}">{}</h2>',
        '<h2><a id="{}"></a>{}</h2>',
        '<a name="{}"/><h2>{}</h2>',
        '<div id="{}"><h2>{}</h2></div>',
    ],
)
def test_several_chapters_in_a_file_are_cut_at_their_places(tmp_path: Path, begins: str) -> None:
    inside = p(SOUTH) + begins.format("n", "North") + p(NORTH) + p(EAST) + begins.format("s t", "South") + p(SOUTH)
    pages = {"1.xhtml": heading("Foreword") + p(EAST), "two parts.xhtml": inside}
    contents = (
        line("1.xhtml", "Foreword") + line("two%20parts.xhtml#n", "North") + line("two%20parts.xhtml#s%20t", "South")
    )
    assert outline(articles(tmp_path / "a.epub", epub(pages, contents=contents))) == [
        ("Foreword", [EAST, SOUTH]),
        ("North", [NORTH, EAST]),
        ("South", [SOUTH]),
    ]


def test_sections_of_a_chapter_are_no_chapters_and_chapters_of_a_part_are(tmp_path: Path) -> None:
    chapter = '<h2 id="n">North</h2>' + p(NORTH) + '<h3 id="q">Squalls</h3>' + p(SOUTH)
    part = '<h1 id="p">Part Two</h1><h2 id="e">East</h2>' + p(EAST) + '<h2 id="w">West</h2>' + p(NORTH)
    contents = line("a.xhtml#n", "North", line("a.xhtml#q", "Squalls"))
    contents += line("b.xhtml#p", "Part Two", line("b.xhtml#e", "East") + line("b.xhtml#w", "West"))
    assert outline(articles(tmp_path / "a.epub", epub({"a.xhtml": chapter, "b.xhtml": part}, contents=contents))) == [
        ("North", [NORTH, f"Squalls\n{SOUTH}"]),
        ("East", [EAST]),
        ("West", [NORTH]),
    ]


def test_a_chapter_of_a_part_keeps_its_sections_though_nothing_stands_above_them(tmp_path: Path) -> None:
    chapter = '<h2 id="n">North</h2><h3 id="q">Squalls</h3>' + p(SOUTH) + '<h3 id="c">Calms</h3>' + p(EAST)
    sections = line("a.xhtml#q", "Squalls") + line("a.xhtml#c", "Calms")
    contents = line("p.xhtml", "Part One", line("a.xhtml#n", "North", sections))
    pages = {"p.xhtml": heading("Part One", 1), "a.xhtml": chapter}
    assert outline(articles(tmp_path / "a.epub", epub(pages, contents=contents))) == [
        ("North", [f"Squalls\n{SOUTH}", f"Calms\n{EAST}"])
    ]


def test_chapters_indented_under_a_part_in_a_file_of_its_own_are_chapters(tmp_path: Path) -> None:
    pages = {
        "p.xhtml": heading("Part One", 1),
        "a.xhtml": heading("North") + p(NORTH),
        "b.xhtml": heading("East") + p(EAST),
    }
    contents = line("p.xhtml", "Part One", line("a.xhtml", "North") + line("b.xhtml", "East"))
    assert [one.title for one in articles(tmp_path / "a.epub", epub(pages, contents=contents))] == ["North", "East"]


def test_an_old_book_has_its_contents_in_an_ncx_file(tmp_path: Path) -> None:
    ncx = """<!DOCTYPE ncx PUBLIC "-//NISO//DTD ncx 2005-1//EN" "http://www.daisy.org/z3986/2005/ncx-2005-1.dtd">
<ncx xmlns="http://www.daisy.org/z3986/2005/ncx/"><navMap>
<navPoint><navLabel><text>North &amp; South</text></navLabel><content src="a.xhtml"/>
<navPoint><navLabel><text>East</text></navLabel><content src="b.xhtml#top"/></navPoint></navPoint></navMap></ncx>"""
    pages = {"a.xhtml": p(NORTH), "b.xhtml": p(EAST)}
    book = articles(tmp_path / "a.epub", epub(pages, members={"OPS/toc.ncx": ncx}))
    assert outline(book) == [("North & South", [NORTH]), ("East", [EAST])]


def test_a_book_without_contents_has_a_chapter_a_file(tmp_path: Path) -> None:
    pages = {"a.xhtml": heading("North") + p(NORTH), "b.xhtml": p(EAST), "c.xhtml": p(SOUTH)}
    book = articles(tmp_path / "a.epub", epub(pages))
    assert outline(book) == [("North", [NORTH]), ("A Book of Winds, 2", [EAST]), ("A Book of Winds, 3", [SOUTH])]


def test_cover_title_page_contents_imprint_and_what_stands_aside_are_told_and_no_articles(tmp_path: Path) -> None:
    pages = {
        "cover.xhtml": '<div><img src="c.png" alt="A Book of Winds"/></div>',
        "title.xhtml": heading("A Book of Winds", 1) + p("by Ines Gale"),
        "half.xhtml": f'<section epub:type="halftitlepage">{p("Of winds")}</section>',
        "rights.xhtml": p("All rights are in a drawer."),
        "list.xhtml": heading("In This Book")
        + p('<a href="a.xhtml">North</a> <a href="b.xhtml">East</a> <a href="w.xhtml">W</a>'),
        "nav.xhtml": "",
        "a.xhtml": heading("North") + p(NORTH),
        "w.xhtml": p("Thank you for buying this."),
        "b.xhtml": heading("East") + p(EAST),
    }
    contents = line("title.xhtml", "Title") + line("a.xhtml", "North") + line("b.xhtml", "East")
    data = "<dc:title>A Book of Winds</dc:title><dc:creator>Ines Gale</dc:creator>"
    guide = '<reference type="copyright-page" href="rights.xhtml"/>'
    del pages["nav.xhtml"]
    book = articles(tmp_path / "a.epub", epub(pages, contents=contents, data=data, aside="w.xhtml", guide=guide))
    assert outline(book) == [("North", [NORTH]), ("East", [EAST])]
    reasons = {one.reason for article in book for one in article.dropped}
    assert reasons == {
        "a title page of the book",
        "an imprint of the book",
        "a table of contents of the book",
        "outside the order of reading of the book",
    }


@pytest.mark.parametrize("label", ["Copyright", "Title Page", "INHALT", "Mentions légales", "Обложка", "目次"])
def test_what_the_contents_call_a_page_of_the_book_itself_is_no_article(tmp_path: Path, label: str) -> None:
    pages = {"a.xhtml": p("First printing."), "b.xhtml": heading("East") + p(EAST)}
    book = articles(tmp_path / "a.epub", epub(pages, contents=line("a.xhtml", label) + line("b.xhtml", "East")))
    assert outline(book) == [("East", [EAST])]
    long = {**pages, "a.xhtml": p("The law of copyright was argued at length. " * 100)}
    book = articles(tmp_path / "b.epub", epub(long, contents=line("a.xhtml", label) + line("b.xhtml", "East")))
    assert [article.title for article in book] == ([label, "East"] if label not in ("INHALT", "目次") else ["East"])


@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_files_of_a_book_may_have_names_in_any_letters_and_not_say_so(tmp_path: Path, form: str) -> None:
    book = epub({"köln.xhtml": heading("North") + p(NORTH), "四.xhtml": heading("East") + p(EAST)})
    unstated, names = io.BytesIO(), {}
    with zipfile.ZipFile(io.BytesIO(book)) as whole, zipfile.ZipFile(unstated, "w") as archive:
        for number, name in enumerate(whole.namelist()):
            spelt = normalize("NFD" if form == "NFD" else "NFC", name).encode()
            stand_in = f"~{number}".ljust(len(spelt), "~")
            names[stand_in.encode()] = spelt
            archive.writestr(stand_in, whole.read(name))
    raw = unstated.getvalue()
    for written, spelt in names.items():
        # Bytes beyond ASCII without the flag of UTF-8, as some programs write them.
        raw = raw.replace(written, spelt)
    assert outline(articles(tmp_path / "a.epub", raw)) == [("North", [NORTH]), ("East", [EAST])]


@pytest.mark.parametrize(
    ("inside", "label", "title"),
    [
        (heading("The<br/> North"), "north wind", "The North"),
        (heading("1"), "1. The North", "1. The North"),
        ('<p class="h">The North</p>', "The North", "The North"),
        (heading("A Book of Winds", 1) + heading("The North"), "The North", "The North"),
        (heading("A Book of Winds", 1), "The North", "The North"),
    ],
)
def test_a_chapter_is_called_by_its_heading_else_by_the_contents(
    tmp_path: Path, inside: str, label: str, title: str
) -> None:
    pages = {"a.xhtml": page(inside + p(NORTH), title="Unknown"), "b.xhtml": heading("East") + p(EAST)}
    book = articles(tmp_path / "a.epub", epub(pages, contents=line("a.xhtml", label) + line("b.xhtml", "East")))
    assert outline(book)[0] == (title, [NORTH])


def test_a_book_of_one_chapter_may_be_called_by_its_own_title(tmp_path: Path) -> None:
    article = one(tmp_path / "a.epub", epub({"a.xhtml": heading("A Book of Winds", 1) + p(NORTH)}))
    assert (article.title, texts(article)) == ("A Book of Winds", [NORTH])
    assert one(tmp_path / "b.epub", epub({"a.xhtml": p(NORTH)})).title == "A Book of Winds"
    unnamed = epub(
        {"a.xhtml": p(NORTH)}, data="<dc:title>Unknown</dc:title><dc:date>0101-01-01T00:00:00+00:00</dc:date>"
    )
    article = one(tmp_path / "of_winds.epub", unnamed)
    assert (article.title, article.source, article.date) == ("of winds, 1", None, None)


@pytest.mark.parametrize(
    "mark",
    [
        '<a epub:type="noteref" href="#n1"><sup>1</sup></a>',
        '<a href="notes.xhtml#n1"><sup>[1]</sup></a>',
        '<sup><a href="#n1" id="r1">*</a></sup>',
        '<a role="doc-noteref" href="#n1">1</a>',
        '<span epub:type="pagebreak" id="p7">7</span>',
        '<label><a href="#p3">12</a></label>',
    ],
)
def test_marks_of_notes_and_pages_are_not_in_the_sentence_and_the_note_stands_once(tmp_path: Path, mark: str) -> None:
    inside = p(f"The north wind{mark} owns the roofs.")
    back = '<a epub:type="backlink" href="#r1">↩</a>'
    note = f'<aside epub:type="footnote" id="n1">{p(f"So it says. {back}")}</aside>'
    article = one(tmp_path / "a.epub", epub({"a.xhtml": heading("North") + inside + note}))
    assert texts(article) == [NORTH, "So it says."]


def test_a_number_that_is_a_link_in_a_sentence_stays_and_menus_go(tmp_path: Path) -> None:
    inside = '<div role="navigation"><h3>Navigation</h3><a href="b.xhtml">next</a></div>' + heading("North")
    inside += p(f'{NORTH} See <a href="#c3">3</a>.') + "<nav><a href='b.xhtml'>next</a></nav>"
    article = one(tmp_path / "a.epub", epub({"a.xhtml": inside}))
    assert (article.title, texts(article)) == ("North", [f"{NORTH} See 3."])


def test_a_number_that_is_raised_without_being_a_link_stays(tmp_path: Path) -> None:
    article = one(tmp_path / "a.epub", epub({"a.xhtml": heading("North") + p("It is 10<sup>3</sup> strong.")}))
    assert texts(article) == ["It is 103 strong."]


def test_lists_tables_and_captions_of_a_chapter_are_those_of_any_page(tmp_path: Path) -> None:
    inside = p("It takes:") + "<ul><li>tiles</li><li>hats</li></ul>"
    inside += "<figure><img src='g.png' alt=''/><figcaption>A hat</figcaption></figure>"
    article = one(tmp_path / "a.epub", epub({"a.xhtml": heading("North") + inside + p(NORTH)}))
    assert [(part.kind, part.text) for part in article.paragraphs] == [
        ("paragraph", "It takes:\ntiles\nhats"),
        ("caption", "A hat"),
        ("paragraph", NORTH),
    ]


def test_a_page_that_is_no_good_xml_is_read_as_browsers_read_it(tmp_path: Path) -> None:
    broken = page(f"<h2>North<p>{NORTH}<br><p>Caf&eacute;&nbsp;au vent & more")
    article = one(tmp_path / "a.epub", epub({"a.xhtml": broken}))
    assert texts(article)[-1] == "Café au vent & more"


def test_a_chapter_that_cannot_be_read_costs_itself_alone(tmp_path: Path) -> None:
    bad = '<?xml version="1.0"?><!DOCTYPE html [<!ENTITY wind "blow">]><html><body><p>&wind;</p></body></html>'
    pages = {"a.xhtml": heading("North") + p(NORTH), "bad.xhtml": bad, "c.xhtml": heading("East") + p(EAST)}
    skipped, *book = sorted(found(tmp_path / "a.epub", epub(pages)), key=lambda part: isinstance(part, Article))
    assert isinstance(skipped, Skipped)
    assert skipped.reason.startswith('"OPS/bad.xhtml" in it: it declares entities')
    assert [part.title for part in book if isinstance(part, Article)] == ["North", "East"]


def encrypted(algorithm: str, name: str) -> dict[str, str | bytes]:
    enc = "http://www.w3.org/2001/04/xmlenc#"
    data = (
        f'<e:EncryptedData><e:EncryptionMethod Algorithm="{algorithm}"/><e:CipherData><e:CipherReference URI="{name}"/>'
    )
    entry = f"{data}</e:CipherData></e:EncryptedData>"
    names = f'xmlns="urn:oasis:names:tc:opendocument:xmlns:container" xmlns:e="{enc}"'
    return {"META-INF/encryption.xml": f"<encryption {names}>{entry}</encryption>"}


def test_a_protected_book_is_told_and_scrambled_fonts_are_no_protection(tmp_path: Path) -> None:
    pages = {"a.xhtml": heading("North") + p(NORTH)}
    aes = "http://www.w3.org/2001/04/xmlenc#aes128-cbc"
    assert "protected (DRM)" in told(tmp_path / "a.epub", epub(pages, members=encrypted(aes, "OPS/a.xhtml")))
    for algorithm, name in (("http://www.idpf.org/2008/embedding", "OPS/f.otf"), (aes, "OPS/f.otf")):
        assert texts(one(tmp_path / "b.epub", epub(pages, members=encrypted(algorithm, name)))) == [NORTH]


def test_a_book_named_otherwise_is_read_as_what_it_is(tmp_path: Path) -> None:
    assert one(tmp_path / "book.txt", epub({"a.xhtml": p(NORTH)})).title == "A Book of Winds"
