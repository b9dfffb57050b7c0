"""What of a message is meant for the bot: the words after a command, around a mention, or in what it replies to.

Commands and mentions are taken from the entities that Telegram found, never guessed from the text. What is said in a
caption counts like a text.
"""

import re
from typing import Final

from telegram import Message, MessageEntity

ASK: Final = "ask"
# What a person sends beside a text, by the fields of a message; whatever else has no text is a service message.
_CONTENT: Final = (
    *("animation", "audio", "checklist", "contact", "dice", "document", "game", "live_photo", "location"),
    *("paid_media", "photo", "poll", "sticker", "story", "venue", "video", "video_note", "voice"),
)
_AROUND = " \t\n,،、:;؛–—-"
_AFTER_NAME = f"{_AROUND}.!"
_ENDS = ".?!؟…。？！"
_ASKED = re.compile(r"/ask(?:@\w+)?(?:\s+|\Z)", re.IGNORECASE)


def words(message: Message) -> str:
    """Return what is said in a message: its text, the caption of what it carries, or what a poll asks; "" for none."""
    said = message.text or message.caption or (message.poll.question if message.poll else "")
    # Half a character, which no file takes.
    return said if said.isascii() else said.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def holds_content(message: Message) -> bool:
    """Return whether a person sent something else than a text: a picture, a voice, a place; no service message."""
    return any(getattr(message, field) for field in _CONTENT)


def is_ours(message: Message) -> bool:
    """Return whether the words are the bot's own: written by it, or sent by a person who chose an inline result."""
    ours = message.get_bot().id
    return any(who is not None and who.id == ours for who in (message.from_user, message.via_bot))


def starts_with_command(message: Message) -> bool:
    """Return whether the message begins with a command, of whichever bot; a forwarded one commands nothing."""
    return message.forward_origin is None and _command(message) is not None


def command(message: Message) -> str | None:
    """Return the name of the command that the message begins with, such as "ask"; None without one.

    One for another bot, "/ask@other_bot", has the name "".
    """
    if not starts_with_command(message):
        return None
    name, _, whose = words(message).split(maxsplit=1)[0].removeprefix("/").lower().partition("@")
    return name if whose in ("", (message.get_bot().username or "").lower()) else ""


def after_command(message: Message) -> str:
    """Return the words after the command that the message begins with: "/ask@bot  who?" -> "who?"."""
    mark = _command(message)
    # A command is ASCII, so its UTF-16 length is its length.
    return words(message)[mark.length if mark else 0 :].strip()


def replies_to_us(message: Message) -> bool:
    """Return whether the message replies to one of the bot's own; that it opened a topic does not count."""
    replied = _replied(message)
    return replied is not None and replied.from_user is not None and replied.from_user.id == message.get_bot().id


class Mentions:
    """Find the bot's name, `@our_bot` or a link to it under other words, wherever it stands in a message."""

    def __init__(self, name: str) -> None:
        self.name = f"@{name}"

    def question(self, message: Message) -> str | None:
        """Return what is asked beside the name; "" for a bare mention, None when the bot is not named."""
        text = words(message)
        spans = [_span(text, mark) for mark in _marks(message) if self._is_ours(message, text, mark)]
        for start, end in sorted(spans, reverse=True):
            text = _without(text, start, end)
        return _ASKED.sub("", text.strip(), count=1).strip() if spans else None

    def _is_ours(self, message: Message, text: str, mark: MessageEntity) -> bool:
        if mark.type == MessageEntity.TEXT_MENTION:
            return mark.user is not None and mark.user.id == message.get_bot().id
        start, end = _span(text, mark)
        return mark.type == MessageEntity.MENTION and text[start:end].lower() == self.name.lower()


def question_of(message: Message, mentions: Mentions) -> str:
    """Return what a message says, asked or not: without its command, without the bot's name.

    "" for a message of the bot's own, under which something else than a question was answered.
    """
    if message.from_user is not None and message.from_user.id == message.get_bot().id:
        return ""
    if _command(message) is not None:
        return after_command(message)
    question = mentions.question(message)
    return words(message).strip() if question is None else question


def replied_question(message: Message, mentions: Mentions) -> str:
    """Return what the message that this one replies to says, or only the words of it that are quoted; "" for none."""
    if message.quote is not None and (message.quote.is_manual or message.external_reply is not None):
        return message.quote.text.strip()
    replied = _replied(message)
    return "" if replied is None else question_of(replied, mentions)


def _replied(message: Message) -> Message | None:
    """Return the message replied to. In a topic, every message replies to the one that opened it."""
    replied = message.reply_to_message
    return None if replied is None or replied.forum_topic_created is not None else replied


def _marks(message: Message) -> tuple[MessageEntity, ...]:
    return message.entities or message.caption_entities


def _command(message: Message) -> MessageEntity | None:
    starting = (mark for mark in _marks(message) if mark.type == MessageEntity.BOT_COMMAND and mark.offset == 0)
    return next(starting, None)


def _span(text: str, mark: MessageEntity) -> tuple[int, int]:
    """Return where an entity, which counts in UTF-16 units, begins and ends in `text`."""
    units = text.encode("utf-16-le", "surrogatepass")
    start = len(units[: 2 * mark.offset].decode("utf-16-le", "ignore"))
    return start, start + len(units[2 * mark.offset : 2 * (mark.offset + mark.length)].decode("utf-16-le", "ignore"))


def _without(text: str, start: int, end: int) -> str:
    """Return `text` without a name and without the marks that set it off.

    >>> _without("Who, @our_bot, lit it?", 5, 13), _without("Who lit it @our_bot?", 11, 19)
    ('Who, lit it?', 'Who lit it?')
    """
    before, after = text[:start].rstrip(), text[end:].lstrip()
    if not before.strip(_AROUND):
        return after.lstrip(_AFTER_NAME)
    if not after.strip(_AROUND):
        return before.rstrip(_AROUND)
    if after[0] in _ENDS:
        return before.rstrip(_AROUND) + after
    if before[-1] in _AROUND or after[0] not in _AROUND:
        after = after.lstrip(_AROUND)
        return f"{before} {after}"
    return before + after
