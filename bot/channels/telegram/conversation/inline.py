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

from bot.answer import AnswerPassage
from bot.catalogue import Catalogue
from bot.channels.telegram.access.door import Asker
from bot.channels.telegram.access.language import catalogue_for
from bot.channels.telegram.conversation.attempt import Fault, attempt
from bot.channels.telegram.conversation.services import Services
from bot.channels.telegram.faults import tolerate
from bot.channels.telegram.memory.question import SearchedQuestion
from bot.channels.telegram.messages.cards import inline_card, sentence, short_title
from bot.channels.telegram.messages.keyboards import result_keyboard
from bot.channels.telegram.messages.links import digest
from bot.channels.telegram.messages.newest import Newest
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


_NO_PAGE = Page((), 0, more=False, generation=0)


class Inline:
    """Answer inline queries. Results are anybody's, and cached by Telegram, only where anybody may ask.

    A result is worded in the language of its article, not of who typed: others will read it, and the cache is shared.
    """

    def __init__(self, services: Services) -> None:
        self._services = services
        self._newest = Newest()

    async def answer(self, query: InlineQuery) -> None:
        """Offer up to 10 passages for what was typed; the newest articles' beginnings for less than two letters."""
        user = query.from_user
        say = catalogue_for(self._services.memory.language(user.id), user)
        who = Asker(user.id, user.id, private=True)
        if not self._services.admission.may_type(who):
            await self._offer(query, None)
            return
        if not self._services.door.admits(who):
            await self._offer(query, say.text("inline_private"))
            return
        async with self._newest.turn(user.id) as wanted:
            # Who typed on sees nothing of what this one would find.
            if not wanted():
                return
            page = await attempt(self._page(query.query.strip(), query.offset))
        if isinstance(page, Fault):
            # A person who types is not interrupted by what went wrong.
            await self._offer(query, None if page.ref else page.text(say))
        else:
            await self._offer(query, None if page.passages or page.first else say.text("inline_nothing"), page)

    async def _page(self, words: str, offset: str) -> Page:
        generation = await self._services.searches.articles(lambda articles: articles.generation)
        first = _first(offset, generation)
        if first is None:
            return Page((), MOST, more=False, generation=generation)
        if len(words) < SHORTEST:
            newest = await self._services.searches.articles(lambda articles: articles.newest(first, RESULTS + 1))
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

    async def _offer(self, query: InlineQuery, button: str | None, page: Page = _NO_PAGE) -> None:
        everyone = self._services.door.access == "open"
        last = page.first + len(page.passages)
        # Mostly "query is too old": the person typed on meanwhile.
        with tolerate(LOG.debug, "an inline query was not answered (%s)"):
            await query.answer(
                [self._result(hit, page.generation) for hit in page.passages],
                cache_time=CACHED if everyone and page is not _NO_PAGE else 0,
                is_personal=not everyone or button is not None,
                next_offset=f"g{page.generation}:{last}" if page.more and last < MOST else "",
                button=InlineQueryResultsButton(button, start_parameter=HINT) if button else None,
            )


def _first(offset: str, generation: int) -> int | None:
    """Return where the wanted results begin; None when they continue results that are no longer so."""
    if not offset:
        return 0
    match = _OFFSET.fullmatch(offset)
    return int(match[2]) if match and int(match[1]) == generation and int(match[2]) < MOST else None
