"""What sites ask of programs that come by themselves, in robots.txt."""

from typing import Any, Final

from index.errors import FetchError, RefusedAddressError, UnreachableError
from index.fetching.client import Client, FetchOptions, parsed
from index.fetching.pace import Pace
from index.fetching.schedule import DAY, MINUTE
from index.fetching.state import State

NAME: Final = "Quoth"
_BYTES: Final = 500 << 10
_FORBIDDEN: Final = "robots.txt forbids it"
# Where it could not be read, not every page tries.
_AGAIN: Final = 15 * MINUTE


class Robots:
    """The rules of sites, each kept for a day in the state of a source."""

    def __init__(self, client: Client, state: State, pace: Pace, options: FetchOptions) -> None:
        self._client, self._state, self._pace, self._options = client, state, pace, options
        # To take them apart for each page would cost more than the page.
        self._rules: dict[str, tuple[float, Any]] = {}
        self._faults: dict[str, tuple[float, FetchError]] = {}

    def check(self, address: str) -> None:
        """Raise RefusedAddressError where robots.txt forbids an address, FetchError where it cannot be read for now."""
        url = parsed(address)
        origin = f"{url.scheme}://{url.netloc.decode('ascii')}"
        until, rules = self._rules.get(origin, (0.0, None))
        if rules is None or until <= self._options.now():
            rules = self._read(origin, url.host)
        if not rules.can_fetch(address, NAME):
            raise RefusedAddressError(_FORBIDDEN)

    def _read(self, origin: str, host: str) -> Any:
        from protego import Protego

        rules = Protego.parse(self._text(origin, host))
        delay = rules.crawl_delay(NAME)
        if delay is not None:
            self._pace.slow_down(host, float(delay))
        self._rules[origin] = (self._options.now() + DAY, rules)
        return rules

    def _text(self, origin: str, host: str) -> str:
        """Return the rules of a site, none where it has none."""
        now = self._options.now()
        kept = self._state.robots(origin, now - DAY, now)
        if kept is not None:
            return kept
        until, fault = self._faults.get(origin, (0.0, None))
        if fault is not None and until > now:
            raise fault
        try:
            self._pace.wait(host)
            answer = self._client.get(f"{origin}/robots.txt", lambda _: _BYTES, cut=True)
            text = answer.body.decode("utf-8-sig", "replace")
        except FetchError as error:
            if not 400 <= error.status < 500 or error.status == 429:
                self._faults[origin] = now + _AGAIN, _told(error)
                raise self._faults[origin][1] from error
            text = ""
        self._state.keep_robots(origin, text, now)
        return text


def _told(error: FetchError) -> FetchError:
    kind = UnreachableError if isinstance(error, UnreachableError) else FetchError
    said = f"its robots.txt could not be read: {error}"
    return kind(said, status=error.status, retry_after=error.retry_after, passing=True)
