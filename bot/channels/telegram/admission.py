"""What a message gets before anything is done for it: entry, or one polite refusal a day."""

import time

from telegram import Message

from bot.channels.telegram import texts
from bot.channels.telegram.access import Asker, Door, OncePer, asker
from bot.channels.telegram.replies import Replies, reply_target

DAY = 24 * 3600.0


class Admission:
    """Lets people in or tells them, once a day, that the bot is private."""

    def __init__(self, door: Door, replies: Replies) -> None:
        self._door = door
        self._replies = replies
        self._refused = OncePer(DAY, time.monotonic)

    async def admitted(self, message: Message) -> bool:
        """Whether the sender may ask; who may not is told so."""
        who = asker(message)
        if self._door.admits(who):
            return True
        if self._refused.first(who.user):
            await self._replies.line(reply_target(message), self.refusal(who))
        return False

    def refusal(self, who: Asker) -> str:
        """What somebody who may not ask is told, with their id for the owner."""
        line = texts.PRIVATE_BOT.format(user=who.user)
        return f"{line}\n{texts.HOW_TO_PAIR}" if who.private and self._door.access == "paired" else line
