"""What the Telegram channel remembers: real files, a really killed process, a really full and a really locked file."""

import asyncio
import json
import logging
import signal
import sqlite3
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from pathlib import Path

import pytest

from bot.channels.telegram.memory import records, writer
from bot.channels.telegram.memory.answers import normalize_question
from bot.channels.telegram.memory.inbox import CURRENT
from bot.channels.telegram.memory.memory import FILE, Memory
from bot.channels.telegram.memory.records import Miss, PassageKey, StoredAnswer, Votes
from bot.channels.telegram.memory.reserve import FILE as RESERVE

ALICE, BOB, GROUP = 7, 8, -1001
LAMP = PassageKey("0123456789ab", 2)
ROOT = Path(__file__).parents[1]


class Clock:
    """Seconds since 1970, moved by hand."""

    def __init__(self) -> None:
        self.now = 1_790_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def memory(tmp_path: Path, clock: Clock) -> AsyncIterator[Memory]:
    opened = Memory(tmp_path, clock)
    yield opened
    opened.close()


def answer(clock: Clock, question: str = "Who lit it?", user: int = ALICE, chat: int | None = None) -> StoredAnswer:
    return StoredAnswer(chat or user, user, question, "answered", (LAMP,), 3, asked_at=int(clock()))


async def test_an_answer_is_found_by_id_and_by_both_messages_also_after_a_restart(
    memory: Memory, tmp_path: Path, clock: Clock
) -> None:
    given = replace(answer(clock, chat=GROUP), thread=5, asked_in=40, follows="aaaaaaaa")
    assert await memory.answers.store(given)
    memory.answers.mark_sent(given, 41)
    sent = replace(given, sent_as=41)
    memory.close()
    for again in (memory, Memory(tmp_path, clock)):
        assert again.answers.find(given.id) == sent
        assert again.answers.find_by_message(GROUP, 41) == sent
        assert again.answers.find_by_question(GROUP, 40) == sent
        assert again.answers.find_by_message(GROUP, 40) is None
        assert again.answers.find("aaaaaaaa") is None
    again.close()


async def test_ids_are_eight_letters_and_do_not_repeat(clock: Clock) -> None:
    ids = {answer(clock).id for _ in range(500)}
    assert len(ids) == 500
    assert all(len(name) == 8 and set(name) <= set("abcdefghijklmnopqrstuvwxyz234567") for name in ids)


async def test_an_answer_is_kept_for_seven_days_and_then_really_gone(
    memory: Memory, tmp_path: Path, clock: Clock
) -> None:
    given = answer(clock, "Where is the amber room?")
    await memory.answers.store(given)
    clock.now += 7 * records.DAY
    assert memory.answers.find(given.id) is not None
    clock.now += 1
    assert memory.answers.find(given.id) is None
    memory.hear(clock.now)
    memory.close()
    assert b"amber room" not in (tmp_path / FILE).read_bytes()


async def test_a_clock_that_is_wrong_at_a_few_starts_deletes_nothing_that_is_kept(tmp_path: Path, clock: Clock) -> None:
    memory = Memory(tmp_path, clock)
    given = answer(clock, "Where is the amber room?")
    await memory.answers.store(given)
    memory.close()
    right = clock.now
    for ahead in (40, 400, 40):
        clock.now = right + ahead * records.DAY
        started = Memory(tmp_path, clock)
        assert started.answers.find(given.id) is None, "too old by that clock"
        await started.answers.store(answer(clock, "What is the time?"))
        started.close()
    clock.now = right
    again = Memory(tmp_path, clock)
    assert again.answers.find(given.id) == given
    again.close()


async def test_a_clock_that_says_the_same_for_a_week_of_starts_is_believed(tmp_path: Path, clock: Clock) -> None:
    memory = Memory(tmp_path, clock)
    await memory.answers.store(answer(clock, "Where is the amber room?"))
    memory.close()
    clock.now += 40 * records.DAY
    for _ in range(4):
        Memory(tmp_path, clock).close()
    assert b"amber room" not in (tmp_path / FILE).read_bytes()


