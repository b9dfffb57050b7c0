"""What people may know and decide about themselves: /privacy, /forget and /language."""

import logging
from typing import Final

from telegram.constants import KeyboardButtonStyle

from bot.catalogue import LANGUAGES, Catalogue
from bot.channels.telegram.access.door import administers
from bot.channels.telegram.access.menus import withdraw
from bot.channels.telegram.access.turn import ButtonTurn, MessageTurn
from bot.channels.telegram.conversation.callback import Outcome, alert
from bot.channels.telegram.conversation.services import Services
from bot.channels.telegram.memory.records import ANSWERS_DAYS, MISSES_DAYS
from bot.channels.telegram.messages import callback_data
from bot.channels.telegram.messages.callback_data import Press
from bot.channels.telegram.messages.rich_text import line

YES: Final = "y"
NO: Final = "n"
_A_ROW = 2


def privacy_text(say: Catalogue) -> str:
    """Return exactly what is kept, and for how long."""
    # Records of the debug level may quote people.
    debug = any(logging.getLogger(name).isEnabledFor(logging.DEBUG) for name in ("bot", "telegram"))
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
            say.text("privacy_log_debug" if debug else "privacy_log"),
            say.text("privacy_nothing_leaves"),
            say.text("privacy_forget"),
        ]
    )


class Privacy:
    """Tell what is stored about people, delete it, and change the language."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._memory = services.memory
        self._sender = services.sender

    async def privacy(self, turn: MessageTurn) -> None:
        """Handle /privacy: everybody may know, whether they may ask or not."""
        await self._sender.line(turn.target, privacy_text(turn.say))

    async def forget(self, turn: MessageTurn) -> None:
        """Handle /forget: ask whether it is meant. Everybody may, also who may no longer ask."""
        who, say = turn.who, turn.say
        if not who.private:
            await self._services.reply(turn, "private_only")
            return
        if not self._memory.count_rows(who.user) and not self._memory.unclean:
            if self._services.admission.may_be_told(turn, "forget"):
                await self._services.reply(turn, "forget_none")
            return
        lines = [line(say.text("forget_ask"))]
        if who.user in self._memory.owners | self._memory.chats:
            lines.append(line(say.text("forget_ask_access")))
        board = self._services.board(who.chat, say)
        yes = board.button(
            say.text("button_forget"), callback_data.FORGET, argument=YES, style=KeyboardButtonStyle.DANGER
        )
        no = board.button(say.text("button_keep"), callback_data.FORGET, argument=NO)
        await self._sender.card(turn.target, lines, board.markup([[yes], [no]]))

    async def language(self, turn: MessageTurn) -> None:
        """Handle /language: a button for each."""
        board = self._services.board(turn.who.chat, turn.say)
        names = [board.button(name, callback_data.LANGUAGE, argument=tag) for tag, name in LANGUAGES.items()]
        rows = [names[start : start + _A_ROW] for start in range(0, len(names), _A_ROW)]
        key = "choose_language" if turn.who.private else "choose_language_group"
        await self._sender.line(turn.target, turn.say.text(key), board.markup(rows))

    async def handle_press(self, turn: ButtonTurn, press: Press) -> Outcome:
        """Handle a button of /forget or /language."""
        return await (self._choose if press.op == callback_data.LANGUAGE else self._forget)(turn, press)

    async def _forget(self, turn: ButtonTurn, press: Press) -> Outcome:
        """Delete what is kept of the one who pressed, whoever was asked."""
        user = turn.who.user
        if press.argument != YES:
            return self._instead(turn, turn.say.text("forget_kept"))
        was_owner = user in self._memory.owners
        gone = await self._memory.forget(user)
        if gone is None:
            return alert(turn, "forget_failed")
        if was_owner:
            await withdraw(turn.query.get_bot(), user)
        return self._instead(turn, turn.say.text("forgotten", n=gone))

    async def _choose(self, turn: ButtonTurn, press: Press) -> Outcome:
        """Set the language; in a group only its administrators, and the bot's owners, choose for everybody."""
        user, chat = turn.who.user, turn.who.chat
        if press.argument not in LANGUAGES:
            return alert(turn, "expired")
        may = turn.who.private or user in self._memory.owners
        if not may and not await administers(turn.query.get_bot(), chat, user):
            return alert(turn, "admin_only")
        await self._memory.set_language(chat, press.argument)
        return self._instead(turn, Catalogue(press.argument).text("language_set"))

    def _instead(self, turn: ButtonTurn, text: str) -> Outcome:
        return Outcome(then=lambda: self._sender.put(turn.target, turn.target.message, [line(text)], None))
