"""The buttons under a message. Rows are turned around for right-to-left languages, which Telegram does not do."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final
from urllib.parse import urlencode, urlsplit

from telegram import CopyTextButton, InlineKeyboardButton, InlineKeyboardMarkup

from bot.answer import Answer, AnswerPassage
from bot.articles import Listing, WholeArticle
from bot.catalogue import Catalogue
from bot.channels.telegram.memory.question import SearchedQuestion
from bot.channels.telegram.messages import callback_data
from bot.channels.telegram.messages.callback_data import Press, Seal, article_letters, letters, number
from bot.channels.telegram.messages.cards import other_name, sentence, short_title
from bot.channels.telegram.messages.directions import mark, way_of
from bot.channels.telegram.messages.links import article_link, citation, passage_link
from bot.printing import shown
from bot.render import head, passage_address, safe_link
from index import ArticleCard

PER_PAGE: Final = 8
_LABEL: Final = 48
# A button of two in a row shows some 24 letters.
_HALF: Final = 28
_LONGEST_QUERY: Final = 256
_UNFOLDED: Final = 16
_FILTERS: Final = 3
_THUMBS: Final = (("button_helpful", callback_data.HELPFUL, 1), ("button_not_it", callback_data.NOT_IT, -1))
# What three letters can count. An article of more paragraphs is opened from its beginning, not around a passage.
_PLACES: Final = 32**3

Row = list[InlineKeyboardButton]


@dataclass(frozen=True, slots=True)
class View:
    """What of an answer a message shows: which passage, whether all buttons are unfolded, and the place in its
    article where a page begins or ends (None: the passage itself)."""

    passage: int = 0
    unfolded: bool = False
    place: int | None = None

    def argument(self) -> str:
        """Return the view in 1 or 4 letters of a button."""
        first = letters(self.passage + _UNFOLDED * self.unfolded, 1)
        return first if self.place is None else first + letters(self.place, 3)

    @classmethod
    def of(cls, argument: str) -> "View":
        """Return the view that a button names; the first passage for a button that names none."""
        first = number(argument[:1])
        return cls(first % _UNFOLDED, first >= _UNFOLDED, number(argument[1:]) if argument[1:] else None)


@dataclass(frozen=True, slots=True)
class Board:
    """Where buttons are put: `seal` signs them, `name` is the bot's own, `inline`: whether inline mode is on; the chat,
    and its language."""

    seal: Seal
    name: str
    inline: bool
    chat: int
    say: Catalogue

    @property
    def is_group(self) -> bool:
        """Return whether it is a group, where messages are short."""
        return self.chat < 0

    def button(
        self, label: str, op: str, subject: str = "", argument: str = "", style: str | None = None
    ) -> InlineKeyboardButton:
        """Return a button that sends the bot a press; `style` is one of `telegram.constants.KeyboardButtonStyle`."""
        data = self.seal.write(Press(op, subject, argument), self.chat)
        return InlineKeyboardButton(label, callback_data=data, style=style)

    def markup(self, rows: Sequence[Row]) -> InlineKeyboardMarkup | None:
        """Return the keyboard of these rows, in the direction of the language; None without buttons."""
        directed = [row[::-1] if self.say.rtl else row for row in rows if row]
        return InlineKeyboardMarkup(directed) if directed else None


def answer_keyboard(
    board: Board,
    answer: Answer,
    searched: SearchedQuestion,
    name: str,
    view: View,
    mine: int | None,
    nearest: Sequence[ArticleCard],
) -> InlineKeyboardMarkup | None:
    """Return the buttons of an answer stored under `name`; `mine` is the reader's own thumb, 1, -1 or None.

    Two rows, and in groups one and the ways back; "More" unfolds the others. An answer without passages offers the
    `nearest` articles, but in groups.
    """
    ways_back = _ways_back(board, answer, searched, name)
    if not answer.passages:
        titles = [] if board.is_group else title_rows(board, callback_data.OPEN, nearest)
        return board.markup([*titles, *([button] for button in ways_back)])
    others, fold = _others(board, answer, name, view), [_fold(board, name, view)]
    chosen = answer.passages[view.passage]
    turns, like = _turns(board, chosen, name, view), _like(board, name, view)
    if view.unfolded:
        pairs = [others[at : at + 2] for at in range(0, len(others), 2)]
        rest = [[*turns, like], _thumbs(board, name, view, mine), _sources(board, chosen, searched), fold]
        return board.markup([*pairs, *([button] for button in ways_back), *rest])
    if board.is_group:
        return board.markup([[*others, *fold], *([button] for button in ways_back)])
    reading_on = [*turns[-1:], like]
    first = others[:2] or ways_back[:1]
    return board.markup([first, [*(ways_back[:1] if others and ways_back else reading_on), *fold]])


def page_keyboard(
    board: Board, opened: WholeArticle, pages: tuple[int, int], name: str, view: View
) -> InlineKeyboardMarkup | None:
    """Return the buttons of a page, half-open, of an answer's article: further, and back to the answer."""
    first, last = pages
    turns = _way(board, callback_data.BEFORE, name, replace(view, place=first).argument()) if first > 0 else []
    if last < min(len(opened.passages), _PLACES):
        turns += _way(board, callback_data.AFTER, name, replace(view, place=last).argument())
    back = _show(board, board.say.text("button_back"), name, replace(view, place=None))
    return board.markup([turns, [back], _open_article(board, opened.article)])


