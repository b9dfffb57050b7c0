"""PDF documents: what a reader of their pages reads is what comes out, in that order, with its page."""

import random
import sys
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.model import Article, Skipped
from index.sources.pdf import pdf_file
from tests.damage import flipped
from tests.pdf_writer import PAGE, Style, Written, typeset, width
from tests.read_here import read_here

LOREM = (
    "The keeper of the weir counts every barge that passes the lower lock before noon and writes the sum on a slate "
    "which the miller wipes clean each evening because he needs it for his own accounts and owns no other"
).split()


def prose(words: int, start: int = 0) -> str:
    """Return a paragraph of so many words, the same for the same start."""
    taken = [LOREM[(start + at * 7) % len(LOREM)] for at in range(words)]
    return " ".join(taken).capitalize() + "."


def found(tmp_path: Path, content: bytes, name: str = "paper.pdf") -> list[Article | Skipped]:
    (tmp_path / name).write_bytes(content)
    return read_here(tmp_path)


def article(tmp_path: Path, content: bytes) -> Article:
    [one] = found(tmp_path, content)
    assert isinstance(one, Article), one
    return one


def texts(one: Article) -> list[str]:
    return [paragraph.text for paragraph in one.paragraphs]


def lines(
    document: Written, rows: list[str], y: float = 500, x: float = 40, size: float = 11, step: float = 14
) -> None:
    for at, row in enumerate(rows):
        document.text(x, y - at * step, row, size)


def test_a_paragraph_goes_on_overleaf_and_running_heads_are_gone(tmp_path: Path) -> None:
    paragraphs = [prose(60, start) for start in range(9)]
    style = Style(indent=14, head="The Weir Almanac", numbered=True)
    one = article(tmp_path, typeset("Nine Days at the Lower Lock", paragraphs, style))
    assert (one.title, one.date, one.author) == ("Nine Days at the Lower Lock", None, None)
    assert texts(one) == paragraphs
    pages = [paragraph.fragment for paragraph in one.paragraphs]
    assert pages[0] == "page=1" and pages == sorted(pages, key=str) and len(set(pages)) > 1
    assert [one.text for one in one.dropped] == ["The Weir Almanac", "1"]


def test_a_heading_at_the_top_of_one_page_and_a_number_alone_on_its_line_are_text(tmp_path: Path) -> None:
    document = Written()
    tolls = ("They pay a toll that stands at", "It was raised by the miller to", "The bishop himself gives only")
    for number, (first, toll) in enumerate(zip(("Early barges", "Late barges", "Night barges"), tolls, strict=True), 1):
        document.page().text(40, 550, "River Notes", 8)
        document.text(40, 500, first, 16, bold=True)
        lines(document, [toll, f"{7 * number}", f"pence for each oar, and that since {1700 + 31 * number}."], 470)
        document.text(200, 30, str(number), 8)
    one = article(tmp_path, document.bytes())
    assert one.title == "Early barges"
    assert texts(one)[1] == "Late barges\nIt was raised by the miller to 14 pence for each oar, and that since 1762."


@pytest.mark.parametrize("by_rows", [False, True], ids=["column by column", "row by row"])
@pytest.mark.parametrize("justified", [False, True], ids=["ragged", "flush"])
def test_columns_are_read_one_after_the_other(tmp_path: Path, *, by_rows: bool, justified: bool) -> None:
    paragraphs = [prose(45, start) for start in range(8)]
    style = Style(2, justified=justified, indent=12, by_rows=by_rows)
    one = article(tmp_path, typeset("Two Banks", paragraphs, style))
    assert (one.title, texts(one)) == ("Two Banks", paragraphs)


