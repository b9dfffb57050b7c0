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


@pytest.fixture
def remembered(shelf: Path, tmp_path: Path) -> Path:
    """Return the folder of an index beside which a bot has run, that person 7 owns and person 42 may ask."""
    assert shelf.is_dir()

    async def run() -> None:
        memory = Memory(tmp_path / "data")
        await memory.add_owner(OWNER)
        await memory.open_chat(GUEST, OWNER)
        memory.close()

    asyncio.run(run())
    assert (tmp_path / "data" / RESERVE).stat().st_size
    return tmp_path / "data"


@contextmanager
def on_a_full_disk(
    fake: FakeInThread, data: Path, environment: dict[str, str], access: str = "paired"
) -> Iterator[Callable[[], None]]:
    """Run the bot there; yield what stops it and lets it start again."""
    if (
        not shutil.which("unshare")
        or subprocess.run(
            [*ALONE, "mount", "-t", "tmpfs", "tmpfs", "/mnt"], check=False, capture_output=True
        ).returncode
    ):
        pytest.skip("this machine allows no mount namespaces")
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
