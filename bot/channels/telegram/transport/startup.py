"""The first contact with Telegram, and any that must succeed before the channel can go on."""

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable

from telegram.error import InvalidToken, TelegramError

from bot.channels.telegram.options import Pace
from bot.channels.telegram.transport.health import REJECTIONS, token_rejected
from bot.channels.telegram.transport.proxies import Way
from bot.channels.telegram.transport.troubles import cause_of, is_logged_out, unreachable

LOG = logging.getLogger(__name__)

LONGEST_PAUSE = 30.0


async def reach(call: Callable[[], Awaitable[object]], way: Way, pace: Pace, stop: asyncio.Event) -> bool:
    """Repeat `call` until Telegram answers it; False when `stop` came first.

    Raises `TokenError` at the third rejection, `ChannelError` when the server is away for `pace.dead` seconds, and at
    once when the bot was moved to another server.
    """
    pause, rejected = pace.retry, 0
    end = asyncio.get_running_loop().time() + pace.dead
    while not stop.is_set():
        trouble = await _outcome(call, stop)
        if trouble is None:
            return not stop.is_set()
        if is_logged_out(trouble):
            raise unreachable(trouble, way)
        rejected += isinstance(trouble, InvalidToken)
        if rejected >= REJECTIONS:
            raise token_rejected()
        if asyncio.get_running_loop().time() + pause > end:
            raise unreachable(trouble, way)
        LOG.warning("Telegram was not reached: %s. Trying again in %.1f s", cause_of(trouble, way), pause)
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), pause)
        pause = min(LONGEST_PAUSE, pause * 1.5)
    return False


async def _outcome(call: Callable[[], Awaitable[object]], stop: asyncio.Event) -> TelegramError | None:
    """Return what `call` raised, if anything; the stop cancels it. PTB's own message would hold the token."""
    task = asyncio.ensure_future(call())
    stopping = asyncio.ensure_future(stop.wait())
    await asyncio.wait({task, stopping}, return_when=asyncio.FIRST_COMPLETED)
    stopping.cancel()
    if not task.done():
        task.cancel()
    try:
        await task
    except TelegramError as error:
        return error
    except asyncio.CancelledError:
        if not stop.is_set():
            raise
    return None
