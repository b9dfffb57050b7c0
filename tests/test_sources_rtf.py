"""Rich Text Format: bytes by the code pages of their fonts, and what of a document's groups is text."""

from pathlib import Path

import pytest

from tests.office import one, rtf, texts

EEL = "The eels come in with the spring tide."


def body(inside: str, tmp_path: Path, **more: str) -> list[str]:
    return texts(one(tmp_path / "a.rtf", rtf(f"{EEL}\\par {inside}\\pard {EEL}\\par", **more)))[1:-1]


@pytest.mark.parametrize(
    ("written", "text"),
    [
        ("{\\f1 \\'d3\\'e3\\'ee\\'f0\\'fc \\'e8\\'e4\\'b8\\'f2.}", "Угорь идёт."),
        ("{\\f2 \\'c7\\'e1\\'d3\\'e3\\'df \\'da\\'d0\\'c8.}", "السمك عذب."),
        ("{\\f3 \\'83E\\'83i\\'83M\\'82\\'cd\\'97\\'88\\'82\\'bd\\'81B}", "ウナギは来た。"),
        ("50{\\f4 \\'b0\\'b3}20", "50°≥20"),
        ("caf\\'e9 \\'80 5", "café € 5"),
        ("\\u1059?\\u1075?\\u1086?\\u1088?\\u1100? \\u-10179?\\u-8971?!", "Угорь \U0001f4f5!"),
        ("{\\uc2\\u1071\\'c3\\'bf and {\\uc0\\u1078 on}}", "Я and жon"),
        ("\\u8217\\'92s", "’s"),
        ("{\\upr{eels}{\\*\\ud{\\u1091?\\u1075?\\u1088?\\u1080?}}} swim", "угри swim"),
        ("\\ldblquote Eels\\rdblquote  \\emdash  said Ann\\rquote s aunt\\~\\bullet", "“Eels” — said Ann’s aunt •"),
        ("north\\_east, net\\-work, 1\\tab 2\\line 3 \\{a\\\\b\\}", "north-east, network, 1 2\n3 {a\\b}"),
    ],
)
def test_characters_are_what_their_font_or_their_number_says(tmp_path: Path, written: str, text: str) -> None:
    fonts = "{\\f0\\fcharset0 Calibri;}{\\f1\\fcharset204 Arial Cyr;}{\\f2\\fcharset178 Traditional Arabic;}"
    fonts += "{\\f3\\fcharset128 MS Mincho;}{\\f4\\fcharset2 Symbol;}"
    assert body(f"{written}\\par", tmp_path, head=f"\\ansi\\ansicpg1251\\deff0{{\\fonttbl{fonts}}}") == [text]


def test_a_font_without_a_character_set_takes_the_code_page_of_the_document(tmp_path: Path) -> None:
    head = "\\ansi\\ansicpg1253\\deff0{\\fonttbl\\f0\\fnil Times;}"
    assert body("\\'d7\\'dd\\'eb\\'e9\\par", tmp_path, head=head) == ["Χέλι"]


def test_title_and_author_are_in_the_code_page_of_the_document(tmp_path: Path) -> None:
    head = "\\ansi\\ansicpg1251\\deff0{\\fonttbl{\\f0\\fcharset0 Calibri;}}"
    head += "{\\info{\\title \\'d3\\'e3\\'f0\\'e8}{\\author \\'c0\\'ed\\'ed\\'e0}}"
    article = one(tmp_path / "a.rtf", rtf(f"{EEL}\\par {EEL}\\par", head=head))
    assert (article.title, article.author) == ("Угри", "Анна")


def test_what_is_no_text_of_the_document_is_not_read(tmp_path: Path) -> None:
    inside = (
        "{\\*\\generator Msftedit 5.41;}{\\info{\\title Document1}{\\author user}{\\creatim\\yr2019\\mo2\\dy3}}"
        "{\\colortbl ;\\red0\\green0\\blue255;}{\\header\\pard A head\\par}{\\footerf A foot\\par}"
        "{\\*\\bkmkstart here}{\\pict\\wmetafile8 0100090000}{\\object{\\*\\objdata 0105}{\\result seen}}"
        "{\\*\\unheardof never}{\\xe index word}{\\*\\annotation{\\pard a comment\\par}} here"
    )
    assert body(f"{inside}{{\\v hidden}}{{\\deleted struck}}\\plain .\\par", tmp_path) == ["seen here."]


