"""Channels that the bot is an administrator of: their owners say whether posts are taken in, and these are kept.

A post has no sender: whoever may post could write a command, so that none counts there. The bot asks its owners in
private, and takes only the word of one who is an administrator of the channel, as Telegram says.
"""

import asyncio
import logging
import re
from collections.abc import Sequence
from contextlib import suppress
from typing import Final

from telegram import Bot, Chat, ChatMemberUpdated, Message
from telegram.constants import ChatMemberStatus

from bot.channels.telegram.access.door import administers
from bot.channels.telegram.access.turn import ButtonTurn, MessageTurn
from bot.channels.telegram.conversation.callback import Outcome, alert
from bot.channels.telegram.conversation.services import Services
from bot.channels.telegram.incoming import after_command
from bot.channels.telegram.messages import callback_data
from bot.channels.telegram.messages.callback_data import Press, letters, number
from bot.channels.telegram.messages.rich_text import line
from bot.channels.telegram.owners.notices import Button, Notices
from bot.channels.telegram.posts.shape import channel_of, chat_of, number_of, post_of
from bot.posts import Posts
from bot.printing import shown
from bot.watching import Said
from index import NoIndexError

LOG = logging.getLogger(__name__)

_LINK: Final = re.compile(
    r"(?:https?://)?(?:(?:t|telegram)\.(?:me|dog)/(?:[cs]/)?(?P<place>\w+)|(?P<name>\w+)\.t\.me)"
    r"/(?:\d+/)?(?P<post>\d+)(?:[?#]\S*)?",
    re.IGNORECASE,
)
_LETTERS: Final = 10
TAKEN: Final = "taken"
"""The state of a channel whose posts an owner wants."""
_ASKED, _REFUSED, _LEFT = "asked", "refused", "left"


class Channels:
    """Asks owners about channels, and keeps the posts of those that they want."""

    def __init__(self, services: Services, notices: Notices, posts: Posts) -> None:
        self._services = services
        self._notices = notices
        self._memory = services.memory
        self._posts = posts

    async def handle_change(self, change: ChatMemberUpdated) -> None:
        """Handle a change of the bot's own standing in a channel."""
        chat, state = change.chat, self._memory.channel(change.chat.id)
        if change.new_chat_member.status == ChatMemberStatus.ADMINISTRATOR:
            if state != TAKEN:
                await self._ask(chat)
        elif state == TAKEN:
            await self._memory.set_channel(chat.id, _LEFT)
            await self._notices.tell(Said("posts_left", {"channel": chat.title or str(chat.id)}))

    async def post(self, message: Message) -> None:
        """Handle a post of a channel, new or edited."""
        chat, state = message.chat, self._memory.channel(message.chat.id)
        if state is None:
            # The bot was an administrator before it knew what to do with that.
            await self._ask(chat)
        if state != TAKEN:
            return
        album = re.sub(r"\W", "", message.media_group_id or "")
        post, channel = post_of(message), channel_of(chat)
        if post is None and message.edit_date is None:
            if message.new_chat_title:
                await asyncio.to_thread(self._posts.about, channel)
            return
        try:
            if post is None:
                await asyncio.to_thread(self._posts.drop, channel.number, message.message_id, album)
            elif await asyncio.to_thread(self._posts.keep, channel, post, album):
                LOG.info("a post was taken in")
        except OSError as error:
            LOG.error("%s: a post was not kept (%s)", error.filename, error.strerror)

    async def handle_press(self, turn: ButtonTurn, press: Press) -> Outcome:
        """Handle the buttons under the question about a channel; only owners get here."""
        chat = chat_of(number(press.subject))
        bot: Bot = turn.query.get_bot()
        if not await administers(bot, chat, turn.who.user):
            return alert(turn, "posts_not_yours")
        wanted = press.op == callback_data.TAKE_IN
        if not await self._memory.set_channel(chat, TAKEN if wanted else _REFUSED):
            return alert(turn, "vote_not_kept")
        text = turn.say.text("posts_taken" if wanted else "posts_refused")
        return Outcome(then=lambda: self._services.sender.put(turn.target, turn.target.message, [line(text)], None))

    async def remove(self, turn: MessageTurn) -> None:
        """Handle /remove and the link of a post."""
        found = _LINK.fullmatch(after_command(turn.message))
        if found is None:
            await self._services.reply(turn, "remove_explain")
            return
        place, post = found["place"] or found["name"], int(found["post"])
        channel = self._posts.channel(place)
        if channel is not None and await asyncio.to_thread(self._posts.remove, channel.number, post):
            await self._services.reply(turn, "removed")
            return
        places = [place, f"c/{place}"] if channel is None else [channel.name, f"c/{channel.number}"]
        file = await self._exported([f"https://t.me/{one}/{post}" for one in places])
        if file is None:
            await self._services.reply(turn, "remove_unknown")
        else:
            # Where the channel is known, whatever holds the post is read without it from now on.
            await self._services.reply(turn, "removed_exported" if channel else "remove_exported", file=shown(file))

    async def _exported(self, addresses: Sequence[str]) -> str | None:
        """Return the file of a post that lies at one of these addresses and was not taken in from the channel."""
        with suppress(NoIndexError, TimeoutError):
            return await self._services.searches.articles(
                lambda articles: self._posts.exported([card for one in addresses for card in articles.at(one)])
            )
        return None

    async def _ask(self, chat: Chat) -> None:
        subject = letters(number_of(chat.id), _LETTERS)
        buttons = (
            Button("button_take_in", callback_data.TAKE_IN, subject),
            Button("button_leave_out", callback_data.LEAVE_OUT, subject),
        )
        said = Said("posts_ask", {"channel": chat.title or str(chat.id)})
        if await self._notices.tell(said, buttons):
            await self._memory.set_channel(chat.id, _ASKED)
