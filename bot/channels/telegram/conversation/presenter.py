"""From an answer to a message on somebody's screen, remembered so that its buttons, replies and edits work later."""

import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import replace

from bot.answer import Answer
from bot.catalogue import Catalogue
from bot.channels.telegram.access.door import OncePer
from bot.channels.telegram.access.turn import Turn
from bot.channels.telegram.conversation.search import Searches
from bot.channels.telegram.memory.memory import Memory
from bot.channels.telegram.memory.question import SearchedQuestion
from bot.channels.telegram.memory.records import PassageKey, StoredAnswer
from bot.channels.telegram.messages.display import Display
from bot.channels.telegram.messages.keyboards import Board, View
from bot.channels.telegram.messages.sender import Sender, Target
from index import ArticleCard

NOTHING_EVERY = 60.0
_REMEMBERED = 10_000
_OFFERED = 3


def passage_keys(answer: Answer) -> tuple[PassageKey, ...]:
    """Return the passages of an answer by names that outlive rebuilds."""
    return tuple(PassageKey(hit.article.id, hit.passage.row - hit.article.first) for hit in answer.passages)


class Presenter:
    """Send answers, and show them anew."""

    def __init__(
        self, memory: Memory, sender: Sender, searches: Searches, board: Callable[[int, Catalogue], Board]
    ) -> None:
        self._answers = memory.answers
        self._sender = sender
        self._searches = searches
        self._board = board
        self._nothing_once = OncePer(NOTHING_EVERY, time.monotonic)
        # Which passage of its answer a message shows, where it is not the first.
        self._turned_to: OrderedDict[tuple[int, int], int] = OrderedDict()

    async def present(
        self, turn: Turn, searched: SearchedQuestion, answer: Answer, follows: StoredAnswer | None = None
    ) -> None:
        """Send an answer. That nothing was found is said once a minute in a group."""
        target = turn.target
        seen_by_all = not target.private and target.direct is None
        context, keys = await self._context(searched, answer, turn.say.language), passage_keys(answer)
        stored = StoredAnswer(
            target.chat,
            turn.who.user,
            searched.question,
            answer.state,
            keys,
            await self._searches.articles(lambda articles: articles.generation),
            target.thread,
            target.direct,
            turn.asked_in,
            follows=follows.id if follows else None,
            how=searched.to_json(),
        )
        await self._answers.store(stored)
        if not answer.passages and seen_by_all and not self._nothing_once.first(target.chat):
            return
        card = Display(stored, searched, answer, turn.say, View()).card(self._board(target.chat, turn.say), *context)
        sent = await self._sender.card(target, *card)
        if sent is not None:
            self._answers.mark_sent(stored, sent)

    async def renew(self, stored: StoredAnswer, searched: SearchedQuestion, answer: Answer) -> StoredAnswer:
        """Remember what is shown now under the name of what was shown before."""
        fresh = await self.renewed(stored, searched, answer)
        if fresh != stored:
            await self._answers.store(fresh)
        return fresh

    async def renewed(self, stored: StoredAnswer, searched: SearchedQuestion, answer: Answer) -> StoredAnswer:
        """Return what is shown now under the name of what was shown before."""
        return replace(
            stored,
            question=searched.question,
            how=searched.to_json(),
            state=answer.state,
            passages=passage_keys(answer),
            generation=await self._searches.articles(lambda articles: articles.generation),
        )

    async def show(self, message: int, display: Display) -> int:
        """Make a message of ours show that, or a new one if it cannot be changed any more; return which one it is."""
        stored, say = display.stored, display.say
        self._turned_to[stored.chat, message] = display.view.passage
        while len(self._turned_to) > _REMEMBERED:
            self._turned_to.popitem(last=False)
        context = await self._context(display.searched, display.answer, say.language)
        card = display.card(self._board(stored.chat, say), *context)
        asked_in = stored.asked_in or message
        target = Target(stored.chat, stored.thread, asked_in, stored.chat > 0, stored.user, say, stored.direct)
        sent = await self._sender.put(target, message, *card)
        if sent is None:
            return message
        self._answers.mark_sent(stored, sent)
        return sent

    def passage_shown(self, chat: int, message: int) -> int:
        """Return which passage of its answer, from 0, a message of ours shows."""
        return self._turned_to.get((chat, message), 0)

    async def _context(
        self, searched: SearchedQuestion, answer: Answer, language: str
    ) -> tuple[list[ArticleCard], str]:
        """Return the nearest articles of an answer without passages, or some in the reader's language where none is
        near, and the title of the one that is to be like."""
        if searched.like is not None:
            opened = await self._searches.open_article(searched.like.article)
            return [], opened.article.title if opened else ""
        if answer.passages:
            return [], ""
        if not answer.nearest:
            return await self._searches.articles(lambda articles: articles.in_language(language, _OFFERED)), ""
        nearest = await self._searches.articles(lambda articles: [articles.titled(title) for title in answer.nearest])
        return [article for article in nearest if article is not None], ""
