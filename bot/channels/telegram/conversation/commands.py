"""The commands that are no questions, and what people send that is neither."""

from telegram import Message

from bot.catalogue import Catalogue
from bot.channels.telegram.access.admission import Admission
from bot.channels.telegram.access.door import Door, asker
from bot.channels.telegram.access.language import spoken
from bot.channels.telegram.access.pairing import Pairing
from bot.channels.telegram.conversation.browse import Lists
from bot.channels.telegram.conversation.inline import HINT
from bot.channels.telegram.conversation.presenter import Presenter
from bot.channels.telegram.conversation.search import Searches
from bot.channels.telegram.incoming import after_command
from bot.channels.telegram.memory.memory import Memory
from bot.channels.telegram.messages import callback_data
from bot.channels.telegram.messages.keyboards import title_rows
from bot.channels.telegram.messages.links import linked
from bot.channels.telegram.messages.sender import Replies, reply_target
from index import NoIndexError

EXAMPLES = 3
_PAIR_PAYLOAD = "pair_"


class Commands:
    """/start, /help, and a line for what cannot be understood."""

    def __init__(
        self,
        door: Door,
        memory: Memory,
        admission: Admission,
        pairing: Pairing,
        searches: Searches,
        presenter: Presenter,
        lists: Lists,
        replies: Replies,
    ) -> None:
        self._door = door
        self._memory = memory
        self._admission = admission
        self._pairing = pairing
        self._searches = searches
        self._presenter = presenter
        self._lists = lists
        self._replies = replies

    async def help(self, message: Message) -> None:
        """/help: how to ask, here."""
        say = self._voice(message)
        who = asker(message)
        if not who.private:
            await self._say(message, say.text("help_group", name=self._presenter.mentions.name))
            return
        parts = ["help_private", "help_follow_up", "help_filters", "help_commands"]
        if self._door.owns(who):
            parts.append("help_owner")
        await self._say(message, "\n\n".join(say.text(part) for part in parts))

    async def unknown(self, message: Message) -> None:
        """A command that does not exist."""
        say = self._voice(message)
        await self._say(message, f"{say.text('unknown_command')} {say.text('help_private')}")

    async def no_text(self, message: Message) -> None:
        """A voice message, a picture, a sticker."""
        await self._say(message, self._voice(message).text("only_text"))

    async def start(self, message: Message) -> None:
        """/start, alone or with what a link carried; what no link of ours carries is ignored."""
        who, payload = asker(message), after_command(message)
        say = self._voice(message)
        if not who.private:
            return
        if payload.startswith(_PAIR_PAYLOAD) and self._door.access == "paired":
            await self._pairing.pair_with(message, who, payload.removeprefix(_PAIR_PAYLOAD))
        elif not self._door.admits(who):
            await self._replies.line(reply_target(message), self._admission.refusal(message))
        elif (wanted := linked(payload)) is not None:
            await self._lists.linked(message, wanted)
        elif payload == HINT:
            await self._replies.line(reply_target(message), say.text("inline_hint"))
        else:
            await self._welcome(message, say)

    async def _welcome(self, message: Message, say: Catalogue) -> None:
        """How to ask, and three buttons that ask about articles which are there."""
        text = f"{say.text('hello')} {say.text('help_private')}"
        try:
            examples = await self._searches.shelf(lambda shelf: shelf.examples(say.language, EXAMPLES))
        except NoIndexError:
            examples = ()
        board = self._presenter.board(message.chat.id, say)
        markup = board.markup(title_rows(board, callback_data.EXAMPLE, examples))
        await self._replies.line(
            reply_target(message), f"{text}\n\n{say.text('examples')}" if examples else text, markup
        )

    async def _say(self, message: Message, text: str) -> None:
        if await self._admission.admitted(message):
            await self._replies.line(reply_target(message), text)

    def _voice(self, message: Message) -> Catalogue:
        return spoken(self._memory, message.chat, message.from_user)
