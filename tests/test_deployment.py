"""docs/deployment.md, walked word for word as far as this machine can.

The commands run in a folder that stands for the root of a server. What would change this machine is a stand-in: sudo,
useradd, systemctl, journalctl, curl. systemctl starts what the unit says, as systemd would: program, environment,
credentials, and it waits for READY. What is installed is this checkout.
"""

import json
import os
import re
import shlex
import signal
import socket
import subprocess
import sys
import sysconfig
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import yaml

from bot.commands.units import parsed
from tests.telegram_server.server import TOKEN, fake_in_thread
from tests.test_docs import COMMANDS, FENCE, section
from tests.test_packaging import packed

if TYPE_CHECKING:
    from tests.fork_server import ForkServer

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs" / "deployment.md").read_text(encoding="utf-8")
# The first folders of a server that the page names.
MOVED = (
    "/opt/quoth",
    "/etc/quoth",
    "/etc/systemd",
    "/usr/local/bin",
    "/var/lib/quoth",
    "/var/cache/quoth",
    "/var/backups",
)

pytestmark = pytest.mark.slow


def fences(page: str) -> Iterator[tuple[str, str, str]]:
    """Yield the language, the name and the text of each fenced block, also of those within a list."""
    for _, language, name, block in re.findall(r"^( *)```(\S*) ?(\S*)\n(.*?)^\1```$", page, re.MULTILINE | re.DOTALL):
        yield language, name, re.sub("^   ", "", block, flags=re.MULTILINE) if block.startswith("   ") else block


def steps(heading: str, name: str) -> list[str]:
    """Return the commands below a heading that are to be run on a server."""
    blocks = [block for _, one, block in fences(section(PAGE, heading)) if one == name]
    return [line.partition("      #")[0] for block in blocks for line in block.splitlines()]


