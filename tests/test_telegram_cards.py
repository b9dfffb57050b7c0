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
from bot.printing import shown
from bot.render import units
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
        "Weir Lane", "par.\xa04\xa0of\xa011", BRIDGE,
        "2 · Ferry — Boats leave daily.", "3 · par. 4 of 11 — The mill burned.",
    ]  # fmt: skip
    short = said(answer_card(answer(found(BRIDGE), ferry), EN, PLAIN, quoted=1, compact=True))
    assert short == ["Ferry", "par.\xa04\xa0of\xa011", "Boats leave daily. It is cold.", "1 · Weir Lane"]


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
        "par.\xa04\xa0of\xa011",
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
        "فقط: مقاله‌های ژوئن ۲۰۲۴ («\u2068in June\u2069») – بخش‌هایی بدون «\u2068ferry <& مرسى\u2069»"
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


def quoted(passage: AnswerPassage, say: Catalogue = EN, *, compact: bool = False) -> list[tuple[str, str]]:
    """The quotes of a card: the kind and the text of each."""
    blocks = answer_card(answer(passage), say, PLAIN, compact=compact)
    return [(block.quote, block.text) for block in blocks if block.quote != "no"]


BEFORE = "The council met on Monday, and the hall was full to the last seat. " * 2
AFTER = "Buses go round by the mill until the end of the works. A ferry is not planned, for it would cost too much."


@pytest.mark.parametrize(
    ("before", "after", "rest"),
    [
        (BEFORE, AFTER, f"{BEFORE}[…] {AFTER}"),
        ("", BEFORE + AFTER, f"[…] {BEFORE}{AFTER}"),
        (BEFORE + AFTER, "", f"{BEFORE}{AFTER} […]"),
    ],
)
def test_the_sentence_that_answers_is_in_sight_and_the_rest_folded_around_the_mark_of_its_place(
    before: str, after: str, rest: str
) -> None:
    text = " ".join(part.strip() for part in (before, CLOSES, after) if part)
    passage = found(text, CLOSES)
    for compact in (False, True):
        assert quoted(passage, compact=compact) == [("quote", CLOSES), ("expandable", rest)]
    (sight, folded) = [block for block in answer_card(answer(passage), EN, PLAIN) if block.quote != "no"]
    assert {run.tags for run in sight.runs} == {("b",)}
    assert {run.tags for run in folded.runs} == {()}


def test_a_short_passage_and_a_single_sentence_stand_whole_in_sight() -> None:
    assert quoted(found(BRIDGE, CLOSES)) == [("quote", BRIDGE)]
    single = "The bridge closes on 3 March, " + "and on the fourth " * 20 + "it opens."
    assert quoted(replace(found(single), highlight=(0, 0))) == [("quote", single)]
    assert quoted(found(single)) == [("quote", single)]


@pytest.mark.parametrize("marked", [True, False])
def test_a_sentence_of_a_whole_screen_is_cut_at_a_word_and_goes_on_in_the_folded_quote(marked: bool) -> None:
    endless = "The bridge closes " + "and closes " * 80 + "on Monday."
    passage = found(f"{endless} Buses go round." if marked else endless, endless)
    ((sight, seen), (folded, rest)) = quoted(passage if marked else replace(passage, highlight=(0, 0)))
    assert (sight, folded) == ("quote", "expandable")
    assert 500 < units(seen) <= 600
    assert seen.endswith(("closes…", "and…"))
    assert rest.startswith(("[…] and", "[…] closes"))
    assert f"{seen.removesuffix('…')} {rest.removeprefix('[…] ')}" == passage.passage.text


def test_a_long_passage_is_quoted_around_its_sentence() -> None:
    long = "Nothing of note was said. " * 200 + CLOSES + " Nobody had anything to say to that." * 200
    blocks = answer_card(answer(found(long, CLOSES)), EN, PLAIN)
    (sight, rest) = [block for block in blocks if block.quote != "no"]
    assert sight.text == CLOSES
    assert units(sight.text) + units(rest.text) <= 1200
    assert rest.text.startswith("…Nothing of note")
    assert " was said. […] Nobody had" in rest.text
    assert rest.text.endswith("say to that. …")