def test_words_cut_at_a_line_end_are_whole_and_keep_a_hyphen_of_their_own(tmp_path: Path) -> None:
    document = Written().page()
    rows = ["The towpath runs beside a well-kept", "hedge, and the lock keep-", "er says that it is well-"]
    lines(document, [*rows, "kept because the wa\xad", "ter\xadmen trim it them\xad", "selves."])
    [text] = texts(article(tmp_path, document.bytes()))
    assert text == (
        "The towpath runs beside a well-kept hedge, and the lock keeper says that it is well-kept because the watermen "
        "trim it themselves."
    )


def screen(line: str) -> list[str]:
    """Return a line as a screen shows it from left to right: words and letters turned round, numbers not."""
    shown: list[str] = []
    for word in reversed(line.split(" ")):
        shown += [*(word if word.isascii() else reversed(word.replace("لا", "ﻻ"))), " "]
    return shown[:-1]


ARABIC = [
    "أغلق حارس السد البوابة السفلى بعد فيضان دام 12 يوما في",
    "شهر نيسان وقال إن 350 قاربا عبرت خلال الليل بلا حادث",
]
HEBREW = ["שומר הסכר סגר את השער התחתון אחרי 12 ימים של גשם", "ואמר כי 350 סירות עברו"]


@pytest.mark.parametrize("rows", [ARABIC, HEBREW], ids=["Arabic", "Hebrew"])
def test_right_to_left_lines_come_out_in_the_order_of_reading(tmp_path: Path, rows: list[str]) -> None:
    document = Written().page()
    for at, row in enumerate(rows):
        signs = screen(row)
        wide = document.text(0, -50, signs)
        document.text(380 - wide, 500 - 16 * at, signs)
    [text] = texts(article(tmp_path, document.bytes()))
    assert text == " ".join(rows)


def test_a_ligature_of_two_right_to_left_letters_is_in_order(tmp_path: Path) -> None:
    # One glyph whose meaning is two letters; PDFium turns them round with the line.
    document = Written().page()
    document.text(100, 500, [*"ةمداق ", "لا", *"ن", "لا", *"ا"], 12)
    [text] = texts(article(tmp_path, document.bytes()))
    assert "اال" not in text and text.count("لا") == 2


def set_from_the_right(tmp_path: Path, *shown: str) -> list[str]:
    """Return the paragraphs of lines, given as the screen shows them from left to right, that start at one edge."""
    document = Written().page()
    for at, signs in enumerate(shown):
        document.text(380 - document.text(0, -50, signs), 500 - 14 * at, signs)
    return texts(article(tmp_path, document.bytes()))


@pytest.mark.parametrize(
    ("shown", "read"),
    [
        ("ةعفترم 3.2 +( ةبسن", "نسبة (+ 3.2 مرتفعة"),
        ("رهنلا .)1432 ماع", "عام 1432). النهر"),
        ("دسلا حتف 1436-9-17 خيراتب", "بتاريخ 17-9-1436 فتح السد"),
        ("بهذ …رهنلا لاق", "قال النهر… ذهب"),
        ("رهنلا ”ميدقلا رسجلا“ دنع", "عند “الجسر القديم” النهر"),
        ("رهنلا ( Weir ) دس دنع", "عند سد ( Weir ) النهر"),
        ("رهنلا Weir 35% دس دنع", "عند سد Weir 35% النهر"),
        ("رهنلا دنع weir@mill.example 11524 ةنيدملا ديرب", "بريد المدينة 11524 weir@mill.example عند النهر"),
        ("50% וליפא רהנה", "הנהר אפילו 50%"),
        ("رهنلا دنع )17،18( ناتدملا", "المدتان (17،18) عند النهر"),
        ("رهنلا ىلع WEIR16# مسو", "وسم #WEIR16 على النهر"),
        ("رهنلا دنع «Old Meg» ةنيفس « 3 »و", "و« 3 » سفينة «Old Meg» عند النهر"),
        ("رهنلا دنع (ISO/IEC) 120 رايعم", "معيار 120 (ISO/IEC) عند النهر"),
    ],
    ids=[
        *("sign before a number", "stop behind a bracket", "date", "ellipsis", "curly quotes"),
        *("brackets around a Latin word", "Latin words with a measure", "address behind a number", "Hebrew measure"),
        *("Arabic comma", "hash before a word", "guillemets with blanks", "number before brackets"),
    ],
)
def test_signs_and_numbers_among_arabic_words_are_read_as_they_stand(tmp_path: Path, shown: str, read: str) -> None:
    assert set_from_the_right(tmp_path, shown) == [read]


