"""The bot on a disk without room, or with nobody to read what it prints: it starts, answers, and says what is so."""

import asyncio
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from bot.channels.telegram.memory.memory import FILE, Memory
from bot.channels.telegram.memory.records import StoredAnswer
from bot.channels.telegram.memory.reserve import FILE as RESERVE
from tests.telegram_server.server import FakeInThread, fake_in_thread

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[1]
OWNER, GUEST, BRIDGE = 7, 42, "Who opened the footbridge at Saltmere?"
ALONE = ("unshare", "--user", "--map-root-user", "--mount")
# A disk of four megabytes, filled to the last byte; then the bot, as often as it is stopped.
DISK = """
mount -t tmpfs -o size=4m tmpfs "$DISK" && cp -a "$FROM/." "$DISK" || exit 1
dd if=/dev/zero of="$DISK/filler" bs=4096 2>/dev/null
while true; do "$@"; done
"""
# With so many pages free, from none on, and with a reserve or without: what is told is what is there after a restart.
POINTS = """
import asyncio, shutil, sys
from pathlib import Path
from bot.channels.telegram.memory.inbox import Inbox
from bot.channels.telegram.memory.memory import Memory
from bot.channels.telegram.memory.records import StoredAnswer
from bot.channels.telegram.memory.reserve import FILE
from index import make_folder, write_file

disk, source, points = Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])

async def point(free, reserve):
    for path in disk.iterdir():
        path.unlink() if path.is_file() else shutil.rmtree(path)
    for path in source.glob("telegram*"):
        if reserve or path.name != FILE:
            shutil.copy2(path, disk)
    with (disk / "filler").open("wb", buffering=0) as filler:
        try:
            while True:
                filler.write(bytes(4096))
        except OSError:
            filler.truncate(max(0, filler.tell() - 4096 * free))
    memory, inbox = Memory(disk), Inbox(disk, 5)
    memory.also_forget = inbox.forget
    inbox.take([{"update_id": 1, "message": {"text": "hidden silver", "from": {"id": 8}}}])
    inbox.done(1)
    answer = StoredAnswer(9, 9, "Who rows?" * 300, "answered")
    stored = await memory.answers.store(answer)
    added = await memory.open_chat(43, 7)
    removed = await memory.shut_out(42)
    gone = await memory.forget(8)
    wrong = []
    if gone is not None and any(b"hidden silver" in path.read_bytes() for path in disk.glob("telegram*")):
        wrong.append("forgotten, and there")
    try:
        make_folder(disk / "uploads", always=False)
        write_file(disk / "uploads" / ".incoming-1-rows.txt", b"Who rows? " * 2000)
    except OSError:
        if list((disk / "uploads").glob("*")):
            wrong.append("half an upload")
    memory.close()
    inbox.close()
    again = Memory(disk)
    wrong += ["no owner"] if again.owners != {7} else []
    wrong += ["let in, and out"] if added == "in" and 43 not in again.chats else []
    wrong += ["shut out, and in"] if removed == "out" and 42 in again.chats else []
    wrong += ["not shut out"] if reserve and removed != "out" else []
    again.answers._recent.clear()
    wrong += ["stored, and lost"] if stored and again.answers.find(answer.id) is None else []
    again.close()
    print(free, reserve, stored, added, removed, gone, *wrong, sep="|")

for number in range(points):
    asyncio.run(point(number // 2, number % 2 == 0))
"""
# More of them: FULL_DISK_POINTS=240 python -m pytest tests/test_telegram_full_disk.py -k points
MANY = int(os.environ.get("FULL_DISK_POINTS", "12"))


@pytest.fixture
def remembered(shelf: Path, tmp_path: Path) -> Path:
    """Return the folder of an index beside which a bot has run, that person 7 owns and person 42 may ask."""
    assert shelf.is_dir()

    async def run() -> None:
        memory = Memory(tmp_path / "data")
        await memory.add_owner(OWNER)
        await memory.open_chat(GUEST, OWNER)
        await memory.answers.store(StoredAnswer(8, 8, "hidden silver", "nothing"))
        memory.close()

    asyncio.run(run())
    assert (tmp_path / "data" / RESERVE).stat().st_size
    return tmp_path / "data"


def mounts() -> None:
    """Skip the test where a disk of its own cannot be mounted."""
    tried = [*ALONE, "mount", "-t", "tmpfs", "tmpfs", "/mnt"]
    if not shutil.which("unshare") or subprocess.run(tried, check=False, capture_output=True).returncode:
        pytest.skip("this machine allows no mount namespaces")


