"""How a person becomes an owner, and how an owner lets a group ask."""

import logging

from telegram import Message

from bot.channels.telegram import texts
from bot.channels.telegram.access import Asker, Door, asker
from bot.channels.telegram.incoming import after_command
from bot.channels.telegram.replies import Replies, reply_target

LOG = logging.getLogger(__name__)


class Pairing:
    """The command /pair, in private and in groups."""

    def __init__(self, door: Door, replies: Replies, name: str) -> None:
        self._door = door
        self._replies = replies
        self._name = name

    async def pair(self, message: Message) -> None:
        """/pair: in private with the code, in a group by an owner."""
        who, code = asker(message), after_command(message)
        if self._door.access != "paired":
            if who.private:
                await self._replies.line(reply_target(message), texts.UNKNOWN)
        elif not who.private:
            await self._open_group(message, who, code)
        elif code or self._door.owns(who):
            await self.pair_with(message, who, code)
        else:
            await self._replies.line(reply_target(message), texts.PAIR_EXPLAIN)

    async def pair_with(self, message: Message, who: Asker, code: str) -> None:
        """Tries a code and says what came of it."""
        outcome = await self._door.pair(who, code)
        LOG.info("pairing: %s", outcome)
        text = {
            "paired": texts.PAIRED,
            "unkept": texts.PAIRED_NOT_KEPT,
            "already": texts.PAIRED_ALREADY,
            "wrong": texts.PAIR_WRONG,
            "closed": texts.PAIR_CLOSED,
        }[outcome]
        await self._replies.line(reply_target(message), text)

    async def _open_group(self, message: Message, who: Asker, code: str) -> None:
        if await self._door.open_chat(who):
            await self._replies.line(reply_target(message), texts.GROUP_OPENED.format(name=f"@{self._name}"))
        elif code:
            await self._replies.line(reply_target(message), texts.PAIR_IN_PRIVATE)
