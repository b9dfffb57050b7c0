"""When an address is asked again: what it answered, and what it asked for, decide."""

import random
import re
from collections.abc import Mapping
from datetime import UTC
from email.utils import parsedate_to_datetime
from typing import Final

from index.errors import FetchError

MINUTE: Final = 60.0
HOUR: Final = 60 * MINUTE
DAY: Final = 24 * HOUR
WEEK: Final = 7 * DAY
_MAX_AGE = re.compile(r"\bmax-age\s*=\s*\"?(\d{1,9})", re.I)
_TRIES: Final = 12


def after_answer(now: float, headers: Mapping[str, str], *, least: float, jitter: float) -> float:
    """Return when an address is asked again that answered: after `least` seconds, or what it says, up to a day.

    >>> after_answer(0.0, {"cache-control": "max-age=7200"}, least=3600, jitter=0)
    7200.0
    """
    stated = _MAX_AGE.search(headers.get("cache-control", ""))
    wanted = min(float(stated[1]), DAY) if stated else 0.0
    return now + max(least, wanted) * (1 + random.uniform(-jitter, jitter))  # noqa: S311 - no secret


def after_failure(now: float, error: FetchError, failures: int) -> float:
    """Return when an address is asked again that failed so many times in a row.

    >>> after_failure(0.0, FetchError("busy", status=503, retry_after="90"), 1)
    90.0
    >>> [after_failure(0.0, FetchError("no answer"), times) / 60 for times in (1, 2, 9)]
    [15.0, 30.0, 1440.0]
    """
    if error.status in (429, 503):
        asked = seconds_of(error.retry_after, now)
        return now + min(DAY, HOUR * 2.0 ** min(failures - 1, _TRIES) if asked is None else asked)
    if error.status == 410:
        return now + DAY
    return now + min(DAY, 15 * MINUTE * 2.0 ** min(failures - 1, _TRIES))


def seconds_of(retry_after: str, now: float) -> float | None:
    """Return for how many seconds a server asks to be left alone, by a number or a date; None where it does not say.

    >>> seconds_of("120", 0.0), seconds_of("Thu, 01 Jan 1970 00:02:00 GMT", 60.0), seconds_of("soon", 0.0)
    (120.0, 60.0, None)
    >>> seconds_of("Thu Jan  1 00:02:00 1970", 60.0)
    60.0
    """
    text = retry_after.strip()
    if text.isascii() and text.isdecimal():
        return float(text[:9])
    try:
        moment = parsedate_to_datetime(text)
        # One that states no zone is of UTC, as all of HTTP is.
        return max(0.0, moment.replace(tzinfo=moment.tzinfo or UTC).timestamp() - now)
    except (ValueError, TypeError, OverflowError):
        return None
