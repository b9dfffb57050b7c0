"""The units of systemd, what a supervisor is told, and `quoth doctor --unit`."""

import asyncio
import re
import shutil
import signal
import socket
import subprocess
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from bot.answer import Answerer
from bot.channels.notifying import beating
from bot.channels.serve import app as serving_app
from bot.commands.units import findings, parsed
from tests.telegram_server.server import FakeTelegram
from tests.telegram_shelf import asked
from tests.web_wire import serving

ROOT = Path(__file__).parents[1]
UNITS = sorted((ROOT / "deploy" / "systemd").glob("*.service"))
ANALYZE = shutil.which("systemd-analyze")
analyzed = pytest.mark.skipif(ANALYZE is None, reason="systemd-analyze is not there")
# What `systemd-analyze security` counts, from 0 (closed) to 10.
MOST_EXPOSED = 1.5


class Supervisor:
    """A socket that hears what systemd would hear."""

    def __init__(self, place: Path | str) -> None:
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.bind(str(place).replace("@", "\0", 1))
        self.socket.settimeout(60)

    def hears(self) -> str:
        return self.socket.recv(4096).decode()

    def heard(self) -> list[str]:
        """Return what has come and was not taken yet."""
        found = []
        self.socket.setblocking(False)
        while True:
            try:
                found.append(self.socket.recv(4096).decode())
            except BlockingIOError:
                self.socket.settimeout(60)
                return found


@pytest.fixture
def supervisor(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Supervisor]:
    made = Supervisor(tmp_path / "notify")
    monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "notify"))
    yield made
    made.socket.close()


@pytest.fixture
def installed(tmp_path: Path) -> list[Path]:
    """Return copies of the units, of a machine on which what they name is there."""
    program = tmp_path / "opt" / "bin" / "quoth"
    program.parent.mkdir(parents=True)
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    for name in ("telegram-token", "serve-token"):
        (tmp_path / name).write_text("word")
        (tmp_path / name).chmod(0o600)
    copies = []
    for unit in UNITS:
        text = unit.read_text().replace("/opt/quoth", str(tmp_path / "opt")).replace(":/etc/quoth", f":{tmp_path}")
        copies.append(tmp_path / unit.name)
        copies[-1].write_text(text)
    return copies


@analyzed
def test_systemd_understands_the_units(installed: list[Path]) -> None:
    run = subprocess.run([str(ANALYZE), "verify", *installed], capture_output=True, text=True, check=False)
    complaints = [line for line in run.stderr.splitlines() if any(unit.name in line for unit in UNITS)]
    assert (complaints, len(UNITS)) == ([], 3)


@analyzed
@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.stem)
def test_the_units_leave_little_open(unit: Path) -> None:
    command = [str(ANALYZE), "security", "--offline=true", "--no-pager", str(unit)]
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    if "Overall exposure" not in run.stdout:
        pytest.skip(f"systemd-analyze cannot judge files: {run.stderr.strip()[:80]}")
    (exposure,) = re.findall(r"Overall exposure level for \S+: ([0-9.]+)", run.stdout)
    assert float(exposure) <= MOST_EXPOSED, run.stdout


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.stem)
def test_numba_lives_under_the_units_and_each_waits_for_the_beats(unit: Path) -> None:
    service = parsed(unit.read_text())
    assert "MemoryDenyWriteExecute" not in service
    assert service["SystemCallErrorNumber"] == ["EPERM"]
    assert (service["Type"], service["WatchdogSec"]) == (["notify"], ["2min"])
    assert not any("TOKEN=" in value or "SECRET=" in value for value in service["Environment"])


def test_doctor_finds_nothing_wrong_with_our_own_units(installed: list[Path]) -> None:
    for unit in installed:
        found = findings(unit)
        assert len(found) >= 4
        assert [(finding.subject, finding.text) for finding in found if finding.code or finding.hint] == []


@pytest.mark.parametrize(
    ("written", "instead", "subject", "said"),
    [
        ("SystemCallErrorNumber=EPERM\n", "", "system calls", "SystemCallErrorNumber=EPERM"),
        ("LockPersonality=yes", "MemoryDenyWriteExecute=yes", "kernels", "take MemoryDenyWriteExecute out"),
        ("StateDirectory=quoth", "StateDirectory=other", "data folder", "cannot be written"),
        ("XDG_CACHE_HOME=%C/quoth ", "", "kernels", "CacheDirectory=quoth"),
        ("LANG=C.UTF-8", "QUOTH_SERVE_TOKEN=s3cret", "secrets", "LoadCredential"),
        ("/bin/quoth", "/bin/quoth2", "program", "is not there"),
        ("Type=notify", "Type=simple", "start", "Type=notify"),
        ("WatchdogSec=2min\n", "", "watchdog", "WatchdogSec=2min"),
        ("-token\n", "-token2\n", "secrets", "chmod 600"),
    ],
)
def test_doctor_says_what_to_change_in_a_unit(
    installed: list[Path], written: str, instead: str, subject: str, said: str
) -> None:
    unit = next(unit for unit in installed if "serve" in unit.name)
    assert written in unit.read_text()
    unit.write_text(unit.read_text().replace(written, instead))
    (finding,) = [finding for finding in findings(unit) if finding.code or finding.hint]
    assert (finding.subject, said in finding.text) == (subject, True), finding
    assert "s3cret" not in finding.text


