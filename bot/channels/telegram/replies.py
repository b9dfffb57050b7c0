"""How a reply is sent: to the question, in its topic, once, and as plain text if its HTML is refused."""

import asyncio
import logging
from dataclasses import dataclass

from telegram import Bot, LinkPreviewOptions, Message, ReplyParameters
from telegram.constants import ChatAction, ChatType, MessageLimit, ParseMode
from telegram.error import BadRequest, ChatMigrated, Forbidden, NetworkError, TelegramError, TimedOut

from bot.answer import Answer
from bot.channels.telegram.memory import Memory
from bot.channels.telegram.texts import shortened
from bot.render import plain, telegram_html

LOG = logging.getLogger(__name__)

_NO_PREVIEW = LinkPreviewOptions(is_disabled=True)


@dataclass(frozen=True, slots=True)
class Target:
    """Where a reply goes: the chat, the topic in it (None outside forums), and the message it replies to."""

    chat: int
    thread: int | None
    message: int
    private: bool


def reply_target(message: Message) -> Target:
    """The target of a reply to `message`; every reply uses it, so that none leaves its topic."""
    thread = message.message_thread_id if message.is_topic_message else None
    return Target(message.chat.id, thread, message.message_id, message.chat.type == ChatType.PRIVATE)


class Replies:
    """Sends replies. A reply that cannot be delivered is logged (without its text), never raised."""

    def __init__(self, bot: Bot, memory: Memory) -> None:
        self._bot = bot
        self._memory = memory

    async def line(self, target: Target, text: str) -> None:
        """One of the channel's own texts."""
        await self._delivered(target, shortened(text, MessageLimit.MAX_TEXT_LENGTH), None)

    async def answer(self, target: Target, answer: Answer) -> None:
        """An answer, as HTML; when Telegram refuses the HTML, once more as plain text."""
        if not await self._delivered(target, telegram_html(answer), ParseMode.HTML):
            await self.line(target, plain(answer))

    async def typing_after(self, target: Target, seconds: float) -> None:
        """Shows "typing" in a private chat when the answer takes longer than `seconds`; best effort."""
        await asyncio.sleep(seconds)
        try:
            await self._bot.send_chat_action(target.chat, ChatAction.TYPING, message_thread_id=target.thread)
        except TelegramError as error:
            LOG.debug("typing was not shown (%s)", type(error).__name__)

    async def _delivered(self, target: Target, text: str, mode: ParseMode | None) -> bool:
        """False only when the text itself was refused and another form of it may pass."""
        try:
            await self._send(target, text, mode)
        except BadRequest as error:
            refused = mode is not None and _is_about_the_text(error)
            LOG.warning("a reply was refused: %s%s", _cause(error), "; sending it as plain text" if refused else "")
            return not refused
        except TimedOut:
            # It may have been delivered: sending it again could say everything twice.
            LOG.warning("no receipt for a reply in time; it is not sent again")
        except Forbidden as error:
            LOG.info("a chat does not take replies any more: %s", _cause(error))
        except NetworkError as error:
            LOG.warning("a reply was lost on the way (%s)", type(error.__cause__ or error).__name__)
        except TelegramError as error:
            LOG.warning("a reply could not be sent: %s", _cause(error))
        return True

    async def _send(self, target: Target, text: str, mode: ParseMode | None) -> None:
        try:
            await self._message(target.chat, target, text, mode)
        except ChatMigrated as moved:
            self._memory.move_chat(target.chat, moved.new_chat_id)
            await self._message(moved.new_chat_id, target, text, mode)

    async def _message(self, chat: int, target: Target, text: str, mode: ParseMode | None) -> None:
        await self._bot.send_message(
            chat,
            text,
            parse_mode=mode,
            message_thread_id=target.thread,
            link_preview_options=_NO_PREVIEW,
            reply_parameters=ReplyParameters(target.message, allow_sending_without_reply=True),
        )


def _is_about_the_text(error: BadRequest) -> bool:
    said = error.message.lower()
    return "can't parse entities" in said or "too long" in said


def _cause(error: TelegramError) -> str:
    # What Telegram puts in quotes is taken from the text.
    return f"{type(error).__name__}: {error.message.partition(chr(34))[0].strip()}"
