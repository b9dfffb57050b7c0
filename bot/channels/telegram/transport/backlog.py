"""What waited for the start gives way to what is asked now: only a few of it are worked on at once."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from contextvars import ContextVar

from bot.channels.telegram.transport.in_hand import Lane

# Fewer than there are places to search (conversation/search.py), and enough for 27 answers a second.
AT_ONCE = 6

# Whether the update that is being worked on waited for the start.
WAITED: ContextVar[bool] = ContextVar("waited", default=False)


class Backlog:
    """Places for updates that waited, given in the order in which they came, one of each chat at a time.

    Whoever waits long for something of their own chat only, as for the end of a 429, steps aside for the others. A chat
    in which somebody asks now is hurried: what waited there needs no place any more.
    """

    def __init__(self) -> None:
        self._free = AT_ONCE
        self._held: asyncio.TimerHandle | None = None
        self._waiting: dict[Lane, asyncio.Future[bool]] = {}
        self._hurried: set[Lane] = set()
        self._mine: ContextVar[list[bool] | None] = ContextVar("place", default=None)

    @asynccontextmanager
    async def place(self, lane: Lane) -> AsyncIterator[None]:
        """Wait for a place, and hold it."""
        mine = [await self._taken(lane)]
        token = self._mine.set(mine)
        try:
            yield
        finally:
            self._mine.reset(token)
            self._give_back(mine)

    def step_aside(self) -> None:
        """Give back the place of the update that is being worked on, if it holds one."""
        if (mine := self._mine.get()) is not None:
            self._give_back(mine)

    def hold(self, seconds: float) -> None:
        """Give no place for so many seconds, which 0.0 ends: what is asked now may still be on its way."""
        if self._held is not None:
            self._held.cancel()
            self._held = None
        if seconds:
            self._held = asyncio.get_running_loop().call_later(seconds, self.hold, 0.0)
        else:
            self._hand_out()

    def hurry(self, lane: Lane) -> None:
        """Let what waited in `lane` be done without a place, until `calm`."""
        self._hurried.add(lane)
        if (waiting := self._waiting.pop(lane, None)) is not None and not waiting.done():
            waiting.set_result(False)

    def calm(self, lane: Lane) -> None:
        """End the hurry."""
        self._hurried.discard(lane)

    async def _taken(self, lane: Lane) -> bool:
        """Return whether a place was taken, once the update may go on."""
        if lane in self._hurried:
            return False
        if self._free and self._held is None:
            self._free -= 1
            return True
        place: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self._waiting[lane] = place
        try:
            return await place
        except asyncio.CancelledError:
            self._waiting.pop(lane, None)
            if place.done() and not place.cancelled() and place.result():
                self._free += 1
                self._hand_out()
            raise

    def _give_back(self, mine: list[bool]) -> None:
        if mine and mine.pop():
            self._free += 1
            self._hand_out()

    def _hand_out(self) -> None:
        while self._waiting and self._free and self._held is None:
            place = self._waiting.pop(next(iter(self._waiting)))
            if not place.done():
                self._free -= 1
                place.set_result(True)
