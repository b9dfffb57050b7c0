"""Of several changes to one message one is made at a time, and of those that wait only the newest."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from bot.channels.telegram.transport.in_hand import ChatTurn, waiting


class Newest:
    """Turns to change a message; whoever was overtaken by a newer change finds out in its turn, and changes nothing."""

    def __init__(self) -> None:
        self._newest: dict[tuple[int, int], tuple[asyncio.Lock, object]] = {}

    @asynccontextmanager
    async def turn(self, chat: int, message: int) -> AsyncIterator[Callable[[], bool]]:
        """Wait for the turn to change `message`; yield what tells, now and later, whether that is wanted still."""
        thing, mine = (chat, message), object()
        lock = self._newest[thing][0] if thing in self._newest else asyncio.Lock()
        self._newest[thing] = (lock, mine)

        def wanted() -> bool:
            return self._newest[thing][1] is mine

        try:
            with waiting(ChatTurn(chat, to_edit=True)):
                await lock.acquire()
            try:
                yield wanted
            finally:
                lock.release()
        finally:
            if thing in self._newest and wanted():
                del self._newest[thing]
