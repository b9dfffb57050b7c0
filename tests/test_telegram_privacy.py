"""/privacy, /forget and /language over the wire: what is said is what is so, and what is deleted is gone."""

import sqlite3
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.catalogue import LANGUAGES, Catalogue
from bot.channels.telegram.memory import records
from bot.channels.telegram.memory.inbox import FILE as INBOX
from bot.channels.telegram.memory.memory import FILE, Memory
from bot.channels.telegram.owners.privacy import privacy_text
from tests.telegram_bot import Running, running
from tests.telegram_server.server import FakeTelegram
from tests.telegram_shelf import pressed

SAY = Catalogue("en").text
ALICE, BOB, GROUP = 7, 8, -1001
WORDS = "where did grandmother hide the silver"


@pytest.fixture
async def fake() -> AsyncIterator[FakeTelegram]:
    async with FakeTelegram() as server:
        yield server


@pytest.fixture
async def bot(fake: FakeTelegram, tmp_path: Path) -> AsyncIterator[Running]:
    async with running(fake, tmp_path) as channel:
        yield channel


def bytes_of(folder: Path) -> bytes:
    """Everything that the channel keeps, journals included."""
    return b"".join(path.read_bytes() for path in sorted(folder.iterdir()) if path.is_file())


@pytest.mark.parametrize("language", LANGUAGES)
async def test_everybody_may_know_what_is_kept_in_the_language_of_their_app(
    fake: FakeTelegram, tmp_path: Path, language: str
) -> None:
    fake.world.people[ALICE] = {"language_code": f"{language}-XX"}
    async with running(fake, tmp_path, access="listed"):
        sent = await fake.say_and_wait(ALICE, "/privacy")
    say = Catalogue(language)
    assert sent.text == privacy_text(say)
    for days in (records.ANSWERS_DAYS, records.MISSES_DAYS):
        assert say.number(days) in sent.text


