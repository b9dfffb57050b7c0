"""What stands between python-telegram-bot and the wire.

`TidyRequest` makes any reply a JSON reply and repeats what never left this machine. `GuardedRequest`, for polling
only, keeps three accidents from stopping or wedging the poller: a passing 401, an update that cannot be read, and
more updates than can be answered. `PollHealth` is what the watchdog looks at.
"""

import asyncio
import json
import logging
import time
from collections import deque
from collections.abc import Callable
from typing import Any

import httpx
from telegram import Update
from telegram.error import Conflict, NetworkError, TelegramError
from telegram.request import HTTPXRequest

from bot.errors import ChannelError, TokenError

LOG = logging.getLogger(__name__)

REJECTIONS = 3
CONFLICTS = 5
CONFLICT_WINDOW = 60.0
BACKLOG = 200
LONGEST_HOLD = 30.0

_NEVER_LEFT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)
_PAUSES = (0.3, 1.0, 2.0)


def token_rejected() -> TokenError:
    """The one sentence for a token that Telegram does not know."""
    return TokenError("Telegram: the token was rejected three times; ask @BotFather for the current one and set it")


class PollHealth:
    """When polling last went well, and whether it is over for good (`error`, announced by `fatal`).

    Seconds are those of `clock`, monotonic.
    """

    def __init__(self, unhealthy: float, dead: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._unhealthy = unhealthy
        self._dead = dead
        self._clock = clock
        self._conflicts: deque[float] = deque(maxlen=CONFLICTS)
        self._warned_conflict = -CONFLICT_WINDOW
        self._warned = False
        self._rejections = 0
        self.last_ok = clock()
        self.poisoned = 0
        self.error: ChannelError | None = None
        self.fatal = asyncio.Event()

    def good(self) -> None:
        """A poll went well."""
        self.last_ok = self._clock()
        self._rejections = 0
        if self._warned:
            LOG.warning("polling works again")
            self._warned = False

    def rejected(self) -> int:
        """The token was refused once more; how often in a row, and from the third time on it is over."""
        self._rejections += 1
        if self._rejections >= REJECTIONS:
            self._end(token_rejected())
        return self._rejections

    def failed(self, error: TelegramError) -> None:
        """PTB's error callback for polling. Five conflicts in a minute are another bot, not a restart."""
        if not isinstance(error, Conflict):
            LOG.warning("a poll failed (%s); polling goes on", type(error).__name__)
            return
        now = self._clock()
        self._conflicts.append(now)
        if now - self._warned_conflict >= CONFLICT_WINDOW:
            LOG.warning("another program polls with the same token; trying again")
            self._warned_conflict = now
        if len(self._conflicts) == CONFLICTS and now - self._conflicts[0] <= CONFLICT_WINDOW:
            self._end(
                ChannelError("Telegram: another program polls with the same token; stop it, or give each its own bot")
            )

    def look(self) -> None:
        """The watchdog's look: warns once when polling is late, ends the channel when it is dead."""
        age = self._clock() - self.last_ok
        if age >= self._dead:
            self._end(ChannelError(f"Telegram: no poll went well for {age:.0f} s; check the network and restart"))
        elif age >= self._unhealthy and not self._warned:
            LOG.warning("no poll went well for %.0f s", age)
            self._warned = True

    def _end(self, error: ChannelError) -> None:
        if self.error is None:
            self.error = error
        self.fatal.set()


class TidyRequest(HTTPXRequest):
    """PTB's request, with two habits of its own.

    A reply that is no JSON (a proxy's error page) becomes a JSON error without its text, because PTB would log the
    whole. A request that never left (no connection) is repeated `repeats` times; any other is not, for a message may
    have arrived although its reply did not.
    """

    def __init__(self, *, repeats: int = len(_PAUSES), **settings: Any) -> None:
        super().__init__(**settings)
        self._repeats = repeats

    async def do_request(self, *args: Any, **kwargs: Any) -> tuple[int, bytes]:
        code, payload = await self._sent(*args, **kwargs)
        return (code, payload) if kwargs.get("method") != "POST" else _tidied(code, payload)

    async def _sent(self, *args: Any, **kwargs: Any) -> tuple[int, bytes]:
        for pause in _PAUSES[: self._repeats]:
            try:
                return await super().do_request(*args, **kwargs)
            except NetworkError as error:
                if not isinstance(error.__cause__, _NEVER_LEFT):
                    raise
            await asyncio.sleep(pause)
        return await super().do_request(*args, **kwargs)


class GuardedRequest(TidyRequest):
    """The request of the poller.

    The first two 401 (or 404) in a row become a 502, which PTB retries; the third also ends the channel through
    `health`. An update that PTB cannot read is replaced by an empty one of the same id, so that it is confirmed
    instead of being fetched for ever. While `backlog()` is above 200 the next poll waits, up to 30 s.
    """

    def __init__(self, health: PollHealth, backlog: Callable[[], int], **settings: Any) -> None:
        super().__init__(repeats=0, **settings)
        self._health = health
        self._backlog = backlog

    async def do_request(self, *args: Any, **kwargs: Any) -> tuple[int, bytes]:
        await self._hold()
        code, payload = await super().do_request(*args, **kwargs)
        if code in (401, 404):
            times = self._health.rejected()
            LOG.warning("the token was refused while polling (%d of %d)", times, REJECTIONS)
            return _error(502, "the token was refused")
        if code == 200:
            payload = self._quarantined(payload)
            self._health.good()
        return code, payload

    async def _hold(self) -> None:
        end = time.monotonic() + LONGEST_HOLD
        while self._backlog() > BACKLOG and time.monotonic() < end:
            self._health.good()
            await asyncio.sleep(0.05)

    def _quarantined(self, payload: bytes) -> bytes:
        reply = json.loads(payload)
        updates = reply.get("result")
        if not isinstance(updates, list):
            return payload
        kept = [self._readable(update) for update in updates]
        reply["result"] = [update for update in kept if update is not None]
        return json.dumps(reply).encode()

    def _readable(self, update: Any) -> Any:
        try:
            Update.de_json(update, None)
        except Exception as error:  # noqa: BLE001 - whatever PTB raises here would wedge its loop
            self._health.poisoned += 1
            number = update.get("update_id") if isinstance(update, dict) else None
            keys = sorted(update) if isinstance(update, dict) else []
            # Names of keys only: the values are people's words.
            LOG.warning("an update could not be read and is skipped: id %s, %s, %s", number, keys, type(error).__name__)
            return {"update_id": number} if isinstance(number, int) else None
        return update


def _tidied(code: int, payload: bytes) -> tuple[int, bytes]:
    try:
        if isinstance(json.loads(payload), dict):
            return code, payload
    except ValueError:
        pass
    return _error(code if code >= 300 else 502, f"the reply was not JSON (status {code})")


def _error(code: int, description: str) -> tuple[int, bytes]:
    return code, json.dumps({"ok": False, "error_code": code, "description": description}).encode()
