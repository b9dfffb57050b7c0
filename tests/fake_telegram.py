"""A Bot API server over real HTTP, faithful where a bot can trip, for tests without Telegram.

Ground truth: the public sources of tdlib/telegram-bot-api and tdlib/td, from which the status codes, descriptions and
limits are taken. First version: getMe, getUpdates, sendMessage, sendChatAction, setMyCommands, getMyCommands,
deleteWebhook, getWebhookInfo; everything else is 404. HTML is the only parse mode. Deviations, on purpose: a text is
4096 UTF-16 units long at most (td counts code points; this is stricter), and what the real server delays (a hot
loop of polls, conflict upon conflict) is delayed only with `delays=True`.

    async with FakeTelegram() as fake:              # in the test's own loop; fake.base_url, fake.token
        sent = await fake.say_and_wait(7, "Who built it?")
    with fake_in_thread() as fake:                  # in a thread of its own, the same without await
        sent = fake.say_and_wait(7, "Who built it?")
    python -m tests.fake_telegram --port 0          # as a program: prints {"base_url": ..., "token": ...}
"""

import argparse
import asyncio
import json
import re
import sys
import threading
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

from aiohttp import web

from tests.fake_telegram_api import BotApi
from tests.fake_telegram_wire import (
    JSON,
    ApiError,
    Arguments,
    Call,
    DeliverThenHang,
    Fault,
    Planned,
    Sent,
    read_arguments,
    refused,
    reply,
    suffer,
)
from tests.fake_telegram_world import BOT_ID, World, person, typed_entities

TOKEN = f"{BOT_ID}:" + "Fake-Token" * 3 + "_made"

T = TypeVar("T")


class FakeTelegram(BotApi):
    """The server, its world, its faults and its record. Times are seconds; ids below 0 are groups."""

    def __init__(
        self, *, token: str = TOKEN, port: int = 0, privacy: bool = True, delays: bool = False, host: str = "127.0.0.1"
    ) -> None:
        super().__init__(World(privacy=privacy), delays=delays)
        self.token = token
        self.base_url = ""
        self.calls: list[Call] = []
        self._host, self._port = host, port
        self._faults: dict[str, list[Planned]] = {}
        self._runner: web.AppRunner | None = None
        methods = (self.getMe, self.getUpdates, self.sendMessage, self.sendChatAction, self.setMyCommands)
        more = (self.getMyCommands, self.deleteWebhook, self.getWebhookInfo)
        self._methods: dict[str, Callable[[Arguments], Awaitable[Any]]] = {
            method.__name__.lower(): method for method in (*methods, *more)
        }

    # Its life.

    async def __aenter__(self) -> "FakeTelegram":
        app = web.Application()
        app.router.add_route("*", "/bot{token}/{method}", self._call)
        app.router.add_post("/fake/say", self._remote_say)
        app.router.add_get("/fake/sent", self._remote_sent)
        app.router.add_route("*", "/{rest:.*}", _not_found)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.5)
        await self._runner.setup()
        await web.TCPSite(self._runner, self._host, self._port).start()
        self._port = self._runner.addresses[0][1]
        self.base_url = f"http://{self._host}:{self._port}"
        return self

    async def __aexit__(self, *_: object) -> None:
        self._closing.set()
        self._notify()
        if self._runner is not None:
            await self._runner.cleanup()

    # What a test does.

    def say(
        self,
        chat: int,
        text: str | None = None,
        *,
        user: int | None = None,
        reply_to: "int | Sent | None" = None,
        thread: int | None = None,
        date: int | None = None,
        kind: str = "message",
        always: bool = False,
        **extra: Any,
    ) -> JSON:
        """Somebody writes in a chat (in a private one its owner, in a group person 1 unless `user` says who).

        `kind` is the field of the update ("edited_message", "channel_post", ...), `extra` are further fields of the
        message (`voice={...}`, `sender_chat={...}`). Returns the message. Privacy mode and the bot's allowed_updates
        may keep it from the bot; `always` queues it even so, as an update from before the bot said what it wants.
        """
        self.world.chat(chat, kind="channel" if kind.endswith("channel_post") else None, forum=thread is not None)
        if thread is not None:
            self.world.topics.setdefault(chat, set()).add(thread)
        sender = None if kind.endswith("channel_post") else person(user or (chat if chat > 0 else 1))
        replied = reply_to.id if isinstance(reply_to, Sent) else reply_to
        entities = typed_entities(text) if text else []
        message = self.world.message(
            chat, text, entities, sender=sender, reply_to=replied, thread=thread, date=date, **extra
        )
        if always or (self.world.visible(message) and (not self._wanted or kind in self._wanted)):
            self.push(**{kind: message})
        return message

    async def say_and_wait(self, chat: int, text: str | None = None, *, timeout: float = 5.0, **how: Any) -> Sent:
        """`say()`, then the first message the bot sends to that chat; TimeoutError if none comes."""
        before = len(self.sent(chat))
        self.say(chat, text, **how)
        return (await self.wait_sent(before + 1, chat, timeout=timeout))[before]

    async def wait_sent(self, count: int, chat: int | None = None, *, timeout: float = 5.0) -> list[Sent]:
        """Waits until the bot has sent `count` messages (to that chat) in all."""
        await self.until(lambda: len(self.sent(chat)) >= count, timeout=timeout)
        return self.sent(chat)

    async def polled(self, timeout: float = 5.0) -> None:
        """Waits until somebody is polling."""
        await self.until(lambda: bool(self._polls), timeout=timeout)

    def sent(self, chat: int | None = None) -> list[Sent]:
        """What the bot sent (to that chat), in order, delivered messages only."""
        return [message for message in self.messages if chat is None or message.chat == chat]

    def called(self, method: str) -> list[Call]:
        """The calls of a method, in order."""
        return [call for call in self.calls if call.method == method.lower()]

    def fail(self, method: str, fault: Fault, *, times: int = 1, chat: int | None = None) -> None:
        """The next `times` calls of a method (that name that chat) suffer `fault`; faults queue up."""
        self._faults.setdefault(method.lower(), []).append(Planned(fault, times, chat))

    def pending(self) -> int:
        """How many updates the bot has not confirmed."""
        return len(self._updates)

    # The wire.

    async def _call(self, request: web.Request) -> web.StreamResponse:
        try:
            method = self._authorized(request)
            arguments = await read_arguments(request)
        except ApiError as error:
            return refused(error)
        call = Call(method, arguments, asyncio.get_running_loop().time())
        self.calls.append(call)
        self._notify()
        fault = self._planned(method, arguments)
        if fault is not None and not isinstance(fault, DeliverThenHang):
            response = await suffer(fault, request, self._closing)
        else:
            try:
                response = reply(await self._methods[method](arguments))
            except ApiError as error:
                response = refused(error)
            if fault is not None:
                response = await suffer(fault, request, self._closing)
        call.status = response.status
        self._notify()
        return response

    def _authorized(self, request: web.Request) -> str:
        token, method = request.match_info["token"], request.match_info["method"].lower()
        if not re.fullmatch(r"\d+:[A-Za-z0-9_-]+", token):
            raise ApiError(404, "Not Found")
        if token != self.token:
            raise ApiError(401, "Unauthorized")
        if method not in self._methods:
            raise ApiError(404, "Not Found: method not found")
        return method

    def _planned(self, method: str, arguments: Arguments) -> Fault | None:
        for planned in self._faults.get(method, []):
            if planned.left and (planned.chat is None or planned.chat == arguments.number("chat_id")):
                planned.left -= 1
                return planned.fault
        return None

    async def _remote_say(self, request: web.Request) -> web.Response:
        return web.json_response(self.say(**await request.json()))

    async def _remote_sent(self, _request: web.Request) -> web.Response:
        return web.json_response([message.raw for message in self.messages])


