"""Parts of dates in words: a day, month, season, quarter, decade or year whose year is known or not, on a calendar."""

import re
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Final, Self

from index.query.date_tables import Turn, Unit
from index.query.periods import SOLAR_HIJRI, Period, of_calendar, solar_hijri_month

# Seen from `today`, a month or day without a year is at most so many years ago: 29 February is.
_YEARS_BACK: Final = 5
_DAY: Final = timedelta(days=1)
_SEPARATOR: Final = re.compile("[-/.–—]")
_DAYS: Final[dict[Unit, int]] = {"day": 1, "week": 7, "month": 30, "quarter": 91, "year": 365}
_YEAR_DIGITS: Final = 4
_MONTHS: Final = 12

# Longest first. A day or month has one or two digits, a year four.
NUMBERS: Final = re.compile(
    r"(?<![\w./:–-])(?:\d{4}([-/.])\d{1,2}\1\d{1,2}|\d{1,2}([-/.])\d{1,2}\2\d{4}|\d{4}[-–—]\d{4}|\d{4}[-/]\d\d"
    r"|\d{1,2}/\d{4}|\d\d[.]\d{4})(?!\w|[-/.:–]\d)"
)


@dataclass(frozen=True, slots=True)
class DatePart:
    """The months `first` to `last` of a year, or a `day` of the month `first`; `year` is 0 where it is not stated.

    Month 0 is the last one of the year before. `solar` says whether the months are of the Solar Hijri calendar: None
    where the year tells.
    """

    first: int = 1
    last: int = 12
    day: int = 0
    year: int = 0
    solar: bool | None = None

    @property
    def is_year(self) -> bool:
        """Whether it is a whole year."""
        return (self.first, self.last, self.day) == (1, 12, 0)

    def of(self, year: int) -> Self:
        """Return it with another year."""
        return replace(self, year=year)

    def period(self) -> Period | None:
        """Return its days, None where there are none such."""
        if not self.year or (self.solar is not None and self.solar != (self.year in SOLAR_HIJRI)):
            return None
        if self.day:
            return of_calendar(self.year, self.first, self.day)
        first = of_calendar(self.year - (self.first < 1), self.first or 12)
        last = of_calendar(self.year, self.last)
        return Period(first.first, last.last) if first and last else None

    def seen(self, today: date, turn: Turn | None = None) -> Self:
        """Return it with the year that is meant on the day `today`, unless it has one.

        None: the last that has begun; "last": the last that has ended, "next": the next to begin, "this": of this year.
        """
        if self.year:
            return self
        this = solar_hijri_month(today)[0] if self.solar else today.year
        if turn == "this":
            return self.of(this + (self.first < 1 and today.month > self.last + 6))
        years = range(this, this + _YEARS_BACK) if turn == "next" else range(this + 1, this - _YEARS_BACK, -1)
        return next((part for part in map(self.of, years) if part._is_meant(today, turn)), self)

    def _is_meant(self, today: date, turn: Turn | None) -> bool:
        period = self.period()
        if period is None or period.first is None or period.last is None:
            return False
        if turn == "next":
            return period.first > today
        return period.last < today if turn == "last" else period.first <= today


def numeric(text: str) -> Period | None:
    """Return the day or month that is written in numbers, or the years from one to another.

    With the year in front: year, month, day. Behind: day, month, year; with strokes and hyphens, which Americans
    write the other way round, only where one of the two numbers can be no month. A year and a month is none where they
    may as well be two years ("2011-12").

    >>> numeric("25.11.2026") == numeric("11/25/2026") == numeric("2026-11-25")
    True
    >>> numeric("3/4/2026"), numeric("2011-12")
    (None, None)
    """
    parts = _SEPARATOR.split(text)
    numbers = [int(part) for part in parts] if len(parts) > 1 else [0]
    if 0 in numbers:
        return None
    lengths = [len(part) == _YEAR_DIGITS for part in parts]
    if len(numbers) == 3:
        return of_calendar(*numbers) if lengths[0] else _day_first(*numbers, is_sure="." in text)
    first, second = numbers
    if not lengths[0]:
        return of_calendar(second, first)
    if not lengths[1]:
        return of_calendar(first, second) if second != (first + 1) % 100 else None
    begins, ends = of_calendar(first), of_calendar(second)
    return Period(begins.first, ends.last) if begins and ends and first < second else None


def _day_first(day: int, month: int, year: int, *, is_sure: bool) -> Period | None:
    """Return a day of which only the year stands in a sure place, unless the day is sure to come first."""
    if not is_sure and day != month:
        if day <= _MONTHS and month <= _MONTHS:
            return None
        day, month = max(day, month), min(day, month)
    return of_calendar(year, month, day)


def is_range(text: str) -> bool:
    """Return whether what `numeric` takes are years from one to another."""
    return [len(part) for part in _SEPARATOR.split(text)] == [_YEAR_DIGITS, _YEAR_DIGITS]


def back(today: date, unit: Unit, count: int, week_starts: int, *, solar: bool) -> Period | None:
    """Return the day, week, month, quarter or year that lies so many before that of `today`."""
    if unit == "day":
        day = today - count * _DAY
        return Period(day, day)
    if unit == "week":
        first = today - _DAY * ((today.weekday() - week_starts) % 7 + 7 * count)
        return Period(first, first + 6 * _DAY)
    year, month = solar_hijri_month(today) if solar else (today.year, today.month)
    if unit == "year":
        return of_calendar(year - count)
    if unit == "month":
        years, month = divmod(12 * year + month - 1 - count, 12)
        return of_calendar(years, month + 1)
    years, quarter = divmod(4 * year + (month - 1) // 3 - count, 4)
    return DatePart(3 * quarter + 1, 3 * quarter + 3, year=years).period()


def recent(today: date, unit: Unit, count: int) -> Period:
    """Return the last so many days, weeks of 7 days, months of 30 or years of 365, until today."""
    return Period(today - count * _DAYS[unit] * _DAY, today)


def weekday(today: date, number: int, turn: Turn | None, week_starts: int) -> Period:
    """Return a day of the week: the last before `today` ("last"), of this week, the next, or the last until today."""
    since = (today.weekday() - number) % 7
    if turn == "last":
        since = since or 7
    elif turn == "next":
        since = since - 7
    elif turn == "this":
        since = (today.weekday() - week_starts) % 7 - (number - week_starts) % 7
    day = today - since * _DAY
    return Period(day, day)
