"""Find dates in words, in the languages of the interface: "last week", "in June", "since March 2023", "در خرداد ۱۴۰۳".

Only what speaks of a time is taken: a year or month behind a word such as "in" or "since", a day or month relative to
today. A bare year ("the 2019 election") names a thing. Of two such phrases in one question none is taken, because it
is not clear which of them dates the article.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from itertools import chain
from typing import Final

from index.analysis.literal import fold_text
from index.query.date_tables import DateTable, Unit, Value, tables
from index.query.periods import SOLAR_HIJRI, Period, of_calendar, solar_hijri_month

_RUN: Final = re.compile(r"[^\W\d_]+(?:\u200c[^\W\d_]+)*|\d+")
_YEAR: Final = re.compile(r"(?<!\S)\d{4}(?!\S)")
_LONGEST: Final = 3
_GREGORIAN: Final = 12


@dataclass(frozen=True, slots=True)
class DatePhrase:
    """`question[start:end]` means `period`."""

    period: Period
    start: int
    end: int


def find(question: str, today: date) -> DatePhrase | None:
    """Return the one date in words that a question holds, seen from `today`; None when it holds none, or several.

    >>> find("What did the council decide in June 2024?", date(2026, 11, 24))
    DatePhrase(period=Period(first=datetime.date(2024, 6, 1), last=datetime.date(2024, 6, 30)), start=28, end=40)
    """
    plain = fold_text(question)
    if _signs().isdisjoint(plain.split()) and not _YEAR.search(plain):
        return None
    runs = list(_RUN.finditer(question))
    line = _Line(tuple(fold_text(run[0]).strip() for run in runs), today)
    phrases: list[DatePhrase] = []
    at = 0
    while at < len(runs):
        period, end = line.phrase(at)
        if period is not None:
            phrases.append(DatePhrase(period, runs[at].start(), runs[end - 1].end()))
        at = max(end, at + 1)
    return phrases[0] if len(phrases) == 1 else None


@dataclass(frozen=True, slots=True)
class _Line:
    """The folded words of a question. Every method reads what begins at a place, and returns the place behind it."""

    words: tuple[str, ...]
    today: date

    def phrase(self, at: int) -> tuple[Period | None, int]:
        if self.words[at] not in _openings() and not self.words[at].isdecimal():
            return None, at
        for table in tables():
            for read in (self._relative, self._recent, self._between, self._opened):
                period, end = read(table, at)
                if period is not None:
                    return period, end
        return None, at

    def _relative(self, table: DateTable, at: int) -> tuple[Period | None, int]:
        unit, end = self._longest(table.relative, at)
        return (_calendar_unit(self.today, *unit, table), end) if unit else (None, at)

    def _recent(self, table: DateTable, at: int) -> tuple[Period | None, int]:
        """Read the last so many days, weeks, months or years; some languages say the number first."""
        opened = at + 1 if self._word(at) in table.recent else at
        number, unit = self._word(opened), table.units.get(self._word(opened + 1))
        closed = opened > at or self._word(at + 2) in table.recent
        if unit is None or not closed or not number.isdecimal() or not 0 < int(number[:4]) < 1000:
            return None, at
        days = int(number[:4]) * {"day": 1, "week": 7, "month": 30, "year": 365}[unit]
        return Period(self.today - timedelta(days=days), self.today), opened + 2 + (opened == at)

    def _between(self, table: DateTable, at: int) -> tuple[Period | None, int]:
        if self._word(at) not in table.between:
            return None, at
        first, end = self._date(table, at + 1)
        if first is None or self._word(end) not in table.to:
            return None, at
        last, end = self._date(table, end + 1)
        if last is None or not first.first or not last.last or first.first > last.last:
            return None, at
        return Period(first.first, last.last), end

    def _opened(self, table: DateTable, at: int) -> tuple[Period | None, int]:
        opening = self._word(at)
        if opening in table.year:
            return self._year(table, at + 1)
        if opening not in table.inside and opening not in table.since:
            return None, at
        period, end = self._date(table, at + 1)
        if period is not None and opening in table.since:
            period = Period(period.first, None)
        return period, end

    def _date(self, table: DateTable, at: int) -> tuple[Period | None, int]:
        """Read a year, a month with or without one, or a day of a month."""
        at = self._filled(table, at)
        day, after = self._day(at)
        month, end = self._longest(table.months, self._filled(table, after) if day else at)
        if month is None:
            return self._year(table, at)
        if not day:
            day, end = self._day(end)
        year, behind = self._number(self._filled(table, end))
        if year:
            return self._of(table, year, month, day), self._closed(table, behind)
        bare = " ".join(self.words[at:end])
        return (None, at) if bare in table.ambiguous else (self._latest(month, day), end)

    def _year(self, table: DateTable, at: int) -> tuple[Period | None, int]:
        year, end = self._number(at)
        period = self._of(table, year, 0, 0) if year else None
        return (period, self._closed(table, end)) if period else (None, at)

    def _of(self, table: DateTable, year: int, month: int, day: int) -> Period | None:
        solar = year in SOLAR_HIJRI
        # The year 1400 alone is the Middle Ages, unless a Persian says it.
        if solar != (month > _GREGORIAN) and not (solar and not month and table.is_solar):
            return None
        return of_calendar(year, _of_year(month), day)

    def _latest(self, month: int, day: int) -> Period | None:
        """Return the last such month or day that has begun."""
        year = solar_hijri_month(self.today)[0] if month > _GREGORIAN else self.today.year
        for candidate in (year, year - 1, year - 2, year - 3, year - 4):
            period = of_calendar(candidate, _of_year(month), day)
            if period is not None and period.first is not None and period.first <= self.today:
                return period
        return None

    def _filled(self, table: DateTable, at: int) -> int:
        while self._word(at) in table.filling:
            at += 1
        return at

    def _closed(self, table: DateTable, at: int) -> int:
        return at + 1 if self._word(at) in table.year else at

    def _day(self, at: int) -> tuple[int, int]:
        word = self._word(at)
        return (int(word), at + 1) if word.isdecimal() and len(word) < 3 and 0 < int(word) < 32 else (0, at)

    def _number(self, at: int) -> tuple[int, int]:
        word = self._word(at)
        return (int(word), at + 1) if word.isdecimal() and len(word) == 4 else (0, at)

    def _longest(self, forms: Mapping[str, Value], at: int) -> tuple[Value | None, int]:
        for count in range(_LONGEST, 0, -1):
            if (value := forms.get(" ".join(self.words[at : at + count]))) is not None:
                return value, min(at + count, len(self.words))
        return None, at

    def _word(self, at: int) -> str:
        return self.words[at] if at < len(self.words) else ""


@cache
def _signs() -> frozenset[str]:
    """Return the words of which a date in words holds at least one, unless it holds a year."""
    every = chain.from_iterable((*table.months, *table.relative, *table.recent) for table in tables())
    return frozenset(words.split()[0] for words in every)


@cache
def _openings() -> frozenset[str]:
    """Return the words that a date in words may begin with, beside numbers."""
    openings: set[str] = set()
    for table in tables():
        openings.update(table.inside, table.since, table.between, table.year, table.recent)
        openings.update(words.split()[0] for words in table.relative)
    return frozenset(openings)


def _of_year(month: int) -> int:
    return month - _GREGORIAN if month > _GREGORIAN else month


def _calendar_unit(today: date, unit: Unit, back: int, table: DateTable) -> Period | None:
    """Return the day, week, month or year so many before that of `today`."""
    if unit == "day":
        day = today - timedelta(days=back)
        return Period(day, day)
    if unit == "week":
        first = today - timedelta(days=(today.weekday() - table.week_starts) % 7 + 7 * back)
        return Period(first, first + timedelta(days=6))
    year, month = solar_hijri_month(today) if table.is_solar else (today.year, today.month)
    if unit == "year":
        return of_calendar(year - back)
    return of_calendar(year, month - back) if month > back else of_calendar(year - 1, 12)