@contextmanager
def on_a_full_disk(
    fake: FakeInThread, data: Path, environment: dict[str, str], access: str = "paired"
) -> Iterator[Callable[[], None]]:
    """Run the bot there; yield what stops it and lets it start again."""
    mounts()
    disk = data.with_name("disk")
    disk.mkdir()
    told = environment | {
        "DISK": str(disk),
        "FROM": str(data),
        "QUOTH_DATA_DIR": str(disk),
        "QUOTH_TELEGRAM_BASE_URL": fake.base_url,
        "QUOTH_TELEGRAM_TOKEN": fake.token,
        "QUOTH_TELEGRAM_ACCESS": access,
    }
    command = [*ALONE, "sh", "-c", DISK, "sh", sys.executable, "-m", "bot.__main__", "telegram"]
    with subprocess.Popen(command, env=told, cwd=disk.with_name("here"), stderr=subprocess.PIPE, text=True) as shell:

        def stop() -> None:
            (bot,) = Path(f"/proc/{shell.pid}/task/{shell.pid}/children").read_text().split()
            os.kill(int(bot), signal.SIGTERM)
            while Path("/proc", bot, "exe").exists():
                time.sleep(0.02)

        try:
            yield stop
        finally:
            shell.send_signal(signal.SIGSTOP)
            with suppress(ValueError, OSError):
                stop()
            shell.kill()
            assert "Traceback" not in shell.communicate()[1]


def test_a_bot_starts_on_a_full_disk_answers_and_keeps_that_somebody_was_shut_out(
    remembered: Path, environment: dict[str, str]
) -> None:
    with fake_in_thread() as fake, on_a_full_disk(fake, remembered, environment) as restart:
        assert "lamplighter" in fake.say_and_wait(GUEST, BRIDGE, timeout=60).text
        assert fake.say_and_wait(OWNER, "/users remove 42").text == "42 may no longer ask."
        restart()
        assert "private" in fake.say_and_wait(GUEST, BRIDGE, timeout=60).text
        assert "lamplighter" in fake.say_and_wait(OWNER, BRIDGE).text


@pytest.mark.parametrize("left", [(FILE,), ()], ids=["no reserve", "nothing"])
def test_what_a_full_disk_does_not_keep_is_not_said_to_be_done(
    remembered: Path, environment: dict[str, str], left: tuple[str, ...]
) -> None:
    for path in remembered.glob("telegram*"):
        if path.name not in left:
            path.unlink()
    with fake_in_thread() as fake:
        if not left:
            # Nobody owns it yet, and whoever pairs now does so until the stop.
            with on_a_full_disk(fake, remembered, environment, access="open"):
                assert "lamplighter" in fake.say_and_wait(GUEST, BRIDGE, timeout=60).text
            return
        with on_a_full_disk(fake, remembered, environment) as restart:
            assert "lamplighter" in fake.say_and_wait(GUEST, BRIDGE, timeout=60).text
            told = fake.say_and_wait(OWNER, "/users remove 42").text
            assert "until I restart" in told
            assert "may no longer ask" not in told
            assert "private" in fake.say_and_wait(GUEST, BRIDGE).text
            assert "until I restart" in fake.say_and_wait(OWNER, "/users add 43").text
            restart()
            assert "lamplighter" in fake.say_and_wait(GUEST, BRIDGE, timeout=60).text


def test_at_every_page_of_a_disk_that_fills_what_is_told_is_so_after_a_restart(
    remembered: Path, tmp_path: Path
) -> None:
    mounts()
    disk = tmp_path / "disk"
    disk.mkdir()
    mounting = 'mount -t tmpfs -o size=1m tmpfs "$0" && exec "$@"'
    command = [*ALONE, "sh", "-c", mounting, str(disk), sys.executable, "-c", POINTS, str(disk), str(remembered)]
    ended = subprocess.run([*command, str(MANY)], check=False, capture_output=True, text=True, cwd=ROOT, timeout=600)
    assert ended.returncode == 0, ended.stderr
    points = [line.split("|") for line in ended.stdout.splitlines()]
    assert len(points) == MANY
    assert [point for point in points if len(point) > 6] == []
    assert {point[4] for point in points if point[1] == "True"} == {"out"}


@pytest.mark.parametrize("streams", [">&- 2>&-", ">/dev/full 2>/dev/full", "<&- >&- 2>&-"])
def test_a_bot_that_nobody_can_read_starts_and_answers(
    remembered: Path, environment: dict[str, str], streams: str
) -> None:
    with fake_in_thread() as fake:
        told = environment | {
            "QUOTH_DATA_DIR": str(remembered),
            "QUOTH_TELEGRAM_BASE_URL": fake.base_url,
            "QUOTH_TELEGRAM_TOKEN": fake.token,
        }
        command = ["sh", "-c", f'exec "$@" {streams}', "sh", sys.executable, "-m", "bot.__main__", "telegram"]
        with subprocess.Popen(command, env=told, cwd=remembered.with_name("here")) as bot:
            try:
                assert "lamplighter" in fake.say_and_wait(GUEST, BRIDGE, timeout=60).text
                assert "Let in: 42" in fake.say_and_wait(OWNER, "/users").text
                bot.send_signal(signal.SIGTERM)
                assert bot.wait(60) == 0
            finally:
                bot.kill()
