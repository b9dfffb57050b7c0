"""What messages about articles look like, for ordinary ones and for any text at all, in every language."""

import re
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.answer import Answer, AnswerPassage, Explanation
from bot.articles import Listing, WholeArticle
from bot.catalogue import LANGUAGES, Catalogue
from bot.channels.telegram.messages.cards import (
    Circumstances,
    answer_card,
    inline_card,
    list_card,
    page_before,
    page_card,
    page_from,
    sentence,
    short_nothing,
)
from bot.channels.telegram.messages.rich_text import Block, to_html, to_plain
from bot.render import shown, units
from index.model import ArticleCard, Kind, Passage
from index.query.periods import Period
from index.query.syntax import Filter, Problem
from index.search.copies import Copies
from tests.telegram_server.html import parse_html, tidy, utf16

EN, FA = Catalogue("en"), Catalogue("fa")
PLAIN = Circumstances()
BRIDGE = "The council met on Monday. The bridge closes on 3 March. Buses go round by the mill."
CLOSES = "The bridge closes on 3 March."


def article(title: str = "Weir Lane", row: int = 0, date: str | None = None, source: str | None = None) -> ArticleCard:
    return ArticleCard(row, f"{row:012x}", title, "p.txt", source, None, None, date, "en", 0, 11)


def found(
    text: str, marked: str = "", *, card: ArticleCard | None = None, copies: tuple[str, ...] = ()
) -> AnswerPassage:
    start = text.index(marked)
    highlight = (start, start + len(marked or text))
    return AnswerPassage(
        Passage(3, 0, 4, 11, "paragraph", text), card or article(), 9.0, highlight, Copies(copies, len(copies))
    )


def answer(*passages: AnswerPassage, state: str = "answered", **fields: object) -> Answer:
    asked = Answer("When does it close?", "answered", 0.97, passages, (), (), Explanation())
    return replace(asked, state=state, **fields)  # type: ignore[arg-type]  # the fields are the record's own


def said(blocks: tuple[Block, ...]) -> list[str]:
    return to_plain(blocks).split("\n")


def test_other_passages_are_lines_of_their_title_or_their_place_in_the_same_article() -> None:
    ferry = found("Boats leave daily. It is cold.", "Boats leave daily.", card=article("Ferry", 1))
    same = found("The mill burned.")
    lines = said(answer_card(answer(found(BRIDGE, CLOSES), ferry, same), EN, PLAIN))
    assert lines == [
        "Weir Lane", "par. 4 of 11", BRIDGE, "2 · Ferry — Boats leave daily.", "3 · par. 4 of 11 — The mill burned."
    ]  # fmt: skip
    short = said(answer_card(answer(found(BRIDGE), ferry), EN, PLAIN, quoted=1, compact=True))
    assert short == ["Ferry", "par. 4 of 11", "Boats leave daily. It is cold.", "1 · Weir Lane"]


def test_a_close_answer_says_so_and_names_missing_words_corrections_and_copies() -> None:
    close = answer(
        found(BRIDGE, copies=("One", "Two", "Three", "Four")),
        state="closest",
        missing=("zeppelin", "R&D"),
        corrected=(("brigde", "bridge"),),
        problems=(Problem("no_passage", ("after:2026-99",)),),
    )
    assert said(answer_card(close, EN, Circumstances(("ferry",), edited=True))) == [
        "Not sure this answers it:",
        "Weir Lane",
        "par. 4 of 11",
        BRIDGE,
        "Also in: One, Two, Three and 1 more",
        "No article mentions: zeppelin, R&D",
        'Searched for "bridge" instead of "brigde".',
        "after:2026-99: no passage is left by this; without it there are some.",
        "Understood as: When does it close? ferry",
        "Updated after your edit.",
    ]


def test_what_the_passages_are_limited_to_is_said_and_a_guess_with_its_words() -> None:
    june = Period(date(2024, 6, 1), date(2024, 6, 30))
    limited = answer(
        found(BRIDGE),
        filters=(
            Filter("period", "period:1", "in June", period=june),
            Filter("without", "without:1", "-ferry", text="ferry <& مرسى"),
        ),
    )
    assert said(answer_card(limited, EN, PLAIN))[-1] == (
        'Only: articles from June 2024 ("in June") · passages without "\u2068ferry <& مرسى\u2069"'
    )
    assert said(answer_card(limited, FA, PLAIN))[-1] == (
        "فقط: مقاله‌های ژوئن ۲۰۲۴ («\u2068in June\u2069») · بخش‌هایی بدون «\u2068ferry <& مرسى\u2069»"
    )


