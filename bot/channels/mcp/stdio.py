"""The protocol over stdin and stdout, for an assistant on the same machine.

Nothing but the protocol reaches the client: whatever else is printed in this process or by what it starts, however
late it is flushed, goes to standard error.
"""

import asyncio
import contextlib
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

# The client has a patience of its own, and says so.
LIMITS: Final = Limits(answering=600.0)


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
        async with stdio_server(stdout=anyio.wrap_file(wire)) as (read, write):
            await assistants.server.run(read, write, assistants.server.create_initialization_options())
