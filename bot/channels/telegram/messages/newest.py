"""Of several changes to one thing one is made at a time, and of those that wait only the newest."""

import asyncio
import itertools
from collections.abc import AsyncIterator, Callable, Hashable
from contextlib import asynccontextmanager

from bot.channels.telegram.memory.inbox import CURRENT
from bot.channels.telegram.transport.in_hand import ChatTurn, waiting


class Newest:
    """Turns to change a thing, such as a message; whoever was overtaken by a newer change finds out in its turn, and
    changes nothing.

    The newest is the one whose update came last: presses are worked on side by side, and do not arrive here in order.
    """

    def __init__(self) -> None:
        self._newest: dict[Hashable, tuple[asyncio.Lock, tuple[int, int]]] = {}
        self._turns = itertools.count()

    @asynccontextmanager
    async def turn(self, thing: Hashable, speaking: ChatTurn | None = None) -> AsyncIterator[Callable[[], bool]]:
        """Wait for the turn to change `thing`; yield what tells, now and later, whether that is wanted still.

        `speaking` is what else is waited for, where that is a turn to speak.
        """
        lock, newest = self._newest.get(thing) or (asyncio.Lock(), (0, 0))
        update = CURRENT.get()
        mine = (newest[0] if update is None else update, next(self._turns))
        self._newest[thing] = (lock, max(newest, mine))

        def wanted() -> bool:
            return thing in self._newest and self._newest[thing][1] == mine

        try:
            with waiting(speaking):
                await lock.acquire()
            try:
                yield wanted
            finally:
                lock.release()
        finally:
            if wanted():
                del self._newest[thing]
