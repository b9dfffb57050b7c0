"""A question, wherever it was asked, and its answer; a question that was edited, and its answer made anew."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

from telegram import ForceReply, Message

from bot.answer import Answer
from bot.channels.telegram.access.admission import DAY, Admission
from bot.channels.telegram.access.door import OncePer, asker
from bot.channels.telegram.access.language import spoken
from bot.channels.telegram.conversation.presenter import Presenter, Reader
from bot.channels.telegram.conversation.search import Searches
from bot.channels.telegram.faults import logged
from bot.channels.telegram.incoming import Mentions, after_command, replies_to_us, starts_with_command
from bot.channels.telegram.memory.memory import Memory
from bot.channels.telegram.memory.question import Asked
from bot.channels.telegram.memory.records import KeptAnswer
from bot.channels.telegram.messages.keyboards import View
from bot.channels.telegram.messages.sender import Replies, Target, reply_target
from bot.channels.telegram.options import Pace
from index import NoIndexError

LONGEST_QUESTION = 500
TOO_OLD = timedelta(minutes=10)
EDITABLE = timedelta(minutes=15)
# Only what waited for the start can be too old. A wrong clock here must not turn people away for ever.
CATCHING_UP = 30.0


class Questions:
    """Answers questions; what order they are answered in is said in `transport.per_chat`."""

    def __init__(
        self,
        admission: Admission,
        memory: Memory,
        searches: Searches,
        presenter: Presenter,
        replies: Replies,
        pace: Pace,
        mentions: Mentions,
    ) -> None:
        self._admission = admission
        self._memory = memory
        self._searches = searches
        self._presenter = presenter
        self._replies = replies
        self._pace = pace
        self._mentions = mentions
        self._was_away = OncePer(DAY, time.monotonic)
        self._started = time.monotonic()

    async def ask(self, message: Message) -> None:
        """/ask and the question; alone, it asks for one."""
        question = after_command(message)
        if question:
            await self._answer(message, question)
        elif await self._admission.admitted(message):
            prompt = spoken(self._memory, message.chat, message.from_user).text("what_to_know")
            await self._replies.line(reply_target(message), prompt, ForceReply(selective=True))

    async def private_text(self, message: Message) -> None:
        """In a private chat every text is a question."""
        await self._answer(message, (message.text or "").strip())

    async def group_text(self, message: Message) -> None:
        """In a group a text is one when it mentions the bot or replies to it."""
        question = self._question(message)
        if question:
            await self._answer(message, question)
        elif question is not None and await self._admission.admitted(message):
            say = spoken(self._memory, message.chat, message.from_user)
            await self._replies.line(reply_target(message), say.text("help_group", name=self._mentions.name))

    async def edited(self, message: Message) -> None:
        """A question that was edited within 15 minutes has its answer made anew, in its place."""
        kept = self._memory.answers.asked_in(message.chat.id, message.message_id)
        question = self._question(message)
        if kept is None or kept.sent_as is None or not question or question == kept.question:
            return
        if message.edit_date is None or message.edit_date - message.date > EDITABLE:
            return
        if len(question) > LONGEST_QUESTION or not await self._admission.admitted(message):
            return
        before = self._memory.answers.find(kept.follows) if kept.follows else None
        target = reply_target(message)
        found = await self._searched(target, message, question, before)
        if found is not None:
            asked, answer = found
            fresh = await self._presenter.renew(kept, asked, answer)
            say = spoken(self._memory, target.chat, message.from_user)
            await self._presenter.show(kept.sent_as, fresh, answer, say, View(), edited=True)

    def _question(self, message: Message) -> str | None:
        """What a message asks; "" for a bare call, None when it is not meant for the bot."""
        said = (message.text or "").strip()
        if starts_with_command(message):
            return after_command(message)
        if asker(message).private:
            return said
        question = self._mentions.question(said)
        return said if question is None and replies_to_us(message) else question

    async def _answer(self, message: Message, question: str) -> None:
        target = reply_target(message)
        if not await self._admission.admitted(message):
            return
        say = spoken(self._memory, target.chat, message.from_user)
        if self._too_old(message):
            if self._was_away.first(target.chat):
                await self._replies.line(target, say.text("away"))
            return
        if len(question) > LONGEST_QUESTION:
            await self._replies.line(target, say.text("too_long", n=LONGEST_QUESTION))
            return
        before = self._before(message)
        found = await self._searched(target, message, question, before)
        if found is not None:
            reader = Reader(asker(message).user, say, message.message_id)
            await self._presenter.present(target, reader, *found, follows=before)

    def _before(self, message: Message) -> KeptAnswer | None:
        """The answer that a question replies to, which makes it a follow-up."""
        if not replies_to_us(message) or message.reply_to_message is None:
            return None
        return self._memory.answers.shown_in(message.chat.id, message.reply_to_message.message_id)

    async def _searched(
        self, target: Target, message: Message, question: str, before: KeptAnswer | None
    ) -> tuple[Asked, Answer] | None:
        """How the question was searched, and the answer; None when the person was told why there is none."""
        say = spoken(self._memory, target.chat, message.from_user)
        turns = self._memory.answers.turns(before.id) if before else []
        earlier = [turn.question for turn in reversed(turns) if Asked.of(turn).like is None]
        try:
            async with self._typing(target):
                return await self._searches.question(question, earlier)
        except NoIndexError:
            await self._replies.line(target, say.text("preparing"))
        except Exception as error:  # noqa: BLE001 - whatever went wrong, the person gets a line and the owner a trace
            await self._replies.line(target, say.text("broken", ref=logged(error)))
        return None

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
