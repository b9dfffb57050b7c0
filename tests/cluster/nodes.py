"""Start nodes of OpenSearch on loopback, made of its modules at Maven Central; every wait has an end."""

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Final, Self
from urllib.request import urlopen

HERE: Final = Path(__file__).parent
LEAST_JDK: Final = 21
DOWNLOAD: Final = 240.0
START: Final = 120.0
_HEAP: Final = "512m"
# For a program that does little: to compile well what it does costs more than it saves, and so do threads for garbage.
BRIEF: Final = ("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC")


class CannotStartError(Exception):
    """Nodes cannot be started here, and why."""


def _jdk() -> Path:
    """Return the newest JDK that is found; raises CannotStartError below `LEAST_JDK`."""
    java = shutil.which("java")
    near = [] if java is None else [*Path(java).resolve().parents[2].iterdir()]
    homes = [Path(os.environ["JAVA_HOME"])] if "JAVA_HOME" in os.environ else []
    best: tuple[int, Path] | None = None
    for home in (*homes, *near):
        with suppress(OSError):
            found = re.search(r'^JAVA_VERSION="(\d+)', (home / "release").read_text(), re.MULTILINE)
            if found and (home / "bin" / "javac").exists() and int(found[1]) >= LEAST_JDK:
                best = max(best or (0, home), (int(found[1]), home))
    if best is None:
        raise CannotStartError(f"no JDK of {LEAST_JDK} or newer is here")
    return best[1]


def prepared(folder: Path) -> tuple[Path, str]:
    """Return the program `java` and the class path of a node, whose modules are fetched once into a folder."""
    home, ready = _jdk(), folder / "ready"
    if not ready.exists():
        if shutil.which("mvn") is None:
            raise CannotStartError("no Maven is here")
        shutil.rmtree(folder, ignore_errors=True)
        jars = folder / "jars"
        jars.mkdir(parents=True)
        options = " ".join((*BRIEF, os.environ.get("MAVEN_OPTS", "")))
        environment = {**os.environ, "JAVA_HOME": str(home), "MAVEN_OPTS": options}
        copying = ["mvn", "-q", "-B", "-f", str(HERE / "pom.xml"), "dependency:copy-dependencies"]
        copying += ["-DincludeScope=runtime", f"-DoutputDirectory={jars.absolute()}"]
        compiling = [
            str(home / "bin" / "javac"),
            *(f"-J{flag}" for flag in BRIEF),
            "-cp",
            f"{jars}/*",
            "-d",
            str(folder),
            str(HERE / "Node.java"),
        ]
        for command in (copying, compiling):
            try:
                subprocess.run(command, check=True, capture_output=True, timeout=DOWNLOAD, env=environment)
            except (subprocess.SubprocessError, OSError) as error:
                raise CannotStartError(f"{command[0]} did not work: {error}") from error
        ready.touch()
    return home / "bin" / "java", f"{folder}:{folder / 'jars'}/*"


def _free_ports(count: int) -> list[int]:
    with _sockets(count) as sockets:
        return [one.getsockname()[1] for one in sockets]


@contextmanager
def _sockets(count: int) -> Iterator[list[socket.socket]]:
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    try:
        yield sockets
    finally:
        for one in sockets:
            one.close()


class Nodes:
    """So many nodes of one cluster, in processes of their own that end with this one; `flags` are for their JVMs."""

    def __init__(self, java: tuple[Path, str], folder: Path, count: int = 1, flags: Sequence[str] = ()) -> None:
        self._java, self._folder, self.count, self._flags = java, folder, count, flags
        ports = _free_ports(2 * count)
        self._http, self._transport = ports[:count], ports[count:]
        self.processes: list[subprocess.Popen[bytes] | None] = [None] * count
        for number in range(count):
            self.start(number)

    @property
    def hosts(self) -> tuple[str, ...]:
        """Return the addresses of the nodes."""
        return tuple(f"http://127.0.0.1:{port}" for port in self._http)

    def start(self, number: int) -> None:
        """Start a node, or start it again with what it held."""
        program, classes = self._java
        transports = ",".join(f"127.0.0.1:{port}" for port in self._transport)
        names = ",".join(f"n{one}" for one in range(self.count))
        home = self._folder / f"n{number}"
        command = [str(program), "--enable-native-access=ALL-UNNAMED", f"-Xms{_HEAP}", f"-Xmx{_HEAP}", *self._flags]
        command += ["-cp", classes]
        command += ["Node", f"n{number}", str(home), str(self._http[number]), str(self._transport[number])]
        self._folder.mkdir(parents=True, exist_ok=True)
        with (self._folder / f"n{number}.log").open("ab") as log:
            self.processes[number] = subprocess.Popen(
                [*command, transports, names], stdin=subprocess.PIPE, stdout=log, stderr=log
            )

    def wait(self, seconds: float = START, nodes: int | None = None) -> None:
        """Wait until so many nodes, or all, are together; raises CannotStartError after so many seconds."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            for host in self.hosts:
                with suppress(OSError, ValueError):
                    if ask(f"{host}/_cluster/health")["number_of_nodes"] == (nodes or self.count):
                        return
            if all(process is None or process.poll() is not None for process in self.processes):
                break
            time.sleep(0.3)
        raise CannotStartError(f"the nodes did not find each other in {seconds:g} s; {self._folder}/n0.log tells why")

    def kill(self, number: int) -> None:
        """End a node at once, as `kill -9` does."""
        if (process := self.processes[number]) is not None:
            with suppress(ProcessLookupError):
                process.send_signal(signal.SIGCONT)
            process.kill()
            process.wait(timeout=30)
            if process.stdin is not None:
                process.stdin.close()
            self.processes[number] = None

    def signal(self, number: int, which: signal.Signals) -> None:
        """Send a signal to a node."""
        if (process := self.processes[number]) is not None:
            process.send_signal(which)

    def manager(self, hosts: Sequence[str] = ()) -> int:
        """Return the number of the elected manager."""
        rows = ask(f"{(hosts or self.hosts)[0]}/_cat/cluster_manager?format=json")
        return int(str(rows[0]["node"]).removeprefix("n"))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for number in range(self.count):
            self.kill(number)


def ask(address: str, seconds: float = 3.0) -> Any:
    """Return what a node answers to a plain request."""
    with urlopen(address, timeout=seconds) as answer:  # noqa: S310 - a node of ours, on loopback
        return json.load(answer)
