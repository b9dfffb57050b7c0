"""Inline mode: `@our_bot words` in any chat offers the passages that answer, to be sent as messages."""

import logging
import re
from dataclasses import dataclass
from typing import Final

from telegram import (
    InlineQuery,
    InlineQueryResultArticle,
    InlineQueryResultsButton,
    InputTextMessageContent,
    LinkPreviewOptions,
)
from telegram.constants import ParseMode
from telegram.error import TelegramError

from bot.answer import AnswerPassage
from bot.catalogue import Catalogue
from bot.channels.telegram.access.door import Asker, Door
from bot.channels.telegram.access.language import spoken
from bot.channels.telegram.conversation.presenter import Presenter
from bot.channels.telegram.conversation.search import Searches
from bot.channels.telegram.faults import logged
from bot.channels.telegram.memory.memory import Memory
from bot.channels.telegram.memory.question import Asked
from bot.channels.telegram.messages.cards import inline_card, sentence, short_title
from bot.channels.telegram.messages.keyboards import result_keyboard
from bot.channels.telegram.messages.links import digest
from bot.channels.telegram.messages.rich_text import to_html
from index import NoIndexError

LOG = logging.getLogger(__name__)

RESULTS: Final = 10
MOST: Final = 50
SHORTEST: Final = 2
CACHED: Final = 300
HINT: Final = "i"
_DESCRIPTION, _TITLE = 200, 120
_OFFSET = re.compile(r"g(\d{1,9}):(\d{1,3})", re.ASCII)


@dataclass(frozen=True, slots=True)
class Offered:
    """A page of results, from the `first`, and whether more follow. `generation` is the one they are from."""

    found: tuple[AnswerPassage, ...]
    first: int
    more: bool
    generation: int


class Inline:
    """Answers inline queries. Results are anybody's, and cached by Telegram, only where anybody may ask.

    A result is worded in the language of its article, not of who typed: others will read it, and the cache is shared.
    """

    def __init__(self, door: Door, memory: Memory, searches: Searches, presenter: Presenter) -> None:
        self._door = door
        self._memory = memory
        self._searches = searches
        self._presenter = presenter

    async def asked(self, query: InlineQuery) -> None:
        """Offers up to 10 passages for what was typed; the newest articles' beginnings for less than two letters."""
        user = query.from_user
        say = spoken(self._memory, user.id, user)
        if not self._door.admits(Asker(user.id, user.id, private=True)):
            await self._offer(query, [], say.text("inline_private"), cached=0)
            return
        try:
            offered = await self._found(query.query.strip(), query.offset)
        except NoIndexError:
            await self._offer(query, [], say.text("preparing"), cached=0)
        except Exception as error:  # noqa: BLE001 - a person who types is not interrupted; the owner gets a trace
            logged(error)
            await self._offer(query, [], None, cached=0)
        else:
            await self._show(query, offered, say)

    async def _show(self, query: InlineQuery, offered: Offered, say: Catalogue) -> None:
        results = [self._result(found, offered.generation) for found in offered.found]
        nothing = say.text("inline_nothing") if not results and not offered.first else None
        last = offered.first + len(results)
        following = f"g{offered.generation}:{last}" if offered.more and last < MOST else ""
        await self._offer(query, results, nothing, cached=CACHED, following=following)

    async def _found(self, words: str, offset: str) -> Offered:
        generation = await self._searches.shelf(lambda shelf: shelf.generation)
        first = _first(offset, generation)
        if first is None:
            return Offered((), MOST, more=False, generation=generation)
        if len(words) < SHORTEST:
            newest = await self._searches.shelf(lambda shelf: shelf.newest(first, RESULTS + 1))
            beginnings = tuple(AnswerPassage(hit.passage, hit.article, hit.score, (0, 0)) for hit in newest[:RESULTS])
            return Offered(beginnings, first, len(newest) > RESULTS, generation)
        # One more than shown tells whether there are more.
        answer = await self._searches.answer(Asked(words), min(first + RESULTS + 1, MOST))
        found = answer.passages[first:]
        return Offered(found[:RESULTS], first, len(found) > RESULTS, generation)

    def _result(self, found: AnswerPassage, generation: int) -> InlineQueryResultArticle:
        say = Catalogue(found.article.language)
        place = found.passage.row - found.article.first
        return InlineQueryResultArticle(
            f"{found.article.id}-{place}-{digest(found.passage.text)}-g{generation}",
            short_title(found.article, say, _TITLE),
            InputTextMessageContent(
                to_html(inline_card(found, say)),
                ParseMode.HTML,
                link_preview_options=LinkPreviewOptions(is_disabled=True),
            ),
            description=sentence(found, _DESCRIPTION),
            # Whatever chat it is sent to: its only button is a link.
            reply_markup=result_keyboard(self._presenter.board(0, say), found),
        )

    async def _offer(
        self,
        query: InlineQuery,
        results: list[InlineQueryResultArticle],
        button: str | None,
        *,
        cached: int,
        following: str = "",
    ) -> None:
        everyone = self._door.access == "open"
        try:
            await query.answer(
                results,
                cache_time=cached if everyone else 0,
                is_personal=not everyone or button is not None,
                next_offset=following,
                button=InlineQueryResultsButton(button, start_parameter=HINT) if button else None,
            )
        except TelegramError as error:
            # Mostly "query is too old": the person typed on meanwhile.
            LOG.debug("an inline query was not answered (%s)", type(error).__name__)


def _first(offset: str, generation: int) -> int | None:
    """Where the wanted results begin; None when they are a continuation of results that are no longer so."""
    if not offset:
        return 0
    found = _OFFSET.fullmatch(offset)
    return int(found[2]) if found and int(found[1]) == generation and int(found[2]) < MOST else None
