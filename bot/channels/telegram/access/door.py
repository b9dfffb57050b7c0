"""Who may ask: everyone, a list, or the owners that proved themselves with a one-time code."""

import contextlib
import hmac
import secrets
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from telegram import Bot, Message
from telegram.constants import ChatMemberStatus, ChatType
from telegram.error import TelegramError

from bot.channels.telegram.memory.memory import Kept, Memory
from bot.channels.telegram.options import Access

# Without 0 O 1 I L U, which are misread.
_ALPHABET = "ABCDEFGHJKMNPQRSTVWXYZ23456789"
_LENGTH = 8
TRIES = 5
ALL_TRIES = 50

PairingOutcome = Literal["paired", "unkept", "already", "wrong", "closed"]


def new_code() -> str:
    """Return a one-time code such as `K7QX2MPA`: about 39 bits, of which a guesser gets 50 tries."""
    return "".join(secrets.choice(_ALPHABET) for _ in range(_LENGTH))


@dataclass(frozen=True, slots=True)
class Asker:
    """Who speaks, and where. `user` is the sending chat's id for anonymous admins and channels."""

    user: int
    chat: int
    private: bool


def asker(message: Message) -> Asker:
    """Return the asker of a message."""
    user = message.from_user.id if message.from_user else message.chat.id
    if message.sender_chat is not None:
        user = message.sender_chat.id
    return Asker(user, message.chat.id, message.chat.type == ChatType.PRIVATE)


async def administers(bot: Bot, chat: int, user: int) -> bool:
    """Return whether `user` is an administrator of the group `chat` at this moment; when Telegram does not say, it is
    asked once more."""
    for _ in range(2):
        with contextlib.suppress(TelegramError):
            member = await bot.get_chat_member(chat, user)
            return member.status in (ChatMemberStatus.ADMINISTRATOR, ChatMemberStatus.OWNER)
    return False


class Door:
    """Decide who is admitted, and pair owners.

    `code` is the one-time code that makes an owner, None once it was used. There is one as long as nobody owns the bot,
    or when one is wanted.
    """

    def __init__(self, access: Access, allowed: frozenset[int], memory: Memory, *, wanted: bool = False) -> None:
        self.access = access
        self.allowed = allowed
        self._memory = memory
        self._tries: dict[int, int] = {}
        self.code = new_code() if wanted or not memory.owners else None

    def admits(self, who: Asker) -> bool:
        """Return whether `who` may ask."""
        if self.access == "open" or self.owns(who) or not self.allowed.isdisjoint((who.user, who.chat)):
            return True
        return self.access == "paired" and not self._memory.chats.isdisjoint((who.user, who.chat))

    def owns(self, who: Asker) -> bool:
        """Return whether `who` is an owner."""
        return who.user in self._memory.owners

    async def pair(self, who: Asker, code: str) -> PairingOutcome:
        """Make `who` an owner if `code` is the one-time code; five wrong codes of one person end that person's tries.

        `await door.pair(asker, "k7qx-2mpa")` -> "paired" when the code is K7QX2MPA, and that is on the disk; "unkept"
        when it could not be written, so that it holds until the stop only.
        """
        if self.owns(who):
            return "already"
        if self.code is None or self._tries.get(who.user, 0) >= TRIES or sum(self._tries.values()) >= ALL_TRIES:
            return "closed"
        sent = code.replace("-", "").strip().upper()
        if not hmac.compare_digest(sent.encode(), self.code.encode()):
            self._tries[who.user] = self._tries.get(who.user, 0) + 1
            return "wrong"
        self.code = None
        return "paired" if await self._memory.add_owner(who.user) else "unkept"

    def renew(self) -> str:
        """Return a fresh code, which takes the place of the one before it, with all tries."""
        self._tries.clear()
        self.code = new_code()
        return self.code

    async def open_chat(self, who: Asker) -> Kept:
        """Let everyone in the asker's group ask; only an owner may."""
        return await self._memory.open_chat(who.chat, who.user) if self.owns(who) else "out"


class OncePer:
    """Remember what was said lately, so that it is said once.

    >>> once = OncePer(60.0, lambda: 0.0)
    >>> once.first(7), once.first(7)
    (True, False)
    """

    def __init__(self, seconds: float, clock: Callable[[], float], most: int = 10_000) -> None:
        self._seconds = seconds
        self._clock = clock
        self._most = most
        self._last: OrderedDict[int, float] = OrderedDict()

    def first(self, key: int) -> bool:
        """Return whether nothing was said to `key` within the time; it counts as said from now on."""
        now = self._clock()
        last = self._last.get(key)
        if last is not None and now - last < self._seconds:
            return False
        self._last[key] = now
        self._last.move_to_end(key)
        while len(self._last) > self._most:
            self._last.popitem(last=False)
        return True
