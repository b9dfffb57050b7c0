"""The people, chats, messages and files the fake Bot API server knows, and what of them a bot gets to see."""

import math
import re
import time
from typing import Any

from tests.telegram_server.html import Entity, utf16
from tests.telegram_server.wire import JSON, ApiError, Arguments, Upload, bad

BOT_ID = 123456789
BOT_NAME = "quoth_test_bot"
# Telegram's own stand-ins for those who write in a group without showing who they are.
ANONYMOUS_ADMIN = {"id": 1087968824, "is_bot": True, "first_name": "Group", "username": "GroupAnonymousBot"}
CHANNEL_BOT = {"id": 136817688, "is_bot": True, "first_name": "Channel", "username": "Channel_Bot"}

_COMMAND = re.compile(r"(?<![\w/])/[A-Za-z0-9_]{1,64}(?:@[A-Za-z0-9_]{3,32})?(?![\w/])")
_MENTION = re.compile(r"(?<![\w/])@[A-Za-z0-9_]{4,32}\b")
_SERVICE = {"new_chat_members", "left_chat_member", "migrate_to_chat_id", "migrate_from_chat_id", "forum_topic_created"}


def person(user: int) -> JSON:
    """A user as the Bot API shows one."""
    return {"id": user, "is_bot": False, "first_name": f"Person {user}", "language_code": "en"}


def typed_entities(text: str) -> list[Entity]:
    """The entities an app finds in what a person types: `/ask x` -> one bot_command of length 4."""
    found = [("bot_command", match) for match in _COMMAND.finditer(text)]
    found += [("mention", match) for match in _MENTION.finditer(text) if not _in_command(text, match.start())]
    entities = [
        {"type": kind, "offset": utf16(text[: match.start()]), "length": utf16(match[0])} for kind, match in found
    ]
    return sorted(entities, key=lambda entity: int(entity["offset"]))


def _in_command(text: str, at: int) -> bool:
    return any(match.start() <= at < match.end() for match in _COMMAND.finditer(text))


