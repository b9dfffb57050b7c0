"""The real `quoth telegram` through a whole scenario: the token is nowhere, and nobody's words are in the log."""

import re
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from bot.commands import parts
from tests.telegram_server.server import FakeInThread, fake_in_thread
from tests.telegram_server.wire import Sent, refusal, too_many

Start = Callable[..., subprocess.Popen[str]]
Quoth = Callable[..., subprocess.CompletedProcess[str]]

OWNER, GROUP = 7, -1001
WORD = "periwinkle"
BAKERS = "How many bakers does the night school teach?"
HERONS = f"# Herons\n\nForty {WORD} herons came back to the weir after the winter.\n"


@contextmanager
def program(start: Start, fake: FakeInThread, level: str) -> Iterator[tuple[subprocess.Popen[str], list[str], str]]:
    """The running program, what it wrote once it has ended, and its one-time code."""
    written: list[str] = []
    where = {"QUOTH_TELEGRAM_BASE_URL": fake.base_url, "QUOTH_TELEGRAM_TOKEN": fake.token}
    with start("telegram", anew=True, QUOTH_TELEGRAM_ACCESS="open", QUOTH_LOG_LEVEL=level, **where) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        # At DEBUG it writes more than a pipe holds.
        reading = threading.Thread(target=written.extend, args=(process.stderr,), daemon=True)
        reading.start()
        try:
            said = ""
            while "/pair" not in said:
                line = process.stdout.readline()
                assert line, "the bot ended before it said how to pair"
                said += line
            found = re.search(r"/pair (\S+)", said)
            assert found
            yield process, written, found[1]
            process.send_signal(signal.SIGTERM)
            reading.join(60)
            process.wait(60)
            written += [said, process.stdout.read()]
        finally:
            if process.poll() is None:
                process.kill()
    assert process.returncode == 0


def conversation(fake: FakeInThread, code: str) -> None:
    """Pairing, questions, buttons, refusals and accidents, in many chats: one takes only one message a second."""
    fake.say_and_wait(OWNER, f"/pair {code}", timeout=20)
    answer = fake.say_and_wait(100, BAKERS, timeout=20)
    fake.do(lambda server: server.press_and_wait(answer, "… More", timeout=20))
    fake.do(lambda server: server.wait_edit(answer, 1))
    fake.do(lambda server: server.press_and_wait(answer, "Helpful", timeout=20))
    fake.say_and_wait(101, f"who sells {WORD} paint?", timeout=20)
    fake.say_and_wait(102, f"/{WORD} {WORD}", timeout=20)
    asked = fake.say_and_wait(GROUP, f"/ask where is the {WORD}?", timeout=20)
    fake.run(lambda server: server.edit(server.world.messages[GROUP, asked.reply_to or 0], f"/ask {WORD} bakers?"))
    fake.run(lambda server: server.push(message={"text": WORD, "chat": 5}))
    fake.run(lambda server: server.push(callback_query={"id": "1", "data": WORD}))
    accident = f'Bad Request: can\'t parse entities: Unsupported start tag "{WORD}" at byte offset 0'
    fake.run(lambda server: server.fail("sendMessage", refusal(400, accident), chat=103))
    fake.say_and_wait(103, f"{WORD} bakers", timeout=20)
    fake.run(lambda server: server.fail("getUpdates", refusal(401, "Unauthorized")))
    fake.run(lambda server: server.fail("sendMessage", too_many(1), chat=104))
    fake.say_and_wait(104, f"{WORD} bakers", timeout=20)
    missing = {"file_id": "nowhere", "file_unique_id": "u", "file_name": f"{WORD}.md", "file_size": 20}
    fake.run(lambda server: server.fail("getFile", refusal(400, f"Bad Request: {WORD}")))
    fake.say_and_wait(OWNER, None, document=missing, timeout=20)


