"""Dates as files state them, in ISO 8601; no date is ever guessed."""

import re
from datetime import UTC, date, datetime
from email.utils import parsedate_to_datetime

_ISO = re.compile(r"(\d{4})([-/]?)(\d{2})\2(\d{2})(?:[T ](.+))?")
_RFC_2822 = re.compile(r"(?:[A-Za-z]{3},\s*)?\d{1,2}\s+[A-Za-z]{3}\s+\d{4}\s+\d{2}:\d{2}.*")
# A whole number in a date field counts seconds, or milliseconds, since 1970; years 1973 to 2096.
_SECONDS = range(100_000_000, 4_000_000_000)
_EARLIEST_YEAR = 1000


def iso_date(value: object) -> str | None:
    """Return the ISO 8601 form of a stated date, or date and time.

    >>> iso_date("2024/04/19"), iso_date("Fri, 19 Apr 2024 10:30:00 GMT")
    ('2024-04-19', '2024-04-19T10:30:00+00:00')
    >>> iso_date(1713522600), iso_date("last Friday")
    ('2024-04-19T10:30:00+00:00', None)
    """
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, int) and not isinstance(value, bool):
        seconds = value if value in _SECONDS else value // 1000
        return datetime.fromtimestamp(seconds, UTC).isoformat() if seconds in _SECONDS else None
    return _parsed(value.strip()) if isinstance(value, str) and len(value) < 100 else None


def _parsed(text: str) -> str | None:
    found = _ISO.fullmatch(text)
    try:
        if found is not None:
            year, _, month, day, time = found.groups()
            if int(year) < _EARLIEST_YEAR:
                return None
            plain = f"{year}-{month}-{day}"
            if time is None:
                return date.fromisoformat(plain).isoformat()
            return datetime.fromisoformat(f"{plain}T{time}").isoformat()
        if _RFC_2822.fullmatch(text):
            return parsedate_to_datetime(text).isoformat()
    except (ValueError, OverflowError):
        pass
    return None
