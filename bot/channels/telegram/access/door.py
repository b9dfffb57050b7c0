"""Who may ask: everyone, a list, or the owners that proved themselves with a one-time code."""

import contextlib
import hmac
import secrets
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
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
# Seconds without another try after the second wrong code of somebody, fourfold after each further one, up to an hour.
FIRST_PAUSE = 60.0
_LONGEST_PAUSE = 3600.0
_REMEMBERED = 10_000

PairingOutcome = Literal["paired", "unkept", "already", "wrong", "early", "closed"]


def new_code() -> str:
    """Return a one-time code such as `K7QX2MPA`: about 39 bits, of which a guesser gets some 28 tries a day."""
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

    def __init__(
        self,
        access: Access,
        allowed: frozenset[int],
        memory: Memory,
        *,
        wanted: bool = False,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.access = access
        self.allowed = allowed
        self._memory = memory
        self._clock = clock
        # How many wrong codes somebody sent, and from when on the next one is looked at.
        self._wrong: OrderedDict[int, tuple[int, float]] = OrderedDict()
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
        """Make `who` an owner if `code` is the one-time code; wrong ones slow down who sends them, and nobody else.

        `await door.pair(asker, "k7qx-2mpa")` -> "paired" when the code is K7QX2MPA, and that is on the disk; "unkept"
        when it could not be written, so that it holds until the stop only; "early" when no code of theirs is looked at
        for `pause` seconds yet.
        """
        if self.owns(who):
            return "already"
        if self.pause(who):
            return "early"
        if self.code is None:
            return "closed"
        sent = code.replace("-", "").strip().upper()
        if not hmac.compare_digest(sent.encode(), self.code.encode()):
            self._slow_down(who.user)
            return "wrong"
        self.code = None
        return "paired" if await self._memory.add_owner(who.user) else "unkept"

    def pause(self, who: Asker) -> float:
        """Return for how many seconds no code of `who` is looked at."""
        return max(0.0, self._wrong.get(who.user, (0, 0.0))[1] - self._clock())

    def renew(self) -> str:
        """Return a fresh code, which takes the place of the one before it; nobody has to wait any more."""
        self._wrong.clear()
        self.code = new_code()
        return self.code

    def _slow_down(self, user: int) -> None:
        times = self._wrong.get(user, (0, 0.0))[0] + 1
        # The first one may be a slip.
        pause = min(FIRST_PAUSE * 4.0 ** min(times - 2, 9), _LONGEST_PAUSE) if times > 1 else 0.0
        self._wrong[user] = (times, self._clock() + pause)
        self._wrong.move_to_end(user)
        while len(self._wrong) > _REMEMBERED:
            self._wrong.popitem(last=False)

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
        self._last: OrderedDict[Hashable, float] = OrderedDict()

    def first(self, key: Hashable) -> bool:
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
