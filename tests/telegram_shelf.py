"""The real Telegram channel in front of a real index of a few small articles, for tests of the conversation."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from bot.answer import Answerer
from bot.channels.telegram import Pace, serve
from bot.policy import Policy
from index.build.build import Options, build
from index.model import Article, Paragraph
from index.search.retriever import LocalRetriever
from index.store.store import Store
from tests.telegram_bot import FAST, hook_options, options
from tests.telegram_server.server import FakeTelegram
from tests.telegram_server.wire import Sent

LIGHTHOUSE = Article(
    "The Lighthouse of Corran Point",
    tuple(
        map(
            Paragraph,
            (
                "Corran Point has had a lighthouse since 1871. Before that, fires of driftwood warned the fleet.",
                "The tower was designed by Maren Voss. She was the first woman to build for the harbour commission.",
                "Its lamp burned whale oil until 1902. A keeper had to climb 199 steps four times every night.",
                "The last keeper left in 1988. Since then a relay in a grey cabinet switches the lamp on at dusk.",
                "Visitors may climb the tower on Sundays. A ticket costs six crowns, and children climb for nothing.",
            ),
        )
    ),
    path="lighthouse.txt",
    source="Coast Gazette",
    url="https://gazette.example/corran",
    date="2025-03-02",
    language="en",
)
OBSERVATORY = Article(
    "A Tower for the Stars",
    tuple(
        map(
            Paragraph,
            (
                "The observatory on Bracken Hill opens its tower to visitors on Fridays. A ticket costs nine crowns.",
                "Its telescope was ground by two brothers who had learned their trade in a spectacle shop.",
            ),
        )
    ),
    path="observatory.txt",
    date="2025-06-20T19:30:00+02:00",
    language="en",
)
BAKERY = Article(
    "Night School for Bakers",
    (
        Paragraph("Forty bakers learn to fold dough at the night school of Saltmere."),
        Paragraph("Classes end when the first tram leaves for the harbour, at ten past five."),
    ),
    path="bakery.txt",
    language="en",
)
OTHERS = tuple(
    Article(f"Notice Number {number} of the Parish", (Paragraph(f"Hedges along lane {number} are cut in autumn."),))
    for number in range(1, 16)
)
SHELF = (LIGHTHOUSE, OBSERVATORY, BAKERY, *(replace(one, path=f"{number}.txt") for number, one in enumerate(OTHERS)))


def shelve(folder: Path, articles: Sequence[Article] = SHELF) -> None:
    """Builds a new generation of these articles."""
    build(Store(folder), list(articles), [], Options(force=True))


def answering(folder: Path) -> Answerer:
    """Whoever answers from the index in `folder`."""
    return Answerer(LocalRetriever(Store(folder)), Policy())


@asynccontextmanager
async def asked(
    fake: FakeTelegram,
    memory: Path,
    answerer: Answerer,
    *,
    webhook: bool = False,
    pace: Pace = FAST,
    told: list[str] | None = None,
    **changes: Any,
) -> AsyncIterator[None]:
    """The channel, listening, by webhook or by polling; `changes` are options other than the tests' own.

    `told` gets what the owner's terminal shows.
    """
    stop, ready = asyncio.Event(), asyncio.Event()

    def tell(text: str) -> None:
        if told is not None:
            told.append(text)
        ready.set()

    hook = hook_options() if webhook else None
    chosen = options(fake, memory, passages=3, webhook=hook, **changes)
    task = asyncio.create_task(serve(chosen, answerer, stop=stop, on_ready=tell, pace=pace))
    waiting = asyncio.create_task(ready.wait())
    await asyncio.wait({task, waiting}, return_when=asyncio.FIRST_COMPLETED, timeout=30)
    if task.done():
        task.result()
    try:
        yield
    finally:
        stop.set()
        waiting.cancel()
        await asyncio.wait({task}, timeout=30)
    assert task.result() == 0


async def pressed(fake: FakeTelegram, message: Sent, button: str, *, user: int | None = None) -> Sent:
    """Presses a button and returns the message as it is after the next edit."""
    edits = len(fake.edits_of(message))
    await fake.press_and_wait(message, button, user=user)
    return await fake.wait_edit(message, edits + 1)
