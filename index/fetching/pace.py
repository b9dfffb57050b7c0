"""How soon a host is asked again: politely."""

from collections.abc import Callable
from time import monotonic
from typing import Final

# A robots.txt may ask for more; nobody waits a day for each page.
_LONGEST: Final = 30.0


class Pace:
    """Waits before a request, so that requests to one host are apart by so many seconds, or more where it asks so."""

    def __init__(self, apart: float, sleep: Callable[[float], None], clock: Callable[[], float] = monotonic) -> None:
        self._apart, self._sleep, self._clock = apart, sleep, clock
        self._next: dict[str, float] = {}
        self._asked: dict[str, float] = {}

    def slow_down(self, host: str, seconds: float) -> None:
        """Keep requests to a host apart by so many seconds."""
        self._asked[host] = min(seconds, _LONGEST)

    def wait(self, host: str) -> None:
        """Return when the host may be asked."""
        left = self._next.get(host, 0.0) - self._clock()
        if left > 0:
            self._sleep(left)
        self._next[host] = max(self._clock(), self._next.get(host, 0.0)) + max(self._apart, self._asked.get(host, 0.0))
