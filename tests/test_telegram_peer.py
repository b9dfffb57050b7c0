"""Our bot against another's idea of Telegram: telegram-test-api from npm, behind a proxy that mends what it lacks.

    npm install --no-save telegram-test-api        # in the checkout, or anywhere that NODE_PATH names
    pytest -m peer

Questions, captions, groups and presses go through it; it knows no edited messages of people, only edits of the bot. It
knows only a few methods, checks nothing, forgets `is_bot`, `from` and `chat_instance`, counts dates in milliseconds
and answers a long poll at once; the proxy mends exactly that. Without node or the package these tests are skipped.
"""

import asyncio
import json
import shutil
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp import web

from bot.channels.telegram import serve
from tests.telegram_bot import FAST, SENTENCE, Library, hook_options, options
from tests.telegram_server.server import TOKEN, FakeTelegram

ROOT = Path(__file__).parents[1]
SERVER = (
    "const Server = require('telegram-test-api'); const server = new Server({port: Number(process.argv[1])});"
    "server.start().then(() => console.log('up'), (error) => { console.error(error.message); process.exit(1); });"
)
KNOWN = {"deletemessage", "getupdates", "editmessagetext", "editmessagereplymarkup", "sendmessage", "getme"}

pytestmark = pytest.mark.peer


class Mending:
    """The proxy between the bot and the peer; its base_url is what the bot is given."""

    def __init__(self, peer: str) -> None:
        self.peer = peer
        self.base_url = ""

    async def called(self, request: web.Request) -> web.Response:
        method, body = request.match_info["method"].lower(), dict((await request.post()).items())
        result: Any = True
        if method in KNOWN:
            url = f"{self.peer}{request.path}"
            async with aiohttp.ClientSession() as session, session.post(url, json=body) as got:
                assert got.status == 200, await got.text()
                result = (await got.json())["result"]
        if method == "getme":
            result |= {"is_bot": True, "can_join_groups": True, "supports_inline_queries": False}
        elif method == "sendmessage":
            result = {key: result[key] for key in ("message_id", "chat", "text")} | {"date": int(time.time())}
        elif method == "getupdates":
            for pressed in [update["callback_query"] for update in result if "callback_query" in update]:
                pressed["chat_instance"] = "1"
            await asyncio.sleep(0 if result else 0.05)
        return web.json_response({"ok": True, "result": True if result is None else result})


@pytest.fixture
async def peer() -> AsyncIterator[Mending]:
    node = shutil.which("node")
    if node is None:
        pytest.skip("node is not installed")
    port = hook_options().port
    program = await asyncio.create_subprocess_exec(
        node, "-e", SERVER, str(port), cwd=ROOT, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL
    )
    assert program.stdout is not None
    if await program.stdout.readline() != b"up\n":
        await program.wait()
        pytest.skip("telegram-test-api is not installed: npm install --no-save telegram-test-api")
    mending = Mending(f"http://localhost:{port}")
    app = web.Application()
    app.router.add_post("/bot{token}/{method}", mending.called)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.2)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    mending.base_url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    try:
        yield mending
    finally:
        await runner.cleanup()
        program.terminate()
        await program.wait()


async def ask(peer: Mending, path: str, **body: Any) -> Any:
    async with aiohttp.ClientSession() as session, session.post(f"{peer.peer}/{path}", json=body) as got:
        return (await got.json())["result"]


def said(text: str) -> dict[str, Any]:
    person = {"id": 7, "first_name": "A", "is_bot": False}
    chat = {"id": 7, "first_name": "A", "type": "private"}
    return {"botToken": TOKEN, "from": person, "chat": chat, "date": int(time.time()), "text": text}


@asynccontextmanager
async def answering(peer: Mending, folder: Path) -> AsyncIterator[None]:
    stop, ready = asyncio.Event(), asyncio.Event()
    chosen = options(FakeTelegram(), folder, base_url=peer.base_url)
    task = asyncio.create_task(serve(chosen, Library(), stop=stop, on_ready=lambda _: ready.set(), pace=FAST))
    await asyncio.wait_for(ready.wait(), 30)
    try:
        yield
    finally:
        stop.set()
        await asyncio.wait({task}, timeout=30)
    assert task.result() == 0


async def messages(peer: Mending, count: int) -> list[dict[str, Any]]:
    """What the peer believes that the bot sent, once it is so much."""
    async with asyncio.timeout(10):
        while True:
            history = await ask(peer, "getUpdatesHistory", token=TOKEN)
            sent = [update["message"] for update in history if "chat_id" in update.get("message", {})]
            if len(sent) >= count:
                return sent
            await asyncio.sleep(0.05)


