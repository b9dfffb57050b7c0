"""A press of a button: where it happened, what it leads to, and that Telegram is told first."""

import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from telegram import CallbackQuery, Message, User
from telegram.error import TelegramError

from bot.catalogue import Catalogue
from bot.channels.telegram.access.language import spoken
from bot.channels.telegram.faults import logged
from bot.channels.telegram.memory.memory import Memory
from bot.channels.telegram.messages.sender import Target, reply_target
from index import NoIndexError

LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What is said to the one who pressed, as a passing line or as an `alert`, and what is done after that."""

    said: str = ""
    alert: bool = False
    then: Callable[[], Awaitable[object]] | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """Where a button was pressed, by whom, in which language. `message` is None when it is too old to be seen."""

    chat: int
    message_id: int
    message: Message | None
    presser: User
    say: Catalogue

    @property
    def target(self) -> Target:
        """Where a reply to the message with the button goes."""
        if self.message is not None:
            return reply_target(self.message)
        return Target(self.chat, None, self.message_id, private=self.chat > 0)

    @property
    def editable(self) -> int | None:
        """The id of the message with the button, if it can still be changed."""
        return self.message.message_id if self.message is not None else None

    @property
    def asked_by(self) -> Message | None:
        """The message that the one with the button replies to."""
        return self.message.reply_to_message if self.message is not None else None

    def alert(self, key: str) -> Outcome:
        """One of the catalogue's texts, to be confirmed by the reader; nothing else happens."""
        return Outcome(self.say.text(key), alert=True)


async def handled(
    query: CallbackQuery, memory: Memory, decide: Callable[[CallbackQuery, Place], Awaitable[Outcome]]
) -> None:
    """Tells Telegram what `decide` made of a press, then does it."""
    if query.message is None:
        await told(query, Outcome())
        return
    chat = query.message.chat.id
    say = spoken(memory, chat, query.from_user)
    place = Place(chat, query.message.message_id, seen(query), query.from_user, say)
    try:
        outcome = await decide(query, place)
    except NoIndexError:
        outcome = place.alert("preparing")
    except Exception as error:  # noqa: BLE001 - the button must not spin for ever, and the owner gets a trace
        outcome = Outcome(say.text("broken", ref=logged(error)), alert=True)
    await told(query, outcome)
    if outcome.then is not None:
        await outcome.then()


def seen(query: CallbackQuery) -> Message | None:
    """The message of a button, None when it is too old to be seen."""
    message = query.message
    # PTB makes a Message of either kind.
    return message if isinstance(message, Message) and message.is_accessible else None


async def told(query: CallbackQuery, outcome: Outcome) -> None:
    """Answers the press, so that the button stops spinning; a press that is too old is nobody's fault."""
    try:
        await query.answer(outcome.said or None, show_alert=outcome.alert)
    except TelegramError as error:
        LOG.debug("a press was not answered (%s)", type(error).__name__)
