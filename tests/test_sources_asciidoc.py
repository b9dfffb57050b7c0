"""AsciiDoc as an article: what the document states, all of its words, none of its marks."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.model import Article, Skipped
from index.sources import read

SENTENCE = "The lamp is lit at dusk by the keeper."

MANUAL = """\
// kept by the board
= The Lighthouse
Nora Brandt <nora@light.example>; Ivo Kask
v1.2, 2023-05-02: second edition
:lang: en
:keeper: Tomas Reel
:toc: left

The *lamp* is lit by {keeper} at _dusk_; see xref:oil.adoc[the oil], <<stairs,the stairs>>,
https://light.example[the club^] and `lamp --lit`.footnote:[Since 1902.]

[[stairs]]
== Stairs and steps

To climb the tower:

. Open the door.
+
----
door --open <1>
    --wide
----
. Take a lantern.
* Mind the *third* step.

.Prices
[cols="1,1",options="header"]
|===
|Visitor |Price

|Adult
|6 crowns
|Child |2 crowns
|===

NOTE: Groups write a week before.

[quote, Ana Moss, Letters]
____
I never saw such a light.
____

[verse]
Slow it turns,
the old grey eye.

gallery:: The balcony around the lamp.
lens::
  The glass that bends the light.

image::tower.png[The tower]
include::more.adoc[]

ifdef::print[]
Printed on thick paper.
endif::[]

