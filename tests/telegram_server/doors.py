"""What a test does to the fake Bot API server: everything people, administrators and Telegram itself do in chats."""

import asyncio
import itertools
import time
from typing import Any

from tests.telegram_server.chats import RIGHTS, Chats
from tests.telegram_server.wire import JSON, Sent, Upload, bad
from tests.telegram_server.world import ANONYMOUS_ADMIN, BOT_ID, CHANNEL_BOT, typed_entities

Place = Sent | JSON


class Doors(Chats):
    """Every door queues the updates that Telegram would send, if the bot is allowed and wants to see them.

    `pressed`: the moment of each press by callback id, in seconds of the loop's clock.
    """

    def __init__(self, *settings: Any, **more: Any) -> None:
        super().__init__(*settings, **more)
        self._queries = itertools.count(1)
        self.pressed: dict[str, float] = {}
        self._reactions: dict[tuple[int, int, int], list[JSON]] = {}

    def say(
        self,
        chat: int,
        text: str | None = None,
        *,
        user: int | None = None,
        reply_to: "int | Place | None" = None,
        thread: int | None = None,
        kind: str = "message",
        always: bool = False,
        as_chat: int | None = None,
        **extra: Any,
    ) -> JSON:
        """Somebody writes in a chat (in a private one its owner, in a group person 1 unless `user` says who).

        `kind` is the field of the update ("edited_message", "channel_post", ...), `extra` are further fields of the
        message (`voice={...}`, `date=1_700_000_000`; `entities`, where an app would find others). `as_chat`: in the
        name of a chat, of the group itself as anonymous administrators do, or of a channel. Returns the message.
        Privacy mode and the bot's allowed_updates may keep it from the bot; `always` queues it even so, as an update
        from before the bot said what it wants.
        """
        posted = kind.endswith("channel_post")
        self.world.chat(chat, kind="channel" if posted else None, forum=thread is not None)
        if thread is not None:
            self.world.topics.setdefault(chat, set()).add(thread)
        sender = None if posted else self.world.person(user or (chat if chat > 0 else 1))
        if as_chat is not None:
            sender = ANONYMOUS_ADMIN if as_chat == chat else CHANNEL_BOT
            extra = {"sender_chat": self.world.chat(as_chat, kind="channel")} | extra
        replied = None if reply_to is None else reply_to if isinstance(reply_to, int) else _place(reply_to)[1]
        entities = extra.pop("entities", None) or (typed_entities(text) if text else [])
        if extra.get("caption") and "caption_entities" not in extra and (found := typed_entities(extra["caption"])):
            extra["caption_entities"] = found
        message = self.world.message(chat, text, entities, sender=sender, reply_to=replied, thread=thread, **extra)
        self._told(kind, message, always=always)
        return message

    def _told(self, kind: str, message: JSON, *, always: bool = False) -> None:
        if always:
            self.push(**{kind: message})
        elif self.world.visible(message):
            self.offer(kind, message)

    def start(self, user: int, payload: str = "") -> JSON:
        """Somebody opens `t.me/bot?start=payload` and presses Start."""
        return self.say(user, f"/start {payload}".rstrip())

    def edit(self, message: JSON, text: str) -> JSON:
        """Somebody edits a message of theirs, or its caption; returns its new state."""
        field, marks = ("text", "entities") if "text" in message else ("caption", "caption_entities")
        made = self.world.changed(message, **{field: text, marks: typed_entities(text) or None})
        self._told("edited_message", made)
        return made

    def upload(
        self, chat: int, content: bytes, filename: str, *, mime: str = "text/plain", caption: str = "", **how: Any
    ) -> JSON:
        """Somebody sends a file; `how` as in `say()`. The bot gets its bytes by getFile and a download."""
        how["document"] = self.world.document(Upload(filename, mime, content))
        if caption:
            how["caption"] = caption
        return self.say(chat, None, **how)

    def press(self, message: Sent, button: str, *, user: int | None = None, inaccessible: bool = False) -> str:
        """Somebody presses the button whose label holds `button`, as it stands now; returns the callback's id.

        `inaccessible`: the message is too old for the bot to see. LookupError when there is no such button.
        """
        pressed = self.now(message).button(button)
        if "callback_data" not in pressed:
            raise LookupError(f"{pressed['text']} sends the bot nothing: {pressed}")
        return self.press_data(message, pressed["callback_data"], user=user, inaccessible=inaccessible)

    def press_data(self, message: Sent, data: str, *, user: int | None = None, inaccessible: bool = False) -> str:
        """Somebody sends callback data of their own making from under a message; returns the callback's id."""
        query = f"cb{next(self._queries)}"
        shown: JSON = self.world.messages.get((message.chat, message.id), message.raw)
        if inaccessible:
            shown = {"chat": self.world.chats[message.chat], "message_id": message.id, "date": 0}
        presser = self.world.person(user or (message.chat if message.chat > 0 else 1))
        self._open_callbacks.add(query)
        self.pressed[query] = asyncio.get_running_loop().time()
        content = {"id": query, "from": presser, "message": shown, "chat_instance": str(message.chat), "data": data}
        self.offer("callback_query", content)
        return query

    async def press_and_wait(self, message: Sent, button: str, *, timeout: float = 30.0, **how: Any) -> JSON:
        """`press()`, then what the bot said to the button: `{"text": ..., "show_alert": ..., "url": ...}`."""
        query = self.press(message, button, **how)
        await self.until(lambda: query in self.answers, timeout=timeout)
        return self.answers[query]

    def inline(self, user: int, query: str, offset: str = "", *, chat_type: str = "sender") -> str:
        """Somebody types `@bot query` in some chat; returns the id under which `inline_answers` gets the answer."""
        if not self.world.bot["supports_inline_queries"]:
            raise LookupError("inline mode is off: BotFather's /setinline")
        name = f"iq{next(self._queries)}"
        self._open_inline.add(name)
        content = {"id": name, "from": self.world.person(user), "query": query[:256], "offset": offset}
        self.offer("inline_query", content | {"chat_type": chat_type})
        return name

    async def inline_and_wait(
        self, user: int, query: str, offset: str = "", *, timeout: float = 30.0, chat_type: str = "sender"
    ) -> JSON:
        """`inline()`, then the answer: its results (each with `text` and `entities` as sent), next_offset, button."""
        name = self.inline(user, query, offset, chat_type=chat_type)
        await self.until(lambda: name in self.inline_answers, timeout=timeout)
        return self.inline_answers[name]

    def summon(self, user: int, text: str, **extra: Any) -> str:
        """Somebody mentions the bot in a chat where it is not; returns the id under which `guest_answers` gets the
        answer. The chat's id may be that of a chat the bot knows: it is not the same one."""
        if not self.world.bot["supports_guest_queries"]:
            raise LookupError("guest mode is off: BotFather's settings of the bot")
        name = f"gq{next(self._queries)}"
        self._open_guests.add(name)
        message: JSON = {"message_id": next(self._queries), "date": int(time.time()), "guest_query_id": name}
        message |= {"chat": {"id": -1_000_000_000_001, "type": "supergroup", "title": "Elsewhere"}, "text": text}
        message |= {"from": self.world.person(user), "entities": typed_entities(text)}
        self.offer("guest_message", message | extra)
        return name

    async def summon_and_wait(self, user: int, text: str, *, timeout: float = 30.0, **extra: Any) -> JSON:
        """`summon()`, then the message that the bot sent, with its `text` and `entities`."""
        name = self.summon(user, text, **extra)
        await self.until(lambda: name in self.guest_answers, timeout=timeout)
        return self.guest_answers[name]

    def react(self, message: Sent, *emoji: str, user: int | None = None) -> None:
        """Somebody sets their reactions to a message, in the place of those before; none takes them away."""
        who = user or (message.chat if message.chat > 0 else 1)
        key = (message.chat, message.id, who)
        before, now = self._reactions.get(key, []), [{"type": "emoji", "emoji": one} for one in emoji]
        self._reactions[key] = now
        # Of groups, only administrators are told.
        if message.chat > 0 or BOT_ID in self.world.admins.get(message.chat, {}):
            change = {"chat": self.world.chats[message.chat], "message_id": message.id, "user": self.world.person(who)}
            change |= {"date": int(time.time()), "old_reaction": before, "new_reaction": now}
            self.offer("message_reaction", change)

    def choose(self, answer: JSON, result: int, user: int, chat: int) -> JSON:
        """Somebody sends a result of an inline answer to a chat; returns the message, which only people see."""
        chosen = answer["results"][result]
        self.offer(
            "chosen_inline_result", {"result_id": chosen["id"], "from": self.world.person(user), "query": "chosen"}
        )
        sender = self.world.person(user)
        via = self.world.itself()
        return self.world.message(chat, chosen["text"], chosen["entities"], sender=sender, via_bot=via)

    # What administrators and Telegram do.

    def promote(self, chat: int, user: int, status: str = "administrator") -> None:
        """Makes a user (the bot too) an "administrator" or the "creator" of a chat; "member" takes it back."""
        self.world.chat(chat)
        admins = self.world.admins.setdefault(chat, {})
        before = self.world.status(chat, user)
        if status == "member":
            admins.pop(user, None)
        else:
            admins[user] = status
        if user == BOT_ID:
            self._membership(chat, before, status, 1)

    def open_direct_messages(self, chat: int) -> None:
        """A channel takes direct messages in `chat`, of which each person has a topic of their own."""
        self.world.chats[chat] = {"id": chat, "type": "supergroup", "title": f"Chat {chat}", "is_direct_messages": True}

    def add_bot(self, chat: int, *, user: int = 1, kind: str = "supergroup") -> None:
        """Somebody adds the bot to a group."""
        self.world.chat(chat, kind=kind)
        before = "kicked" if chat in self.world.shut else "left"
        self.world.shut.pop(chat, None)
        self._membership(chat, before, "member", user)
        self.say(chat, None, user=user, new_chat_members=[self.world.itself()])

    def kick_bot(self, chat: int, *, user: int = 1) -> None:
        """Somebody removes the bot from a group."""
        self.world.shut[chat] = f"bot was kicked from the {self.world.chat(chat)['type']} chat"
        self._membership(chat, "member", "kicked", user)

    def block(self, user: int) -> None:
        """Somebody blocks the bot."""
        self.world.chat(user)
        self.world.shut[user] = "bot was blocked by the user"
        self._membership(user, "member", "kicked", user)

    def unblock(self, user: int) -> None:
        """And takes it back."""
        self.world.shut.pop(user, None)
        self._membership(user, "kicked", "member", user)

    def _membership(self, chat: int, before: str, after: str, user: int) -> None:
        def member(status: str) -> JSON:
            more: JSON = {"until_date": 0} if status == "kicked" else {}
            if status == "administrator":
                more = dict.fromkeys(RIGHTS, True) | {"is_anonymous": False}
            return self._member(chat, BOT_ID) | {"status": status} | more

        change = {"chat": self.world.chats[chat], "from": self.world.person(user), "date": int(time.time())}
        change |= {"old_chat_member": member(before), "new_chat_member": member(after)}
        self.offer("my_chat_member", change)

    def migrate(self, chat: int, to: int | None = None) -> int:
        """A group becomes a supergroup; returns its new id, under which both service messages make it known."""
        new = to if to is not None else int(f"-100{abs(chat)}")
        old = self.world.chat(chat, kind="group")
        self.world.chats[new] = {"id": new, "type": "supergroup", "title": old.get("title", "")}
        self.world.admins[new] = dict(self.world.admins.get(chat, {}))
        self.say(chat, None, migrate_to_chat_id=new)
        self.say(new, None, migrate_from_chat_id=chat)
        self.world.moved[chat] = new
        return new

    # What a test waits for.

    async def say_and_wait(self, chat: int, text: str | None = None, *, timeout: float = 30.0, **how: Any) -> Sent:
        """`say()`, then the first message the bot sends to that chat; TimeoutError if none comes."""
        before = len(self.sent(chat))
        self.say(chat, text, **how)
        return (await self.wait_sent(before + 1, chat, timeout=timeout))[before]

    async def wait_sent(self, count: int, chat: int | None = None, *, timeout: float = 30.0) -> list[Sent]:
        """Waits until the bot has sent `count` messages (to that chat) in all."""
        await self.until(lambda: len(self.sent(chat)) >= count, timeout=timeout)
        return self.sent(chat)

    async def wait_edit(self, message: Sent, count: int = 1, *, timeout: float = 30.0) -> Sent:
        """Waits until a message of the bot was edited `count` times in all; returns the state that gave."""
        await self.until(lambda: len(self.edits_of(message)) >= count, timeout=timeout)
        return self.edits_of(message)[count - 1]


def _place(message: Place) -> tuple[int, int]:
    """The chat and the number of a message, a person's or the bot's."""
    if isinstance(message, Sent):
        return message.chat, message.id
    if "chat" not in message:
        raise bad("message to be replied not found")
    return message["chat"]["id"], message["message_id"]
