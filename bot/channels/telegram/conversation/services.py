"""What the handlers of updates share."""

from dataclasses import dataclass

from telegram import Bot

from bot.channels.telegram.access.admission import Admission
from bot.channels.telegram.access.door import Door
from bot.channels.telegram.conversation.presenter import Presenter
from bot.channels.telegram.conversation.search import Searches
from bot.channels.telegram.incoming import Mentions
from bot.channels.telegram.memory.memory import Memory
from bot.channels.telegram.messages.callback_data import Seal
from bot.channels.telegram.messages.keyboards import Boards
from bot.channels.telegram.messages.sender import Sender
from bot.channels.telegram.options import Answering, Pace, TelegramOptions
from bot.channels.telegram.transport.metrics import Metrics


@dataclass(frozen=True, slots=True)
class Services:
    """One of each."""

    options: TelegramOptions
    pace: Pace
    metrics: Metrics
    memory: Memory
    sender: Sender
    door: Door
    admission: Admission
    mentions: Mentions
    boards: Boards
    searches: Searches
    presenter: Presenter

    @classmethod
    def assemble(
        cls,
        bot: Bot,
        answerer: Answering,
        memory: Memory,
        door: Door,
        options: TelegramOptions,
        pace: Pace,
        metrics: Metrics,
    ) -> "Services":
        """Return the services of `bot`, which has told its name by now, and whether it takes inline queries."""
        sender = Sender(bot, memory)
        boards = Boards(Seal(options.token), bot.username, bool(bot.bot.supports_inline_queries))
        searches = Searches(answerer, options.passages, pace, metrics)
        return cls(
            options=options,
            pace=pace,
            metrics=metrics,
            memory=memory,
            sender=sender,
            door=door,
            admission=Admission(door, sender, options.flood),
            mentions=Mentions(boards.name),
            boards=boards,
            searches=searches,
            presenter=Presenter(memory, sender, searches, boards),
        )
