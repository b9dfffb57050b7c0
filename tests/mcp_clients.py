"""Clients of the protocol of assistants, the SDK's own, for tests: over HTTP, and over the pipes of a process."""

import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import anyio
from mcp import Client
from mcp.shared.message import SessionMessage
from mcp_types import CallToolResult, TextContent, jsonrpc_message_adapter

MODES = ("auto", "legacy")
VERSIONS = {"auto": "2026-07-28", "legacy": "2025-11-25"}


def text_of(result: CallToolResult) -> str:
    """Return the text of a result."""
    (content,) = result.content
    assert isinstance(content, TextContent)
    return content.text


def record_of(result: CallToolResult) -> dict[str, Any]:
    """Return the record of a result that is no error."""
    assert not result.is_error, text_of(result)
    assert isinstance(result.structured_content, dict)
    return result.structured_content


@asynccontextmanager
async def over_pipes(process: "subprocess.Popen[str]", mode: str) -> AsyncIterator[Client]:
    """Yield a client of a process, connected."""
    async with Client(_pipes(process), mode=mode) as client:
        yield client


@asynccontextmanager
async def _pipes(process: "subprocess.Popen[str]") -> AsyncIterator[Any]:
    assert process.stdin is not None
    assert process.stdout is not None
    there, here = anyio.wrap_file(process.stdin), anyio.wrap_file(process.stdout)
    read_in, read = anyio.create_memory_object_stream[SessionMessage | Exception](0)
    write, write_out = anyio.create_memory_object_stream[SessionMessage](0)

    async def receive() -> None:
        async with read_in:
            async for line in here:
                await read_in.send(SessionMessage(jsonrpc_message_adapter.validate_json(line, by_name=False)))

    async def send() -> None:
        async with write_out:
            async for message in write_out:
                await there.write(message.message.model_dump_json(by_alias=True, exclude_unset=True) + "\n")
                await there.flush()

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(receive)
        tasks.start_soon(send)
        yield read, write
        await there.aclose()
        with anyio.CancelScope(shield=True):
            await anyio.to_thread.run_sync(process.wait)
        tasks.cancel_scope.cancel()
