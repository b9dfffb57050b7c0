"""Who may ask in Telegram: open, listed, and paired by a one-time code, over the real wire."""

import logging
import sqlite3
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from bot.catalogue import Catalogue
from bot.channels.telegram.access.door import TRIES, Asker, Door, OncePer
from bot.channels.telegram.memory.memory import FILE, Memory
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


async def test_a_stranger_is_refused_once_a_day_with_the_id_and_the_way_in_or_for_the_asking(
    fake: FakeTelegram, paired: Running
) -> None:
    help_wanted = await fake.say_and_wait(ALICE, "/help")
    sent = await fake.say_and_wait(ALICE, "Who?")
    assert help_wanted.text == sent.text == f"This bot is private. Your id is {ALICE}.\n{SAY('how_to_pair')}"
    last = [fake.say(ALICE, text) for text in ("Who now?", "/dance", "/start")][-1]
    await fake.until(lambda: fake.sent()[-1].reply_to == last["message_id"])
    assert [message.text for message in fake.sent()] == [sent.text] * 3
    assert not paired.library.asked


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


async def test_after_five_wrong_codes_even_the_right_one_is_too_late(tmp_path: Path) -> None:
    memory = Memory(tmp_path)
    door = Door("paired", frozenset(), memory)
    alice, bob = Asker(ALICE, ALICE, private=True), Asker(BOB, BOB, private=True)
    assert door.code is not None
    assert [await door.pair(alice, "AAAAAAAA") for _ in range(TRIES)] == ["wrong"] * TRIES
    assert await door.pair(alice, door.code) == "closed"
    assert await door.pair(bob, f" {door.code[:4].lower()}-{door.code[4:]}") == "paired"
    assert memory.owners == {BOB}
    memory.close()


async def test_guessers_together_end_all_tries(tmp_path: Path) -> None:
    memory = Memory(tmp_path)
    door = Door("paired", frozenset(), memory)
    for guesser in range(100, 150):
        await door.pair(Asker(guesser, guesser, private=True), "AAAAAAAA")
    assert door.code is not None
    assert await door.pair(Asker(ALICE, ALICE, private=True), door.code) == "closed"
    memory.close()


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
