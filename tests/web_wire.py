"""The HTTP channel for tests, and a client that sends exactly the bytes that it is told to."""

import asyncio
import json
import zlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import Any

from bot.answer import Answerer
from bot.channels.flood import FloodLimits
from bot.channels.serve import Limits, Mount, ServeOptions, serve

# Deadlines are short only in the tests of them: a busy machine is no slow client.
FAST = Limits(receiving=30.0, idle=30.0, sending=30.0, answering=30.0, drain=0.05, asked=None)
PLAIN = ServeOptions("127.0.0.1", 0, "quoth 0.1.0", "tests", limits=FAST)


@dataclass
class Reply:
    """What came back: `status` 0 where nothing did; names of headers in lower case."""

    status: int
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""

    @property
    def json(self) -> Any:
        return json.loads(self.text)

    @property
    def text(self) -> str:
        packed = self.headers.get("content-encoding") == "gzip"
        return (zlib.decompress(self.body, 31) if packed else self.body).decode()


@dataclass
class Web:
    """A running channel at a port."""

    port: int
    stop: asyncio.Event
    task: "asyncio.Task[int]"

    async def connect(self) -> "tuple[asyncio.StreamReader, asyncio.StreamWriter]":
        return await asyncio.open_connection("127.0.0.1", self.port, limit=1 << 24)

    async def get(self, path: str, *headers: str, method: str = "GET", body: bytes = b"") -> Reply:
        """Ask for a path in a connection of its own."""
        head = [f"{method} {path} HTTP/1.1", "Host: localhost", "Connection: close", *headers]
        if body:
            head.append(f"Content-Length: {len(body)}")
        return await self.raw("\r\n".join([*head, "", ""]).encode() + body, is_head=method == "HEAD")

    async def post(self, path: str, body: Any, *headers: str) -> Reply:
        """Send JSON, or bytes as they are."""
        written = body if isinstance(body, bytes) else json.dumps(body).encode()
        return await self.get(path, "Content-Type: application/json", *headers, method="POST", body=written)

    async def raw(self, sent: bytes, *, is_head: bool = False) -> Reply:
        """Send bytes, and return the first reply to them."""
        reader, writer = await self.connect()
        try:
            writer.write(sent)
            return await read(reader, is_head=is_head)
        finally:
            writer.close()


async def read(reader: asyncio.StreamReader, *, is_head: bool = False) -> Reply:
    """Return the next reply in a connection; status 0 where it was closed without one."""
    try:
        head = await reader.readuntil(b"\r\n\r\n")
    except (asyncio.IncompleteReadError, ConnectionError):
        return Reply(0)
    first, *lines = head.decode("latin-1").split("\r\n")[:-2]
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    length = 0 if is_head else int(headers.get("content-length", "0"))
    return Reply(int(first.split()[1]), headers, await reader.readexactly(length))


@asynccontextmanager
async def serving(
    answerer: Answerer, *, asked: FloodLimits | None = None, mount: Mount | None = None, **changes: Any
) -> AsyncIterator[Web]:
    """The channel, answering; `changes` are options other than the tests' own, or limits."""
    limits = {name: changes.pop(name) for name in list(changes) if hasattr(FAST, name)}
    options = replace(PLAIN, limits=replace(FAST, asked=asked, **limits), **changes)
    ready: asyncio.Future[str] = asyncio.get_running_loop().create_future()
    stop = asyncio.Event()
    task = asyncio.create_task(serve(options, answerer, mount=mount, stop=stop, on_ready=ready.set_result))
    waited: list[asyncio.Future[Any]] = [task, ready]
    await asyncio.wait(waited, return_when=asyncio.FIRST_COMPLETED)
    if task.done():
        await task
    web = Web(int(ready.result().rstrip("/").rpartition(":")[2]), stop, task)
    try:
        yield web
    finally:
        stop.set()
        await task
