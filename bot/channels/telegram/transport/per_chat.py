"""Who waits for whom: messages of one chat are answered in their order, chats do not wait for each other."""

import asyncio
import inspect
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, nullcontext
from typing import Any

from telegram import Update
from telegram.ext import BaseUpdateProcessor

from bot.channels.telegram.memory.inbox import CURRENT
from bot.channels.telegram.transport.backlog import WAITED, Backlog

# Never reached: the poller holds back far below it, so waiting happens here, in order, and can be cancelled cleanly.
_ADMITTED = 8192
# Seconds after which a message counts as one that waited for the start.
OLD = 60.0


class PerChatProcessor(BaseUpdateProcessor):
    """Run the updates of each chat one after another; updates without a message overtake (buttons, inline).

    Messages that waited while the bot was away are done after those that come now, unless these are of the same chat.

    `queue` is where updates wait before they come here. `ended(update, seconds)` hears of each that was worked on to
    its end, with the time since it came; not of those that a stop cut off.
    """

    def __init__(
        self,
        queue: asyncio.Queue[object] | None = None,
        ended: Callable[[object, float], None] = lambda _update, _seconds: None,
    ) -> None:
        super().__init__(_ADMITTED)
        self._queue = queue or asyncio.Queue()
        self._ended = ended
        self._locks: dict[int, tuple[asyncio.Lock, int]] = {}
        self._backlog = Backlog()
        self.step_aside = self._backlog.step_aside
        self.hold_backlog = self._backlog.hold
        self._tasks: set[asyncio.Task[Any]] = set()

    @property
    def in_hand(self) -> int:
        """The number of updates that are waiting or being worked on."""
        return len(self._tasks) + self._queue.qsize()

    async def do_process_update(self, update: object, coroutine: Awaitable[Any]) -> None:
        task = asyncio.current_task()
        if task is not None:
            self._tasks.add(task)
        started, came = False, asyncio.get_running_loop().time()
        chat, waited = _chat(update), _age(update) > OLD
        WAITED.set(waited)
        if isinstance(update, Update):
            CURRENT.set(update.update_id)
        if chat is not None and not waited:
            self._backlog.hurry(chat)
        try:
            async with self._turn(chat), self._backlog.place(chat) if chat and waited else nullcontext():
                started = True
                await coroutine
                self._ended(update, asyncio.get_running_loop().time() - came)
        finally:
            if not started and inspect.iscoroutine(coroutine):
                coroutine.close()
            if task is not None:
                self._tasks.discard(task)

    @asynccontextmanager
    async def _turn(self, chat: int | None) -> AsyncIterator[None]:
        """Wait until all that came before in `chat` is done; None waits for nobody."""
        if chat is None:
            yield
            return
        lock, users = self._locks.get(chat, (asyncio.Lock(), 0))
        self._locks[chat] = (lock, users + 1)
        try:
            async with lock:
                yield
        finally:
            users = self._locks[chat][1] - 1
            self._locks[chat] = (lock, users)
            if not users:
                del self._locks[chat]
                self._backlog.calm(chat)

    async def drain(self, seconds: float, hurry: asyncio.Event) -> int:
        """Wait until nothing is in hand, at most `seconds` or until `hurry`; cancel the rest, return how many."""
        end = asyncio.get_running_loop().time() + seconds
        while self._tasks and not hurry.is_set() and asyncio.get_running_loop().time() < end:
            await asyncio.wait(set(self._tasks), timeout=0.1, return_when=asyncio.FIRST_COMPLETED)
        unfinished = set(self._tasks)
        for task in unfinished:
            task.cancel()
        if unfinished:
            await asyncio.wait(unfinished, timeout=1)
        return len(unfinished)

    async def initialize(self) -> None:
        """Do nothing: there is nothing to open."""

    async def shutdown(self) -> None:
        """Do nothing: `drain` has ended what was in hand."""


def _chat(update: object) -> int | None:
    if not isinstance(update, Update) or update.callback_query or update.inline_query:
        return None
    return update.effective_chat.id if update.effective_chat else None


def _age(update: object) -> float:
    """Return the seconds since a message was written, or edited; 0.0 for whatever is no message."""
    message = update.effective_message if isinstance(update, Update) else None
    if message is None or _chat(update) is None:
        return 0.0
    return time.time() - (message.edit_date or message.date).timestamp()
