"""Pasted pages: the articles come out, the debris stays behind, and no word is lost on the way."""

import re
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.model import Paragraph
from index.sources.blocks.layout import normalise
from index.sources.text.pasted import Draft, is_boilerplate, is_headline, split_pasted

SEED = Path(__file__).parents[2] / "shared" / "seeds" / "000_1a21728a64ca6a0a.txt"

RAIN = "Rain Ends a Dry Spring in the Valley"
STREET = "A wet street in Ayr on Sunday, May 3. (AFP)"
RAIN_BODY = (
    "It rained in the valley on Sunday for the first time in nine weeks, the weather office said.",
    "Farmers had asked for help in April, when two of the three wells near the mill ran dry.",
    "He agreed.",
)
FERRY = "Ferry to the Islands Runs Again?"
FERRY_BODY = (
    "The ferry left the harbour at six with forty passengers, the Coast Post reported.",
    "It had been in the dock since a storm in March broke its rudder, and the islands were cut off.",
)


def pasted(title: str, caption: str, body: tuple[str, ...], between: str) -> str:
    head = f"{title}\n\n{caption}\n{caption}\n"
    return f"{head}TT\n20\n\n{head}\n{between.join(body)}\n"


def left_out(draft: Draft) -> tuple[str, ...]:
    return tuple(line.text for line in draft.dropped)


def texts(draft: Draft, kind: str = "paragraph") -> list[str]:
    return [paragraph.text for paragraph in draft.paragraphs if paragraph.kind == kind]


@pytest.mark.parametrize("between", ["\n", "\n\n", "\n\n\n"])
def test_several_pages_in_a_file_are_several_articles(between: str) -> None:
    text = pasted(RAIN, STREET, RAIN_BODY, between) + "\n\n\n" + pasted(FERRY, "The ferry", FERRY_BODY, between)
    rain, ferry = split_pasted(text)
    assert (rain.title, texts(rain), texts(rain, "caption")) == (RAIN, list(RAIN_BODY), [STREET])
    assert (ferry.title, texts(ferry), texts(ferry, "caption")) == (FERRY, list(FERRY_BODY), ["The ferry"])


def test_what_is_taken_out_is_kept_as_dropped() -> None:
    (draft,) = split_pasted(pasted(RAIN, STREET, RAIN_BODY, "\n"))
    assert left_out(draft) == (STREET, "TT", "20", RAIN, STREET, STREET)


def test_a_headline_echo_starts_an_article_without_blank_lines_above_it() -> None:
    text = pasted(RAIN, STREET, RAIN_BODY, "\n") + pasted(FERRY, "The ferry", FERRY_BODY, "\n")
    assert [draft.title for draft in split_pasted(text)] == [RAIN, FERRY]


@pytest.mark.parametrize("rule", ["---", "***", "=====", "- - -", "\n\n"])
def test_a_rule_or_three_blank_lines_part_articles_without_echoes(rule: str) -> None:
    text = "\n".join([RAIN, "", *RAIN_BODY, "", rule, "", FERRY, "", *FERRY_BODY])
    rain, ferry = split_pasted(text)
    assert (rain.title, texts(rain)) == (RAIN, list(RAIN_BODY))
    assert (ferry.title, texts(ferry)) == (FERRY, list(FERRY_BODY))


def test_prose_after_a_rule_stays_in_its_article() -> None:
    text = "\n".join([RAIN, "", RAIN_BODY[0], "", "* * *", "", RAIN_BODY[1]])
    (draft,) = split_pasted(text)
    assert texts(draft) == list(RAIN_BODY[:2])


def test_an_agency_named_in_prose_is_no_photo_credit() -> None:
    lead = "The mill will open again in June, two people who know the plans said, Reuters reported."
    (draft,) = split_pasted(f"{RAIN}\n\n{lead}\n\n{RAIN_BODY[0]}\n")
    assert texts(draft) == [lead, RAIN_BODY[0]]


@pytest.mark.parametrize(
    "credit", ["via REUTERS", "(AFP)", "REUTERS/Ana Reyes/File Photo", "(رويترز)", "AP Photo/Jo Hill"]
)
def test_a_line_closed_by_a_photo_credit_is_a_caption(credit: str) -> None:
    caption = f"Cows stand in a dry field near the mill, April 2. {credit}"
    (draft,) = split_pasted(f"{RAIN}\n\n{caption}\n\n{RAIN_BODY[0]}\n")
    assert (texts(draft, "caption"), texts(draft)) == ([caption], [RAIN_BODY[0]])


