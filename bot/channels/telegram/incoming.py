"""What of a message is meant for the bot: the words after a command, around a mention, or in a reply to it."""

import re

from telegram import Message, MessageEntity


def starts_with_command(message: Message) -> bool:
    """Return whether the message begins with a command, of whichever bot."""
    entities = message.entities
    return bool(entities) and entities[0].type == MessageEntity.BOT_COMMAND and entities[0].offset == 0


def after_command(message: Message) -> str:
    """Return the words after the command that the message begins with: "/ask@bot  who?" -> "who?"."""
    # A command is ASCII, so its UTF-16 length is its length.
    return (message.text or "")[message.entities[0].length :].strip()


def replies_to_us(message: Message) -> bool:
    """Return whether the message replies to one of the bot's own; that it opened a topic does not count."""
    replied = message.reply_to_message
    if replied is None or replied.from_user is None or replied.forum_topic_created is not None:
        return False
    return replied.from_user.id == message.get_bot().id


class Mentions:
    """Find the bot's name, `@our_bot`, at the start or the end of what is said in a group.

    >>> Mentions("our_bot").question("Who lit it @our_bot?")
    'Who lit it?'
    """

    def __init__(self, name: str) -> None:
        self.name = f"@{name}"
        self._at_start = re.compile(rf"@{re.escape(name)}\b[\s,:;.!–—-]*", re.IGNORECASE)
        self._at_end = re.compile(rf"(?:\A|[\s,]+)@{re.escape(name)}([\s?.!؟]*)\Z", re.IGNORECASE)

    def question(self, text: str) -> str | None:
        """Return what is asked; "" for a bare mention, None when the bot is not addressed."""
        if start := self._at_start.match(text):
            return text[start.end() :].strip()
        if end := self._at_end.search(text):
            return (text[: end.start()] + end[1]).strip()
        return None


def question_of(message: Message, mentions: Mentions) -> str:
    """Return the question in a message that the bot answered: without its command, without the bot's name.

    "" for a message of the bot's own, under which something else than a question was answered.
    """
    if message.from_user is not None and message.from_user.id == message.get_bot().id:
        return ""
    if starts_with_command(message):
        return after_command(message)
    text = (message.text or "").strip()
    return mentions.question(text) or text
