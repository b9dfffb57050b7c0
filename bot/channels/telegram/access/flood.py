"""How many questions one person, or one group, may ask: a handful at once, and not all day long."""

from collections import OrderedDict, deque
from collections.abc import Callable
from dataclasses import dataclass, field

from bot.channels.telegram.options import FloodLimits

_REMEMBERED = 10_000
_HOUR = 3600.0


@dataclass(slots=True)
class _Bucket:
    tokens: float
    filled_at: float
    hour: deque[float] = field(default_factory=deque)
    refused_until: float = 0.0


class Flood:
    """Count what people and groups ask; ids of people are positive, those of groups negative.

    `clock` gives seconds, monotonic.

    >>> flood = Flood(lambda: 0.0, FloodLimits())
    >>> [round(flood.wait(7), 3) for _ in range(6)]
    [0.0, 0.0, 0.0, 0.0, 0.0, 3.0]
    """

    def __init__(self, clock: Callable[[], float], limits: FloodLimits) -> None:
        self._clock = clock
        self._limits = limits
        self._buckets: OrderedDict[int, _Bucket] = OrderedDict()

    def wait(self, *ids: int) -> float:
        """Return the seconds until all of `ids` may ask; 0.0 when they may now, and then count it for each."""
        now = self._clock()
        buckets = [self._bucket(one, now) for one in ids]
        seconds = max(self._seconds(bucket, now) for bucket in buckets)
        if seconds == 0.0:
            for bucket in buckets:
                bucket.tokens -= 1
                bucket.hour.append(now)
        return seconds

    def first_refusal(self, one: int, seconds: float) -> bool:
        """Return whether `one` was not yet told to wait this time; it counts as told for so many seconds."""
        now = self._clock()
        bucket = self._bucket(one, now)
        if bucket.refused_until > now:
            return False
        bucket.refused_until = now + seconds
        return True

    def _seconds(self, bucket: _Bucket, now: float) -> float:
        seconds = 0.0 if bucket.tokens >= 1 else (1 - bucket.tokens) * self._limits.every
        if len(bucket.hour) >= self._limits.hourly:
            seconds = max(seconds, bucket.hour[0] + _HOUR - now)
        return seconds

    def _bucket(self, one: int, now: float) -> _Bucket:
        bucket = self._buckets.setdefault(one, _Bucket(self._limits.burst, now))
        self._buckets.move_to_end(one)
        while len(self._buckets) > _REMEMBERED:
            self._buckets.popitem(last=False)
        # A hair more, so that whoever waits exactly as long as told is not short by a rounding error.
        grown = (now - bucket.filled_at) / self._limits.every + 1e-9
        bucket.tokens = min(float(self._limits.burst), bucket.tokens + grown)
        bucket.filled_at = now
        while bucket.hour and bucket.hour[0] <= now - _HOUR:
            bucket.hour.popleft()
        return bucket
