"""Numbers for whoever runs the server: counted always, shown where prometheus-client is installed.

No number holds a word of anybody, an address or a token.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

from bot.channels.figures import Histogram


class Metrics:
    """What was counted since the start.

    `requests`: by path of the API and status; `answers`: by state; `seconds` of requests. `waiting`, `connections` and
    `generation` are asked at the moment of showing.
    """

    def __init__(self) -> None:
        self.requests: Counter[tuple[str, int]] = Counter()
        self.answers: Counter[str] = Counter()
        self.seconds = Histogram()
        self.waiting: Callable[[], int] = lambda: 0
        self.connections: Callable[[], int] = lambda: 0
        self.generation = 0

    def count(self, path: str, status: int, seconds: float) -> None:
        """Count a request."""
        self.requests[path, status] += 1
        self.seconds.add(seconds)

    def answered(self, state: str) -> None:
        """Count an answer."""
        self.answers[state] += 1

    def collect(self) -> Iterator[Any]:
        """Yield the metrics that prometheus-client asks for."""
        from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily

        requests = CounterMetricFamily("quoth_requests", "Requests by path and status.", labels=["path", "status"])
        for (path, status), count in self.requests.items():
            requests.add_metric([path, str(status)], count)
        yield requests
        answers = CounterMetricFamily("quoth_questions", "Questions by state of their answer.", labels=["state"])
        for state, count in self.answers.items():
            answers.add_metric([state], count)
        yield answers
        yield HistogramMetricFamily(
            "quoth_request_seconds", "One request.", buckets=self.seconds.buckets(), sum_value=self.seconds.sum
        )
        yield GaugeMetricFamily("quoth_requests_waiting", "Requests that wait for a search.", self.waiting())
        yield GaugeMetricFamily("quoth_connections", "Open connections.", self.connections())
        yield GaugeMetricFamily("quoth_index_generation", "The generation that answers; 0: none.", self.generation)
