"""What each kind of update means: who handles it."""

from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, TypeVar

from telegram import Message, Update
from telegram.ext import (
    Application,
    CallbackQueryHandler,
    ChatMemberHandler,
    CommandHandler,
    ContextTypes,
    InlineQueryHandler,
    MessageHandler,
    filters,
)

from bot.channels.telegram.access.admission import Admission
from bot.channels.telegram.access.door import Door
from bot.channels.telegram.access.groups import Groups
from bot.channels.telegram.access.pairing import Pairing
from bot.channels.telegram.conversation.browse import Lists
from bot.channels.telegram.conversation.callbacks import Callbacks
from bot.channels.telegram.conversation.commands import Commands
from bot.channels.telegram.conversation.inline import Inline
from bot.channels.telegram.conversation.presenter import Presenter
from bot.channels.telegram.conversation.questions import Questions
from bot.channels.telegram.conversation.search import Searches
from bot.channels.telegram.faults import log_fault
from bot.channels.telegram.incoming import Mentions
from bot.channels.telegram.memory.memory import Memory
from bot.channels.telegram.messages.callback_data import Seal
from bot.channels.telegram.messages.sender import Sender
from bot.channels.telegram.options import Answering, Pace, TelegramOptions
from bot.channels.telegram.owners.desk import Desk
from bot.channels.telegram.owners.privacy import Privacy
from bot.channels.telegram.owners.rebuild import Rebuilding
from bot.channels.telegram.owners.status import Owners
from bot.channels.telegram.owners.uploads import Uploads
from bot.channels.telegram.transport.metrics import Metrics

App = Application[Any, Any, Any, Any, Any, Any]
Handle = Callable[[Message], Awaitable[None]]
Run = Callable[[Update, ContextTypes.DEFAULT_TYPE], Coroutine[Any, Any, None]]

T = TypeVar("T")


class Router:
    """The channel's ears: adds a handler to the application for everything that is answered."""

    def __init__(
        self,
        options: TelegramOptions,
        answerer: Answering,
        door: Door,
        memory: Memory,
        sender: Sender,
        pace: Pace,
        metrics: Metrics,
    ) -> None:
        self._options = options
        self._door = door
        self._memory = memory
        self._sender = sender
        self._pace = pace
        self._metrics = metrics
        self._desk: Desk | None = None
        self._searches = Searches(answerer, options.passages, pace, metrics)
        self._seal = Seal(options.token)

    def register(self, app: App, name: str, *, inline: bool, tell: Callable[[str], None] | None = None) -> None:
        """Adds the handlers; `name` is the bot's own user name, `inline` whether it takes inline queries, `tell` writes
        to the owner's terminal.

        The first two are known only after the first contact. Channel posts have none of the fields that are handled.
        """
        mentions = Mentions(name)
        door, memory, searches, sender = self._door, self._memory, self._searches, self._sender
        admission = Admission(door, memory, sender, self._options.flood)
        pairing = Pairing(door, memory, sender, mentions, tell)
        presenter = Presenter(sender, memory, searches, self._seal, mentions, inline=inline)
        lists = Lists(admission, memory, searches, presenter, sender)
        questions = Questions(admission, memory, searches, presenter, sender, self._pace, mentions)
        commands = Commands(door, memory, admission, pairing, searches, presenter, lists, sender)
        presses = Callbacks(door, memory, searches, presenter, sender, self._seal, lists)
        groups = Groups(door, memory, mentions, leaves=self._options.leave_groups)
        self._desk = desk = self._seated(admission, presenter, commands)
        named: dict[str, Handle] = {
            "ask": questions.ask,
            "help": commands.help,
            "titles": lists.titles,
            "latest": lists.latest,
            "pair": pairing.pair,
            "start": commands.start,
        }
        for command, handle in (named | desk.commands()).items():
            app.add_handler(CommandHandler(command, _on(handle), filters=filters.UpdateType.MESSAGE))
        if desk.document is not None:
            files = filters.UpdateType.MESSAGE & filters.ChatType.PRIVATE & filters.Document.ALL
            app.add_handler(MessageHandler(files, _on(desk.document)))
        self._add_messages(app, questions, commands, groups)
        asked = Inline(door, memory, searches, presenter)
        app.add_handler(InlineQueryHandler(_on_part(lambda update: update.inline_query, asked.asked)))
        pressed = _on_part(lambda update: update.callback_query, desk.pressed)
        app.add_handler(CallbackQueryHandler(pressed, pattern=desk.knows))
        app.add_handler(CallbackQueryHandler(_on_part(lambda update: update.callback_query, presses.pressed)))
        standing = ChatMemberHandler.MY_CHAT_MEMBER
        app.add_handler(ChatMemberHandler(_on_part(lambda update: update.my_chat_member, groups.changed), standing))
        app.add_error_handler(_on_error)

    async def close(self) -> None:
        """Gives up what runs beside the answers."""
        if self._desk is not None:
            await self._desk.close()

    def _seated(self, admission: Admission, presenter: Presenter, commands: Commands) -> Desk:
        door, memory, sender, library = self._door, self._memory, self._sender, self._options.library
        uploads = None
        if library is not None:
            rebuilding = Rebuilding(library, memory, presenter, sender, self._pace.progress)
            uploads = Uploads(library, door, memory, rebuilding, sender, commands.no_text)
        privacy = Privacy(memory, admission, presenter, sender)
        owners = Owners(door, memory, sender, self._metrics, library)
        return Desk(door, memory, admission, self._seal, privacy, owners, uploads)

    def _add_messages(self, app: App, questions: Questions, commands: Commands, groups: Groups) -> None:
        new, private, group = filters.UpdateType.MESSAGE, filters.ChatType.PRIVATE, filters.ChatType.GROUPS
        edited = filters.UpdateType.EDITED_MESSAGE & filters.TEXT
        app.add_handler(MessageHandler(edited, _on(questions.edited)))
        app.add_handler(MessageHandler(new & private & filters.COMMAND, _on(commands.unknown)))
        app.add_handler(MessageHandler(new & private & filters.TEXT, _on(questions.private_text)))
        app.add_handler(MessageHandler(new & private & ~filters.StatusUpdate.ALL, _on(commands.no_text)))
        app.add_handler(MessageHandler(new & group & filters.TEXT & ~filters.COMMAND, _on(questions.group_text)))
        app.add_handler(MessageHandler(new & filters.StatusUpdate.MIGRATE, _on(groups.migrated)))


def _on(handle: Handle) -> Run:
    """PTB's form of a handler of messages; other bots and copies of channel posts are left alone."""

    async def run(update: Update, _: ContextTypes.DEFAULT_TYPE) -> None:
        message = update.message or update.edited_message
        if message is None or message.is_automatic_forward:
            return
        if message.from_user and message.from_user.is_bot and message.sender_chat is None:
            return
        await handle(message)

    return run


def _on_part(part: Callable[[Update], T | None], handle: Callable[[T], Awaitable[None]]) -> Run:
    """PTB's form of a handler of one field of an update."""

    async def run(update: Update, _: ContextTypes.DEFAULT_TYPE) -> None:
        found = part(update)
        if found is not None:
            await handle(found)

    return run


async def _on_error(_update: object, context: ContextTypes.DEFAULT_TYPE) -> None:
    if context.error is not None:
        log_fault(context.error)
