"""A bot that is killed, stopped or starved in the midst of its work: nothing is lost, nothing said twice, in order."""

import json
import resource
import signal
import sqlite3
import subprocess
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest

from bot.catalogue import Catalogue
from bot.channels.telegram.memory import inbox as inboxes
from bot.channels.telegram.memory.inbox import CURRENT, Inbox
from tests.telegram_bot import SENTENCE, running
from tests.telegram_server.server import TOKEN, FakeInThread, FakeTelegram, fake_in_thread
from tests.telegram_server.wire import Sent

pytestmark = pytest.mark.slow

Program = Callable[[FakeInThread, str], AbstractContextManager[subprocess.Popen[str]]]

ALICE, BOT = 7, 123456789
LINE = Catalogue("en").text("interrupted")
CHATS, EACH = 10, 3


@pytest.fixture
def program(tmp_path: Path, start_bot: Callable[..., subprocess.Popen[str]]) -> Program:
    """Return what runs the channel as a process that takes 10 ms for an answer; killed at the end if it still runs."""

    @contextmanager
    def running(fake: FakeInThread, way: str) -> Iterator[subprocess.Popen[str]]:
        # A pipe that nobody reads takes no more than warnings.
        with start_bot(fake.base_url, fake.token, tmp_path, "0.01", way, "WARNING") as process:
            try:
                assert process.stdout is not None
                assert "is listening" in process.stdout.readline()
                yield process
            finally:
                process.kill()
                process.communicate()

    return running


def asked(fake: FakeInThread, first: int = 1) -> dict[int, list[int]]:
    """Many people ask at once, several questions each; the numbers of their messages by chat."""

    def ask(server: FakeTelegram) -> dict[int, list[int]]:
        numbers: dict[int, list[int]] = {chat: [] for chat in range(first, first + CHATS)}
        for question in range(EACH):
            for chat, sent in numbers.items():
                sent.append(server.say(chat, f"question {question}")["message_id"])
        return numbers

    return fake.run(ask)


def assert_each_has_its_reply(fake: FakeInThread, questions: dict[int, list[int]], unsure: Sequence[Sent] = ()) -> None:
    """Each question has one answer, in order; only those of `unsure` may have that line instead, or both."""
    lines = {(sent.chat, sent.reply_to) for sent in unsure}
    for chat, numbers in questions.items():
        answers = [sent for sent in fake.sent(chat) if sent not in unsure]
        assert all(SENTENCE in sent.text for sent in answers)
        answered = [sent.reply_to for sent in answers]
        assert answered == [number for number in numbers if (chat, number) not in lines or number in answered]


def replied(server: FakeTelegram) -> int:
    """How many questions have a reply."""
    return len({(sent.chat, sent.reply_to) for sent in server.sent()})


@pytest.mark.parametrize(("way", "after"), [("polling", 1), ("webhook", 12)])
def test_a_killed_bot_answers_after_its_restart_what_it_had_in_hand(program: Program, way: str, after: int) -> None:
    with fake_in_thread(hook_delay=0.05) as fake:
        with program(fake, way) as first:
            questions = asked(fake)
            fake.wait(lambda server: len(server.sent()) >= after)
            first.send_signal(signal.SIGKILL)
            first.wait()
        before = len(fake.sent())
        assert before < CHATS * EACH
        with program(fake, way):
            fake.wait(lambda server: replied(server) == CHATS * EACH, timeout=20)
        # What was leaving at the moment of the kill may have arrived: then both its answer and the line are there.
        unsure = [sent for sent in fake.sent() if sent.text == LINE]
        assert len(unsure) <= CHATS
        assert_each_has_its_reply(fake, questions, unsure)


@pytest.mark.parametrize("way", ["polling", "webhook"])
def test_a_bot_stopped_under_load_leaves_nothing_behind(program: Program, way: str) -> None:
    with fake_in_thread(hook_delay=0.05) as fake:
        with program(fake, way) as first:
            questions = asked(fake)
            fake.wait(lambda server: len(server.sent()) >= 3)
            first.send_signal(signal.SIGTERM)
            out, log = first.communicate(timeout=30)
            assert first.returncode == 0
            assert TOKEN not in out + log
        with program(fake, way):
            fake.wait(lambda server: len(server.sent()) >= CHATS * EACH, timeout=20)
        assert_each_has_its_reply(fake, questions)
        assert all(SENTENCE in sent.text for sent in fake.sent())


def test_a_full_disk_costs_the_memory_but_no_answer(program: Program) -> None:
    with fake_in_thread() as fake, program(fake, "polling") as process:
        questions = asked(fake)
        fake.wait(lambda server: len(server.sent()) >= CHATS * EACH, timeout=20)
        # From now on no file of it may grow beyond a page.
        resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (4096, 4096))
        questions |= asked(fake, first=101)
        fake.wait(lambda server: len(server.sent()) >= 2 * CHATS * EACH, timeout=20)
        process.send_signal(signal.SIGTERM)
        _, log = process.communicate(timeout=30)
        assert process.returncode == 0
        assert_each_has_its_reply(fake, questions)
        assert not fake.run(lambda server: server.broken_limits())
    assert log.count("answers go on") >= 1
    assert "Traceback" not in log


