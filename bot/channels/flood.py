"""How much one of many may ask: a handful at once, and not all day long.

What asks less counts as a part of a question: turning a page, or typing on in inline mode.
"""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from typing import Final

_REMEMBERED = 10_000
_HOUR = 3600.0
# A hair, so that rounding errors turn nobody away.
_HAIR = 1e-9

QUESTION: Final = 1.0
PRESS: Final = 1 / 3
TYPING: Final = 1 / 10


@dataclass(frozen=True, slots=True)
class FloodLimits:
    """`burst` questions at once, then one every `every` seconds, at most `hourly` in any hour (None: any number)."""

    burst: int = 5
    every: float = 3.0
    hourly: int | None = 60


@dataclass(slots=True)
class _Bucket:
    tokens: float
    filled_at: float
    # Not a deque: one that is almost empty is larger than all the rest, and most are.
    hour: list[tuple[float, float]] = field(default_factory=list)
    spent: float = 0.0
    refused_until: float = 0.0


class Flood:
    """Count what each of many asks, told apart by ids: people and groups of Telegram, tokens and addresses of HTTP.

    `clock` gives seconds, monotonic.

    >>> flood = Flood(lambda: 0.0, FloodLimits())
    >>> [round(flood.wait(7), 3) for _ in range(6)]
    [0.0, 0.0, 0.0, 0.0, 0.0, 3.0]
    """

    def __init__(self, clock: Callable[[], float], limits: FloodLimits) -> None:
        self._clock = clock
        self._limits = limits
        self._buckets: OrderedDict[Hashable, _Bucket] = OrderedDict()

    def wait(self, *ids: Hashable, cost: float = QUESTION) -> float:
        """Return the seconds until all of `ids` may ask; 0.0 when they may now, and then count it for each.

        `cost` is what it counts, in questions.
        """
        now = self._clock()
        buckets = [self._bucket(one, now) for one in ids]
        seconds = max(self._seconds(bucket, now, cost) for bucket in buckets)
        if seconds == 0.0:
            for bucket in buckets:
                bucket.tokens -= cost
                if self._limits.hourly is not None:
                    bucket.hour.append((now, cost))
                    bucket.spent += cost
        return seconds

    def first_refusal(self, one: Hashable, seconds: float) -> bool:
        """Return whether `one` was not yet told to wait this time; it counts as told for so many seconds."""
        now = self._clock()
        bucket = self._bucket(one, now)
        if bucket.refused_until > now:
            return False
        bucket.refused_until = now + seconds
        return True

    def _seconds(self, bucket: _Bucket, now: float, cost: float) -> float:
        seconds = 0.0 if bucket.tokens + _HAIR >= cost else (cost - bucket.tokens) * self._limits.every
        if self._limits.hourly is None:
            return seconds
        beyond = bucket.spent + cost - self._limits.hourly
        for moment, counted in bucket.hour:
            if beyond <= _HAIR:
                break
            seconds, beyond = max(seconds, moment + _HOUR - now), beyond - counted
        return seconds

    def _bucket(self, one: Hashable, now: float) -> _Bucket:
        bucket = self._buckets.setdefault(one, _Bucket(self._limits.burst, now))
        self._buckets.move_to_end(one)
        while len(self._buckets) > _REMEMBERED:
            self._buckets.popitem(last=False)
        grown = (now - bucket.filled_at) / self._limits.every + _HAIR
        bucket.tokens = min(float(self._limits.burst), bucket.tokens + grown)
        bucket.filled_at = now
        if bucket.hour and bucket.hour[0][0] <= now - _HOUR:
            gone = next((at for at, (moment, _) in enumerate(bucket.hour) if moment > now - _HOUR), len(bucket.hour))
            bucket.spent -= sum(cost for _, cost in bucket.hour[:gone])
            del bucket.hour[:gone]
        return bucket
