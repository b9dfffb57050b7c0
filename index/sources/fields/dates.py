"""Dates as files state them, in ISO 8601; no date is ever guessed: "04/05/2024" states none."""

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta, timezone
from functools import lru_cache

from index.sources.fields.date_words import day_in_words, only_noise, plain_digits

_DAY = re.compile(r"(\d{4})(?:([-/.])\s?(\d{1,2})\2\s?(\d{1,2})|(\d{2})(\d{2}))(?!\d)\.?")
_PLAIN = re.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}")
_WEEK_DAY = re.compile(r"\d{4}-W\d{2}-[1-7]|\d{4}W\d{2}[1-7]")
_TIME = re.compile(
    r"(?<![\d:.])(?P<hour>\d{1,2})[:h時时시](?P<minute>\d{2})分?(?::(?P<second>\d{2})(?:[.,]\d{1,9})?)?"
    r"(?:\s?(?P<half>[AaPp])\.?\s?[Mm]\b\.?)?"
    r"(?:\s?(?P<zone>Z\b|(?:(?:GMT|UTC?)\s?)?[+-]\d{2}(?::?\d{2})?\b|[A-Z]{2,5}\b))?"
)
_ISO_TIME = re.compile(r"\s?\d{2}:?\d{2}(?::?\d{2}(?:[.,]\d+)?)?\s?(?:Z|[+-]\d{2}(?::?\d{2})?)?$")
_COMMENT = re.compile(r"\s*\([^()]*\)$")
_OFFSET = re.compile(r"(?:GMT|UTC?)?\s?([+-])(\d{2}):?(\d{2})?")
# RFC 822 names them, and nobody means another zone by them; CST is also China's.
_ZONES = {
    "Z": 0,
    "UT": 0,
    "UTC": 0,
    "GMT": 0,
    "EST": -5,
    "EDT": -4,
    "CDT": -5,
    "MST": -7,
    "MDT": -6,
    "PST": -8,
    "PDT": -7,
}
# A whole number in a date field counts seconds since 1970, or thousandths and so on of them; years 1973 to 2096.
_SECONDS = range(100_000_000, 4_000_000_000)
_PARTS_OF_A_SECOND = (1, 10**3, 10**6, 10**9)
# "20240419" without quotation marks; as seconds it would be a day of 1970.
_COMPACT = range(19_000_101, 21_001_232)
# Databases write 0001 and 9999 where there is no date.
_YEARS = range(1000, 2201)
# "1403/02/01" may count the years of the Solar or the Lunar Hijri calendar; with hyphens it is ISO 8601.
_HIJRI_YEARS = range(1300, 1500)
_COUNTED = re.compile(r"\d{9,19}")
_LONGEST = 100
# How others wrap a date: MongoDB, WordPress, PHP, Firestore, XML turned into JSON.
_WRAPPERS = ("$date", "$numberlong", "rendered", "date", "datetime", "iso", "value", "#text", "seconds", "_seconds")


def iso_date(value: object) -> str | None:
    """Return the ISO 8601 form of a stated date, or date and time; see the tests for the many ways to state one.

    The month is a word, or the year stands first. A time whose zone is not known leaves the day alone.

    >>> iso_date("2024/4/19"), iso_date("Fri, 19 Apr 2024 10:30:00 GMT"), iso_date("19 de abril de 2024")
    ('2024-04-19', '2024-04-19T10:30:00+00:00', '2024-04-19')
    >>> iso_date(1713522600), iso_date({"$date": "2024-04-19T10:00:00Z"}), iso_date("last Friday")
    ('2024-04-19T10:30:00+00:00', '2024-04-19T10:00:00+00:00', None)
    """
    if isinstance(value, str):
        if _PLAIN.fullmatch(value):
            return value if _is_day(value) else None
        return _of_text(value) if len(value) < _LONGEST else None
    if isinstance(value, date):
        return value.isoformat() if value.year in _YEARS else None
    if isinstance(value, int | float) and not isinstance(value, bool):
        return _of_number(value)
    if isinstance(value, Mapping):
        return _of_wrapper(value)
    return iso_date(value[0]) if isinstance(value, list) and len(value) == 1 and isinstance(value[0], str) else None


