"""How much of the bot's attention is one person's, and one chat's: what is beyond that is let go before any work."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from bot.channels.flood import Flood, FloodLimits
from bot.channels.telegram.memory.inbox import JSON

# In questions at once: so many updates of a person in any form come through at once, are in hand, and of a chat are.
_UPDATES: Final = 12
_IN_HAND: Final = 10
_IN_HAND_OF_A_CHAT: Final = 100

_MESSAGES: Final = ("message", "edited_message", "guest_message", "channel_post", "edited_channel_post")
_OTHERS: Final = ("callback_query", "inline_query", "message_reaction", "my_chat_member")
_POSTS: Final = ("channel_post", "edited_channel_post")
_GROUPS: Final = ("group", "supergroup")
_ADDRESSING: Final = frozenset(("bot_command", "mention", "text_mention"))


@dataclass(frozen=True, slots=True)
class Origin:
    """Where an update comes from: the id of a person, or of the chat that speaks as one, and the chat it was sent in.

    A post of a channel has no person, an inline query no chat.
    """

    person: int | None = None
    chat: int | None = None


def origin_of(update: JSON) -> Origin:
    """Return where an update, as it came, comes from, as far as it says.

    >>> origin_of({"update_id": 1, "message": {"from": {"id": 7}, "chat": {"id": -5, "type": "group"}}})
    Origin(person=7, chat=-5)
    """
    kind = next((kind for kind in (*_MESSAGES, *_OTHERS) if kind in update), "")
    content = _record(update.get(kind))
    chat = _id(content.get("chat")) or _id(_record(content.get("message")).get("chat"))
    if kind in _POSTS:
        return Origin(None, chat)
    speakers = ("sender_chat", "from", "user", "actor_chat")
    return Origin(next((who for name in speakers if (who := _id(content.get(name)))), None), chat)


def is_talk(update: JSON) -> bool:
    """Return whether an update is what people of a group say to each other: no command, no mention, no reply.

    >>> talk = {"chat": {"id": -5, "type": "group"}, "text": "lovely weather"}
    >>> is_talk({"message": talk}), is_talk({"message": talk | {"reply_to_message": {}}})
    (True, False)
    """
    content = _record(update.get("message") or update.get("edited_message"))
    chat = _record(content.get("chat"))
    if chat.get("type") not in _GROUPS or chat.get("is_direct_messages"):
        return False
    if any(field in content for field in ("reply_to_message", "migrate_to_chat_id", "direct_messages_topic")):
        return False
    marks = content.get("entities") or content.get("caption_entities") or ()
    return not any(_record(mark).get("type") in _ADDRESSING for mark in marks)


class Shares:
    """What is in hand of each person and each chat, and how fast it comes.

    Who sends more than the flood control would ever answer is let go here, unread and not written down: a person's
    twelvefold of the `limits` on questions in any form, the tenfold of it in hand at once, the hundredfold in hand of
    one chat. What waited for the start is counted apart. `trusted` sources, the bot's owners, have no such limits.
    `clock` gives seconds, monotonic.
    """

    def __init__(
        self, clock: Callable[[], float], limits: FloodLimits, trusted: Callable[[Origin], bool] = lambda _origin: False
    ) -> None:
        self._flood = Flood(clock, FloodLimits(_UPDATES * limits.burst, limits.every / _UPDATES, None))
        self._of_one, self._of_a_chat = _IN_HAND * limits.burst, _IN_HAND_OF_A_CHAT * limits.burst
        self._trusted = trusted
        self._origins: dict[int, Origin] = {}
        self._people: Counter[int] = Counter()
        self._chats: Counter[int] = Counter()

    def enter(self, update: JSON, *, waited: bool = False) -> bool:
        """Return whether an update may be worked on, and then count it until it leaves."""
        if update["update_id"] in self._origins:
            return True
        origin = origin_of(update)
        if not self._trusted(origin) and not self._has_room(origin, waited=waited):
            return False
        self._origins[update["update_id"]] = origin
        for counts, one in ((self._people, origin.person), (self._chats, origin.chat)):
            if one is not None:
                counts[one] += 1
        return True

    def person(self, number: int) -> int | None:
        """Return who sent an update that is in hand."""
        return self._origins.get(number, Origin()).person

    def leave(self, number: int) -> None:
        """Count an update no longer; one that never entered changes nothing."""
        origin = self._origins.pop(number, Origin())
        for counts, one in ((self._people, origin.person), (self._chats, origin.chat)):
            if one is not None:
                counts[one] -= 1
                if not counts[one]:
                    del counts[one]

    def _has_room(self, origin: Origin, *, waited: bool) -> bool:
        if origin.chat is not None and self._chats[origin.chat] >= self._of_a_chat:
            return False
        if origin.person is None:
            return True
        return self._people[origin.person] < self._of_one and not self._flood.wait((origin.person, waited))


def _record(value: object) -> JSON:
    return value if isinstance(value, dict) else {}


def _id(value: object) -> int | None:
    number = _record(value).get("id")
    return number if isinstance(number, int) else None
