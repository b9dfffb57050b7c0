"""Plain text as people keep it: wrapped, with lists, verse, headings and running heads; nothing of it is lost."""

import textwrap
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.model import Article
from index.sources import read
from index.sources.blocks.blocks import joined
from index.sources.blocks.layout import text_lines
from index.sources.blocks.text_blocks import text_blocks
from index.sources.blocks.wrapping import joined_lines
from index.sources.text.pasted import split_pasted

MILL = "The mill on the Esk grinds flour again from the second week of May, and visitors may watch on Sundays."
FLOUR = "A bag of flour costs 90 crowns at the door, and a third less for those who bring their own grain to be ground."
WHEEL = "The old wheel was taken to the smithy in March; until it comes back, an engine from Leith drives the stones."

ARTICLES = [("The Mill", MILL), ("The Wheel", WHEEL)]


def read_text(folder: Path, text: str) -> Article:
    path = folder / "mill.txt"
    path.write_text(text, encoding="utf-8")
    (article,) = read([path])
    assert isinstance(article, Article), article
    return article


def texts(article: Article) -> list[str]:
    return [paragraph.text for paragraph in article.paragraphs]


def paragraphs(text: str) -> list[str]:
    return [paragraph.text for paragraph in joined(text_blocks(text_lines(text)))]


def wrapped(text: str, width: int = 68, **options: str) -> str:
    return textwrap.fill(text, width, break_on_hyphens=False, break_long_words=False, **options)  # type: ignore[arg-type]


def test_wrapped_paragraphs_are_whole_beside_a_list(tmp_path: Path) -> None:
    things = "What to bring:\n\n  * a bag\n  * clean grain,\n    not damp\n  * ninety crowns"
    text = "\n\n".join(["The Mill Grinds Again", wrapped(MILL), things, wrapped(FLOUR), wrapped(WHEEL)])
    article = read_text(tmp_path, text)
    assert article.title == "The Mill Grinds Again"
    entries = "What to bring:\n* a bag\n* clean grain, not damp\n* ninety crowns"
    assert texts(article) == [MILL, entries, FLOUR, WHEEL]


def test_a_list_may_stand_right_below_its_lead_in_and_its_entries_apart() -> None:
    assert paragraphs(f"{MILL}\n\nBring:\n1. a bag\n2. grain\n\n{FLOUR}") == [MILL, "Bring:\n1. a bag\n2. grain", FLOUR]
    assert paragraphs("Bring:\n\n1) a bag\n\n2) grain\n\n3) a cart") == ["Bring:\n1) a bag\n2) grain\n3) a cart"]


def test_the_lines_of_verse_stay_lines_in_a_wrapped_text() -> None:
    stanza = "Turn, old stone,\nturn for bread,\nday is short\nand night is red."
    assert paragraphs(f"{wrapped(MILL)}\n\n{wrapped(FLOUR)}\n\n{stanza}\n\n{wrapped(WHEEL)}") == [
        MILL, FLOUR, stanza, WHEEL,
    ]  # fmt: skip


@pytest.mark.parametrize("indent", ["  ", "    ", "\t", "\u3000"])
def test_an_indented_line_begins_a_paragraph(indent: str) -> None:
    block = "\n".join(wrapped(text, initial_indent=indent) for text in (MILL, FLOUR, WHEEL))
    assert paragraphs(block) == [MILL, FLOUR, WHEEL]


def test_the_first_paragraph_may_go_without_an_indent() -> None:
    rest = "\n".join(wrapped(text, initial_indent="   ") for text in (FLOUR, WHEEL))
    assert paragraphs(f"{wrapped(MILL)}\n{rest}") == [MILL, FLOUR, WHEEL]


def test_a_page_with_a_paragraph_on_each_line_is_left_as_it_is() -> None:
    assert paragraphs("\n".join([MILL, FLOUR, WHEEL])) == [MILL, FLOUR, WHEEL]


def test_wrapped_chinese_is_joined_without_spaces() -> None:
    text = (
        "渡輪早上六點離開港口船上有四十名乘客三月的風暴打壞了船舵"
        "所以它一直停在船塢裡舊起重機要留到五月底因為沒有人知道應該把它放在哪裡"
    )
    lines = [text[at : at + 25] for at in range(0, len(text), 25)]
    assert paragraphs("\n".join(lines) + "\n\n" + "\n".join(lines)) == [text, text]