def update(number: int) -> dict[str, object]:
    return {"update_id": number, "message": {"text": "secret words"}}


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[Callable[[], Inbox]]:
    boxes: list[Inbox] = []

    def open_again(bot: int = BOT) -> Inbox:
        for box in boxes:
            box.close()
        boxes.append(Inbox(tmp_path, bot))
        return boxes[-1]

    yield open_again
    CURRENT.set(None)
    for box in boxes:
        box.close()


def test_an_inbox_knows_what_waits_what_was_leaving_and_what_is_done(opened: Callable[..., Inbox]) -> None:
    box = opened()
    assert box.take([update(1), update(2), update(3)]) == [update(1), update(2), update(3)]
    assert box.take([update(3), update(4)]) == [{"update_id": 3}, update(4)]
    box.done(1)
    CURRENT.set(2)
    box.replying()
    assert opened().recover() == ([update(3), update(4)], [update(2)])
    # Nor is it forgotten before the person was asked to look.
    box = opened()
    assert box.recover() == ([update(3), update(4)], [update(2)])
    box.done(2)
    assert opened().recover() == ([update(3), update(4)], [])
    assert opened().take([update(1)]) == [{"update_id": 1}]
    assert opened(BOT + 1).recover() == ([], [])


def test_what_did_not_leave_waits_again_unless_something_else_left(opened: Callable[..., Inbox]) -> None:
    box = opened()
    box.take([update(1), update(2)])
    CURRENT.set(1)
    assert box.replying()
    box.waiting()
    CURRENT.set(2)
    assert [box.replying(), box.replying()] == [True, False]
    assert opened().recover() == ([update(1)], [update(2)])


def test_an_inbox_keeps_no_words_of_what_is_done(opened: Callable[..., Inbox], tmp_path: Path) -> None:
    box = opened()
    box.take([update(1), update(2)])
    box.done(1)
    box.done(2)
    box.close()
    files = list(tmp_path.glob(f"{inboxes.FILE}*"))
    assert files
    assert not any(b"secret words" in file.read_bytes() for file in files)
    assert (tmp_path / inboxes.FILE).stat().st_mode & 0o777 == 0o600


def test_an_inbox_forgets_old_numbers(opened: Callable[..., Inbox], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inboxes, "REMEMBERED", 10)
    box = opened()
    for number in range(100):
        box.take([update(number)])
        if number != 5:
            box.done(number)
    assert opened().recover() == ([update(5)], [])
    assert opened().take([update(1), update(99)]) == [update(1), {"update_id": 99}]


async def test_a_broken_inbox_is_named_and_does_not_stop_the_answers(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / inboxes.FILE).write_text("this is no database, only a text that is long enough to be refused")
    async with FakeTelegram() as fake, running(fake, tmp_path):
        assert SENTENCE in (await fake.say_and_wait(ALICE, "Who?")).text
        assert SENTENCE in (await fake.say_and_wait(ALICE, "And who?")).text
    assert caplog.text.count(f"{inboxes.FILE} cannot be used (file is not a database)") == 1


def test_the_inbox_is_a_plain_table_that_any_tool_reads(opened: Callable[..., Inbox], tmp_path: Path) -> None:
    opened().take([update(1)])
    base = sqlite3.connect(tmp_path / inboxes.FILE)
    assert base.execute("SELECT id, state FROM updates").fetchall() == [(1, inboxes.WAITING)]
    base.close()


async def test_who_was_shut_out_stays_out_whatever_stands_in_the_inbox(tmp_path: Path) -> None:
    async with FakeTelegram() as fake:
        async with running(fake, tmp_path, access="paired") as channel:
            await fake.say_and_wait(ALICE, f"/pair {channel.code}")
            added = fake.say(ALICE, "/users add 42")
            await fake.wait_sent(2, ALICE)
            assert (await fake.say_and_wait(ALICE, "/users remove 42")).text == "42 may no longer ask."
        # As a disk leaves it that was full, or lost its power, when the update was done.
        with sqlite3.connect(tmp_path / inboxes.FILE) as base:
            ((number,),) = base.execute("SELECT max(id) - 1 FROM updates").fetchall()
            again = json.dumps({"update_id": number, "message": added})
            base.execute("UPDATE updates SET state = 0, content = ? WHERE id = ?", (again, number))
        base.close()
        async with running(fake, tmp_path, access="paired"):
            assert [sent.text for sent in await fake.wait_sent(4, ALICE)][-1] == "42 is not among them."
            assert "private" in (await fake.say_and_wait(42, "Who lit the lamp?")).text
