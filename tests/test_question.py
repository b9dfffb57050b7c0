"""A question taken apart: marks and dates in words, in any text and several languages, without an index."""

import re
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.wording import filter_label, problem_line
from index.analysis.literal import fold_text
from index.query.periods import Period, of_calendar, solar_hijri_month, stated
from index.query.syntax import ParsedQuestion, parse

PLAIN = (
    "How wide is the gangway over the bridge?",
    "temperatures of -5 and - a dash - and a co-op on Weir-Street",
    "https://example.org/in:here?source:x at 10:30, ratio 3:1, C:\\after:all",
    "AND OR NOT (bridge*) ~ ^2 {x} [y] title:weir",
    '5" pipes and 3" nails',
    'an unbalanced "quotation',
    "«",
    '"" “” «?!»',
    'צה"ל והרמטכ"ל',
    "-Когда открыли мост?",
    "a story -an old one- of the sea",
    "it's the 'old' bridge",
)
TEXTS = st.text(st.characters() | st.sampled_from(list('"“”«»-:  after before in source 2024-06 -x'))) | st.lists(
    st.sampled_from(['"', "after:", "before:2024", "in:", 'source:"', "-", "word", "“", "-word", "؟", "2024-06"])
).map(" ".join)


def keys(text: str) -> list[str]:
    return [condition.key for condition in parse(text).filters]


@pytest.mark.parametrize("text", PLAIN)
def test_what_has_no_mark_to_the_letter_is_plain_text(text: str) -> None:
    parsed = parse(text)
    assert (parsed.searched, parsed.filters, parsed.problems) == (text, (), ())


def test_every_mark_becomes_a_condition_and_only_words_stay_searched() -> None:
    parsed = parse(
        'When did the "Old Weir Bridge" -ferry close after:2026-02 before:2026-03-04 in:weir source:"The Post"?'
    )
    assert parsed.searched.split() == ["When", "did", "the", '"Old', "Weir", 'Bridge"', "close", "?"]
    assert [(c.kind, c.text, filter_label(c), c.words) for c in parsed.filters] == [
        ("phrase", "Old Weir Bridge", 'passages with "Old Weir Bridge"', '"Old Weir Bridge"'),
        ("without", "ferry", 'passages without "ferry"', "-ferry"),
        ("date", "", "articles from February 2026 on", "after:2026-02"),
        ("date", "", "articles up to 4 March 2026", "before:2026-03-04"),
        ("title", "weir", 'articles titled "weir"', "in:weir"),
        ("source", "The Post", 'articles of "The Post"', 'source:"The Post"'),
    ]
    assert parsed.problems == ()


@pytest.mark.parametrize(
    "text",
    ["What does git tag -a do?", "run reset -f twice", "tar -xzf backup", "docker run -it image", "ls -la", "open -a"],
)
def test_an_option_of_a_command_excludes_nothing(text: str) -> None:
    assert parse(text) == ParsedQuestion(text, text)


@pytest.mark.parametrize(
    ("text", "word"), [("jaguar -car", "car"), ("cup -nfl", "nfl"), ("tide -ñ", "ñ"), ("git log -rebased", "rebased")]
)
def test_a_word_behind_a_dash_is_excluded(text: str, word: str) -> None:
    assert [(one.kind, one.text) for one in parse(text).filters] == [("without", word)]


@pytest.mark.parametrize("text", ['"red kite"', "“red kite”", "«red kite»", "„red kite“", "„red kite”", "「red kite」"])
def test_any_pair_of_quotation_marks_holds_a_phrase(text: str) -> None:
    assert [condition.text for condition in parse(f"a {text}, please").filters] == ["red kite"]


def test_punctuation_after_a_mark_and_its_case_and_direction_do_not_matter() -> None:
    assert keys("bridge, After:2024?") == keys("before the bridge after:2024") == ["after:2024-01-01"]
    assert keys("\u200f-bridge\u200f") == keys("x -bridge,") == keys("-Bridge")


