"""What each kind of update means: who handles it."""

from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

from telegram import Message, Update
from telegram.ext import Application, CommandHandler, ContextTypes, MessageHandler, filters

from bot.channels.telegram.access import Door
from bot.channels.telegram.admission import Admission
from bot.channels.telegram.commands import Commands
from bot.channels.telegram.faults import logged
from bot.channels.telegram.memory import Memory
from bot.channels.telegram.options import Answering, Pace, TelegramOptions
from bot.channels.telegram.pairing import Pairing
from bot.channels.telegram.questions import Questions
from bot.channels.telegram.replies import Replies

App = Application[Any, Any, Any, Any, Any, Any]
Handle = Callable[[Message], Awaitable[None]]


class Conversation:
    """The channel's ears: adds a handler to the application for everything that is answered."""

    def __init__(
        self, options: TelegramOptions, answerer: Answering, door: Door, memory: Memory, replies: Replies, pace: Pace
    ) -> None:
        self._options = options
        self._answerer = answerer
        self._door = door
        self._memory = memory
        self._replies = replies
        self._pace = pace

    def register(self, app: App, name: str) -> None:
        """Adds the handlers; `name` is the bot's own user name, known only after the first contact.

        Only new messages pass: edited ones and channel posts have no `update.message`.
        """
        admission = Admission(self._door, self._replies)
        pairing = Pairing(self._door, self._replies, name)
        questions = Questions(self._answerer, self._options.passages, admission, self._replies, self._pace, name)
        commands = Commands(self._answerer, self._door, admission, pairing, self._replies, name)
        new, private, group = filters.UpdateType.MESSAGE, filters.ChatType.PRIVATE, filters.ChatType.GROUPS
        for command, handle in (
            ("ask", questions.ask),
            ("help", commands.help),
            ("pair", pairing.pair),
            ("start", commands.start),
        ):
            app.add_handler(CommandHandler(command, _on(handle), filters=new))
        app.add_handler(MessageHandler(new & private & filters.COMMAND, _on(commands.unknown)))
        app.add_handler(MessageHandler(new & private & filters.TEXT, _on(questions.private_text)))
        app.add_handler(MessageHandler(new & private & ~filters.StatusUpdate.ALL, _on(commands.no_text)))
        app.add_handler(MessageHandler(new & group & filters.TEXT & ~filters.COMMAND, _on(questions.group_text)))
        app.add_handler(MessageHandler(new & filters.StatusUpdate.MIGRATE, _on(self._migrated)))
        app.add_error_handler(_on_error)

    async def _migrated(self, message: Message) -> None:
        if message.migrate_to_chat_id is not None:
            self._memory.move_chat(message.chat.id, message.migrate_to_chat_id)


def _on(handle: Handle) -> Callable[[Update, ContextTypes.DEFAULT_TYPE], Coroutine[Any, Any, None]]:
    """PTB's form of a handler; other bots and copies of channel posts are left alone."""

    async def run(update: Update, _: ContextTypes.DEFAULT_TYPE) -> None:
        message = update.message
        if message is None or message.is_automatic_forward:
            return
        if message.from_user and message.from_user.is_bot and message.sender_chat is None:
            return
        await handle(message)

    return run


async def _on_error(_update: object, context: ContextTypes.DEFAULT_TYPE) -> None:
    if context.error is not None:
        logged(context.error)
