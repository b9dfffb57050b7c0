"""What a message gets before anything is done for it: entry, or one polite refusal a day."""

import time

from telegram import Message

from bot.channels.telegram.access import Door, OncePer, asker
from bot.channels.telegram.memory import Memory
from bot.channels.telegram.replies import Replies, reply_target
from bot.channels.telegram.texts import spoken

DAY = 24 * 3600.0


class Admission:
    """Lets people in or tells them, once a day, that the bot is private."""

    def __init__(self, door: Door, memory: Memory, replies: Replies) -> None:
        self._door = door
        self._memory = memory
        self._replies = replies
        self._refused = OncePer(DAY, time.monotonic)

    async def admitted(self, message: Message) -> bool:
        """Whether the sender may ask; who may not is told so."""
        who = asker(message)
        if self._door.admits(who):
            return True
        if self._refused.first(who.user):
            await self._replies.line(reply_target(message), self.refusal(message))
        return False

    def refusal(self, message: Message) -> str:
        """What somebody who may not ask is told, with their id for the owner."""
        who, say = asker(message), spoken(self._memory, message.chat, message.from_user)
        line = say.text("private_bot", user=str(who.user))
        return f"{line}\n{say.text('how_to_pair')}" if who.private and self._door.access == "paired" else line