async def test_questions_are_answered_in_order_with_buttons(peer: Mending, tmp_path: Path) -> None:
    async with answering(peer, tmp_path):
        for number in range(3):
            await ask(peer, "sendMessage", **said(f"question {number}"))
        sent = await messages(peer, 3)
    assert all(SENTENCE in message["text"] and "blockquote" in message["text"] for message in sent)
    assert "&lt;keeper&gt;" in sent[0]["text"]
    numbers = [json.loads(message["reply_parameters"])["message_id"] for message in sent]
    assert numbers == sorted(numbers)
    labels = [button["text"] for row in sent[0]["reply_markup"]["inline_keyboard"] for button in row]
    assert any("More like this" in label for label in labels)


async def test_a_pressed_button_edits_its_message(peer: Mending, tmp_path: Path) -> None:
    async with answering(peer, tmp_path):
        await ask(peer, "sendMessage", **said("question"))
        (sent,) = await messages(peer, 1)
        buttons = [button for row in sent["reply_markup"]["inline_keyboard"] for button in row]
        (more,) = [button for button in buttons if "… More" in button.get("text", "")]
        history = await ask(peer, "getUpdatesHistory", token=TOKEN)
        (number,) = [update["messageId"] for update in history if "chat_id" in update.get("message", {})]
        pressed = said("") | {"data": more["callback_data"]}
        pressed["message"] = {"message_id": number, "chat": pressed["chat"], "date": pressed["date"], "text": "x"}
        await ask(peer, "sendCallback", **pressed)
        async with asyncio.timeout(10):
            while (await messages(peer, 1))[0]["reply_markup"] == sent["reply_markup"]:
                await asyncio.sleep(0.05)


async def test_a_caption_is_a_question(peer: Mending, tmp_path: Path) -> None:
    photo = [{"file_id": "photo-1", "file_unique_id": "1", "width": 90, "height": 60, "file_size": 100}]
    asked = {key: value for key, value in said("").items() if key != "text"} | {"photo": photo, "caption": "Who?"}
    async with answering(peer, tmp_path):
        await ask(peer, "sendMessage", **asked)
        (sent,) = await messages(peer, 1)
    assert SENTENCE in sent["text"]


async def test_a_command_in_a_group_is_answered_there_and_what_people_say_there_is_not(
    peer: Mending, tmp_path: Path
) -> None:
    group = {"id": -100500, "title": "Readers", "type": "supergroup"}
    command = [{"type": "bot_command", "offset": 0, "length": 4}]
    async with answering(peer, tmp_path):
        await ask(peer, "sendMessage", **said("good morning") | {"chat": group})
        await ask(peer, "sendCommand", **said("/ask Who?") | {"chat": group, "entities": command})
        await ask(peer, "sendMessage", **said("question"))
        sent = await messages(peer, 2)
    assert sorted(message["chat_id"] for message in sent) == ["-100500", "7"]
    assert all(SENTENCE in message["text"] for message in sent)


async def test_a_page_is_turned_in_the_message_and_back(peer: Mending, tmp_path: Path) -> None:
    async def pressed(number: int, message: dict[str, Any], label: str) -> None:
        rows = (
            json.loads(message["reply_markup"])["inline_keyboard"]
            if isinstance(message["reply_markup"], str)
            else (message["reply_markup"]["inline_keyboard"])
        )
        (button,) = [one for row in rows for one in row if label in one["text"]]
        body = said("") | {"data": button["callback_data"]}
        body["message"] = {"message_id": number, "chat": body["chat"], "date": body["date"], "text": "x"}
        await ask(peer, "sendCallback", **body)

    async def edited(before: dict[str, Any], key: str) -> dict[str, Any]:
        async with asyncio.timeout(10):
            while (now := (await messages(peer, 1))[0])[key] == before[key]:
                await asyncio.sleep(0.05)
        return now

    async with answering(peer, tmp_path):
        await ask(peer, "sendMessage", **said("question"))
        (sent,) = await messages(peer, 1)
        history = await ask(peer, "getUpdatesHistory", token=TOKEN)
        (number,) = [update["messageId"] for update in history if "chat_id" in update.get("message", {})]
        await pressed(number, sent, "… More")
        opened = await edited(sent, "reply_markup")
        await pressed(number, opened, "After")
        turned = await edited(opened, "text")
    assert "Nobody knows what came of him." in turned["text"]
