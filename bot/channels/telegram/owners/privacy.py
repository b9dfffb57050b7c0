"""What people may know and decide about themselves: /privacy, /forget and /language."""

import logging
from collections.abc import Sequence
from typing import Final

from telegram import Message

from bot.catalogue import LANGUAGES, Catalogue
from bot.channels.telegram.access.admission import Admission
from bot.channels.telegram.access.door import administers, asker
from bot.channels.telegram.access.language import spoken
from bot.channels.telegram.access.menus import withdraw
from bot.channels.telegram.conversation.callback import Outcome, Place
from bot.channels.telegram.conversation.presenter import Presenter
from bot.channels.telegram.memory.memory import Memory
from bot.channels.telegram.memory.records import ANSWERS_DAYS, MISSES_DAYS
from bot.channels.telegram.messages import callback_data
from bot.channels.telegram.messages.callback_data import Press
from bot.channels.telegram.messages.rich_text import line
from bot.channels.telegram.messages.sender import Sender, reply_target

YES: Final = "y"
NO: Final = "n"
_A_ROW = 2


def privacy(say: Catalogue) -> str:
    """Exactly what is kept, and for how long."""
    return "\n".join(
        [
            say.text("privacy_intro"),
            say.text("privacy_waiting"),
            say.text("privacy_answers", n=ANSWERS_DAYS),
            say.text("privacy_misses", n=MISSES_DAYS),
            say.text("privacy_votes"),
            say.text("privacy_settings"),
            say.text("privacy_counters"),
            say.text("privacy_owner_sees"),
            say.text("privacy_log_debug" if _telling() else "privacy_log"),
            say.text("privacy_nothing_leaves"),
            say.text("privacy_forget"),
        ]
    )


def _telling() -> bool:
    """Whether records of the level that may quote people are written."""
    return any(logging.getLogger(name).isEnabledFor(logging.DEBUG) for name in ("bot", "telegram"))


class Privacy:
    """Tells what is kept of people, deletes it, and changes the language."""

    def __init__(self, memory: Memory, admission: Admission, presenter: Presenter, sender: Sender) -> None:
        self._memory = memory
        self._admission = admission
        self._presenter = presenter
        self._sender = sender

    async def privacy(self, message: Message) -> None:
        """/privacy: everybody may know, whether they may ask or not."""
        await self._sender.line(reply_target(message), privacy(self._spoken(message)))

    async def forget(self, message: Message) -> None:
        """/forget: asks whether it is meant. Everybody may, also who may no longer ask."""
        who, say = asker(message), self._spoken(message)
        if not who.private:
            await self._sender.line(reply_target(message), say.text("private_only"))
            return
        if not self._memory.held_of(who.user):
            await self._sender.line(reply_target(message), say.text("forget_none"))
            return
        lines = [line(say.text("forget_ask"))]
        if who.user in self._memory.owners | self._memory.chats:
            lines.append(line(say.text("forget_ask_access")))
        board = self._presenter.board(who.chat, say)
        yes = board.button(say.text("button_forget"), callback_data.FORGET, argument=YES)
        no = board.button(say.text("button_keep"), callback_data.FORGET, argument=NO)
        await self._sender.card(reply_target(message), lines, board.markup([[yes], [no]]))

    async def language(self, message: Message) -> None:
        """/language: a button for each."""
        if not await self._admission.admitted(message):
            return
        who, say = asker(message), self._spoken(message)
        board = self._presenter.board(who.chat, say)
        names = [board.button(name, callback_data.LANGUAGE, argument=tag) for tag, name in LANGUAGES.items()]
        rows = [names[start : start + _A_ROW] for start in range(0, len(names), _A_ROW)]
        key = "choose_language" if who.private else "choose_language_group"
        await self._sender.line(reply_target(message), say.text(key), board.markup(rows))

    async def pressed(self, place: Place, press: Press) -> Outcome:
        """A button of /forget or /language."""
        return await (self._chosen if press.op == callback_data.LANGUAGE else self._forgotten)(place, press)

    async def _forgotten(self, place: Place, press: Press) -> Outcome:
        """Deletes what is kept of the one who pressed, whoever was asked."""
        if press.argument != YES:
            return self._instead(place, [place.say.text("forget_kept")])
        was_owner = place.presser.id in self._memory.owners
        gone = await self._memory.forget(place.presser.id)
        if gone is None:
            return place.alert("forget_failed")
        if was_owner:
            await withdraw(place.presser.get_bot(), place.presser.id)
        return self._instead(place, [place.say.text("forgotten", n=gone)])

    async def _chosen(self, place: Place, press: Press) -> Outcome:
        """In a group only its administrators, and the bot's owners, choose for everybody."""
        user, chat = place.presser.id, place.chat
        if press.argument not in LANGUAGES:
            return place.alert("expired")
        if chat < 0 and user not in self._memory.owners and not await administers(place.presser.get_bot(), chat, user):
            return place.alert("admin_only")
        await self._memory.set_language(chat, press.argument)
        return self._instead(place, [Catalogue(press.argument).text("language_set")])

    def _instead(self, place: Place, texts: Sequence[str]) -> Outcome:
        blocks = [line(text) for text in texts]
        return Outcome(then=lambda: self._sender.edit(place.chat, place.message_id, blocks, None))

    def _spoken(self, message: Message) -> Catalogue:
        return spoken(self._memory, message.chat, message.from_user)
