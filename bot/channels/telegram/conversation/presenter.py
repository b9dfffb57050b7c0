"""From an answer to a message on somebody's screen, remembered so that its buttons, replies and edits work later."""

import time
from dataclasses import dataclass, replace

from bot.answer import Answer
from bot.catalogue import Catalogue
from bot.channels.telegram.access.door import OncePer
from bot.channels.telegram.conversation.search import Searches
from bot.channels.telegram.incoming import Mentions
from bot.channels.telegram.memory.memory import Memory
from bot.channels.telegram.memory.question import SearchedQuestion
from bot.channels.telegram.memory.records import PassageKey, StoredAnswer
from bot.channels.telegram.messages import callback_data
from bot.channels.telegram.messages.callback_data import Seal
from bot.channels.telegram.messages.cards import Circumstances, answer_card, short_nothing
from bot.channels.telegram.messages.keyboards import Board, Row, View, answer_keyboard, title_rows
from bot.channels.telegram.messages.rich_text import Block
from bot.channels.telegram.messages.sender import Markup, Sender, Target

NOTHING_EVERY = 60.0


@dataclass(frozen=True, slots=True)
class Reader:
    """Who is answered: their id, the message that asked, if one did, and the catalogue to speak from."""

    user: int
    say: Catalogue
    asked_in: int | None = None


def keys_of(answer: Answer) -> tuple[PassageKey, ...]:
    """The passages of an answer by names that outlive rebuilds."""
    return tuple(PassageKey(found.article.id, found.passage.row - found.article.first) for found in answer.passages)


class Presenter:
    """Sends answers and shows them anew. `inline`: whether the bot's inline mode is on."""

    def __init__(
        self, sender: Sender, memory: Memory, searches: Searches, seal: Seal, mentions: Mentions, *, inline: bool
    ) -> None:
        self._sender = sender
        self._memory = memory
        self._searches = searches
        self._seal = seal
        self.mentions = mentions
        self._inline = inline
        self._said_nothing = OncePer(NOTHING_EVERY, time.monotonic)

    def board(self, chat: int, say: Catalogue) -> Board:
        """Where buttons for a chat are put."""
        return Board(self._seal, chat, say, self.mentions.name[1:], self._inline)

    async def present(
        self,
        target: Target,
        reader: Reader,
        asked: SearchedQuestion,
        answer: Answer,
        follows: StoredAnswer | None = None,
    ) -> None:
        """Sends an answer. That nothing was found is said once a minute in a group."""
        kept = StoredAnswer(
            target.chat,
            reader.user,
            asked.question,
            answer.state,
            keys_of(answer),
            await self._searches.shelf(lambda shelf: shelf.generation),
            target.thread,
            reader.asked_in,
            follows=follows.id if follows else None,
            how=asked.how(),
        )
        await self._memory.answers.keep(kept)
        if not answer.passages and not target.private and not self._said_nothing.first(target.chat):
            return
        blocks, markup = await self._message(kept, asked, answer, reader.say, View())
        sent = await self._sender.card(target, blocks, markup)
        if sent is not None:
            self._memory.answers.sent(kept, sent)

    async def renew(self, kept: StoredAnswer, asked: SearchedQuestion, answer: Answer) -> StoredAnswer:
        """Remembers what is shown now under the name of what was shown before."""
        generation = await self._searches.shelf(lambda shelf: shelf.generation)
        fresh = replace(
            kept,
            question=asked.question,
            how=asked.how(),
            state=answer.state,
            passages=keys_of(answer),
            generation=generation,
        )
        if fresh != kept:
            await self._memory.answers.keep(fresh)
        return fresh

    async def show(
        self,
        message: int,
        kept: StoredAnswer,
        answer: Answer,
        say: Catalogue,
        view: View,
        *,
        mine: int | None = None,
        edited: bool = False,
    ) -> None:
        """Makes a message of ours show `answer`, in that view."""
        blocks, markup = await self._message(
            kept, SearchedQuestion.of(kept), answer, say, view, mine=mine, edited=edited
        )
        await self._sender.edit(kept.chat, message, blocks, markup)

    async def _message(
        self,
        kept: StoredAnswer,
        asked: SearchedQuestion,
        answer: Answer,
        say: Catalogue,
        view: View,
        *,
        mine: int | None = None,
        edited: bool = False,
    ) -> tuple[tuple[Block, ...], Markup]:
        board = self.board(kept.chat, say)
        markup = answer_keyboard(board, answer, asked, kept.id, view, mine)
        if not answer.passages and board.folds:
            return short_nothing(answer, say), markup
        if not answer.passages:
            rows = await self._nearest(board, answer, asked)
            markup = board.markup([*rows, *(map(list, markup.inline_keyboard) if markup else ())])
        how = Circumstances(asked.added, await self._title(asked.like), edited)
        blocks = answer_card(answer, say, how, quoted=view.passage, compact=board.folds and not view.unfolded)
        return blocks, markup

    async def _nearest(self, board: Board, answer: Answer, asked: SearchedQuestion) -> list[Row]:
        """A button for each of the nearest titles of an answer without passages."""
        if asked.like is not None:
            return []
        nearest = await self._searches.shelf(lambda shelf: [shelf.titled(title) for title in answer.nearest])
        return title_rows(board, callback_data.OPEN, [article for article in nearest if article is not None])

    async def _title(self, key: PassageKey | None) -> str:
        opened = await self._searches.opened(key.article) if key else None
        return opened.article.title if opened else ""
