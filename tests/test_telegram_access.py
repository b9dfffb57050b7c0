"""Who may ask in Telegram: open, listed, and paired by a one-time code, over the real wire."""

import logging
import sqlite3
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from bot.catalogue import Catalogue
from bot.channels.flood import FloodLimits
from bot.channels.telegram.access.door import Asker, Door, OncePer
from bot.channels.telegram.memory.memory import FILE, Memory
from bot.channels.telegram.owners.privacy import privacy_text
from bot.errors import ChannelError
from tests.telegram_bot import SENTENCE, Running, running
from tests.telegram_server.server import FakeTelegram

SAY = Catalogue("en").text
PAIRED = f"{SAY('paired')} {SAY('help_private')}"
ALICE, BOB = 7, 8
GROUP, OTHER_GROUP = -1001, -1002


@pytest.fixture
async def fake() -> AsyncIterator[FakeTelegram]:
    async with FakeTelegram() as server:
        yield server


@pytest.fixture
async def paired(fake: FakeTelegram, tmp_path: Path) -> AsyncIterator[Running]:
    async with running(fake, tmp_path, access="paired") as channel:
        yield channel


@pytest.mark.parametrize("first", ["/start", "/help", "/pair", "/start hello"])
async def test_a_stranger_gets_one_answer_a_day_to_questions_and_one_about_the_way_in(
    fake: FakeTelegram, paired: Running, first: str
) -> None:
    told = [(await fake.say_and_wait(ALICE, text)).text for text in (first, "Who?")]
    refusal = f"This bot is private. Your id is {ALICE}.\n{SAY('how_to_pair')}"
    assert told == [SAY("pair_explain") if first == "/pair" else refusal, refusal]
    for text in ("Who?", "/start", "/help", "/pair", "/dance", "/latest", "/rebuild") * 2:
        fake.say(ALICE, text)
    # What is kept of them everybody may ask, once a day as well.
    for text in ("/privacy", "/forget") * 2:
        fake.say(ALICE, text)
    fake.say(ALICE, "/pair ABCD2345")
    texts = [sent.text for sent in await fake.wait_sent(5, ALICE)]
    assert not paired.library.asked
    assert texts[2:] == [privacy_text(Catalogue("en")), SAY("forget_none"), SAY("pair_wrong")]


@pytest.mark.parametrize("command", ["/pair {}", "/start pair_{}"])
async def test_the_code_of_the_terminal_makes_an_owner(fake: FakeTelegram, paired: Running, command: str) -> None:
    sent = await fake.say_and_wait(ALICE, command.format(paired.code))
    assert sent.text == PAIRED
    assert SENTENCE in (await fake.say_and_wait(ALICE, "Who?")).text
    assert (await fake.say_and_wait(ALICE, "/pair")).text == SAY("paired_already")
    assert (await fake.say_and_wait(BOB, f"/pair {paired.code}")).text == SAY("pair_closed")


async def test_an_owner_is_remembered_after_a_restart(fake: FakeTelegram, tmp_path: Path) -> None:
    async with running(fake, tmp_path, access="paired") as first:
        await fake.say_and_wait(ALICE, f"/pair {first.code.lower()}")
    async with running(fake, tmp_path, access="paired") as second:
        assert SENTENCE in (await fake.say_and_wait(ALICE, "Who?")).text
        assert "/pair" not in second.told
    assert (tmp_path / FILE).stat().st_mode & 0o777 == 0o600


async def test_a_wrong_code_opens_nothing_and_may_be_mended(fake: FakeTelegram, paired: Running) -> None:
    assert (await fake.say_and_wait(BOB, "/pair")).text == SAY("pair_explain")
    assert (await fake.say_and_wait(ALICE, "/pair WRONG☃")).text == SAY("pair_wrong")
    assert SENTENCE not in (await fake.say_and_wait(ALICE, "Who?")).text
    assert (await fake.say_and_wait(ALICE, f"/pair {paired.code}")).text == PAIRED


async def test_an_owner_opens_a_group_and_only_that_one(fake: FakeTelegram, tmp_path: Path) -> None:
    async with running(fake, tmp_path, access="paired") as paired:
        await fake.say_and_wait(ALICE, f"/pair {paired.code}")
        opened = await fake.say_and_wait(GROUP, "/pair", user=ALICE)
        assert opened.text.startswith("Everyone in this group may ask me now.")
    async with running(fake, tmp_path, access="paired"):
        assert SENTENCE in (await fake.say_and_wait(GROUP, "/ask Who?", user=BOB)).text
        assert SENTENCE in (await fake.say_and_wait(OTHER_GROUP, "/ask Who?", user=ALICE)).text
        refused = await fake.say_and_wait(OTHER_GROUP, "/ask Who?", user=BOB)
        assert refused.text == f"This bot is private. Your id is {BOB}."


async def test_a_code_is_not_taken_where_everyone_reads_it(fake: FakeTelegram, paired: Running) -> None:
    sent = await fake.say_and_wait(GROUP, f"/pair {paired.code}", user=ALICE)
    assert sent.text == SAY("pair_in_private")
    assert "private" in (await fake.say_and_wait(ALICE, "Who?")).text


