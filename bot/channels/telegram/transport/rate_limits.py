"""How fast the bot may speak: Telegram's limits, kept per chat, so that one busy chat never silences another."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from bot.channels.telegram.transport.in_hand import ChatTurn, waiting

_REMEMBERED = 1000
# Telegram lets a bot send 30 a second. Thirty at once would arrive late and meet the next thirty; three do not.
_ALL = (3, 0.11)
_PRIVATE, _GROUP = (3, 3.0), (20, 60.0)
# Of a group's twenty: whoever turns pages leaves the others their answers.
_EDITS_IN_A_GROUP = 10


class Window:
    """At most `most` sends in any `seconds`.

    >>> window = Window(2, 3.0)
    >>> window.count(0.5)
    >>> window.free(1.0), window.free(1.0, most=1)
    (1.0, 3.5)
    """

    def __init__(self, most: int, seconds: float) -> None:
        self._moments: deque[float] = deque(maxlen=most)
        self._most = most
        self._seconds = seconds

    def free(self, now: float, most: int | None = None) -> float:
        """Return the moment, `now` or later, from which there are less than `most` (all by default) in the window."""
        beyond = len(self._moments) - min(most or self._most, self._most)
        return max(now, self._moments[beyond] + self._seconds) if beyond >= 0 else now

    def count(self, now: float) -> None:
        """Count a send that happens now."""
        self._moments.append(now)

    def used(self, now: float) -> float:
        """Return the share of the window in use, 0..1."""
        return sum(1 for moment in self._moments if moment > now - self._seconds) / self._most

    def idle(self, now: float) -> bool:
        """Return whether forgetting this window changes nothing."""
        return not self._moments or self._moments[-1] <= now - self._seconds


@dataclass(slots=True)
class _Chat:
    window: Window
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)
    edits: asyncio.Lock = field(default_factory=asyncio.Lock)
    shut_until: float = 0.0

    def idle(self, now: float) -> bool:
        busy = self.turn.locked() or self.edits.locked() or self.shut_until > now
        return not busy and self.window.idle(now)


class RateLimits:
    """27 messages a second in all, evenly; 1 a second (3 at once) in a private chat, 20 a minute in a group.

    Edits count like messages, and wait behind them. `step_aside()` is called before a wait that concerns one chat only.
    """

    def __init__(
        self, clock: Callable[[], float], sleep: Callable[[float], Awaitable[None]], step_aside: Callable[[], None]
    ) -> None:
        self._clock = clock
        self._sleep = sleep
        self._step_aside = step_aside
        self._all = Window(*_ALL)
        self._last = asyncio.Lock()
        self._chats: dict[int, _Chat] = {}

    def shut(self, chat: int, seconds: float) -> None:
        """Let nothing go to `chat` for so long, as Telegram asked."""
        self._of(chat).shut_until = self._clock() + seconds

    def pause(self, chat: int, *, to_edit: bool = False) -> float:
        """Return in how many seconds a message may go to `chat`, or be changed there, if nothing else goes before."""
        now, of = self._clock(), self._of(chat)
        return max(of.shut_until, of.window.free(now, _EDITS_IN_A_GROUP if to_edit and chat < 0 else None)) - now

    def busy(self, chat: int) -> bool:
        """Return whether half of what a chat may get was used, so that nothing idle should be sent."""
        now, of = self._clock(), self._of(chat)
        return of.shut_until > now or of.window.used(now) >= 0.5

    async def turn(self, chat: int) -> None:
        """Wait until a message may go to `chat`; those that wait go in their order."""
        # Counted when it goes, not when it was planned: a loop that lags would let all that are overdue go at once.
        of = self._of(chat)
        async with of.turn:
            while (pause := self.pause(chat)) > 0:
                self._step_aside()
                await self._sleep(pause)
            async with self._last:
                if (moment := self._all.free(self._clock())) > self._clock():
                    await self._sleep(moment - self._clock())
                self._all.count(self._clock())
                of.window.count(self._clock())

    async def turn_to_edit(self, chat: int) -> None:
        """Wait until a message in `chat` may be changed: in a group ten times a minute, behind what is to be sent."""
        while chat < 0 and (pause := self.pause(chat, to_edit=True)) > 0:
            await self._sleep(pause)
        await self.turn(chat)

    @asynccontextmanager
    async def editing(self, chat: int) -> AsyncIterator[None]:
        """Change messages of `chat` one after another."""
        edits = self._of(chat).edits
        with waiting(ChatTurn(chat, to_edit=True)):
            await edits.acquire()
        try:
            yield
        finally:
            edits.release()

    def _of(self, chat: int) -> _Chat:
        if chat not in self._chats:
            self._forget()
            # Telegram's ids: people are positive, groups and channels negative.
            self._chats[chat] = _Chat(Window(*(_PRIVATE if chat > 0 else _GROUP)))
        return self._chats[chat]

    def _forget(self) -> None:
        if len(self._chats) >= _REMEMBERED:
            now = self._clock()
            self._chats = {chat: of for chat, of in self._chats.items() if not of.idle(now)}
