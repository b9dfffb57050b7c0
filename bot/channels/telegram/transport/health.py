"""How the channel is doing: the state of the connection to Telegram, and whether it is over for good."""

import asyncio
import logging
import math
import time
from collections import deque
from collections.abc import Callable

from telegram.error import Conflict, TelegramError

from bot.channels.telegram.transport.proxies import Way
from bot.channels.telegram.transport.troubles import cause_of, is_logged_out, unreachable
from bot.errors import ChannelError, TokenError

LOG = logging.getLogger(__name__)

REJECTIONS = 3
CONFLICTS = 5
CONFLICT_WINDOW = 60.0


def token_rejected() -> TokenError:
    """Return the one error for a token that Telegram does not know."""
    return TokenError("Telegram: the token was rejected three times; ask @BotFather for the current one and set it")


class Health:
    """When a poll (with a webhook: a look at it) last went well, and whether it is over (`error`, told by `fatal`).

    Seconds are those of `clock`, monotonic.
    """

    def __init__(self, unhealthy: float, dead: float, way: Way, clock: Callable[[], float] = time.monotonic) -> None:
        self._unhealthy = unhealthy
        self._dead = dead
        self._way = way
        self._trouble = ""
        self._clock = clock
        self._conflicts: deque[float] = deque(maxlen=CONFLICTS)
        self._warned_conflict = -CONFLICT_WINDOW
        self._warned = False
        self._rejections = 0
        self._asked_until = -math.inf
        self._last_ok = clock()
        self.error: ChannelError | None = None
        self.fatal = asyncio.Event()

    @property
    def age(self) -> float:
        """Seconds since the last good poll."""
        return self._clock() - self._last_ok

    @property
    def healthy(self) -> bool:
        """Return whether it is neither late nor over."""
        return self.error is None and self.age < self._unhealthy

    def record_success(self) -> None:
        """Note that a poll went well."""
        self._last_ok = self._clock()
        self._rejections = 0
        self._trouble = ""
        if self._warned:
            LOG.warning("Telegram is there again")
            self._warned = False

    def count_rejection(self) -> int:
        """Count a refusal of the token; return how often in a row, and from the third time on it is over."""
        self._rejections += 1
        if self._rejections >= REJECTIONS:
            self._end(token_rejected())
        return self._rejections

    def record_failure(self, error: TelegramError, doing: str = "a poll") -> None:
        """Note that `doing` failed; it is tried again. PTB's error callback for polling."""
        if isinstance(error, Conflict):
            self.record_conflict("polls")
        else:
            self._trouble = cause_of(error, self._way)
            LOG.warning("%s failed: %s", doing, self._trouble)
            if is_logged_out(error):
                self._end(unreachable(error, self._way))

    def record_wait(self, seconds: float) -> None:
        """Note that Telegram asks to poll no sooner than in so many seconds: until then it is not dead."""
        self._asked_until = self._clock() + seconds
        self._trouble = "Telegram asks to wait"
        LOG.warning("Telegram asks to wait %.0f s before the next poll", seconds)

    def record_conflict(self, doing: str) -> None:
        """Note another program in our place: once is its start or its end, five times in a minute are too many."""
        now = self._clock()
        self._conflicts.append(now)
        if now - self._warned_conflict >= CONFLICT_WINDOW:
            LOG.warning("another program %s with the same token; trying again", doing)
            self._warned_conflict = now
        if len(self._conflicts) == CONFLICTS and now - self._conflicts[0] <= CONFLICT_WINDOW:
            self._end(
                ChannelError(f"Telegram: another program {doing} with the same token; stop it, or use another bot")
            )

    def check(self) -> None:
        """Warn once when polling is late, end the channel when it is dead; the watchdog's look."""
        # A poll may take its time after the wait.
        if self.age >= self._dead and self._clock() >= self._asked_until + self._unhealthy:
            cause = self._trouble or "check the network"
            self._end(ChannelError(f"Telegram: no poll went well for {self.age:.0f} s: {cause}; then restart"))
        elif self.age >= self._unhealthy and not self._warned:
            LOG.warning("no poll went well for %.0f s", self.age)
            self._warned = True

    def _end(self, error: ChannelError) -> None:
        if self.error is None:
            self.error = error
        self.fatal.set()
