"""Articles without a question: lists of titles, pages of an article, and links into one."""

from collections.abc import Awaitable, Callable

from telegram import Message

from bot.catalogue import Catalogue
from bot.channels.telegram.access.admission import Admission
from bot.channels.telegram.access.language import spoken
from bot.channels.telegram.conversation.callback import Outcome, Place
from bot.channels.telegram.conversation.presenter import Presenter, Reader
from bot.channels.telegram.conversation.search import Searches
from bot.channels.telegram.faults import logged
from bot.channels.telegram.incoming import after_command, starts_with_command
from bot.channels.telegram.memory.memory import Memory
from bot.channels.telegram.memory.question import Asked
from bot.channels.telegram.messages import callback_data
from bot.channels.telegram.messages.callback_data import Press, article_id, number
from bot.channels.telegram.messages.cards import list_card, page_before, page_card, page_from
from bot.channels.telegram.messages.keyboards import PER_PAGE, article_keyboard, list_keyboard
from bot.channels.telegram.messages.links import Linked, found_again
from bot.channels.telegram.messages.rich_text import Block, line
from bot.channels.telegram.messages.sender import Markup, Replies, reply_target
from index import NoIndexError

Card = tuple[tuple[Block, ...], Markup]


class Lists:
    """/titles and /latest, pages of articles, and the buttons under them."""

    def __init__(
        self, admission: Admission, memory: Memory, searches: Searches, presenter: Presenter, replies: Replies
    ) -> None:
        self._admission = admission
        self._memory = memory
        self._searches = searches
        self._presenter = presenter
        self._replies = replies

    async def titles(self, message: Message) -> None:
        """/titles, or /titles and words of titles: the articles, 8 a page."""
        await self._list(message, callback_data.TITLES)

    async def latest(self, message: Message) -> None:
        """/latest: the articles by date, newest first, 8 a page."""
        await self._list(message, callback_data.LATEST)

    async def linked(self, message: Message, wanted: Linked) -> None:
        """A passage or an article that somebody followed a link to."""
        await self._sent(message, lambda say: self._linked(message.chat.id, say, wanted))

    async def _linked(self, chat: int, say: Catalogue, wanted: Linked) -> Card:
        opened = await self._searches.opened(wanted.article)
        if opened is None or not opened.passages:
            return (line(say.text("passage_gone")),), None
        place = found_again(wanted, opened.passages)
        pages = page_from(opened.passages, place or 0)
        blocks = page_card(opened, pages, say, place if wanted.digest else None)
        if place is None:
            blocks = (line(say.text("passage_gone")), *blocks)
        return blocks, article_keyboard(self._presenter.board(chat, say), opened, pages)

    async def pressed(self, place: Place, press: Press) -> Outcome:
        """A button of a list or of an article opened by itself."""
        if press.op in (callback_data.TITLES, callback_data.LATEST):
            return await self._turned(place, press)
        opened = await self._searches.opened(article_id(press.subject))
        if opened is None or not opened.passages:
            return place.alert("passage_gone")
        if press.op == callback_data.EXAMPLE:
            asked = Asked(opened.article.title, exact=True)
            answer = await self._searches.answer(asked)
            reader = Reader(place.presser.id, place.say)
            return Outcome(then=lambda: self._presenter.present(place.target, reader, asked, answer))
        at = min(number(press.argument), len(opened.passages))
        back = press.op == callback_data.BACKWARD or at == len(opened.passages)
        pages = page_before(opened.passages, max(at, 1)) if back else page_from(opened.passages, at)
        blocks = page_card(opened, pages, place.say)
        markup = article_keyboard(self._presenter.board(place.chat, place.say), opened, pages)
        editable = None if press.op == callback_data.OPEN else place.editable
        return Outcome(then=lambda: self._replies.put(place.target, editable, blocks, markup))

    async def _turned(self, place: Place, press: Press) -> Outcome:
        """Another page of a list, whose words stand in the command that its message replies to."""
        asked = place.asked_by
        if asked is None or not starts_with_command(asked):
            return place.alert("expired")
        blocks, markup = await self._page(place.chat, place.say, press.op, after_command(asked), number(press.argument))
        return Outcome(then=lambda: self._replies.put(place.target, place.editable, blocks, markup))

    async def _list(self, message: Message, op: str) -> None:
        if await self._admission.admitted(message):
            words = after_command(message)
            await self._sent(message, lambda say: self._page(message.chat.id, say, op, words, 0))

    async def _sent(self, message: Message, make: Callable[[Catalogue], Awaitable[Card]]) -> None:
        say = spoken(self._memory, message.chat, message.from_user)
        try:
            blocks, markup = await make(say)
        except NoIndexError:
            await self._replies.line(reply_target(message), say.text("preparing"))
        except Exception as error:  # noqa: BLE001 - whatever went wrong, the person gets a line and the owner a trace
            await self._replies.line(reply_target(message), say.text("broken", ref=logged(error)))
        else:
            await self._replies.card(reply_target(message), blocks, markup)

    async def _page(self, chat: int, say: Catalogue, op: str, words: str, page: int) -> Card:
        first = page * PER_PAGE
        if op == callback_data.TITLES:
            listing = await self._searches.shelf(lambda shelf: shelf.titles(words, first, PER_PAGE))
            last = first + len(listing.articles)
            heading = say.text("titles_page", first=first + 1, last=last, count=listing.count)
        else:
            listing = await self._searches.shelf(lambda shelf: shelf.latest(first, PER_PAGE))
            heading = say.text("latest")
        if not listing.articles:
            return (line(say.text("titles_none" if op == callback_data.TITLES else "latest_none")),), None
        markup = list_keyboard(self._presenter.board(chat, say), op, listing, first)
        return list_card(listing, first, heading, say), markup
