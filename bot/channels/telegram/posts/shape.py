"""A post as the Bot API sends it, in the shape in which Telegram exports a channel."""

from datetime import UTC
from typing import Any

from telegram import (
    Chat,
    Message,
    MessageEntity,
    MessageOriginChannel,
    MessageOriginChat,
    MessageOriginHiddenUser,
    MessageOriginUser,
)

from bot.posts import Channel

_PREFIX = "-100"


def channel_of(chat: Chat) -> Channel:
    """Return the channel that a chat is."""
    return Channel(number_of(chat.id), chat.title or "", chat.username or "")


def number_of(chat: int) -> int:
    """Return the number of a channel, as addresses and exports have it.

    >>> number_of(-1001234567890)
    1234567890
    """
    return int(str(chat).removeprefix(_PREFIX).removeprefix("-"))


def chat_of(number: int) -> int:
    """Return the id that the Bot API has for the channel of that number."""
    return int(f"{_PREFIX}{number}")


def post_of(message: Message) -> dict[str, Any] | None:
    """Return a post; None for one without words: a picture alone, a service message, a mere command."""
    text = message.text or message.caption or ""
    if not text.strip() and message.poll is None:
        return None
    if text.startswith("/") and len(text.split()) == 1:
        return None
    post: dict[str, Any] = {
        "id": message.message_id,
        "type": "message",
        "date_unixtime": str(int(message.date.timestamp())),
        "date": message.date.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S"),
        "text": _text(text, message.entities or message.caption_entities),
    }
    if message.edit_date is not None:
        post["edited_unixtime"] = str(int(message.edit_date.timestamp()))
    if message.author_signature:
        post["author"] = message.author_signature
    if (whose := _origin(message)) is not None:
        post["forwarded_from"] = whose
    if message.poll is not None:
        answers = [{"text": option.text} for option in message.poll.options]
        post["poll"] = {"question": message.poll.question, "answers": answers}
    if message.media_group_id is not None:
        post["media_type"] = "album"
    return post


def _text(text: str, marks: tuple[MessageEntity, ...]) -> Any:
    """Return a text, its bold beginning set apart: that may be a title."""
    bold = next((mark for mark in marks if mark.type == MessageEntity.BOLD and mark.offset == 0), None)
    if bold is None:
        return text
    units = text.encode("utf-16-le", "surrogatepass")
    first = units[: 2 * bold.length].decode("utf-16-le", "ignore")
    return [{"type": "bold", "text": first}, text[len(first) :]]


def _origin(message: Message) -> str | None:
    match message.forward_origin:
        case MessageOriginChannel(chat=chat):
            return chat.title
        case MessageOriginChat(sender_chat=chat):
            return chat.title
        case MessageOriginUser(sender_user=user):
            return user.full_name
        case MessageOriginHiddenUser(sender_user_name=name):
            return name
    return None