def test_a_menu_above_the_first_headline_is_dropped() -> None:
    (draft,) = split_pasted("World\nSports News\n\n" + pasted(RAIN, STREET, RAIN_BODY, "\n"))
    assert draft.title == RAIN
    assert left_out(draft)[:2] == ("World", "Sports News")


def test_an_essay_keeps_its_title_and_paragraphs() -> None:
    assert split_pasted("On Wells\n\nA well is a patient thing.\n\nIt waits.\n") == [
        Draft("On Wells", (Paragraph("A well is a patient thing."), Paragraph("It waits.")))
    ]


def test_a_title_may_stand_right_above_a_paragraph() -> None:
    (draft,) = split_pasted(f"On Wells and Rain\n{RAIN_BODY[0]}\n{RAIN_BODY[1]}")
    assert (draft.title, texts(draft)) == ("On Wells and Rain", list(RAIN_BODY[:2]))


def test_a_text_of_paragraphs_alone_has_no_title() -> None:
    (draft,) = split_pasted("\n\n".join(RAIN_BODY))
    assert (draft.title, texts(draft)) == ("", list(RAIN_BODY))


@pytest.mark.parametrize("text", ["", " \n\n", "TT\n20\n---\n", "\ufeff"])
def test_a_text_without_prose_holds_no_article(text: str) -> None:
    assert split_pasted(text) == []


def test_a_lone_line_is_a_paragraph_and_no_title() -> None:
    assert split_pasted("Ferry runs again today") == [Draft("", (Paragraph("Ferry runs again today"),))]


def test_verse_keeps_its_line_breaks() -> None:
    stanza = "Slow goes the river,\nslow goes the mill,\nthe miller is sleeping"
    (draft,) = split_pasted(f"Song of the Mill\n\n{stanza}\n\n{stanza}\n")
    assert (draft.title, texts(draft)) == ("Song of the Mill", [stanza, stanza])


def test_a_refrain_starts_no_article() -> None:
    verse = "Slow goes the river\nby field and by hill\nand nobody hurries"
    (draft,) = split_pasted(f"Song of the Mill\n\n{verse}\n\n{verse}\n\n{verse}\n")
    assert texts(draft) == [verse] * 3


def test_wrapped_lines_are_joined_and_cut_words_made_whole() -> None:
    wrapped = (
        "The mill stands where two streams meet and\nfor a hundred years it gave the valley its\n"
        "flour, its gossip and its light. The well-\nknown miller kept a book of every river-\n"
        "side visitor, and the book was never lost.\n\nThe well-known book is in the town museum\n"
        "now, under glass, and nobody may touch it.\n"
    )
    (draft,) = split_pasted(wrapped)
    assert texts(draft) == [
        "The mill stands where two streams meet and for a hundred years it gave the valley its flour, its gossip "
        "and its light. The well-known miller kept a book of every riverside visitor, and the book was never lost.",
        "The well-known book is in the town museum now, under glass, and nobody may touch it.",
    ]


def test_an_arabic_page_is_cleaned_like_an_english_one() -> None:
    title, caption = "عودة العبارة إلى الجزر بعد شهرين", "العبارة في الميناء يوم الأحد (أ ف ب)"
    body = (
        "غادرت العبارة الميناء في السادسة صباحا وعلى متنها أربعون راكبا",
        "وكانت قد توقفت في مارس بعد عاصفة كسرت دفتها.",
    )
    text = f"{title}\n\n{caption}\n{caption}\nمشاركة\n\n{title}\n\n{caption}\n\n{body[0]}\n{body[1]}\nاقرأ المزيد\n"
    (draft,) = split_pasted(text)
    assert draft.title == title
    assert draft.paragraphs == (Paragraph(caption, "caption"), Paragraph(body[0]), Paragraph(body[1]))
    assert left_out(draft) == (caption, "مشاركة", title, caption, "اقرأ المزيد")


def test_a_persian_page_keeps_its_joiners() -> None:
    title, body = "کشتی به جزیره‌ها بازگشت", "کشتی ساعت شش با چهل مسافر بندر را ترک کرد و به جزیره‌ها رفت."
    (draft,) = split_pasted(f"{title}\n\nچاپ\n\n{title}\n\n{body}\n")
    assert (draft.title, texts(draft), left_out(draft)) == (title, [body], ("چاپ", title))


@pytest.mark.parametrize(
    "line", ["", "TT", "20", "A+ A-", "* * *", "Share", "READ MORE »", "اقرأ أيضاً:", "بیشتر بخوانید", "..."]
)
def test_widgets_and_labels_are_furniture(line: str) -> None:
    assert is_boilerplate(line)


