"""A question, wherever it was asked, and its answer; a question that was edited, and its answer made anew."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

from telegram import ForceReply, Message

from bot.answer import Answer
from bot.channels.telegram.access.turn import MessageTurn
from bot.channels.telegram.conversation.attempt import Fault, attempt
from bot.channels.telegram.conversation.services import Services
from bot.channels.telegram.incoming import after_command, replies_to_us, starts_with_command
from bot.channels.telegram.memory.question import SearchedQuestion
from bot.channels.telegram.memory.records import StoredAnswer
from bot.channels.telegram.messages.display import Display
from bot.channels.telegram.messages.keyboards import View
from bot.channels.telegram.messages.sender import Target
from bot.small_talk import small_talk

LONGEST_QUESTION = 500
EDITABLE = timedelta(minutes=15)


class Questions:
    """Answer questions of those who may ask, in the order that `transport.per_chat` gives them."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._answers = services.memory.answers
        self._sender = services.sender

    async def ask(self, turn: MessageTurn) -> None:
        """Handle /ask and the question; alone, it asks for one."""
        question = after_command(turn.message)
        if question:
            await self._answer(turn, question, is_command=True)
        else:
            await self._sender.line(turn.target, turn.say.text("what_to_know"), ForceReply(selective=True))

    async def private_text(self, turn: MessageTurn) -> None:
        """Answer a text in a private chat, where every text is a question."""
        await self._answer(turn, (turn.message.text or "").strip())

    async def group_text(self, turn: MessageTurn) -> None:
        """Answer a text in a group when it mentions the bot or replies to it."""
        question = self._question(turn)
        if question is None or not await self._services.admission.admit(turn):
            return
        if question:
            await self._answer(turn, question)
        else:
            await self._services.reply(turn, "help_group", name=self._services.mentions.name)

    async def edit(self, turn: MessageTurn) -> None:
        """Make the answer to a question that was edited within 15 minutes anew, in its place."""
        message = turn.message
        stored = self._answers.find_by_question(message.chat.id, message.message_id)
        question = self._question(turn)
        if stored is None or stored.sent_as is None or not question or question == stored.question:
            return
        if message.edit_date is None or message.edit_date - message.date > EDITABLE:
            return
        if len(question) > LONGEST_QUESTION or not await self._services.admission.admit(turn):
            return
        before = self._answers.find(stored.follows) if stored.follows else None
        result = await self._search(turn, question, before)
        if result is not None:
            fresh = await self._services.presenter.renew(stored, *result)
            display = Display(fresh, SearchedQuestion.of(fresh), result[1], turn.say, View(), edited=True)
            await self._services.presenter.show(stored.sent_as, display)

    def _question(self, turn: MessageTurn) -> str | None:
        """Return what a message asks; "" for a bare call, None when it is not meant for the bot."""
        text = (turn.message.text or "").strip()
        if starts_with_command(turn.message):
            return after_command(turn.message)
        if turn.who.private:
            return text
        question = self._services.mentions.question(text)
        return text if question is None and replies_to_us(turn.message) else question

    async def _answer(self, turn: MessageTurn, question: str, *, is_command: bool = False) -> None:
        """Answer a question, or small talk with a line; what stands behind a command is always a question."""
        if len(question) > LONGEST_QUESTION:
            await self._services.reply(turn, "too_long", n=LONGEST_QUESTION)
            return
        kind = None if is_command else small_talk(question)
        if kind is not None:
            await self._services.reply(turn, kind)
            return
        before = self._before(turn.message)
        result = await self._search(turn, question, before)
        if result is not None:
            await self._services.presenter.present(turn, *result, follows=before)

    def _before(self, message: Message) -> StoredAnswer | None:
        """Return the answer that a question replies to, which makes it a follow-up."""
        if message.reply_to_message is None or not replies_to_us(message):
            return None
        return self._answers.find_by_message(message.chat.id, message.reply_to_message.message_id)

    async def _search(
        self, turn: MessageTurn, question: str, before: StoredAnswer | None
    ) -> tuple[SearchedQuestion, Answer] | None:
        """Return how the question was searched, and the answer; None when the person was told why there is none."""
        turns = self._answers.turns(before.id) if before else []
        searched = [SearchedQuestion.of(one) for one in reversed(turns)]
        earlier = [one.words for one in searched if one.like is None]
        article = before.passages[0].article if before and before.passages else None
        async with self._typing(turn.target):
            result = await attempt(self._services.searches.question(question, earlier, article))
        if isinstance(result, Fault):
            await self._sender.line(turn.target, result.text(turn.say))
            return None
        return result

    @asynccontextmanager
    async def _typing(self, target: Target) -> AsyncIterator[None]:
        # Groups have 20 messages a minute in all, too few to spend on "typing".
        if not target.private:
            yield
            return
        waiting = asyncio.create_task(self._sender.typing_after(target, self._services.pace.typing))
        try:
            yield
        finally:
            waiting.cancel()
