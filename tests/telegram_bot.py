"""The real Telegram channel for tests, in front of a small fixed library. Run as a program, it is a process to stop:

python -m tests.telegram_bot BASE_URL TOKEN FOLDER [SECONDS_PER_ANSWER] [polling|webhook] [LOG_LEVEL]
"""

import asyncio
import atexit
import logging
import os
import socket
import sys
import tempfile
from collections.abc import AsyncIterator
from concurrent.futures import Executor
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, replace
from functools import cache
from itertools import cycle, islice
from pathlib import Path
from typing import Any

from bot.answer import DEFAULT_OPTIONS, Answer, Answerer, AskOptions
from bot.articles import Articles
from bot.catalogue import FALLBACK
from bot.channels.telegram import Access, FloodLimits, Pace, TelegramOptions, WebhookOptions, serve
from bot.channels.telegram.access import menus
from bot.policy import Policy
from index.build.build import Options, build
from index.model import Article, Paragraph
from index.query.terms import Resolved
from index.search.results import Results
from index.search.retriever import LocalRetriever
from index.store.store import Store
from tests.telegram_server.server import FakeTelegram

TITLE = "The lamp & the <keeper>"
BEFORE, SENTENCE, AFTER = "The coast was dark.", "Maren Voss lit the lamp in 1871.", "Ships came back."
SHARED = "a-Secret_of_the_two"
ENDLESS = FloodLimits(burst=10**6, every=1e-6, hourly=10**6)
# Below those that systems give out themselves; processes that run side by side begin far from each other.
_PORTS = islice(cycle(range(10240, 32768)), os.getpid() * 97 % 22528, None)
# A bot introduces itself at each start, with four calls for every language, a fifth of what most tests cost: here in
# one language, but for tests that ask for `introduced`.
vars(menus)["LANGUAGES"] = (FALLBACK,)
FAST = Pace(poll=1, interval=0.02, read=2.0, retry=0.02, watch=0.02, drain=2.0, typing=30.0, album=0.2)


@cache
def lamp() -> Answerer:
    """Answers from the one article of the library, a real index in a folder of this process."""
    folder = tempfile.TemporaryDirectory()
    atexit.register(folder.cleanup)
    text = f"{BEFORE} {SENTENCE} {AFTER}"
    paragraphs = tuple(map(Paragraph, ("The keeper lived alone.", text, "Nobody knows what came of him.")))
    article = Article(TITLE, paragraphs, "lamp.txt", date="2026-11-24", language="en")
    store = Store(Path(folder.name))
    build(store, [article], [], Options())
    return Answerer(LocalRetriever(store), Policy(answered_at=0, closest_at=0))


class Library:
    """Answers everything with the lamp; remembers what was asked. `error` is raised instead; "slow" waits at `gate`."""

    def __init__(self, seconds: float = 0.0) -> None:
        self.asked: list[str] = []
        self.passages: list[int | None] = []
        self.error: Exception | None = None
        self.gate = asyncio.Event()
        self.at_gate = asyncio.Event()
        self._seconds = seconds

    async def answer_async(
        self,
        question: str,
        k: int | None = None,
        options: AskOptions = DEFAULT_OPTIONS,
        threads: Executor | None = None,  # noqa: ARG002 - nothing is searched
    ) -> Answer:
        assert options == DEFAULT_OPTIONS
        self.asked.append(question)
        self.passages.append(k)
        await asyncio.sleep(self._seconds)
        if question.startswith("slow"):
            self.at_gate.set()
            await self.gate.wait()
        if self.error is not None:
            raise self.error
        return replace(lamp().answer(SENTENCE, 1), question=question)

    def answer_with_results(
        self, question: str, k: int | None = None, options: AskOptions = DEFAULT_OPTIONS
    ) -> tuple[Results, Answer]:
        self.asked.append(question)
        self.passages.append(k)
        found, answer = lamp().answer_with_results(SENTENCE, 1, options)
        return found, replace(answer, question=question)

    def terms(self, question: str, *, dated: bool = True) -> Resolved:
        return lamp().terms(question, dated=dated)

    def is_period_alone(self, question: str) -> bool:
        return lamp().is_period_alone(question)

    @property
    def articles(self) -> Articles:
        if self.error is not None:
            raise self.error
        return lamp().articles


@dataclass(slots=True)
class Running:
    """A channel that is listening: what it told the owner's terminal, its library, and how to end it."""

    told: str
    library: Library
    stop: asyncio.Event
    task: "asyncio.Task[int]"

    @property
    def code(self) -> str:
        """The one-time code, as the terminal shows it."""
        return self.told.partition("/pair ")[2].split()[0]


def options(fake: FakeTelegram, folder: Path, **changes: Any) -> TelegramOptions:
    """Options for that fake server, open to everyone unless changed."""
    settings: dict[str, Any] = {
        "token": fake.token,
        "base_url": fake.base_url,
        "access": "open",
        "allowed": frozenset(),
        "memory": folder,
        "flood": ENDLESS,
    }
    return TelegramOptions(**settings | changes)


def free_port() -> int:
    """A port of this machine that nobody listens at, and that no process beside this one is given by bind(0)."""
    for port in _PORTS:
        with socket.socket() as tried, suppress(OSError):
            tried.bind(("127.0.0.1", port))
            return port
    raise AssertionError("no free port")


def hook_options() -> WebhookOptions:
    """A webhook on a free port of this machine."""
    port = free_port()
    return WebhookOptions(f"http://127.0.0.1:{port}/hook", SHARED, port=port)


@asynccontextmanager
async def running(
    fake: FakeTelegram,
    folder: Path,
    *,
    access: Access = "open",
    allowed: frozenset[int] = frozenset(),
    pace: Pace = FAST,
    library: Library | None = None,
    webhook: bool | WebhookOptions = False,
    **changes: Any,
) -> AsyncIterator[Running]:
    """The channel, listening; at the end it is stopped cleanly unless it ended by itself."""
    told: asyncio.Future[str] = asyncio.get_running_loop().create_future()
    stop, library = asyncio.Event(), library or Library()
    hook = webhook if isinstance(webhook, WebhookOptions) else hook_options() if webhook else None
    chosen = options(fake, folder, access=access, allowed=allowed, webhook=hook, **changes)
    task = asyncio.create_task(serve(chosen, library, stop=stop, on_ready=told.set_result, pace=pace))
    first: set[asyncio.Future[Any]] = {task, told}
    await asyncio.wait(first, return_when=asyncio.FIRST_COMPLETED, timeout=30)
    if task.done():
        task.result()
    channel = Running(told.result(), library, stop, task)
    try:
        yield channel
    finally:
        ended = task.done()
        stop.set()
        library.gate.set()
        await asyncio.wait({task}, timeout=30)
    assert ended or task.result() == 0


async def _alone(base_url: str, token: str, folder: str, seconds: str = "0", way: str = "polling") -> int:
    hook = hook_options() if way == "webhook" else None
    chosen = TelegramOptions(token, base_url, "open", frozenset(), Path(folder), webhook=hook, flood=ENDLESS)
    return await serve(chosen, Library(float(seconds)), on_ready=_tell)


def _tell(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    logging.basicConfig(level=sys.argv[6] if len(sys.argv) > 6 else "DEBUG")
    sys.exit(asyncio.run(_alone(*sys.argv[1:6])))
