"""A SOCKS 5 proxy and an HTTP proxy on this machine, each in a few lines, to stand between the bot and a server."""

import asyncio
import base64
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Literal

Reader = asyncio.StreamReader
Writer = asyncio.StreamWriter


class Proxy:
    """A listening proxy: its port, and the places that it was asked to connect to. With `login`, only "user:word"
    may pass."""

    def __init__(self, kind: Literal["socks", "http"], login: str | None) -> None:
        self.asked: list[str] = []
        self.port = 0
        self.open: set[asyncio.Task[None]] = set()
        self._login = login
        self._serve = self._socks if kind == "socks" else self._http

    async def connected(self, reader: Reader, writer: Writer) -> None:
        task = asyncio.current_task()
        assert task is not None
        self.open.add(task)
        try:
            with suppress(OSError, asyncio.IncompleteReadError):
                await self._serve(reader, writer)
        finally:
            await _closed(writer)
            self.open.discard(task)

    async def _socks(self, reader: Reader, writer: Writer) -> None:
        """RFC 1928 and 1929, as far as CONNECT."""
        methods = await reader.readexactly((await reader.readexactly(2))[1])
        wanted = 0 if self._login is None else 2
        writer.write(bytes([5, wanted if wanted in methods else 255]))
        if self._login is not None and wanted in methods:
            user = await reader.readexactly((await reader.readexactly(2))[1])
            word = await reader.readexactly((await reader.readexactly(1))[0])
            right = b":".join((user, word)).decode() == self._login
            writer.write(bytes([1, not right]))
        _, _, _, kind = await reader.readexactly(4)
        raw = await reader.readexactly(4 if kind == 1 else (await reader.readexactly(1))[0])
        host = ".".join(map(str, raw)) if kind == 1 else raw.decode()
        port = int.from_bytes(await reader.readexactly(2), "big")
        writer.write(bytes([5, 0, 0, 1]) + bytes(6))
        await self._passed(reader, writer, host, port)

    async def _http(self, reader: Reader, writer: Writer) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        method, target, _ = head.split(" ", 2)
        token = base64.b64encode((self._login or "").encode()).decode()
        if self._login is not None and f"basic {token}".lower() not in head.lower():
            writer.write(b"HTTP/1.1 407 Proxy Authentication Required\r\ncontent-length: 0\r\n\r\n")
            return
        host, _, port = target.removeprefix("http://").partition("/")[0].partition(":")
        if method == "CONNECT":
            writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
        await self._passed(reader, writer, host, int(port), b"" if method == "CONNECT" else head.encode("latin-1"))

    async def _passed(self, reader: Reader, writer: Writer, host: str, port: int, first: bytes = b"") -> None:
        self.asked.append(f"{host}:{port}")
        there, to = await asyncio.open_connection(host, port)
        # A server takes the whole address that a proxy is sent as well as the path alone.
        to.write(first)
        try:
            await asyncio.gather(_pumped(reader, to), _pumped(there, writer))
        finally:
            await _closed(to)


async def _pumped(reader: Reader, writer: Writer) -> None:
    while data := await reader.read(65536):
        writer.write(data)
        await writer.drain()
    writer.close()


async def _closed(writer: Writer) -> None:
    writer.close()
    with suppress(OSError):
        await writer.wait_closed()


@asynccontextmanager
async def proxy(kind: Literal["socks", "http"], login: str | None = None) -> AsyncIterator[Proxy]:
    """A proxy that listens until the end of the block."""
    made = Proxy(kind, login)
    server = await asyncio.start_server(made.connected, "127.0.0.1", 0)
    made.port = server.sockets[0].getsockname()[1]
    try:
        yield made
    finally:
        server.close()
        for task in made.open:
            task.cancel()
        await asyncio.gather(*made.open, return_exceptions=True)
