"""Albums: several pictures that come as as many messages, of which one alone may carry the question."""

import asyncio
from collections import OrderedDict

from bot.channels.telegram.access.turn import Handle, MessageTurn

_REMEMBERED = 1000


class Albums:
    """Answer an album without a caption once, `seconds` after its first picture, when no caption can follow."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        # By id: what will be said of an album, None once its caption was heard.
        self._albums: OrderedDict[str, asyncio.Task[None] | None] = OrderedDict()

    def hear(self, turn: MessageTurn) -> None:
        """Note that this picture, if it is of an album, has a caption: nothing is to be said of the others."""
        album = turn.message.media_group_id
        if album is not None:
            waiting = self._albums.get(album)
            if waiting is not None:
                waiting.cancel()
            self._keep(album, None)

    async def answer(self, turn: MessageTurn, handle: Handle) -> None:
        """Handle a picture without a caption; of an album, the first one alone, and later."""
        album = turn.message.media_group_id
        if album is None:
            await handle(turn)
        elif album not in self._albums:
            self._keep(album, asyncio.create_task(self._later(turn, handle)))

    def close(self) -> None:
        """Give up what is still to be said."""
        for waiting in self._albums.values():
            if waiting is not None:
                waiting.cancel()

    async def _later(self, turn: MessageTurn, handle: Handle) -> None:
        await asyncio.sleep(self._seconds)
        await handle(turn)

    def _keep(self, album: str, waiting: asyncio.Task[None] | None) -> None:
        self._albums[album] = waiting
        while len(self._albums) > _REMEMBERED:
            self._albums.popitem(last=False)
