"""What a message gets before anything is done for it: entry, one polite refusal a day, or a request to slow down."""

import math
import time

from telegram import Message

from bot.channels.telegram.access.door import Door, OncePer, asker
from bot.channels.telegram.access.flood import Flood
from bot.channels.telegram.access.language import spoken
from bot.channels.telegram.memory.memory import Memory
from bot.channels.telegram.messages.sender import Sender, reply_target
from bot.channels.telegram.options import FloodLimits

DAY = 24 * 3600.0
_IN_SECONDS = 120


class Admission:
    """Lets people in or tells them, once a day, that the bot is private; and, once each time, that they flood it."""

    def __init__(self, door: Door, memory: Memory, sender: Sender, limits: FloodLimits) -> None:
        self._door = door
        self._memory = memory
        self._sender = sender
        self._refused = OncePer(DAY, time.monotonic)
        self._flood = Flood(time.monotonic, limits)

    async def admitted(self, message: Message) -> bool:
        """Whether the sender may ask now; who may not is told so."""
        who = asker(message)
        if self._door.admits(who):
            return await self.calm(message)
        if self._refused.first(who.user):
            await self._sender.line(reply_target(message), self.refusal(message))
        return False

    async def calm(self, message: Message) -> bool:
        """Whether the sender, and the group, asked little enough lately; owners may ask without end."""
        who = asker(message)
        if self._door.owns(who):
            return True
        # One and the same in private, and for an anonymous administrator.
        seconds = self._flood.wait(*{who.user, who.chat})
        if seconds and self._flood.first_refusal(who.user, seconds):
            say = spoken(self._memory, message.chat, message.from_user)
            minutes = math.ceil(seconds / 60)
            short = seconds <= _IN_SECONDS
            text = say.text("flood", n=math.ceil(seconds)) if short else say.text("flood_minutes", n=minutes)
            await self._sender.line(reply_target(message), text)
        return not seconds

    def refusal(self, message: Message) -> str:
        """What somebody who may not ask is told, with their id for the owner."""
        who, say = asker(message), spoken(self._memory, message.chat, message.from_user)
        line = say.text("private_bot", user=str(who.user))
        return f"{line}\n{say.text('how_to_pair')}" if who.private and self._door.access == "paired" else line