def test_quotes_around_words_from_left_to_right_stand_as_drawn(tmp_path: Path) -> None:
    shown = ("رهنلا دنع ةديعب ةنيدم", "رسجلا ىلع ”Old Meg the Barge“")
    assert set_from_the_right(tmp_path, *shown) == ["مدينة بعيدة عند النهر “Old Meg the Barge” على الجسر"]


PERSIAN = ["نگهبان بند دریچه را بست و گفت که", "در شب 12 قایق گذشتند", "و کسی ندید."]


@pytest.mark.parametrize("step", [15, 19])
@pytest.mark.parametrize("rows", [ARABIC, HEBREW, PERSIAN], ids=["Arabic", "Hebrew", "Persian"])
def test_lines_far_from_the_margin_and_from_each_other_are_paragraphs(
    tmp_path: Path, rows: list[str], step: int
) -> None:
    document = Written().page()
    y = 500.0
    for _ in range(3):
        for row in rows:
            signs = screen(row)
            document.text(380 - document.text(0, -50, signs, 12), y, signs, 12)
            y -= step
        y -= 0.8 * step
    assert texts(article(tmp_path, document.bytes())) == [" ".join(rows)] * 3


def test_marks_alone_on_a_line_are_no_text(tmp_path: Path) -> None:
    document = Written().page()
    lines(document, ["The tide table hangs at the gate."])
    document.text(40, 400, "\u064b\u0651\u0301")
    document.text(40, 380, ["\u064e"], 24)
    assert texts(article(tmp_path, document.bytes())) == ["The tide table hangs at the gate."]


@pytest.mark.parametrize("justified", [False, True], ids=["ragged", "flush"])
def test_an_address_that_stands_out_of_its_column_parts_nothing(tmp_path: Path, *, justified: bool) -> None:
    address = "https://weir.example/tolls/1762.html"
    paragraphs = [prose(45, start) for start in range(6)]
    paragraphs[1] = f"{prose(20, 3)[:-1]} {address} {prose(25, 5)}"
    one = article(tmp_path, typeset("Two Banks", paragraphs, Style(2, justified=justified, indent=12)))
    assert (one.title, texts(one)) == ("Two Banks", paragraphs)


def test_a_column_of_one_word_beside_flush_lines_is_one(tmp_path: Path) -> None:
    rows = [["Barges", "with", "a", "name", "longer"], ["than", "their", "boards", "are", "to"]] * 8
    document = Written().page()
    for at, row in enumerate(rows):
        free = 150 - sum(width(word, 10) for word in row)
        document.words(40, 500 - 13 * at, row, 10, free / (len(row) - 1))
    document.text(210, 500, "pay.", 10)
    [text] = texts(article(tmp_path, document.bytes()))
    assert text == f"{' '.join(word for row in rows for word in row)} pay."


def test_a_table_beside_nothing_keeps_its_rows(tmp_path: Path) -> None:
    document = Written().page()
    for at, (name, day) in enumerate(
        (("WRITTEN BY", "DATE"), ("Odile Harrow,", "October 8, 2022"), ("Ida Thorne", ""))
    ):
        document.text(40, 400 - 14 * at, name)
        document.text(250, 400 - 14 * at, day)
    assert "WRITTEN BY | DATE\nOdile Harrow, | October 8, 2022" in texts(article(tmp_path, document.bytes()))[0]


