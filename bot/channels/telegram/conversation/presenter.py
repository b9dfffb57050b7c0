"""From an answer to a message on somebody's screen, remembered so that its buttons, replies and edits work later."""

import time
from dataclasses import dataclass, replace

from bot.answer import Answer
from bot.catalogue import Catalogue
from bot.channels.telegram.access.door import OncePer
from bot.channels.telegram.access.turn import Turn
from bot.channels.telegram.conversation.search import Searches
from bot.channels.telegram.memory.memory import Memory
from bot.channels.telegram.memory.question import SearchedQuestion
from bot.channels.telegram.memory.records import PassageKey, StoredAnswer
from bot.channels.telegram.messages import callback_data
from bot.channels.telegram.messages.cards import Circumstances, answer_card, short_nothing
from bot.channels.telegram.messages.keyboards import Board, Boards, Row, View, answer_keyboard, title_rows
from bot.channels.telegram.messages.sender import Card, Sender

NOTHING_EVERY = 60.0


@dataclass(frozen=True, slots=True)
class Display:
    """What a message of ours shows: a stored answer, how it was searched, and the view of it.

    `mine` is the reader's own thumb, 1, -1 or None; `edited`: the question was edited since.
    """

    stored: StoredAnswer
    searched: SearchedQuestion
    answer: Answer
    say: Catalogue
    view: View
    mine: int | None = None
    edited: bool = False


def keys_of(answer: Answer) -> tuple[PassageKey, ...]:
    """The passages of an answer by names that outlive rebuilds."""
    return tuple(PassageKey(hit.article.id, hit.passage.row - hit.article.first) for hit in answer.passages)


class Presenter:
    """Sends answers and shows them anew."""

    def __init__(self, memory: Memory, sender: Sender, searches: Searches, boards: Boards) -> None:
        self._answers = memory.answers
        self._sender = sender
        self._searches = searches
        self._boards = boards
        self._said_nothing = OncePer(NOTHING_EVERY, time.monotonic)

    async def present(
        self, turn: Turn, searched: SearchedQuestion, answer: Answer, follows: StoredAnswer | None = None
    ) -> None:
        """Send an answer. That nothing was found is said once a minute in a group."""
        target = turn.target
        stored = StoredAnswer(
            target.chat,
            turn.who.user,
            searched.question,
            answer.state,
            keys_of(answer),
            await self._searches.articles(lambda articles: articles.generation),
            target.thread,
            turn.asked_in,
            follows=follows.id if follows else None,
            how=searched.how(),
        )
        await self._answers.keep(stored)
        if not answer.passages and not target.private and not self._said_nothing.first(target.chat):
            return
        blocks, markup = await self._card(Display(stored, searched, answer, turn.say, View()))
        sent = await self._sender.card(target, blocks, markup)
        if sent is not None:
            self._answers.sent(stored, sent)

    async def renew(self, stored: StoredAnswer, searched: SearchedQuestion, answer: Answer) -> StoredAnswer:
        """Remember what is shown now under the name of what was shown before."""
        generation = await self._searches.articles(lambda articles: articles.generation)
        fresh = replace(
            stored,
            question=searched.question,
            how=searched.how(),
            state=answer.state,
            passages=keys_of(answer),
            generation=generation,
        )
        if fresh != stored:
            await self._answers.keep(fresh)
        return fresh

    async def show(self, message: int, display: Display) -> None:
        """Make a message of ours show that."""
        blocks, markup = await self._card(display)
        await self._sender.edit(display.stored.chat, message, blocks, markup)

    async def _card(self, display: Display) -> Card:
        answer, say, searched, view = display.answer, display.say, display.searched, display.view
        board = self._boards.board(display.stored.chat, say)
        markup = answer_keyboard(board, answer, searched, display.stored.id, view, display.mine)
        if not answer.passages and board.folds:
            return short_nothing(answer, say), markup
        if not answer.passages:
            rows = await self._nearest(board, answer, searched)
            markup = board.markup([*rows, *(map(list, markup.inline_keyboard) if markup else ())])
        like = await self._title(searched.like) if searched.like else ""
        circumstances = Circumstances(searched.added, like, display.edited)
        compact = board.folds and not view.unfolded
        return answer_card(answer, say, circumstances, quoted=view.passage, compact=compact), markup

    async def _nearest(self, board: Board, answer: Answer, searched: SearchedQuestion) -> list[Row]:
        """Return a button for each of the nearest titles of an answer without passages."""
        if searched.like is not None:
            return []
        nearest = await self._searches.articles(lambda articles: [articles.titled(title) for title in answer.nearest])
        return title_rows(board, callback_data.OPEN, [article for article in nearest if article is not None])

    async def _title(self, key: PassageKey) -> str:
        opened = await self._searches.opened(key.article)
        return opened.article.title if opened else ""