async def test_the_code_is_not_in_the_log(fake: FakeTelegram, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    async with running(fake, tmp_path, access="paired") as paired:
        await fake.say_and_wait(ALICE, f"/pair {paired.code}")
        assert "pairing: paired" in caplog.text
        assert paired.code not in caplog.text


async def test_a_list_admits_people_and_chats(fake: FakeTelegram, tmp_path: Path) -> None:
    async with running(fake, tmp_path, access="listed", allowed=frozenset({ALICE, GROUP})) as listed:
        assert "/pair" in listed.told
        assert SENTENCE in (await fake.say_and_wait(ALICE, "Who?")).text
        assert SENTENCE in (await fake.say_and_wait(GROUP, "/ask Who?", user=BOB)).text
        assert (await fake.say_and_wait(BOB, "Who?")).text == f"This bot is private. Your id is {BOB}."


async def test_an_anonymous_admin_speaks_as_the_group(fake: FakeTelegram, tmp_path: Path) -> None:
    anonymous: dict[str, Any] = {"sender_chat": {"id": GROUP, "type": "supergroup", "title": "Chat"}}
    async with running(fake, tmp_path, access="listed"):
        sent = await fake.say_and_wait(GROUP, "/ask Who?", **anonymous)
        assert sent.text == f"This bot is private. Your id is {GROUP}."


async def test_a_group_that_becomes_a_supergroup_stays_open(fake: FakeTelegram, tmp_path: Path) -> None:
    memory = Memory(tmp_path)
    assert await memory.add_owner(ALICE)
    assert await memory.open_chat(-5, ALICE)
    memory.close()
    async with running(fake, tmp_path, access="paired"):
        fake.world.chat(-5, kind="group")
        fake.say(-5, None, migrate_to_chat_id=GROUP)
        await fake.until(lambda: not fake.pending())
        assert SENTENCE in (await fake.say_and_wait(GROUP, "/ask Who?", user=BOB)).text


async def test_wrong_codes_slow_down_who_sends_them_ever_more(tmp_path: Path) -> None:
    now = 0.0
    memory = Memory(tmp_path)
    door = Door("paired", frozenset(), memory, clock=lambda: now)
    alice, bob = Asker(ALICE, ALICE, private=True), Asker(BOB, BOB, private=True)
    assert door.code is not None
    # The first one may be a slip.
    assert [await door.pair(alice, "AAAAAAAA") for _ in range(3)] == ["wrong", "wrong", "early"]
    assert await door.pair(alice, door.code) == "early"
    for pause in (60.0, 240.0, 960.0, 3600.0, 3600.0):
        assert door.pause(alice) == pause
        now += pause - 1
        assert await door.pair(alice, "AAAAAAAA") == "early"
        now += 1
        assert await door.pair(alice, "AAAAAAAA") == "wrong"
    assert await door.pair(bob, f" {door.code[:4].lower()}-{door.code[4:]}") == "paired"
    assert memory.owners == {BOB}
    memory.close()


async def test_guessers_together_close_no_door_and_take_no_room(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.channels.telegram.access.door._REMEMBERED", 100)
    memory = Memory(tmp_path)
    door = Door("paired", frozenset(), memory)
    for guesser in range(100, 400):
        assert await door.pair(Asker(guesser, guesser, private=True), "AAAAAAAA") == "wrong"
    assert door.code is not None
    assert len(door._wrong) == 100
    assert await door.pair(Asker(ALICE, ALICE, private=True), door.code) == "paired"
    memory.close()


async def test_fifty_wrong_codes_are_answered_twice_and_the_owner_pairs_all_the_same(
    fake: FakeTelegram, paired: Running
) -> None:
    for _ in range(50):
        fake.say(BOB, "/pair ABCD2345")
    await fake.wait_sent(2, BOB)
    assert (await fake.say_and_wait(ALICE, f"/pair {paired.code}")).text == PAIRED
    assert [sent.text for sent in fake.sent(BOB)] == [
        SAY("pair_wrong"),
        f"{SAY('pair_wrong')} {SAY('pair_pause', n=1)}",
    ]


async def test_where_everybody_may_ask_the_start_counts_as_a_question(fake: FakeTelegram, tmp_path: Path) -> None:
    async with running(fake, tmp_path, flood=FloodLimits(burst=1, every=600.0)):
        assert SAY("hello") in (await fake.say_and_wait(ALICE, "/start")).text
        assert SAY("hello") not in (await fake.say_and_wait(ALICE, "/start")).text
        for _ in range(8):
            fake.say(ALICE, "/start")
        await fake.say_and_wait(BOB, "Who?")
        assert len(fake.sent(ALICE)) == 2


async def test_who_takes_the_bot_from_group_to_group_makes_it_speak_no_more_than_who_asks(
    fake: FakeTelegram, tmp_path: Path
) -> None:
    groups = [GROUP - number for number in range(6)]
    async with running(fake, tmp_path, access="paired", flood=FloodLimits(burst=2, every=600.0)):
        for group in groups:
            fake.add_bot(group, user=ALICE)
        await fake.until(lambda: all(group in fake.world.shut for group in groups))
    assert len(fake.sent()) == 2


def test_once_a_day_is_once_a_day_and_remembers_only_so_many() -> None:
    now = 0.0
    once = OncePer(10.0, lambda: now, most=2)
    assert [once.first(1), once.first(1), once.first(2)] == [True, False, True]
    now = 10.0
    assert [once.first(1), once.first(3), once.first(2)] == [True, True, True]


def test_a_memory_of_another_version_or_no_memory_at_all_is_named(tmp_path: Path) -> None:
    Memory(tmp_path).close()
    with sqlite3.connect(tmp_path / FILE) as base:
        base.execute("PRAGMA user_version = 9")
    base.close()
    with pytest.raises(ChannelError, match=rf"{FILE}: written by another version \(9"):
        Memory(tmp_path)
    (tmp_path / FILE).write_text("this is no database, only a text that is long enough to be refused")
    with pytest.raises(ChannelError, match=rf"{FILE}: file is not a database; check"):
        Memory(tmp_path)
    with pytest.raises(ChannelError, match="check the folder"):
        Memory(tmp_path / FILE / "below")
