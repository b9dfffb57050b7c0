"""Numbers for whoever runs the bot: counted always, shown as Prometheus text where prometheus-client is installed.

No number holds a name, an id or a word of anybody.
"""

import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from typing import Any

from bot.channels.figures import Histogram


class Metrics:
    """What was counted since the start.

    `questions`: by state ("answered", "closest", "nothing", "failed", "no index"); `updates`: seconds from an update's
    arrival to its end, by kind ("message", "callback_query", ...); `searches`: seconds of searching; `events`: how
    often which accident happened ("429", "unreadable", "redelivered", "bad secret", "busy"). `waiting` and `age` are
    asked at the moment of showing, and before it, in a thread, `find_generation`, for a cluster may be asked for that.
    """

    def __init__(self) -> None:
        self.started = time.monotonic()
        self.questions: Counter[str] = Counter()
        self.events: Counter[str] = Counter()
        self.updates: dict[str, Histogram] = defaultdict(Histogram)
        self.searches = Histogram()
        self.waiting: Callable[[], int] = lambda: 0
        self.age: Callable[[], float] = lambda: 0.0
        self.find_generation: Callable[[], int] = lambda: 0
        self.generation = 0

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
        yield GaugeMetricFamily("quoth_index_generation", "The generation that answers; 0: none.", self.generation)
