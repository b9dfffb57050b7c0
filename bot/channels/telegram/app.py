"""The life of the channel: reach Telegram, poll, answer, watch, and stop without losing a question in hand."""

import asyncio
import contextlib
import logging
import signal
from collections.abc import Awaitable, Callable, Iterator
from typing import Any
from urllib.parse import urlsplit

from telegram import BotCommand, BotCommandScopeAllGroupChats, BotCommandScopeAllPrivateChats
from telegram.error import InvalidToken, RetryAfter, TelegramError
from telegram.ext import ApplicationBuilder

from bot.channels.telegram import texts
from bot.channels.telegram.access import Door
from bot.channels.telegram.handlers import App, Conversation
from bot.channels.telegram.limits import ChatLimiter
from bot.channels.telegram.memory import Memory
from bot.channels.telegram.options import Answering, Pace, TelegramOptions
from bot.channels.telegram.order import PerChatProcessor
from bot.channels.telegram.redact import redacted
from bot.channels.telegram.replies import Replies
from bot.channels.telegram.transport import REJECTIONS, GuardedRequest, PollHealth, TidyRequest, token_rejected
from bot.errors import ChannelError

LOG = logging.getLogger(__name__)

ALLOWED_UPDATES = ("message", "edited_message", "callback_query", "inline_query", "my_chat_member")
LONGEST_PAUSE = 30.0
LAST_POLL = 3.0
# PTB makes each queued update a task at once; only a dead PTB takes longer.
TO_TASKS = 1.0
_PATIENT = Pace()


async def serve(
    options: TelegramOptions,
    answerer: Answering,
    *,
    stop: asyncio.Event | None = None,
    on_ready: Callable[[str], None] | None = None,
    pace: Pace = _PATIENT,
) -> int:
    """Answers in Telegram until `stop` is set; without `stop`, until SIGTERM or SIGINT (a second one hurries).

    `on_ready` gets one text for the owner's terminal once polling runs: the bot's name and, with access "paired", how
    to pair with the one-time code. Returns 0. Raises `TokenError` when the token is missing or was rejected three
    times, `ChannelError` when Telegram cannot be reached for `pace.dead` seconds or another program polls in its place.

    `await serve(TelegramOptions(token, "https://api.telegram.org", "paired", frozenset(), folder), answerer)`
    """
    options.check()
    hurry = asyncio.Event()
    with redacted(options.token), _signals(stop, hurry) as stopping, contextlib.ExitStack() as cleanup:
        memory = Memory(options.memory)
        cleanup.callback(memory.close)
        channel = _Channel(options, answerer, memory, pace, stopping, hurry)
        await channel.run(on_ready)
    return 0