def test_nothing_found_says_so_first_and_never_quotes() -> None:
    nothing = answer(state="nothing", missing=("zeppelin",), nearest=("Ferry",))
    blocks = answer_card(nothing, EN, PLAIN)
    assert said(blocks) == [
        "I found no passage that answers this.",
        "No article mentions: zeppelin",
        "Try other words, or fewer.",
        "Nearest articles:",
    ]
    assert {block.quote for block in blocks} == {"no"}
    assert said(short_nothing(nothing, EN)) == said(blocks)[:2]


def test_a_long_passage_is_quoted_around_its_sentence() -> None:
    long = "Nothing of note was said. " * 200 + CLOSES + " Nobody had anything to say to that." * 200
    (quote,) = [block for block in answer_card(answer(found(long, CLOSES)), EN, PLAIN) if block.quote != "no"]
    assert units(quote.text) <= 1200
    assert [run.text for run in quote.runs if run.tags == ("b",)] == [CLOSES]
    assert quote.text.startswith("…Nothing of note")
    assert quote.text.endswith("say to that. …")


def test_a_date_is_a_moment_only_when_its_zone_is_stated() -> None:
    def dated(date: str) -> str:
        return to_html(answer_card(answer(found(BRIDGE, card=article(date=date))), EN, PLAIN)).split("\n")[1]

    moment = '<i><tg-time unix="1795505400" format="Dt">24 Nov 2026</tg-time> · par. 4 of 11</i>'
    assert dated("2026-11-24T08:30:00+01:00") == moment
    assert dated("2026-11-24T08:30:00") == dated("2026-11-24") == "<i>24 Nov 2026 · par. 4 of 11</i>"
    assert dated("last <summer>") == "<i>last &lt;summer&gt; · par. 4 of 11</i>"
    assert dated("  ") == "<i>par. 4 of 11</i>"


def test_a_line_stands_in_the_direction_of_most_of_its_letters() -> None:
    mixed = article("NASA تطلق قمرا جديدا", 1, date="2026-11-24")
    listed = list_card(Listing((article(), mixed), 2), 0, "Titles", FA)
    assert said(listed)[1:] == ["۱ · Weir Lane", "\u200f۲ · NASA تطلق قمرا جديدا · \u2068۳ آذر ۱۴۰۵\u2069"]
    heading = answer_card(answer(found(BRIDGE, card=mixed)), FA, PLAIN)[0]
    assert heading.text == "\u200fNASA تطلق قمرا جديدا"


def opened(*texts: str, kinds: tuple[Kind, ...] = ()) -> WholeArticle:
    passages = [
        Passage(row, 0, row + 1, len(texts), kinds[row] if kinds else "paragraph", text)
        for row, text in enumerate(texts)
    ]
    return WholeArticle(replace(article(), passages=len(texts)), tuple(passages))


def test_a_page_names_its_paragraphs_and_marks_the_one_found() -> None:
    pages = opened("One.", "A boat", "Three.", kinds=("paragraph", "caption", "paragraph"))
    html = to_html(page_card(pages, (0, 3), EN, found=2))
    assert html == (
        "<b>Weir Lane</b>\n<i>par. 1 to 3 of 3</i>\n"
        "<blockquote>One.\n\n<i>caption: </i>A boat\n\n<b>Three.</b></blockquote>"
    )


def as_telegram_reads(blocks: tuple[Block, ...]) -> str:
    """What a reader sees of the HTML, which Telegram must take; it trims both ends."""
    html = to_html(blocks)
    assert len(html.encode()) < 32_768
    text, entities = tidy(*parse_html(html))
    assert len(entities) < 100
    return text


@pytest.mark.slow
@given(st.lists(st.integers(0, 2500), min_size=1, max_size=30), st.data())
def test_pages_follow_on_one_another_without_gap_or_overlap(lengths: list[int], data: st.DataObject) -> None:
    pages = opened(*("x" * length for length in lengths))
    at = 0
    seen: list[int] = []
    while at < len(lengths):
        first, last = page_from(pages.passages, at)
        assert first == at < last
        shown_here = as_telegram_reads(page_card(pages, (first, last), EN))
        assert utf16(shown_here) <= 3500
        assert shown_here.count("x") == sum(lengths[first:last])
        seen += range(first, last)
        at = last
    assert seen == list(range(len(lengths)))
    end = data.draw(st.integers(1, len(lengths)))
    first, last = page_before(pages.passages, end)
    assert first < last == end


anything = st.text(
    st.one_of(st.characters(), st.sampled_from("<>&\"'; \n\x1b\u202e\u2067\u2069\ud800😀مa.\u0301\u200d"))
)


