"""Filters and problems of a question in the words of a catalogue; in plain English for the terminal and JSON."""

from datetime import date, timedelta
from functools import cache
from typing import Final

from bot.catalogue import Catalogue
from index import Filter, Period, Problem

_SHOWN: Final = 40


def filter_label(found: Filter, say: Catalogue | None = None) -> str:
    """Return what a filter limits passages to, as people read it.

    >>> filter_label(Filter("without", "without:1", "-ferry", text="ferry"))
    'passages without "ferry"'
    >>> filter_label(Filter("date", "after:2024-06-01", "after:2024-06", period=Period(date(2024, 6, 1), None)))
    'articles from June 2024 on'
    """
    say = say or _english()
    period = found.period
    if period is None:
        return say.text(f"filter_{found.kind}", text=_short(found.text))
    return _period(period, say)


def problem_line(problem: Problem, say: Catalogue | None = None) -> str:
    """Return a problem with the filters of a question as one line.

    >>> problem_line(Problem("no_passage", ("after:2031",)))
    'after:2031: no passage is left by this; without it there are some.'
    >>> problem_line(Problem("by_meaning_in", ("ar",)))
    'Found by meaning, in Arabic.'
    """
    say = say or _english()
    if problem.kind == "malformed":
        mark, value = problem.words
        return say.text(f"problem_{mark}" if value else f"problem_{mark}_empty", words=f"{mark}:{_short(value)}")
    if problem.kind == "by_meaning_in":
        return say.text("problem_by_meaning_in", words=say.language_name(*problem.words))
    if problem.period is not None:
        words, period = [_short(word) for word in problem.words], _period(problem.period, say)
        return say.text(f"problem_{problem.kind}", words=words, period=period)
    return say.text(f"problem_{problem.kind}", words=[_short(word) for word in problem.words])


def _period(period: Period, say: Catalogue) -> str:
    return say.text(f"filter_{_extent(period, say)}", first=period.first or date.min, last=period.last or date.max)


class _Plain(Catalogue):
    """A catalogue that leaves the words of others as they are: JSON wants them so, the terminal sets them apart."""

    def isolated(self, text: str) -> str:
        return text


@cache
def _english() -> Catalogue:
    return _Plain("en")


def _short(text: str) -> str:
    return text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"


def _extent(period: Period, say: Catalogue) -> str:
    """Whether it is a day, a whole month or whole years in a calendar of the readers, or which end is open."""
    first, last = period.first, period.last
    if first is None:
        return "until"
    if last is None:
        begins = any(calendar(first)[2] == 1 for calendar in say.calendars)
        return "since_month" if begins else "since_day"
    if first == last:
        return "day"
    after = last + timedelta(days=1)
    for calendar in say.calendars:
        (year, month, day), end = calendar(first), calendar(last)
        if day == calendar(after)[2] == 1:
            if month == calendar(after)[1] == 1:
                return "year" if year == end[0] else "years"
            if (year, month) == end[:2]:
                return "month"
    usual = say.calendars[0]
    return "days" if usual(first)[:2] == usual(last)[:2] else "between"
