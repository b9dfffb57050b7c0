"""`quoth mcp` as a command: over stdin and stdout, and nothing but the protocol there."""

import asyncio
import importlib.util
import json
import re
import signal
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from mcp import Client

from tests.mcp_clients import MODES, VERSIONS, over_pipes, record_of, text_of

Start = Callable[..., subprocess.Popen[str]]
WHO = "Who opened the footbridge at Saltmere?"
HELLO = {
    "jsonrpc": "2.0",
    "id": 0,
    "method": "initialize",
    "params": {"protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": {"name": "tests", "version": "1"}},
}


@pytest.fixture
def shelf(shelve: Callable[[Path, Path, int], None], tmp_path: Path) -> None:
    shelve(tmp_path / "articles", tmp_path / "data", 2)


@pytest.mark.usefixtures("shelf")
@pytest.mark.parametrize("mode", MODES)
async def test_an_assistant_asks_over_stdin_and_stdout(start: Start, mode: str) -> None:
    with start("mcp", QUOTH_LOG_LEVEL="INFO") as process:
        async with over_pipes(process, mode) as client:
            assert client.protocol_version == VERSIONS[mode]
            assert len((await client.list_tools()).tools) == 4
            asked = await client.call_tool("ask", {"question": WHO})
            assert "lamplighter" in record_of(asked)["passages"][0]["text"]
            article_id = record_of(asked)["passages"][0]["article_id"]
            assert record_of(await client.call_tool("read_article", {"article_id": article_id}))["article"]
            assert record_of(await client.call_tool("search", {"query": "bakers"}))["passages"]
            assert record_of(await client.call_tool("list_articles", {}))["total"] == 2
            assert (await client.read_resource("quoth://articles")).contents
        assert process.stderr is not None
        told = process.stderr.read()
    assert process.returncode == 0, told
    assert "tool=ask state=answered" in told
    assert not any(word in told for word in ("footbridge", "Saltmere", "Traceback", article_id))


@pytest.mark.usefixtures("shelf")
@pytest.mark.parametrize("mode", MODES)
async def test_a_call_that_is_cancelled_is_searched_no_further(start: Start, mode: str, tmp_path: Path) -> None:
    here = tmp_path / "here"
    with start("mcp", program="tests.noisy_mcp", QUOTH_LOG_LEVEL="INFO") as process:
        assert process.stderr is not None
        async with over_pipes(process, mode) as client:
            call = asyncio.create_task(client.call_tool("ask", {"question": f"Wait: {WHO}"}))
            while not (here / "begun").exists():
                await asyncio.sleep(0.005)
            call.cancel()
            await asyncio.wait([call])
            told = [await asyncio.to_thread(process.stderr.readline)]
            while "state=cancelled" not in told[-1]:
                told.append(await asyncio.to_thread(process.stderr.readline))
            (here / "go").touch()
            assert record_of(await client.call_tool("ask", {"question": WHO}))["state"] == "answered"
        rest = process.stderr.read()
    assert "noise after Who" in rest
    assert "noise after Wait" not in rest


def test_the_settings_of_the_assistants_in_the_manual_start_it() -> None:
    from click.testing import CliRunner

    from bot.__main__ import app

    page = (Path(__file__).parents[1] / "docs" / "mcp.md").read_text(encoding="utf-8")
    blocks = [json.loads(block) for block in re.findall(r"```json\n(.*?)```", page, re.DOTALL)]
    servers = [(block.get("mcpServers") or block["servers"])["quoth"] for block in blocks]
    started = [one for one in servers if "command" in one]
    reached = [one for one in servers if "url" in one]
    assert (len(started), len(reached)) == (3, 2)
    for one in started:
        assert one["command"] == "quoth"
        assert CliRunner().invoke(app, [*one["args"], "--help"]).exit_code == 0
    for one in reached:
        assert one["url"].endswith("/mcp")
        assert one["headers"]["Authorization"].startswith("Bearer ${")


