"""Answer questions in a terminal, at a prompt for people, or line by line through a pipe.

    line -> ConsoleSession.take() -> ConsoleAnswerer.answer_async() -> terminal() -> screen

On a terminal the lines come from `prompt.py`, with history and completion; otherwise each line of standard input
is a question, and only answers are printed.
"""

import asyncio
import signal
import sys
from collections import deque
from collections.abc import Coroutine, Iterator
from contextlib import aclosing, contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Protocol, TextIO

from bot.answer import DEFAULT_OPTIONS, Answer, AskOptions
from bot.catalogue import Catalogue
from bot.channels.terminal import DOUBT, QUIET, neighbourhood, say, stdout_console, terminal
from bot.conversation import FollowUp, RankingAnswerer, follow_up
from bot.errors import message_of
from bot.small_talk import small_talk
from index import ArticleCard, IndexLibraryError, Passage, tuning

if TYPE_CHECKING:
    from rich.console import Console

HELP: Final = (
    "Ask in your own words. Start a question with + to follow up on the ones before.",
    "1, 2, 3 … opens that passage in its article;",
    "< and > show the paragraphs before and after it.",
    ":titles [words] lists the articles, or only those with these words in the title.",
    ":explain turns explanations of the score on or off.",
    ":exact turns corrections of your words off or on.",
    ":all asks the last question again without its filters.",
    'Filters: "exact phrase"  -word  after:2024-06  before:2024  in:"words of a title"  source:name',
    ":quit or Ctrl-D exits; Ctrl-C clears the line or stops an answer.",
    "Tab completes titles; the arrow keys recall earlier questions.",
)
COMMANDS: Final = (":help", ":titles", ":explain", ":exact", ":all", ":quit")
HINT: Final = ":all searches everything."

_PAGE = 3
_TITLES = 20


class ConsoleAnswerer(RankingAnswerer, Protocol):
    """Answer questions and show articles, as `bot.answer.Answerer` does."""

    async def answer_async(
        self, question: str, k: int | None = None, options: AskOptions = DEFAULT_OPTIONS
    ) -> Answer: ...

    def titles(self, limit: int = 0) -> list[str]: ...

    def passages_of(self, article_row: int) -> list[Passage]: ...

    def article(self, article_row: int) -> ArticleCard: ...

    def summary(self) -> str: ...


async def run_console(
    answerer: ConsoleAnswerer,
    *,
    k: int,
    explain: bool = False,
    exact: bool = False,
    history: Path | None = None,
    console: "Console | None" = None,
    stdin: TextIO | None = None,
) -> int:
    """Answer until the input ends, with at most `k` passages per answer. Return the exit code.

    It is 0 on a terminal; piped, 0 if the last question was answered or nearly so, 1 if nothing was found or it failed.
    `history` is a file that keeps the questions typed; without it they are forgotten.
    """
    console = console or stdout_console()
    lines = stdin or sys.stdin
    session = ConsoleSession(answerer, console, k=k, explain=explain, exact=exact)
    if lines.isatty() and console.file.isatty():
        from bot.channels.prompt import prompt_lines

        say(console, f"Quoth: {answerer.summary()}. Ask in your own words, or type :help.", QUIET)
        with _surviving_interrupts():
            async with aclosing(prompt_lines(answerer.titles, COMMANDS, history)) as typed:
                async for line in typed:
                    if not await session.take(line):
                        break
        return 0
    return await _piped(session, lines)


async def _piped(session: "ConsoleSession", lines: TextIO) -> int:
    reconfigure = getattr(lines, "reconfigure", None)
    if reconfigure is not None:
        reconfigure(errors="replace")
    code = 0
    # Read in the loop's own thread: nothing else runs beside a pipe, and a reading thread would outlive Ctrl-C.
    for number, line in enumerate(filter(None, map(str.strip, lines))):
        if number:
            session.console.print()
        say(session.console, f"Q: {line}")
        try:
            answer = await session.ask(line)
            code = 1 if answer.state == "nothing" else 0
        except IndexLibraryError as error:
            sys.stderr.write(f"{_one_line(error)}\n")
            code = 1
        if session.console.quiet:
            break
    return code