def test_less_likely_passages_are_named_below_the_others_and_quote_nothing() -> None:
    weak = replace(found("It rains.", card=article("Rain", 1)), score=3.0)
    near = replace(found("Boats leave daily.", card=article("Ferry", 2)), score=8.0)
    several = answer(found(BRIDGE, CLOSES), weak, near)
    listed = ["3 · Ferry — Boats leave daily.", "Less likely: 2 · Rain"]
    assert said(answer_card(several, EN, PLAIN))[3:] == listed
    listed[0] = "3 · Ferry"
    assert said(answer_card(several, EN, PLAIN, compact=True))[3:] == listed
    assert said(answer_card(several, EN, PLAIN, quoted=1))[3:] == [
        f"1 · Weir Lane — {CLOSES}", "3 · Ferry — Boats leave daily."
    ]  # fmt: skip


def test_less_likely_passages_stand_in_one_line_that_runs_their_way() -> None:
    def unlikely(say: Catalogue, *titles: str) -> str:
        weak = [replace(found("It rains.", card=article(title, row)), score=3.0) for row, title in enumerate(titles, 1)]
        lines = said(answer_card(answer(found(BRIDGE, CLOSES), *weak), say, PLAIN))
        return next(text for text in lines if "Rain" in text)

    persian = Catalogue("fa")
    label = persian.text("less_likely")
    assert unlikely(EN, "Rain", "Par. 6") == "Less likely: 2 · Rain; 3 · Par. 6"
    assert unlikely(persian, "Rain in the hills") == f"\u200e\u2068{label}\u2069 ۲ – Rain in the hills"
    assert unlikely(persian, "باران در کوهستان", "Rain") == f"{label} ۲ – باران در کوهستان؛ \u2068۳ – Rain\u2069"
    assert unlikely(persian, "Rain in the hills", "باران") == (
        f"\u200e\u2068{label}\u2069 ۲ – Rain in the hills; \u2068۳ – باران\u2069"
    )
    here = replace(found("It rains."), score=3.0)
    far = replace(here, article=article("Rain", 1))
    mixed = said(answer_card(answer(found(BRIDGE, CLOSES), here, far), persian, PLAIN))
    assert mixed[-1] == f"\u200e\u2068{label}\u2069 ۲; ۳ – Rain"
    assert unlikely(EN, "أمطار غزيرة على المدينة", "Rain").startswith("\u200f\u2068Less likely:\u2069 2 · أمطار")


def test_what_was_searched_stands_above_the_label_of_the_buttons_when_nothing_was_found() -> None:
    nothing = answer(state="nothing", nearest=("Ferry",), corrected=(("brigde", "bridge"),))
    assert said(answer_card(nothing, EN, Circumstances(edited=True))) == [
        "I found no passage that answers this.",
        'Searched for "bridge" instead of "brigde".',
        "Updated after your edit.",
        "Try other words, or fewer.",
        "Nearest articles:",
    ]


def test_a_date_is_a_moment_only_when_its_zone_is_stated() -> None:
    def dated(date: str) -> str:
        return to_html(answer_card(answer(found(BRIDGE, card=article(date=date))), EN, PLAIN)).split("\n")[1]

    moment = '<i><tg-time unix="1795505400" format="Dt">24 Nov 2026</tg-time> · par.\xa04\xa0of\xa011</i>'
    assert dated("2026-11-24T08:30:00+01:00") == moment
    assert dated("2026-11-24T08:30:00") == dated("2026-11-24") == "<i>24 Nov 2026 · par.\xa04\xa0of\xa011</i>"
    assert dated("last <summer>") == "<i>last &lt;summer&gt; · par.\xa04\xa0of\xa011</i>"
    assert dated("  ") == "<i>par.\xa04\xa0of\xa011</i>"


