"""Numbers of a channel, as Prometheus wants them, where prometheus-client is installed."""

import bisect
from collections.abc import Iterator
from typing import Any, Protocol

from bot.errors import MissingExtraError
from index import install_command

# Upper bounds in seconds: a search takes about a millisecond, a group's turn up to a minute.
BOUNDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0)


class Histogram:
    """How many durations lay below each bound, and their sum in seconds."""

    def __init__(self) -> None:
        self._counts = [0] * (len(BOUNDS) + 1)
        self.sum = 0.0

    def add(self, seconds: float) -> None:
        """Count one duration."""
        self._counts[bisect.bisect_left(BOUNDS, seconds)] += 1
        self.sum += seconds

    @property
    def count(self) -> int:
        """Return how many were counted."""
        return sum(self._counts)

    def below(self, share: float) -> float:
        """Return a bound in seconds below which at least `share` (0..1) of the durations lay; 0.0 for none.

        `below(0.95)` is the 95th percentile, rounded up to a bound.
        """
        wanted, total = share * self.count, 0
        for bound, count in zip((*BOUNDS, float("inf")), self._counts, strict=True):
            total += count
            if total >= wanted > 0:
                return bound
        return 0.0

    def buckets(self) -> list[tuple[str, float]]:
        """Return Prometheus' cumulative buckets: `[("0.005", 3.0), ..., ("+Inf", 7.0)]`."""
        total, buckets = 0, []
        for bound, count in zip((*map(str, BOUNDS), "+Inf"), self._counts, strict=True):
            total += count
            buckets.append((bound, float(total)))
        return buckets


class Collected(Protocol):
    """What was counted."""

    def collect(self) -> Iterator[Any]:
        """Yield the metrics that prometheus-client asks for."""


def exposition(metrics: Collected) -> bytes:
    """Return metrics as Prometheus text. Raises `MissingExtraError` without prometheus-client."""
    try:
        from prometheus_client import CollectorRegistry, generate_latest
    except ImportError:
        raise MissingExtraError(f"metrics need the extra: run `{install_command('prometheus-client')}`") from None
    registry = CollectorRegistry()
    registry.register(metrics)
    return generate_latest(registry)
