"""Asking in a terminal: a prompt for people, lines in and answers out for pipes.

    line -> ConsoleSession.take() -> Library.answer_async() -> terminal() -> screen

On a terminal the lines come from `prompt.py`, with history and completion; otherwise each line of standard input
is a question, and nothing but answers is printed.
"""

import asyncio
import signal
import sys
from collections import deque
from collections.abc import Coroutine, Iterator
from contextlib import aclosing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Protocol, TextIO

from bot.answer import DEFAULT_OPTIONS, Answer, AskOptions
from bot.channels.terminal import DOUBT, QUIET, neighbourhood, say, stdout_console, terminal
from bot.conversation import RankingAnswerer, follow_up
from bot.errors import message_of
from index import ArticleCard, IndexLibraryError, Passage, tuning

if TYPE_CHECKING:
    from rich.console import Console

HELP: Final = (
    "Ask in your own words; + and a question goes on from the one before.",
    "1, 2, 3 … opens that passage in its article;",
    "< and > show the paragraphs before and after it.",
    ":titles [words] lists the articles, or those with these words.",
    ":explain shows why an answer is the one it is, or stops showing it.",
    ":exact searches words as you write them, without corrections, or corrects them again.",
    ":all asks the last question again without what narrows it.",
    '"exact phrase"  -word  after:2024-06  before:2024  in:"words of a title"  source:name  narrow a question.',
    ":quit or Ctrl-D leaves; Ctrl-C empties the line or stops an answer.",
    "Tab completes a title, the arrow keys bring back questions.",
)
COMMANDS: Final = (":help", ":titles", ":explain", ":exact", ":all", ":quit")
WAY_BACK: Final = ":all searches everything."

_PAGE = 3
_TITLES = 20


class Library(RankingAnswerer, Protocol):
    """What the console asks; `bot.answer.Answerer` is one."""

    async def answer_async(
        self, question: str, k: int | None = None, options: AskOptions = DEFAULT_OPTIONS
    ) -> Answer: ...

    def titles(self, limit: int = 0) -> list[str]: ...

    def passages_of(self, article_row: int) -> list[Passage]: ...

    def article(self, article_row: int) -> ArticleCard: ...

    def summary(self) -> str: ...


async def run_console(
    library: Library,
    *,
    k: int,
    explain: bool = False,
    exact: bool = False,
    history: Path | None = None,
    console: "Console | None" = None,
    stdin: TextIO | None = None,
) -> int:
    """Answers until the input ends, with at most `k` passages an answer; returns the exit code.

    0 on a terminal. Piped, 0 if the last question was answered or nearly so, 1 if nothing was found or it failed.
    `history` is a file that keeps the questions typed; without it they are forgotten.
    """
    console = console or stdout_console()
    lines = stdin or sys.stdin
    talk = ConsoleSession(library, console, k=k, explain=explain, exact=exact)
    if lines.isatty() and console.file.isatty():
        from bot.channels.prompt import prompt_lines

        say(console, f"Quoth: {library.summary()}. Ask in your own words; :help says more.", QUIET)
        with _surviving_interrupts():
            async with aclosing(prompt_lines(library.titles, COMMANDS, history)) as typed:
                async for line in typed:
                    if not await talk.take(line):
                        break
        return 0
    return await _piped(talk, lines)


async def _piped(talk: "ConsoleSession", lines: TextIO) -> int:
    reconfigure = getattr(lines, "reconfigure", None)
    if reconfigure is not None:
        reconfigure(errors="replace")
    code = 0
    # Read in the loop's own thread: nothing else runs beside a pipe, and a reading thread would outlive Ctrl-C.
    for number, line in enumerate(filter(None, map(str.strip, lines))):
        if number:
            talk.console.print()
        say(talk.console, f"Q: {line}")
        try:
            answer = await talk.ask(line)
            code = 1 if answer.state == "nothing" else 0
        except IndexLibraryError as error:
            sys.stderr.write(f"{_one_line(error)}\n")
            code = 1
        if talk.console.quiet:
            break
    return code