def test_bytes_that_a_word_counts_are_passed_over_whatever_they_are(tmp_path: Path) -> None:
    assert body("Eels {\\pict\\bin7 }}{{\\\\x} swim.\\par", tmp_path) == ["Eels swim."]


def test_a_link_is_its_words_and_a_table_of_contents_is_none(tmp_path: Path) -> None:
    link = '{\\field{\\*\\fldinst{HYPERLINK "https://eel.example"}}{\\fldrslt{\\ul the weir}}}'
    contents = '{\\field{\\*\\fldinst TOC \\\\o "1-2"}{\\fldrslt Nets 3\\par Tides 9\\par}}'
    assert body(f"{contents}Ask at {link}.\\par", tmp_path) == ["Ask at the weir."]


def test_headings_are_known_by_the_name_of_their_style_and_by_their_outline_level(tmp_path: Path) -> None:
    styles = "{\\stylesheet{\\ql Normal;}{\\s3\\b heading 2;}{\\*\\cs10 \\additive heading 1 Char;}{\\s9 Title;}}"
    inside = f"{styles}\\pard\\s9 Of Eels\\par\\pard\\s3 Tides\\par\\pard {EEL}\\par\\pard\\outlinelevel1 Nets\\par"
    article = one(tmp_path / "a.rtf", rtf(inside + f"\\pard {EEL}\\par {EEL}\\par"))
    assert (article.title, texts(article)) == ("Of Eels", [f"Tides\n{EEL}", f"Nets\n{EEL}", EEL])


@pytest.mark.parametrize(
    ("inside", "title"),
    [
        ("{\\info{\\title Of Eels}}", "Of Eels"),
        ("{\\info{\\title \\u1054?\\u1073? \\u1091?\\u1075?\\u1088?\\u1103?\\u1093?}}", "Об угрях"),
        ("{\\info{\\title Microsoft Word - eels.doc}}{\\b\\fs36 How eels are caught.\\par}", "How eels are caught."),
        ("\\pard\\b How eels are caught.\\b0\\par", "How eels are caught."),
        ("", "of eels"),
    ],
)
def test_the_title_is_stated_or_stands_out(tmp_path: Path, inside: str, title: str) -> None:
    article = one(tmp_path / "of_eels.rtf", rtf(f"{inside}\\pard\\plain {EEL}\\par {EEL}\\par"))
    assert (article.title, texts(article)) == (title, [EEL, EEL])


def test_the_cells_of_a_row_stay_together(tmp_path: Path) -> None:
    rows = "".join(
        f"\\trowd\\cellx2000\\cellx4000\\pard\\intbl {fish}\\cell {price}\\par a pound\\cell\\row"
        for fish, price in (("Fish", "Price"), ("Eel", "6"))
    )
    assert body(f"Prices:\\par{rows}\\pard", tmp_path) == ["Prices:\nFish | Price a pound\nEel | 6 a pound"]


@pytest.mark.parametrize(
    "entry",
    [
        "\\pard{\\pntext\\f0 1.\\tab}\\fi-360\\li720 {}\\par",
        "\\pard\\ls1{\\listtext\\pard\\plain 1.\\tab}{}\\par",
        "\\pard\\fi-360\\li360 \\bullet\\tab {}\\par",
        "\\pard\\fi-360\\li360 2.\\tx360\\tab {}\\par",
    ],
)
def test_entries_of_a_list_stay_together_without_their_marks(tmp_path: Path, entry: str) -> None:
    entries = "".join(entry.replace("{}", text) for text in ("a net", "a trap"))
    assert body(f"\\pard You need:\\par{entries}", tmp_path) == ["You need:\na net\na trap"]


def test_notes_and_boxes_stand_behind_their_paragraph(tmp_path: Path) -> None:
    note = "{\\super\\chftn}{\\footnote\\pard{\\super\\chftn} Or the ebb.\\par Rarely.}"
    box = "{\\shp{\\*\\shpinst\\shpleft0{\\sp{\\sn a}{\\sv 1}}{\\shptxt\\pard Mind the weir.\\par}}{\\shprslt"
    box += "{\\*\\do{\\dptxbx{\\dptxbxtext\\pard Mind the weir.\\par}}}}}"
    assert body(f"Eels{note} wait for the flood.{box}\\par", tmp_path) == [
        "Eels wait for the flood.",
        "Or the ebb. Rarely.",
        "Mind the weir.",
    ]


def test_a_document_named_otherwise_is_read_as_what_it_is(tmp_path: Path) -> None:
    assert texts(one(tmp_path / "eels.doc", rtf(f"{EEL}\\par"))) == [EEL]
