"""Whose data folder it is, who is asked for the pairing code, and what ends the program: over the wire."""

import asyncio
import signal
import sqlite3
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.channels.telegram.memory.belonging import claim
from bot.channels.telegram.memory.memory import FILE, Memory
from bot.errors import ChannelError, TokenError
from tests.telegram_bot import FAST, SENTENCE, options, running
from tests.telegram_server.server import FakeTelegram, fake_in_thread
from tests.telegram_server.wire import Status

ALICE, BOB, GROUP = 7, 8, -100500
OTHER = "987654321:" + "Other-Made" * 3 + "_made"


@pytest.fixture
async def fake() -> AsyncIterator[FakeTelegram]:
    async with FakeTelegram() as server:
        yield server


@pytest.mark.parametrize("access", ["open", "listed", "paired"])
async def test_the_link_on_the_terminal_pairs_whatever_the_access(
    fake: FakeTelegram, tmp_path: Path, access: str
) -> None:
    async with running(fake, tmp_path, access=access, allowed=frozenset({BOB})) as bot:  # type: ignore[arg-type]
        link = bot.told.partition("?start=")[2].split()[0]
        assert "Paired" in (await fake.say_and_wait(ALICE, f"/start {link}")).text


@pytest.mark.parametrize("access", ["open", "paired"])
async def test_where_somebody_owns_the_bot_no_code_is_printed_unless_it_is_wanted(
    fake: FakeTelegram, tmp_path: Path, access: str
) -> None:
    async with running(fake, tmp_path, access=access) as bot:  # type: ignore[arg-type]
        await fake.say_and_wait(ALICE, f"/pair {bot.code}")
    async with running(fake, tmp_path, access=access) as bot:  # type: ignore[arg-type]
        assert "/pair" not in bot.told
    async with running(fake, tmp_path, access=access, new_code=True) as bot:  # type: ignore[arg-type]
        assert "Paired" in (await fake.say_and_wait(BOB, f"/pair {bot.code}")).text


async def test_another_bot_in_the_folder_has_owners_and_answers_of_its_own(fake: FakeTelegram, tmp_path: Path) -> None:
    async with running(fake, tmp_path, access="paired") as bot:
        await fake.say_and_wait(ALICE, f"/pair {bot.code}")
        await fake.say_and_wait(ALICE, "Who?")
    async with FakeTelegram(token=OTHER) as second:
        async with running(second, tmp_path, access="paired") as bot:
            assert f"was the folder of bot {options(fake, tmp_path).bot}" in bot.told
            assert "quoth telegram --take-over" in bot.told
            assert "private" in (await second.say_and_wait(ALICE, "Who?")).text
        async with running(second, tmp_path, access="paired") as bot:
            assert "was the folder" not in bot.told
    async with running(fake, tmp_path, access="paired"):
        assert SENTENCE in (await fake.say_and_wait(ALICE, "Who?")).text


@pytest.mark.parametrize("seen_before", [False, True])
async def test_the_owners_word_gives_a_new_bot_the_owners_of_the_old_one(
    fake: FakeTelegram, tmp_path: Path, seen_before: bool
) -> None:
    async with running(fake, tmp_path, access="paired") as bot:
        await fake.say_and_wait(ALICE, f"/pair {bot.code}")
        await fake.say_and_wait(GROUP, "/pair", user=ALICE)
    async with FakeTelegram(token=OTHER) as second:
        if seen_before:
            async with running(second, tmp_path, access="paired"):
                pass
        async with running(second, tmp_path, access="paired", take_over=True) as bot:
            assert "The owners of the bot before are the owners of this one (1)." in bot.told
            assert SENTENCE in (await second.say_and_wait(ALICE, "Who?")).text
            assert SENTENCE in (await second.say_and_wait(GROUP, "/ask Who?", user=BOB)).text


def test_nothing_to_take_over_is_told(tmp_path: Path) -> None:
    claim(tmp_path, 1)
    with pytest.raises(ChannelError, match="no other bot left anything here to take over"):
        claim(tmp_path, 1, take_over=True)


def test_a_folder_of_before_belongs_to_the_first_bot_that_comes(tmp_path: Path) -> None:
    memory = Memory(tmp_path)
    asyncio.run(memory.add_owner(ALICE))
    memory.close()
    with sqlite3.connect(tmp_path / FILE) as base:
        base.executescript(
            "DROP TABLE bot; DROP TABLE applied; DROP TABLE swept; ALTER TABLE answers DROP COLUMN direct;"
            "PRAGMA user_version = 2"
        )
    base.close()
    assert claim(tmp_path, 1) is None
    assert claim(tmp_path, 2) == 1
    assert claim(tmp_path, 1) == 2
    again = Memory(tmp_path)
    assert again.owners == {ALICE}
    again.close()


@pytest.mark.slow
@given(st.lists(st.tuples(st.sampled_from([1, 2, 3]), st.booleans()), max_size=6))
@settings(max_examples=20)
def test_each_bot_finds_its_own_whatever_came_between(
    tmp_path_factory: pytest.TempPathFactory, turns: list[tuple[int, bool]]
) -> None:
    folder = tmp_path_factory.mktemp("folder")
    owners: dict[int, set[int]] = {1: set(), 2: set(), 3: set()}
    for turn, (bot, pairs) in enumerate(turns):
        claim(folder, bot)
        memory = Memory(folder)
        assert memory.owners == owners[bot]
        if pairs:
            asyncio.run(memory.add_owner(turn))
            owners[bot].add(turn)
        memory.close()


@pytest.mark.parametrize("webhook", [False, True])
async def test_a_token_that_is_revoked_while_the_bot_runs_is_told_as_such(
    fake: FakeTelegram, tmp_path: Path, webhook: bool
) -> None:
    with pytest.raises(TokenError, match="rejected three times"):
        async with running(fake, tmp_path, webhook=webhook, pace=replace(FAST, check=0.05)) as bot:
            fake.token = OTHER
            await asyncio.wait_for(bot.task, 30)


async def test_an_administrator_is_asked_about_again_before_being_refused(fake: FakeTelegram, tmp_path: Path) -> None:
    fake.promote(GROUP, BOB)
    async with running(fake, tmp_path):
        sent = await fake.say_and_wait(GROUP, "/ask Who?", user=ALICE)
        fake.fail("getChatMember", Status(502, "<html>"))
        await fake.press_and_wait(sent, "More", user=BOB)
        assert len(fake.called("getChatMember")) == 2
        await fake.until(lambda: bool(fake.edits_of(sent)))


@pytest.mark.slow
@pytest.mark.parametrize("nohup", [False, True])
def test_a_closed_terminal_ends_it_like_a_stop_unless_it_was_told_to_outlive_it(
    start_bot: Callable[..., subprocess.Popen[str]], tmp_path: Path, nohup: bool
) -> None:
    with fake_in_thread() as server:
        arguments = [server.base_url, server.token, str(tmp_path)]
        command = ["nohup", sys.executable, "-m", "tests.telegram_bot", *arguments]
        pipe = subprocess.PIPE
        if nohup:
            process = subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe, text=True)
        else:
            process = start_bot(*arguments)
        try:
            assert process.stdout is not None
            assert "listening" in process.stdout.readline()
            process.send_signal(signal.SIGHUP)
            if nohup:
                assert SENTENCE in server.say_and_wait(ALICE, "Who?").text
                process.terminate()
            process.communicate(timeout=30)
        finally:
            if process.poll() is None:
                process.kill()
                process.communicate()
        assert process.returncode == 0