def test_an_entry_of_one_line_ends_where_the_next_first_line_begins(tmp_path: Path) -> None:
    rows = ["Tolls of the year are these, and they are", "paid at the gate:", "- Barges 12 pence", "- Rafts 7 pence"]
    document = Written().page()
    for at, row in enumerate([*rows, "The miller keeps a third of it, as he has", "always done, and says so."]):
        document.text(40 if at in (1, 5) else 52, 500 - 13 * at, row)
    assert texts(article(tmp_path, document.bytes())) == [
        f"{' '.join(rows[:2])}\n{rows[2]}\n{rows[3]}",
        "The miller keeps a third of it, as he has always done, and says so.",
    ]


def flush(document: Written, x: float, y: float, across: float, text: str, size: float = 10) -> None:
    """Set a text flush on both sides: words as many as have room, the last line as it is."""
    rows: list[list[str]] = [[]]
    for word in text.split():
        if rows[-1] and width(" ".join([*rows[-1], word]), size) > across:
            rows.append([])
        rows[-1].append(word)
    for at, row in enumerate(rows):
        free = across - sum(width(word, size) for word in row)
        blank = free / (len(row) - 1) if at + 1 < len(rows) else width(" ", size)
        document.words(x, y - 1.25 * size * at, row, size, blank)


def test_a_quotation_set_further_in_is_a_paragraph_with_edges_of_its_own(tmp_path: Path) -> None:
    document = Written().page()
    told = [prose(60), "Nobody may open the gate by night. " + prose(30, 2), prose(60, 4)]
    flush(document, 40, 540, 340, told[0])
    flush(document, 70, 440, 260, told[1], 9)
    flush(document, 40, 360, 340, told[2])
    assert texts(article(tmp_path, document.bytes())) == told


@pytest.mark.parametrize(
    ("rows", "read"),
    [
        (
            ["All tolls stand at https://weir.example/", "tolls/1762.html for everyone."],
            "https://weir.example/tolls/1762.",
        ),
        (
            ["All tolls of a year stand at (https:", "//weir.example/tolls) for everyone."],
            "(https://weir.example/tolls) for",
        ),
        (["All tolls of a year stand at https://weir.", "example and at the gate."], "at https://weir.example and at"),
        (["All tolls stand at https://weir.example/", "for everyone to read."], "https://weir.example/ for everyone"),
    ],
    ids=["behind a slash", "behind the scheme", "behind a stop", "whole"],
)
def test_an_address_cut_at_a_line_end_is_whole(tmp_path: Path, rows: list[str], read: str) -> None:
    document = Written().page()
    lines(document, rows)
    [text] = texts(article(tmp_path, document.bytes()))
    assert read in text


def test_each_indented_line_begins_a_paragraph_where_the_column_has_indents(tmp_path: Path) -> None:
    rows = ["Weir toll 12 pence", "Boats 1,204 in a year", "Keeper Odile Harrow of the lower lock near", "the mill"]
    document = Written().page()
    for at, row in enumerate(rows):
        document.text(40 if row == "the mill" else 52, 500 - 13 * at, row)
    assert texts(article(tmp_path, document.bytes())) == [*rows[:2], " ".join(rows[2:])]


def test_a_title_that_a_program_left_is_none_and_ligatures_are_letters(tmp_path: Path) -> None:
    document = Written({"Title": "Microsoft Word - weir_v3.docx", "Author": "Admin", "CreationDate": "D:20240102"})
    document.page().text(40, 540, "Fluff in the Office", 18)
    lines(document, ["The ﬁrst oﬃcer ﬂed with “half a loaf” — and", "left the ﬁle open on the desk."], 500)
    document.text(40, 460, "Findings", 13)
    lines(document, ["Nothing was found but crumbs and an old map."], 440)
    one = article(tmp_path, document.bytes())
    assert (one.title, one.author, one.date) == ("Fluff in the Office", None, None)
    assert texts(one) == [
        "The first officer fled with “half a loaf” — and left the file open on the desk.",
        "Findings\nNothing was found but crumbs and an old map.",
    ]