class ConsoleSession:
    """Hold one conversation: the last answer, the questions before, and the page of the open article."""

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
        self._page: _Page | None = None

    async def take(self, line: str) -> bool:
        """Run a line, a question or a command. Return False when it says to leave."""
        line = " ".join(line.split())
        if line in (":quit", ":q", ":exit"):
            return False
        try:
            if kind := small_talk(line):
                say(self.console, Catalogue("en").text(kind))
            elif line == ":all":
                await self._ask_for_all()
            elif line.startswith(":"):
                self._command(line)
            elif line in ("<", ">"):
                self._show_more(line)
            elif line.isdecimal() and len(line) <= 2:
                self._open(int(line))
            elif line and await _interruptible(self.ask(line)) is None:
                say(self.console, "Stopped.", QUIET)
        except IndexLibraryError as error:
            say(self.console, _one_line(error), DOUBT)
        if line:
            self.console.print()
        return True

    async def ask(self, question: str, without: frozenset[str] = frozenset()) -> Answer:
        """Answer `question` on the console; `without` holds keys of filters to leave out.

        A question that begins with + is a follow-up on those before it.
        """
        options = AskOptions(self._exact, without, self._explain)
        if question.startswith("+"):
            question = question[1:].strip()
            understood = await self._with_earlier(question)
            options = replace(options, added=understood.added, article=understood.article)
        return await self._ask(question, options)

    async def _ask(self, question: str, options: AskOptions) -> Answer:
        answer = await self._answerer.answer_async(question, self._k, options)
        self._last, self._options, self._page = answer, options, None
        self._turns.appendleft(" ".join((question, *options.added)))
        terminal(answer, self.console, explain=self._explain, hint=HINT if self.console.is_terminal else "")
        return answer

    async def _with_earlier(self, question: str) -> FollowUp:
        """Return what earlier questions give to `question`, and print the words that are added."""
        shown = self._last.passages if self._last is not None else ()
        article = shown[0].article.id if shown else None
        understood = await asyncio.to_thread(follow_up, self._answerer, question, tuple(self._turns), self._k, article)
        if understood.added:
            say(self.console, f"Understood as: {' '.join((question, *understood.added))}", QUIET)
        return understood

    async def _ask_for_all(self) -> None:
        if self._last is None or not self._last.filters:
            say(self.console, "The last answer has no filters.", DOUBT)
            return
        keys = frozenset(one.key for one in self._last.filters)
        options = replace(self._options, exact=self._exact, without=keys, explain=self._explain)
        if await _interruptible(self._ask(self._last.question, options)) is None:
            say(self.console, "Stopped.", QUIET)

    def _command(self, line: str) -> None:
        command, _, words = line.partition(" ")
        if command in (":help", ":h", ":?"):
            for text in HELP:
                say(self.console, text)
        elif command == ":explain":
            self._explain = not self._explain
            say(self.console, f"Explanations are {'on' if self._explain else 'off'}.", QUIET)
        elif command == ":exact":
            self._exact = not self._exact
            say(self.console, f"Corrections are {'off' if self._exact else 'on'}.", QUIET)
        elif command == ":titles":
            self._titles(words)
        else:
            say(self.console, f"Unknown command {command}; :help lists the commands.", DOUBT)

    def _titles(self, words: str) -> None:
        every = self._answerer.titles()
        titles = [title for title in every if all(word in title.casefold() for word in words.casefold().split())]
        for title in titles[:_TITLES]:
            say(self.console, f"• {title}")
        if len(titles) > _TITLES:
            say(self.console, f"{_TITLES} of {len(titles)} titles; add words to see fewer.", QUIET)
        elif not titles:
            say(self.console, f"None of the {len(every)} titles contains these words.", DOUBT)

    def _open(self, number: int) -> None:
        passages = self._last.passages if self._last is not None else ()
        if not 1 <= number <= len(passages):
            known = f"the last answer has {len(passages)}" if passages else "ask a question first"
            say(self.console, f"There is no passage {number}: {known}.", DOUBT)
            return
        passage, row = passages[number - 1].passage, passages[number - 1].article.row
        whole = self._answerer.passages_of(row)
        if passage not in whole:
            say(self.console, "The index was rebuilt since that answer; ask again.", DOUBT)
            return
        at = whole.index(passage)
        self._show(_Page(self._answerer.article(row), whole, passage.row, max(at - 1, 0), at + 2))

    def _show_more(self, way: str) -> None:
        page = self._page
        if page is None:
            say(self.console, "No article is open; type the number of a passage.", DOUBT)
        elif way == "<" and page.first == 0:
            say(self.console, "This is the beginning of the article.", QUIET)
        elif way == ">" and page.last >= len(page.passages):
            say(self.console, "This is the end of the article.", QUIET)
        else:
            first = max(page.first - _PAGE, 0) if way == "<" else page.last
            last = page.first if way == "<" else page.last + _PAGE
            self._show(_Page(page.article, page.passages, page.chosen, first, last))

    def _show(self, page: "_Page") -> None:
        self._page = page
        neighbourhood(page.article, page.passages[page.first : page.last], page.chosen, self.console)
        ways = [*(["< before"] if page.first else []), *(["> after"] if page.last < len(page.passages) else [])]
        if ways:
            self.console.print()
            say(self.console, " · ".join(ways), QUIET)


@dataclass(frozen=True, slots=True)
class _Page:
    """The part of an article on the screen: `passages[first:last]`, and the row of the passage of the answer."""

    article: ArticleCard
    passages: list[Passage]
    chosen: int
    first: int
    last: int


@contextmanager
def _surviving_interrupts() -> Iterator[None]:
    """Ignore Ctrl-C between an answer and the next prompt."""
    before = signal.getsignal(signal.SIGINT)
    signal.signal(signal.SIGINT, lambda *_: None)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


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


def _one_line(error: Exception) -> str:
    return " ".join(message_of(error).split())
