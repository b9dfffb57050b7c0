"""Hold a conversation in a terminal: questions, the commands beside them, and the article that is open."""

import asyncio
import signal
from collections import deque
from collections.abc import Coroutine
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final, Protocol

from bot.answer import DEFAULT_OPTIONS, Answer, AskOptions
from bot.articles import Listing
from bot.catalogue import Catalogue
from bot.channels.layout import DOUBT, QUIET, entry, say
from bot.channels.page import Page
from bot.channels.terminal import cards, explanation, numbered, terminal
from bot.conversation import FollowUp, RankingAnswerer, follow_up
from bot.errors import message_of
from bot.small_talk import small_talk
from index import ArticleCard, IndexLibraryError, Passage, tuning

if TYPE_CHECKING:
    from rich.console import Console

HELP: Final = (
    ("1, 2, 3 …", "opens what stands behind that number: a passage in its article, or an article"),
    ("< and >", "the paragraphs before and after it"),
    (":more", "further passages for the last question"),
    (":why", "how its first passage came about"),
    (":explain", "says so under every answer, or no longer"),
    (":titles [words]", "the articles, or only those with these words in the title"),
    (":since 2024-06", "asks the last question again, of articles from that day, month or year on"),
    (":sources", "whom the articles are from"),
    (":exact", "turns corrections of your words off or on"),
    (":all", "asks the last question again without its filters"),
    ("filters", '"exact phrase"  -word  after:2024-06  before:2024  in:"words of a title"  source:name'),
    (":quit or exit", "leaves, as Ctrl-D does; Ctrl-C clears the line or stops an answer"),
    ("keys", "Tab completes titles; the arrows recall earlier questions"),
)
COMMANDS: Final = (*(":help", ":titles", ":more", ":why", ":since", ":sources", ":explain", ":exact", ":all", ":quit"),)
HINT: Final = ":all searches everything."
# What people type for commands in other programs.
_MEANT: Final = dict.fromkeys("exit quit q :q :exit".split(), ":quit") | dict.fromkeys("help ? :h :?".split(), ":help")

_MOST = 50
_TITLES = _SOURCES = 20


class Titles(Protocol):
    """Find articles by their titles, and list them by words of these, as `bot.articles.Articles` does."""

    def titles(self, words: str, first: int, most: int) -> Listing: ...

    def titled(self, title: str) -> ArticleCard | None: ...


class ConsoleAnswerer(RankingAnswerer, Protocol):
    """Answer questions and show articles, as `bot.answer.Answerer` does."""

    async def answer_async(
        self, question: str, k: int | None = None, options: AskOptions = DEFAULT_OPTIONS
    ) -> Answer: ...

    @property
    def articles(self) -> Titles: ...

    def titles(self, limit: int = 0) -> list[str]: ...

    def passages_of(self, article_row: int) -> list[Passage]: ...

    def article(self, article_row: int) -> ArticleCard: ...

    def sources(self) -> dict[str, int]: ...

    def summary(self) -> str: ...


