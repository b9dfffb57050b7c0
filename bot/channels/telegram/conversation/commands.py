"""The commands that are no questions, and what people send that is neither."""

from bot.channels.telegram.access.pairing import Pairing
from bot.channels.telegram.access.turn import MessageTurn
from bot.channels.telegram.conversation.browse import Lists
from bot.channels.telegram.conversation.inline import HINT
from bot.channels.telegram.conversation.services import Services
from bot.channels.telegram.incoming import after_command
from bot.channels.telegram.messages import callback_data
from bot.channels.telegram.messages.keyboards import title_rows
from bot.channels.telegram.messages.links import parse_link
from index import NoIndexError

EXAMPLES = 3
_PAIR_PAYLOAD = "pair_"


class Commands:
    """/start, /help, and a line for what cannot be understood."""

    def __init__(self, services: Services, pairing: Pairing, lists: Lists) -> None:
        self._services = services
        self._pairing = pairing
        self._lists = lists

    async def help(self, turn: MessageTurn) -> None:
        """Handle /help: how to ask, here."""
        services, say = self._services, turn.say
        if not turn.who.private:
            await services.reply(turn, "help_group", name=services.mentions.name)
            return
        parts = ["help_private", "help_follow_up", "help_filters", "help_commands"]
        if services.door.owns(turn.who):
            parts.append("help_owner")
        await services.sender.line(turn.target, "\n\n".join(say.text(part) for part in parts))

    async def unknown(self, turn: MessageTurn) -> None:
        """Reply to a command that does not exist."""
        text = f"{turn.say.text('unknown_command')} {turn.say.text('help_private')}"
        await self._services.sender.line(turn.target, text)

    async def no_text(self, turn: MessageTurn) -> None:
        """Reply to a voice message, a picture, a sticker."""
        await self._services.reply(turn, "only_text")

    async def start(self, turn: MessageTurn) -> None:
        """Handle /start, alone or with what a link carried; ignore what no link of ours carries."""
        services, payload = self._services, after_command(turn.message)
        if not turn.who.private:
            return
        if payload.startswith(_PAIR_PAYLOAD):
            await self._pairing.pair_with(turn, payload.removeprefix(_PAIR_PAYLOAD))
        elif not services.door.admits(turn.who):
            await services.sender.line(turn.target, services.admission.refusal(turn))
        elif (link := parse_link(payload)) is not None:
            await self._lists.follow_link(turn, link)
        elif payload == HINT:
            await services.reply(turn, "inline_hint")
        else:
            await self._welcome(turn)

    async def _welcome(self, turn: MessageTurn) -> None:
        """Tell how to ask, with three buttons that ask about articles which are there."""
        services, say = self._services, turn.say
        text = f"{say.text('hello')} {say.text('help_private')}"
        try:
            examples = await services.searches.articles(lambda articles: articles.examples(say.language, EXAMPLES))
        except NoIndexError:
            examples = ()
        board = services.board(turn.who.chat, say)
        markup = board.markup(title_rows(board, callback_data.EXAMPLE, examples))
        await services.sender.line(turn.target, f"{text}\n\n{say.text('examples')}" if examples else text, markup)
