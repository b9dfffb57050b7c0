"""Articles without a question: lists of titles, pages of an article, and links into one."""

from collections.abc import Awaitable

from bot.articles import WholeArticle
from bot.channels.telegram.access.turn import ButtonTurn, MessageTurn, Turn
from bot.channels.telegram.conversation.callback import Outcome, alert
from bot.channels.telegram.conversation.services import Services
from bot.channels.telegram.incoming import after_command, starts_with_command
from bot.channels.telegram.memory.question import SearchedQuestion
from bot.channels.telegram.messages import callback_data
from bot.channels.telegram.messages.callback_data import Press, article_id, number
from bot.channels.telegram.messages.cards import list_card, page_before, page_card, page_from
from bot.channels.telegram.messages.keyboards import PER_PAGE, article_keyboard, list_keyboard
from bot.channels.telegram.messages.links import Link, locate
from bot.channels.telegram.messages.rich_text import line
from bot.channels.telegram.messages.sender import Card


def page_at(opened: WholeArticle, place: int, *, backward: bool) -> tuple[int, int]:
    """Return the page of an article that begins at `place`, or the one that ends there; half-open."""
    at = min(place, len(opened.passages))
    if backward or at == len(opened.passages):
        return page_before(opened.passages, max(at, 1))
    return page_from(opened.passages, at)


class Lists:
    """/titles and /latest, pages of articles, and the buttons under them."""

    def __init__(self, services: Services) -> None:
        self._services = services

    async def titles(self, turn: MessageTurn) -> None:
        """Handle /titles, alone or with words of titles: the articles, 8 a page."""
        await self._send(turn, self._page(turn, callback_data.TITLES, after_command(turn.message)))

    async def latest(self, turn: MessageTurn) -> None:
        """Handle /latest: the articles by date, newest first, 8 a page."""
        await self._send(turn, self._page(turn, callback_data.LATEST))

    async def follow_link(self, turn: MessageTurn, link: Link) -> None:
        """Show the passage or the article that somebody followed a link to."""
        await self._send(turn, self._target(turn, link))

    async def _target(self, turn: Turn, link: Link) -> Card:
        opened = await self._services.searches.open_article(link.article)
        if opened is None or not opened.passages:
            return (line(turn.say.text("passage_gone")),), None
        place = locate(link, opened.passages)
        pages = page_from(opened.passages, place or 0)
        blocks = page_card(opened, pages, turn.say, place if link.digest else None)
        if place is None:
            blocks = (line(turn.say.text("passage_gone")), *blocks)
        return blocks, article_keyboard(self._services.board(turn.who.chat, turn.say), opened, pages)

    async def handle_press(self, turn: ButtonTurn, press: Press) -> Outcome:
        """Handle a button of a list or of an article opened by itself."""
        services = self._services
        if press.op in (callback_data.TITLES, callback_data.LATEST):
            return await self._another_page(turn, press)
        opened = await services.searches.open_article(article_id(press.subject))
        if opened is None or not opened.passages:
            return alert(turn, "passage_gone")
        if press.op == callback_data.EXAMPLE:
            searched = SearchedQuestion(_label(turn) or opened.article.title)
            answer = await services.searches.answer(searched)
            return Outcome(then=lambda: services.presenter.present(turn, searched, answer))
        pages = page_at(opened, number(press.argument), backward=press.op == callback_data.BACKWARD)
        blocks = page_card(opened, pages, turn.say)
        markup = article_keyboard(services.board(turn.who.chat, turn.say), opened, pages)
        editable = None if press.op == callback_data.OPEN else turn.editable
        return Outcome(then=lambda: services.sender.put(turn.target, editable, blocks, markup))

    async def _another_page(self, turn: ButtonTurn, press: Press) -> Outcome:
        """Show another page of a list, whose words stand in the command that its message replies to."""
        command = turn.replied_to
        if command is None or not starts_with_command(command):
            return alert(turn, "expired")
        blocks, markup = await self._page(turn, press.op, after_command(command), number(press.argument))
        return Outcome(then=lambda: self._services.sender.put(turn.target, turn.editable, blocks, markup))

    async def _send(self, turn: MessageTurn, making: Awaitable[Card]) -> None:
        card = await self._services.attempted(turn, making)
        if card is not None:
            await self._services.sender.card(turn.target, *card)

    async def _page(self, turn: Turn, op: str, words: str = "", page: int = 0) -> Card:
        searches, say, first = self._services.searches, turn.say, page * PER_PAGE
        if op == callback_data.TITLES:
            listing = await searches.articles(lambda articles: articles.titles(words, first, PER_PAGE))
            last = first + len(listing.articles)
            heading = say.text("titles_page", first=first + 1, last=last, count=listing.count)
        else:
            listing = await searches.articles(lambda articles: articles.latest(first, PER_PAGE))
            heading = say.text("latest")
        if not listing.articles:
            return (line(say.text("titles_none" if op == callback_data.TITLES else "latest_none")),), None
        markup = list_keyboard(self._services.board(turn.who.chat, say), op, listing, first)
        return list_card(listing, first, heading, say), markup


def _label(turn: ButtonTurn) -> str:
    """Return what stands on the button that was pressed; "" when its message is too old to be seen."""
    markup = turn.message.reply_markup if turn.message else None
    buttons = [button for row in markup.inline_keyboard for button in row] if markup else []
    return next((button.text for button in buttons if button.callback_data == turn.query.data), "")
