"""Flood control: a handful at once, not all day long, said once, and never to owners."""

import itertools
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.catalogue import Catalogue
from bot.channels.flood import Flood, FloodLimits
from bot.channels.telegram.memory.memory import Memory
from tests.telegram_bot import SENTENCE, running
from tests.telegram_server.server import FakeTelegram

SAY = Catalogue("en").text
ALICE, BOB, GROUP = 7, 8, -1001


class Clock:
    """Seconds, moved by hand."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
async def fake() -> AsyncIterator[FakeTelegram]:
    async with FakeTelegram() as server:
        yield server


def test_five_at_once_then_one_every_three_seconds() -> None:
    clock = Clock()
    flood = Flood(clock, FloodLimits())
    assert [flood.wait(ALICE) for _ in range(6)] == [0.0] * 5 + [pytest.approx(3.0)]
    assert flood.wait(BOB) == 0.0
    clock.now = 2.0
    assert flood.wait(ALICE) == pytest.approx(1.0)
    clock.now = 3.0
    assert [flood.wait(ALICE), flood.wait(ALICE)] == [0.0, pytest.approx(3.0)]


def test_a_group_has_a_measure_of_its_own_and_a_refusal_costs_nothing() -> None:
    flood = Flood(Clock(), FloodLimits())
    assert [flood.wait(user, GROUP) for user in range(5)] == [0.0] * 5
    assert flood.wait(ALICE, GROUP) > 0
    assert [flood.wait(ALICE) for _ in range(5)] == [0.0] * 5


def test_it_is_said_once_until_the_wait_is_over() -> None:
    clock = Clock()
    flood = Flood(clock, FloodLimits())
    assert [flood.first_refusal(ALICE, 3.0), flood.first_refusal(ALICE, 3.0)] == [True, False]
    clock.now = 3.0
    assert flood.first_refusal(ALICE, 3.0)


@given(st.lists(st.floats(0, 400), max_size=200))
def test_whatever_the_pauses_nobody_asks_more_than_the_limits(pauses: list[float]) -> None:
    clock, limits = Clock(), FloodLimits(burst=5, every=3.0, hourly=30)
    flood, asked = Flood(clock, limits), []
    for pause in pauses:
        clock.now += pause
        seconds = flood.wait(ALICE)
        if seconds:
            # Whoever waits as long as told is let in.
            clock.now += seconds
            assert flood.wait(ALICE) == 0.0
        asked.append(clock.now)
    for first, last in itertools.combinations(range(len(asked)), 2):
        span, count = asked[last] - asked[first], last - first + 1
        assert count <= limits.burst + span / limits.every + 1e-6
        assert limits.hourly is None or count <= limits.hourly or span > 3600 - 1e-6


def test_only_so_many_people_are_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.channels.flood._REMEMBERED", 100)
    flood = Flood(Clock(), FloodLimits())
    for user in range(1000):
        flood.wait(user)
    assert len(flood._buckets) == 100


async def test_who_floods_is_told_once_and_then_left_in_silence(fake: FakeTelegram, tmp_path: Path) -> None:
    # So slow that a busy machine does not change what is told.
    async with running(fake, tmp_path, flood=FloodLimits(burst=2, every=6000.0)) as bot:
        for number in range(5):
            fake.say(ALICE, f"question {number}")
        await fake.wait_sent(3, ALICE)
        # Another person, and what the flood itself says, come after all five.
        assert SENTENCE in (await fake.say_and_wait(BOB, "Who?")).text
        texts = [sent.text for sent in fake.sent(ALICE)]
        assert bot.library.asked == ["question 0", "question 1", "Who?"]
        assert texts[2:] == [SAY("flood_minutes", n=100)]


async def test_who_asks_all_hour_long_is_told_minutes(fake: FakeTelegram, tmp_path: Path) -> None:
    async with running(fake, tmp_path, flood=FloodLimits(hourly=1)):
        await fake.say_and_wait(ALICE, "question")
        assert (await fake.say_and_wait(ALICE, "question")).text == SAY("flood_minutes", n=60)


async def test_owners_ask_without_end(fake: FakeTelegram, tmp_path: Path) -> None:
    memory = Memory(tmp_path)
    assert await memory.add_owner(ALICE)
    memory.close()
    async with running(fake, tmp_path, flood=FloodLimits(burst=1, every=60.0)) as bot:
        for number in range(3):
            fake.say(ALICE, f"question {number}")
        await fake.wait_sent(3, ALICE)
        assert len(bot.library.asked) == 3