@pytest.mark.parametrize("size", [11, 30])
def test_accents_drawn_apart_from_their_letters_are_on_them(tmp_path: Path, size: float) -> None:
    document = Written().page()
    wide = width("o", size)
    x = document.text(40, 500, "K", size)
    # The old fonts of TeX: the accent first, then the letter below it.
    document.text(x + (wide - width("\u00a8", size)) / 2, 500, "\u00a8", size)
    document.text(document.text(x, 500, "o", size), 500, "hler", size)
    document.text(40, 400, prose(30), 6)
    one = article(tmp_path, document.bytes())
    assert "Köhler" in (one.title, *texts(one))


def test_what_a_document_states_of_itself_is_kept(tmp_path: Path) -> None:
    document = Written({"Title": "On Weirs and Their Keepers", "Author": "Ida Thorne"}, language="de-AT")
    document.page().text(40, 540, "Chapter the First", 18)
    lines(document, ["Der Wehrwart zählt die Boote."])
    one = article(tmp_path, document.bytes())
    assert (one.title, one.author, one.language) == ("On Weirs and Their Keepers", "Ida Thorne", "de")
    assert texts(one) == ["Chapter the First\nDer Wehrwart zählt die Boote."]


def test_what_nobody_sees_is_no_text(tmp_path: Path) -> None:
    document = Written().page()
    lines(document, ["The sluice was opened at dawn and closed at dusk."])
    document.text(40.3, 500.2, "The sluice was opened at dawn and closed at dusk.", 11)
    document.text(40, 400, "buy ropes here", look="0 g 3 Tr")
    document.text(40, 380, "white on white", look="1 g 0 Tr")
    document.text(40, 900, "beyond the edge")
    document.text(200, 200, "DRAFT COPY", 60, turn="0.7 0.7 -0.7 0.7")
    document.draw("0 0 0.5 rg 30 320 200 30 re f")
    document.text(40, 330, "White on a dark board.", look="1 g 0 Tr")
    assert texts(article(tmp_path, document.bytes())) == [
        "The sluice was opened at dawn and closed at dusk.",
        "White on a dark board.",
    ]


PICTURE = "q 420 0 0 595 0 0 cm BI /W 1 /H 1 /CS /G /BPC 8 ID \x80 EI Q"


def test_a_scan_is_told_and_read_where_a_program_laid_its_text_over_it(tmp_path: Path) -> None:
    scan = Written().page()
    scan.draw(PICTURE)
    [told] = found(tmp_path, scan.bytes())
    assert isinstance(told, Skipped) and told.reason.startswith("a scan: pictures of pages, no text in them (1 pages)")
    scan.text(40, 500, "Recognised by a patient program.", look="0 g 3 Tr")
    assert texts(article(tmp_path, scan.bytes())) == ["Recognised by a patient program."]


def test_pages_without_a_text_are_named(tmp_path: Path) -> None:
    document = Written().page()
    lines(document, ["Only this page was typed."])
    document.page().draw(PICTURE)
    document.page().text(40, 500, ["\ufffd"] * 9)
    reasons = [one.reason for one in found(tmp_path, document.bytes()) if isinstance(one, Skipped)]
    assert reasons == [
        "1 of its 3 pages are pictures without a text in them (page 2)",
        "1 of its 3 pages do not say which letters they show (page 3)",
    ]


LOCKED = b"/Encrypt <</Filter /Standard /V 1 /R 2 /P -44 /O <" + b"00" * 32 + b"> /U <" + b"11" * 32 + b">>>"


