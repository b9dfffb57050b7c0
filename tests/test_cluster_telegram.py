"""A cluster that hangs holds up searches in Telegram, and nothing else; one that goes away is told."""

import asyncio
from concurrent.futures import Executor, ThreadPoolExecutor
from pathlib import Path
from threading import Event

import pytest

from bot.answer import DEFAULT_OPTIONS, Answer, Answerer, AskOptions
from bot.articles import Articles
from bot.catalogue import Catalogue
from bot.channels.telegram.conversation.search import AT_ONCE
from bot.policy import Policy
from index import ClusterError
from tests.cluster.hosts import Reply, cluster, host, refused
from tests.telegram_bot import Library, running
from tests.telegram_server.server import FakeTelegram

pytest.importorskip("opensearchpy", reason="the extra opensearch is not installed")
# Imported here, for it needs that extra.
from index.cluster.retriever import ClusterRetriever

OWNER = 7
SAY = Catalogue("en")


class Published(Library):
    """A library that a cluster holds."""

    def __init__(self, answerer: Answerer) -> None:
        super().__init__()
        self.answerer = answerer

    async def answer_async(
        self,
        question: str,
        k: int | None = None,
        options: AskOptions = DEFAULT_OPTIONS,
        threads: Executor | None = None,
    ) -> Answer:
        self.asked.append(question)
        return await self.answerer.answer_async(question, k, options, threads)

    @property
    def articles(self) -> Articles:
        return self.answerer.articles


@pytest.mark.slow
async def test_while_all_searches_hang_help_is_given_and_other_work_goes_on(tmp_path: Path) -> None:
    # As few as one processor gives.
    asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(2))
    released = Event()

    def hang(_: str) -> Reply:
        released.wait(60)
        return 403, refused("security_exception")

    async with FakeTelegram() as fake:
        with host(hang) as address, cluster(address, timeout=60) as searched:
            library = Published(Answerer(ClusterRetriever(searched, tmp_path / "cache"), Policy()))
            async with running(fake, tmp_path / "memory", library=library):
                people = range(100, 102 + AT_ONCE)
                for person in people:
                    fake.say(person, "When does the ferry leave?")
                await fake.until(lambda: len(library.asked) == AT_ONCE)
                fake.say(OWNER, "/help")
                (helped,) = await fake.wait_sent(1)
                assert helped.chat == OWNER
                assert await asyncio.wait_for(asyncio.to_thread(lambda: "done"), 20) == "done"
                released.set()
                sent = await fake.wait_sent(1 + len(people))
    assert [one.text for one in sent[1:]] == [SAY.text("unreachable")] * len(people)


async def test_a_cluster_that_goes_away_between_an_answer_and_its_card_is_told(tmp_path: Path) -> None:
    class Away(Library):
        @property
        def articles(self) -> Articles:
            raise ClusterError("search-1.example:9200: cannot be reached")

    async with FakeTelegram() as fake, running(fake, tmp_path, library=Away()):
        assert (await fake.say_and_wait(OWNER, "When does the ferry leave?")).text == SAY.text("unreachable")