def limits() -> st.SearchStrategy[Filter]:
    """Filters of every kind; their words may be any text at all, longer than a line."""
    long = anything.map(lambda text: text * 20)
    marked = st.sampled_from(("phrase", "without", "title", "source"))
    days = st.dates(date(1000, 1, 1), date(2999, 12, 31))
    periods = st.builds(Period, days, days | st.none()) | st.builds(Period, st.none(), days)
    return st.builds(lambda kind, words: Filter(kind, "k", words, text=words), marked, long) | st.builds(
        lambda kind, words, period: Filter(kind, "k", words, period=period),
        st.sampled_from(("date", "period")),
        long,
        periods,
    )


def faults() -> st.SearchStrategy[Problem]:
    """Problems of every kind."""
    malformed = st.tuples(st.sampled_from(("after", "before", "in", "source")), anything | anything.map("x".__add__))
    several = st.sampled_from(("not_verbatim", "no_passage", "no_passage_together"))
    return (
        st.builds(Problem, st.just("malformed"), malformed)
        | st.builds(Problem, several, st.lists(anything.map(lambda text: text * 9), min_size=1, max_size=12).map(tuple))
        | st.just(Problem("no_words"))
    )


@st.composite
def answers(draw: st.DrawFn) -> Answer:
    passages = []
    for row in range(draw(st.integers(0, 4))):
        text = draw(anything) * draw(st.sampled_from((1, 1, 40, 900)))
        start = draw(st.integers(0, len(text)))
        stated = st.none() | anything
        card = ArticleCard(row, "0" * 12, draw(anything) * 9, "p", draw(stated), None, None, draw(stated), "en", 0, 1)
        copies = Copies(tuple(draw(st.lists(anything, max_size=5))), draw(st.integers(0, 10_000)))
        highlight = (start, draw(st.integers(start, len(text))))
        passages.append(AnswerPassage(Passage(0, 0, 1, 1, "paragraph", text), card, 1.0, highlight, copies))
    words = st.lists(anything, max_size=12)
    return answer(
        *passages,
        state=draw(st.sampled_from(("answered", "closest", "nothing"))),
        question=draw(anything) * 20,
        missing=tuple(draw(words)),
        nearest=tuple(draw(words)),
        corrected=tuple(draw(st.lists(st.tuples(anything, anything), max_size=3))),
        filters=tuple(draw(st.lists(limits(), max_size=12))),
        problems=tuple(draw(st.lists(faults(), max_size=5))),
    )


@pytest.mark.slow
@settings(deadline=None)
@given(answers(), st.sampled_from(sorted(LANGUAGES)), st.booleans(), anything, st.lists(anything, max_size=3))
def test_any_answer_is_html_that_telegram_reads_as_it_was_meant(
    asked: Answer, language: str, compact: bool, like: str, added: list[str]
) -> None:
    say, how = Catalogue(language), Circumstances(tuple(added), like)
    for quoted in range(max(1, len(asked.passages))):
        blocks = answer_card(asked, say, how, quoted=quoted, compact=compact)
        seen = as_telegram_reads(blocks)
        assert 0 < utf16(seen) <= 3500
        assert seen == tidy("\n".join(block.text for block in blocks), [])[0]
        assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\ud800-\udfff]", seen)
        assert seen.count("\u2068") == seen.count("\u2069")
    assert 0 < utf16(as_telegram_reads(short_nothing(asked, say))) <= 3500


@settings(deadline=None)
@given(anything.filter(lambda text: shown(text).strip()), anything)
def test_any_short_passage_is_quoted_whole_wherever_it_is_shown(text: str, title: str) -> None:
    passage = found(text[:300], card=article(title * 3))
    for blocks in (answer_card(answer(passage), EN, PLAIN), inline_card(passage, EN)):
        (quote,) = [block for block in blocks if block.quote != "no"] or [Block(())]
        assert quote.text == shown(text[:300])
        as_telegram_reads(blocks)
    assert units(sentence(passage, 50)) <= 50


@settings(deadline=None)
@given(st.lists(anything, max_size=8), st.sampled_from(sorted(LANGUAGES)))
def test_any_titles_make_a_list_that_fits(titles: list[str], language: str) -> None:
    cards = tuple(article(title * 20, row, date=title) for row, title in enumerate(titles))
    blocks = list_card(Listing(cards, 99), 90, "Heading", Catalogue(language))
    assert utf16(as_telegram_reads(blocks)) <= 3500
    assert len(blocks) == len(titles) + 1


@pytest.mark.parametrize("language", sorted(LANGUAGES))
def test_every_text_of_a_card_exists_in_every_language(language: str) -> None:
    say = Catalogue(language)
    close = answer(
        found(BRIDGE, copies=("One",) * 5),
        state="closest",
        missing=("x",),
        corrected=(("a", "b"),),
        problems=(Problem("no_words"),),
    )
    for how in (PLAIN, Circumstances(("w",), "title", edited=True)):
        assert as_telegram_reads(answer_card(close, say, how))
        assert as_telegram_reads(answer_card(answer(state="nothing", nearest=("n",)), say, how))