def article_keyboard(board: Board, opened: WholeArticle, pages: tuple[int, int]) -> InlineKeyboardMarkup | None:
    """Return the buttons of a page, half-open, of an article that was opened by itself."""
    first, last = pages
    subject = article_letters(opened.article.id)
    turns = _way(board, callback_data.BACKWARD, subject, letters(first, 4)) if first > 0 else []
    if last < len(opened.passages):
        turns += _way(board, callback_data.FORWARD, subject, letters(last, 4))
    link = article_link(board.name, opened.article)
    return board.markup([turns, [*_open_article(board, opened.article), _share(board, opened.article, link)]])


def list_keyboard(board: Board, op: str, listing: Listing, first: int) -> InlineKeyboardMarkup | None:
    """Return a number for each article of a list, and the pages of the list, which are of 8."""
    numbers = [
        board.button(board.say.number(place), callback_data.OPEN, article_letters(article.id))
        for place, article in enumerate(listing.articles, first + 1)
    ]
    page = first // PER_PAGE
    turns = [board.button(board.say.text("button_previous"), op, "", letters(page - 1, 4))] if page else []
    if first + PER_PAGE < listing.count:
        turns.append(board.button(board.say.text("button_next"), op, "", letters(page + 1, 4)))
    return board.markup([numbers[:4], numbers[4:], turns])


def title_rows(board: Board, op: str, articles: Sequence[ArticleCard]) -> list[Row]:
    """Return a row for each article, with its title: to be opened, or to be asked about."""
    return [
        [board.button(short_title(article, board.say, _LABEL), op, article_letters(article.id))] for article in articles
    ]


def result_keyboard(board: Board, hit: AnswerPassage) -> InlineKeyboardMarkup | None:
    """Return the one button of an inline result: on to its passage, in a private chat with the bot."""
    link = passage_link(board.name, hit.article, hit.passage)
    return board.markup([[InlineKeyboardButton(board.say.text("button_read_on"), url=link)]])


def _show(board: Board, label: str, name: str, view: View) -> InlineKeyboardButton:
    return board.button(label, callback_data.SHOW, name, view.argument())


def _way(board: Board, op: str, subject: str, argument: str) -> Row:
    label = "button_before" if op in (callback_data.BEFORE, callback_data.BACKWARD) else "button_after"
    return [board.button(board.say.text(label), op, subject, argument)]


