"""The conversation: what each kind of message means, and what is said to it."""

import asyncio
import logging
import re
import secrets
import time
import traceback
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

from telegram import Message, Update
from telegram.ext import Application, CommandHandler, ContextTypes, MessageHandler, filters

from bot.channels.telegram import texts
from bot.channels.telegram.access import Asker, Door, OncePer, asker
from bot.channels.telegram.memory import Memory
from bot.channels.telegram.options import Answering, Pace, TelegramOptions
from bot.channels.telegram.replies import Replies, Target, reply_target
from index.errors import NoIndexError

LOG = logging.getLogger(__name__)

SEARCHES = 8
EXAMPLES = 3
DAY = 24 * 3600.0
TOO_OLD = timedelta(minutes=10)
# Only what waited for the start can be too old. A wrong clock here must not turn people away for ever.
CATCHING_UP = 30.0

_PAIR_PAYLOAD = "pair_"
App = Application[Any, Any, Any, Any, Any, Any]
Handle = Callable[[Message], Awaitable[None]]


class Conversation:
    """Answers messages. At most 8 searches run at once; everything else about order is in order.py."""

    def __init__(
        self, options: TelegramOptions, answerer: Answering, door: Door, memory: Memory, replies: Replies, pace: Pace
    ) -> None:
        self._passages = options.passages
        self._answerer = answerer
        self._door = door
        self._memory = memory
        self._replies = replies
        self._pace = pace
        self._searches = asyncio.Semaphore(SEARCHES)
        self._refused = OncePer(DAY, time.monotonic)
        self._was_away = OncePer(DAY, time.monotonic)
        self._started = time.monotonic()
        self._name = ""

    def register(self, app: App) -> None:
        """Adds the handlers. Only new messages pass: edited ones and channel posts have no `update.message`."""
        new, private, group = filters.UpdateType.MESSAGE, filters.ChatType.PRIVATE, filters.ChatType.GROUPS
        for command, handle in (("ask", self._ask), ("help", self._help), ("pair", self._pair), ("start", self._start)):
            app.add_handler(CommandHandler(command, _on(handle), filters=new))
        app.add_handler(MessageHandler(new & private & filters.COMMAND, _on(self._unknown)))
        app.add_handler(MessageHandler(new & private & filters.TEXT, _on(self._question)))
        app.add_handler(MessageHandler(new & private & ~filters.StatusUpdate.ALL, _on(self._no_text)))
        app.add_handler(MessageHandler(new & group & filters.TEXT & ~filters.COMMAND, _on(self._group_text)))
        app.add_handler(MessageHandler(new & filters.StatusUpdate.MIGRATE, _on(self._migrated)))
        app.add_error_handler(_on_error)

    def introduce(self, name: str) -> None:
        """The bot's own user name, known only after the first contact; mentions of it are addressed to us."""
        self._name = name
        self._at_start = re.compile(rf"@{re.escape(name)}\b[\s,:;.!–—-]*", re.IGNORECASE)
        self._at_end = re.compile(rf"(?:\A|[\s,]+)@{re.escape(name)}([\s?.!]*)\Z", re.IGNORECASE)

    async def _ask(self, message: Message) -> None:
        question = _after_command(message)
        if question:
            await self._answer(message, question)
        elif await self._admitted(message):
            await self._replies.line(reply_target(message), texts.EXPLAIN_ASK)

    async def _question(self, message: Message) -> None:
        await self._answer(message, (message.text or "").strip())

    async def _group_text(self, message: Message) -> None:
        said = (message.text or "").strip()
        if start := self._at_start.match(said):
            question = said[start.end() :].strip()
        elif end := self._at_end.search(said):
            question = (said[: end.start()] + end[1]).strip()
        elif _replies_to_us(message):
            question = said
        else:
            return
        if question:
            await self._answer(message, question)
        elif await self._admitted(message):
            await self._replies.line(reply_target(message), texts.HELP_GROUP.format(name=f"@{self._name}"))

    async def _help(self, message: Message) -> None:
        if await self._admitted(message):
            private = asker(message).private
            text = texts.HELP_PRIVATE if private else texts.HELP_GROUP.format(name=f"@{self._name}")
            await self._replies.line(reply_target(message), text)

    async def _unknown(self, message: Message) -> None:
        if await self._admitted(message):
            await self._replies.line(reply_target(message), texts.UNKNOWN)

    async def _no_text(self, message: Message) -> None:
        if await self._admitted(message):
            await self._replies.line(reply_target(message), texts.ONLY_TEXT)

    async def _start(self, message: Message) -> None:
        who, payload = asker(message), _after_command(message)
        if not who.private:
            return
        if payload.startswith(_PAIR_PAYLOAD) and self._door.access == "paired":
            await self._pair_with(message, who, payload.removeprefix(_PAIR_PAYLOAD))
        elif self._door.admits(who):
            await self._replies.line(reply_target(message), texts.welcome(self._examples()))
        else:
            await self._replies.line(reply_target(message), self._refusal(who))

    async def _pair(self, message: Message) -> None:
        who, code = asker(message), _after_command(message)
        if self._door.access != "paired":
            if who.private:
                await self._unknown(message)
        elif not who.private:
            await self._open_group(message, who, code)
        elif code or self._door.owns(who):
            await self._pair_with(message, who, code)
        else:
            await self._replies.line(reply_target(message), texts.PAIR_EXPLAIN)

    async def _pair_with(self, message: Message, who: Asker, code: str) -> None:
        outcome = self._door.pair(who, code)
        LOG.info("pairing: %s", outcome)
        text = {
            "paired": texts.PAIRED,
            "already": texts.PAIRED_ALREADY,
            "wrong": texts.PAIR_WRONG,
            "closed": texts.PAIR_CLOSED,
        }[outcome]
        await self._replies.line(reply_target(message), text)

    async def _open_group(self, message: Message, who: Asker, code: str) -> None:
        if self._door.open_chat(who):
            text = texts.GROUP_OPENED.format(name=f"@{self._name}")
            await self._replies.line(reply_target(message), text)
        elif code:
            await self._replies.line(reply_target(message), texts.PAIR_IN_PRIVATE)

    async def _migrated(self, message: Message) -> None:
        if message.migrate_to_chat_id is not None:
            self._memory.move_chat(message.chat.id, message.migrate_to_chat_id)

    async def _admitted(self, message: Message) -> bool:
        who = asker(message)
        if self._door.admits(who):
            return True
        if self._refused.first(who.user):
            await self._replies.line(reply_target(message), self._refusal(who))
        return False

    def _refusal(self, who: Asker) -> str:
        line = texts.PRIVATE_BOT.format(user=who.user)
        return f"{line}\n{texts.HOW_TO_PAIR}" if who.private and self._door.access == "paired" else line

    async def _answer(self, message: Message, question: str) -> None:
        target = reply_target(message)
        if not await self._admitted(message):
            return
        if self._too_old(message):
            if self._was_away.first(target.chat):
                await self._replies.line(target, texts.AWAY)
        elif len(question) > texts.LONGEST_QUESTION:
            await self._replies.line(target, texts.TOO_LONG)
        else:
            await self._search(target, question)

    async def _search(self, target: Target, question: str) -> None:
        try:
            async with self._typing(target), self._searches, asyncio.timeout(self._pace.answer):
                answer = await self._answerer.answer(question, self._passages)
        except NoIndexError:
            await self._replies.line(target, texts.PREPARING)
        except Exception as error:  # noqa: BLE001 - whatever went wrong, the person gets a line and the owner a trace
            await self._replies.line(target, texts.BROKEN.format(ref=_logged(error)))
        else:
            await self._replies.answer(target, answer)

    @asynccontextmanager
    async def _typing(self, target: Target) -> AsyncIterator[None]:
        # Groups have 20 messages a minute in all, too few to spend on "typing".
        if not target.private:
            yield
            return
        waiting = asyncio.create_task(self._replies.typing_after(target, self._pace.typing))
        try:
            yield
        finally:
            waiting.cancel()

    def _too_old(self, message: Message) -> bool:
        catching_up = time.monotonic() - self._started < CATCHING_UP
        return catching_up and datetime.now(UTC) - message.date > TOO_OLD

    def _examples(self) -> list[str]:
        try:
            return self._answerer.titles(EXAMPLES)
        except NoIndexError:
            return []