class ConsoleSession:
    """Hold one conversation: the last answer, the questions before, what numbers open, and the open article."""

    def __init__(
        self, answerer: ConsoleAnswerer, console: "Console", *, k: int, explain: bool, exact: bool = False
    ) -> None:
        self.console = console
        self._answerer = answerer
        self._k = k
        self._explain = explain
        self._exact = exact
        self._last: Answer | None = None
        self._options = DEFAULT_OPTIONS
        self._turns: deque[str] = deque(maxlen=tuning.TURNS)
        self._openable: tuple[_Openable, ...] = ()
        self._page: Page | None = None

    async def take(self, line: str) -> bool:
        """Run a line, a question or a command. Return False when it says to leave."""
        line = _meant(" ".join(line.split()))
        if line == ":quit":
            return False
        try:
            if line.partition(" ")[0] not in COMMANDS and (kind := small_talk(line)):
                say(self.console, Catalogue("en").text(kind))
            elif line.startswith(":"):
                await self._command(line)
            elif line in ("<", ">"):
                self._turn(line)
            elif line.isdecimal() and len(line) <= 2:
                self._open(int(line))
            elif line:
                await self._patiently(self.ask(line))
        except IndexLibraryError as error:
            say(self.console, one_line(error), DOUBT)
        if line:
            self.console.print()
        return True

    async def ask(self, question: str) -> Answer:
        """Answer `question` on the console; one that begins with + is a follow-up on those before it."""
        options = AskOptions(self._exact, explain=self._explain)
        if question.startswith("+"):
            question = question[1:].strip()
            understood = await self._with_earlier(question)
            options = replace(options, added=understood.added, article=understood.article)
        return await self._ask(question, options)

    async def _ask(self, question: str, options: AskOptions) -> Answer:
        answer = await self._answerer.answer_async(question, self._k, options)
        self._turns.appendleft(" ".join((question, *options.added)))
        self._remember(answer, options)
        terminal(answer, self.console, explain=self._explain, hint=HINT if self.console.is_terminal else "")
        return answer

    def _remember(self, answer: Answer, options: AskOptions) -> None:
        self._last, self._options, self._page = answer, options, None
        if answer.state != "nothing":
            self._openable = tuple(_Openable(one.article.row, one.passage) for one in answer.passages)
            return
        nearest = map(self._answerer.articles.titled, answer.nearest)
        self._openable = tuple(_Openable(article.row) for article in nearest if article is not None)

    async def _patiently(self, answering: Coroutine[Any, Any, Answer]) -> None:
        if await _interruptible(answering) is None:
            say(self.console, "Stopped.", QUIET)

    async def _with_earlier(self, question: str) -> FollowUp:
        """Return what earlier questions give to `question`, and print the words that are added."""
        shown = self._last.passages if self._last is not None else ()
        article = shown[0].article.id if shown else None
        understood = await asyncio.to_thread(follow_up, self._answerer, question, tuple(self._turns), self._k, article)
        if understood.added:
            say(self.console, f"Understood as: {' '.join((question, *understood.added))}", QUIET)
        return understood

    async def _command(self, line: str) -> None:
        command, _, words = line.partition(" ")
        if command == ":help":
            say(self.console, "Ask in your own words. Start a question with + to follow up on the ones before.")
            for name, text in HELP:
                entry(self.console, name, text)
        elif command == ":explain":
            self._explain = not self._explain
            say(self.console, f"Explanations are {'on' if self._explain else 'off'}.", QUIET)
        elif command == ":exact":
            self._exact = not self._exact
            say(self.console, f"Corrections are {'off' if self._exact else 'on'}.", QUIET)
        elif command == ":titles":
            self._titles(words)
        elif command == ":sources":
            self._sources()
        elif command not in COMMANDS:
            say(self.console, f"Unknown command {command}; :help lists the commands.", DOUBT)
        elif self._last is None:
            say(self.console, f"{command} goes on from an answer; ask a question first.", DOUBT)
        else:
            await self._go_on(command, words, self._last)

    async def _go_on(self, command: str, words: str, last: Answer) -> None:
        """Run a command that asks the last question in another way."""
        options = replace(self._options, exact=self._exact, explain=self._explain)
        if command == ":all" and not last.filters:
            say(self.console, "The last answer has no filters.", DOUBT)
        elif command == ":all":
            keys = frozenset(one.key for one in last.filters)
            await self._patiently(self._ask(last.question, replace(options, without=keys)))
        elif command == ":since" and not words:
            say(self.console, "Say from when on: :since 2024-06", DOUBT)
        elif command == ":since":
            await self._patiently(self._ask(f"{last.question} after:{words}", options))
        elif command == ":why":
            answer = await self._answerer.answer_async(last.question, self._k, replace(options, explain=True))
            explanation(answer, self.console)
        else:
            await self._patiently(self._more(last, options))

    async def _more(self, last: Answer, options: AskOptions) -> Answer:
        """Show the passages that come after those of the last answer, numbered on."""
        seen = len(last.passages)
        answer = await self._answerer.answer_async(last.question, min(seen + self._k, _MOST), options)
        if len(answer.passages) <= seen:
            say(self.console, "There are no further passages.", QUIET)
            return last
        self._remember(answer, options)
        cards(answer, self.console, first=seen)
        return answer

    def _titles(self, words: str) -> None:
        listed = self._answerer.articles.titles(words, 0, _TITLES)
        self._openable = tuple(_Openable(article.row) for article in listed.articles)
        for line in numbered([article.title for article in listed.articles]):
            say(self.console, line)
        if listed.count > _TITLES:
            say(self.console, f"{_TITLES} of {listed.count:,} titles; add words to see fewer.", QUIET)
        elif not listed.count:
            say(self.console, "No title contains these words.", DOUBT)

    def _sources(self) -> None:
        counts = self._answerer.sources()
        for source in sorted(counts, key=lambda source: (-counts[source], source))[:_SOURCES]:
            say(self.console, f"{counts[source]:>8,}  {source}")
        if len(counts) > _SOURCES:
            say(self.console, f"{_SOURCES} of {len(counts):,} sources.", QUIET)
        elif not counts:
            say(self.console, "No article states a source.", QUIET)

    def _open(self, number: int) -> None:
        if not 1 <= number <= len(self._openable):
            known = f"the last ones end with {len(self._openable)}" if self._openable else "ask a question first"
            say(self.console, f"Nothing has the number {number}: {known}.", DOUBT)
            return
        one = self._openable[number - 1]
        whole = self._answerer.passages_of(one.row)
        if one.passage is not None and one.passage not in whole:
            say(self.console, "The index was rebuilt since that answer; ask again.", DOUBT)
            return
        self._page = Page.at(self.console, self._answerer.article(one.row), whole, one.passage)
        self._page.show(self.console)

    def _turn(self, way: str) -> None:
        if self._page is None:
            say(self.console, "No article is open; type the number of a passage.", DOUBT)
        elif page := self._page.turned(self.console, way):
            self._page = page
            page.show(self.console)
        else:
            say(self.console, f"This is the {'beginning' if way == '<' else 'end'} of the article.", QUIET)


@dataclass(frozen=True, slots=True)
class _Openable:
    """What a number opens: the article in a row, at a passage of an answer or at its beginning."""

    row: int
    passage: Passage | None = None


def _meant(line: str) -> str:
    """Return the command that a line means in the words of other programs, or the line itself."""
    line = _MEANT.get(line.casefold(), line)
    command = f":{line[1:]}"
    return command if line.startswith("/") and command.partition(" ")[0] in COMMANDS else line


async def _interruptible(answering: Coroutine[Any, Any, Answer]) -> Answer | None:
    """Return the answer, or None if Ctrl-C came first; the program itself goes on."""
    task = asyncio.ensure_future(answering)
    loop = asyncio.get_running_loop()
    before = signal.getsignal(signal.SIGINT)
    # Windows has no such handlers: there Ctrl-C waits for the answer.
    with suppress(NotImplementedError):
        loop.add_signal_handler(signal.SIGINT, task.cancel)
    try:
        return await task
    except asyncio.CancelledError:
        current = asyncio.current_task()
        if current is not None and current.cancelling():
            raise
        return None
    finally:
        with suppress(NotImplementedError):
            loop.remove_signal_handler(signal.SIGINT)
        signal.signal(signal.SIGINT, before)


def one_line(error: Exception) -> str:
    return " ".join(message_of(error).split())
