"""What the handlers of updates share."""

from collections.abc import Awaitable
from functools import partial
from typing import TypeVar

from telegram.ext import ExtBot

from bot.catalogue import Inserted
from bot.channels.telegram.access.admission import Admission
from bot.channels.telegram.access.door import Door
from bot.channels.telegram.access.turn import Turn
from bot.channels.telegram.conversation.attempt import Fault, attempt
from bot.channels.telegram.conversation.presenter import Presenter
from bot.channels.telegram.conversation.search import Searches
from bot.channels.telegram.incoming import Mentions
from bot.channels.telegram.memory.inbox import Inbox
from bot.channels.telegram.memory.memory import Memory
from bot.channels.telegram.messages.callback_data import Seal
from bot.channels.telegram.messages.keyboards import Board
from bot.channels.telegram.messages.sender import Sender
from bot.channels.telegram.options import Answering, Pace, TelegramOptions
from bot.channels.telegram.transport.delivery import Terms
from bot.channels.telegram.transport.metrics import Metrics

T = TypeVar("T")


class Services:
    """One of each. `bot` has told its name by now, and whether it takes inline queries."""

    def __init__(
        self,
        bot: ExtBot[Terms],
        answerer: Answering,
        memory: Memory,
        options: TelegramOptions,
        pace: Pace,
        metrics: Metrics,
        inbox: Inbox,
    ) -> None:
        self.inbox = inbox
        self.options = options
        self.pace = pace
        self.metrics = metrics
        self.memory = memory
        self.sender = Sender(bot, memory, metrics)
        self.door = Door(options.access, options.allowed, memory, wanted=options.new_code)
        self.admission = Admission(self.door, self.sender, options.flood)
        self.mentions = Mentions(bot.username)
        self.seal = Seal(options.token)
        self.board = partial(Board, self.seal, bot.username, bool(bot.bot.supports_inline_queries))
        self.searches = Searches(answerer, options.passages, pace, metrics)
        self.presenter = Presenter(memory, self.sender, self.searches, self.board)

    async def reply(self, turn: Turn, key: str, *, n: int | None = None, **inserted: Inserted) -> None:
        """Reply to `turn` with a text of the catalogue, its places filled."""
        await self.sender.line(turn.target, turn.say.text(key, n=n, **inserted))

    async def attempted(self, turn: Turn, work: Awaitable[T]) -> T | None:
        """Return what `work` gives; None when the person was told why it gives nothing."""
        result = await attempt(work)
        if isinstance(result, Fault):
            await self.sender.line(turn.target, result.text(turn.say))
            return None
        return result
