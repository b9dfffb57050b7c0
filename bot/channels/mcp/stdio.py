"""The protocol over stdin and stdout, for an assistant on the same machine.

Nothing but the protocol reaches the client: whatever else is printed in this process or by what it starts, however
late it is flushed, goes to standard error.
"""

import asyncio
import contextlib
import json
import os
from io import TextIOWrapper
from typing import Final

import anyio
from mcp.server.stdio import stdio_server

from bot.answer import Answerer
from bot.channels.mcp.server import Assistants
from bot.channels.serve.api import Library
from bot.channels.serve.metrics import Metrics
from bot.channels.serve.options import Limits
from bot.channels.serve.variants import Tags
from bot.channels.serve.worker import Worker
from bot.channels.stopping import stopping_signals
from bot.schema import encodable

# The client has a patience of its own, and says so.
LIMITS: Final = Limits(answering=600.0)


class ClientLines(anyio.AsyncFile[str]):
    """What the client writes, line by line; half a character, for which the SDK would drop a line, becomes U+FFFD."""

    async def readline(self) -> str:
        """Return the next line, "" at the end."""
        line = await super().readline()
        if "\\ud" in line.lower():
            with contextlib.suppress(ValueError, RecursionError):
                line = f"{encodable(json.dumps(json.loads(line), ensure_ascii=False))}\n"
        return line


def taken_stdin() -> ClientLines:
    """Return what the client writes, and leave this process, and what it starts, nothing to read."""
    wire, nothing = os.dup(0), os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    # Never closed: a thread may still wait for the next line.
    return ClientLines(TextIOWrapper(os.fdopen(wire, "rb", closefd=False), encoding="utf-8", errors="replace"))


def taken_stdout() -> TextIOWrapper:
    """Return the way to the client, and lead standard output to standard error for as long as this process lives."""
    wire = os.dup(1)
    os.dup2(2, 1)
    return TextIOWrapper(os.fdopen(wire, "wb"), encoding="utf-8", newline="\n")


async def run_stdio(answerer: Answerer, version: str, wire: TextIOWrapper) -> int:
    """Answer one client until it closes its end or a signal stops it; returns 0. `wire` is what `taken_stdout` gave."""
    worker, metrics = Worker(LIMITS), Metrics()
    assistants = Assistants(Library(answerer, worker, Tags(""), LIMITS, metrics), version.rpartition(" ")[2])
    hurry = asyncio.Event()
    with stopping_signals(None, hurry) as stop:
        serving = asyncio.create_task(_served(assistants, wire))
        stopped = asyncio.create_task(stop.wait())
        await asyncio.wait({serving, stopped}, return_when=asyncio.FIRST_COMPLETED)
    if not serving.done():
        # A thread still waits for the client's next line, and nothing can wake it.
        os._exit(0)
    stopped.cancel()
    worker.close()
    with contextlib.suppress(OSError):
        wire.close()
    serving.result()
    return 0


async def _served(assistants: Assistants, wire: TextIOWrapper) -> None:
    # A client that has left is no error.
    with contextlib.suppress(BrokenPipeError, anyio.BrokenResourceError):
        async with stdio_server(taken_stdin(), anyio.wrap_file(wire)) as (read, write):
            await assistants.server.run(read, write, assistants.server.create_initialization_options())
