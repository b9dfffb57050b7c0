"""How a reply is sent: to the question, in its topic, once; and what is said when nobody knows whether it arrived."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final, TypeVar

from telegram import InlineKeyboardMarkup, LinkPreviewOptions, Message, ReplyParameters
from telegram.constants import ChatAction, MessageLimit, ParseMode
from telegram.error import BadRequest, ChatMigrated, Forbidden, NetworkError, TelegramError
from telegram.ext import ExtBot

from bot.catalogue import Catalogue
from bot.channels.telegram.faults import tolerate
from bot.channels.telegram.memory.memory import Memory
from bot.channels.telegram.messages.draft import PARTS, Draft, Markup, Part, is_unchanged, refused_part
from bot.channels.telegram.messages.newest import Newest
from bot.channels.telegram.messages.rich_text import Block, to_html, to_plain
from bot.channels.telegram.transport.delivery import Terms
from bot.channels.telegram.transport.in_hand import ChatTurn
from bot.channels.telegram.transport.metrics import Metrics
from bot.render import head

LOG = logging.getLogger(__name__)

_NO_PREVIEW = LinkPreviewOptions(is_disabled=True)
_LONGEST = MessageLimit.MAX_TEXT_LENGTH
# What is wrong with a topic or a reply cannot be mended in a message that stands there; a new one may do.
_MENDED_BY_EDIT: Final[tuple[Part, ...]] = ("buttons", "formatting")

T = TypeVar("T")
Card = tuple[tuple[Block, ...], Markup]


@dataclass(frozen=True, slots=True)
class Target:
    """Where a reply goes: the chat, the topic in it (None outside forums), and the message it replies to.

    `user` is who gets it, and `say` the language that is spoken with them; `direct` is the conversation with one person
    in the direct messages of a channel, None anywhere else.
    """

    chat: int
    thread: int | None
    message: int
    private: bool
    user: int
    say: Catalogue
    direct: int | None = None


class Sender:
    """Send replies. Nothing is raised: a reply that cannot be delivered is logged (without its text), and the person
    is told.

    Nobody knows whether a message without a receipt arrived; it is not sent again, but a line says what to do if it is
    not there, for as long as it takes. What a group does not take is told in private, where that is allowed.
    """

    def __init__(self, bot: ExtBot[Terms], memory: Memory, metrics: Metrics) -> None:
        self._bot = bot
        self._memory = memory
        self._metrics = metrics
        self._edits = Newest()

    async def line(self, target: Target, text: str, markup: Markup = None) -> None:
        """Send one of the channel's own texts."""
        await self._reply(target, _draft(target, text, markup))

    async def card(self, target: Target, blocks: Sequence[Block], markup: Markup = None) -> int | None:
        """Send a message of blocks; return its id if it was delivered."""
        return await self._reply(target, _draft(target, blocks, markup))

    async def notice(self, target: Target, blocks: Sequence[Block], markup: Markup = None) -> bool:
        """Tell somebody what they did not ask for, as no reply, until it is certain that they have it, or cannot."""
        with tolerate(LOG.warning, "an owner could not be told something (%s)"):
            await self._send(target, replace(_draft(target, blocks, markup), reply=None), Terms(insist=True))
            return True
        return False

    async def document(self, target: Target, file: Path, caption: str) -> None:
        """Send a file."""

        async def send(draft: Draft) -> Message:
            return await self._bot.send_document(
                target.chat, file, caption=draft.text, message_thread_id=draft.thread, reply_parameters=draft.reply
            )

        await self._reply(target, _draft(target, caption, None), send)

    async def edit(self, chat: int, message: int, blocks: Sequence[Block], markup: Markup) -> bool:
        """Turn a message of ours into these blocks; return whether it can still be changed.

        A newer edit of the same message overtakes those that still wait.
        """
        async with self._edits.turn((chat, message), ChatTurn(chat, to_edit=True)) as wanted:

            async def send(draft: Draft) -> Message | bool:
                keyboard = draft.markup if isinstance(draft.markup, InlineKeyboardMarkup) else None
                return await self._bot.edit_message_text(
                    draft.text,
                    chat,
                    message,
                    parse_mode=draft.mode,
                    link_preview_options=_NO_PREVIEW,
                    reply_markup=keyboard,
                    rate_limit_args=Terms(wanted=wanted),
                )

            try:
                draft = Draft(to_html(blocks), ParseMode.HTML, _cut(to_plain(blocks)), markup)
                await _as_far_as_taken(send, draft, _MENDED_BY_EDIT)
            except TelegramError as error:
                if is_unchanged(error.message):
                    return True
                LOG.info("a message cannot be changed: %s", _cause(error))
                return False
        return True

    async def put(self, target: Target, message: int | None, blocks: Sequence[Block], markup: Markup) -> int | None:
        """Put blocks in the place of `message`; as a new one, whose id is returned, if there is none to change."""
        if message is not None and await self.edit(target.chat, message, blocks, markup):
            return None
        return await self.card(target, blocks, markup)

    async def ask_to_look(self, target: Target, key: str) -> None:
        """Tell a person that an answer may be missing, until it is certain that they were told."""
        with tolerate(LOG.warning, "nobody could be told that an answer may be missing (%s)"):
            await self._send(target, _draft(target, target.say.text(key), None), Terms(insist=True))

    async def typing_after(self, target: Target, seconds: float) -> None:
        """Show "typing" in a private chat when the answer takes longer than `seconds`; best effort."""
        await asyncio.sleep(seconds)
        with tolerate(LOG.debug, "typing was not shown (%s)"):
            await self._bot.send_chat_action(target.chat, ChatAction.TYPING, message_thread_id=target.thread)

    async def _reply(
        self, target: Target, draft: Draft, send: Callable[[Draft], Awaitable[Message]] | None = None
    ) -> int | None:
        """Return the id of the message if it was delivered, else tell the person what can be told."""
        try:
            sent = await (_as_far_as_taken(send, draft) if send else self._send(target, draft, Terms()))
            return sent.message_id
        except (BadRequest, Forbidden) as error:
            LOG.warning("a chat takes no reply: %s", _cause(error))
            self._metrics.events["refused"] += 1
            await self._tell_in_private(target)
        except NetworkError as error:
            LOG.warning("no receipt for a reply (%s); it is not sent again", type(error.__cause__ or error).__name__)
            await self.ask_to_look(target, "no_receipt")
        except TelegramError as error:
            LOG.warning("a reply could not be sent: %s", _cause(error))
        return None

    async def _send(self, target: Target, draft: Draft, terms: Terms) -> Message:
        async def send(draft: Draft) -> Message:
            return await self._bot.send_message(
                chat,
                draft.text,
                parse_mode=draft.mode,
                message_thread_id=draft.thread,
                direct_messages_topic_id=target.direct,
                link_preview_options=_NO_PREVIEW,
                reply_parameters=draft.reply,
                reply_markup=draft.markup,
                rate_limit_args=terms,
            )

        chat = target.chat
        try:
            return await _as_far_as_taken(send, draft)
        except ChatMigrated as moved:
            self._memory.move_chat(target.chat, moved.new_chat_id)
            chat = moved.new_chat_id
            return await _as_far_as_taken(send, draft)

    async def _tell_in_private(self, target: Target) -> None:
        """Tell who asked in a group that it takes no answers; that fails if they never spoke to the bot."""
        # Anonymous administrators, and channels, are chats.
        if target.private or target.user <= 0:
            return
        text = target.say.text("may_not_write")
        try:
            await self._send(replace(target, chat=target.user), Draft(text, None, text), Terms(insist=True))
        except TelegramError as error:
            LOG.info("nor can the person be told in private: %s", _cause(error))


def _draft(target: Target, content: str | Sequence[Block], markup: Markup) -> Draft:
    reply = ReplyParameters(target.message, allow_sending_without_reply=True)
    if isinstance(content, str):
        return Draft(_cut(content), None, _cut(content), markup, target.thread, reply)
    return Draft(to_html(content), ParseMode.HTML, _cut(to_plain(content)), markup, target.thread, reply)


async def _as_far_as_taken(send: Callable[[Draft], Awaitable[T]], draft: Draft, parts: Sequence[Part] = PARTS) -> T:
    """Return what `send` gave; what Telegram refuses of a message, if it is one of `parts`, is left out."""
    while True:
        try:
            return await send(draft)
        except BadRequest as error:
            part = refused_part(error.message)
            thinner = draft.without(part) if part is not None and part in parts else None
            if thinner is None:
                raise
            LOG.warning("a reply was refused (%s) and is sent without its %s", _cause(error), part)
            draft = thinner


def _cut(text: str) -> str:
    return head(text, _LONGEST)


def _cause(error: TelegramError) -> str:
    # What Telegram puts in quotes is taken from the text.
    return f"{type(error).__name__}: {error.message.partition(chr(34))[0].strip()}"
