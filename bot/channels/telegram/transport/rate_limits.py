"""How fast the bot may speak: Telegram's limits, kept per chat, so that one busy chat never silences another."""

import asyncio
import time
from collections import deque
from collections.abc import Awaitable, Callable, Coroutine
from datetime import timedelta
from typing import Any

from telegram.error import RetryAfter
from telegram.ext import BaseRateLimiter

from bot.channels.telegram.transport.metrics import Metrics

LONGEST_RETRY = 30.0
_REMEMBERED = 1000
# Telegram lets a bot send 30 a second. Thirty at once would arrive late and meet the next thirty; three do not.
_ALL = (3, 0.11)
_SENDS = {"sendMessage", "sendDocument"}
_COUNTED = _SENDS | {"editMessageText", "editMessageReplyMarkup", "sendChatAction"}

JSON = dict[str, Any]
Result = bool | JSON | list[JSON]


class Window:
    """At most `most` sends in any `seconds`.

    >>> window = Window(1, 3.0)
    >>> window.count(0.5)
    >>> window.free(1.0)
    3.5
    """

    def __init__(self, most: int, seconds: float) -> None:
        self._moments: deque[float] = deque(maxlen=most)
        self._most = most
        self._seconds = seconds

    def free(self, now: float) -> float:
        """Return the moment, `now` or later, at which the next send may happen."""
        return max(now, self._moments[0] + self._seconds) if len(self._moments) == self._most else now

    def count(self, now: float) -> None:
        """Count a send that happens now."""
        self._moments.append(now)

    def used(self, now: float) -> float:
        """Return the share of the window in use, 0..1."""
        return sum(1 for moment in self._moments if moment > now - self._seconds) / self._most

    def idle(self, now: float) -> bool:
        """Return whether forgetting this window changes nothing."""
        return not self._moments or self._moments[-1] <= now - self._seconds


class ChatLimiter(BaseRateLimiter[int]):
    """27 calls a second in all, evenly; 1 a second (3 at once) in a private chat, 20 a minute in a group.

    Only messages and edits wait, and "typing". A 429 shuts the gate of that chat alone; the call is repeated once if
    Telegram asks for 30 s or less. "typing" is dropped when half of the chat's budget is used. `leaving()` is called
    just before a message is sent; `metrics` counts the 429.
    """

    def __init__(
        self,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        *,
        leaving: Callable[[], None] = lambda: None,
        metrics: Metrics | None = None,
    ) -> None:
        self._clock = clock
        self._sleep = sleep
        self._leaving = leaving
        self._metrics = metrics or Metrics()
        self._all = Window(*_ALL)
        self._last = asyncio.Lock()
        self._chats: dict[int, tuple[asyncio.Lock, Window]] = {}
        self._gates: dict[int, float] = {}

    async def process_request(
        self,
        callback: Callable[..., Coroutine[Any, Any, Result]],
        args: Any,
        kwargs: JSON,
        endpoint: str,
        data: JSON,
        rate_limit_args: int | None,  # noqa: ARG002 - PTB's signature
    ) -> Result:
        chat = data.get("chat_id")
        if not isinstance(chat, int) or endpoint not in _COUNTED:
            return await callback(*args, **kwargs)
        if endpoint == "sendChatAction" and self._busy(chat):
            return True
        await self._turn(chat)
        if endpoint in _SENDS:
            self._leaving()
        try:
            return await callback(*args, **kwargs)
        except RetryAfter as wait:
            self._metrics.events["429"] += 1
            seconds = _seconds(wait)
            self._gates[chat] = self._clock() + seconds
            if endpoint == "sendChatAction":
                return True
            if seconds > LONGEST_RETRY:
                raise
        await self._turn(chat)
        return await callback(*args, **kwargs)

    async def initialize(self) -> None:
        """Do nothing: there is nothing to open."""

    async def shutdown(self) -> None:
        """Do nothing: there is nothing to close."""

    def _busy(self, chat: int) -> bool:
        now = self._clock()
        return self._gates.get(chat, now) > now or self._of(chat)[1].used(now) >= 0.5

    async def _turn(self, chat: int) -> None:
        # Counted when it goes, not when it was planned: a loop that lags would let all that are overdue go at once.
        turn, window = self._of(chat)
        async with turn:
            await self._until(window.free(self._clock()))
            while (gate := self._gates.get(chat, 0.0)) > self._clock():
                await self._until(gate)
            async with self._last:
                await self._until(self._all.free(self._clock()))
                self._all.count(self._clock())
                window.count(self._clock())

    async def _until(self, moment: float) -> None:
        if (seconds := moment - self._clock()) > 0:
            await self._sleep(seconds)

    def _of(self, chat: int) -> tuple[asyncio.Lock, Window]:
        if chat not in self._chats:
            self._forget()
            # Telegram's ids: people are positive, groups and channels negative.
            self._chats[chat] = (asyncio.Lock(), Window(3, 3.0) if chat > 0 else Window(20, 60.0))
        return self._chats[chat]

    def _forget(self) -> None:
        if len(self._chats) < _REMEMBERED:
            return
        now = self._clock()
        self._chats = {chat: of for chat, of in self._chats.items() if of[0].locked() or not of[1].idle(now)}
        self._gates = {chat: gate for chat, gate in self._gates.items() if gate > now}


def _seconds(wait: RetryAfter) -> float:
    asked = wait.retry_after  # a number of seconds today, a timedelta in a later PTB
    return asked.total_seconds() if isinstance(asked, timedelta) else float(asked)