@pytest.mark.parametrize(
    ("spoil", "reason"),
    [
        (lambda raw: raw[:300], "a PDF document that is cut short or broken"),
        (lambda raw: raw.replace(b"/Info", LOCKED + b"/ID [<00><00>] /Info"), "a PDF document that needs a password"),
        (lambda raw: raw[:9], "a PDF document that is cut short or broken"),
    ],
    ids=["cut", "locked", "nothing"],
)
def test_what_cannot_be_opened_is_told(tmp_path: Path, spoil: object, reason: str) -> None:
    assert callable(spoil)
    [told] = found(tmp_path, spoil(typeset("Locks", [prose(40)], Style())))
    assert isinstance(told, Skipped) and told.reason.startswith(reason)


def test_without_the_extra_the_command_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pypdfium2", None)
    [told] = found(tmp_path, typeset("Locks", [prose(40)], Style()))
    assert isinstance(told, Skipped)
    assert told.reason.startswith("a PDF document: to read it, run `")
    assert told.reason.endswith(" -m pip install pypdfium2`")


def test_lists_tables_and_notes_keep_their_lines(tmp_path: Path) -> None:
    document = Written().page()
    lines(document, ["Every barge carries these three things when it", "passes the lower lock:"], 540)
    lines(document, ["• a lamp with a green glass", "• two oars and a", "  spare", "• a bell"], 505, 50)
    for at, (name, toll) in enumerate((("Barge", "Toll"), ("Patience", "12"), ("Old Meg", "140"))):
        document.text(40, 430 - 14 * at, name, bold=not at)
        document.text(200, 430 - 14 * at, toll, bold=not at)
    lines(document, ["The tolls are paid at the gate, in coin or in coal,"], 360)
    lines(document, ["1 Coal is weighed wet.", "2 Coin is counted twice."], 60, size=8, step=10)
    document.page()
    lines(document, ["and never in fish, however fresh it may be."], 540)
    assert texts(article(tmp_path, document.bytes())) == [
        "Every barge carries these three things when it passes the lower lock:\n"
        "a lamp with a green glass\ntwo oars and a spare\na bell",
        "Barge | Toll\nPatience | 12\nOld Meg | 140",
        "The tolls are paid at the gate, in coin or in coal, and never in fish, however fresh it may be.",
        "1 Coal is weighed wet.",
        "2 Coin is counted twice.",
    ]


def test_bookmarks_name_headings(tmp_path: Path) -> None:
    document = Written(outline=[("Of the Gate", 0)]).page()
    lines(document, [prose(9)], 540)
    lines(document, ["Of the Gate"], 510)
    lines(document, [prose(9, 3)], 490)
    assert texts(article(tmp_path, document.bytes())) == [prose(9), f"Of the Gate\n{prose(9, 3)}"]


@pytest.mark.parametrize(
    ("limit", "value", "reason"),
    [
        ("_MOST_PAGES", 1, "only the first 1 of its 2 pages were read: more than 1 pages; split it"),
        ("_SECONDS", -1, "only the first 0 of its 2 pages were read: more than -1 seconds; split it"),
        ("_MOST_CHARACTERS", 10, "only the first 1 of its 2 pages were read: more than 10 characters; split it"),
        ("_PAGE_CHARACTERS", 10, "2 of its 2 pages hold more than 10 characters each (pages 1-2)"),
        ("_DOCUMENT_BYTES", 100, "a PDF document larger than 0 MiB; split it"),
    ],
)
def test_limits_are_told_with_their_numbers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, limit: str, value: int, reason: str
) -> None:
    monkeypatch.setattr(pdf_file, limit, value)
    told = found(tmp_path, typeset("Locks", [prose(700)], Style()))[0]
    assert isinstance(told, Skipped) and told.reason == reason


WORDS = st.lists(st.text("abcdefghijklmnoprstuw", min_size=2, max_size=9), min_size=25, max_size=60)


