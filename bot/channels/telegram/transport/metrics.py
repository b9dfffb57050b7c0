"""Numbers for whoever runs the bot: counted always, shown as Prometheus text where prometheus-client is installed.

No number holds a name, an id or a word of anybody.
"""

import bisect
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from typing import Any

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


class Metrics:
    """What was counted since the start.

    `questions`: by state ("answered", "closest", "nothing", "failed", "no index"); `updates`: seconds from an update's
    arrival to its end, by kind ("message", "callback_query", ...); `searches`: seconds of searching; `events`: how
    often which accident happened ("429", "unreadable", "redelivered", "bad secret", "busy"). `waiting`, `age` and
    `generation` are asked at the moment of showing.
    """

    def __init__(self) -> None:
        self.started = time.monotonic()
        self.questions: Counter[str] = Counter()
        self.events: Counter[str] = Counter()
        self.updates: dict[str, Histogram] = defaultdict(Histogram)
        self.searches = Histogram()
        self.waiting: Callable[[], int] = lambda: 0
        self.age: Callable[[], float] = lambda: 0.0
        self.generation: Callable[[], int] = lambda: 0

    def question(self, state: str, seconds: float) -> None:
        """Count a question and the time of its search."""
        self.questions[state] += 1
        self.searches.add(seconds)

    def collect(self) -> Iterator[Any]:
        """Yield the metrics that prometheus-client asks for."""
        from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily

        questions = CounterMetricFamily("quoth_questions", "Questions by state of their answer.", labels=["state"])
        for state, count in self.questions.items():
            questions.add_metric([state], count)
        yield questions
        events = CounterMetricFamily("quoth_telegram_events", "Accidents on the wire, by kind.", labels=["kind"])
        for kind, count in self.events.items():
            events.add_metric([kind], count)
        yield events
        name, what = "quoth_update_seconds", "From an update's arrival to its end."
        seconds = HistogramMetricFamily(name, what, labels=["kind"])
        for kind, histogram in self.updates.items():
            seconds.add_metric([kind], histogram.buckets(), histogram.sum)
        yield seconds
        yield HistogramMetricFamily(
            "quoth_search_seconds", "One search.", buckets=self.searches.buckets(), sum_value=self.searches.sum
        )
        yield GaugeMetricFamily("quoth_updates_waiting", "Updates waiting or being worked on.", self.waiting())
        yield GaugeMetricFamily("quoth_poll_age_seconds", "Since the last good poll.", self.age())
        yield GaugeMetricFamily("quoth_index_generation", "The generation that answers; 0: none.", self.generation())

    def exposition(self) -> bytes:
        """Return all of it as Prometheus text. Raises `MissingExtraError` without prometheus-client."""
        try:
            from prometheus_client import CollectorRegistry, generate_latest
        except ImportError:
            raise MissingExtraError(f"metrics need the extra: run `{install_command('prometheus-client')}`") from None
        registry = CollectorRegistry()
        registry.register(self)
        return generate_latest(registry)