def _others(board: Board, answer: Answer, name: str, view: View) -> Row:
    """Return a button for each other passage, with what it is; in a short message of a group its number, which stands
    in the text above."""
    row: Row = []
    for place in range(len(answer.passages)):
        if place == view.passage:
            continue
        label = board.say.number(place + 1)
        if view.unfolded or not board.is_group:
            called = head(other_name(answer, place, view.passage, board.say), _HALF)
            way = way_of(called)
            label = f"{mark(called, way)}{label}{board.say.dot}{called}"
        row.append(_show(board, label, name, replace(view, passage=place)))
    return row


def _fold(board: Board, name: str, view: View) -> InlineKeyboardButton:
    label = board.say.text("button_fewer" if view.unfolded else "button_more")
    return _show(board, label, name, replace(view, unfolded=not view.unfolded))


def _turns(board: Board, chosen: AnswerPassage, name: str, view: View) -> Row:
    """Return the ways on in the article: to what stands before the passage, and to what follows."""
    place = chosen.passage.row - chosen.article.first
    row: Row = []
    if 0 < place < _PLACES:
        row += _way(board, callback_data.BEFORE, name, replace(view, place=place).argument())
    if place + 1 < min(chosen.article.passages, _PLACES):
        row += _way(board, callback_data.AFTER, name, replace(view, place=place + 1).argument())
    return row


def _like(board: Board, name: str, view: View) -> InlineKeyboardButton:
    return board.button(board.say.text("button_like"), callback_data.LIKE, name, view.argument())


def _thumbs(board: Board, name: str, view: View, mine: int | None) -> Row:
    return [
        board.button(board.say.text(label) + (" ✓" if mine == value else ""), op, name, view.argument())
        for label, op, value in _THUMBS
    ]


def _sources(board: Board, chosen: AnswerPassage, searched: SearchedQuestion) -> Row:
    link = passage_link(board.name, chosen.article, chosen.passage)
    placed = replace(chosen.article, url=passage_address(chosen.article, chosen.passage))
    copied = citation(sentence(chosen, _LONGEST_QUERY), placed, link)
    copy = InlineKeyboardButton(board.say.text("button_copy"), copy_text=CopyTextButton(copied))
    share = _share(board, chosen.article, link, "" if searched.like else searched.words)
    return [*_open_article(board, placed), share, copy]


def _open_article(board: Board, article: ArticleCard) -> Row:
    url = safe_link(article.url)
    # Telegram refuses a whole message for a button that leads to a host without a dot.
    if url is None or "." not in (urlsplit(url).hostname or ""):
        return []
    return [InlineKeyboardButton(board.say.text("button_open"), url=url)]


def _share(board: Board, article: ArticleCard, link: str, question: str = "") -> InlineKeyboardButton:
    """Put the question into a chat of the reader's choice, or, where inline mode is off, a link."""
    label = board.say.text("button_share")
    if board.inline and question:
        return InlineKeyboardButton(label, switch_inline_query=question[:_LONGEST_QUERY])
    query = urlencode({"url": link, "text": head(shown(article.title), _LONGEST_QUERY)})
    return InlineKeyboardButton(label, url=f"https://t.me/share/url?{query}")


def _ways_back(board: Board, answer: Answer, searched: SearchedQuestion, name: str) -> Row:
    """Return a button for everything that was searched other than it was written."""
    row: Row = []
    for place, applied in enumerate(answer.filters[:_FILTERS]):
        label = board.say.text("button_drop", label=head(shown(applied.words), _LABEL))
        row.append(board.button(label, callback_data.DROP, name, letters(place, 1)))
    if answer.corrected:
        row.append(board.button(board.say.text("button_exact"), callback_data.EXACT, name))
    if searched.added:
        row.append(board.button(board.say.text("button_new_question"), callback_data.ALONE, name))
    return row