@pytest.mark.parametrize("hyphen", ["-", "\u2010", "\xad", "¬"])
def test_words_cut_at_line_ends_are_whole(hyphen: str) -> None:
    text = (
        f"The miller explained to the council that the recon{hyphen}\nstruction of the weir had taken far longer than\n"
        f"ever expected, because the contrac{hyphen}\ntors had found an older weir below it, and that the\n"
        f"water would not be let in before Saturday evening.\n\n{wrapped(MILL, 52)}"
    )
    first, second = paragraphs(text)
    assert "reconstruction of the weir" in first
    assert "the contractors had found" in first
    assert second == MILL


def test_a_hyphen_that_is_meant_stays() -> None:
    text = (
        wrapped(MILL, 50) + "\n\nThe road from the mill goes through the Anglo-\nSaxon village and by all the Haupt-\n"
    )
    text += "und Nebenwege of the valley, as the old map has it.\n\n" + wrapped(FLOUR, 50)
    assert "Anglo-Saxon village and by all the Haupt- und Nebenwege of" in paragraphs(text)[1]


def test_underlined_lines_are_headings_and_split_nothing(tmp_path: Path) -> None:
    text = (
        f"Mill Notes\n==========\n\n{MILL}\n\nOn Sundays\n----------\n\nOpen ten to noon\n\nRing the bell twice\n\n"
        f"{FLOUR}\n\nThe Wheel and the Engine\n~~~~~~~~~~~~~~~~~~~~~~~~\n{WHEEL}\n"
    )
    article = read_text(tmp_path, text)
    assert article.title == "Mill Notes"
    assert texts(article) == [
        MILL,
        "On Sundays\nOpen ten to noon",
        "Ring the bell twice",
        FLOUR,
        f"The Wheel and the Engine\n{WHEEL}",
    ]
    assert (article.dropped[0].text, article.dropped[0].reason) == ("==========", "a line of signs")


@pytest.mark.parametrize(
    "heading", ["Prices", "The old wheel", "Preise", "价格表", "الأسعار", "OPENING HOURS IN THE SUMMER MONTHS"]
)
def test_a_short_line_alone_opens_the_paragraph_below_it(heading: str) -> None:
    assert paragraphs(f"{MILL}\n\n{heading}\n\n{FLOUR}") == [MILL, f"{heading}\n{FLOUR}"]


@pytest.mark.parametrize(
    "line", ["He agreed.", "Bread, flour,", "A mill on the Esk again", "**Nobody may enter the mill after six.**"]
)
def test_a_sentence_or_a_longer_line_is_no_heading(line: str) -> None:
    assert paragraphs(f"{MILL}\n\n{line}\n\n{FLOUR}") == [MILL, line, FLOUR]


@pytest.mark.parametrize(
    ("line", "title"), [("# The Mill", "The Mill"), ("#TheMill", "mill"), ("#Mill 1 Opens", "#Mill 1 Opens")]
)
def test_a_headline_loses_the_sign_of_markdown(tmp_path: Path, line: str, title: str) -> None:
    assert read_text(tmp_path, f"{line}\n\n{MILL}\n\n{FLOUR}\n").title == title


def test_short_lines_are_text(tmp_path: Path) -> None:
    lists = "The boats:\n\nUSA\nUK\nNorway\nUAE\n\nTheir points:\n12\n9\n7\n\nEmail\nmill@esk.example\nPrint\nBox 12"
    article = read_text(tmp_path, f"Boats at the Mill\n\n{MILL}\n\n{lists}\n\n{FLOUR}")
    lines = "\n".join(texts(article)).split("\n")
    assert [line for line in lists.split("\n") if line and line not in lines] == []
    assert not article.dropped


def test_running_heads_and_numbers_of_pages_are_left_out(tmp_path: Path) -> None:
    words = f"{MILL} {FLOUR} {WHEEL}".replace(".", ",").lower().split()
    pages = [" ".join(words[at : at + 12]) for at in range(0, len(words) - 12, 12)]
    text = "\f".join(f"Notes of a Miller {number}\n\n{page}\n" for number, page in enumerate(pages, 1))
    article = read_text(tmp_path, f"The Mill\n\n{WHEEL}\n\n{text}")
    assert not any("Miller" in paragraph for paragraph in texts(article))
    assert article.dropped[0].reason == "a running head"


def test_the_headings_of_chapters_are_no_running_heads(tmp_path: Path) -> None:
    chapters = "\f".join(f"Chapter {number}\n\n{text}\n" for number, text in enumerate((MILL, FLOUR, WHEEL), 1))
    article = read_text(tmp_path, f"The Mill\n\n{WHEEL}\n\n{chapters}")
    assert texts(article)[1:] == [f"Chapter {n}\n{text}" for n, text in enumerate((MILL, FLOUR, WHEEL), 1)]


