"""A question, wherever it was asked, and its answer."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

from telegram import Message

from bot.channels.telegram import texts
from bot.channels.telegram.access import OncePer
from bot.channels.telegram.admission import DAY, Admission
from bot.channels.telegram.faults import logged
from bot.channels.telegram.incoming import Mentions, after_command, replies_to_us
from bot.channels.telegram.options import Answering, Pace
from bot.channels.telegram.replies import Replies, Target, reply_target
from index.errors import NoIndexError

SEARCHES = 8
TOO_OLD = timedelta(minutes=10)
# Only what waited for the start can be too old. A wrong clock here must not turn people away for ever.
CATCHING_UP = 30.0


class Questions:
    """Answers questions. At most 8 searches run at once; everything else about order is in order.py."""

    def __init__(
        self, answerer: Answering, passages: int, admission: Admission, replies: Replies, pace: Pace, name: str
    ) -> None:
        self._answerer = answerer
        self._passages = passages
        self._admission = admission
        self._replies = replies
        self._pace = pace
        self._name = name
        self._mentions = Mentions(name)
        self._searches = asyncio.Semaphore(SEARCHES)
        self._was_away = OncePer(DAY, time.monotonic)
        self._started = time.monotonic()

    async def ask(self, message: Message) -> None:
        """/ask and the question."""
        question = after_command(message)
        if question:
            await self._answer(message, question)
        elif await self._admission.admitted(message):
            await self._replies.line(reply_target(message), texts.EXPLAIN_ASK)

    async def private_text(self, message: Message) -> None:
        """In a private chat every text is a question."""
        await self._answer(message, (message.text or "").strip())

    async def group_text(self, message: Message) -> None:
        """In a group a text is one when it mentions the bot or replies to it."""
        said = (message.text or "").strip()
        question = self._mentions.question(said)
        if question is None and replies_to_us(message):
            question = said
        if question:
            await self._answer(message, question)
        elif question is not None and await self._admission.admitted(message):
            await self._replies.line(reply_target(message), texts.HELP_GROUP.format(name=f"@{self._name}"))

    async def _answer(self, message: Message, question: str) -> None:
        target = reply_target(message)
        if not await self._admission.admitted(message):
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
            await self._replies.line(target, texts.BROKEN.format(ref=logged(error)))
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
