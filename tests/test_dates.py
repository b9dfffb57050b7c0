"""Dates in words, in five languages, and questions that are about nothing else; without an index."""

from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.wording import filter_label
from index.query import date_words
from index.query.date_parts import numeric
from index.query.periods import Period
from index.query.syntax import Filter

TODAY = date(2026, 11, 24)  # a Tuesday
PHRASES = [
    line.split("\t")
    for line in (Path(__file__).parent / "date_phrases.tsv").read_text(encoding="utf-8").splitlines()
    if not line.startswith("#")
]


def period_label(period: Period) -> str:
    return filter_label(Filter("period", "", "", period=period)).removeprefix("articles ")


def said(text: str) -> tuple[str, str] | None:
    found = date_words.find(text, TODAY)
    return (period_label(found.period), text[found.start : found.end]) if found else None


def stated(period: Period | None) -> str:
    return f"{period.first or ''}..{period.last or ''}" if period else "-"


@pytest.mark.parametrize(("language", "question", "period"), PHRASES)
def test_a_date_is_read_as_a_reader_of_the_language_means_it(language: str, question: str, period: str) -> None:
    found = date_words.find(question, TODAY)
    assert stated(found.period if found else None) == period, language


@pytest.mark.parametrize(
    ("text", "label", "words"),
    [
        ("What did the council decide in June?", "from June 2026", "in June"),
        ("What closed in December 2024?", "from December 2024", "in December 2024"),
        ("Who won in 2019?", "from 2019", "in 2019"),
        ("What happened last week?", "from 16 to 22 November 2026", "last week"),
        ("What closed yesterday?", "from 23 November 2026", "yesterday"),
        ("Since March 2023, what changed?", "from March 2023 on", "Since March 2023"),
        ("Who led it between 2015 and 2018?", "from 2015 to 2018", "between 2015 and 2018"),
        ("What was shut on June 5th, 2024?", "from 5 June 2024", "on June 5th, 2024"),
        ("What broke in the last 3 weeks?", "from 3 to 24 November 2026", "last 3 weeks"),
        ("¿Qué cerró en junio de 2024?", "from June 2024", "en junio de 2024"),
        ("¿Qué cambió la semana pasada?", "from 16 to 22 November 2026", "la semana pasada"),
        ("Что решили в июне 2024 года?", "from June 2024", "в июне 2024 года"),
        ("Что закрыли на прошлой неделе?", "from 16 to 22 November 2026", "на прошлой неделе"),
        ("ماذا أغلق في يونيو ٢٠٢٤؟", "from June 2024", "في يونيو ٢٠٢٤"),
        ("من فاز في كانون الثاني 2020؟", "from January 2020", "في كانون الثاني 2020"),
        ("ماذا حدث منذ مارس 2023؟", "from March 2023 on", "منذ مارس 2023"),
        ("ماذا حدث الأسبوع الماضي؟", "from 14 to 20 November 2026", "الأسبوع الماضي"),
        ("هفته‌ی گذشته چه شد؟", "from 14 to 20 November 2026", "هفته‌ی گذشته"),
        ("در خرداد ۱۴۰۳ چه شد؟", "from 21 May 2024 to 20 June 2024", "در خرداد ۱۴۰۳"),
        ("در سال ۱۳۹۸ چه کسی برنده شد؟", "from 21 March 2019 to 19 March 2020", "در سال ۱۳۹۸"),
        ("در ژوئن ۲۰۱۹ چه شد؟", "from June 2019", "در ژوئن ۲۰۱۹"),
        ("پارسال چه شد؟", "from 21 March 2025 to 20 March 2026", "پارسال"),
    ],
)
def test_a_date_in_words_is_understood(text: str, label: str, words: str) -> None:
    assert said(text) == (label, words)


@pytest.mark.parametrize(
    "text",
    [
        "Who won the 2019 election?",
        "How many live in 10 houses?",
        "What may the mayor march for?",
        "Who ruled in 1400?",
        "Was it in June or in July?",
        "در آب چه بود؟",
        "در مه چه دیدند؟",
        "In the last resort, what then?",
        "",
    ],
)
def test_what_only_looks_like_a_date_is_left_alone(text: str) -> None:
    assert said(text) is None


@pytest.mark.slow
@given(
    st.text()
    | st.lists(st.sampled_from("in since last 3 days 2024 June 31 from to between и в с".split())).map(" ".join)
)
def test_any_text_can_be_looked_through_for_dates(text: str) -> None:
    found = date_words.find(text, TODAY)
    assert found is None or (
        0 <= found.start < found.end <= len(text) and period_label(found.period).startswith("from")
    )