WORDS = st.sampled_from(
    "the mill wheel turned slowly while nine bakers waited beside old stones and nobody hurried because flour takes "
    "its time in April when rivers are extraordinarily low or when snow melts upstream".split()
)
PROSE = st.lists(WORDS, min_size=30, max_size=90).map(lambda words: f"{' '.join(words).capitalize()}.")


@pytest.mark.slow
@settings(max_examples=50)
@given(st.lists(PROSE, min_size=1, max_size=6), st.integers(min_value=40, max_value=100))
def test_wrapped_paragraphs_come_back_at_any_width(texts: list[str], width: int) -> None:
    assert paragraphs("\n\n".join(wrapped(text, width) for text in texts)) == texts


@pytest.mark.slow
@pytest.mark.parametrize(
    "text",
    [
        "word " * 20_000,
        "\n" * 100_000,
        "-" * 100_000,
        "well-\n" * 2_500,
        "Rain at Last Today\n" * 4_000,
        "Rain at Last\n\n\n\nIt rained.\n\n\n\n" * 2_500,
        "- a\nb\n" * 2_500,
        " a\nb\n  c\n" * 5_000,
        "abc\n===\n" * 6_000,
        "Head 1\n\na man who was old and could not\n\f" * 1_500,
        "Comments (3)\n\nReply\n" * 3_000,
        "3 hours ago\n" * 5_000,
        "abc\xad\n" * 2_500,
    ],
)
def test_hostile_repetition_is_read(text: str) -> None:
    assert isinstance(split_pasted(text), list)


@pytest.mark.parametrize(
    "headers",
    [
        "Title: The Mill Grinds Again\nDate: 2024-05-12\nAuthor: Ana Reyes\n",
        "\ufeff\nTITLE: The Mill Grinds Again\nAuthor: Ana Reyes\nPublished: 12 May 2024\n",
        "Headline: The Mill\n  Grinds Again\r\nAuthor: Ana Reyes\r\nPublished: 12 May 2024\r\n",
        "Título: The Mill Grinds Again\nFecha: 12 de mayo de 2024\nAutor: Ana Reyes\n",
        "标题：The Mill Grinds Again\n作者：Ana Reyes\n日期：2024年5月12日\n",
    ],
)
def test_headers_above_a_text_state_its_fields(tmp_path: Path, headers: str) -> None:
    article = read_text(tmp_path, f"{headers}\n{MILL}\n\n{FLOUR}\n")
    assert (article.title, article.date, article.author) == ("The Mill Grinds Again", "2024-05-12", "Ana Reyes")
    assert texts(article) == [MILL, FLOUR]


@pytest.mark.parametrize(
    "lines",
    [
        "Note: the mill is closed on Mondays.",
        "Date: 12 May 2024\nTo: all members\nRe: flour",
        "Name: Ana Reyes\nLanguage: Scots",
        "Title: The Mill\nand what it grinds",
        "Published: soon\nAuthor: Ana Reyes",
    ],
)
def test_lines_that_are_not_clearly_headers_stay_as_text(tmp_path: Path, lines: str) -> None:
    article = read_text(tmp_path, f"{lines}\n\n{MILL}\n")
    whole = "\n".join([article.title, *texts(article)])
    assert all(line in whole for line in lines.split("\n"))


def test_a_list_of_titles_stays_a_list(tmp_path: Path) -> None:
    article = read_text(tmp_path, "Title: The Mill\nDate: 2024-05-12\n\nTitle: The Wheel\nDate: 2024-05-13\n")
    assert "Title: The Wheel" in "\n".join(texts(article))


def test_headers_stand_above_each_of_several_articles(tmp_path: Path) -> None:
    path = tmp_path / "mill.txt"
    parts = [f"Title: {title}\nDate: 2024-05-0{at}\n\n{text}" for at, (title, text) in enumerate(ARTICLES, 1)]
    path.write_text("\n\n".join(parts), encoding="utf-8")
    found = [article for article in read([path]) if isinstance(article, Article)]
    assert [(article.title, article.date) for article in found] == [
        ("The Mill", "2024-05-01"),
        ("The Wheel", "2024-05-02"),
    ]
    assert [texts(article) for article in found] == [[MILL], [WHEEL]]


def test_lines_below_the_first_may_hang_further_in() -> None:
    block = "\n".join(wrapped(text, subsequent_indent="   ") for text in (MILL, FLOUR, WHEEL))
    assert paragraphs(block) == [MILL, FLOUR, WHEEL]