def tools(fake: FakeInThread) -> None:
    """What an owner does: a rebuild, a file, an export."""
    fake.say_and_wait(OWNER, "/status", timeout=20)
    ended(fake, fake.say_and_wait(OWNER, "/rebuild", timeout=20))
    before = len(fake.sent(OWNER))
    fake.run(lambda server: server.upload(OWNER, HERONS.encode(), f"{WORD}.md"))
    fake.wait(lambda server: len(server.sent(OWNER)) > before, timeout=20)
    ended(fake, fake.sent(OWNER)[-1])
    fake.say(OWNER, "/evalset")
    fake.wait(lambda server: bool(server.called("sendDocument")), timeout=20)


def ended(fake: FakeInThread, told: Sent) -> None:
    """Waits until the rebuild that `told` tells about is over."""
    fake.wait(lambda server: "eneration" in server.now(told).text, timeout=30)


def test_the_token_is_in_no_output_at_debug_no_file_and_no_command_line(
    start: Start, shelf: Path, tmp_path: Path
) -> None:
    assert shelf.is_dir()
    with fake_in_thread() as fake:
        with program(start, fake, "DEBUG") as (process, written, code):
            conversation(fake, code)
            tools(fake)
            command = Path(f"/proc/{process.pid}/cmdline")
            shown = command.read_bytes() if command.exists() else b""
        token, told = fake.token, "".join(written)
    assert told.count("\n") > 100
    secret = token.partition(":")[2]
    assert secret not in told
    assert secret.encode() not in shown
    held = [path for path in (tmp_path / "data").rglob("*") if path.is_file()]
    assert len(held) > 5
    assert [path for path in held if secret.encode() in path.read_bytes()] == []


def test_nobodys_words_are_in_the_log(start: Start, shelf: Path) -> None:
    assert shelf.is_dir()
    with fake_in_thread() as fake:
        # One level below the default, for more to be wrong.
        with program(start, fake, "INFO") as (_, written, code):
            conversation(fake, code)
        told = "".join(written)
    assert "a reply was refused (BadRequest: Can't parse entities: unsupported start tag" in told
    assert "could not be read and is skipped" in told
    assert "a file was not fetched (BadRequest)" in told
    assert [line for line in told.splitlines() if WORD in line or "bakers" in line] == []
    assert "Traceback" not in told


@pytest.mark.parametrize("spelt", [str.upper, str.lower])
def test_no_process_that_is_started_finds_secrets_in_its_environment(
    monkeypatch: pytest.MonkeyPatch, spelt: Callable[[str], str]
) -> None:
    secrets = {
        "TELEGRAM_TOKEN": "123456789:" + "Hidden-Abc" * 3,
        "TELEGRAM_WEBHOOK_SECRET": "hidden-webhook",
        "TELEGRAM_PROXY": "http://me:hidden-password@127.0.0.1:9",
        "SERVE_TOKEN": "hidden-serve",
    }
    for name, value in secrets.items():
        monkeypatch.setenv(spelt(f"QUOTH_{name}"), value)
    monkeypatch.setenv("QUOTH_K1", "1.5")
    loaded = parts.settings()
    held = [getattr(loaded, name.lower()).get_secret_value() for name in secrets]
    show = "import os; [print(f'{name}={value}') for name, value in os.environ.items()]"
    environment = subprocess.run([sys.executable, "-c", show], capture_output=True, text=True, check=True).stdout
    assert held == list(secrets.values())
    assert "QUOTH_K1=1.5" in environment
    assert "hidden" not in environment.lower()


@pytest.mark.parametrize(
    "token",
    ["12345:Secret", "Secret", "123456789:Secret/../x", "١٢٣٤٥:Secret"],
)
@pytest.mark.parametrize("command", [("telegram",), ("doctor", "--telegram")])
def test_what_is_no_token_is_in_no_output_either(
    quoth: Quoth, shelf: Path, command: tuple[str, ...], token: str
) -> None:
    assert shelf.is_dir()
    with fake_in_thread() as fake:
        ended = quoth(
            *command, QUOTH_TELEGRAM_TOKEN=token, QUOTH_TELEGRAM_BASE_URL=fake.base_url, QUOTH_LOG_LEVEL="DEBUG"
        )
    assert "Secret" not in ended.stdout + ended.stderr
    assert "token" in ended.stdout + ended.stderr