class _Channel:
    """One run of the channel, put together."""

    def __init__(
        self,
        options: TelegramOptions,
        answerer: Answering,
        memory: Memory,
        pace: Pace,
        stop: asyncio.Event,
        hurry: asyncio.Event,
    ) -> None:
        self._pace = pace
        self._stop = stop
        self._hurry = hurry
        self._root = options.base_url.rstrip("/")
        self._order = PerChatProcessor()
        self._health = PollHealth(pace.unhealthy, pace.dead)
        self._app = self._built(options)
        self._door = Door(options.access, options.allowed, memory)
        replies = Replies(self._app.bot, memory)
        self._conversation = Conversation(options, answerer, self._door, memory, replies, pace)

    def _built(self, options: TelegramOptions) -> App:
        read = self._pace.read
        # A proxy from the environment is for the internet, not for a server on this machine.
        local = urlsplit(self._root).hostname in {"127.0.0.1", "::1", "localhost"}
        wire: dict[str, Any] = {
            "read_timeout": read,
            "write_timeout": read,
            "connect_timeout": 5.0,
            "pool_timeout": 15.0,
            "httpx_kwargs": {"trust_env": not local},
        }
        return (
            ApplicationBuilder()
            .token(options.token)
            .base_url(f"{self._root}/bot")
            .base_file_url(f"{self._root}/file/bot")
            .request(TidyRequest(connection_pool_size=64, **wire))
            .get_updates_request(GuardedRequest(self._health, self._waiting, connection_pool_size=1, **wire))
            .rate_limiter(ChatLimiter())
            .concurrent_updates(self._order)
            .job_queue(None)
            .build()
        )

    def _waiting(self) -> int:
        return 0 if self._stop.is_set() else self._order.in_hand + self._app.update_queue.qsize()

    async def run(self, on_ready: Callable[[str], None] | None) -> None:
        """From the first contact to the last; raises what ended it, if that was not the stop."""
        menu: asyncio.Task[None] | None = None
        try:
            if not await self._reach(self._app.bot.initialize):
                return
            self._conversation.register(self._app, self._app.bot.username)
            await self._app.initialize()
            await self._app.start()
            if not await self._reach(self._poll):
                return
            menu = asyncio.create_task(self._show_menu())
            if on_ready is not None:
                on_ready(self._ready())
            await self._watch()
        finally:
            if menu is not None:
                menu.cancel()
            await self._close()
        if self._health.error is not None:
            raise self._health.error

    def _ready(self) -> str:
        name = self._app.bot.username
        lines = [texts.READY.format(name=name)]
        if self._door.code is not None:
            lines.append(texts.READY_PAIRING.format(name=name, code=self._door.code))
        return "\n".join(lines)

    async def _poll(self) -> None:
        if self._app.updater is not None:
            await self._app.updater.start_polling(
                poll_interval=self._pace.interval,
                timeout=self._pace.poll,
                bootstrap_retries=0,
                allowed_updates=ALLOWED_UPDATES,
                error_callback=self._health.failed,
            )

    async def _reach(self, call: Callable[[], Awaitable[object]]) -> bool:
        """Repeats `call` until Telegram answers it; False when the stop came first."""
        pause, rejected = self._pace.retry, 0
        end = asyncio.get_running_loop().time() + self._pace.dead
        while not self._stop.is_set():
            trouble = await self._outcome(call)
            if trouble is None:
                return not self._stop.is_set()
            rejected += isinstance(trouble, InvalidToken)
            if rejected >= REJECTIONS:
                raise token_rejected()
            if asyncio.get_running_loop().time() + pause > end:
                cause = type(trouble.__cause__ or trouble).__name__
                raise ChannelError(
                    f"Telegram: {self._root} cannot be reached ({cause}); check the network and the address"
                )
            LOG.warning("Telegram was not reached (%s); trying again in %.1f s", type(trouble).__name__, pause)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._stop.wait(), pause)
            pause = min(LONGEST_PAUSE, pause * 1.5)
        return False

    async def _outcome(self, call: Callable[[], Awaitable[object]]) -> TelegramError | None:
        """What `call` raised, if anything; the stop cancels it. PTB's own message would hold the token."""
        task = asyncio.ensure_future(call())
        stop = asyncio.ensure_future(self._stop.wait())
        await asyncio.wait({task, stop}, return_when=asyncio.FIRST_COMPLETED)
        stop.cancel()
        if not task.done():
            task.cancel()
        try:
            await task
        except TelegramError as error:
            if isinstance(error, RetryAfter):
                LOG.warning("Telegram asks to wait")
            return error
        except asyncio.CancelledError:
            if not self._stop.is_set():
                raise
        return None

    async def _watch(self) -> None:
        signs = {asyncio.ensure_future(self._stop.wait()), asyncio.ensure_future(self._health.fatal.wait())}
        try:
            while not any(sign.done() for sign in signs):
                await asyncio.wait(signs, timeout=self._pace.watch, return_when=asyncio.FIRST_COMPLETED)
                self._health.look()
        finally:
            for sign in signs:
                sign.cancel()

    async def _show_menu(self) -> None:
        commands = [BotCommand(command, description) for command, description in texts.MENU_PRIVATE]
        try:
            for scope in (BotCommandScopeAllPrivateChats(), BotCommandScopeAllGroupChats()):
                await self._app.bot.set_my_commands(commands, scope=scope)
        except TelegramError as error:
            LOG.warning("the menu of commands was not set (%s)", type(error).__name__)

    async def _close(self) -> None:
        """Stops fetching, answers what is in hand within the deadline, closes the connections."""
        app = self._app
        if app.updater is not None and app.updater.running:
            await _bounded(app.updater.stop(), LAST_POLL)
        if app.running:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(TO_TASKS):
                    while app.update_queue.qsize() and not self._hurry.is_set():
                        await asyncio.sleep(0.005)
            if lost := await self._order.drain(self._pace.drain, self._hurry):
                LOG.warning("stopped with %d questions unanswered", lost)
            await app.stop()
        await app.shutdown()
        await app.bot.shutdown()


async def _bounded(work: Awaitable[object], seconds: float) -> None:
    """Awaits `work`; cancels what still hangs after `seconds`, and again until it gives up (PTB swallows the first)."""
    task = asyncio.ensure_future(work)
    while not task.done():
        await asyncio.wait({task}, timeout=seconds)
        if not task.done():
            task.cancel()
            seconds = 0.5
    if not task.cancelled() and (error := task.exception()) is not None:
        LOG.warning("polling did not end cleanly (%s)", type(error).__name__)


@contextlib.contextmanager
def _signals(stop: asyncio.Event | None, hurry: asyncio.Event) -> Iterator[asyncio.Event]:
    """The event that ends the channel: the caller's, or a new one that SIGTERM and SIGINT set."""
    if stop is not None:
        yield stop
        return
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()

    def asked() -> None:
        (hurry if stop.is_set() else stop).set()

    handled = []
    for number in (signal.SIGINT, signal.SIGTERM):
        # Not on Windows, and not outside the main thread: there the caller must give its own event.
        with contextlib.suppress(NotImplementedError, RuntimeError, ValueError):
            loop.add_signal_handler(number, asked)
            handled.append(number)
    try:
        yield stop
    finally:
        for number in handled:
            loop.remove_signal_handler(number)
