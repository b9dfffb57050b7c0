"""The one way out: every call to Telegram waits for its turn here, and is repeated for as long as that is safe.

What an error says about a call decides what becomes of it:

    asked to slow down (429)      nothing happened: waited out, however long, and repeated; other chats go on
    never left, or token refused  nothing happened: repeated until Telegram can be reached
    no receipt (5xx, a closed     it may have happened: what may happen twice (an edit) is repeated; a message is not,
    or hung connection)           and the error is raised, so that the person can be told
    refused (400, 403)            nothing happened, and would not next time: raised at once

What is waiting here when the bot stops counts as not sent yet, and is done after the next start (memory/inbox.py).
"""

import asyncio
import itertools
import math
import time
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
from typing import Any, Final

import httpx
from telegram.error import BadRequest, InvalidToken, NetworkError, RetryAfter, TelegramError
from telegram.ext import BaseRateLimiter

from bot.channels.telegram.memory.inbox import Inbox
from bot.channels.telegram.transport.in_hand import ChatTurn, waiting
from bot.channels.telegram.transport.metrics import Metrics
from bot.channels.telegram.transport.rate_limits import RateLimits

JSON = dict[str, Any]
Result = bool | JSON | list[JSON]

# Seconds between repetitions; the last one stays.
PAUSES: Final = (0.3, 1.0, 2.0, 4.0, 8.0, 15.0)
# What nobody waits for after a while (a button stops spinning, a menu is nothing that was asked for) is tried so often,
# and waits so many seconds at Telegram's word.
_TRIES: Final = 4
_LONGEST: Final = 60.0

_NEVER_LEFT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError)
# These have somebody who repeats them: startup.py, webhook.py.
_AT_THE_START = {"getMe", "setWebhook", "deleteWebhook", "getWebhookInfo"}
_TYPING = "sendChatAction"
_SENDS = {"sendMessage", "sendDocument"}
_EDITS = {"editMessageText", "editMessageReplyMarkup"}
_IN_TURN = _SENDS | _EDITS | {_TYPING}
_LEAVE = "leaveChat"


def never_left(error: TelegramError) -> bool:
    """Return whether a call certainly did not reach Telegram."""
    return isinstance(error.__cause__, _NEVER_LEFT)


@dataclass(frozen=True, slots=True)
class Terms:
    """How a call is made, as PTB's `rate_limit_args`.

    `insist`: it is repeated even if it may have arrived; `wanted`: asked before it goes, and if not it does not.
    """

    insist: bool = False
    wanted: Callable[[], bool] = lambda: True


_USUAL = Terms()


class Delivery(BaseRateLimiter[Terms]):
    """Make calls, within the limits, until their fate is known. PTB's rate limiter.

    Raises `BadRequest`, `Forbidden` or `ChatMigrated` when Telegram refuses, and `NetworkError` when a message may have
    arrived or not. `inbox` hears of every message that leaves, and when it certainly did not; `step_aside()` is called
    before a wait that concerns one chat only; `metrics` counts each "429" and each message that is "unsure". A second
    of Telegram's lasts `second` seconds.
    """

    def __init__(
        self, inbox: Inbox, metrics: Metrics, step_aside: Callable[[], None] = lambda: None, *, second: float = 1.0
    ) -> None:
        self._inbox = inbox
        self._metrics = metrics
        self._step_aside = step_aside
        self._second = second
        self._limits = RateLimits(lambda: time.monotonic() / second, self._sleep, step_aside)

    async def process_request(
        self,
        callback: Callable[..., Coroutine[Any, Any, Result]],
        args: Any,
        kwargs: JSON,
        endpoint: str,
        data: JSON,
        rate_limit_args: Terms | None,
    ) -> Result:
        call, chat, terms = partial(callback, *args, **kwargs), data.get("chat_id"), rate_limit_args or _USUAL
        if endpoint in _AT_THE_START:
            return await call()
        if isinstance(chat, int) and endpoint in _IN_TURN:
            return await self._in_turn(endpoint, call, chat, terms)
        return await self._soon(call, math.inf if endpoint == _LEAVE else _TRIES)

    def pause(self, turn: ChatTurn) -> float:
        """Return in how many seconds a turn to speak comes, if nothing else goes before."""
        return self._limits.pause(turn.chat, to_edit=turn.to_edit) * self._second

    async def initialize(self) -> None:
        """Do nothing: there is nothing to open."""

    async def shutdown(self) -> None:
        """Do nothing: there is nothing to close."""

    async def _in_turn(self, endpoint: str, call: Callable[[], Awaitable[Result]], chat: int, terms: Terms) -> Result:
        if endpoint == _TYPING:
            return await self._idly(call, chat)
        if endpoint in _SENDS:
            return await self._until_known(partial(self._send, call), ChatTurn(chat), terms)
        async with self._limits.editing(chat):
            return await self._until_known(call, ChatTurn(chat, to_edit=True), replace(terms, insist=True))

    async def _until_known(self, call: Callable[[], Awaitable[Result]], turn: ChatTurn, terms: Terms) -> Result:
        failures = 0
        while True:
            with waiting(turn):
                await (self._limits.turn_to_edit if turn.to_edit else self._limits.turn)(turn.chat)
            if not terms.wanted():
                return True
            try:
                return await call()
            except RetryAfter as wait:
                self._metrics.events["429"] += 1
                self._limits.shut(turn.chat, _seconds(wait))
                continue
            except BadRequest:
                raise
            except NetworkError as error:
                if not (terms.insist or never_left(error)):
                    self._metrics.events["unsure"] += 1
                    raise
            except InvalidToken:
                # A passing one; one that lasts ends the channel (health.py), and this is done after the next start.
                pass
            failures += 1
            self._step_aside()
            await self._sleep(_pause(failures))

    async def _send(self, call: Callable[[], Awaitable[Result]]) -> Result:
        first = self._inbox.replying()
        try:
            return await call()
        except TelegramError as error:
            unsure = isinstance(error, NetworkError) and not isinstance(error, BadRequest) and not never_left(error)
            if first and not unsure:
                self._inbox.waiting()
            raise

    async def _soon(self, call: Callable[[], Awaitable[Result]], tries: float = _TRIES) -> Result:
        """Make a call that may happen twice, at most `tries` times."""
        for number in itertools.count(1):
            try:
                return await call()
            except RetryAfter as wait:
                self._metrics.events["429"] += 1
                pause = _seconds(wait)
                if number >= tries or (pause > _LONGEST and tries < math.inf):
                    raise
            except BadRequest:
                raise
            except NetworkError:
                pause = _pause(number)
                if number >= tries:
                    raise
            await self._sleep(pause)
        raise AssertionError("never reached")

    async def _idly(self, call: Callable[[], Awaitable[Result]], chat: int) -> Result:
        """Make a call that is worth no wait and no repetition."""
        if self._limits.busy(chat):
            return True
        await self._limits.turn(chat)
        try:
            return await call()
        except RetryAfter as wait:
            self._metrics.events["429"] += 1
            self._limits.shut(chat, _seconds(wait))
            return True

    async def _sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds * self._second)


def _pause(failures: int) -> float:
    return PAUSES[min(failures, len(PAUSES)) - 1]


def _seconds(wait: RetryAfter) -> float:
    asked = wait.retry_after  # a number of seconds today, a timedelta in a later PTB
    return asked.total_seconds() if isinstance(asked, timedelta) else float(asked)
