"""What each kind of update means: who handles it."""

from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, TypeVar

from telegram import ChatMemberUpdated, Update
from telegram.constants import ChatType
from telegram.ext import (
    Application,
    CallbackQueryHandler,
    ChatMemberHandler,
    ContextTypes,
    InlineQueryHandler,
    MessageHandler,
    MessageReactionHandler,
    TypeHandler,
    filters,
)

from bot.channels.faults import log_fault
from bot.channels.telegram.access.groups import Groups
from bot.channels.telegram.access.pairing import Pairing
from bot.channels.telegram.access.turn import ButtonTurn, Handle, MessageTurn
from bot.channels.telegram.conversation.albums import Albums
from bot.channels.telegram.conversation.browse import Lists
from bot.channels.telegram.conversation.callback import Outcome, acknowledge, handle_callback
from bot.channels.telegram.conversation.callbacks import Callbacks
from bot.channels.telegram.conversation.commands import Commands
from bot.channels.telegram.conversation.guests import Guests
from bot.channels.telegram.conversation.inline import Inline
from bot.channels.telegram.conversation.questions import Questions
from bot.channels.telegram.conversation.reactions import Reactions
from bot.channels.telegram.conversation.services import Services
from bot.channels.telegram.incoming import ASK, command, holds_content, is_ours, words
from bot.channels.telegram.owners.desk import Desk
from bot.channels.telegram.owners.notices import Notices
from bot.channels.telegram.posts.channels import Channels
from bot.posts import Posts

App = Application[Any, Any, Any, Any, Any, Any]
Run = Callable[[Update, ContextTypes.DEFAULT_TYPE], Coroutine[Any, Any, None]]

T = TypeVar("T")


class Router:
    """The channel's ears: adds a handler to the application for everything that is answered.

    `tell` writes to the owner's terminal.
    """

    def __init__(self, services: Services, tell: Callable[[str], None] | None) -> None:
        self._memory = services.memory
        self._gate = services.admission.gate
        self._pairing = Pairing(services.door, services.admission, services.sender, services.mentions, tell)
        leaves = services.options.leave_groups
        self._groups = Groups(services.door, services.admission, services.memory, services.mentions, leaves=leaves)
        self._lists = Lists(services)
        self._questions = Questions(services)
        self._commands = Commands(services, self._pairing, self._lists)
        self._callbacks = Callbacks(services, self._lists)
        self._inline = Inline(services)
        self._guests = Guests(services)
        self._reactions = Reactions(services)
        self._albums = Albums(services.pace.album)
        self.notices = Notices(services)
        library = services.options.library
        self._channels = Channels(services, self.notices, Posts(library.posts)) if library else None
        self._desk = Desk(services, self._say_or_ask, self._channels)
        self._named = self._handles()

    def register(self, app: App) -> None:
        """Add the handlers."""
        desk, kind = self._desk, filters.UpdateType
        app.add_handler(MessageHandler(kind.MESSAGE, self._on(self._message)))
        app.add_handler(MessageHandler(kind.CHANNEL_POSTS, self._post))
        app.add_handler(MessageHandler(kind.EDITED_MESSAGE, self._on(self._questions.edit)))
        app.add_handler(InlineQueryHandler(_on_part(lambda update: update.inline_query, self._inline.answer)))
        app.add_handler(CallbackQueryHandler(self._on_press(desk.decide), pattern=desk.knows))
        app.add_handler(CallbackQueryHandler(self._on_press(self._callbacks.decide)))
        app.add_handler(MessageReactionHandler(_on_part(lambda update: update.message_reaction, self._reactions.count)))
        app.add_handler(ChatMemberHandler(_on_part(lambda update: update.my_chat_member, self._change)))
        # The last: it would take anything.
        app.add_handler(TypeHandler(Update, _on_part(lambda update: update.guest_message, self._guests.answer)))
        app.add_error_handler(_on_error)

    async def close(self) -> None:
        """Give up what runs beside the answers."""
        self._albums.close()
        await self._desk.close()

    def _handles(self) -> dict[str, Handle]:
        """Return what every command does, by its name."""
        gate = self._gate
        named: dict[str, Handle] = {
            ASK: gate(self._questions.ask),
            "help": self._commands.help,
            "titles": gate(self._lists.titles),
            "latest": gate(self._lists.latest),
            "pair": self._pairing.pair,
            "start": self._commands.start,
        }
        return named | self._desk.commands()

    async def _post(self, update: Update, _: ContextTypes.DEFAULT_TYPE) -> None:
        """Handle a post of a channel, new or edited: no question, whatever it says."""
        post = update.channel_post or update.edited_channel_post
        if post is not None and self._channels is not None:
            await self._channels.post(post)

    async def _change(self, change: ChatMemberUpdated) -> None:
        await self._groups.handle_change(change)
        if change.chat.type == ChatType.CHANNEL and self._channels is not None:
            await self._channels.handle_change(change)

    async def _message(self, turn: MessageTurn) -> None:
        """Handle a new message, whatever it holds."""
        message, named = turn.message, command(turn.message)
        if message.migrate_to_chat_id is not None:
            await self._groups.handle_migration(turn)
        elif self._desk.document is not None and message.document and turn.who.private and named != ASK:
            await self._desk.document(turn)
        else:
            await self._say_or_ask(turn)

    async def _say_or_ask(self, turn: MessageTurn) -> None:
        """Handle a command, a question, or what is neither."""
        message, named = turn.message, command(turn.message)
        if words(message):
            self._albums.hear(turn)
        if named is not None:
            await self._command(turn, named)
        elif words(message) and turn.is_question:
            await self._gate(self._questions.take)(turn)
        elif words(message):
            await self._questions.group_text(turn)
        elif turn.who.private and holds_content(message):
            await self._albums.answer(turn, self._commands.no_text)

    async def _command(self, turn: MessageTurn, named: str) -> None:
        if named in self._named:
            await self._named[named](turn)
        elif turn.who.private:
            await self._gate(self._commands.unknown)(turn)

    def _on(self, handle: Handle) -> Run:
        """Return PTB's form of a handler of messages, which leaves other bots and copies of channel posts alone."""

        async def run(update: Update, _: ContextTypes.DEFAULT_TYPE) -> None:
            message = update.message or update.edited_message
            if message is None or message.is_automatic_forward:
                return
            if message.from_user and message.from_user.is_bot and message.sender_chat is None:
                return
            # What somebody chose of our inline results, or offers a channel for a post, is no question.
            if is_ours(message) or message.suggested_post_info is not None:
                return
            await handle(MessageTurn.of(message, self._memory.language(message.chat.id)))

        return run

    def _on_press(self, decide: Callable[[ButtonTurn], Awaitable[Outcome]]) -> Run:
        """Return PTB's form of a handler of buttons."""

        async def run(update: Update, _: ContextTypes.DEFAULT_TYPE) -> None:
            query = update.callback_query
            if query is None:
                return
            if query.message is None:
                await acknowledge(query, Outcome())
            else:
                chosen = self._memory.language(query.message.chat.id)
                await handle_callback(ButtonTurn.of(query, query.message, chosen), decide)

        return run


def _on_part(part: Callable[[Update], T | None], handle: Callable[[T], Awaitable[None]]) -> Run:
    """Return PTB's form of a handler of one field of an update."""

    async def run(update: Update, _: ContextTypes.DEFAULT_TYPE) -> None:
        value = part(update)
        if value is not None:
            await handle(value)

    return run


async def _on_error(_update: object, context: ContextTypes.DEFAULT_TYPE) -> None:
    if context.error is not None:
        log_fault(context.error)
