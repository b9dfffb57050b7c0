"""One person never stops the bot for others: what comes beyond measure is let go, and takes nobody's place."""

import logging
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.answer import Answerer
from bot.catalogue import Catalogue
from bot.channels.flood import FloodLimits
from bot.channels.telegram.memory.memory import Memory
from bot.channels.telegram.transport import polling
from bot.channels.telegram.transport.shares import Origin, Shares, is_talk, origin_of
from tests.telegram_bot import FAST, SENTENCE, Library, running
from tests.telegram_server.server import FakeTelegram
from tests.telegram_server.wire import JSON, Hang, too_many
from tests.telegram_shelf import asked

SAY = Catalogue("en").text
ALICE, BOB, GROUP = 7, 8, -1001
TOWER = "What does a ticket for the tower cost visitors?"
PATIENT = replace(FAST, read=30.0)


@pytest.fixture
async def fake() -> AsyncIterator[FakeTelegram]:
    async with FakeTelegram() as server:
        yield server


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """So few updates in hand are many."""
    monkeypatch.setattr(polling, "BACKLOG", 60)


def update(number: int, person: int | None = ALICE, chat: int | None = ALICE, kind: str = "message") -> JSON:
    content: JSON = {"chat": {"id": chat, "type": "private"}} if chat is not None else {}
    return {"update_id": number, kind: content | ({"from": {"id": person}} if person is not None else {})}


@pytest.mark.usefixtures("few")
async def test_presses_without_end_whose_answers_hang_leave_the_others_theirs(
    fake: FakeTelegram, answerer: Answerer, tmp_path: Path
) -> None:
    async with asked(fake, tmp_path, answerer, pace=PATIENT, flood=FloodLimits()):
        sent = await fake.say_and_wait(ALICE, TOWER)
        fake.fail("answerCallbackQuery", Hang(60.0), times=500)
        for _ in range(200):
            fake.press(sent, "2")
        assert (await fake.say_and_wait(BOB, TOWER, timeout=10)).text


@pytest.mark.usefixtures("few")
@pytest.mark.filterwarnings("ignore:.*retry_after")
async def test_messages_without_end_in_a_chat_that_must_wait_leave_the_others_their_answers(
    fake: FakeTelegram, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with running(fake, tmp_path, flood=FloodLimits()):
        fake.fail("sendMessage", too_many(600), times=5, chat=ALICE)
        for number in range(200):
            fake.say(ALICE, f"question {number}")
        assert SENTENCE in (await fake.say_and_wait(BOB, "Who?", timeout=10)).text
    assert caplog.text.count("somebody sends more than one person may") == 1


@pytest.mark.usefixtures("few")
@pytest.mark.filterwarnings("ignore:.*retry_after")
async def test_talk_in_a_group_that_must_wait_is_not_waited_for(fake: FakeTelegram, tmp_path: Path) -> None:
    fake.world.bot["can_read_all_group_messages"] = True
    async with running(fake, tmp_path) as bot:
        fake.fail("sendMessage", too_many(600), times=5, chat=GROUP)
        fake.say(GROUP, "/ask Who?", user=ALICE)
        for number in range(200):
            fake.say(GROUP, f"lovely weather {number}", user=100 + number)
        assert SENTENCE in (await fake.say_and_wait(BOB, "Who?", timeout=10)).text
        assert bot.library.asked == ["Who?", "Who?"]


async def test_one_person_in_many_groups_takes_one_place_to_search(fake: FakeTelegram, tmp_path: Path) -> None:
    async with running(fake, tmp_path) as bot:
        for number in range(12):
            fake.say(GROUP - number, f"/ask slow {number}", user=ALICE)
        await bot.library.at_gate.wait()
        assert SENTENCE in (await fake.say_and_wait(BOB, "Who?", timeout=10)).text
        bot.library.gate.set()
        await fake.until(lambda: len(fake.sent()) == 13)
        assert len(bot.library.asked) == 13


async def test_of_what_somebody_types_inline_only_the_newest_is_searched_next(
    fake: FakeTelegram, tmp_path: Path
) -> None:
    async with running(fake, tmp_path) as bot:
        fake.inline(ALICE, "slow typing")
        await bot.library.at_gate.wait()
        for end in range(2, 13):
            fake.inline(ALICE, "slow lamp oil"[:end])
        assert (await fake.inline_and_wait(BOB, "Who?"))["results"]
        bot.library.gate.set()
        assert (await fake.inline_and_wait(ALICE, "the lamp"))["results"]
        typed = [asked for asked in bot.library.asked if asked != "Who?"]
        assert (typed[0], typed[-1]) == ("slow typing", "the lamp")
        assert len(typed) <= 3


@pytest.mark.parametrize("webhook", [False, True], ids=["polling", "webhook"])
async def test_owners_send_as_much_as_they_like(fake: FakeTelegram, tmp_path: Path, webhook: bool) -> None:
    memory = Memory(tmp_path)
    assert await memory.add_owner(ALICE)
    memory.close()
    library = Library()
    async with running(fake, tmp_path, webhook=webhook, library=library, flood=FloodLimits(burst=1, every=600.0)):
        for number in range(15):
            fake.say(ALICE, f"slow {number}" if not number else f"question {number}")
        await library.at_gate.wait()
        await fake.until(lambda: not fake.pending())
        library.gate.set()
        await fake.until(lambda: len(library.asked) == 15)


async def test_what_a_person_sends_beyond_measure_costs_no_reading_and_no_writing(
    fake: FakeTelegram, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    async with running(fake, tmp_path, flood=FloodLimits(burst=1, every=600.0)):
        for number in range(300):
            fake.react(await fake.say_and_wait(ALICE, "Who?"), "👍") if not number else fake.inline(ALICE, f"w{number}")
        assert SENTENCE in (await fake.say_and_wait(BOB, "Who?")).text
        await fake.until(lambda: not fake.pending())
    assert caplog.text.count("done kind=inline_query") <= 20


def test_a_person_has_so_many_updates_in_hand_and_so_has_a_chat() -> None:
    shares = Shares(lambda: 0.0, FloodLimits(burst=2, every=1.0))
    assert [shares.enter(update(number)) for number in range(25)] == [True] * 20 + [False] * 5
    assert shares.person(3) == ALICE
    assert shares.enter(update(30, BOB, BOB))
    for number in range(20):
        shares.leave(number)
    assert shares.enter(update(31))
    crowd = [shares.enter(update(100 + number, 1000 + number, GROUP)) for number in range(250)]
    assert (crowd.count(True), crowd[:200]) == (200, [True] * 200)
    # A post of a channel has nobody who is slowed down.
    posts = [shares.enter(update(1000 + number, None, -2, "channel_post")) for number in range(250)]
    assert posts.count(True) == 200


def test_a_person_sends_so_many_updates_at_once_and_then_as_many_as_time_allows() -> None:
    now = 0.0
    shares = Shares(lambda: now, FloodLimits(burst=5, every=3.0))

    def come(number: int, *, waited: bool = False) -> bool:
        entered = shares.enter(update(number, chat=None, kind="inline_query"), waited=waited)
        shares.leave(number)
        return entered

    assert [come(number) for number in range(61)] == [True] * 60 + [False]
    # What waited for the start is counted apart.
    assert come(200, waited=True)
    now = 1.5
    assert [come(number) for number in range(300, 307)] == [True] * 6 + [False]


def test_an_update_that_comes_twice_is_counted_once() -> None:
    shares = Shares(lambda: 0.0, FloodLimits(burst=1))
    for _ in range(3):
        assert shares.enter(update(1))
    shares.leave(1)
    assert [shares.enter(update(number)) for number in range(2, 13)] == [True] * 10 + [False]


def test_trusted_sources_have_no_limits() -> None:
    shares = Shares(lambda: 0.0, FloodLimits(burst=1), lambda origin: origin == Origin(ALICE, ALICE))
    assert all(shares.enter(update(number)) for number in range(500))


@pytest.mark.slow
@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=5),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(
            ["message", "callback_query", "chat", "from", "id", "user", "sender_chat", "entities", "type"]
        ), inner, max_size=4),
        max_leaves=12,
    )
)  # fmt: skip
def test_any_shape_of_an_update_can_be_counted(content: object) -> None:
    shares = Shares(lambda: 0.0, FloodLimits())
    whole: JSON = {"update_id": 1, "message": content}
    is_talk(whole)
    origin_of(whole)
    shares.enter(whole)
    shares.leave(1)
    assert shares.person(1) is None


