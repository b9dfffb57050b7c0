"""Read the parts of dates in words: numbers, days and months, seasons, quarters, decades and years.

    part = numbers | day month year | season year | quarter year | decade | year

Every method reads what begins at a place, and returns it with the place behind it; None, and the same place, when
there is no such thing.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from index.query import date_parts
from index.query.date_parts import DatePart
from index.query.date_tables import DateTable
from index.query.periods import SOLAR_HIJRI, Period, of_calendar, solar_hijri_month

_GREGORIAN: Final = 12
_YEARS_AHEAD: Final = 10

Point = Period | DatePart


@dataclass(frozen=True, slots=True)
class PartReader:
    """The folded words of a question; `dashed` are the places of those that a dash joins to the word before."""

    table: DateTable
    words: Sequence[str]
    dashed: frozenset[int]
    today: date

    def part(self, at: int, *, opened: bool) -> tuple[Point | None, int]:
        start = self.filled(at) if opened else at
        period = date_parts.numeric(self.word(start))
        if period is not None:
            is_range = date_parts.is_range(self.word(start))
            return (period, self._closed(start + 1)) if opened or not is_range else (None, at)
        for read in (self._quarter, self._dated_season, self._dated_month):
            part, end = read(start)
            if part is None:
                continue
            stated = part.year > 0 or (opened and read == self._dated_month)
            return (part, end) if stated else (None, at)
        return self._alone(start, at) if opened else (None, at)

    def _alone(self, start: int, at: int) -> tuple[Point | None, int]:
        """Read a decade or a year that stands alone."""
        decade, end = self._decade(start)
        if decade is not None:
            return decade, end
        year, end = self.year_number(start)
        # "In the 2019 election" names it.
        if not year or (self.word(start - 1) == "the" and start):
            return None, at
        part = DatePart(year=year)
        if year in SOLAR_HIJRI and not self.table.is_solar:
            # The year 1400 alone is the Middle Ages, unless a Persian says it.
            return None, at
        return part, self._closed(end)

    def _decade(self, at: int) -> tuple[Period | None, int]:
        named, end = self.table.decades.read(self.words, at)
        if named is not None:
            return Period(date(named, 1, 1), date(named + 9, 12, 31)), end
        opened, start = self.table.decade.read(self.words, at)
        word = self.word(start)
        ending, end = self.table.decade_ending.read(self.words, start + 1)
        if not word.isdecimal() or not word.endswith("0") or not (opened or ending):
            return None, at
        year = int(word) if len(word) == 4 else 1900 + int(word) if len(word) == 2 and not self.table.is_solar else 0
        first, last = of_calendar(year), of_calendar(year + 9)
        short = len(word) == 2 and not opened and end - start < 3
        return (Period(first.first, last.last), end) if first and last and not short else (None, at)

    def _quarter(self, at: int) -> tuple[DatePart | None, int]:
        number, end = self._ordinal(at)
        named, end = self.table.quarter.read(self.words, end)
        if named and not number:
            number, end = self._ordinal(end)
        if not named or not number:
            return None, at
        part = DatePart(3 * number - 2, 3 * number)
        return self._with_year(part, end)

    def _dated_season(self, at: int) -> tuple[DatePart | None, int]:
        number, end = self.table.seasons.read(self.words, at)
        if number is None:
            return None, at
        stated, end = self._with_year(DatePart(), end)
        return self.season(number, solar=stated.year in SOLAR_HIJRI).of(stated.year), end

    def _dated_month(self, at: int) -> tuple[DatePart | None, int]:
        """Read a month or a day of a month, with or without a year."""
        day, after = self.day(at)
        number, end = self.table.months.read(self.words, self.filled(after) if day else at)
        if number is None:
            return None, at
        bare = " ".join(self.words[at:end])
        # "كانون الثاني/يناير": both names of the month.
        again, behind = self.table.months.read(self.words, end)
        end = behind if again == number else end
        if not day:
            day, end = self.day(end)
        part, end = self._with_year(replace(self.month(number), day=day), end)
        if not part.year and bare in self.table.ambiguous:
            return None, at
        turn, behind = self.table.turn_behind.read(self.words, end) if not part.year else (None, end)
        return (part.seen(self.today, turn), behind) if turn else (part, end)

    def _with_year(self, part: DatePart, at: int) -> tuple[DatePart, int]:
        """Read the year of a part, in numbers or relative to today; the part as it is where there is none."""
        start = self.filled(at)
        year, end = self.year_number(start)
        if year:
            return part.of(year), self._closed(end)
        for place in range(at, start + 1):
            relative, end = self.table.relative.read(self.words, place)
            if relative is not None and relative[0] == "year":
                solar = part.solar or (part.solar is None and self.table.is_solar)
                this = solar_hijri_month(self.today)[0] if solar else self.today.year
                return part.of(this - relative[1]), end
        return part, at

    def month(self, number: int) -> DatePart:
        month = (number - 1) % _GREGORIAN + 1
        return DatePart(month, month, solar=number > _GREGORIAN)

    def season(self, number: int, *, solar: bool) -> DatePart:
        """Return a season: of whole months, the northern one; the Gregorian winter is that of January."""
        if solar:
            return DatePart(3 * number + 1, 3 * number + 3, solar=True)
        return DatePart(3 * number + 3, 3 * number + 5) if number < 3 else DatePart(0, 2)

    def _ordinal(self, at: int) -> tuple[int, int]:
        word = self.word(at)
        if len(word) == 1 and word in "1234":
            return int(word), self.filled(at + 1)
        number, end = self.table.ordinals.read(self.words, at)
        return number or 0, end

    def filled(self, at: int) -> int:
        while self.word(at) in self.table.filling:
            at += 1
        return at

    def _closed(self, at: int) -> int:
        return at + 1 if self.word(at) in self.table.year else at

    def day(self, at: int) -> tuple[int, int]:
        word = self.word(at)
        return (int(word), at + 1) if word.isdecimal() and len(word) < 3 and 0 < int(word) < 32 else (0, at)

    def year_number(self, at: int) -> tuple[int, int]:
        word = self.word(at)
        is_year = word.isdecimal() and len(word) == 4 and 1000 <= int(word) <= self.today.year + _YEARS_AHEAD
        return (int(word), at + 1) if is_year else (0, at)

    def word(self, at: int) -> str:
        return self.words[at] if 0 <= at < len(self.words) else ""