def test_a_token_that_others_can_read_and_a_file_that_is_no_unit_are_told(
    installed: list[Path], tmp_path: Path, quoth: Callable[..., subprocess.CompletedProcess[str]]
) -> None:
    (tmp_path / "serve-token").chmod(0o644)
    unit = next(unit for unit in installed if "serve" in unit.name)
    shown = quoth("doctor", "--unit", unit)
    assert (shown.returncode, "FAIL secrets: others can read" in shown.stdout) == (2, True)
    assert quoth("doctor", "--unit", tmp_path / "none.service").returncode == 4


@pytest.mark.parametrize("kind", ["file", "abstract"])
def test_a_supervisor_hears_that_it_answers_and_that_it_stops(
    start: Callable[..., subprocess.Popen[str]], tmp_path: Path, kind: str
) -> None:
    place = str(tmp_path / "notify") if kind == "file" else f"@quoth-{tmp_path.name}-{tmp_path.parent.name}"
    supervisor = Supervisor(place)
    with start("serve", "--listen", "127.0.0.1:0", NOTIFY_SOCKET=place) as process:
        assert supervisor.hears() == "READY=1"
        process.send_signal(signal.SIGTERM)
        assert supervisor.hears() == "STOPPING=1"
        process.communicate()
    assert process.returncode == 0
    # Nobody asked for beats.
    assert supervisor.heard() == []
    supervisor.socket.close()


async def test_a_server_beats_while_its_worker_works_and_stops_beating_when_it_is_stuck(
    answerer: Answerer, supervisor: Supervisor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WATCHDOG_USEC", "20000")
    monkeypatch.setattr(serving_app, "_STUCK", 0.0)
    begun, goes_on = threading.Event(), threading.Event()

    class Stuck(Answerer):
        def pinned(self, checkpoint: Callable[[], None] = lambda: None) -> Answerer:
            begun.set()
            goes_on.wait(60)
            return super().pinned(checkpoint)

    stuck = Stuck(answerer._retriever, answerer._policy)
    async with serving(stuck) as web:
        heard = [await asyncio.to_thread(supervisor.hears) for _ in range(4)]
        assert sorted(set(heard)) == ["READY=1", "WATCHDOG=1"]
        asking = asyncio.create_task(web.get("/v1/status"))
        await asyncio.to_thread(begun.wait, 60)
        await asyncio.sleep(0)
        supervisor.heard()
        # Ten turns of a beat, and the loop turns.
        await asyncio.sleep(0.1)
        assert supervisor.heard() == []
        goes_on.set()
        assert (await asking).status == 200
        assert await asyncio.to_thread(supervisor.hears) == "WATCHDOG=1"


async def test_the_bot_says_when_updates_come_and_beats(
    fake: FakeTelegram, answerer: Answerer, supervisor: Supervisor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WATCHDOG_USEC", "20000")
    async with asked(fake, tmp_path / "memory", answerer):
        assert [await asyncio.to_thread(supervisor.hears) for _ in range(2)] == ["READY=1", "WATCHDOG=1"]


async def test_a_beat_needs_the_loop_and_the_threads_beside_it(
    supervisor: Supervisor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WATCHDOG_USEC", "10000")
    from concurrent.futures import ThreadPoolExecutor

    asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(1))
    goes_on = threading.Event()
    async with beating():
        while "WATCHDOG=1" not in supervisor.heard():
            await asyncio.sleep(0.001)
        busy = asyncio.create_task(asyncio.to_thread(goes_on.wait, 60))
        await asyncio.sleep(0.02)
        supervisor.heard()
        await asyncio.sleep(0.05)
        assert supervisor.heard() == []
        goes_on.set()
        await busy
        while "WATCHDOG=1" not in supervisor.heard():
            await asyncio.sleep(0.001)
    monkeypatch.setenv("WATCHDOG_PID", "1")
    async with beating():
        await asyncio.sleep(0.03)
    assert supervisor.heard() == []
