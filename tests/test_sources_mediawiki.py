"""Dumps of wikis that run on MediaWiki: articles alone, and of their markup what a reader would see."""

import bz2
import html
from pathlib import Path
from xml.sax.saxutils import escape

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.model import Article, Skipped
from index.sources import read
from index.sources.blocks.blocks import joined
from index.sources.blocks.layout import normalise
from index.sources.exports import mediawiki
from index.sources.exports.wiki_links import Wiki
from index.sources.exports.wikitext import page_of
from index.sources.files.streams import UnusableError
from tests.records import texts

HEAD = """<mediawiki xmlns="http://www.mediawiki.org/xml/export-0.11/" version="0.11" xml:lang="de"><siteinfo>
<sitename>Moorwiki</sitename><base>https://moor.example/wiki/Hauptseite</base><namespaces><namespace key="0" />
<namespace key="1">Diskussion</namespace><namespace key="6">Datei</namespace><namespace key="10">Vorlage</namespace>
<namespace key="14">Kategorie</namespace></namespaces></siteinfo>"""
WIKI = Wiki(namespaces=(("datei", 6), ("file", 6), ("kategorie", 14), ("category", 14)))
BOG = "The bog keeps what it is given, and gives nothing back before Easter."


def revision(text: str, stamp: str = "2024-03-02T10:00:00Z", model: str = "wikitext") -> str:
    return (
        f"<revision><id>1</id><timestamp>{stamp}</timestamp><contributor><username>Ina</username></contributor>"
        f"<model>{model}</model><text bytes='1' xml:space='preserve'>{escape(text)}</text></revision>"
    )


def page(title: str, *revisions: str, more: str = "<ns>0</ns>") -> str:
    return f"<page><title>{title}</title>{more}<id>7</id>{''.join(revisions)}</page>"


def paragraphs(text: str) -> list[str]:
    return [paragraph.text for paragraph in joined(page_of("Bog", text, WIKI).blocks)]


def dump(path: Path, *pages: str) -> list[Article | Skipped]:
    path.write_text(f"{HEAD}{''.join(pages)}</mediawiki>", encoding="utf-8")
    return list(mediawiki.read(path))


def test_the_articles_of_a_dump_are_read_and_all_else_is_counted(tmp_path: Path) -> None:
    pages = (
        page("Hohes Moor", revision(BOG, "2024-03-02T10:00:00Z"), revision("It was dry.", "2020-01-01T10:00:00Z")),
        page("Moor", revision("#WEITERLEITUNG [[Hohes Moor]]")),
        page("Torf", revision("x"), more="<ns>0</ns><redirect title='Hohes Moor' />"),
        page("Diskussion:Moor", revision("Ten nights."), more="<ns>1</ns>"),
        page("Vorlage:Licht", revision("{{{name}}}"), more=""),
        page("Kategorie:Moore", revision("Moore."), more=""),
        page("Daten", revision("{}", model="json")),
        page("Leer", revision("{{Vorlage}}")),
    )
    path = tmp_path / "dump.xml.bz2"
    path.write_bytes(bz2.compress(f"{HEAD}{''.join(pages)}</mediawiki>".encode()))
    article, told = read(path)
    assert isinstance(article, Article)
    assert (article.title, texts(article), article.source) == ("Hohes Moor", [BOG], "Moorwiki")
    assert (article.url, article.date) == ("https://moor.example/wiki/Hohes_Moor", "2024-03-02T10:00:00+00:00")
    assert article.language == "de"
    assert isinstance(told, Skipped)
    assert told.reason == (
        "left out: 2 redirects, 1 talk page, 1 template, 1 category page, 1 page that are no wikitext,"
        " 1 page without a text"
    )


