"""Filters, periods and problems of a question in English words; channels with a catalogue have their own."""

from calendar import monthrange
from datetime import date
from typing import Final

from index import Filter, Period, Problem

_MONTHS: Final = tuple("January February March April May June July August September October November December".split())
_SHOWN: Final = 40
_WANTED: Final = {
    "after": ("date", "{0}2024, {0}2024-06 or {0}2024-06-30"),
    "before": ("date", "{0}2024, {0}2024-06 or {0}2024-06-30"),
    "in": ("word of a title", '{0}word or {0}"some words"'),
    "source": ("name", '{0}name or {0}"the name"'),
}


def filter_label(found: Filter) -> str:
    """Return what a filter limits passages to, as people read it.

    >>> filter_label(Filter("without", "without:1", "-ferry", text="ferry"))
    'passages without "ferry"'
    """
    if found.period is not None:
        return f"articles {period_label(found.period)}"
    begins = {"phrase": "passages with", "without": "passages without", "title": "articles titled"}
    return f'{begins.get(found.kind, "articles of")} "{_short(found.text)}"'


def period_label(period: Period) -> str:
    """Return what people read after "articles": "from June 2024", "from 3 to 9 June 2024", "up to 30 June 2024".

    >>> period_label(Period(date(2019, 1, 1), date(2019, 12, 31))), period_label(Period(date(2024, 6, 1), None))
    ('from 2019', 'from June 2024 on')
    """
    first, last = period.first, period.last
    if first is None:
        return "from any time" if last is None else f"up to {_day(last)}"
    if last is None:
        return f"from {_month(first) if first.day == 1 else _day(first)} on"
    return f"from {_between(first, last)}"


def problem_line(problem: Problem) -> str:
    """Return a problem with the filters of a question as one line.

    >>> problem_line(Problem("no_passage", ("after:2031",)))
    'after:2031: no passage is left by this; without it there are some.'
    """
    if problem.kind == "malformed":
        return _malformed(*problem.words)
    words = " and ".join(map(_short, problem.words))
    return {
        "not_verbatim": f"{words}: not word for word in a passage that answers; searched for the words alone.",
        "no_words": "There is nothing to search for; add a word that is no filter.",
        "no_passage": f"{words}: no passage is left by this; without it there are some.",
        "no_passage_together": f"{words}: no passage is left by these together; without one of them there are some.",
    }[problem.kind]


def _malformed(mark: str, value: str) -> str:
    wanted, form = _WANTED[mark]
    cause = f"{mark}:{_short(value)} is no {wanted}" if value else f"{mark}: is followed by no {wanted}"
    return f"{cause}; write {form.format(mark + ':')}. Searched without it."


def _short(text: str) -> str:
    return text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"


def _between(first: date, last: date) -> str:
    if first == last:
        return _day(first)
    if first.day == 1 and last.day == monthrange(last.year, last.month)[1]:
        if (first.month, last.month) == (1, 12):
            return str(first.year) if first.year == last.year else f"{first.year} to {last.year}"
        if (first.year, first.month) == (last.year, last.month):
            return _month(first)
    if (first.year, first.month) == (last.year, last.month):
        return f"{first.day} to {_day(last)}"
    return f"{_day(first)} to {_day(last)}"


def _day(day: date) -> str:
    return f"{day.day} {_month(day)}"


def _month(day: date) -> str:
    return f"{_MONTHS[day.month - 1]} {day.year}"
