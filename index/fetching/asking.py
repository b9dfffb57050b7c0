"""One address asked, politely, and what came of it kept: validators, failures, where it moved to, when to ask again."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Final

from index.errors import FetchError, RefusedAddressError, UnreachableError
from index.fetching import schedule
from index.fetching.client import Answer, Client, FetchOptions, parsed
from index.fetching.kinds import most_bytes
from index.fetching.pace import Pace
from index.fetching.robots import Robots
from index.fetching.schedule import DAY, HOUR, WEEK
from index.fetching.state import GONE, LASTING, PASSING, UNREACHABLE, WAITING, Page, State

# A clock that was set back by a moment makes nothing stay longer.
_SOON: Final = 1.0
_NOT_FOUND: Final = 404
_NOT_FOUND_TIMES, _NOT_FOUND_FOR = 3, 3 * DAY

Take = Callable[[Answer], float]
"""Takes in what came, returns for how many seconds it says it will do; raises FetchError where it is unusable."""
Most = Callable[[Mapping[str, str]], int]


class Asking:
    """Asks addresses of one source."""

    def __init__(self, client: Client, state: State, pace: Pace, options: FetchOptions) -> None:
        self.requests = 0
        self._client, self._options, self._pace = client, options, pace
        self._robots = Robots(client, state, pace, options)

    @property
    def now(self) -> float:
        """Return the time, in seconds since 1970."""
        return self._options.now()

    def is_due(self, page: Page) -> bool:
        """Return whether an address is to be asked."""
        return page.is_due(self.now)

    def must_wait(self, page: Page) -> bool:
        """Return whether a server asked not to be asked yet, however much somebody wants it."""
        return page.status in WAITING and not self.is_due(page)

    def ask(self, page: Page, take: Take, most: Most = most_bytes, least: float = HOUR) -> None:
        """Ask for an address, and `take` what it holds now, unless that did not change.

        It is due again after `least` seconds, or more where it says so. `page` is changed, and not kept yet. Raises
        FetchError, for what `take` raises too.
        """
        target = page.moved_to if page.moved_to and self.now - page.moved >= DAY else page.address
        try:
            answer = self._client.get(target, most, partial(self._validators, page), partial(self._before, page))
            if answer.status == 200:
                least = max(least, min(take(answer), DAY))
            elif not page.digest:
                raise FetchError("the server says that nothing changed, and nothing was there before", passing=True)
        except FetchError as error:
            self._fail(page, error)
            raise
        self._succeed(page, answer, target, least)

    def _before(self, page: Page, address: str) -> None:
        if page.found:
            self._robots.check(address)
        self._pace.wait(parsed(address).host)
        self.requests += 1

    def _validators(self, page: Page, address: str) -> Mapping[str, str]:
        if not page.digest or address != page.answered or not 0 <= self.now - page.whole < WEEK:
            return {}
        stated = {"If-None-Match": page.etag, "If-Modified-Since": page.modified}
        return {name: value for name, value in stated.items() if value}

    def _succeed(self, page: Page, answer: Answer, target: str, least: float) -> None:
        whole, headers = answer.status == 200, answer.headers
        # An answer that nothing changed may leave out what it said before.
        page.etag = headers.get("etag", "" if whole else page.etag)
        page.modified = headers.get("last-modified", "" if whole else page.modified)
        page.answered, page.checked = answer.address, self.now
        page.whole = self.now if whole else page.whole
        if answer.moved_to and answer.moved_to != page.moved_to:
            page.moved_to, page.moved = answer.moved_to, self.now
        elif not answer.moved_to and target == page.address:
            page.moved_to, page.moved = "", 0.0
        page.moved = min(page.moved, self.now)
        page.status, page.failures, page.failing = answer.status, 0, 0.0
        page.cause = page.fault = ""
        page.due = schedule.after_answer(self.now, headers, least=least, jitter=self._options.jitter)

    def _fail(self, page: Page, error: FetchError) -> None:
        fault = LASTING
        if error.passing:
            fault = UNREACHABLE if isinstance(error, UnreachableError) else PASSING
        # Whatever passes is one failure, however it changes.
        again = page.failures > 0 and (page.status == error.status or LASTING not in (fault, page.fault))
        page.failures = page.failures + 1 if again else 1
        page.failing = min(page.failing, self.now) if again else self.now
        page.status, page.cause, page.checked, page.fault = error.status, str(error), self.now, fault
        refused = isinstance(error, RefusedAddressError)
        page.due = self.now + DAY if refused else schedule.after_failure(self.now, error, page.failures)

    def has_left(self, page: Page) -> bool:
        """Return whether an address that failed holds nothing any more: said twice as gone, or long not found."""
        lasting = self.now - page.failing + _SOON
        if page.status == GONE:
            return page.failures >= 2 and lasting >= HOUR
        return page.status == _NOT_FOUND and page.failures >= _NOT_FOUND_TIMES and lasting >= _NOT_FOUND_FOR
