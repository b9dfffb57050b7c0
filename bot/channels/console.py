"""Answer questions in a terminal, at a prompt for people, or line by line through a pipe.

    line -> ConsoleSession.take() -> ConsoleAnswerer.answer_async() -> terminal() -> screen

On a terminal the lines come from `prompt.py`, with history and completion; otherwise each line of standard input
is a question, and only answers are printed.
"""

import asyncio
import signal
import sys
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from contextlib import aclosing, asynccontextmanager, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

from bot.channels.layout import QUIET, say, stdout_console
from bot.channels.session import COMMANDS, ConsoleAnswerer, ConsoleSession, one_line
from bot.printing import err
from index import IndexLibraryError

if TYPE_CHECKING:
    from rich.console import Console


Beside = Callable[[Callable[[str], None]], Coroutine[Any, Any, None]]
"""What runs beside a prompt, given a function that takes lines for whoever sits there."""


async def run_console(
    answerer: ConsoleAnswerer,
    *,
    k: int,
    explain: bool = False,
    exact: bool = False,
    history: Path | None = None,
    beside: Beside | None = None,
    console: "Console | None" = None,
    stdin: TextIO | None = None,
) -> int:
    """Answer until the input ends, with at most `k` passages per answer. Return the exit code.

    It is 0 on a terminal; piped, 0 if the last question was answered or nearly so, 1 if nothing was found or it failed.
    `history` is a file that keeps the questions typed; without it they are forgotten. What is told `beside` a prompt
    stands above the next answer.
    """
    console = console or stdout_console()
    lines = stdin or sys.stdin
    session = ConsoleSession(answerer, console, k=k, explain=explain, exact=exact)
    if lines.isatty() and console.file.isatty():
        from bot.channels.prompt import prompt_lines

        say(console, f"Quoth: {answerer.summary()}. Ask in your own words, or type help.", QUIET)
        with _surviving_interrupts():
            async with (
                _running(beside) as told,
                aclosing(prompt_lines(answerer.titles, COMMANDS, history)) as typed,
            ):
                async for line in typed:
                    while told:
                        say(console, told.pop(0), QUIET)
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
            err(one_line(error))
            code = 1
        if session.console.quiet:
            break
    return code


@asynccontextmanager
async def _running(beside: Beside | None) -> AsyncIterator[list[str]]:
    """Run something beside the block; yield what it has told so far."""
    told: list[str] = []
    task = asyncio.create_task(beside(told.append)) if beside is not None else None
    try:
        yield told
    finally:
        if task is not None:
            task.cancel()
            await asyncio.wait({task})


@contextmanager
def _surviving_interrupts() -> Iterator[None]:
    """Ignore Ctrl-C between an answer and the next prompt."""
    before = signal.getsignal(signal.SIGINT)
    signal.signal(signal.SIGINT, lambda *_: None)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
