"""Read dates in words with the table of one language: a grammar of few rules over the folded words of a question.

    phrase   = between | [opening] point                 "since March 2023", "two weeks ago", "before last Friday"
    between  = "between" point "and" point               a year, month or day that is missing is that of the other
    point    = relative | ago | recent | turned | part   "yesterday", "3 days ago", "past week", "last March"
    part     = [weekday] as of `date_part_reader` | weekday

Every method reads what begins at a place, and returns it with the place behind it; None, and the same place, when
there is no such thing.
"""

from dataclasses import replace
from datetime import timedelta
from typing import Final, NamedTuple

from index.query import date_parts
from index.query.date_part_reader import PartReader, Point
from index.query.date_parts import DatePart
from index.query.date_tables import Opening, Unit
from index.query.periods import Period

_DAY: Final = timedelta(days=1)
_MOST: Final[dict[Unit, int]] = {"day": 999, "week": 99, "month": 99, "year": 99}


class Read(NamedTuple):
    """A date in words and the place behind it. `is_year`: no more than a year, or years."""

    period: Period
    end: int
    is_year: bool = False


class Reader(PartReader):
    """Reads what one language makes of dates in words."""

    __slots__ = ()

    def phrase(self, at: int, *, alone: bool) -> Read | None:
        """Return the date in words that begins at a place; `alone` takes a mere month or year too."""
        if self.words[at] in self.table.between or self.dashed:
            read = self._between(at)
            if read is not None:
                return read
        opening, opened = self.table.openings.read(self.words, at)
        # "In" says nothing more about "the last 3 days".
        if opening is not None and not (opening == "inside" and self._is_said_alone(self.filled(opened))):
            read = self._opened(opening, opened)
            if read is not None:
                return read
        point, end = self._point(at, opened=alone)
        period = self._period(point)
        return Read(period, end, _is_year(point)) if period else None

    def _is_said_alone(self, at: int) -> bool:
        return isinstance(self._point(at, opened=False)[0], Period)

    def is_one_of_two(self, at: int, end: int) -> bool:
        """Return whether "or" or "and" joins the date between two places to another."""
        if self.word(end) in self.table.either and self._point(end + 1, opened=True)[0] is not None:
            return True
        if at < 2 or self.word(at - 1) not in self.table.either:
            return False
        before = self.word(at - 2)
        return before in self.table.months or before in self.table.weekdays or self.year_number(at - 2)[0] > 0

    def _between(self, at: int) -> Read | None:
        opened = self.word(at) in self.table.between
        start = self.filled(at + 1) if opened else at
        first, end = self._point(start, opened=True)
        if opened and date_parts.is_range(self.word(start)) and isinstance(first, Period):
            return Read(first, end, is_year=True)
        day = 0
        if first is None and opened:
            # "Between مه and ژوئیه 2025", "from 5 to 10 May 2025".
            month, end = self.table.months.read(self.words, start)
            first = self.month(month) if month else None
            day, end = (0, end) if month else self.day(start)
        joined = end in self.dashed and isinstance(first, DatePart) and not first.is_year
        if (first is None and not day) or not (joined or (opened and self.word(end) in self.table.to)):
            return None
        last, end = self._point(self.filled(end if joined else end + 1), opened=True)
        if not opened and not (isinstance(last, DatePart) and last.year):
            return None
        if day and isinstance(last, DatePart) and last.day:
            first = replace(last, day=day)
        pair = self._paired(first, last)
        if pair is None or pair[0].first is None or pair[1].last is None or pair[0].first > pair[1].last:
            return None
        return Read(Period(pair[0].first, pair[1].last), end, _is_year(first) and _is_year(last))

    def _paired(self, first: Point | None, last: Point | None) -> tuple[Period, Period] | None:
        """Return two points as periods; a year that one of them lacks is that of the other."""
        if isinstance(first, DatePart) and isinstance(last, DatePart):
            if first.year and not last.year:
                last = last.of(first.year)
                if _ends_before(last, first):
                    last = last.of(last.year + 1)
            last = last.seen(self.today)
            if not first.year:
                first = first.of(last.year)
                if _ends_before(last, first):
                    first = first.of(first.year - 1)
        periods = self._period(first), self._period(last)
        return (periods[0], periods[1]) if periods[0] and periods[1] else None

    def _opened(self, opening: Opening, at: int) -> Read | None:
        point, end = self._point(self.filled(at), opened=True)
        bare = isinstance(point, DatePart) and not point.year and not point.day
        if opening == "by" and (bare or self.word(at) in self.table.weekdays):
            return None
        period = self._period(point)
        if period is None or period.first is None or period.last is None:
            return None
        bounded = {
            "inside": period,
            "since": Period(period.first, None),
            "after": Period(period.last + _DAY, None),
            "before": Period(None, period.first - _DAY),
        }
        return Read(bounded.get(opening, Period(None, period.last)), end, _is_year(point))

    def _period(self, point: Point | None) -> Period | None:
        return point.seen(self.today).period() if isinstance(point, DatePart) else point

    def _point(self, at: int, *, opened: bool) -> tuple[Point | None, int]:
        """Read a point; `opened` behind a word that speaks of a time, where it may be a mere year, month or weekday."""
        relative, end = self.table.relative.read(self.words, at)
        if relative is not None and self._is_counted(at):
            return None, at
        if relative is not None:
            return self._back(*relative), end
        for read in (self._ago, self._recent, self._turned):
            point, end = read(at)
            if point is not None:
                return point, end
        number, end = self.table.weekdays.read(self.words, at)
        if number is not None:
            part, behind = self.part(end, opened=True)
            if isinstance(part, Period) or (part is not None and part.day):
                return part, behind
            return (date_parts.weekday(self.today, number, None, 0), end) if opened else (None, at)
        return self.part(at, opened=opened)

    def _back(self, unit: Unit, count: int) -> Period | None:
        return date_parts.back(self.today, unit, count, self.table.week_starts, solar=self.table.is_solar)

    def _ago(self, at: int) -> tuple[Period | None, int]:
        in_front, start = self.table.ago_before.read(self.words, at)
        count, unit, end = self._count(start)
        behind, after = (False, end) if in_front else self.table.ago.read(self.words, end)
        if unit is None or not (in_front or behind):
            return None, at
        return self._back(unit, count or 1), after

    def _recent(self, at: int) -> tuple[Period | None, int]:
        """Read the last so many days, weeks, months or years; some languages say the number first."""
        in_front, start = self.table.recent.read(self.words, at)
        count, unit, end = self._count(start)
        behind, after = (False, end) if in_front else self.table.recent.read(self.words, end)
        if unit is None or not (in_front or behind):
            return None, at
        # "The last day" of something is a day of its own.
        if not count and (unit == "day" or self.word(at if in_front else end) not in self.table.past):
            return None, at
        return date_parts.recent(self.today, unit, count or 1), after

    def _count(self, at: int) -> tuple[int, Unit | None, int]:
        """Read a number of units, 0 where there is a unit alone."""
        pair, end = self.table.pairs.read(self.words, at)
        if pair is not None:
            return 2, pair, end
        word = self.word(at)
        if word.isdecimal():
            count, start = int(word[:4]), at + 1
        elif self._is_counted(at):
            return 0, None, at
        else:
            number, start = self.table.numbers.read(self.words, at)
            count = number or 0
        unit, end = self.table.units.read(self.words, start)
        if not count and unit is not None:
            # "الأيام الثلاثة الماضية", "дня три назад".
            number, end = self.table.numbers.read(self.words, end)
            count = number or 0
        fits = unit is not None and (0 < count <= _MOST[unit] or (start == at and word in self.table.single_units))
        return (count, unit, end) if fits else (0, None, at)

    def _is_counted(self, at: int) -> bool:
        """Return whether a unit at a place has another number before it: "66 million years ago"."""
        before = self.word(at - 1)
        unit = self.word(at) in self.table.units
        return unit and (before.isdecimal() or before in self.table.numbers or before in self.table.scales)

    def _turned(self, at: int) -> tuple[Point | None, int]:
        """Read the last, this or the next of a month, season or weekday."""
        turn, start = self.table.turn_before.read(self.words, at)
        for names in (self.table.weekdays, self.table.months, self.table.seasons):
            number, end = names.read(self.words, start)
            if number is None:
                continue
            after = end
            if turn is None:
                turn, after = self.table.turn_behind.read(self.words, end)
            if turn is None:
                return None, at
            if names is self.table.weekdays:
                return date_parts.weekday(self.today, number, turn, self.table.week_starts), after
            part = self.month(number) if names is self.table.months else self.season(number, solar=self.table.is_solar)
            return part.seen(self.today, turn), after
        return None, at


def _is_year(point: Point | None) -> bool:
    return isinstance(point, DatePart) and point.is_year


def _ends_before(last: DatePart, first: DatePart) -> bool:
    periods = first.period(), last.period()
    return bool(
        periods[0] and periods[1] and periods[0].first and periods[1].last and periods[1].last < periods[0].first
    )
