"""What waited for the start gives way to what is asked now: only a few of it are worked on at once, and read at all."""

import asyncio
from collections import deque
from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass

from bot.channels.telegram.memory.inbox import JSON
from bot.channels.telegram.transport.in_hand import Lane

# Fewer than there are places to search (conversation/search.py), and enough for 27 answers a second.
AT_ONCE = 6

# Whether the update that is being worked on waited for the start.
WAITED: ContextVar[bool] = ContextVar("waited", default=False)


@dataclass(eq=False, slots=True)
class Place:
    """What an update of `lane` is worked on in, until it is not `held` any more; None for one that needs no place."""

    lane: Lane | None = None
    held: bool = False


class Backlog:
    """Updates that waited, as they came: to read one costs more than to receive it, and what is asked now is behind
    all of them. Places are given in the order in which they came, one of each chat at a time.

    `begin(update)` is called with an update that may be worked on now, and returns whether there is anything to do.
    Whoever waits long for something of their own chat only, as for the end of a 429, steps aside for the others. A chat
    in which somebody asks now is hurried: what waited there needs no place any more.
    """

    def __init__(self) -> None:
        self.begin: Callable[[JSON], bool] = lambda _: False
        self._free = AT_ONCE
        self._held: asyncio.TimerHandle | None = None
        self._count = 0
        self._waiting: dict[Lane, deque[JSON]] = {}
        # The lanes that wait for a place; one with an update in hand does not.
        self._next: dict[Lane, None] = {}
        self._busy: set[Lane] = set()
        self._hurried: set[Lane] = set()
        # Places of updates that were begun, and did not arrive yet where they are worked on.
        self._on_the_way: dict[int, Place] = {}
        self._mine: ContextVar[Place | None] = ContextVar("place", default=None)

    def __len__(self) -> int:
        """Return how many updates wait."""
        return self._count

    @property
    def handing_over(self) -> bool:
        """Return whether an update was begun, and did not arrive yet where it is worked on."""
        return bool(self._on_the_way)

    def put(self, lane: Lane, update: JSON) -> None:
        """Let an update wait for a place."""
        if lane in self._hurried:
            self._begin(update, Place())
            return
        self._waiting.setdefault(lane, deque()).append(update)
        self._count += 1
        if lane not in self._busy:
            self._next[lane] = None
        self._hand_out()

    def arrived(self, update: int) -> Place:
        """Return the place of an update that is about to be worked on, by the task that calls."""
        place = self._on_the_way.pop(update, None) or Place()
        self._mine.set(place)
        return place

    def leave(self, place: Place) -> None:
        """Give a place back, and let the next update of its chat wait for one."""
        if place.lane is not None:
            self._busy.discard(place.lane)
            if place.lane in self._waiting:
                self._next[place.lane] = None
        self._give_back(place)

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
        self._next.pop(lane, None)
        for update in self._waiting.pop(lane, ()):
            self._count -= 1
            self._begin(update, Place())

    def calm(self, lane: Lane) -> None:
        """End the hurry."""
        self._hurried.discard(lane)

    def clear(self) -> int:
        """Forget what waits, for the next start finds it; return how many these were."""
        count, self._count = self._count, 0
        self._waiting.clear()
        self._next.clear()
        return count

    def _begin(self, update: JSON, place: Place) -> bool:
        self._on_the_way[update["update_id"]] = place
        if not (begun := self.begin(update)):
            del self._on_the_way[update["update_id"]]
        return begun

    def _give_back(self, place: Place) -> None:
        if place.held:
            place.held = False
            self._free += 1
        self._hand_out()

    def _hand_out(self) -> None:
        while self._next and self._free and self._held is None:
            lane = next(iter(self._next))
            del self._next[lane]
            updates = self._waiting[lane]
            update = updates.popleft()
            self._count -= 1
            if not updates:
                del self._waiting[lane]
            if self._begin(update, Place(lane, held=True)):
                self._free -= 1
                self._busy.add(lane)
            elif updates:
                self._next[lane] = None