@pytest.mark.parametrize(
    ("question", "period"),
    [
        ("What happened yesterday?", "2026-11-23..2026-11-23"),
        ("What's new this week?", "2026-11-23..2026-11-29"),
        ("What is going on today?", "2026-11-24..2026-11-24"),
        ("News from March 2026", "2026-03-01..2026-03-31"),
        ("news 2024", "2024-01-01..2024-12-31"),
        ("last week", "2026-11-16..2026-11-22"),
        ("latest news", None),
        ("What's new?", None),
        ("Any recent news, please?", None),
        ("newest articles", None),
        ("Which articles are from last month?", "2026-10-01..2026-10-31"),
        ("What took place on Friday?", "2026-11-20..2026-11-20"),
        ("¿Qué pasó ayer?", "2026-11-23..2026-11-23"),
        ("Noticias de hoy", "2026-11-24..2026-11-24"),
        ("noticias de marzo de 2026", "2026-03-01..2026-03-31"),
        ("últimas noticias", None),
        ("¿Qué hay de nuevo?", None),
        ("Что случилось вчера?", "2026-11-23..2026-11-23"),
        ("Что нового на этой неделе?", "2026-11-23..2026-11-29"),
        ("Последние новости", None),
        ("Что нового?", None),
        ("ماذا حدث أمس؟", "2026-11-23..2026-11-23"),
        ("أخبار مارس 2026", "2026-03-01..2026-03-31"),
        ("آخر الأخبار", None),
        ("ما الجديد؟", None),
        ("دیروز چه اتفاقی افتاد؟", "2026-11-23..2026-11-23"),
        ("این هفته چه خبر؟", "2026-11-21..2026-11-27"),
        ("آخرین اخبار", None),
        ("چه خبر؟", None),
        ("And in June?", "2026-06-01..2026-06-30"),
        ("What about last week?", "2026-11-16..2026-11-22"),
        ("¿Y en junio?", "2026-06-01..2026-06-30"),
        ("А в июне?", "2026-06-01..2026-06-30"),
        ("وفي يونيو؟", "2026-06-01..2026-06-30"),
        ("و در ژوئن؟", "2026-06-01..2026-06-30"),
    ],
)
def test_a_question_about_no_topic_asks_for_the_newest_articles(question: str, period: str | None) -> None:
    is_listed, phrase = date_words.listed(question, TODAY)
    assert is_listed
    assert (stated(phrase.period) if phrase else None) == period


@pytest.mark.parametrize(
    "question",
    [
        "What happened?",
        "What happened to the ferry yesterday?",
        "What happened to it yesterday?",
        "And what happened in June?",
        "Was it in June?",
        "latest news about the ferry",
        "latest WHO news",
        "1984",
        "May",
        "US news",
        "Is it new?",
        "New York",
        "What rose in March or April?",
        "nuevo puente",
        "новости о мосте",
        "ماذا حدث للجسر أمس؟",
        "خبر پل",
        "",
        "?",
    ],
)
def test_a_topic_or_what_was_asked_before_is_searched(question: str) -> None:
    assert date_words.listed(question, TODAY) == (False, None)


@given(st.dates(date(1900, 1, 1), date(2199, 12, 31)))
def test_a_day_in_numbers_is_that_day_in_every_order_that_can_be_told(day: date) -> None:
    only = Period(day, day)
    assert numeric(day.isoformat()) == numeric(f"{day:%d.%m.%Y}") == only
    told = day.day > 12 or day.day == day.month
    assert numeric(f"{day:%d/%m/%Y}") == numeric(f"{day:%m/%d/%Y}") == (only if told else None)


@given(st.dates(date(2000, 1, 1), date(2030, 12, 31)), st.integers(0, 900))
def test_so_many_days_ago_is_that_day_whenever_it_is_asked(today: date, count: int) -> None:
    day = today - timedelta(days=count)
    found = date_words.find(f"Who left {count} days ago?", today)
    assert (found.period if found else None) == (Period(day, day) if count else None)


@given(st.dates(date(2000, 1, 1), date(2030, 12, 31)), st.sampled_from("Monday Thursday Sunday".split()))
def test_last_friday_is_before_today_and_less_than_eight_days_ago(today: date, name: str) -> None:
    found = date_words.find(f"What opened last {name}?", today)
    assert found is not None
    assert found.period.first is not None
    assert f"{found.period.first:%A}" == name
    assert 1 <= (today - found.period.first).days <= 7


@pytest.mark.slow
@given(
    st.text()
    | st.lists(st.sampled_from("news new what 2024 June last ago 3 أخبار اليوم خبر и что".split())).map(" ".join)
)
def test_any_text_can_be_asked_about_no_topic(text: str) -> None:
    is_listed, phrase = date_words.listed(text, TODAY)
    assert is_listed or phrase is None