@pytest.mark.parametrize(
    ("written", "came_out"),
    [
        ("{{convert|40|m|ft}} high", "40 m high"),
        ("It is {{convert|3|to|5|km|mi|0}} long.", "It is 3 to 5 km long."),
        ("{{cvt|5|ft|10|in|cm}} tall", "5 ft 10 in tall"),
        ("Von {{unité|40|mètres}} und {{nombre|5000}}.", "Von 40 mètres und 5000."),
        ("the keeper, {{lang|de|Wärter}} {{lang-de|Hinz}}", "the keeper, Wärter Hinz"),
        (
            "{{nowrap|9 nights}}{{citation needed|date=May 2020}} or {{formatnum:1234}}{{sfn|Moor|2004|p=4}}",
            "9 nights or 1234",
        ),
        (
            "a {{abbr|MW|megawatt}}, {{circa|1850}}, {{val|5.2|u=kg}}, {{frac|1|2}}, {{US$|5 million}}",
            "a MW, c. 1850, 5.2 kg, 1/2, US$5 million",
        ),
        ("born {{birth date|1990|5|12}} there", "born 1990-05-12 there"),
        ("{{height|ft=6|in=2}} or {{size|m=1.8|ref=no|page=7}}", "6 ft 2 in or 1.8 m"),
        ("at {{height|{{convert|7|m|ft}}}} above", "at 7 m above"),
        ("25&nbsp;miles &lt;b&gt;, '''''both''''' ''x''", "25 miles <b>, both x"),
        (
            "[[Lamp]], [[Lamp|lamps]], [[:Category:Lights]], [[Kategorie:Moore]][[fr:Marais]]a [[Moor (town)|]]",
            "Lamp, lamps, Lights, a Moor",
        ),
        ("A [https://w.example list of bells] and [https://w.example].", "A list of bells and ."),
        ("t <math>t=2\\pi</math> <nowiki>[[x]] ''y''</nowiki> z<!-- ten? -->.", "t t=2\\pi [[x]] ''y'' z."),
        ("a<ref name='h'>Notes, p. 4.</ref><ref name=h /> b", "a b"),
        ("__NOTOC__ a __init__ ~~~~", "a __init__"),
        ("one<br />two", "one\ntwo"),
        ("x<sup>2</sup> <span class='a'>y</span> <b>z</b> <unknown>", "x2 y z <unknown>"),
        ("'''Sow''' ({{IPAc-en|s|oʊ}}; {{lang-de|Sau}}, {{audio|s.ogg|hear}}) and boar", "Sow (Sau) and boar"),
        ("'''Sow''' ({{IPA-de|zaʊ}}), from old {{IPA|sū}} , lies", "Sow, from old, lies"),
        ("'''Sow''' ( {{respell|SOH}} {{pronunciation|s.ogg}}) lies{{cn}}.", "Sow lies."),
        ("f() is {{nowrap|''n'' {{=}} 9}} or more", "f() is n = 9 or more"),
        ("{{{1|default}}} and {{unclosed [[link", "default and unclosed link"),
    ],
)
def test_the_marks_within_a_line_leave_what_a_reader_sees(written: str, came_out: str) -> None:
    assert paragraphs(f"Here: {written}") == [f"Here: {came_out}"]


def test_boxes_notes_and_sections_of_links_are_left_out_and_told() -> None:
    found = page_of(
        "Bog",
        "{{Infobox bog\n| depth = {{convert|9|m}}\n| map = [[File:M.svg|250px]]\n}}\n{{About|the bog|the frog|Frog}}\n"
        f"'''Bog''' lies low.\n\n== History ==\n{BOG}\n\n=== Empty ===\n\n"
        "== See also ==\n* [[Fen]]\n=== More ===\n* [[Marsh]]\n"
        "== Siehe auch ==\n[[Torf]]\n== Belege ==\n<references/>\n{{reflist}}\n[[Category:Bogs]]\n",
        WIKI,
    )
    assert [paragraph.text for paragraph in joined(found.blocks)] == ["Bog lies low.", f"History\n{BOG}"]
    assert [(one.text[:13], one.reason) for one in found.dropped][:2] == [
        ("{{Infobox bog", "a template"),
        ("{{About|the b", "a template"),
    ]
    assert [one.text for one in found.dropped if "section" in one.reason] == ["See also", "Siehe auch"]