async def _not_found(_request: web.Request) -> web.Response:
    return refused(ApiError(404, "Not Found"))


class FakeInThread:
    """A running `FakeTelegram` seen from another thread: the same names, without await."""

    def __init__(self, fake: FakeTelegram, loop: asyncio.AbstractEventLoop) -> None:
        self.fake, self._loop = fake, loop
        self.base_url, self.token = fake.base_url, fake.token

    def run(self, work: Callable[[FakeTelegram], T]) -> T:
        """Runs `work(fake)` in the server's loop."""

        async def inside() -> T:
            return work(self.fake)

        return asyncio.run_coroutine_threadsafe(inside(), self._loop).result()

    def wait(self, met: Callable[[FakeTelegram], bool], *, timeout: float = 5.0) -> None:
        """Waits until `met(fake)`, asked in the server's loop; TimeoutError if it is not."""
        work = self.fake.until(lambda: met(self.fake), timeout=timeout)
        asyncio.run_coroutine_threadsafe(work, self._loop).result()

    def say(self, chat: int, text: str | None = None, **how: Any) -> JSON:
        return self.run(lambda fake: fake.say(chat, text, **how))

    def sent(self, chat: int | None = None) -> list[Sent]:
        return self.run(lambda fake: fake.sent(chat))

    def say_and_wait(self, chat: int, text: str | None = None, *, timeout: float = 5.0, **how: Any) -> Sent:
        work = self.fake.say_and_wait(chat, text, timeout=timeout, **how)
        return asyncio.run_coroutine_threadsafe(work, self._loop).result()


@contextmanager
def fake_in_thread(**settings: Any) -> Iterator[FakeInThread]:
    """A `FakeTelegram` in a thread and loop of its own."""
    ready: list[FakeInThread] = []
    started, ending = threading.Event(), threading.Event()

    async def live() -> None:
        async with FakeTelegram(**settings) as fake:
            ready.append(FakeInThread(fake, asyncio.get_running_loop()))
            started.set()
            await asyncio.to_thread(ending.wait)

    thread = threading.Thread(target=asyncio.run, args=(live(),), daemon=True)
    thread.start()
    try:
        if not started.wait(10):
            raise RuntimeError("the fake Bot API server did not start in 10 s")
        yield ready[0]
    finally:
        ending.set()
        thread.join(10)


async def _alone(port: int) -> None:
    async with FakeTelegram(port=port) as fake:
        sys.stdout.write(json.dumps({"base_url": fake.base_url, "token": fake.token}) + "\n")
        sys.stdout.flush()
        await asyncio.Event().wait()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="A fake Bot API server: POST /fake/say, GET /fake/sent.")
    parser.add_argument("--port", type=int, default=0)
    try:
        asyncio.run(_alone(parser.parse_args().port))
    except KeyboardInterrupt:
        sys.exit(0)
