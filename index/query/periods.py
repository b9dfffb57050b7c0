"""Periods of days, as a filter states them (`2024-06`).

Years 1300 to 1499 are taken to be of the Solar Hijri calendar of Iran, because no news is that old: 1403-01 is the
month that began on 20 March 2024.
"""

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from index.analysis.solar_hijri import from_solar_hijri, month_length, solar_hijri

# The array that holds `day_number` of every article.
DAYS: Final = "article_days"
SOLAR_HIJRI: Final = range(1300, 1500)

_YEARS: Final = range(1000, 3000)
_STATED: Final = re.compile(r"(\d{4})(?:([-/.])(\d{1,2})(?:\2(\d{1,2}))?)?")
_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Period:
    """The days from `first` to `last`, both of them in it; None leaves that end open."""

    first: date | None
    last: date | None


def day_number(stated: str | None) -> int:
    """Return the day of an article's ISO 8601 date as `date.toordinal` counts it, 0 without a date.

    >>> day_number("1970-01-01T08:30:00+01:00"), day_number(None)
    (719163, 0)
    """
    try:
        return date.fromisoformat((stated or "")[:10]).toordinal()
    except ValueError:
        return 0


def stated(text: str) -> Period | None:
    """Return the year, month or day that a filter states, in digits of any script; None when it is no date.

    >>> stated("2024-02")
    Period(first=datetime.date(2024, 2, 1), last=datetime.date(2024, 2, 29))
    """
    match = _STATED.fullmatch(text)
    if match is None:
        return None
    year, _, month, day = match.groups()
    return of_calendar(int(year), int(month or 0), int(day or 0))


def of_calendar(year: int, month: int = 0, day: int = 0) -> Period | None:
    """Return a day, or a month (`day` 0), or a year (`month` 0 too) of the calendar that the year belongs to.

    None when there is no such day, or no article can be of that year.
    """
    if year not in _YEARS:
        return None
    try:
        if year in SOLAR_HIJRI:
            return _solar_hijri(year, month, day)
        first = date(year, month or 1, day or 1)
    except ValueError:
        return None
    if day:
        return Period(first, first)
    return Period(first, _month_end(first) if month else date(year, 12, 31))


def _month_end(day: date) -> date:
    """Return the last day of the month of `day`."""
    return day.replace(day=monthrange(day.year, day.month)[1])


def solar_hijri_month(day: date) -> tuple[int, int]:
    """Return the Solar Hijri year and month of a day; (0, 0) far from our time.

    >>> solar_hijri_month(date(2024, 3, 19)), solar_hijri_month(date(2024, 3, 20))
    ((1402, 12), (1403, 1))
    """
    year, month, _ = solar_hijri(day) or (0, 0, 0)
    return year, month


def _solar_hijri(year: int, month: int, day: int) -> Period:
    if not month:
        return Period(from_solar_hijri(year, 1, 1), from_solar_hijri(year + 1, 1, 1) - _DAY)
    first = from_solar_hijri(year, month, day or 1)
    return Period(first, first if day else from_solar_hijri(year, month, month_length(year, month)))