def test_terms_with_indented_meanings_break_no_wrapped_text() -> None:
    terms = "Bran:\n    the husks, which the pigs get\nGroats:\n    what is left, coarsely ground"
    assert paragraphs(f"{wrapped(MILL)}\n\n{terms}\n\n{wrapped(FLOUR)}") == [
        MILL, "Bran:\nthe husks, which the pigs get", "Groats:\nwhat is left, coarsely ground", FLOUR,
    ]  # fmt: skip


def test_a_quotation_goes_without_its_signs() -> None:
    quoted = "\n".join(f"> {line}" for line in [*wrapped(FLOUR).split("\n"), "", "Bring a bag, too."])
    assert paragraphs(f"{wrapped(MILL)}\n\n{quoted}\n\n{wrapped(WHEEL)}") == [MILL, FLOUR, "Bring a bag, too.", WHEEL]
    assert paragraphs(">>> grind(3)\n>>> stop()") == [">>> grind(3)\n>>> stop()"]


@pytest.mark.parametrize(
    ("lines", "whole"),
    [
        ("Die Mühlen-\nverwaltung hat an-\ngekündigt, dass", "Die Mühlenverwaltung hat angekündigt, dass"),
        ("le meunier est peut-\nêtre en retard", "le meunier est peut-être en retard"),
        ("кто-\nнибудь из мель-\nников", "кто-нибудь из мельников"),
    ],
)
def test_a_word_cut_at_the_end_of_a_line_is_whole_in_a_text_of_any_width(lines: str, whole: str) -> None:
    assert paragraphs(lines) == [whole]
    assert paragraphs(f"{lines}\n\n{lines}") == [whole, whole]


def test_numbered_headings_of_several_words_open_what_follows() -> None:
    text = f"1 What visitors may see\n{MILL}\n\n2. Prices of flour in spring\n{FLOUR}"
    text += f"\n\n2.1 The wheel at the smithy\n{WHEEL}"
    assert paragraphs(text) == [
        f"1 What visitors may see\n{MILL}", f"2. Prices of flour in spring\n{FLOUR}",
        f"2.1 The wheel at the smithy\n{WHEEL}",
    ]  # fmt: skip
    assert paragraphs(f"12 men came.\n\n{MILL}") == ["12 men came.", MILL]


def test_headings_with_the_signs_of_markdown_are_headings_in_plain_text_too(tmp_path: Path) -> None:
    article = read_text(tmp_path, f"# The Mill\n\n{MILL}\n\n## What a bag of flour costs\n\n{FLOUR}\n## Wheel\n{WHEEL}")
    assert article.title == "The Mill"
    assert texts(article) == [MILL, f"What a bag of flour costs\n{FLOUR}", f"Wheel\n{WHEEL}"]


def test_a_word_alone_is_the_title_of_a_wrapped_text(tmp_path: Path) -> None:
    article = read_text(tmp_path, f"Мельница\n\n{wrapped('Мельница на реке снова мелет муку с мая месяца.', 20)}")
    assert article.title == "Мельница"


def test_verse_set_apart_does_not_hide_that_the_text_is_wrapped() -> None:
    verse = "    Turn, old stone, and grind the bread,\n    Turn until the sky is red,\n    Turn, for none is fed"
    blocks = paragraphs(f"{wrapped(MILL, 50)}\n\n{verse}\n\n{wrapped(WHEEL, 50)}")
    assert [blocks[0], blocks[-1]] == [MILL, WHEEL]
    assert "Turn, old stone, and grind the bread,\nTurn until the sky is red,\nTurn, for none is fed" in blocks


@pytest.mark.parametrize(
    "lines", ["①米\n②水", "一、米袋\n二、水桶", "(1)米\n(2)水", "а) мука\nб) вода", "✓ a bag\n✓ grain"]
)
def test_lists_keep_the_marks_of_their_language(lines: str) -> None:
    assert paragraphs(f"{FLOUR}\n\n{lines}\n\n{MILL}") == [FLOUR, lines, MILL]


def test_three_lines_of_chinese_are_a_wrapped_paragraph() -> None:
    lines = [
        "从五月第二周开始埃斯克河边的磨坊又开始磨面粉游客可以在星期天参",
        "观磨坊的石头已经有两百年的历史现在还在使用人们从很远的地方赶来看",
        "它。",
    ]
    assert paragraphs("\n".join(lines)) == ["".join(lines)]


@pytest.mark.parametrize("heading", ["== Prices ==", "*** Prices ***", "## Prices ##", "**Prices**"])
def test_a_heading_between_signs_opens_what_follows_without_them(heading: str) -> None:
    assert paragraphs(f"{MILL}\n\n{heading}\n\n{FLOUR}") == [MILL, f"Prices\n{FLOUR}"]