def test_headings_lists_tables_captions_and_code_keep_their_form() -> None:
    found = page_of(
        "Bog",
        "[[File:Bog.jpg|thumb|left|upright=1.2|The bog at [[dusk|nightfall]], ''wet''.]]\n"
        f"{BOG}\nIt is deep.\n\n* peat\n** dry [[Datei:P.jpg|mini|Torf, trocken]]\n* moss\n\n"
        '{| class="wikitable"\n|+ Keepers\n! Keeper !! Years\n|-\n| Johann || 9\n|-\n| Berthe || colspan="2" | 41\n|}\n'
        "== Code ==\n<syntaxhighlight lang='c'>\nif (a)\n  b;\n</syntaxhighlight>\n"
        "<gallery>\nA.jpg|First moss<br />in June\nB.jpg\n</gallery>\n"
        "[[File:S.gif|thumb|A sum\n<source lang='text'>\n 1 + 1\n</source>]]\n",
        WIKI,
    )
    assert [(block.kind, block.text) for block in found.blocks] == [
        ("caption", "The bog at nightfall, wet."),
        ("paragraph", f"{BOG} It is deep."),
        ("caption", "Torf, trocken"),
        ("list", "peat\ndry\nmoss"),
        ("heading", "Keepers"),
        ("table", "Keeper | Years\nJohann | 9\nBerthe | 41"),
        ("heading", "Code"),
        ("code", "if (a)\n  b;"),
        ("caption", "First moss in June"),
        ("caption", "A sum 1 + 1"),
    ]


def test_attributes_of_cells_are_no_words_though_a_template_wrote_what_stands_behind_them() -> None:
    found = page_of(
        "Bog",
        '{| class="wikitable"\n! Peat !! June !! July\n|-\n| Old || colspan="2" {{CMain}}\n|-\n'
        "|style=border:0|{{IPA|p}}||style=border-left:0|{{IPA|b}}|| 9\n|-\n| width=40 tall || a = b || 'c'\n|}",
        WIKI,
    )
    assert [block.text for block in found.blocks] == ["Peat | June | July\nOld\n9\nwidth=40 tall | a = b | 'c'"]


@pytest.mark.parametrize(
    "piece",
    [
        *(
            "{{a|",
            "{{a|b",
            "[[a|",
            "[[File:a|",
            "{{{",
            "}}",
            "]]",
            "<ref>",
            "<ref ",
            "<!--",
            "{|\n",
            "{|\n|a\n",
            "|-\n",
        ),
        *("== a", "'''''", "[http:a", "<nowiki>", "&amp", "= ", "* ", "__A", "{{a}}", "[[a]]", "\n\n", "<pre>"),
        *("a {{cn}} ", "({{cn}}, ", "( ,", "a {{=}}", "|a=1 ", " | style=a"),
        *("<br>", "<div>", "{{a|[[", "<gallery>\n", "== a ==\n", "{{convert|", "[[:", "|", "!", "~~~~"),
    ],
)
def test_a_page_that_repeats_a_mark_without_end_is_read_and_shows_none_of_its_braces(piece: str) -> None:
    found = page_of("Bog", f"{piece * 5_000}\n\n{BOG}", WIKI)
    assert "{{" not in "".join(block.text for block in found.blocks)


def test_a_dump_that_ends_too_early_gives_its_whole_pages(tmp_path: Path) -> None:
    pages = [page(f"Moor {at}", revision(f"{BOG} {at}.")) for at in range(9)]
    whole = f"{HEAD}{''.join(pages)}</mediawiki>"
    path = tmp_path / "dump.xml"
    for at in range(1, 10):
        cut = whole[: len(whole) * at // 10]
        path.write_text(cut, encoding="utf-8")
        parts = mediawiki.read(path)
        for number in range(cut.count("</page>")):
            article = next(parts)
            assert isinstance(article, Article)
            assert texts(article) == [f"{BOG} {number}."]
        with pytest.raises(UnusableError, match="ends too early"):
            next(parts)


words = st.text(st.characters(codec="utf-8", categories=("L", "N", "P", "S", "Zs")), min_size=1, max_size=60)


@pytest.mark.slow
@settings(max_examples=60, deadline=None)
@given(st.lists(words, min_size=1, max_size=4))
def test_whatever_nowiki_encloses_comes_back_as_it_is(lines: list[str]) -> None:
    written = "\n\n".join(
        f"Bog {at} <nowiki>{html.escape(line, quote=False)}</nowiki>" for at, line in enumerate(lines)
    )
    expected = [" ".join(normalise(f"Bog {at} {line}").split()) for at, line in enumerate(lines)]
    assert [" ".join(block.text.split()) for block in page_of("Bog", written, WIKI).blocks] == expected
