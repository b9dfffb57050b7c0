"""Guest mode: somebody asks with @our_bot in a chat where the bot is not, and it answers there once."""

import logging
from dataclasses import replace
from typing import Final

from telegram import (
    InlineKeyboardMarkup,
    InlineQueryResultArticle,
    InputTextMessageContent,
    LinkPreviewOptions,
    Message,
)
from telegram.constants import ParseMode

from bot.answer import Answer
from bot.catalogue import Catalogue
from bot.channels.telegram.access.door import Asker, asker
from bot.channels.telegram.access.turn import MessageTurn
from bot.channels.telegram.conversation.attempt import Fault, attempt
from bot.channels.telegram.conversation.questions import BARE, LONGEST_QUESTION
from bot.channels.telegram.conversation.services import Services
from bot.channels.telegram.faults import tolerate
from bot.channels.telegram.incoming import replied_question, words
from bot.channels.telegram.messages.cards import inline_card, short_nothing
from bot.channels.telegram.messages.keyboards import result_keyboard
from bot.channels.telegram.messages.rich_text import Block, line, to_html
from bot.small_talk import small_talk

LOG = logging.getLogger(__name__)

_RESULT: Final = "answer"

GuestCard = tuple[tuple[Block, ...], InlineKeyboardMarkup | None]


class Guests:
    """Answer where the bot is a guest: one message, whose only button leads on to a private chat.

    The id of such a chat may be that of another one here, so nothing is stored under it.
    """

    def __init__(self, services: Services) -> None:
        self._services = services

    async def answer(self, message: Message) -> None:
        """Answer a message that calls the bot, or what it replies to, as far as its sender may ask."""
        if message.guest_query_id is None or (message.from_user is not None and message.from_user.is_bot):
            return
        user = asker(message).user
        turn = MessageTurn.of(message, self._services.memory.language(user))
        # Alone, as with inline queries: who else may read it is nobody here.
        turn = replace(turn, who=Asker(user, user, private=True))
        admission = self._services.admission
        if not self._services.door.admits(turn.who):
            if admission.may_be_told(turn):
                await self._send(turn, ((line(turn.say.text("inline_private")),), None))
        elif await admission.within_limits(turn, lambda told: self._send(turn, ((line(told),), None))):
            await self._send(turn, await self._card(turn))

    async def _card(self, turn: MessageTurn) -> GuestCard:
        message, mentions, say = turn.message, self._services.mentions, turn.say
        said = replied_question(message, mentions)
        named = mentions.question(message)
        own = words(message).strip() if named is None else named
        question = own if own.strip(BARE) else said or own
        if not question:
            return (line(say.text("inline_hint")),), None
        if len(question) > LONGEST_QUESTION:
            return (line(say.text("too_long", n=LONGEST_QUESTION)),), None
        if kind := small_talk(question):
            return (line(say.text(kind)),), None
        earlier = [said] if said and said != question and len(said) <= LONGEST_QUESTION else []
        found = await attempt(self._services.searches.question(question, earlier))
        if isinstance(found, Fault):
            return (line(found.text(say)),), None
        return self._found(found[1], say)

    def _found(self, answer: Answer, say: Catalogue) -> GuestCard:
        if not answer.passages:
            return short_nothing(answer, say), None
        hit = answer.passages[0]
        unsure: tuple[Block, ...] = (line(say.text("not_sure")),) if answer.state == "closest" else ()
        return (*unsure, *inline_card(hit, say)), result_keyboard(self._services.board(0, say), hit)

    async def _send(self, turn: MessageTurn, card: GuestCard) -> None:
        blocks, markup = card
        text = InputTextMessageContent(
            to_html(blocks), ParseMode.HTML, link_preview_options=LinkPreviewOptions(is_disabled=True)
        )
        name = self._services.mentions.name
        # Mostly "query is too old": there is no other way to reach that chat.
        with tolerate(LOG.warning, "a guest was not answered (%s)"):
            await turn.message.answer_guest_query(InlineQueryResultArticle(_RESULT, name, text, reply_markup=markup))
