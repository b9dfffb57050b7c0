"""Who is answered, where, and in which language: found out once for each update, and handed to whoever answers it."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from telegram import CallbackQuery, MaybeInaccessibleMessage, Message
from telegram.constants import ChatType

from bot.catalogue import Catalogue
from bot.channels.telegram.access.door import Asker, asker
from bot.channels.telegram.access.language import catalogue_for
from bot.channels.telegram.messages.sender import Target


@dataclass(frozen=True, slots=True)
class Turn:
    """An update that is answered: who speaks, where a reply goes, and the catalogue of the language to speak.

    `asked_in` is the id of the message that asks, None for the press of a button.
    """

    who: Asker
    target: Target
    say: Catalogue
    asked_in: int | None


@dataclass(frozen=True, slots=True)
class MessageTurn(Turn):
    """A message, new or edited."""

    message: Message

    @classmethod
    def of(cls, message: Message, chosen: str | None) -> "MessageTurn":
        """Return the turn of `message` in a chat that has `chosen` a language, or none; a reply stays in its topic."""
        who, say = asker(message), catalogue_for(chosen, message.from_user)
        return cls(who, _target(message, who.user, say), say, message.message_id, message)

    @property
    def is_question(self) -> bool:
        """Whether every text here is a question: in private, and what people write directly to a channel."""
        return self.who.private or (self.target.direct is not None and self.message.sender_chat is None)


@dataclass(frozen=True, slots=True)
class ButtonTurn(Turn):
    """The press of a button. `message` holds the button, None when it is too old to be seen."""

    query: CallbackQuery
    message: Message | None

    @classmethod
    def of(cls, query: CallbackQuery, under: MaybeInaccessibleMessage, chosen: str | None) -> "ButtonTurn":
        """Return the turn of a press of a button that is `under` a message of ours."""
        chat, private = under.chat.id, under.chat.id > 0
        # PTB makes a Message of either kind.
        message = under if isinstance(under, Message) and under.is_accessible else None
        who, say = Asker(query.from_user.id, chat, private), catalogue_for(chosen, query.from_user)
        target = Target(chat, None, under.message_id, private, who.user, say)
        if message is not None:
            target = _target(message, who.user, say)
        return cls(who, target, say, None, query, message)

    @property
    def editable(self) -> int | None:
        """The id of the message with the button, if it can still be changed."""
        return self.message.message_id if self.message is not None else None

    @property
    def replied_to(self) -> Message | None:
        """The message that the one with the button replies to."""
        return self.message.reply_to_message if self.message is not None else None


Handle = Callable[[MessageTurn], Awaitable[None]]


def _target(message: Message, user: int, say: Catalogue) -> Target:
    thread = message.message_thread_id if message.is_topic_message else None
    direct = message.direct_messages_topic.topic_id if message.direct_messages_topic else None
    private = message.chat.type == ChatType.PRIVATE
    return Target(message.chat.id, thread, message.message_id, private, user, say, direct)