def test_the_number_of_a_chapter_stands_above_its_heading() -> None:
    assert paragraphs(f"{MILL}\n\nCHAPTER II.\n\nThe Wheel\n\n{WHEEL}") == [MILL, f"CHAPTER II.\nThe Wheel\n{WHEEL}"]


def test_two_pages_that_say_their_number_have_running_heads(tmp_path: Path) -> None:
    foot = "Brandt           The Tide Mill        [Page {}]"
    article = read_text(tmp_path, f"The Mill\n\n{MILL}\n\n{foot.format(1)}\n\f\n{FLOUR}\n\n{foot.format(2)}\n")
    assert (article.title, texts(article)) == ("The Mill", [MILL, FLOUR])
    assert "Brandt The Tide Mill [Page 1]" in [dropped.text for dropped in article.dropped]


def test_a_line_of_signs_as_wide_as_the_text_underlines_its_title(tmp_path: Path) -> None:
    article = read_text(tmp_path, f"The Mill\n{'-' * 70}\n{MILL}\n")
    assert (article.title, texts(article)) == ("The Mill", [MILL])


def test_a_book_of_project_gutenberg_is_the_book_alone(tmp_path: Path) -> None:
    above = "The Project Gutenberg eBook of The Mill\n\nTitle: The Mill\n\nAuthor: Nora Esk\n\n"
    above += "Release date: May 1, 2004\n\n"
    mark = "*** {} OF THE PROJECT GUTENBERG EBOOK\nTHE MILL ***\n\n"
    licence = "Updated editions will replace the previous one.\n\nSTART: FULL LICENSE\n\nPLEASE READ THIS\n"
    book = f"\nTHE MILL\n\n\nCHAPTER I.\n\n{wrapped(MILL)}\n\n{wrapped(FLOUR)}\n\n"
    article = read_text(tmp_path, above + mark.format("START") + book + mark.format("END") + licence)
    assert (article.title, article.author, article.date) == ("The Mill", "Nora Esk", None)
    assert texts(article) == [f"CHAPTER I.\n{MILL}", FLOUR]
    assert {dropped.reason for dropped in article.dropped} == {"a notice of Project Gutenberg"}


def test_a_full_stop_that_found_no_room_on_its_line_ends_the_sentence_above(tmp_path: Path) -> None:
    full = "The mill grinds flour again, said the miller's daughter who keeps\n"
    full += "the books of the place, on all of the Sundays of the year to come"
    article = read_text(tmp_path, f"The Mill\n\n{full}\n.\n\n{wrapped(FLOUR)}\n\n{wrapped(WHEEL)}\n")
    assert texts(article) == [full.replace("\n", " ") + " .", FLOUR, WHEEL]


@pytest.mark.parametrize(
    "lines",
    [
        ["The trust of the mill has listed its common shares on the exchange of Esk", "Bridge. Ends"],
        ["وقال مدير الطاحونة القديمة على نهر إسك إن أحجارها عمرها مئتا عام وإنها ما", "زالت تدور كل يوم أحد."],
    ],
)
def test_two_lines_of_which_the_first_is_full_and_no_sentence_are_one_paragraph(lines: list[str]) -> None:
    assert paragraphs("\n".join(lines)) == [" ".join(lines)]


@pytest.mark.parametrize(
    "lines",
    [
        # A word more would have fitted beside the widest line.
        ["The miller of Esk opens his doors on the first Sunday of every month", "A stone for each", MILL[:80]],
        ["Flour from the mill of Esk is sold at the door for three crowns a bag.", "Ends"],
    ],
)
def test_lines_that_are_not_surely_full_stay_apart(lines: list[str]) -> None:
    assert paragraphs("\n".join(lines)) == lines


def test_one_space_before_a_line_below_a_full_one_begins_no_paragraph() -> None:
    first, second, *rest = wrapped(MILL, width=60).split("\n")
    assert paragraphs("\n".join([first, f" {second}", *rest])) == [MILL]


def test_the_second_dash_around_an_aside_joins_no_words() -> None:
    lines = [
        "المطاحن القديمة على نهر إسك -أشهر مطاحن المنطقة-",
        "تدور كل يوم أحد في الصيف وفي الشتاء أيضا وتبيع",
        "الطحين.",
    ]
    assert joined_lines(lines) == " ".join(lines)
    assert joined_lines(["The re-", "Built mill"]) == "The re-Built mill"
