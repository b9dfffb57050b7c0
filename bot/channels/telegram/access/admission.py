"""What an update gets before anything is done for it: entry, one polite refusal a day, or a request to slow down."""

import math
import time
from collections.abc import Awaitable, Callable
from typing import Final

from bot.catalogue import Catalogue
from bot.channels.flood import PRESS, QUESTION, TYPING, Flood, FloodLimits
from bot.channels.telegram.access.door import Asker, Door, OncePer
from bot.channels.telegram.access.turn import ButtonTurn, Handle, MessageTurn, Turn
from bot.channels.telegram.messages.sender import Sender
from bot.channels.telegram.transport.backlog import WAITED

DAY = 24 * 3600.0
WAY_IN: Final = "way in"
_IN_SECONDS = 120


class Admission:
    """Let people in, or tell them, once a day, that the bot is private, and, once each time, that they flood it.

    What a person asked while the bot was away is counted apart, so that it costs no question that is asked now; who
    asked too much then is told once, to ask again.
    """

    def __init__(self, door: Door, sender: Sender, limits: FloodLimits) -> None:
        self._door = door
        self._sender = sender
        self._refused = OncePer(DAY, time.monotonic)
        self._flood = Flood(time.monotonic, limits)
        self._meanwhile = Flood(time.monotonic, limits)
        self._away = OncePer(DAY, time.monotonic)

    def gate(self, handle: Handle) -> Handle:
        """Return `handle` for those who may ask now."""

        async def run(turn: MessageTurn) -> None:
            if await self.admit(turn):
                await handle(turn)

        return run

    async def admit(self, turn: Turn, about: str = "") -> bool:
        """Return whether the sender may ask now; who may not is told so, once a day about each thing."""
        if self._door.admits(turn.who):
            return await self.within_limits(turn)
        if self.may_be_told(turn, about):
            await self._sender.line(turn.target, self._refusal(turn))
        return False

    def may_be_told(self, turn: Turn, about: str = "") -> bool:
        """Return whether the sender may be told something: a stranger once a day, of each thing that it is `about`.

        "" is a question, `WAY_IN` what is told of the bot to who does not know it.
        """
        return self._door.admits(turn.who) or self._refused.first((turn.who.user, about))

    async def within_limits(self, turn: Turn, tell: Callable[[str], Awaitable[None]] | None = None) -> bool:
        """Return whether the sender, and the group, asked little enough lately; owners may ask without end.

        Who asked too much is told by `tell`, in reply by default.
        """
        who = turn.who
        if self._door.owns(who):
            return True
        if WAITED.get():
            return await self._in_time(turn)
        seconds = self._flood.wait(*_asking(turn))
        if seconds and self._flood.first_refusal(who.user, seconds):
            told = _slow_down(seconds, turn.say)
            await (tell(told) if tell else self._sender.line(turn.target, told))
        return not seconds

    def too_fast(self, turn: ButtonTurn, *, asks: bool) -> str | None:
        """Return what somebody is told who pressed too often lately, whether they may ask or not; None who did not.

        A press that `asks` for a new message counts as a question, any other as a part of one, and not for the group.
        """
        if self._door.owns(turn.who):
            return None
        ids, cost = (_asking(turn), QUESTION) if asks else ({turn.who.user}, PRESS)
        seconds = self._flood.wait(*ids, cost=cost)
        return _slow_down(seconds, turn.say) if seconds else None

    def may_type(self, who: Asker) -> bool:
        """Return whether somebody typed little enough lately to be offered something inline."""
        return self.has_left(who, TYPING)

    def has_left(self, who: Asker, cost: float) -> bool:
        """Return whether somebody, the group apart, did little enough lately for what counts so much of a question."""
        return self._door.owns(who) or not self._flood.wait(who.user, cost=cost)

    async def _in_time(self, turn: Turn) -> bool:
        if not self._meanwhile.wait(turn.who.user):
            return True
        if self._away.first(turn.who.user):
            await self._sender.line(turn.target, turn.say.text("away"))
        return False

    def _refusal(self, turn: Turn) -> str:
        """Return what somebody who may not ask is told, with their id for the owner."""
        line = turn.say.text("private_bot", user=str(turn.who.user))
        paired = turn.who.private and self._door.access == "paired"
        return f"{line}\n{turn.say.text('how_to_pair')}" if paired else line


def _asking(turn: Turn) -> set[int]:
    """Return for whom a question counts: one and the same in private, and for an anonymous administrator."""
    # Who write to a channel do not see each other.
    return {turn.who.user} if turn.target.direct is not None else {turn.who.user, turn.who.chat}


def _slow_down(seconds: float, say: Catalogue) -> str:
    short = seconds <= _IN_SECONDS
    key, n = ("flood", math.ceil(seconds)) if short else ("flood_minutes", math.ceil(seconds / 60))
    return say.text(key, n=n)