@pytest.mark.slow
@settings(max_examples=15, deadline=None)
@given(
    paragraphs=st.lists(WORDS, min_size=2, max_size=5),
    columns=st.integers(1, 2),
    justified=st.booleans(),
    by_rows=st.booleans(),
)
def test_what_was_written_in_paragraphs_comes_back_in_them(
    tmp_path_factory: pytest.TempPathFactory,
    paragraphs: list[list[str]],
    columns: int,
    justified: bool,
    by_rows: bool,
) -> None:
    written = [f"{' '.join(words).capitalize()}." for words in paragraphs]
    style = Style(columns, justified=justified, indent=12, by_rows=by_rows)
    one = article(tmp_path_factory.mktemp("pdf"), typeset("Laws of the Lock", written, style))
    assert (one.title, texts(one)) == ("Laws of the Lock", written)


@cache
def hostile() -> dict[str, bytes]:
    """Return documents that were cut, changed or made to do harm."""
    whole = typeset("Hostile Waters", [prose(80, start) for start in range(4)], Style(2))
    made = {f"cut at {tenth}0 %": whole[: len(whole) * tenth // 10] for tenth in range(1, 10)}
    chance = random.Random(7)  # noqa: S311 - the same damage each time
    for number in range(30):
        made[f"changed {number}"] = flipped(whole, chance, 12, first=8)
    made["a page tree that holds itself"] = whole.replace(b"/Kids [", b"/Kids [2 0 R ")
    bomb = Written(compressed=True).page()
    bomb.draw("BT /R 9 Tf (x) Tj ET " * 300_000)
    made["a bomb"] = bomb.bytes()
    deep = Written().page()
    deep.draw("q " * 200_000 + "[" * 100_000)
    made["nested"] = deep.bytes()
    return made


@pytest.mark.parametrize("name", hostile())
def test_hostile_documents_cost_themselves_alone(tmp_path: Path, name: str) -> None:
    (tmp_path / "a-good.pdf").write_bytes(typeset("Still Read", [prose(40)], Style()))
    parts = found(tmp_path, hostile()[name], "b-bad.pdf")
    assert isinstance(parts[0], Article) and parts[0].title == "Still Read"
    assert not [one for one in parts if isinstance(one, Skipped) and "fault" in one.reason]


def test_a_document_of_many_pages_is_read_in_pieces(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf_file, "_PAGES_AT_ONCE", 6)
    document = Written()
    for number in range(1, 41):
        document.page().text(40, 560, "Log of the Lower Lock", 8)
        lines(document, [prose(9, number)], 500)
        document.text(PAGE[0] / 2, 30, str(number + 4), 8)
    one = article(tmp_path, document.bytes())
    assert texts(one) == [prose(9, number) for number in range(1, 41)]
    assert one.paragraphs[-1].fragment == "page=40"


def test_a_bold_line_that_stands_out_alone_is_no_margin(tmp_path: Path) -> None:
    document = Written().page()
    document.text(16, 560, "4 On Weirs", bold=True)
    rows = [
        *[
            (52, "The keeper of the lower lock counts the boats at"),
            (40, "Dawn and writes their names on the door of the mill."),
        ],
        *[
            (52, "In the year of the flood nobody counted, and the"),
            (40, "Door was lost; it was found in the reeds near"),
        ],
        *[(40, "Penny Hythe, with the names of nine boats on it.")],
    ]
    for at, (x, row) in enumerate(rows):
        document.text(x, 520 - 13 * at, row)
    found = texts(article(tmp_path, document.bytes()))
    assert found[-2:] == [" ".join(row for _, row in rows[:2]), " ".join(row for _, row in rows[2:])]


def test_a_title_in_a_font_that_names_other_letters_is_none(tmp_path: Path) -> None:
    document = Written().page()
    document.text(40, 560, "ୀهหوঈندناফଡایଓقدग़", 24)
    document.text(40, 530, "On Weirs", 16)
    lines(document, ["Nothing was found but crumbs and an old map,", "and nobody knows who drew it."], 500)
    assert article(tmp_path, document.bytes()).title == "On Weirs"
