"""Of several changes to one thing one is made at a time, and of those that wait only the newest."""

import asyncio
from collections.abc import AsyncIterator, Callable, Hashable
from contextlib import asynccontextmanager


class Newest:
    """Turns to change a thing; whoever was overtaken by a newer change finds out in its turn, and changes nothing."""

    def __init__(self) -> None:
        self._newest: dict[Hashable, tuple[asyncio.Lock, object]] = {}

    @asynccontextmanager
    async def turn(self, thing: Hashable) -> AsyncIterator[Callable[[], bool]]:
        """Wait for the turn to change `thing`; yield what tells, now and later, whether the change is wanted still."""
        mine = object()
        lock = self._newest[thing][0] if thing in self._newest else asyncio.Lock()
        self._newest[thing] = (lock, mine)

        def wanted() -> bool:
            return self._newest[thing][1] is mine

        try:
            async with lock:
                yield wanted
        finally:
            if thing in self._newest and wanted():
                del self._newest[thing]
