"""Filters and problems of a question in words: every kind in every language, and what others wrote as it was."""

import re
from collections.abc import Iterator
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.catalogue import LANGUAGES, Catalogue, Inserted
from bot.wording import filter_label, problem_line
from index.query.periods import Period
from index.query.syntax import Filter, Kind, Problem

FSI, PDI = "\u2068", "\u2069"
MARKED: tuple[Kind, ...] = ("phrase", "without", "title", "source")
JUNE = date(2024, 6, 1)
PERIODS = {
    "year": Period(date(2019, 1, 1), date(2019, 12, 31)),
    "years": Period(date(2015, 1, 1), date(2018, 12, 31)),
    "month": Period(JUNE, date(2024, 6, 30)),
    "day": Period(JUNE, JUNE),
    "days": Period(date(2024, 6, 3), date(2024, 6, 9)),
    "between": Period(date(2024, 5, 21), date(2024, 6, 24)),
    "since_month": Period(JUNE, None),
    "since_day": Period(date(2024, 6, 2), None),
    "until": Period(None, date(2024, 6, 30)),
}
PROBLEMS = (
    *(Problem("malformed", (mark, value)) for mark in ("after", "before", "in", "source") for value in ("17", "")),
    Problem("too_many", ("17",)),
    Problem("too_long", ("17",)),
    Problem("not_verbatim", ('"17"',)),
    Problem("no_words"),
    Problem("no_topic", ("17",)),
    Problem("no_article", ("17",)),
    Problem("not_dated", ("17",), Period(JUNE, date(2024, 6, 30))),
    Problem("no_passage", ("after:2031",)),
    Problem("no_passage_together", ("in:17", "after:2031")),
    Problem("by_meaning"),
    Problem("by_meaning_in", ("ru",)),
    Problem("nearest_in_meaning"),
)


class Recorder(Catalogue):
    """A catalogue that knows which of its texts were taken."""

    def __init__(self, language: str) -> None:
        super().__init__(language)
        self.taken: set[str] = set()

    def text(self, key: str, *, n: int | None = None, **inserted: Inserted) -> str:
        self.taken.add(key)
        return super().text(key, n=n, **inserted)


def dated(period: Period) -> Filter:
    return Filter("date", "date:1", "17", period=period)


def lines(say: Catalogue) -> Iterator[str]:
    """Every kind of filter and of problem in the words of a language; people's own words are numbers."""
    yield from (filter_label(Filter(kind, f"{kind}:1", "17", text="17"), say) for kind in MARKED)
    yield from (filter_label(dated(period), say) for period in PERIODS.values())
    yield from (problem_line(problem, say) for problem in PROBLEMS)
    yield say.text("filter_guess", words="17")


def own_words(line: str) -> set[str]:
    """The words of a line but for the marks, which are the same in every language."""
    return set(re.findall(r"[^\W\d_]+", re.sub(r"\b(after|before|in|source):", "", line).casefold()))


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_text_about_filters_is_taken(language: str) -> None:
    say = Recorder(language)
    assert all(lines(say))
    assert say.taken == {key for key in say._held.texts if key.startswith(("filter_", "problem_"))}


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_line_is_short_and_has_no_english_in_another_language(language: str) -> None:
    english = set().union(*map(own_words, lines(Catalogue("en"))))
    for line in lines(Catalogue(language)):
        assert len(line) <= 160
        assert line.count(FSI) == line.count(PDI)
        assert language == "en" or not own_words(line) & english - {"a", "no"}, line


def test_a_mark_and_its_examples_stay_as_typed() -> None:
    for language in LANGUAGES:
        for mark in ("after", "before", "in", "source"):
            for value in ("soon", ""):
                line = problem_line(Problem("malformed", (mark, value)), Catalogue(language))
                assert f"{mark}:{value}" in line
                assert set(re.findall(r"(\w+):\S", line)) == {mark}
        line = problem_line(Problem("malformed", ("before", "soon")), Catalogue(language))
        assert re.findall(r"before:2024[\d-]*", line) == ["before:2024", "before:2024-06", "before:2024-06-30"]


@pytest.mark.parametrize(
    ("language", "said"),
    [
        (
            "es",
            "de 2019|de 2015 a 2018|de junio de 2024|del 1 de junio de 2024|del 3 al 9 de junio de 2024|"
            "del 21 de mayo de 2024 al 24 de junio de 2024|desde junio de 2024|desde el 2 de junio de 2024|"
            "hasta el 30 de junio de 2024",
        ),
        (
            "ru",
            "за 2019 год|за 2015–2018 годы|за июнь 2024 года|за 1 июня 2024 года|за 3–9 июня 2024 года|"
            "за 21 мая 2024 года – 24 июня 2024 года|начиная с июня 2024 года|не ранее 2 июня 2024 года|"
            "не позднее 30 июня 2024 года",
        ),
        (
            "ar",
            "عام 2019|من عام 2015 إلى عام 2018|شهر يونيو 2024|يوم 1 يونيو 2024|من 3 إلى 9 يونيو 2024|"
            "من 21 مايو 2024 إلى 24 يونيو 2024|منذ يونيو 2024|منذ 2 يونيو 2024|حتى 30 يونيو 2024",
        ),
        (
            "fa",
            "سال ۲۰۱۹|سال‌های ۲۰۱۵ تا ۲۰۱۸|ژوئن ۲۰۲۴|۱۲ خرداد ۱۴۰۳|۱۴ تا ۲۰ خرداد ۱۴۰۳|"
            "۱ خرداد ۱۴۰۳ تا ۴ تیر ۱۴۰۳|ژوئن ۲۰۲۴ به بعد|۱۳ خرداد ۱۴۰۳ به بعد|تا ۱۰ تیر ۱۴۰۳",
        ),
    ],
)
def test_a_period_is_written_as_the_language_writes_it(language: str, said: str) -> None:
    labels = [filter_label(dated(period), Catalogue(language)) for period in PERIODS.values()]
    assert [label.split(" ", 1)[1] for label in labels] == said.split("|")


@given(st.text(max_size=40))
def test_in_plain_english_the_words_of_others_stay_what_they_are(text: str) -> None:
    assert filter_label(Filter("phrase", "phrase:1", "", text=text)) == f'passages with "{text}"'
    assert problem_line(Problem("no_passage", (text, text))).startswith(f"{text} and {text}: no passage is left")


def test_a_month_or_a_year_of_either_calendar_is_named_as_one_to_readers_of_persian() -> None:
    said = {
        "month": (date(2024, 5, 21), date(2024, 6, 20), "خرداد ۱۴۰۳"),
        "last month of a leap year": (date(2025, 2, 19), date(2025, 3, 20), "اسفند ۱۴۰۳"),
        "year": (date(2024, 3, 20), date(2025, 3, 20), "سال ۱۴۰۳"),
        "years": (date(2022, 3, 21), date(2025, 3, 20), "سال‌های ۱۴۰۱ تا ۱۴۰۳"),
        "since": (date(2024, 3, 20), None, "فروردین ۱۴۰۳ به بعد"),
        "both ends in one Gregorian month": (date(2024, 6, 15), date(2024, 6, 25), "۲۶ خرداد ۱۴۰۳ تا ۵ تیر ۱۴۰۳"),
        "before the calendar is sure": (date(1700, 6, 1), date(1700, 6, 1), "۱ ژوئن ۱۷۰۰"),
    }
    for first, last, label in said.values():
        assert filter_label(dated(Period(first, last)), Catalogue("fa")) == f"مقاله‌های {label}"
