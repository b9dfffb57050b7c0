"""What waited while the bot was away: it is answered, but behind what is asked now, and nobody hears twice of it."""

import asyncio
import time
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from bot.catalogue import Catalogue
from bot.channels.flood import FloodLimits
from bot.channels.telegram.memory.inbox import Inbox
from bot.channels.telegram.transport.backlog import AT_ONCE
from tests.telegram_bot import FAST, SENTENCE, Library, running
from tests.telegram_server.server import FakeTelegram
from tests.telegram_server.world import BOT_ID

pytestmark = pytest.mark.filterwarnings("ignore:.*retry_after")

AWAY = Catalogue("en").text("away")
ALICE, BOB, GROUP = 7, 8, -1001
WAYS = pytest.mark.parametrize("webhook", [False, True], ids=["polling", "webhook"])


@pytest.fixture
async def fake() -> AsyncIterator[FakeTelegram]:
    async with FakeTelegram() as server:
        yield server


def hours_ago() -> int:
    return int(time.time()) - 3 * 3600


@WAYS
async def test_what_was_asked_meanwhile_is_answered_once_and_in_order(
    fake: FakeTelegram, tmp_path: Path, webhook: bool
) -> None:
    asked = [fake.say(ALICE, f"question {number}", date=hours_ago())["message_id"] for number in range(3)]
    async with running(fake, tmp_path, webhook=webhook):
        await fake.wait_sent(3)
    assert [sent.reply_to for sent in fake.sent()] == asked
    assert all(SENTENCE in sent.text for sent in fake.sent())


@WAYS
async def test_what_is_asked_now_does_not_wait_behind_what_waited(
    fake: FakeTelegram, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, webhook: bool
) -> None:
    monkeypatch.setattr("bot.channels.telegram.transport.polling._NEXT_CALL", 0.0)
    people = range(100, 100 + 3 * AT_ONCE)
    for person in people:
        fake.say(person, "slow question", date=hours_ago())
    library = Library()
    async with running(fake, tmp_path, webhook=webhook, library=library):
        await fake.until(lambda: not fake.pending())
        # As many old ones are being searched as ever are, and not one of them ends.
        assert SENTENCE in (await fake.say_and_wait(BOB, "And now?")).text
        assert SENTENCE in (await fake.say_and_wait(GROUP, "/ask And here?")).text
        assert library.asked.count("slow question") == AT_ONCE
        library.gate.set()
        await fake.wait_sent(len(people) + 2)


@WAYS
async def test_what_waited_and_cannot_be_read_is_passed_over_and_not_kept(
    fake: FakeTelegram, tmp_path: Path, webhook: bool, caplog: pytest.LogCaptureFixture
) -> None:
    chat = {"id": 5, "type": "private"}
    poison = [fake.push(message={"text": "a secret", "chat": chat, "date": hours_ago()}) for _ in range(AT_ONCE)]
    asked = fake.say(5, "old", date=hours_ago())["message_id"]
    async with running(fake, tmp_path, webhook=webhook):
        assert (await fake.wait_sent(1, 5))[0].reply_to == asked
    told = [record.getMessage() for record in caplog.records if "could not be read" in record.getMessage()]
    assert [f"id {number}, ['message', 'update_id']" in line for number, line in zip(poison, told, strict=True)]
    assert "secret" not in caplog.text
    inbox = Inbox(tmp_path, BOT_ID)
    assert inbox.recover() == ([], [])
    inbox.close()


async def test_who_asks_again_gets_what_waited_first(fake: FakeTelegram, tmp_path: Path) -> None:
    for person in range(100, 100 + AT_ONCE):
        fake.say(person, "slow question", date=hours_ago())
    asked = [fake.say(ALICE, f"old {number}", date=hours_ago())["message_id"] for number in range(2)]
    library = Library()
    async with running(fake, tmp_path, library=library):
        await fake.until(lambda: not fake.pending())
        asked.append(fake.say(ALICE, "new")["message_id"])
        sent = await fake.wait_sent(3, ALICE)
        assert library.asked == ["slow question"] * AT_ONCE + ["old 0", "old 1", "new"]
    assert [one.reply_to for one in sent] == asked


async def test_chats_that_must_wait_keep_no_place_from_the_others(fake: FakeTelegram, tmp_path: Path) -> None:
    for person in range(100, 100 + 2 * AT_ONCE):
        fake.say(person, "question", date=hours_ago())
        fake.world.slow_down(person, 10_072)
    fake.say(ALICE, "question", date=hours_ago())
    async with running(fake, tmp_path, pace=replace(FAST, drain=0.0)):
        assert SENTENCE in (await fake.wait_sent(1, ALICE))[0].text


async def test_who_asked_too_much_meanwhile_is_told_once_and_may_ask_now(fake: FakeTelegram, tmp_path: Path) -> None:
    for number in range(6):
        fake.say(ALICE, f"old {number}", date=hours_ago())
    fake.say(BOB, "old", date=hours_ago())
    async with running(fake, tmp_path, flood=FloodLimits(burst=2, every=60.0)) as bot:
        await fake.wait_sent(3, ALICE)
        assert SENTENCE in (await fake.say_and_wait(ALICE, "new")).text
        await fake.wait_sent(1, BOB)
        assert sorted(bot.library.asked) == ["new", "old", "old 0", "old 1"]
    assert [sent.text == AWAY for sent in fake.sent(ALICE)] == [False, False, True, False]
    assert SENTENCE in fake.sent(BOB)[0].text


async def test_a_stop_amid_the_backlog_leaves_it_for_the_next_start(fake: FakeTelegram, tmp_path: Path) -> None:
    people = range(100, 100 + 2 * AT_ONCE)
    for person in people:
        fake.say(person, "slow question", date=hours_ago())
    library = Library()
    async with running(fake, tmp_path, library=library, pace=replace(FAST, drain=0.0)) as bot:
        await fake.until(lambda: not fake.pending())
        await asyncio.wait_for(library.at_gate.wait(), 30)
        bot.stop.set()
        await asyncio.wait({bot.task}, timeout=30)
    assert not fake.sent()
    library.gate.set()
    async with running(fake, tmp_path, library=library):
        await fake.wait_sent(len(people))
    assert sorted(sent.chat for sent in fake.sent()) == list(people)


async def test_what_waited_is_not_begun_while_telegram_calls_with_more_of_it(
    fake: FakeTelegram, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.channels.telegram.transport.polling._NEXT_CALL", 3600.0)
    for person in range(100, 100 + 60):
        fake.say(person, "old", date=hours_ago())
    fake.say(BOB, "new")
    async with running(fake, tmp_path, webhook=True, pace=replace(FAST, drain=0.0)) as bot:
        sent = (await fake.wait_sent(1, BOB))[0]
        # A press does not begin it either.
        await fake.press_and_wait(sent, "… More")
        assert set(bot.library.asked) == {"new"}


async def test_what_waited_is_not_begun_while_more_of_it_comes(fake: FakeTelegram, tmp_path: Path) -> None:
    for person in range(100, 100 + 250):
        fake.say(person, "old", date=hours_ago())
    fake.say(BOB, "new")
    async with running(fake, tmp_path) as bot:
        await fake.wait_sent(1, BOB)
        assert bot.library.asked.index("new") <= AT_ONCE
        await fake.wait_sent(20)
