"""What a message gets before anything is done for it: entry, one polite refusal a day, or a request to slow down."""

import math
import time
from collections.abc import Awaitable, Callable

from bot.channels.telegram.access.door import Door, OncePer
from bot.channels.telegram.access.flood import Flood
from bot.channels.telegram.access.turn import Handle, MessageTurn, Turn
from bot.channels.telegram.messages.sender import Sender
from bot.channels.telegram.options import FloodLimits

DAY = 24 * 3600.0
_IN_SECONDS = 120


class Admission:
    """Let people in, or tell them, once a day, that the bot is private, and, once each time, that they flood it."""

    def __init__(self, door: Door, sender: Sender, limits: FloodLimits) -> None:
        self._door = door
        self._sender = sender
        self._refused = OncePer(DAY, time.monotonic)
        self._flood = Flood(time.monotonic, limits)

    def gate(self, handle: Handle) -> Handle:
        """Return `handle` for those who may ask now."""

        async def run(turn: MessageTurn) -> None:
            if await self.admit(turn):
                await handle(turn)

        return run

    async def admit(self, turn: Turn) -> bool:
        """Return whether the sender may ask now; who may not is told so."""
        if self._door.admits(turn.who):
            return await self.within_limits(turn)
        if self._refused.first(turn.who.user):
            await self._sender.line(turn.target, self.refusal(turn))
        return False

    async def within_limits(self, turn: Turn, tell: Callable[[str], Awaitable[None]] | None = None) -> bool:
        """Return whether the sender, and the group, asked little enough lately; owners may ask without end.

        Who asked too much is told by `tell`, in reply by default.
        """
        who = turn.who
        if self._door.owns(who):
            return True
        # One and the same in private, and for an anonymous administrator. Who write to a channel do not see each other.
        seconds = self._flood.wait(*({who.user, who.chat} if turn.target.direct is None else {who.user}))
        if seconds and self._flood.first_refusal(who.user, seconds):
            short = seconds <= _IN_SECONDS
            key, n = ("flood", math.ceil(seconds)) if short else ("flood_minutes", math.ceil(seconds / 60))
            told = turn.say.text(key, n=n)
            await (tell(told) if tell else self._sender.line(turn.target, told))
        return not seconds

    def refusal(self, turn: Turn) -> str:
        """Return what somebody who may not ask is told, with their id for the owner."""
        line = turn.say.text("private_bot", user=str(turn.who.user))
        paired = turn.who.private and self._door.access == "paired"
        return f"{line}\n{turn.say.text('how_to_pair')}" if paired else line
