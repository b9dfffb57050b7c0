"""What happens when the bot is added to a group, or a group becomes a supergroup."""

import asyncio
import logging
from contextlib import suppress

from telegram import ChatMemberUpdated
from telegram.constants import ChatMemberStatus, ChatType

from bot.channels.flood import QUESTION
from bot.channels.telegram.access.admission import Admission
from bot.channels.telegram.access.door import Asker, Door
from bot.channels.telegram.access.language import catalogue_for
from bot.channels.telegram.access.turn import MessageTurn
from bot.channels.telegram.faults import tolerate
from bot.channels.telegram.incoming import Mentions
from bot.channels.telegram.memory.memory import Memory

LOG = logging.getLogger(__name__)

_INSIDE = (ChatMemberStatus.MEMBER, ChatMemberStatus.ADMINISTRATOR)
# Seconds: a group that is left anyway is not kept for the sake of a word.
_LONGEST_GOODBYE = 5.0
_OUTSIDE = (ChatMemberStatus.LEFT, ChatMemberStatus.BANNED)


class Groups:
    """Greet groups, and leave those whose people may not ask, unless `leaves` is off."""

    def __init__(self, door: Door, admission: Admission, memory: Memory, mentions: Mentions, *, leaves: bool) -> None:
        self._door = door
        self._admission = admission
        self._memory = memory
        self._mentions = mentions
        self._leaves = leaves

    async def handle_change(self, change: ChatMemberUpdated) -> None:
        """Handle a change of the bot's own standing in a chat."""
        chat, before, after = change.chat, change.old_chat_member.status, change.new_chat_member.status
        if after in _OUTSIDE:
            self._memory.set_inactive(chat.id, inactive=True)
        if before not in _OUTSIDE or after not in _INSIDE:
            return
        self._memory.set_inactive(chat.id, inactive=False)
        if chat.type in (ChatType.GROUP, ChatType.SUPERGROUP):
            await self._greet(change)

    async def handle_migration(self, turn: MessageTurn) -> None:
        """Take along what is remembered of a group that became a supergroup."""
        if turn.message.migrate_to_chat_id is not None:
            self._memory.move_chat(turn.who.chat, turn.message.migrate_to_chat_id)

    async def _greet(self, change: ChatMemberUpdated) -> None:
        chat, who = change.chat, Asker(change.from_user.id, change.chat.id, private=False)
        say = catalogue_for(self._memory.language(chat.id), change.from_user)
        how = f"{say.text('help_group', name=self._mentions.name)}\n{say.text('group_privacy')}"
        welcome = not self._leaves
        if self._door.access == "open" or self._door.admits(Asker(chat.id, chat.id, private=False)):
            text, welcome = f"{say.text('group_welcome')} {how}", True
        elif self._door.owns(who):
            text, welcome = f"{how}\n{say.text('group_to_open')}", True
        else:
            text = say.text("group_private")
        # Whoever takes the bot from group to group makes it speak no more than who asks.
        if self._admission.has_left(who, QUESTION):
            with suppress(TimeoutError), tolerate(LOG.info, "a group was not greeted (%s)"):
                async with asyncio.timeout(None if welcome else _LONGEST_GOODBYE):
                    await chat.send_message(text)
        if not welcome:
            with tolerate(LOG.warning, "a group was not left (%s)"):
                await chat.leave()
