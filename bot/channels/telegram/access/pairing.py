"""How a person becomes an owner, and how an owner lets a group ask."""

import logging
from collections.abc import Callable

from telegram import Message

from bot.channels.telegram.access import language
from bot.channels.telegram.access.door import Asker, Door, asker
from bot.channels.telegram.access.language import spoken
from bot.channels.telegram.access.menus import menus_of_owner, show
from bot.channels.telegram.incoming import Mentions, after_command
from bot.channels.telegram.memory.memory import Memory
from bot.channels.telegram.messages.sender import Sender, reply_target

LOG = logging.getLogger(__name__)

NEW = "new"


class Pairing:
    """The command /pair, in private and in groups."""

    def __init__(
        self, door: Door, memory: Memory, sender: Sender, mentions: Mentions, tell: Callable[[str], None] | None
    ) -> None:
        """`tell` writes to the owner's terminal."""
        self._door = door
        self._tell = tell
        self._memory = memory
        self._sender = sender
        self._mentions = mentions

    async def pair(self, message: Message) -> None:
        """/pair: in private with the code, in a group by an owner; "new" by an owner makes a code for another one."""
        who, code = asker(message), after_command(message)
        if not who.private:
            await self._open_group(message, who, code)
        elif self._door.owns(who) and code.lower() == NEW and self._tell is not None:
            self._tell(language.READY_PAIRING.format(name=message.get_bot().username, code=self._door.renew()))
            await self._say(message, "pair_new")
        elif code or self._door.owns(who):
            await self.pair_with(message, who, code)
        elif self._door.code is None:
            await self._say(message, "pair_closed")
        else:
            await self._say(message, "pair_explain")

    async def pair_with(self, message: Message, who: Asker, code: str) -> None:
        """Tries a code and says what came of it."""
        outcome = await self._door.pair(who, code)
        LOG.info("pairing: %s", outcome)
        keys = {
            "paired": ("paired", "help_private"),
            "unkept": ("paired_not_kept",),
            "already": ("paired_already",),
            "wrong": ("pair_wrong",),
            "closed": ("pair_closed",),
        }[outcome]
        await self._say(message, *keys)
        if outcome in ("paired", "unkept"):
            await show(message.get_bot(), menus_of_owner(who.user))

    async def _open_group(self, message: Message, who: Asker, code: str) -> None:
        if self._door.access == "listed" and self._door.owns(who):
            await self._say(message, "access_listed")
        elif await self._door.open_chat(who):
            say = spoken(self._memory, message.chat, message.from_user)
            how = say.text("help_group", name=self._mentions.name)
            await self._sender.line(reply_target(message), f"{say.text('group_opened')} {how}")
        elif code:
            await self._say(message, "pair_in_private")

    async def _say(self, message: Message, *keys: str) -> None:
        say = spoken(self._memory, message.chat, message.from_user)
        await self._sender.line(reply_target(message), " ".join(say.text(key) for key in keys))