////
a hidden thought
////
"""


def written(tmp_path: Path, text: str, name: str = "light.adoc") -> Path:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return path


def one(tmp_path: Path, text: str, name: str = "light.adoc") -> Article:
    (article,) = read([written(tmp_path, text, name)])
    assert isinstance(article, Article), article
    return article


def texts(article: Article) -> list[str]:
    return [paragraph.text for paragraph in article.paragraphs]


@pytest.mark.parametrize("name", ["light.adoc", "light.asciidoc", "light.asc"])
def test_a_document_becomes_one_article_with_what_it_states(tmp_path: Path, name: str) -> None:
    manual = one(tmp_path, MANUAL, name)
    assert (manual.title, manual.author) == ("The Lighthouse", "Nora Brandt, Ivo Kask")
    assert (manual.date, manual.language) == ("2023-05-02", "en")
    assert texts(manual) == [
        "The lamp is lit by Tomas Reel at dusk; see the oil, the stairs, the club and lamp --lit.",
        "Since 1902.",
        "Stairs and steps\nTo climb the tower:\nOpen the door.\ndoor --open\n    --wide\nTake a lantern.\n"
        "Mind the third step.",
        "Prices\nVisitor | Price\nAdult | 6 crowns\nChild | 2 crowns",
        "Groups write a week before.",
        "I never saw such a light.",
        "Ana Moss, Letters",
        "Slow it turns,\nthe old grey eye.",
        "gallery\nThe balcony around the lamp.",
        "lens\nThe glass that bends the light.",
        "Printed on thick paper.",
    ]


def test_what_is_left_out_is_told(tmp_path: Path) -> None:
    dropped = {one.text: one.reason for one in one(tmp_path, MANUAL).dropped}
    assert dropped["include::more.adoc[]"] == "a file that is included"
    assert dropped["a hidden thought"] == "a comment"


@pytest.mark.parametrize(
    ("text", "title"),
    [
        (f"== Lamps\n\n{SENTENCE}\n\n== Oil\n\n{SENTENCE}\n", "Lamps"),
        (f"Lamps\n=====\n\n{SENTENCE}\n\nOil\n---\n\n{SENTENCE}\n", "Lamps"),
        (f"# Lamps\n\n{SENTENCE}\n", "Lamps"),
        (f":doctitle: Lamps\n\n{SENTENCE}\n", "Lamps"),
        (f"{SENTENCE}\n\n== Sources\n\n{SENTENCE}\n", "old light"),
    ],
)
def test_the_title_is_the_one_the_document_states(tmp_path: Path, text: str, title: str) -> None:
    assert one(tmp_path, text, "old_light.adoc").title == title


@pytest.mark.parametrize(
    ("marked", "plain"),
    [
        ("un**constrained**ly __so__", "unconstrainedly so"),
        (r"\*kept* and 2 * 3 * 4", "*kept* and 2 * 3 * 4"),
        ('"`quoted`" and [.red]#marked#', "“quoted” and marked"),
        ("kbd:[Ctrl+C], menu:File[Save], btn:[OK]", "Ctrl+C, File > Save, OK"),
        ("image:a.png[] ((lamp)) (((hidden, term)))oil", "lamp oil"),
        ("{unknown} and {nbsp}so", "{unknown} and so"),
        ("link:oil.html[] and xref:oil.adoc#cans[]", "oil.html and oil.adoc"),
        ("+*as it is*+ and H~2~O", "*as it is* and H2O"),
        ("first +\nsecond", "first\nsecond"),
    ],
)
def test_inline_marks_go_and_words_stay(tmp_path: Path, marked: str, plain: str) -> None:
    assert texts(one(tmp_path, f"= Lamps\n\n{marked}\n")) == [plain]


@pytest.mark.parametrize(
    ("lines", "paragraphs"),
    [
        ("|===\n|a |b\n|c |d\n|===", ["a | b\nc | d"]),
        ("[%header,cols=2*]\n|===\n2+|Both\n|a\n|b\n|===", ["Both\na | b"]),
        (",===\nWho,Price\n\nAdult,6\n,===", ["Who | Price\nAdult | 6"]),
        ("====\nAn example.\n====", ["An example."]),
        (" lamp --lit\n   --bright", ["lamp --lit\n  --bright"]),
        ("```sh\nlamp\n```", ["lamp"]),
        ("* [x] done\n* [ ] to do", ["done\nto do"]),
        (".The tower\nimage::tower.png[]", ["The tower"]),
        ("++++\n<b>x</b>\n++++", []),
        ("'''", []),
        ("----\nnever closed", ["never closed"]),
    ],
)
def test_each_kind_of_block_is_read_as_what_it_is(tmp_path: Path, lines: str, paragraphs: list[str]) -> None:
    assert texts(one(tmp_path, f"= Lamps\n\n{SENTENCE}\n\n{lines}\n")) == [SENTENCE, *paragraphs]


def test_attributes_that_name_one_another_do_not_multiply(tmp_path: Path) -> None:
    lines = [":a0: lamp", *(f":a{at}: {{a{at - 1}}}{{a{at - 1}}}" for at in range(1, 60))]
    found = one(tmp_path, "\n".join([*lines, "", "{a59} " * 1000, ""]))
    assert sum(map(len, texts(found))) < 100_000


def test_a_signature_is_no_document(tmp_path: Path) -> None:
    path = written(tmp_path, "-----BEGIN PGP SIGNATURE-----\n\niQEzBAABCAAdFiEE\n", "release.asc")
    assert list(read([path])) == [Skipped(str(path), "a key, certificate or signature, not an article")]


WORDS = st.lists(st.sampled_from("lamp oil keeper stairs 灯塔 منارة".split()), min_size=1, max_size=6).map(" ".join)


@pytest.mark.slow
@given(st.lists(st.tuples(st.sampled_from(["text", "bullet", "note", "code", "term", "table"]), WORDS), min_size=1))
def test_every_word_of_a_document_stays_in_its_order(
    tmp_path_factory: pytest.TempPathFactory, parts: list[tuple[str, str]]
) -> None:
    shapes = {
        "text": "{}.",
        "bullet": "* {}.",
        "note": "NOTE: {}.",
        "code": "----\n{}.\n----",
        "term": "term:: {}.",
        "table": "|===\n|{}.\n|===",
    }
    text = "= Lamps\n\n" + "\n\n".join(shapes[kind].format(words) for kind, words in parts)
    found = one(tmp_path_factory.mktemp("adoc"), text)
    assert " ".join(texts(found)).replace("term", "").split() == " ".join(f"{words}." for _, words in parts).split()


@pytest.mark.slow
@given(st.text("ab *_`|:.=-+[]<>{}/\n\t#", max_size=200))
def test_whatever_stands_in_it_a_file_is_read_or_told(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    (found,) = read([written(tmp_path_factory.mktemp("adoc"), text)])
    assert isinstance(found, Skipped) or all(paragraph.text.strip() for paragraph in found.paragraphs)
