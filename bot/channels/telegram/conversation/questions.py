"""A question, wherever it was asked, and its answer; a question that was edited, and its answer made anew."""

import asyncio
from collections import OrderedDict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta

from telegram import ForceReply, Message

from bot.answer import Answer
from bot.channels.telegram.access.turn import MessageTurn
from bot.channels.telegram.conversation.services import Services
from bot.channels.telegram.incoming import ASK, after_command, command, replied_question, replies_to_us, words
from bot.channels.telegram.memory.question import SearchedQuestion
from bot.channels.telegram.memory.records import StoredAnswer
from bot.channels.telegram.messages.display import Display
from bot.channels.telegram.messages.keyboards import View
from bot.channels.telegram.messages.sender import Target
from bot.small_talk import SmallTalk, small_talk

LONGEST_QUESTION = 500
EDITABLE = timedelta(minutes=15)
_REMEMBERED = 10_000
BARE = " \n?!.…؟？！"
"""A call with nothing but these asks what it replies to."""


class Questions:
    """Answer questions of those who may ask, in the order that `transport.per_chat` gives them."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._answers = services.memory.answers
        self._sender = services.sender
        # What each message asked, by chat and message: an edit that changes no word is not answered again.
        self._heard: OrderedDict[tuple[int, int], str] = OrderedDict()

    async def ask(self, turn: MessageTurn) -> None:
        """Handle /ask and the question, or /ask as the reply to one; alone, it asks for one."""
        question = self._question(turn)
        if question:
            await self._answer(turn, question, is_command=bool(after_command(turn.message)))
        else:
            await self._sender.line(turn.target, turn.say.text("what_to_know"), ForceReply(selective=True))

    async def take(self, turn: MessageTurn) -> None:
        """Answer a text or a caption where every one is a question."""
        await self._answer_or_help(turn, self._question(turn) or "")

    async def group_text(self, turn: MessageTurn) -> None:
        """Answer a text or a caption in a group when it mentions the bot or replies to it."""
        question = self._question(turn)
        if question is not None and await self._services.admission.admit(turn):
            await self._answer_or_help(turn, question)

    async def edit(self, turn: MessageTurn) -> None:
        """Answer a question that was edited within 15 minutes: in the place of its answer, or now if it has none."""
        message, question = turn.message, self._question(turn)
        if not question or message.edit_date is None or message.edit_date - message.date > EDITABLE:
            return
        stored = self._answers.find_by_question(message.chat.id, message.message_id)
        shown = stored.question if stored is not None and stored.sent_as is not None else None
        if question in (shown, self._heard.get(_key(message))):
            return
        if not await self._services.admission.admit(turn):
            return
        self._remember(message, question)
        if stored is None or stored.sent_as is None:
            await self._answer(turn, question, is_command=command(message) == ASK)
        elif await self._is_searchable(turn, question):
            await self._answer_anew(turn, question, stored, stored.sent_as)

    async def _answer_anew(self, turn: MessageTurn, question: str, stored: StoredAnswer, sent_as: int) -> None:
        before = self._answers.find(stored.follows) if stored.follows else None
        result = await self._search(turn, question, before)
        if result is not None:
            fresh = await self._services.presenter.renewed(stored, *result)
            display = Display(fresh, SearchedQuestion.of(fresh), result[1], turn.say, View(), edited=True)
            self._answers.hold(fresh)
            shown_in = await self._services.presenter.show(sent_as, display)
            # Not before it is shown: what a stop cuts off here is made again after the next start.
            await self._answers.store(replace(fresh, sent_as=shown_in))

    def _question(self, turn: MessageTurn) -> str | None:
        """Return what a message asks; "" for a bare call, None when it is not meant for the bot.

        A bare call that replies to a message asks what that says.
        """
        message, mentions = turn.message, self._services.mentions
        named = command(message)
        if named is not None:
            return self._own_or_replied(message, after_command(message)) if named == ASK else None
        question = mentions.question(message)
        if question is not None:
            question = self._own_or_replied(message, question)
        if turn.is_question:
            # A command that somebody forwards is what they want to know about, not what they want to be done.
            return after_command(message) if question is None else question
        if message.forward_origin is not None:
            return None
        return words(message).strip() if question is None and replies_to_us(message) else question

    def _own_or_replied(self, message: Message, own: str) -> str:
        """Return what somebody asks in words of their own, if more than "?"; else what the message replied to says."""
        return own if own.strip(BARE) else replied_question(message, self._services.mentions) or own

    async def _answer_or_help(self, turn: MessageTurn, question: str) -> None:
        if question:
            await self._answer(turn, question)
        elif turn.is_question:
            await self._services.reply(turn, "help_private")
        else:
            await self._services.reply(turn, "help_group", name=self._services.mentions.name)

    async def _answer(self, turn: MessageTurn, question: str, *, is_command: bool = False) -> None:
        """Answer a question, or small talk with a line; what stands behind a command is always a question."""
        self._remember(turn.message, question)
        if not await self._is_searchable(turn, question, is_command=is_command):
            return
        before = self._before(turn.message)
        result = await self._search(turn, question, before)
        if result is not None:
            # The card names articles, which are looked up anew.
            await self._services.attempted(turn, self._services.presenter.present(turn, *result, follows=before))

    async def _is_searchable(self, turn: MessageTurn, question: str, *, is_command: bool = False) -> bool:
        """Return whether a question can be searched; what is too long, or only small talk, gets a line."""
        kind: SmallTalk | None = None if is_command else small_talk(question)
        if kind is None and not any(map(str.isalnum, question)):
            kind = "no_words"
        if len(question) > LONGEST_QUESTION:
            await self._services.reply(turn, "too_long", n=LONGEST_QUESTION)
        elif kind is not None:
            await self._services.reply(turn, kind)
        else:
            return True
        return False

    def _remember(self, message: Message, question: str) -> None:
        self._heard[_key(message)] = question
        while len(self._heard) > _REMEMBERED:
            self._heard.popitem(last=False)

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
        if before is None:
            earlier = self._said_before(turn.message, question)
        article = before.passages[0].article if before and before.passages else None
        async with self._typing(turn.target):
            return await self._services.attempted(turn, self._services.searches.question(question, earlier, article))

    def _said_before(self, message: Message, question: str) -> list[str]:
        """Return what somebody said whom the question replies to: it may mean what that one spoke of."""
        replied = message.reply_to_message
        if replied is not None and replied.is_automatic_forward:
            # Every comment under a post of a channel replies to the post.
            return []
        said = replied_question(message, self._services.mentions)
        return [said] if said and said != question and len(said) <= LONGEST_QUESTION else []

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


def _key(message: Message) -> tuple[int, int]:
    return message.chat.id, message.message_id
