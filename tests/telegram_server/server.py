"""A Bot API server over real HTTP, faithful where a bot can trip, for tests without Telegram.

Ground truth: the public sources of tdlib/telegram-bot-api and tdlib/td, from which the status codes, descriptions and
limits are taken. `METHODS` names what it knows; everything else is 404. HTML is the only parse mode. Deviations, on
purpose: a text is 4096 UTF-16 units long at most (td counts code points; this is stricter), keyboards are refused
where Telegram would guess (keyboard.py), and what the real server delays (a hot loop of polls, conflict
upon conflict) is delayed only with `delays=True`. A webhook may be plain HTTP on this machine unless `local=False`.

    async with FakeTelegram() as fake:              # in the test's own loop; fake.base_url, fake.token
        sent = await fake.say_and_wait(7, "Who built it?")
    with fake_in_thread() as fake:                  # in a thread of its own, the same without await
        sent = fake.say_and_wait(7, "Who built it?")
    python -m tests.telegram_server.server --port 0          # as a program: prints {"base_url": ..., "token": ...}
"""

import argparse
import asyncio
import json
import re
import sys
import threading
from collections.abc import Awaitable, Callable, Coroutine, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

from aiohttp import web

from tests.telegram_server.doors import Doors
from tests.telegram_server.rates import broken
from tests.telegram_server.wire import (
    JSON,
    ApiError,
    Arguments,
    Call,
    DeliverThen,
    DeliverThenHang,
    Fault,
    Late,
    Planned,
    Sent,
    read_arguments,
    refused,
    reply,
    suffer,
)
from tests.telegram_server.world import BOT_ID, World

TOKEN = f"{BOT_ID}:" + "Fake-Token" * 3 + "_made"

T = TypeVar("T")


METHODS = (
    "getMe getUpdates setWebhook deleteWebhook getWebhookInfo sendMessage sendDocument editMessageText "
    "editMessageReplyMarkup deleteMessage sendChatAction sendMessageDraft setMessageReaction getFile "
    "answerCallbackQuery answerInlineQuery answerGuestQuery setMyCommands getMyCommands "
    "deleteMyCommands setMyDescription setMyShortDescription setChatMenuButton "
    "getChat getChatMember getChatAdministrators leaveChat"
).split()


class FakeTelegram(Doors):
    """The server, its world, its faults and its record. Times are seconds; ids below 0 are groups.

    What people do is in doors.py (`say`, `press`, `inline`, `edit`, `upload`, ...); what the bot did is
    in `sent()`, `edits_of(message)`, `now(message)`, `answers`, `inline_answers`, `commands`, `profile`, `calls`.
    `hook_delay` is the first delay between two deliveries of an update, `hook_patience` how long a 410 is borne.
    """

    def __init__(
        self,
        *,
        token: str = TOKEN,
        port: int = 0,
        privacy: bool = True,
        delays: bool = False,
        local: bool = True,
        hook_delay: float = 1.0,
        hook_patience: float = 23 * 3600.0,
    ) -> None:
        super().__init__(
            World(privacy=privacy), delays=delays, local=local, hook_delay=hook_delay, hook_patience=hook_patience
        )
        self.token = token
        self.base_url = ""
        self.calls: list[Call] = []
        self._host, self._port = "127.0.0.1", port
        self._faults: dict[str, list[Planned]] = {}
        self._runner: web.AppRunner | None = None
        self._methods: dict[str, Callable[[Arguments], Awaitable[Any]]] = {
            name.lower(): getattr(self, name) for name in METHODS
        }

    # Its life.

    async def __aenter__(self) -> "FakeTelegram":
        app = web.Application()
        app.router.add_route("*", "/bot{token}/{method}", self._call)
        app.router.add_get("/file/bot{token}/{path:.+}", self._download)
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
        if self.webhook is not None:
            await self.webhook.close()
        if self._runner is not None:
            await self._runner.cleanup()

    # What a test asks and plans.

    def called(self, method: str) -> list[Call]:
        """The calls of a method, in order."""
        return [call for call in self.calls if call.method == method.lower()]

    def fail(self, method: str, fault: Fault, *, times: int = 1, chat: int | None = None) -> None:
        """The next `times` calls of a method (that name that chat) suffer `fault`; faults queue up."""
        self._faults.setdefault(method.lower(), []).append(Planned(fault, times, chat))

    def broken_limits(self) -> list[str]:
        """Which of Telegram's limits the bot's messages broke, one line each; `assert not fake.broken_limits()`."""
        return broken([call for call in self.calls if call.status == 200])

    # The wire.

    async def _call(self, request: web.Request) -> web.StreamResponse:
        try:
            method = self._authorized(request)
            arguments = await read_arguments(request)
        except ApiError as error:
            return refused(error)
        except ConnectionResetError:
            return web.Response(status=499)  # nobody is left to hear it
        now = asyncio.get_running_loop().time()
        call = Call(method, arguments, now, began=float(request.headers.get("X-Began", now)))
        self.calls.append(call)
        self._notify()
        fault = self._planned(method, arguments)
        if fault is not None and not isinstance(fault, DeliverThenHang | DeliverThen | Late):
            response = await suffer(fault, request, self._closing)
        else:
            try:
                response = reply(await self._methods[method](arguments))
            except ApiError as error:
                response = refused(error)
            if isinstance(fault, Late):
                await (asyncio.sleep(fault.until) if isinstance(fault.until, float) else fault.until.wait())
            elif fault is not None:
                response = await suffer(fault, request, self._closing)
        call.status = response.status
        self._notify()
        return response

    async def _download(self, request: web.Request) -> web.StreamResponse:
        try:
            self._known(request.match_info["token"])
            return web.Response(body=self.downloaded(request.match_info["path"]))
        except ApiError as error:
            return refused(error)

    def _authorized(self, request: web.Request) -> str:
        self._known(request.match_info["token"])
        method = request.match_info["method"].lower()
        if method not in self._methods:
            raise ApiError(404, "Not Found: method not found")
        return method

    def _known(self, token: str) -> None:
        if not re.fullmatch(r"\d+:[A-Za-z0-9_-]+", token):
            raise ApiError(404, "Not Found")
        if token != self.token:
            raise ApiError(401, "Unauthorized")

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

    def wait(self, met: Callable[[FakeTelegram], bool], *, timeout: float = 30.0) -> None:
        """Waits until `met(fake)`, asked in the server's loop; TimeoutError if it is not."""
        self.do(lambda fake: fake.until(lambda: met(fake), timeout=timeout))

    def do(self, work: Callable[[FakeTelegram], Coroutine[Any, Any, T]]) -> T:
        """Awaits `work(fake)` in the server's loop: `fake.do(lambda it: it.press_and_wait(sent, "After"))`."""
        return asyncio.run_coroutine_threadsafe(work(self.fake), self._loop).result()

    def say(self, chat: int, text: str | None = None, **how: Any) -> JSON:
        return self.run(lambda fake: fake.say(chat, text, **how))

    def sent(self, chat: int | None = None) -> list[Sent]:
        return self.run(lambda fake: fake.sent(chat))

    def say_and_wait(self, chat: int, text: str | None = None, *, timeout: float = 30.0, **how: Any) -> Sent:
        return self.do(lambda fake: fake.say_and_wait(chat, text, timeout=timeout, **how))


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