@dataclass
class Server:
    """A folder that stands for a server, with what runs on it."""

    root: Path
    telegram: str
    wheel: Path
    forks: "ForkServer | None"
    services: dict[str, "subprocess.Popen[str]"] = field(default_factory=dict)
    said: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        stand_ins = {
            "sudo": '[ "$1" = -u ] && shift 2; exec "$@"',
            "useradd": "exit 0",
            "userdel": "exit 0",
            "install": _INSTALL,
            "python3": f"{_ENVIRONMENT.format(python=sys.executable, packages=sysconfig.get_path('purelib'))}",
        }
        self.bin.mkdir(parents=True)
        for name, text in stand_ins.items():
            (self.bin / name).write_text(f"#!/bin/sh\n{text}\n")
            (self.bin / name).chmod(0o755)
        for folder in ("etc/systemd/system", "usr/local/bin", "var/lib", "var/cache", "var/backups"):
            (self.root / folder).mkdir(parents=True)
        articles = self.root / "articles"
        articles.mkdir()
        (articles / "bridge.md").write_text(
            "# Old Weir Bridge\n\nThe bridge closes at nine weeks from the 2nd of March.\n"
        )

    @property
    def bin(self) -> Path:
        return self.root / "stand-ins"

    @property
    def environment(self) -> dict[str, str]:
        path = f"{self.bin}:{self.root}/usr/local/bin:/usr/bin:/bin"
        return {"PATH": path, "HOME": str(self.root), "LC_ALL": "C.UTF-8"}

    def moved(self, text: str) -> str:
        """Return a text with what it names of a server in this folder instead."""
        text = text.replace("/srv/articles", f"{self.root}/articles")
        return re.sub("|".join(map(re.escape, MOVED)), lambda found: f"{self.root}{found[0]}", text)

    def run(self, command: str, stdin: str = "") -> str:
        """Run a command of the page; it must go well. Return all that it prints."""
        words = shlex.split(command)
        if words[:2] in (["sudo", "systemctl"], ["sudo", "journalctl"]):
            return self._supervised(words[1], words[2:])
        command = self.moved(command)
        if "pip install" in command:
            command = re.sub(r"'\.\[\S+\]'", f"--quiet --no-compile --no-deps --no-index {self.wheel}", command)
        command = command.replace("127.0.0.1:8321", f"127.0.0.1:{self.port}") if "curl" in command else command
        shell = ["/bin/sh", "-c", command]
        where = {"env": self.environment, "cwd": ROOT}
        run = subprocess.run(shell, input=stdin, capture_output=True, text=True, check=False, **where)  # type: ignore[call-overload]
        assert run.returncode == 0, f"$ {command}\n{run.stdout}{run.stderr}"
        for file in (*self.root.glob("usr/local/bin/*"), *self.root.glob("etc/systemd/system/*")):
            if str(self.root) not in (text := file.read_text()):
                file.write_text(self.moved(text))
        return str(run.stdout + run.stderr)

    def _supervised(self, program: str, words: list[str]) -> str:
        names = [word.removeprefix("quoth-") for word in words if word.startswith("quoth-")]
        if program == "journalctl":
            return "".join(self.said.get(name, "") for name in names)
        for name in names:
            if words[0] in ("stop", "restart", "disable"):
                self._stop(name)
            if words[0] in ("enable", "start", "restart"):
                self._start(name)
        return ""

    def _start(self, name: str) -> None:
        unit = parsed((self.root / "etc/systemd/system" / f"quoth-{name}.service").read_text())
        credentials = self.root / "run" / name
        credentials.mkdir(parents=True, exist_ok=True)
        for value in unit.get("LoadCredential", ()):
            called, _, file = value.partition(":")
            (credentials / called).write_bytes(Path(file).read_bytes())
            (credentials / called).chmod(0o400)
        folders = {"%S": "/var/lib", "%C": "/var/cache", "%d": str(credentials)}
        pairs = [pair for value in unit["Environment"] for pair in shlex.split(value)]
        values = [re.sub("%[SCd]", lambda found: folders[found[0]], pair) for pair in pairs]
        environment = self.environment | dict(
            (value if str(self.root) in value else self.moved(value)).split("=", 1) for value in values
        )
        environment |= {"QUOTH_TELEGRAM_BASE_URL": self.telegram, "XDG_CONFIG_HOME": str(self.root / "etc")}
        place = self.root / f"notify-{name}"
        place.unlink(missing_ok=True)
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as heard:
            heard.bind(str(place))
            heard.settimeout(120)
            command = unit["ExecStart"][-1].replace(":8321", ":0").split()
            assert os.access(command[0], os.X_OK)
            environment["NOTIFY_SOCKET"] = str(place)
            self.services[name] = process = self._started(command, environment)
            while heard.recv(4096) != b"READY=1":
                pass
        assert process.stdout is not None
        lines = [process.stdout.readline()]
        while name == "telegram" and "/pair" not in lines[-1] and "private" not in lines[-1].lower():
            lines.append(process.stdout.readline())
        self.said[name] = "".join(lines)

    def _started(self, command: list[str], environment: dict[str, str]) -> "subprocess.Popen[str]":
        if self.forks is not None:
            # The same program of this checkout, at a tenth of the cost.
            return self.forks.start(command[1:], Path("/"), environment)
        pipe = subprocess.PIPE
        return subprocess.Popen(command, env=environment, cwd="/", stdin=pipe, stdout=pipe, stderr=pipe, text=True)

    @property
    def port(self) -> str:
        return self.said["serve"].split()[2].rstrip("/").rpartition(":")[2]

    def _stop(self, name: str) -> None:
        process = self.services.pop(name)
        process.send_signal(signal.SIGTERM)
        _, told = process.communicate(timeout=60)
        assert process.returncode == 0, told
        assert "Traceback" not in told

    def close(self) -> None:
        for name in list(self.services):
            self._stop(name)


# Without owners: the account is not there.
_INSTALL = """set -- "$@" end
while [ "$1" != end ]; do
  case "$1" in -o|-g) shift 2 ;; *) set -- "$@" "$1"; shift ;; esac
done
shift
exec /usr/bin/install "$@"
"""
# What the environment needs is taken from that of the tests.
_ENVIRONMENT = """if [ "$1 $2" = "-m venv" ]; then
  "{python}" -m venv --without-pip "$3" && echo "{packages}" > "$(echo "$3"/lib/python*/site-packages)/environment.pth"
else
  exec "{python}" "$@"
fi"""


@pytest.fixture(scope="module")
def telegram() -> Iterator[str]:
    with fake_in_thread() as fake:
        yield fake.base_url


@pytest.fixture
def server(tmp_path: Path, telegram: str, fork_server: "ForkServer | None") -> Iterator[Server]:
    made = Server(tmp_path / "server", telegram, packed("wheel", tmp_path), fork_server)
    yield made
    made.close()


