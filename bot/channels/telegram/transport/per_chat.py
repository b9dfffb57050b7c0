"""Who waits for whom: messages of one chat are answered in their order, chats do not wait for each other."""

import asyncio
import inspect
import time
from collections.abc import Awaitable, Callable
from typing import Any

from telegram import Update
from telegram.ext import BaseUpdateProcessor

from bot.channels.telegram.memory.inbox import CURRENT, JSON
from bot.channels.telegram.transport.backlog import WAITED, Backlog, Place
from bot.channels.telegram.transport.in_hand import IN_HAND, ChatTurn, InHand, Lane
from bot.channels.telegram.transport.one_by_one import OneByOne
from bot.channels.telegram.transport.shares import Shares

# Never reached: the poller holds back far below it, so waiting happens here, in order, and can be cancelled cleanly.
_ADMITTED = 8192
# Seconds after which a message counts as one that waited for the start.
OLD = 60.0
_MESSAGES = ("message", "edited_message", "guest_message")


class PerChatProcessor(BaseUpdateProcessor):
    """Run the updates of each chat one after another; updates without a message overtake (buttons, inline).

    `queue` is where updates wait before they come here; those in the `backlog`, which waited while the bot was away,
    are done after those that come now, unless these are of the same chat. `ended(update, seconds)` hears of each that
    was worked on to its end, with the time since it came here; not of those that a stop cut off. `shares` knows who
    sent what is in hand, and hears when it is no longer.
    """

    def __init__(
        self,
        queue: asyncio.Queue[object] | None = None,
        ended: Callable[[object, float], None] = lambda _update, _seconds: None,
        shares: Shares | None = None,
    ) -> None:
        super().__init__(_ADMITTED)
        self._queue = queue or asyncio.Queue()
        self._ended = ended
        self._shares = shares
        self._lanes: OneByOne[Lane] = OneByOne()
        self.backlog = Backlog()
        self._tasks: dict[asyncio.Task[Any], InHand] = {}

    @property
    def in_hand(self) -> int:
        """The number of updates that are waiting or being worked on."""
        return len(self._tasks) + self._queue.qsize() + len(self.backlog)

    async def do_process_update(self, update: object, coroutine: Awaitable[Any]) -> None:
        number = update.update_id if isinstance(update, Update) else None
        person = self._shares.person(number) if self._shares and number is not None else None
        task, hand = asyncio.current_task(), InHand(lane_of(update), person)
        if task is not None:
            self._tasks[task] = hand
        started, came, place = False, asyncio.get_running_loop().time(), Place()
        IN_HAND.set(hand)
        if isinstance(update, Update):
            CURRENT.set(update.update_id)
            WAITED.set(waited(update))
            # What only confirms others has the number of one of them.
            place = self.backlog.arrived(update.update_id) if hand.lane else place
        try:
            async with self._lanes.turn(hand.lane):
                started = True
                await coroutine
                self._ended(update, asyncio.get_running_loop().time() - came)
        finally:
            if not started and inspect.iscoroutine(coroutine):
                coroutine.close()
            if hand.lane is not None and hand.lane not in self._lanes:
                self.backlog.calm(hand.lane)
            self.backlog.leave(place)
            if self._shares and number is not None:
                self._shares.leave(number)
            if task is not None:
                self._tasks.pop(task, None)

    async def drain(
        self, seconds: float, hurry: asyncio.Event, pause: Callable[[ChatTurn], float] = lambda _turn: 0.0
    ) -> int:
        """Wait until nothing is in hand, at most `seconds` or until `hurry`; give up the rest, return how many.

        `pause(turn)` is in how many seconds a turn comes: what cannot get its own in time is not waited for.
        """
        end = asyncio.get_running_loop().time() + seconds
        while not hurry.is_set() and (left := end - asyncio.get_running_loop().time()) > 0:
            promising = self._tasks.keys() - self._stuck(pause, left)
            if promising:
                await asyncio.wait(promising, timeout=0.1, return_when=asyncio.FIRST_COMPLETED)
            elif self.backlog.handing_over:
                await asyncio.sleep(0)
            else:
                break
        left_waiting = self.backlog.clear()
        unfinished = set(self._tasks)
        for task in unfinished:
            task.cancel()
        if unfinished:
            await asyncio.wait(unfinished, timeout=1)
        return len(unfinished) + left_waiting

    def _stuck(self, pause: Callable[[ChatTurn], float], left: float) -> set[asyncio.Task[Any]]:
        """Return what waits for a turn that does not come in `left` seconds, and what waits behind that in its chat."""
        stuck = {task for task, hand in self._tasks.items() if hand.turn is not None and pause(hand.turn) > left}
        lanes = {self._tasks[task].lane for task in stuck} - {None}
        return stuck | {task for task, hand in self._tasks.items() if hand.lane in lanes}

    async def initialize(self) -> None:
        """Do nothing: there is nothing to open."""

    async def shutdown(self) -> None:
        """Do nothing: `drain` has ended what was in hand."""


def lane_of(update: object) -> Lane | None:
    """Return the chat whose updates this one waits for; None for one that waits for nobody."""
    if not isinstance(update, Update) or update.callback_query or update.inline_query:
        return None
    # A chat where the bot is a guest is another one, though its id may be the same.
    return (update.effective_chat.id, update.guest_message is not None) if update.effective_chat else None


def waited(update: Update) -> bool:
    """Return whether a message was written, or edited, so long ago that it waited for the start."""
    message = update.effective_message
    if message is None or lane_of(update) is None:
        return False
    return time.time() - (message.edit_date or message.date).timestamp() > OLD


def waited_in(update: JSON) -> Lane | None:
    """Return the chat of an update, as it came, that waited for the start; None for any other.

    >>> waited_in({"update_id": 1, "message": {"chat": {"id": 7}, "date": 1_700_000_000, "text": "Who?"}})
    (7, False)
    """
    for kind in _MESSAGES:
        match update.get(kind):
            case {"chat": {"id": int(chat)}, "edit_date": int(date)} | {"chat": {"id": int(chat)}, "date": int(date)}:
                return (chat, kind == "guest_message") if time.time() - date > OLD else None
    return None
