"""What a message of ours shows of an answer: its blocks and its buttons."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.answer import Answer
from bot.catalogue import Catalogue
from bot.channels.telegram.memory.question import SearchedQuestion
from bot.channels.telegram.memory.records import StoredAnswer
from bot.channels.telegram.messages.cards import Circumstances, answer_card, short_nothing
from bot.channels.telegram.messages.keyboards import Board, View, answer_keyboard
from bot.channels.telegram.messages.sender import Card
from index import ArticleCard


@dataclass(frozen=True, slots=True)
class Display:
    """A stored answer, how it was searched, and the view of it.

    `mine` is the reader's own thumb, 1, -1 or None; `edited`: the question was edited since.
    """

    stored: StoredAnswer
    searched: SearchedQuestion
    answer: Answer
    say: Catalogue
    view: View
    mine: int | None = None
    edited: bool = False

    def card(self, board: Board, nearest: Sequence[ArticleCard], like: str) -> Card:
        """Return the message.

        `nearest` are the articles to offer when no passage was found, `like` is the title of the article that more was
        wanted of, "" for none.
        """
        answer, searched, view = self.answer, self.searched, self.view
        markup = answer_keyboard(board, answer, searched, self.stored.id, view, self.mine, nearest)
        if not answer.passages and board.is_group:
            return short_nothing(answer, self.say), markup
        circumstances = Circumstances(searched.added, like, self.edited, offered=bool(nearest) and not answer.nearest)
        compact = board.is_group and not view.unfolded
        return answer_card(answer, self.say, circumstances, quoted=view.passage, compact=compact), markup