def _is_day(text: str) -> bool:
    try:
        return date.fromisoformat(text).year in _YEARS
    except ValueError:
        return False


def _of_number(number: float) -> str | None:
    try:
        whole = int(number)
    except (ValueError, OverflowError):
        return None
    for parts in _PARTS_OF_A_SECOND:
        if whole // parts in _SECONDS:
            return datetime.fromtimestamp(whole // parts, UTC).isoformat()
    return _of_text(str(number)) if isinstance(number, int) and number in _COMPACT else None


def _of_wrapper(wrapper: Mapping[object, object]) -> str | None:
    """Return the date in an object; one more object may lie between: {"$date": {"$numberLong": "1713522600000"}}."""
    for name, inner in wrapper.items():
        if not isinstance(name, str) or name.casefold() not in _WRAPPERS:
            continue
        stated = inner
        if isinstance(inner, Mapping):
            stated = next((value for key, value in inner.items() if key in ("$numberLong", "value", "$date")), None)
        if isinstance(stated, str) and _COUNTED.fullmatch(stated):
            stated = int(stated)
        if not isinstance(stated, Mapping) and (found := iso_date(stated)):
            return found
    return None


def _of_text(text: str) -> str | None:
    text = plain_digits(text)
    found = _DAY.match(text)
    try:
        if found is None:
            return date.fromisoformat(text).isoformat() if _WEEK_DAY.fullmatch(text) else _with_time(text, None)
        year, mark, month, day, compact_month, compact_day = found.groups()
        if int(year) not in _YEARS or (mark in ("/", ".") and int(year) in _HIJRI_YEARS):
            return None
        stated = date(int(year), int(month or compact_month), int(day or compact_day))
        rest = text[found.end() :]
        return _with_time(rest.removeprefix("T"), stated) if rest else stated.isoformat()
    except (ValueError, OverflowError):
        return None


def _with_time(text: str, day: date | None) -> str | None:
    """Return the date in `text`, or `day` with the time in `text`; None when anything else stands there."""
    if day is not None and _ISO_TIME.match(text):
        try:
            return datetime.fromisoformat(f"{day.isoformat()}T{text.strip()}").isoformat()
        except ValueError:
            pass
    text = _COMMENT.sub("", text) if "(" in text else text
    found = _TIME.search(text)
    others = text if found is None else f"{text[: found.start()]} {text[found.end() :]}"
    if day is None:
        day = day_in_words(others)
        if day is None or day.year not in _YEARS:
            return None
    elif not only_noise(others):
        return None
    if found is None:
        return day.isoformat()
    hour, half = int(found["hour"]), (found["half"] or "").lower()
    if half:
        if not 1 <= hour <= 12:
            raise ValueError(hour)
        hour = hour % 12 + 12 * (half == "p")
    moment = datetime.combine(day, time(hour, int(found["minute"]), int(found["second"] or 0)))
    if not found["zone"]:
        return moment.isoformat()
    known, zone = _zone(found["zone"])
    return moment.replace(tzinfo=zone).isoformat() if known else day.isoformat()


@lru_cache(maxsize=256)
def _zone(name: str) -> tuple[bool, timezone | None]:
    """Return whether a zone is known, and its offset: none for "-0000", which says that it is not told."""
    hours = _ZONES.get(name)
    if hours is not None:
        return True, timezone(timedelta(hours=hours))
    offset = _OFFSET.fullmatch(name)
    if offset is None:
        return False, None
    if offset[1] == "-" and not offset[2].strip("0") and not (offset[3] or "").strip("0"):
        return True, None
    away = timedelta(hours=int(offset[2]), minutes=int(offset[3] or 0))
    return True, timezone(away if offset[1] == "+" else -away)