@pytest.mark.parametrize(
    ("kind", "content", "origin"),
    [
        ("message", {"from": {"id": 1}, "sender_chat": {"id": -9}, "chat": {"id": -9}}, Origin(-9, -9)),
        ("callback_query", {"from": {"id": 1}, "message": {"chat": {"id": -5}, "from": {"id": 99}}}, Origin(1, -5)),
        ("callback_query", {"from": {"id": 1}}, Origin(1, None)),
        ("inline_query", {"from": {"id": 1}, "query": "x"}, Origin(1, None)),
        ("message_reaction", {"user": {"id": 1}, "chat": {"id": -5}}, Origin(1, -5)),
        ("message_reaction", {"actor_chat": {"id": -7}, "chat": {"id": -5}}, Origin(-7, -5)),
        ("my_chat_member", {"from": {"id": 1}, "chat": {"id": -5}}, Origin(1, -5)),
        ("guest_message", {"from": {"id": 1}, "chat": {"id": -5}}, Origin(1, -5)),
        ("channel_post", {"sender_chat": {"id": -5}, "chat": {"id": -5}}, Origin(None, -5)),
    ],
)
def test_every_kind_of_update_says_whose_it_is(kind: str, content: JSON, origin: Origin) -> None:
    assert origin_of({"update_id": 1, kind: content}) == origin


@pytest.mark.parametrize(
    ("addressing", "talk"),
    [
        ({}, True),
        ({"entities": [{"type": "url"}]}, True),
        ({"entities": [{"type": "bot_command"}]}, False),
        ({"caption_entities": [{"type": "mention"}]}, False),
        ({"entities": [{"type": "text_mention"}]}, False),
        ({"reply_to_message": {"message_id": 1}}, False),
        ({"migrate_to_chat_id": -7}, False),
        ({"direct_messages_topic": {"topic_id": 1}}, False),
        ({"chat": {"id": -5, "type": "supergroup", "is_direct_messages": True}}, False),
        ({"chat": {"id": 5, "type": "private"}}, False),
    ],
)
@pytest.mark.parametrize("kind", ["message", "edited_message"])
def test_talk_of_a_group_is_what_is_said_to_nobody_in_particular(kind: str, addressing: JSON, talk: bool) -> None:
    said: JSON = {"chat": {"id": -5, "type": "supergroup"}, "from": {"id": 1}, "text": "lovely weather"}
    assert is_talk({"update_id": 1, kind: said | addressing}) is talk