@pytest.mark.parametrize("line", ["He agreed.", "1987", "Nine", "ok", "雨", "Share prices fell", "نعم"])
def test_short_lines_of_prose_are_no_furniture(line: str) -> None:
    assert not is_boilerplate(line)


@pytest.mark.parametrize(
    "line", [RAIN, FERRY, "Mill to reopen in the U.S.", "“We are dry”", "河水上涨三米", "And then it rained…"]
)
def test_headlines_are_known_by_their_looks(line: str) -> None:
    assert is_headline(line)


@pytest.mark.parametrize("line", ["", "Rain", "It rained.", "He said “no.”", "by the mill,", "word " * 31])
def test_sentences_and_single_words_are_no_headlines(line: str) -> None:
    assert not is_headline(line)


def test_invisible_marks_are_dropped_and_joiners_kept() -> None:
    assert normalise("\ufeffa\xa0b\r\nco\xadop\u200e") == "a b\ncoop"
    assert normalise("می\u200cروم") == "می\u200cروم"
    assert normalise("a\u2028b\u2029c\fd") == "a\nb\n\nc\n\nd"
    assert normalise("e\u0301\x00\ud800") == "é\ufffd"


@given(st.text(alphabet=st.one_of(st.characters(), st.sampled_from("\r\n\xa0\u200c\u200e\xad\ufeff\u0301e \t"))))
def test_normal_form_is_reached_at_once(text: str) -> None:
    assert normalise(normalise(text)) == normalise(text)


LINES = st.one_of(
    st.sampled_from(["", "", "", "TT", "20", "---", "Share", RAIN, FERRY, STREET, *RAIN_BODY, *FERRY_BODY]),
    st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=30),
)


def letters(*parts: str) -> Counter[str]:
    """The characters of the parts but for white space, and hyphens in any form, which wrapping may have put there."""
    return Counter(re.sub(r"[-\u2010¬\s]", "", "".join(parts)))


@pytest.mark.slow
@given(st.lists(LINES, max_size=30).map("\n".join))
def test_no_character_is_lost_but_into_dropped(text: str) -> None:
    drafts = split_pasted(text)
    kept = [part for draft in drafts for part in (draft.title, *left_out(draft), *(p.text for p in draft.paragraphs))]
    lost = letters(normalise(text)) - letters(*kept)
    # A text of furniture alone is no article, so it has no list of what was dropped.
    assert not lost if drafts else all(is_boilerplate(" ".join(line.split())) for line in normalise(text).split("\n"))
    assert letters(*kept) <= letters(normalise(text))


PROSE = st.lists(
    st.sampled_from("the old mill ran dry when no rain fell over nine long weeks".split()), min_size=9, max_size=40
)
PAGES = st.lists(
    st.tuples(
        st.integers(min_value=0, max_value=99).map("Page number {} from the valley".format),
        st.integers(min_value=0, max_value=99).map("The mill on day {} of the drought".format),
        st.lists(PROSE.map(lambda words: " ".join(words).capitalize() + "."), min_size=1, max_size=5).map(tuple),
        st.sampled_from(["\n", "\n\n"]),
    ),
    min_size=1,
    max_size=4,
    unique_by=lambda page: page[0],
)


@pytest.mark.slow
@given(PAGES)
def test_cleaning_what_is_clean_changes_nothing(pages: list[tuple[str, str, tuple[str, ...], str]]) -> None:
    drafts = split_pasted("\n\n\n".join(pasted(*page) for page in pages))
    assert [(draft.title, tuple(texts(draft))) for draft in drafts] == [(title, body) for title, _, body, _ in pages]
    clean = "\n\n\n\n".join("\n\n".join([draft.title, *texts(draft)]) for draft in drafts)
    again = split_pasted(clean)
    assert [(draft.title, texts(draft)) for draft in again] == [(draft.title, texts(draft)) for draft in drafts]
    assert all(not draft.dropped for draft in again)


@pytest.mark.skipif(not SEED.exists(), reason="the pasted page in ../shared/seeds is not here")
def test_the_pasted_page_of_the_first_days_is_two_articles() -> None:
    raw = SEED.read_text(encoding="utf-8")
    drafts = split_pasted(raw)
    assert [(len(texts(draft)), len(texts(draft, "caption"))) for draft in drafts] == [(14, 1), (13, 1)]
    assert [draft.title for draft in drafts] == [raw.split("\n")[0], raw.split("\n\n\n\n")[1].split("\n")[0]]
    kept = [paragraph.text for draft in drafts for paragraph in draft.paragraphs]
    assert not {"TT", "20", *(draft.title for draft in drafts)} & set(kept)
    assert len(set(kept)) == 29
    assert all(text in raw for text in kept)