class World:
    """Chats come to life when somebody speaks in them: a positive id is a private chat, a negative one a supergroup.

    `privacy` is BotFather's switch: on, the bot sees of a group only commands, replies to it, and mentions. `people`
    holds what differs from `person()`, such as `{7: {"language_code": "fa"}}`; `admins` the statuses of a chat's
    administrators ("creator" or "administrator"), the bot's own among them. `muted` are the chats, and `closed` the
    topics, in which only administrators may write; `shut` says why the bot may not write to a chat at all.
    """

    def __init__(self, *, privacy: bool = True) -> None:
        self.bot: JSON = {
            "id": BOT_ID,
            "is_bot": True,
            "first_name": "Quoth",
            "username": BOT_NAME,
            "can_join_groups": True,
            "can_read_all_group_messages": not privacy,
            "supports_inline_queries": True,
            "supports_guest_queries": True,
        }
        self.chats: dict[int, JSON] = {}
        self.topics: dict[int, set[int]] = {}
        self.messages: dict[tuple[int, int], JSON] = {}
        self.people: dict[int, JSON] = {}
        self.admins: dict[int, dict[int, str]] = {}
        self.files: dict[str, Upload] = {}
        self.shut: dict[int, str] = {}
        self.closed: set[tuple[int, int]] = set()
        self.muted: set[int] = set()
        self.seen: set[int] = set()
        self._slowed: dict[int, tuple[float, float]] = {}
        self.moved: dict[int, int] = {}
        self._last = 0

    def person(self, user: int) -> JSON:
        """A user, with what the test said of them."""
        self.seen.add(user)
        return person(user) | self.people.get(user, {})

    def itself(self) -> JSON:
        """The bot as others see it in a message."""
        return {key: self.bot[key] for key in ("id", "is_bot", "first_name", "username")}

    def chat(self, chat: int, *, kind: str | None = None, forum: bool = False) -> JSON:
        """The chat of that id, made on first use."""
        if chat not in self.chats:
            if kind is None:
                kind = "private" if chat > 0 else "supergroup"
            named = {"first_name": f"Person {chat}"} if kind == "private" else {"title": f"Chat {chat}"}
            self.chats[chat] = {"id": chat, "type": kind, **named} | ({"is_forum": True} if forum else {})
        return self.chats[chat]

    def message(
        self,
        chat: int,
        text: str | None,
        entities: list[Entity],
        *,
        sender: JSON | None,
        reply_to: int | None = None,
        thread: int | None = None,
        date: int | None = None,
        **extra: Any,
    ) -> JSON:
        """A new message in a chat, kept so that it can be replied to."""
        self._last += 1
        made: JSON = {"message_id": self._last, "date": date or int(time.time()), "chat": self.chat(chat)}
        if sender is not None:
            made["from"] = sender
        if text is not None:
            made["text"] = text
        if entities:
            made["entities"] = entities
        if reply_to is not None and (chat, reply_to) in self.messages:
            replied = self.messages[chat, reply_to]
            made["reply_to_message"] = {key: value for key, value in replied.items() if key != "reply_to_message"}
        if thread is not None:
            made |= {"message_thread_id": thread, "is_topic_message": True}
        made |= extra
        self.messages[chat, self._last] = made
        return made

    def changed(self, message: JSON, **fields: Any) -> JSON:
        """Puts a new state of a message in its place; a field of None goes."""
        made = message | {"edit_date": int(time.time())} | fields
        made = {name: value for name, value in made.items() if value is not None}
        self.messages[message["chat"]["id"], message["message_id"]] = made
        return made

    def document(self, upload: Upload) -> JSON:
        """Keeps a file and describes it as a document."""
        number = len(self.files)
        name = f"BQACAgQAAx{number:06d}"
        self.files[name] = upload
        return {
            "file_id": name,
            "file_unique_id": f"AgAD{number:06d}",
            "file_name": upload.name,
            "mime_type": upload.mime,
            "file_size": len(upload.content),
        }

    def visible(self, message: JSON) -> bool:
        """Whether the bot gets to see a person's message."""
        if message["chat"]["type"] in {"private", "channel"} or self.bot["can_read_all_group_messages"]:
            return True
        if not _SERVICE.isdisjoint(message) or BOT_ID in self.admins.get(message["chat"]["id"], {}):
            return True
        if message.get("reply_to_message", {}).get("from", {}).get("id") == BOT_ID:
            return True
        if message["chat"].get("is_direct_messages"):
            # Only a channel's administrators are there, and who writes to the channel.
            return True
        marks = message.get("entities") or message.get("caption_entities") or []
        if any(mark["type"] == "text_mention" and mark["user"]["id"] == BOT_ID for mark in marks):
            return True
        return self._addressed(message.get("text") or message.get("caption") or "")

    def _addressed(self, text: str) -> bool:
        ours = f"@{BOT_NAME}"
        for command in _COMMAND.findall(text):
            if "@" not in command or command.lower().endswith(ours):
                return True
        return any(mention.lower() == ours for mention in _MENTION.findall(text))

    def writable(self, arguments: Arguments) -> int:
        """The chat a call names, if the bot may write there."""
        if not arguments.get("chat_id"):
            raise bad("chat_id is empty")
        chat = arguments.number("chat_id")
        if chat in self.moved:
            raise ApiError(
                400,
                "Bad Request: group chat was upgraded to a supergroup chat",
                migrate_to_chat_id=self.moved[chat],
            )
        if chat not in self.chats and chat in self.seen:
            raise ApiError(403, "Forbidden: bot can't initiate conversation with a user")
        if chat not in self.chats:
            raise bad("chat not found")
        if chat in self.shut:
            raise ApiError(403, f"Forbidden: {self.shut[chat]}")
        return chat

    def slow_down(self, chat: int, seconds: float, *, second: float = 1.0) -> None:
        """Lets the bot neither send nor edit in a chat for so many seconds, which last `second` seconds each here."""
        self._slowed[chat] = (time.monotonic() + seconds * second, second)

    def hurried(self, chat: int) -> None:
        """Refuses what comes to a chat before its time; the refusal says how long that is still."""
        until, second = self._slowed.get(chat, (0.0, 1.0))
        if (left := (until - time.monotonic()) / second) > 0:
            wait = math.ceil(left)
            raise ApiError(429, f"Too Many Requests: retry after {wait}", retry_after=wait)

    def topic(self, chat: int, arguments: Arguments, reply_to: int | None = None) -> int | None:
        """The topic a message goes to: the one the call names, which must exist, or else that of what it replies to."""
        thread = arguments.number("message_thread_id")
        topics = self.topics.get(chat, set())
        if thread and thread not in topics:
            raise bad("message thread not found")
        if not thread and reply_to is not None:
            thread = self.messages[chat, reply_to].get("message_thread_id", 0)
        return thread if thread in topics else None

    def open_to_bot(self, chat: int, thread: int | None) -> None:
        """Refuses a message to a chat, or a topic, where members may not write and the bot is only one of them."""
        if BOT_ID in self.admins.get(chat, {}):
            return
        if chat in self.muted:
            raise bad("not enough rights to send text messages to the chat")
        if thread is not None and (chat, thread) in self.closed:
            raise bad("TOPIC_CLOSED")

    def direct(self, chat: int, arguments: Arguments) -> int | None:
        """The conversation that a call names in a channel's direct messages, where it must name one."""
        topic = arguments.number("direct_messages_topic_id")
        if self.chats[chat].get("is_direct_messages"):
            if not topic:
                raise bad("channel direct messages topic must be specified")
            return topic
        return None

    def replied(self, chat: int, arguments: Arguments) -> int | None:
        """The message a call replies to; without it only if the call allows that."""
        wanted = arguments.json("reply_parameters", "reply parameters")
        if wanted is None:
            return None
        if not isinstance(wanted, dict):
            raise bad("object expected as reply parameters")
        try:
            number = int(wanted.get("message_id", 0))
        except (TypeError, ValueError):
            raise bad('can\'t parse reply parameters: Field "message_id" must be of type Number') from None
        message = self.messages.get((chat, number))
        if message is None:
            if wanted.get("allow_sending_without_reply"):
                return None
            raise bad("message to be replied not found")
        if wanted.get("quote") and wanted["quote"] not in message.get("text", ""):
            raise bad("QUOTE_TEXT_INVALID")
        return number

    def named(self, chat: int, arguments: Arguments, to_do: str) -> JSON:
        """The message of the bot's chat that a call names; `to_do` names in the complaint what was to be done."""
        message = self.messages.get((chat, arguments.number("message_id")))
        if message is None:
            raise bad(f"message to {to_do} not found")
        return message

    def status(self, chat: int, user: int) -> str:
        """What a user is in a chat: "creator", "administrator", "member", "kicked" or "left"."""
        if status := self.admins.get(chat, {}).get(user):
            return status
        if user == BOT_ID:
            return "kicked" if chat in self.shut else "member"
        if chat > 0 and user != chat:
            return "left"
        return "member"