def test_a_condition_keeps_its_key_and_can_be_left_out() -> None:
    text = 'the "red kite" -owl after:2024'
    assert [key.isascii() and len(key) <= 32 for key in keys(text)] == [True] * 3
    assert keys("“RED  kite” before:2024") == [keys(text)[0], "before:2024-12-31"]
    left = parse(text, frozenset(keys(text)[1:]))
    assert [condition.text for condition in left.filters] == ["red kite"]
    assert left.searched.split() == ["the", '"red', 'kite"']


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (
            "after:soon",
            "after:soon is no date; write after:2024, after:2024-06 or after:2024-06-30. Searched without it.",
        ),
        ("before:2024-13", "before:2024-13 is no date;"),
        ("before:2023-02-29", "before:2023-02-29 is no date;"),
        ("after: 2024", "after: is followed by no date;"),
        ("in:", 'in: is followed by no word of a title; write in:word or in:"some words".'),
        ('source:"?!"', "source:?! is no name; write"),
        ("after:" + "x" * 500, f"after:{'x' * 39}… is no date;"),
    ],
)
def test_a_wrong_mark_is_explained_in_a_line_and_the_rest_is_searched(text: str, line: str) -> None:
    parsed = parse(f"bridge {text} tolls")
    assert parsed.filters == ()
    (problem,) = parsed.problems
    assert problem_line(problem).startswith(line)
    assert {"bridge", "tolls"} <= set(parsed.searched.split())


@pytest.mark.slow
@given(TEXTS)
def test_any_text_is_taken_apart_and_no_word_is_lost(text: str) -> None:
    parsed = parse(text)
    assert parsed.text == text
    assert len(parsed.searched) == len(text)
    assert all(kept in (letter, " ") for kept, letter in zip(parsed.searched, text, strict=True))
    for condition in parsed.filters:
        assert text[condition.start : condition.end] == condition.words
    told = " ".join([parsed.searched, *(c.words for c in parsed.filters), *map(problem_line, parsed.problems)])
    assert "…" in told or set(re.findall(r"\w+", text)) <= set(re.findall(r"\w+", told))


@given(st.text(st.sampled_from("abc éд桥 .,;!()*'/&%10")))
def test_a_question_without_marks_is_unchanged(text: str) -> None:
    assert parse(text) == ParsedQuestion(text, text)


@pytest.mark.slow
@given(st.text())
def test_folding_is_idempotent_and_blind_to_case(text: str) -> None:
    assert fold_text(fold_text(text)) == fold_text(text)
    assert fold_text(text) == fold_text(text.replace("a", "A"))


def test_folding_forgets_case_accents_and_marks_and_keeps_words() -> None:
    assert (
        fold_text("The U.S. Minister’s 6,800 votes in São\u00a0Paulo") == " the us minister s 6800 votes in sao paulo "
    )
    assert fold_text("كُتُبٌ أحمد\u200c ۱۴۰۳") == fold_text("کتب احمد ١٤٠٣")
    assert fold_text("IŞIK") == fold_text("ışık") == fold_text("isik")
    assert fold_text("किस्में है।") == " किस्में है "
    assert fold_text("夜间 N7") == " 夜 间 n7 "


@given(st.dates(date(1921, 3, 21), date(2199, 12, 31)))
def test_a_day_lies_in_its_own_month_of_either_calendar(day: date) -> None:
    year, month = solar_hijri_month(day)
    if year < 1500:
        solar = of_calendar(year, month)
        assert solar is not None
        assert (solar.first or day) <= day <= (solar.last or day)
    gregorian = stated(f"{day.year}-{day.month}")
    assert gregorian is not None
    assert (gregorian.first or day) <= day <= (gregorian.last or day)


@pytest.mark.parametrize("year", [1370, 1375, 1379, 1383, 1387, 1391, 1395, 1399, 1403, 1408])
def test_the_leap_years_of_iran_have_a_thirtieth_of_esfand(year: int) -> None:
    assert of_calendar(year, 12, 30) is not None
    assert of_calendar(year + 1, 12, 30) is None
    assert of_calendar(1403, 1, 1) == Period(date(2024, 3, 20), date(2024, 3, 20))
