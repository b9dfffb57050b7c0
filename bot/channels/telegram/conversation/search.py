"""Asking the index from the event loop: in 8 threads of its own, and never for longer than the pace allows.

A search that nobody waits for any more may go on, where a cluster hangs; all else has the threads of the loop.
"""

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import Final, TypeVar

from bot.answer import Answer, AskOptions
from bot.articles import Articles, Extent, WholeArticle
from bot.catalogue import Catalogue
from bot.channels.telegram.memory.question import SearchedQuestion
from bot.channels.telegram.memory.records import PassageKey
from bot.channels.telegram.options import Answering, Pace
from bot.channels.telegram.transport.in_hand import IN_HAND
from bot.channels.telegram.transport.metrics import Metrics
from bot.channels.telegram.transport.one_by_one import OneByOne
from bot.conversation import follow_up
from bot.examples import Example, example_questions
from index import NoIndexError

LOG = logging.getLogger(__name__)

AT_ONCE: Final = 8
# More are asked for than shown, because the article that is already known is left out.
_DEPTH: Final = 20
_SOURCES: Final = 3
_EXAMPLES: Final = 3

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Overview:
    """What there is to ask about, and questions to begin with."""

    extent: Extent
    examples: tuple[Example, ...]


class Searches:
    """What the conversation asks, one search of each person at a time.

    Raises `index.errors.NoIndexError` before the first build, TimeoutError when a search takes too long.
    """

    def __init__(self, answerer: Answering, passages: int, pace: Pace, metrics: Metrics) -> None:
        self._answerer = answerer
        self._metrics = metrics
        self._passages = passages
        self._pace = pace
        self._places = asyncio.Semaphore(AT_ONCE)
        self._threads = ThreadPoolExecutor(AT_ONCE, "quoth-searches")
        self._people: OneByOne[int] = OneByOne()
        # Of one generation: its number, and by language what a newcomer is told.
        self._told: tuple[int, dict[str, Overview]] = (0, {})

    async def question(
        self, question: str, earlier: Sequence[str] = (), article: str | None = None
    ) -> tuple[SearchedQuestion, Answer]:
        """Answer what a person asked after `earlier` questions, newest first; return how it was searched, too.

        `article` is the id of the article that the newest of them was answered from.

        It is counted, and logged without its words.
        """
        began, state = time.perf_counter(), "failed"
        try:
            if earlier:
                understood = await self._run(
                    lambda: follow_up(self._answerer, question, earlier, self._passages, article)
                )
                searched = SearchedQuestion(question, added=understood.added, article=understood.article)
                answer = understood.answer
            else:
                searched = SearchedQuestion(question)
                answer = await self.answer(searched)
            state = answer.state
        except NoIndexError:
            state = "no index"
            raise
        finally:
            seconds = time.perf_counter() - began
            self._metrics.question(state, seconds)
            LOG.info("asked state=%s seconds=%.4f follow_up=%s", state.replace(" ", "_"), seconds, bool(earlier))
        return searched, answer

    async def answer(self, searched: SearchedQuestion, most: int = 0) -> Answer:
        """Return the answer to `searched`, with at most `most` passages (the setting's number by default)."""
        like = searched.like
        options = AskOptions(searched.exact, searched.without, added=searched.added, article=searched.article)
        async with self._place():
            most = _DEPTH if like else most or self._passages
            answer = await self._answerer.answer_async(searched.question, most, options, self._threads)
        if like is None:
            return answer
        others = tuple(hit for hit in answer.passages if hit.article.id != like.article)[: self._passages]
        return replace(answer, passages=others, state=answer.state if others else "nothing")

    async def like(self, key: PassageKey) -> SearchedQuestion | None:
        """Return the question for more of a passage's kind; None when it is no longer there, or has no words."""
        opened = await self.open_article(key.article)
        if opened is None or key.position >= len(opened.passages):
            return None
        passage = opened.passages[key.position]
        words = await self.articles(lambda articles: articles.words_of(opened.article, passage))
        return SearchedQuestion(words, exact=True, like=key) if words else None

    async def overview(self, say: Catalogue) -> Overview:
        """Return what a newcomer is told, who reads the language of `say`."""
        generation = await self.articles(lambda articles: articles.generation)
        if self._told[0] != generation:
            self._told = (generation, {})
        told = self._told[1]
        if say.language not in told:
            told[say.language] = await self._run(
                lambda: Overview(
                    self._answerer.articles.extent(_SOURCES), example_questions(self._answerer, say, _EXAMPLES)
                )
            )
        return told[say.language]

    async def open_article(self, article: str) -> WholeArticle | None:
        """Return an article with its passages, None when there is none of that id."""
        return await self.articles(lambda articles: articles.open(article))

    async def articles(self, look: Callable[[Articles], T]) -> T:
        """Return what `look` finds among the articles."""
        return await self._run(lambda: look(self._answerer.articles))

    async def _run(self, work: Callable[[], T]) -> T:
        async with self._place():
            return await asyncio.get_running_loop().run_in_executor(self._threads, work)

    @asynccontextmanager
    async def _place(self) -> AsyncIterator[None]:
        """Wait for a place to search; one person has one, however much they ask in however many chats."""
        hand = IN_HAND.get()
        async with self._people.turn(hand.person if hand else None), self._places, asyncio.timeout(self._pace.answer):
            yield
