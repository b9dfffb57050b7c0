"""The real `quoth telegram`, as a process, over HTTP against the fake Bot API server, on a real index."""

import itertools
import re
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.telegram_server.server import fake_in_thread

Start = Callable[..., subprocess.Popen[str]]
Quoth = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def bot(start: Start) -> Iterator[Callable[..., subprocess.Popen[str]]]:
    running: list[subprocess.Popen[str]] = []

    def run(address: str, token: str, **variables: str) -> subprocess.Popen[str]:
        process = start("telegram", QUOTH_TELEGRAM_BASE_URL=address, QUOTH_TELEGRAM_TOKEN=token, **variables)
        running.append(process)
        return process

    yield run
    for process in running:
        if process.poll() is None:
            process.kill()
        process.communicate()


def stopped(process: subprocess.Popen[str]) -> tuple[int, str]:
    """Asks a bot to stop; its exit code and all that it wrote."""
    process.send_signal(signal.SIGTERM)
    out, err = process.communicate(timeout=60)
    return process.returncode, out + err


def test_a_question_is_answered_with_its_passage_and_title(
    bot: Callable[..., subprocess.Popen[str]], shelf: Path
) -> None:
    assert shelf.is_dir()
    with fake_in_thread() as fake:
        process = bot(fake.base_url, fake.token, QUOTH_TELEGRAM_ACCESS="open")
        answer = fake.say_and_wait(7, "Who opened the footbridge at Saltmere?")
        asked = fake.say_and_wait(7, "/ask How many bakers does the night school teach?")
        nothing = fake.say_and_wait(7, "Which planet has the most moons?")
        code, written = stopped(process)
    assert "Footbridge at Saltmere" in answer.text
    assert "opened in 1931 by a lamplighter" in answer.text
    assert "forty bakers" in asked.text
    assert "found no passage" in nothing.text
    assert code == 0
    assert fake.token not in written
    assert "moons" not in written


def test_a_stranger_is_let_in_by_the_code_on_the_terminal_only(
    bot: Callable[..., subprocess.Popen[str]], shelf: Path
) -> None:
    assert shelf.is_dir()
    with fake_in_thread() as fake:
        process = bot(fake.base_url, fake.token)
        assert process.stdout is not None
        written = ""
        while "/pair" not in written:
            line = process.stdout.readline()
            assert line, "the bot ended before it said how to pair"
            written += line
        found = re.search(r"/pair (\S+)", written)
        assert found
        refused = fake.say_and_wait(7, "Who opened the footbridge?")
        fake.say_and_wait(7, f"/pair {found[1]}")
        answer = fake.say_and_wait(7, "Who opened the footbridge?")
        code, _ = stopped(process)
    assert "private" in refused.text
    assert "lamplighter" in answer.text
    assert code == 0


def test_a_running_bot_serves_the_index_that_another_process_built(
    bot: Callable[..., subprocess.Popen[str]], shelf: Path, quoth: Quoth
) -> None:
    with fake_in_thread() as fake:
        process = bot(fake.base_url, fake.token, QUOTH_TELEGRAM_ACCESS="open")
        before = fake.say_and_wait(7, "What is the toll of the footbridge at Saltmere?")
        bridge = shelf / "0.md"
        bridge.write_text(bridge.read_text().replace("two buttons", "three thimbles"))
        assert quoth("index").returncode == 0
        after = fake.say_and_wait(7, "What is the toll of the footbridge at Saltmere?")
        code, _ = stopped(process)
    assert "two buttons" in before.text
    assert "three thimbles" in after.text
    assert code == 0


def test_a_rebuild_under_load_leaves_no_question_unanswered(
    bot: Callable[..., subprocess.Popen[str]], shelf: Path, start: Start
) -> None:
    question, people = "What is the toll of the footbridge at Saltmere?", itertools.count(1)
    with fake_in_thread() as fake:
        process = bot(fake.base_url, fake.token, QUOTH_TELEGRAM_ACCESS="open")
        fake.say_and_wait(20_000, question)
        bridge = shelf / "0.md"
        bridge.write_text(bridge.read_text().replace("two buttons", "three thimbles"))
        with start("index") as rebuild:
            while rebuild.poll() is None:
                fake.say(next(people), question)
                time.sleep(0.03)
            rebuild.communicate()
        assert rebuild.returncode == 0
        after = fake.say_and_wait(10_000, question)
        # Every question has its answer.
        fake.wait(lambda server: len(server.sent()) * 2 == len(server.world.messages), timeout=30)
        code, _ = stopped(process)
    # Each from one whole index: the toll of before or of after.
    assert all(("two buttons" in sent.text) != ("three thimbles" in sent.text) for sent in fake.fake.messages)
    assert "three thimbles" in after.text
    assert code == 0


def test_a_bot_started_before_the_first_build_says_so_and_then_answers(
    bot: Callable[..., subprocess.Popen[str]], shelve: Callable[[Path, Path, int], None], tmp_path: Path
) -> None:
    with fake_in_thread() as fake:
        process = bot(fake.base_url, fake.token, QUOTH_TELEGRAM_ACCESS="open")
        early = fake.say_and_wait(7, "Who opened the footbridge?")
        shelve(tmp_path / "shelf", tmp_path / "data", 2)
        answer = fake.say_and_wait(7, "Who opened the footbridge?")
        code, _ = stopped(process)
    assert "being prepared" in early.text
    assert "lamplighter" in answer.text
    assert code == 0


def test_without_a_token_the_program_says_how_to_get_one(quoth: Quoth) -> None:
    ended = quoth("telegram")
    assert ended.returncode == 2
    assert "@BotFather" in ended.stderr


def test_a_rejected_token_ends_the_program_without_showing_it(quoth: Quoth) -> None:
    with fake_in_thread() as fake:
        wrong = f"{fake.token[:-4]}AAAA"
        ended = quoth("telegram", QUOTH_TELEGRAM_BASE_URL=fake.base_url, QUOTH_TELEGRAM_TOKEN=wrong)
    assert ended.returncode in (2, 5)
    assert "token" in ended.stderr
    assert wrong not in ended.stderr + ended.stdout