def exchanged(process: "subprocess.Popen[str]", *messages: dict[str, Any] | str) -> tuple[list[Any], str]:
    """Send messages and wait for the answer to each that has an id; return what came back and what was told."""
    assert process.stdin is not None
    assert process.stdout is not None
    assert process.stderr is not None
    lines = list[str]()
    for message in messages:
        line = message if isinstance(message, str) else json.dumps(message)
        process.stdin.write(f"{line}\n")
        process.stdin.flush()
        if isinstance(message, dict) and "id" in message:
            lines.append(process.stdout.readline())
    process.stdin.close()
    rest, told = process.stdout.read(), process.stderr.read()
    process.wait()
    assert process.returncode == 0, told
    return [json.loads(line) for line in (*lines, *rest.splitlines())], told


def called(number: int, question: str) -> dict[str, Any]:
    params = {"name": "ask", "arguments": {"question": question}}
    return {"jsonrpc": "2.0", "id": number, "method": "tools/call", "params": params}


@pytest.mark.usefixtures("shelf")
def test_nothing_but_the_protocol_is_on_stdout_whatever_prints(start: Start) -> None:
    with start("mcp", program="tests.noisy_mcp") as process:
        replies, told = exchanged(process, HELLO, called(1, WHO), called(2, WHO))
    assert [(reply["jsonrpc"], reply["id"], "result" in reply) for reply in replies] == [
        ("2.0", number, True) for number in (0, 1, 2)
    ]
    for noise in ("of a library", "of C", "of a child", "at the end"):
        assert f"noise {noise}" in told


@pytest.mark.usefixtures("shelf")
def test_what_is_no_message_stops_nothing(start: Start) -> None:
    odd = ["garbage", "", "[]", "null", "{" * 1000, '{"\\ud800', '{"jsonrpc":"2.0","method":"notifications/none"}']
    with start("mcp") as process:
        replies, told = exchanged(
            process, HELLO, *odd, called(1, "\x00 bridge \u202e"), called(2, WHO), called(3, "\ud800")
        )
    answered = {reply["id"]: reply for reply in replies if reply.get("id") in (1, 2, 3)}
    assert answered[2]["result"]["structuredContent"]["state"] == "answered"
    # Half a character is no JSON, and what it stands in is answered all the same.
    assert "result" in answered[1]
    assert "result" in answered[3]
    assert "Traceback" not in told


def test_it_greets_before_there_is_an_index_and_a_signal_ends_it(start: Start) -> None:
    with start("mcp") as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(json.dumps(HELLO) + "\n" + json.dumps(called(1, WHO)) + "\n")
        process.stdin.flush()
        hello, refused = (json.loads(process.stdout.readline()) for _ in range(2))
        assert hello["result"]["serverInfo"]["name"] == "quoth"
        assert refused["result"]["isError"]
        assert "quoth index" in refused["result"]["content"][0]["text"]
        process.send_signal(signal.SIGTERM)
        assert process.wait(60) == 0


@pytest.mark.usefixtures("shelf")
async def test_the_same_command_answers_over_http(start: Start) -> None:
    with start("mcp", "--listen", "127.0.0.1:0") as process:
        assert process.stdout is not None
        address = (await asyncio.to_thread(process.stdout.readline)).split()[2]
        async with Client(f"{address}mcp") as client:
            assert "lamplighter" in text_of(await client.call_tool("ask", {"question": WHO}))
        process.send_signal(signal.SIGTERM)
        await asyncio.to_thread(process.communicate)
    assert process.returncode == 0


def test_without_the_extra_it_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    from bot.__main__ import app
    from bot.errors import MissingExtraError

    found = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name == "mcp" else found(name))
    with pytest.raises(MissingExtraError, match="install mcp"):
        app(["mcp"], standalone_mode=False)
    with pytest.raises(MissingExtraError, match="install mcp"):
        app(["serve", "--mcp"], standalone_mode=False)
