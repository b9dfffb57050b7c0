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

from bot.channels.telegram.access import Door
from bot.channels.telegram.admission import Admission
from bot.channels.telegram.buttons import Seal
from bot.channels.telegram.commands import Commands
from bot.channels.telegram.faults import logged
from bot.channels.telegram.groups import Groups
from bot.channels.telegram.incoming import Mentions
from bot.channels.telegram.inline import Inline
from bot.channels.telegram.lists import Lists
from bot.channels.telegram.memory import Memory
from bot.channels.telegram.options import Answering, Pace, TelegramOptions
from bot.channels.telegram.pairing import Pairing
from bot.channels.telegram.presenter import Presenter
from bot.channels.telegram.presses import Presses
from bot.channels.telegram.questions import Questions
from bot.channels.telegram.replies import Replies
from bot.channels.telegram.searches import Searches

App = Application[Any, Any, Any, Any, Any, Any]
Handle = Callable[[Message], Awaitable[None]]
Run = Callable[[Update, ContextTypes.DEFAULT_TYPE], Coroutine[Any, Any, None]]

T = TypeVar("T")


class Conversation:
    """The channel's ears: adds a handler to the application for everything that is answered."""

    def __init__(
        self, options: TelegramOptions, answerer: Answering, door: Door, memory: Memory, replies: Replies, pace: Pace
    ) -> None:
        self._options = options
        self._door = door
        self._memory = memory
        self._replies = replies
        self._pace = pace
        self._searches = Searches(answerer, options.passages, pace)
        self._seal = Seal(options.token)

    def register(self, app: App, name: str, *, inline: bool) -> None:
        """Adds the handlers; `name` is the bot's own user name, `inline` whether it takes inline queries.

        Both are known only after the first contact. Channel posts have none of the fields that are handled.
        """
        mentions = Mentions(name)
        door, memory, searches, replies = self._door, self._memory, self._searches, self._replies
        admission, pairing = Admission(door, memory, replies), Pairing(door, memory, replies, mentions)
        presenter = Presenter(replies, memory, searches, self._seal, mentions, inline=inline)
        lists = Lists(admission, memory, searches, presenter, replies)
        questions = Questions(admission, memory, searches, presenter, replies, self._pace, mentions)
        commands = Commands(door, memory, admission, pairing, searches, presenter, lists, replies)
        presses = Presses(door, memory, searches, presenter, replies, self._seal, lists)
        groups = Groups(door, memory, mentions, leaves=self._options.leave_groups)
        self._add_messages(app, questions, commands, pairing, lists, groups)
        asked = Inline(door, memory, searches, presenter)
        app.add_handler(InlineQueryHandler(_on_part(lambda update: update.inline_query, asked.asked)))
        app.add_handler(CallbackQueryHandler(_on_part(lambda update: update.callback_query, presses.pressed)))
        standing = ChatMemberHandler.MY_CHAT_MEMBER
        app.add_handler(ChatMemberHandler(_on_part(lambda update: update.my_chat_member, groups.changed), standing))
        app.add_error_handler(_on_error)

    def _add_messages(
        self, app: App, questions: Questions, commands: Commands, pairing: Pairing, lists: Lists, groups: Groups
    ) -> None:
        new, private, group = filters.UpdateType.MESSAGE, filters.ChatType.PRIVATE, filters.ChatType.GROUPS
        named: dict[str, Handle] = {
            "ask": questions.ask,
            "help": commands.help,
            "titles": lists.titles,
            "latest": lists.latest,
            "pair": pairing.pair,
            "start": commands.start,
        }
        for command, handle in named.items():
            app.add_handler(CommandHandler(command, _on(handle), filters=new))
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
        logged(context.error)