def _on(handle: Handle) -> Callable[[Update, ContextTypes.DEFAULT_TYPE], Coroutine[Any, Any, None]]:
    """PTB's form of a handler; other bots and copies of channel posts are left alone."""

    async def run(update: Update, _: ContextTypes.DEFAULT_TYPE) -> None:
        message = update.message
        if message is None or message.is_automatic_forward:
            return
        if message.from_user and message.from_user.is_bot and message.sender_chat is None:
            return
        await handle(message)

    return run


async def _on_error(_update: object, context: ContextTypes.DEFAULT_TYPE) -> None:
    if context.error is not None:
        _logged(context.error)


def _logged(error: BaseException) -> str:
    """Logs where `error` happened, under a reference such as `7F3A`; its message, which may quote a question, only
    at debug level."""
    ref = secrets.token_hex(2).upper()
    frames = traceback.extract_tb(error.__traceback__)
    where = " < ".join(f"{frame.filename}:{frame.lineno} {frame.name}" for frame in reversed(frames[-4:]))
    LOG.error("ref %s: %s at %s", ref, type(error).__name__, where)
    LOG.debug("ref %s", ref, exc_info=error)
    return ref


def _after_command(message: Message) -> str:
    # PTB's handler saw the command as the first entity; it is ASCII, so its UTF-16 length is its length.
    return (message.text or "")[message.entities[0].length :].strip()


def _replies_to_us(message: Message) -> bool:
    replied = message.reply_to_message
    if replied is None or replied.from_user is None or replied.forum_topic_created is not None:
        return False
    return replied.from_user.id == message.get_bot().id
