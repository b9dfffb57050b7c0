"""The Solar Hijri calendar of Iran: days to and from its years 1178 to 1633.

Its leap years follow a cycle of 33 years, which agrees with the observed calendar for just these years
(K. M. Borkowski, "The Persian calendar for 3000 years", 1996).
"""

from datetime import date, timedelta
from typing import Final

MONTHS: Final = (
    *("فروردین", "اردیبهشت", "خرداد", "تیر", "مرداد", "شهریور", "مهر", "آبان", "آذر", "دی", "بهمن", "اسفند"),
)
"""The names of the months, from the first."""

YEARS: Final = range(1178, 1634)

# The day before the first of the year 1.
_START: Final = date(2024, 3, 19) - timedelta(365 * 1402 + (8 * 1402 + 29) // 33)


def solar_hijri(day: date) -> tuple[int, int, int] | None:
    """Return the year, month and day of `day`; None where the cycle does not hold, before 1799 and after 2254.

    >>> solar_hijri(date(2024, 3, 19)), solar_hijri(date(2024, 3, 20)), solar_hijri(date(1500, 1, 1))
    ((1402, 12, 29), (1403, 1, 1), None)
    """
    year = day.year - 621
    if year not in YEARS:
        return None
    if day < from_solar_hijri(year, 1, 1):
        year -= 1
    if year not in YEARS:
        return None
    passed = (day - from_solar_hijri(year, 1, 1)).days
    month, left = (passed // 31, passed % 31) if passed < 186 else (6 + (passed - 186) // 30, (passed - 186) % 30)
    return year, month + 1, left + 1


def from_solar_hijri(year: int, month: int, day: int) -> date:
    """Return the day of that year, month and day; ValueError when there is none.

    >>> from_solar_hijri(1403, 1, 19)
    datetime.date(2024, 4, 7)
    """
    if year not in YEARS or not 1 <= month <= 12 or not 1 <= day <= month_length(year, month):
        raise ValueError(f"the Solar Hijri calendar has no day {year}-{month}-{day}")
    before = 365 * (year - 1) + (8 * (year - 1) + 29) // 33
    return _START + timedelta(before + 31 * (month - 1) - max(0, month - 7) + day)


def month_length(year: int, month: int) -> int:
    """Return the number of days of a month: 31, 30, or 29 at the end of a year that is no leap year."""
    is_leap = (25 * year + 11) % 33 < 8
    return 31 if month <= 6 else 30 if month < 12 or is_leap else 29
