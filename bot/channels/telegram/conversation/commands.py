"""The commands that are no questions, and what people send that is neither."""

from datetime import date
from typing import Final

from bot.articles import Extent
from bot.catalogue import Catalogue
from bot.channels.telegram.access.admission import WAY_IN
from bot.channels.telegram.access.pairing import Pairing
from bot.channels.telegram.access.turn import MessageTurn
from bot.channels.telegram.conversation.browse import Lists
from bot.channels.telegram.conversation.inline import HINT
from bot.channels.telegram.conversation.services import Services
from bot.channels.telegram.incoming import after_command
from bot.channels.telegram.messages import callback_data
from bot.channels.telegram.messages.callback_data import article_letters, letters
from bot.channels.telegram.messages.links import parse_link
from bot.printing import shown
from bot.render import head
from index import ClusterError, NoIndexError

_PAIR_PAYLOAD = "pair_"
_SOURCE: Final = 60


class Commands:
    """/start, /help, and a line for what cannot be understood."""

    def __init__(self, services: Services, pairing: Pairing, lists: Lists) -> None:
        self._services = services
        self._pairing = pairing
        self._lists = lists

    async def help(self, turn: MessageTurn) -> None:
        """Handle /help: how to ask, here."""
        services, say = self._services, turn.say
        if not await services.admission.admit(turn, WAY_IN):
            return
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
        if await self._services.admission.admit(turn):
            await self._services.reply(turn, "only_text")

    async def start(self, turn: MessageTurn) -> None:
        """Handle /start, alone or with what a link carried; ignore what no link of ours carries."""
        services, payload = self._services, after_command(turn.message)
        if not turn.who.private:
            return
        if payload.startswith(_PAIR_PAYLOAD):
            await self._pairing.pair_with(turn, payload.removeprefix(_PAIR_PAYLOAD))
        elif not await services.admission.admit(turn, WAY_IN):
            return
        elif (link := parse_link(payload)) is not None:
            await self._lists.follow_link(turn, link)
        elif payload == HINT:
            await services.reply(turn, "inline_hint")
        else:
            await self._welcome(turn)

    async def _welcome(self, turn: MessageTurn) -> None:
        """Tell what the bot knows and how to ask, with buttons that ask what the articles answer."""
        services, say = self._services, turn.say
        lines = [f"{say.text('hello')} {say.text('help_private')}"]
        try:
            overview = await services.searches.overview(say)
        except (NoIndexError, ClusterError):
            overview = None
        examples = overview.examples if overview else ()
        lines += [_extent(overview.extent, say)] if overview else []
        lines += [say.text("examples")] if examples else []
        board = services.board(turn.who.chat, say)
        rows = [
            [board.button(one.question, callback_data.EXAMPLE, article_letters(one.article.id), letters(number, 1))]
            for number, one in enumerate(examples)
        ]
        await services.sender.line(turn.target, "\n\n".join(lines), board.markup(rows))


def _extent(extent: Extent, say: Catalogue) -> str:
    """Return how many articles there are, from when to when, and from whom, as far as they say."""
    parts = [say.text("knows", n=extent.count)]
    first, last = _day(extent.first), _day(extent.last)
    if first and last:
        parts.append(
            say.text("knows_dates", first=first, last=last) if first != last else say.text("knows_date", day=last)
        )
    names = [head(shown(source).strip(), _SOURCE) for source in extent.sources]
    if names and extent.more_sources:
        parts.append(say.text("knows_more_sources", n=extent.more_sources, sources=names))
    elif names:
        parts.append(say.text("knows_sources", sources=names))
    return "\n".join(parts)


def _day(stated: str | None) -> date | None:
    try:
        return date.fromisoformat((stated or "")[:10])
    except ValueError:
        return None