async def test_an_update_changes_who_may_ask_once_whatever_was_told_since(tmp_path: Path, clock: Clock) -> None:
    CURRENT.set(1)
    memory = Memory(tmp_path, clock)
    assert await memory.open_chat(BOB, ALICE) == "in"
    CURRENT.set(2)
    assert await memory.shut_out(BOB) == "out"
    for update in (1, 2, 1):
        memory.close()
        memory = Memory(tmp_path, clock)
        CURRENT.set(update)
        assert await (memory.open_chat(BOB, ALICE) if update == 1 else memory.shut_out(BOB)) == "out"
        assert BOB not in memory.chats
    CURRENT.set(3)
    assert await memory.open_chat(BOB, ALICE) == "in"
    CURRENT.set(2)
    assert await memory.shut_out(BOB) == "in"
    assert BOB in memory.chats
    # Nor is anything else taken back that somebody was told since.
    CURRENT.set(4)
    assert await memory.forget(BOB) == 1
    CURRENT.set(5)
    await memory.open_chat(BOB, ALICE)
    CURRENT.set(4)
    assert await memory.forget(BOB) == 0
    assert BOB in memory.chats
    memory.close()


async def test_the_sweep_keeps_the_newest_of_too_many(
    memory: Memory, tmp_path: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(records, "MOST_ANSWERS", 3)
    given = [replace(answer(clock), asked_at=int(clock()) - age) for age in range(5)]
    await asyncio.gather(*map(memory.answers.store, given))
    memory.close()
    again = Memory(tmp_path, clock)
    await again.set_language(ALICE, "en")
    assert [again.answers.find(one.id) is not None for one in given] == [True, True, True, False, False]
    again.close()


async def test_a_conversation_is_three_turns_of_the_last_half_hour(memory: Memory, clock: Clock) -> None:
    last: str | None = None
    chain = []
    for number in range(5):
        given = replace(answer(clock, f"question {number}"), follows=last)
        await memory.answers.store(given)
        chain.append(given)
        last = given.id
        clock.now += 600
    assert memory.answers.turns(last) == chain[2:]
    clock.now += 600
    assert memory.answers.turns(last) == chain[3:]
    clock.now += 1800
    assert memory.answers.turns(last) == []
    assert memory.answers.turns(None) == []


async def test_one_vote_a_person_and_the_same_once_more_takes_it_back(memory: Memory, clock: Clock) -> None:
    given = answer(clock)
    await memory.answers.store(given)
    assert await memory.answers.vote(given, ALICE, 1, LAMP) == Votes(1, 0, 1)
    assert await memory.answers.vote(given, BOB, 1, LAMP) == Votes(2, 0, 1)
    assert await memory.answers.vote(given, ALICE, -1, LAMP) == Votes(1, 1, -1)
    assert await memory.answers.vote(given, ALICE, -1, LAMP) == Votes(1, 0, None)
    assert memory.answers.votes(given.id, BOB) == Votes(1, 0, 1)
    (judged,) = memory.answers.judgements()
    assert (judged.question, judged.passage, judged.up, judged.down) == ("Who lit it?", LAMP, 1, 0)


async def test_misses_are_counted_by_question_and_by_people_for_thirty_days(memory: Memory, clock: Clock) -> None:
    asked = [("Who  paints it?", ALICE), ("who paints it", ALICE), ("WHO PAINTS IT ?", BOB), ("Why?", BOB)]
    for question, user in asked:
        await memory.answers.store(replace(answer(clock, question, user), state="nothing"))
    edited = replace(answer(clock, "Where?"), state="nothing")
    await memory.answers.store(edited)
    await memory.answers.store(edited)
    misses = [Miss("who paints it", 3), Miss("where", 1), Miss("why", 1)]
    assert sorted(memory.answers.misses(9), key=lambda miss: (-miss.times, miss.question)) == misses
    assert memory.answers.misses(1) == misses[:1]
    assert memory.counts() == {"nothing": 5, "answers": 5, "votes": 0, "misses": 4}
    clock.now += 30 * records.DAY + 1
    assert memory.answers.misses(9) == []
    assert normalize_question("¿Quién? ") == "¿quién"


async def test_a_chat_that_shut_the_bot_out_is_inactive_until_it_speaks_again(
    memory: Memory, tmp_path: Path, clock: Clock
) -> None:
    memory.set_inactive(ALICE, True)
    memory.set_inactive(BOB, True)
    memory.set_inactive(BOB, False)
    memory.close()
    again = Memory(tmp_path, clock)
    assert [again.inactive(ALICE), again.inactive(BOB)] == [True, False]
    again.close()


async def test_a_new_id_of_a_group_reaches_every_table_that_names_chats(
    memory: Memory, tmp_path: Path, clock: Clock
) -> None:
    given = answer(clock, chat=-5)
    await memory.answers.store(given)
    await memory.open_chat(-5, ALICE)
    await memory.set_language(-5, "ru")
    memory.set_inactive(-5, True)
    memory.move_chat(-5, GROUP)
    found = memory.answers.find(given.id)
    assert found is not None
    assert (found.chat, memory.chats, memory.language(GROUP), memory.language(-5)) == (GROUP, {GROUP}, "ru", None)
    memory.close()
    with sqlite3.connect(tmp_path / FILE) as base:
        tables = [row[0] for row in base.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        named = [(table, column) for table, column in records.columns(base, "chat_id")]
        chats = {table: base.execute(f"SELECT chat_id FROM {table}").fetchall() for table, _ in named}  # noqa: S608
    base.close()
    assert len(tables) > len(named)
    assert chats == {table: [(GROUP,)] for table in ("answers", "chats", "inactive", "settings")}


@pytest.mark.slow
async def test_forgetting_leaves_no_byte_of_a_person_and_everything_of_others(
    memory: Memory, tmp_path: Path, clock: Clock
) -> None:
    async def talk(number: int) -> None:
        mine, others = f"zebra{number} where is my gold", f"horse{number} where is the hay"
        given, other = answer(clock, mine), replace(answer(clock, others, BOB), state="nothing")
        await asyncio.gather(memory.answers.store(given), memory.answers.store(other))
        await memory.answers.vote(given, BOB, 1, LAMP)
        await memory.answers.vote(other, ALICE, 1, LAMP)

    await asyncio.gather(*map(talk, range(300)))
    await memory.answers.store(replace(answer(clock, "zebra nothing"), state="nothing"))
    await memory.add_owner(ALICE)
    await memory.open_chat(GROUP, ALICE)
    await memory.set_language(ALICE, "fa")
    held = memory.count_rows(ALICE)
    # 301 answers, 600 votes (hers, and those on her words), 1 miss, an owner, a language.
    assert held == 301 + 600 + 1 + 1 + 1
    assert await memory.forget(ALICE) == held
    assert (memory.count_rows(ALICE), memory.owners, memory.chats, memory.language(ALICE)) == (0, set(), {GROUP}, None)
    written = b"".join(path.read_bytes() for path in tmp_path.iterdir() if path.name.startswith(FILE))
    assert b"zebra" not in written
    # An answer and a miss, which is also in the index of misses.
    assert written.count(b"horse299 where is the hay") == 3
    assert await memory.forget(ALICE) == 0
    assert memory.count_rows(BOB) == 300 + 300


async def test_a_memory_of_the_first_version_is_brought_up_to_date(tmp_path: Path, clock: Clock) -> None:
    base = sqlite3.connect(tmp_path / FILE)
    base.executescript(
        "CREATE TABLE owners (user_id INTEGER PRIMARY KEY, paired_at TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP);"
        "CREATE TABLE chats (chat_id INTEGER PRIMARY KEY, opened_by INTEGER NOT NULL,"
        " opened_at TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP);"
        "INSERT INTO owners (user_id) VALUES (7); INSERT INTO chats (chat_id, opened_by) VALUES (-1001, 7);"
        "PRAGMA user_version = 1;"
    )
    base.close()
    (tmp_path / FILE).chmod(0o644)
    for _ in range(2):
        memory = Memory(tmp_path, clock)
        assert (memory.owners, memory.chats) == ({ALICE}, {GROUP})
        assert await memory.answers.store(answer(clock))
        modes = {path.name: path.stat().st_mode & 0o777 for path in tmp_path.iterdir()}
        memory.close()
        assert modes == dict.fromkeys([FILE, f"{FILE}-wal", f"{FILE}-shm", RESERVE], 0o600)


ENDLESS = """
import asyncio, sys
from pathlib import Path
from bot.channels.telegram.memory.records import StoredAnswer
from bot.channels.telegram.memory.memory import Memory

async def keep(memory, number):
    given = StoredAnswer(7, 7, f"question {number}", "answered")
    assert await memory.answers.store(given)
    print(given.id, flush=True)

async def main():
    memory = Memory(Path(sys.argv[1]))
    for number in range(0, 1_000_000, 20):
        await asyncio.gather(*(keep(memory, number + more) for more in range(20)))

asyncio.run(main())
"""


@pytest.mark.slow
def test_a_killed_process_loses_nothing_that_it_had_acknowledged(tmp_path: Path) -> None:
    command = [sys.executable, "-c", ENDLESS, str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT) as process:
        assert process.stdout is not None
        acknowledged = [process.stdout.readline().strip() for _ in range(200)]
        process.send_signal(signal.SIGKILL)
        acknowledged += [line.strip() for line in process.stdout.readlines() if line.endswith("\n")]
    assert process.returncode == -signal.SIGKILL
    memory = Memory(tmp_path)
    assert len(acknowledged) >= 200
    assert [name for name in acknowledged if memory.answers.find(name) is None] == []
    memory.close()


FULL = """
import asyncio, json, logging, resource, signal, sys
from pathlib import Path
from bot.channels.telegram.memory.records import StoredAnswer, PassageKey
from bot.channels.telegram.memory.memory import FILE, Memory

async def main():
    logging.basicConfig(level=logging.WARNING)
    memory = Memory(Path(sys.argv[1]))
    await memory.set_language(7, "en")
    # No file of this process may grow beyond what is there now: what a full disk is to SQLite.
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    grown = max(path.stat().st_size for path in Path(sys.argv[1]).iterdir() if "sqlite3" in path.name)
    resource.setrlimit(resource.RLIMIT_FSIZE, (grown, resource.RLIM_INFINITY))
    given = [StoredAnswer(7, 7, "word " * 2000, "answered") for _ in range(50)]
    kept = await asyncio.gather(*map(memory.answers.store, given))
    vote = await memory.answers.vote(given[-1], 7, 1, PassageKey("0123456789ab", 0))
    found = [memory.answers.find(one.id) == one for one in given]
    failing = memory.failing
    resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    after = await memory.answers.store(StoredAnswer(7, 7, "after", "answered"))
    memory.close()
    print(json.dumps([kept[-1], vote, all(found), failing, after, memory.failing]))

asyncio.run(main())
"""


@pytest.mark.slow
def test_on_a_full_disk_answers_go_on_and_the_log_says_so_once(tmp_path: Path) -> None:
    command = [sys.executable, "-c", FULL, str(tmp_path)]
    ended = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=False, timeout=60)
    assert ended.returncode == 0, ended.stderr
    assert json.loads(ended.stdout) == [False, None, True, True, True, False]
    told = ended.stderr.splitlines()
    assert len(told) == 2, ended.stderr
    assert f"{FILE} cannot be written (" in told[0]
    assert told[1].endswith(f"{FILE} is written again")


async def test_a_locked_file_holds_nobody_up_and_is_told_once(
    tmp_path: Path, clock: Clock, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writer, "LOCK_WAIT", 0.1)
    memory = Memory(tmp_path, clock)
    other = sqlite3.connect(tmp_path / FILE, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    given = [answer(clock, str(number)) for number in range(3)]
    assert await asyncio.gather(*map(memory.answers.store, given)) == [False] * 3
    assert await memory.answers.vote(given[0], ALICE, 1, LAMP) is None
    assert memory.answers.find(given[0].id) == given[0]
    other.execute("ROLLBACK")
    other.close()
    assert await memory.answers.store(given[0])
    told = [record.getMessage() for record in caplog.records if record.levelno >= logging.WARNING]
    assert [line.partition(FILE)[2] for line in told] == [
        " cannot be written (database is locked); answers go on, unremembered; check the disk",
        " is written again",
    ]
    memory.close()


async def test_work_that_fails_fails_alone(memory: Memory) -> None:
    def broken(base: sqlite3.Connection) -> None:
        base.execute("SELECT * FROM nowhere")

    storage = memory._storage
    works: list[Callable[[sqlite3.Connection], object]] = [lambda _: 1, broken, lambda _: 3]
    assert await asyncio.gather(*(storage.result(work) for work in works)) == [1, None, 3]
    assert storage.read(broken, None) is None


async def test_a_caller_that_gives_up_stops_nothing(memory: Memory, clock: Clock) -> None:
    given = answer(clock)
    task = asyncio.create_task(memory.answers.store(given))
    await asyncio.sleep(0)
    task.cancel()
    assert await memory.set_language(BOB, "en")
    assert task.cancelled() or task.done()
    assert memory.count_rows(ALICE) == 1
