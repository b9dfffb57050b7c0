"""How a reply is sent: to the question, in its topic, once, and as plain text if its HTML is refused."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from functools import partial

from telegram import Bot, ForceReply, InlineKeyboardMarkup, LinkPreviewOptions, Message, ReplyParameters
from telegram.constants import ChatAction, MessageLimit, ParseMode
from telegram.error import BadRequest, ChatMigrated, Forbidden, NetworkError, TelegramError, TimedOut

from bot.channels.telegram.faults import tolerate
from bot.channels.telegram.memory.memory import Memory
from bot.channels.telegram.messages.rich_text import Block, to_html, to_plain
from bot.render import head

LOG = logging.getLogger(__name__)

_NO_PREVIEW = LinkPreviewOptions(is_disabled=True)
# What may happen to any edit, and is nobody's fault.
_SETTLED = ("message is not modified", "message to edit not found", "message can't be edited")
_TEXT_REFUSED = ("can't parse entities", "too long")
_BUTTONS_REFUSED = ("button", "keyboard", "markup", "query_too_long")

Markup = InlineKeyboardMarkup | ForceReply | None
Card = tuple[tuple[Block, ...], Markup]
Send = Callable[[str, ParseMode | None, Markup], Awaitable[Message | bool]]


@dataclass(frozen=True, slots=True)
class Target:
    """Where a reply goes: the chat, the topic in it (None outside forums), and the message it replies to.

    `direct` is the conversation with one person in the direct messages of a channel, None anywhere else.
    """

    chat: int
    thread: int | None
    message: int
    private: bool
    direct: int | None = None


class Sender:
    """Send replies. A reply that cannot be delivered is logged (without its text), never raised."""

    def __init__(self, bot: Bot, memory: Memory) -> None:
        self._bot = bot
        self._memory = memory

    async def line(self, target: Target, text: str, markup: Markup = None) -> None:
        """Send one of the channel's own texts."""
        await self._deliver(partial(self._send, target), head(text, MessageLimit.MAX_TEXT_LENGTH), None, markup)

    async def card(self, target: Target, blocks: Sequence[Block], markup: Markup = None) -> int | None:
        """Send a message of blocks; return its id if it was delivered.

        It is sent once more as plain text or without buttons when Telegram refuses these.
        """
        send = partial(self._send, target)
        sent = await self._deliver(send, to_html(blocks), ParseMode.HTML, markup, to_plain(blocks))
        return sent.message_id if isinstance(sent, Message) else None

    async def edit(self, chat: int, message: int, blocks: Sequence[Block], markup: Markup) -> None:
        """Turn a message of ours into these blocks."""

        async def send(text: str, mode: ParseMode | None, keyboard: Markup) -> Message | bool:
            inline = keyboard if isinstance(keyboard, InlineKeyboardMarkup) else None
            return await self._bot.edit_message_text(
                text, chat, message, parse_mode=mode, link_preview_options=_NO_PREVIEW, reply_markup=inline
            )

        await self._deliver(send, to_html(blocks), ParseMode.HTML, markup, to_plain(blocks))

    async def put(self, target: Target, message: int | None, blocks: Sequence[Block], markup: Markup) -> None:
        """Put blocks in the place of `message`, or send them as a new one when that is None."""
        if message is None:
            await self.card(target, blocks, markup)
        else:
            await self.edit(target.chat, message, blocks, markup)

    async def typing_after(self, target: Target, seconds: float) -> None:
        """Show "typing" in a private chat when the answer takes longer than `seconds`; best effort."""
        await asyncio.sleep(seconds)
        with tolerate(LOG.debug, "typing was not shown (%s)"):
            await self._bot.send_chat_action(target.chat, ChatAction.TYPING, message_thread_id=target.thread)

    async def _deliver(
        self, send: Send, text: str, mode: ParseMode | None, markup: Markup, plainly: str | None = None
    ) -> Message | bool | None:
        """Return what `send` gave; None when nothing was delivered, or nobody knows."""
        try:
            return await send(text, mode, markup)
        except BadRequest as error:
            if _mentions(error, _SETTLED):
                return None
            LOG.warning("a reply was refused: %s", _cause(error))
            if plainly is not None and _mentions(error, _TEXT_REFUSED):
                LOG.warning("sending it as plain text")
                return await self._deliver(send, head(plainly, MessageLimit.MAX_TEXT_LENGTH), None, markup)
            if markup is not None and _mentions(error, _BUTTONS_REFUSED):
                LOG.warning("sending it without buttons")
                return await self._deliver(send, text, mode, None, plainly)
        except TimedOut:
            # It may have been delivered: sending it again could say everything twice.
            LOG.warning("no receipt for a reply in time; it is not sent again")
        except Forbidden as error:
            LOG.info("a chat does not take replies any more: %s", _cause(error))
        except NetworkError as error:
            LOG.warning("a reply was lost on the way (%s)", type(error.__cause__ or error).__name__)
        except TelegramError as error:
            LOG.warning("a reply could not be sent: %s", _cause(error))
        return None

    async def _send(self, target: Target, text: str, mode: ParseMode | None, markup: Markup) -> Message:
        send = partial(
            self._bot.send_message,
            text=text,
            parse_mode=mode,
            message_thread_id=target.thread,
            direct_messages_topic_id=target.direct,
            link_preview_options=_NO_PREVIEW,
            reply_parameters=ReplyParameters(target.message, allow_sending_without_reply=True),
            reply_markup=markup,
        )
        try:
            return await send(target.chat)
        except ChatMigrated as moved:
            self._memory.move_chat(target.chat, moved.new_chat_id)
            return await send(moved.new_chat_id)


def _mentions(error: BadRequest, words: tuple[str, ...]) -> bool:
    return any(word in error.message.lower() for word in words)


def _cause(error: TelegramError) -> str:
    # What Telegram puts in quotes is taken from the text.
    return f"{type(error).__name__}: {error.message.partition(chr(34))[0].strip()}"