class ConsoleSession:
    """One person's conversation: the last answer, and the page of an article that is open."""

    def __init__(self, library: Library, console: "Console", *, k: int, explain: bool, exact: bool = False) -> None:
        self.console = console
        self._library = library
        self._k = k
        self._explain = explain
        self._exact = exact
        self._last: Answer | None = None
        self._turns: deque[str] = deque(maxlen=tuning.TURNS)
        self._page: _Page | None = None

    async def take(self, line: str) -> bool:
        """Does what `line` says, a question or a command; False when it says to leave."""
        line = " ".join(line.split())
        if line in (":quit", ":q", ":exit"):
            return False
        try:
            if line == ":all":
                await self._ask_for_all()
            elif line.startswith(":"):
                self._command(line)
            elif line in ("<", ">"):
                self._turn(line)
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
        """Answers `question` on the console; `without` holds keys of narrowings to leave out.

        One that begins with + is asked in the context of those before it.
        """
        if question.startswith("+"):
            question = await self._understood(question[1:].strip())
        answer = await self._library.answer_async(question, self._k, AskOptions(self._exact, without, self._explain))
        self._last, self._page = answer, None
        self._turns.appendleft(question)
        terminal(answer, self.console, explain=self._explain, way_back=WAY_BACK if self.console.is_terminal else "")
        return answer

    async def _understood(self, question: str) -> str:
        """`question` with the words of earlier ones that make it surer; what was added is said."""
        understood = await asyncio.to_thread(follow_up, self._library, question, tuple(self._turns), self._k)
        if understood.added:
            question = " ".join((question, *understood.added))
            say(self.console, f"Understood as: {question}", QUIET)
        return question

    async def _ask_for_all(self) -> None:
        if self._last is None or not self._last.filters:
            say(self.console, "Nothing narrows the last answer.", DOUBT)
            return
        keys = frozenset(limit.key for limit in self._last.filters)
        if await _interruptible(self.ask(self._last.question, keys)) is None:
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
            say(self.console, f"Words are searched {'as written' if self._exact else 'with corrections'}.", QUIET)
        elif command == ":titles":
            self._titles(words)
        else:
            say(self.console, f"There is no command {command}; :help lists them.", DOUBT)

    def _titles(self, words: str) -> None:
        every = self._library.titles()
        wanted = words.casefold().split()
        titles = [title for title in every if all(word in title.casefold() for word in wanted)]
        for title in titles[:_TITLES]:
            say(self.console, f"• {title}")
        if len(titles) > _TITLES:
            say(self.console, f"{_TITLES} of {len(titles)} titles; add words to narrow them.", QUIET)
        elif not titles:
            say(self.console, f"None of {len(every)} titles has these words.", DOUBT)

    def _open(self, number: int) -> None:
        passages = self._last.passages if self._last is not None else ()
        if not 1 <= number <= len(passages):
            known = f"the last answer has {len(passages)}" if passages else "ask something first"
            say(self.console, f"There is no passage {number}: {known}.", DOUBT)
            return
        found = passages[number - 1]
        row = found.article.row
        all_of_it = self._library.passages_of(row)
        if found.passage not in all_of_it:
            say(self.console, "The articles were read anew since that answer; please ask again.", DOUBT)
            return
        at = all_of_it.index(found.passage)
        self._show(_Page(self._library.article(row), all_of_it, found.passage.row, max(at - 1, 0), at + 2))

    def _turn(self, way: str) -> None:
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
    """The part of an article on the screen: `passages[first:last]`, and the row of the passage that was found."""

    article: ArticleCard
    passages: list[Passage]
    chosen: int
    first: int
    last: int


@contextmanager
def _surviving_interrupts() -> Iterator[None]:
    """Lets a Ctrl-C between an answer and the next prompt pass without effect."""
    before = signal.getsignal(signal.SIGINT)
    signal.signal(signal.SIGINT, lambda *_: None)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


async def _interruptible(answering: Coroutine[Any, Any, Answer]) -> Answer | None:
    """The answer, or None if Ctrl-C came first; the program itself goes on."""
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