async def test_every_table_of_the_memory_is_named_by_the_privacy_text(tmp_path: Path) -> None:
    Memory(tmp_path).close()
    base = sqlite3.connect(tmp_path / FILE)
    tables = {row[0] for row in base.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    base.close()
    named = {
        "answers": "privacy_answers",
        "misses": "privacy_misses",
        "votes": "privacy_votes",
        "owners": "privacy_settings",
        "chats": "privacy_settings",
        "settings": "privacy_settings",
        "inactive": "privacy_settings",
        "counters": "privacy_counters",
    }
    # The numbers of the bot, of updates and of channels say nothing about anybody, nor when the last sweep was.
    assert tables - {"bot", "applied", "channels", "swept"} == set(named)
    days = {"privacy_answers": records.ANSWERS_DAYS, "privacy_misses": records.MISSES_DAYS}
    said = privacy_text(Catalogue("en")).splitlines()
    assert [key for key in named.values() if SAY(key, n=days.get(key)) not in said] == []


async def test_forgetting_asks_first_and_then_leaves_no_byte(fake: FakeTelegram, bot: Running, tmp_path: Path) -> None:
    assert bot.library.asked == []
    answer = await fake.say_and_wait(ALICE, f"{WORDS}?")
    await pressed(fake, answer, "… More")
    await fake.press_and_wait(answer, "Helpful")
    await fake.say_and_wait(ALICE, f"{WORDS}, really?")
    await fake.say_and_wait(BOB, "What is the weather?")
    assert WORDS.encode() in bytes_of(tmp_path)
    asked = await fake.say_and_wait(ALICE, "/forget")
    assert asked.text == SAY("forget_ask")
    await fake.press_and_wait(asked, "No, keep it")
    await fake.until(lambda: fake.now(asked).text == SAY("forget_kept"))
    again = await fake.say_and_wait(ALICE, "/forget")
    await fake.press_and_wait(again, "Yes, delete it")
    # Two answers and a thumb.
    await fake.until(lambda: fake.now(again).text == SAY("forgotten", n=3))
    assert fake.now(again).rows == []
    assert WORDS.encode() not in bytes_of(tmp_path)
    assert b"What is the weather?" in bytes_of(tmp_path)
    assert (await fake.say_and_wait(ALICE, "/forget")).text == SAY("forget_none")


async def test_forgetting_leaves_no_byte_of_a_name_or_a_number_in_any_file(fake: FakeTelegram, tmp_path: Path) -> None:
    person, name, user_name = 7_654_321_987, "Quirinius", "quirinius_of_saltmere"
    fake.world.people[person] = {"first_name": name, "username": user_name}
    # A file of SQLite holds such a number in six bytes, JSON in digits.
    traces = [name.encode(), user_name.encode(), str(person).encode(), person.to_bytes(6, "big"), WORDS.encode()]
    async with running(fake, tmp_path, access="paired") as channel:
        await fake.say_and_wait(person, f"/pair {channel.code}")
        await fake.say_and_wait(person, f"{WORDS}?")
        await fake.say_and_wait(person, "/users add 9")
        await fake.say_and_wait(9, "What is the weather?")
        for number in range(6):
            await fake.say_and_wait(9, f"What is number {number}?")
        assert all(trace in bytes_of(tmp_path) for trace in traces)
        asked = await fake.say_and_wait(person, "/forget")
        await fake.press_and_wait(asked, "Yes, delete it")
        await fake.until(lambda: "deleted" in fake.now(asked).text)
        assert [trace for trace in traces if trace in bytes_of(tmp_path)] == []
        assert b"What is the weather?" in bytes_of(tmp_path)
    assert [trace for trace in traces if trace in bytes_of(tmp_path)] == []


async def test_what_somebody_forgotten_had_asked_before_leaves_nothing_once_it_is_answered(
    fake: FakeTelegram, tmp_path: Path
) -> None:
    async with running(fake, tmp_path) as channel:
        await fake.say_and_wait(ALICE, "Who lit the lamp?")
        asked = await fake.say_and_wait(ALICE, "/forget")
        fake.say(ALICE, f"slow: {WORDS}")
        await channel.library.at_gate.wait()
        await fake.press_and_wait(asked, "Yes, delete it")
        await fake.until(lambda: fake.now(asked).rows == [])
        channel.library.gate.set()
        await fake.wait_sent(3, ALICE)
        await fake.until(lambda: b"first_name" not in (tmp_path / INBOX).read_bytes())
        inbox = b"".join(path.read_bytes() for path in tmp_path.glob(f"{INBOX}*"))
        assert WORDS.encode() not in inbox


async def test_forgetting_is_private_and_forgets_whoever_presses(
    fake: FakeTelegram, bot: Running, tmp_path: Path
) -> None:
    assert bot.library.asked == []
    assert (await fake.say_and_wait(GROUP, "/forget", user=ALICE)).text == SAY("private_only")
    await fake.say_and_wait(GROUP, f"/ask {WORDS}", user=ALICE)
    await fake.say_and_wait(GROUP, "/ask What is the weather?", user=BOB)
    asked = await fake.say_and_wait(ALICE, "/forget")
    await fake.press_and_wait(asked, "Yes, delete it")
    await fake.until(lambda: fake.now(asked).text == SAY("forgotten", n=1))
    assert WORDS.encode() not in bytes_of(tmp_path)
    assert b"What is the weather?" in bytes_of(tmp_path)


async def test_an_owner_who_is_forgotten_is_warned_and_owns_nothing_afterwards(
    fake: FakeTelegram, tmp_path: Path
) -> None:
    async with running(fake, tmp_path, access="paired") as paired:
        await fake.say_and_wait(ALICE, f"/pair {paired.code}")
        await fake.until(lambda: any("chat" in scope[0] and scope[1] for scope in fake.commands))
        asked = await fake.say_and_wait(ALICE, "/forget")
        assert asked.text == f"{SAY('forget_ask')}\n{SAY('forget_ask_access')}"
        await fake.press_and_wait(asked, "Yes, delete it")
        await fake.until(lambda: fake.now(asked).text == SAY("forgotten", n=1))
        assert "private" in (await fake.say_and_wait(ALICE, "Who?")).text


async def test_a_chosen_language_is_spoken_from_then_on(fake: FakeTelegram, tmp_path: Path) -> None:
    async with running(fake, tmp_path):
        asked = await fake.say_and_wait(ALICE, "/language")
        assert [label for row in asked.rows for label in row] == list(LANGUAGES.values())
        await fake.press_and_wait(asked, "Русский")
        russian = Catalogue("ru").text
        await fake.until(lambda: fake.now(asked).text == russian("language_set"))
        assert russian("unknown_command") in (await fake.say_and_wait(ALICE, "/dance")).text
        assert SAY("unknown_command") in (await fake.say_and_wait(BOB, "/dance")).text
    async with running(fake, tmp_path):
        assert russian("unknown_command") in (await fake.say_and_wait(ALICE, "/dance")).text


async def test_in_a_group_its_administrators_choose_and_are_looked_up_at_every_press(
    fake: FakeTelegram, bot: Running
) -> None:
    assert bot.library.asked == []
    asked = await fake.say_and_wait(GROUP, "/language", user=ALICE)
    assert asked.text == SAY("choose_language_group")
    assert (await fake.press_and_wait(asked, "Español", user=BOB))["text"] == SAY("admin_only")
    fake.promote(GROUP, BOB)
    await fake.press_and_wait(asked, "Español", user=BOB)
    spanish = Catalogue("es").text
    await fake.until(lambda: fake.now(asked).text == spanish("language_set"))
    fake.promote(GROUP, BOB, "member")
    again = await fake.say_and_wait(GROUP, "/language", user=ALICE)
    assert (await fake.press_and_wait(again, "English", user=BOB))["text"] == spanish("admin_only")


@pytest.mark.parametrize("data", ["1xy.AAAAAAAA", "1wen.", "1wxx.AAAAAAAA", "1c.AAAAAAAA", "1pu", "1x"])
async def test_a_forged_button_does_nothing(fake: FakeTelegram, bot: Running, data: str, tmp_path: Path) -> None:
    assert bot.library.asked == []
    answer = await fake.say_and_wait(ALICE, WORDS)
    query = fake.press_data(answer, data)
    await fake.until(lambda: query in fake.answers)
    assert fake.answers[query]["text"] == SAY("expired")
    assert WORDS.encode() in bytes_of(tmp_path)