def test_a_bot_and_a_page_on_a_small_server_word_for_word(server: Server) -> None:
    printed = {}
    for step in steps("A unit of systemd", "systemd"):
        printed[step] = server.run(step, f"{TOKEN}\n" if "telegram-token" in step else "")
    told = "".join(printed.values())
    assert "1 article, 1 paragraph" in told
    assert "FAIL" not in told
    assert "ok   kernels" in told
    assert "/pair" in printed["sudo journalctl -u quoth-telegram -n 20"]
    ask = next(step for step in printed if step.startswith("curl"))
    answer, _ = json.JSONDecoder().raw_decode(printed[ask])
    assert "nine weeks" in answer["passages"][0]["text"]
    assert (server.root / "etc/quoth/serve-token").stat().st_mode & 0o077 == 0
    done = set[str]()
    for heading in ("Upgrade and roll back", "Backup and restore", "Logs", "Moving to another machine"):
        for step in steps(heading, "systemd"):
            # Who moves does nothing that was not done before, of another file.
            kind = re.sub(r"\w+\.zip", "FILE", step)
            if kind not in done or not heading.startswith("Moving"):
                printed[step] = server.run(step)
            done.add(kind)
    assert "quoth 0." in printed["quoth-admin --version"]
    tried = printed["quoth-admin status --data-dir /var/lib/quoth/tried"]
    assert re.search(r"articles +1\n", tried)
    # It answers still, and is paired with nobody else.
    assert "nine weeks" in server.run(ask)
    for step in steps("Removing Quoth", "systemd"):
        server.run(step)
    left = {path.relative_to(server.root).as_posix() for path in server.root.rglob("*quoth*")}
    assert {path for path in left if not path.startswith(("var/backups", "stand-ins", "run"))} == set()


def test_every_command_that_needs_a_daemon_is_one_of_the_services_and_of_quoth() -> None:
    services = yaml.safe_load((ROOT / "compose.yaml").read_text())["services"]
    found = 0
    for line in steps("A container", "container"):
        words = shlex.split(line)
        if words[:2] == ["docker", "compose"] and len(words) > 4:
            service = next(word for word in words[3:] if not word.startswith("-"))
            command = [word for word in words[words.index(service) + 1 :] if word != "quoth"]
            assert service in services
            assert command[0] in COMMANDS
            found += 1
    assert found == 2


def test_the_alerts_ask_for_figures_that_there_are() -> None:
    from bot.channels.figures import exposition
    from bot.channels.serve.metrics import Metrics as OfServe
    from bot.channels.telegram.transport.metrics import Metrics as OfTelegram

    served, told = OfServe(), OfTelegram()
    served.count("/", 500, 0.1)
    served.answered("answered")
    told.question("failed", 0.1)
    text = (exposition(served) + exposition(told)).decode()
    there = set(re.findall(r"^(quoth_\w+)", text, re.MULTILINE))
    blocks = {name: yaml.safe_load(block) for _, name, block in fences(PAGE) if name.endswith(".yml")}
    rules = blocks["alerts.yml"]["groups"][0]["rules"]
    assert len(rules) >= 5
    for rule in rules:
        named = set(re.findall(r"quoth_\w+", rule["expr"]))
        assert named <= there, rule
    assert {one["job_name"] for one in blocks["prometheus.yml"]["scrape_configs"]} == {"quoth-serve", "quoth-telegram"}


def test_no_shell_block_of_the_page_is_left_out_without_a_reason() -> None:
    named = [name for language, name, _ in fences(PAGE) if language == "sh"]
    # What is left is about other people's servers: a public address, a proxy.
    assert named.count("") <= 2
    assert set(named) <= {"", "systemd", "container"}
    assert FENCE.findall(PAGE)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can hand a file to another account")
def test_a_credential_of_systemd_is_a_token_that_may_be_read(tmp_path: Path) -> None:
    from config.secrets import serve_token
    from config.settings import load

    file = tmp_path / "serve-token"
    file.write_text("word\n")
    # So they lie in the folder of credentials: root's, readable by way of the group.
    file.chmod(0o400)
    assert serve_token(load(serve_token_file=file, data_dir=tmp_path)) == "word"
