"""The servers that `benchmarks.serve_load` asks, in processes of their own, and the clients that ask them."""

import asyncio
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[1]
_BARE: Final = """
import sys, uvicorn
from starlette.applications import Starlette
from starlette.responses import Response
from starlette.routing import Route

async def bare(request):
    return Response(b'{"state":"answered"}', media_type="application/json")

print("Answering at http://127.0.0.1:" + sys.argv[1] + "/", flush=True)
app = Starlette(routes=[Route("/v1/answer", bare)])
uvicorn.run(app, port=int(sys.argv[1]), http="h11", ws="none", log_level="error")
"""


@dataclass(slots=True)
class Server:
    """A running server: its process and port."""

    process: subprocess.Popen[str]
    port: int

    def cpu(self) -> tuple[float, float]:
        """Return the seconds of CPU of all threads, and of all but the one with the event loop."""
        used = {}
        for task in Path(f"/proc/{self.process.pid}/task").iterdir():
            used[int(task.name)] = int((task / "schedstat").read_text().split()[0]) / 1e9
        return sum(used.values()), sum(used.values()) - used[self.process.pid]

    def private(self) -> float:
        """Return the private memory in MB."""
        lines = Path(f"/proc/{self.process.pid}/smaps_rollup").read_text().splitlines()
        return sum(int(line.split()[1]) for line in lines if line.startswith("Private_")) / 1000


@dataclass(slots=True)
class Client:
    """A client with one connection at a time.

    `seconds` are those of each answer. Of requests without one, `lost` are those on a connection that was kept,
    `broken` those whose answer had begun, `refused` those on a connection that was new.
    """

    port: int
    paths: Iterator[str]
    seconds: list[float] = field(default_factory=list)
    bodies: dict[str, set[bytes]] | None = None
    lost: int = 0
    broken: int = 0
    refused: int = 0

    async def run(self, until: float, most: int = 1 << 62) -> None:
        """Ask until a moment of the clock, or so many times; a connection that was closed is opened again."""
        writer: asyncio.StreamWriter | None = None
        is_kept = False
        while time.perf_counter() < until and len(self.seconds) < most:
            if writer is None:
                try:
                    reader, writer = await asyncio.open_connection("127.0.0.1", self.port, limit=1 << 22)
                except OSError:
                    self.refused += 1
                    await asyncio.sleep(0.01)
                    continue
                is_kept = False
            path, begun = next(self.paths), time.perf_counter()
            head = b""
            try:
                writer.write(f"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
                head = await reader.readuntil(b"\r\n\r\n")
                length = int(head.lower().partition(b"content-length:")[2].split(b"\r\n", 1)[0])
                body = await reader.readexactly(length)
            except (asyncio.IncompleteReadError, ConnectionError) as error:
                is_begun = bool(head or getattr(error, "partial", b""))
                self.broken += is_begun
                self.lost += is_kept and not is_begun
                self.refused += not is_kept and not is_begun
                writer.close()
                writer = None
                continue
            is_kept = True
            self.seconds.append(time.perf_counter() - begun)
            if self.bodies is not None and head.startswith(b"HTTP/1.1 200"):
                self.bodies.setdefault(path, set()).add(body)
            if b"connection: close" in head.lower():
                writer.close()
                writer = None
        if writer is not None:
            writer.close()


def start(data: Path, *, bare: bool = False) -> Server:
    port = 20_000 + os.getpid() % 10_000 + bare
    environment = os.environ | {"QUOTH_DATA_DIR": str(data), "QUOTH_SERVE_RATE": "0", "PYTHONPATH": str(ROOT)}
    program = ["-c", _BARE, str(port)] if bare else ["-m", "bot", "serve", "--listen", f"127.0.0.1:{port}"]
    process = subprocess.Popen([sys.executable, *program], stdout=subprocess.PIPE, text=True, env=environment)
    assert process.stdout is not None  # noqa: S101 (it is a pipe)
    process.stdout.readline()
    return Server(process, port)