def test_a_line_of_a_list_stands_in_the_direction_of_most_letters_of_its_title() -> None:
    mixed = article("NASA تطلق قمرا جديدا", 1, date="2026-11-24")
    listed = list_card(Listing((article(date="2026-11-24"), mixed), 2), 0, "Titles", FA)
    assert said(listed)[1:] == [
        "۱ – Weir Lane – \u2068۳ آذر ۱۴۰۵\u2069",
        "\u200f۲ – NASA تطلق قمرا جديدا – ۳ آذر ۱۴۰۵",
    ]


ARABIC = "أغلق المجلس الجسر يوم الاثنين. تسير الحافلات حول الطاحونة."


@pytest.mark.parametrize(
    ("title", "text", "say", "heading"),
    [
        ("Weir Lane", BRIDGE, FA, [
            "Weir Lane",
            "\u200e\u2068۳ آذر ۱۴۰۵\u2069 – The Post – \u2068بند\xa0۴\xa0از\xa0۱۱\u2069",
        ]),
        ("جسر السد", ARABIC, FA, ["جسر السد", "۳ آذر ۱۴۰۵ – \u2068The Post\u2069 – بند\xa0۴\xa0از\xa0۱۱"]),
        ("NASA", ARABIC, EN, [
            "\u200f\u2068NASA\u2069",
            "\u200f\u206824 Nov 2026\u2069 · \u2068The Post\u2069 · \u2068par.\xa04\xa0of\xa011\u2069",
        ]),
    ],
)  # fmt: skip
def test_the_title_the_place_and_the_quote_of_a_passage_run_one_way(
    title: str, text: str, say: Catalogue, heading: list[str]
) -> None:
    passage = found(text, card=article(title, date="2026-11-24", source="The Post"))
    for blocks in (answer_card(answer(passage), say, PLAIN), inline_card(passage, say)):
        assert said(blocks) == [*heading, text]


def test_another_passage_is_one_line_in_the_direction_of_what_it_says() -> None:
    others = (found(ARABIC, "تسير الحافلات حول الطاحونة.", card=article("NASA", 1)), found("It rains."))
    assert said(answer_card(answer(found(BRIDGE, CLOSES), *others), FA, PLAIN, compact=True))[3:] == [
        "۲ – NASA",
        "۳ – بند ۴ از ۱۱",
    ]
    assert said(answer_card(answer(found(BRIDGE, CLOSES), *others), FA, PLAIN))[3:] == [
        "\u200f۲ – \u2068NASA\u2069 — تسير الحافلات حول الطاحونة.",
        "۳ – It rains.",
    ]


def test_readers_of_persian_see_a_moment_as_a_day_of_their_calendar() -> None:
    passage = found(BRIDGE, card=article(date="2026-11-24T08:30:00+01:00"))
    html = to_html(answer_card(answer(passage), FA, PLAIN))
    assert "۳ آذر ۱۴۰۵" in html
    assert "tg-time" not in html


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
        "<b>Weir Lane</b>\n<i>par.\xa01\xa0to\xa03\xa0of\xa03</i>\n"
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


@pytest.mark.slow
@settings(deadline=None)
@given(anything.filter(lambda text: shown(text).strip()), anything)
def test_any_short_passage_is_quoted_whole_wherever_it_is_shown(text: str, title: str) -> None:
    passage = found(text[:300], card=article(title * 3))
    for blocks in (answer_card(answer(passage), EN, PLAIN), inline_card(passage, EN)):
        seen, *rest = [block.text.lstrip("\u200e\u200f") for block in blocks if block.quote != "no"] or [""]
        whole = "".join([seen.removesuffix("…"), *(part.removeprefix("[…] ") for part in rest)]) if rest else seen
        assert re.sub(r"[\s\u200e\u200f]", "", whole) == re.sub(r"[\s\u200e\u200f]", "", shown(text[:300]))
        as_telegram_reads(blocks)
    assert units(sentence(passage, 50)) <= 50


@pytest.mark.slow
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
