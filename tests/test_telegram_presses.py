"""Many presses: of several page turns the newest wins; whoever presses without end is slowed down, and nobody else."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from bot.answer import Answerer
from bot.catalogue import Catalogue
from bot.channels.flood import FloodLimits
from tests.telegram_bot import FAST
from tests.telegram_server.server import FakeTelegram
from tests.telegram_server.wire import Late, Sent
from tests.telegram_shelf import asked

SAY = Catalogue("en").text
ALICE, BOB, GROUP = 7, 8, -1001
TOWER = "What does a ticket for the tower cost visitors?"
LIMITS = FloodLimits(burst=2, every=3600.0, hourly=60)


@pytest.fixture
async def slow(fake: FakeTelegram, answerer: Answerer, tmp_path: Path) -> AsyncIterator[None]:
    """The channel where two questions may be asked at once."""
    async with asked(fake, tmp_path, answerer, flood=LIMITS):
        yield


async def acknowledged(fake: FakeTelegram, queries: list[str]) -> list[str]:
    """What was said to each press."""
    await fake.until(lambda: all(query in fake.answers for query in queries))
    return [fake.answers[query]["text"] for query in queries]


async def test_of_several_page_turns_one_is_in_hand_and_of_the_others_the_newest_wins(
    fake: FakeTelegram, answerer: Answerer, tmp_path: Path
) -> None:
    done = asyncio.Event()
    async with asked(fake, tmp_path, answerer, pace=replace(FAST, read=10.0)):
        sent = await fake.say_and_wait(ALICE, TOWER)
        two, three = (sent.button(label)["callback_data"] for label in "23")
        fake.fail("editMessageText", Late(done))
        queries = [fake.press_data(sent, two)]
        await fake.until(lambda: len(fake.called("editMessageText")) == 1)
        queries += [fake.press_data(sent, data) for data in (three, two, three, two, three)]
        await acknowledged(fake, queries)
        done.set()
        await fake.until(lambda: len(fake.edits_of(sent)) == 2)
        assert [label.split()[0] for label in fake.now(sent).rows[0]] == ["1", "2"]
        await fake.press_and_wait(fake.now(sent), "1")
        assert [label.split()[0] for label in (await fake.wait_edit(sent, 3)).rows[0]] == ["2", "3"]
        assert len(fake.called("editMessageText")) == 3


@pytest.mark.usefixtures("telegram")
async def test_a_member_who_turns_pages_without_end_leaves_the_others_their_answers(fake: FakeTelegram) -> None:
    sent: Sent = await fake.say_and_wait(GROUP, f"/ask {TOWER}", user=ALICE)
    data = [sent.button(label)["callback_data"] for label in "23"]
    for number in range(39):
        await acknowledged(fake, [fake.press_data(sent, data[number % 2], user=ALICE)])
    # Nothing but the limits of the group is at work here: the flood control of the tests has no end.
    await fake.say_and_wait(GROUP, f"/ask {TOWER}", user=BOB, timeout=10)
    assert len(fake.edits_of(sent)) <= 10
    assert not fake.broken_limits()


@pytest.mark.usefixtures("slow")
async def test_presses_count_as_parts_of_questions_for_who_presses_only(fake: FakeTelegram) -> None:
    sent = await fake.say_and_wait(GROUP, f"/ask {TOWER}", user=ALICE)
    data = [sent.button(label)["callback_data"] for label in "23"]
    # One question is left to her: three presses.
    told = await acknowledged(fake, [fake.press_data(sent, data[number % 2], user=ALICE) for number in range(5)])
    assert told.count(SAY("flood_minutes", n=20)) == 2
    assert SAY("flood_minutes", n=60) in (await fake.say_and_wait(GROUP, f"/ask {TOWER}", user=ALICE)).text
    # The group has asked one of its two questions.
    assert "41" not in (await fake.say_and_wait(GROUP, f"/ask {TOWER}", user=BOB)).text
    assert len(fake.sent(GROUP)) == 3


@pytest.mark.usefixtures("slow")
async def test_a_press_that_asks_for_a_new_answer_counts_as_a_question(fake: FakeTelegram) -> None:
    sent = await fake.say_and_wait(ALICE, TOWER)
    like = sent.button("More like")["callback_data"]
    told = await acknowledged(fake, [fake.press_data(sent, like) for _ in range(10)])
    assert told.count(SAY("flood_minutes", n=60)) == 9
    await fake.wait_sent(2, ALICE)
    await asyncio.sleep(0)
    assert len(fake.sent(ALICE)) == 2


@pytest.mark.usefixtures("slow")
async def test_typing_on_counts_a_little(fake: FakeTelegram) -> None:
    words = "ticket for the tower"
    answers = [await fake.inline_and_wait(ALICE, words) for _ in range(20)]
    assert all(answer["results"] for answer in answers)
    refused = await fake.inline_and_wait(ALICE, words)
    assert (refused["results"], refused["cache_time"]) == ([], 0)
    assert (await fake.inline_and_wait(BOB, words))["results"]
