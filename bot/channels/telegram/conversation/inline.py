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
from bot.channels.telegram.access.door import Asker
from bot.channels.telegram.access.language import catalogue_for
from bot.channels.telegram.conversation.attempt import Fault, attempt
from bot.channels.telegram.conversation.services import Services
from bot.channels.telegram.memory.question import SearchedQuestion
from bot.channels.telegram.messages.cards import inline_card, sentence, short_title
from bot.channels.telegram.messages.keyboards import result_keyboard
from bot.channels.telegram.messages.links import digest
from bot.channels.telegram.messages.rich_text import to_html

LOG = logging.getLogger(__name__)

RESULTS: Final = 10
MOST: Final = 50
SHORTEST: Final = 2
CACHED: Final = 300
HINT: Final = "i"
_DESCRIPTION, _TITLE = 200, 120
_OFFSET = re.compile(r"g(\d{1,9}):(\d{1,3})", re.ASCII)


@dataclass(frozen=True, slots=True)
class Page:
    """A page of results, from the `first`, and whether more follow. `generation` is the one they are from."""

    passages: tuple[AnswerPassage, ...]
    first: int
    more: bool
    generation: int


class Inline:
    """Answers inline queries. Results are anybody's, and cached by Telegram, only where anybody may ask.

    A result is worded in the language of its article, not of who typed: others will read it, and the cache is shared.
    """

    def __init__(self, services: Services) -> None:
        self._services = services

    async def answer(self, query: InlineQuery) -> None:
        """Offer up to 10 passages for what was typed; the newest articles' beginnings for less than two letters."""
        user = query.from_user
        say = catalogue_for(self._services.memory.language(user.id), user)
        if not self._services.door.admits(Asker(user.id, user.id, private=True)):
            await self._offer(query, [], say.text("inline_private"), cached=0)
            return
        page = await attempt(self._page(query.query.strip(), query.offset))
        if isinstance(page, Fault):
            # A person who types is not interrupted by what went wrong.
            await self._offer(query, [], None if page.ref else page.text(say), cached=0)
        else:
            await self._show(query, page, say)

    async def _show(self, query: InlineQuery, page: Page, say: Catalogue) -> None:
        results = [self._result(hit, page.generation) for hit in page.passages]
        nothing = say.text("inline_nothing") if not results and not page.first else None
        last = page.first + len(results)
        following = f"g{page.generation}:{last}" if page.more and last < MOST else ""
        await self._offer(query, results, nothing, cached=CACHED, following=following)

    async def _page(self, words: str, offset: str) -> Page:
        generation = await self._services.searches.shelf(lambda shelf: shelf.generation)
        first = _first(offset, generation)
        if first is None:
            return Page((), MOST, more=False, generation=generation)
        if len(words) < SHORTEST:
            newest = await self._services.searches.shelf(lambda shelf: shelf.newest(first, RESULTS + 1))
            beginnings = tuple(AnswerPassage(one.passage, one.article, one.score, (0, 0)) for one in newest[:RESULTS])
            return Page(beginnings, first, len(newest) > RESULTS, generation)
        # One more than shown tells whether there are more.
        answer = await self._services.searches.answer(SearchedQuestion(words), min(first + RESULTS + 1, MOST))
        passages = answer.passages[first:]
        return Page(passages[:RESULTS], first, len(passages) > RESULTS, generation)

    def _result(self, hit: AnswerPassage, generation: int) -> InlineQueryResultArticle:
        say = Catalogue(hit.article.language)
        place = hit.passage.row - hit.article.first
        return InlineQueryResultArticle(
            f"{hit.article.id}-{place}-{digest(hit.passage.text)}-g{generation}",
            short_title(hit.article, say, _TITLE),
            InputTextMessageContent(
                to_html(inline_card(hit, say)),
                ParseMode.HTML,
                link_preview_options=LinkPreviewOptions(is_disabled=True),
            ),
            description=sentence(hit, _DESCRIPTION),
            # Whatever chat it is sent to: its only button is a link.
            reply_markup=result_keyboard(self._services.board(0, say), hit),
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
        everyone = self._services.door.access == "open"
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
