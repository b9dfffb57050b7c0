"""The life of the channel: reach Telegram, receive, answer, watch, and stop without losing a question in hand."""

import asyncio
import contextlib
import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import httpx
from telegram import Update
from telegram.ext import ApplicationBuilder

from bot.channels.notifying import READY, beating, notify
from bot.channels.stopping import stopping_signals
from bot.channels.telegram.access import language
from bot.channels.telegram.access.door import Door
from bot.channels.telegram.access.menus import introduce
from bot.channels.telegram.access.turn import ButtonTurn, MessageTurn
from bot.channels.telegram.conversation.services import Services
from bot.channels.telegram.memory.belonging import claim
from bot.channels.telegram.memory.inbox import Inbox
from bot.channels.telegram.memory.memory import Memory
from bot.channels.telegram.options import Answering, Pace, TelegramOptions
from bot.channels.telegram.owners.rebuild import MOST_CHECKED, question_set
from bot.channels.telegram.posts.channels import TAKEN
from bot.channels.telegram.routes import App, Router
from bot.channels.telegram.transport.delivery import Delivery
from bot.channels.telegram.transport.health import Health
from bot.channels.telegram.transport.instance_lock import single_instance
from bot.channels.telegram.transport.log_filter import redact_logs
from bot.channels.telegram.transport.metrics import Metrics
from bot.channels.telegram.transport.per_chat import PerChatProcessor
from bot.channels.telegram.transport.polling import Polling, Reception, kind_of
from bot.channels.telegram.transport.proxies import Way, proxy_to
from bot.channels.telegram.transport.requests import GuardedRequest, TidyRequest
from bot.channels.telegram.transport.shares import Origin, Shares
from bot.channels.telegram.transport.startup import reach
from index import IndexLibraryError

if TYPE_CHECKING:
    from bot.channels.telegram.transport.server import WebServer
    from bot.channels.telegram.transport.webhook import Webhook

LOG = logging.getLogger(__name__)

# PTB makes each queued update a task at once; only a dead PTB takes longer.
TO_TASKS = 1.0
# Each call looks at every connection that is kept for the next ones, and more than 16 are not in use for long.
CONNECTIONS = httpx.Limits(max_connections=64, max_keepalive_connections=16)
_PATIENT = Pace()


async def serve(
    options: TelegramOptions,
    answerer: Answering,
    *,
    stop: asyncio.Event | None = None,
    on_ready: Callable[[str], None] | None = None,
    pace: Pace = _PATIENT,
) -> int:
    """Answer in Telegram until `stop` is set; without `stop`, until SIGTERM, SIGINT or SIGHUP (a second one hurries).

    `on_ready` gets one text for the owner's terminal once updates come: the bot's name and, with access "paired", how
    to pair with the one-time code. Returns 0. Raises `TokenError` when the token is missing or was rejected three
    times, `ChannelError` when Telegram cannot be reached for `pace.dead` seconds, another program takes its updates, or
    another process answers from the same folder.

    `await serve(TelegramOptions(token, "https://api.telegram.org", "paired", frozenset(), folder), answerer)`
    """
    options.check()
    hurry = asyncio.Event()
    with redact_logs(options.token), stopping_signals(stop, hurry) as stopping, contextlib.ExitStack() as cleanup:
        cleanup.enter_context(single_instance(options.memory))
        before = claim(options.memory, options.bot, take_over=options.take_over)
        memory = cleanup.enter_context(contextlib.closing(Memory(options.memory)))
        inbox = cleanup.enter_context(contextlib.closing(Inbox(options.memory, options.bot)))
        memory.also_forget = inbox.forget
        channel = _Channel(options, answerer, memory, inbox, pace, stopping, hurry)
        await channel.run(on_ready, before)
    return 0


@dataclass
class _Channel:
    """One run of the channel, put together."""

    options: TelegramOptions
    answerer: Answering
    memory: Memory
    inbox: Inbox
    pace: Pace
    stop: asyncio.Event
    hurry: asyncio.Event

    def __post_init__(self) -> None:
        queue: asyncio.Queue[object] = asyncio.Queue()
        self._way = Way(self.options.root, proxy_to(self.options.root, self.options.proxy))
        self._metrics = Metrics()
        shares = Shares(time.monotonic, self.options.flood, self._trusts)
        self._order = PerChatProcessor(queue, self._finished, shares)
        self._health = Health(self.pace.unhealthy, self.pace.dead, self._way)
        self._delivery = Delivery(self.inbox, self._metrics, self._order.backlog.step_aside, second=self.pace.second)
        self._reception = Reception(self.inbox, self._metrics, self._order, queue, shares)
        self._app = self._build(queue)
        self._reception.bot = self._app.bot
        self._metrics.waiting = lambda: self._order.in_hand
        self._metrics.age = lambda: self._health.age
        self._metrics.find_generation = lambda: _generation(self.answerer)
        self._polling = Polling(self._app, self.pace, self._health)
        self._webhook: Webhook | None = None
        self._numbers: WebServer | None = None
        self._ready = False
        self._router: Router | None = None

    def _build(self, queue: asyncio.Queue[object]) -> App:
        options, read = self.options, self.pace.read
        wire: dict[str, Any] = {
            "read_timeout": read,
            "write_timeout": read,
            "connect_timeout": 5.0,
            "pool_timeout": 15.0,
        }
        way = self._way.httpx
        polls = GuardedRequest(
            self._health, self._reception, self.stop, connection_pool_size=1, httpx_kwargs=way, **wire
        )
        return (
            ApplicationBuilder()
            .token(options.token)
            .base_url(f"{options.root}/bot")
            .base_file_url(f"{options.root}/file/bot")
            .request(TidyRequest(httpx_kwargs=way | {"limits": CONNECTIONS}, **wire))
            .get_updates_request(polls)
            .rate_limiter(self._delivery)
            .update_queue(queue)
            .concurrent_updates(self._order)
            .job_queue(None)
            .build()
        )

    def _finished(self, update: object, seconds: float) -> None:
        if not isinstance(update, Update):
            return
        if update.effective_message is not None:
            self.memory.hear(update.effective_message.date.timestamp())
        # One without content came before, and may be in hand.
        if (kind := kind_of(update)) is not None:
            self.inbox.done(update.update_id)
            waiting = self._order.in_hand - 1
            self._metrics.updates[kind].add(seconds)
            chat = update.effective_chat.type if update.effective_chat else "none"
            LOG.info("done kind=%s chat=%s seconds=%.3f waiting=%d", kind, chat, seconds, waiting)

    def _trusts(self, origin: Origin) -> bool:
        """Return whether an update comes from an owner, or from a channel that one of them wants."""
        if origin.person is not None:
            return origin.person in self.memory.owners
        return origin.chat is not None and self.memory.channel(origin.chat) == TAKEN

    async def run(self, on_ready: Callable[[str], None] | None, before: int | None) -> None:
        """Run from the first contact to the last; raise what ended it, if that was not the stop.

        `before` is the bot whose folder it was until now.
        """
        beside: list[asyncio.Task[None]] = []
        try:
            await self._listen()
            if not await self._reach(self._app.bot.initialize):
                return
            services = Services(
                self._app.bot, self.answerer, self.memory, self.options, self.pace, self._metrics, self.inbox
            )
            self._router = Router(services, on_ready)
            self._router.register(self._app)
            await self._app.initialize()
            await self._app.start()
            self._resume(services)
            if not await self._reach((self._webhook or self._polling).start):
                return
            self._ready = True
            owners = [owner for owner in self.memory.owners if not self.memory.inactive(owner)]
            beside = [asyncio.create_task(introduce(self._app.bot, owners))]
            if (watcher := self.options.watcher) is not None:
                watcher.questions = lambda: question_set(self.memory.answers.judgements())[-MOST_CHECKED:]
                beside.append(asyncio.create_task(watcher.run(self._router.notices.tell)))
            if on_ready is not None:
                on_ready(self._ready_text(services.door, before))
            notify(READY)
            async with beating():
                await self._watch()
        finally:
            self._ready = False
            for task in beside:
                task.cancel()
            await asyncio.gather(*beside, return_exceptions=True)
            await self._close()
        if self._health.error is not None:
            raise self._health.error

    def _reach(self, call: Callable[[], Any]) -> Any:
        return reach(call, self._way, self.pace, self.stop)

    async def _listen(self) -> None:
        """Open the addresses of the webhook, of health and of the numbers; one address may serve all."""
        hook, address = self.options.webhook, self.options.metrics
        if hook is None and address is None:
            return
        from bot.channels.telegram.transport.server import WebServer, health_routes, metrics_route
        from bot.channels.telegram.transport.webhook import Webhook

        health = health_routes(self._health, lambda: self._ready and not self._reception.full)
        numbers = [] if address is None else [metrics_route(self._metrics)]
        shared = hook is not None and address == (hook.host, hook.port)
        if hook is not None:
            self._webhook = Webhook(self._app, hook, self.pace, self._health, self._metrics, self._reception)
            await self._webhook.serve(health + (numbers if shared else []))
        if address is not None and not shared:
            self._numbers = WebServer(*address, health + numbers)
            await self._numbers.start()

    def _resume(self, services: Services) -> None:
        """Take up what a killed process had in hand; whom it was already replying to, is asked to look."""
        waiting, replying = self.inbox.recover()
        for update in [Update.de_json(one, self._app.bot) for one in replying]:
            self._app.create_task(self._order.process_update(update, self._ask_to_look(update, services)), update)
        self._reception.resume(waiting)

    async def _ask_to_look(self, update: Update, services: Services) -> None:
        message, query, target = update.effective_message, update.callback_query, None
        if query is not None and query.message is not None:
            target = ButtonTurn.of(query, query.message, self.memory.language(query.message.chat.id)).target
        elif message is not None:
            target = MessageTurn.of(message, self.memory.language(message.chat.id)).target
        if target is not None:
            await services.sender.ask_to_look(target, "interrupted")

    def _ready_text(self, door: Door, before: int | None) -> str:
        name = self._app.bot.username
        lines = [language.READY.format(name=name)]
        if self.options.take_over:
            lines.append(language.TAKEN_OVER.format(owners=len(self.memory.owners)))
        elif before is not None:
            lines.append(language.ANOTHERS.format(folder=self.options.memory, before=before))
        if door.code is not None:
            lines.append(language.READY_PAIRING.format(name=name, code=door.code))
        if door.access == "paired":
            lines.append(language.READY_PRIVATE)
        return "\n".join(lines)

    async def _watch(self) -> None:
        signs = {asyncio.ensure_future(self.stop.wait()), asyncio.ensure_future(self._health.fatal.wait())}
        try:
            while not any(sign.done() for sign in signs):
                await asyncio.wait(signs, timeout=self.pace.watch, return_when=asyncio.FIRST_COMPLETED)
                self._health.check()
        finally:
            for sign in signs:
                sign.cancel()

    async def _close(self) -> None:
        """Stop receiving, answer what is in hand within the deadline, close the connections."""
        app = self._app
        await (self._webhook or self._polling).stop()
        if self._router is not None:
            await self._router.close()
        if app.running:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(TO_TASKS):
                    while app.update_queue.qsize() and not self.hurry.is_set():
                        await asyncio.sleep(0.005)
            # What left the queue last becomes a task that `drain` sees in this round of the loop.
            await asyncio.sleep(0)
            if unfinished := await self._order.drain(self.pace.drain, self.hurry, self._delivery.pause):
                LOG.warning("stopped with %d updates in hand; they are taken up at the next start", unfinished)
            await app.stop()
        for server in (self._webhook, self._numbers):
            if server is not None:
                await server.close()
        await app.shutdown()
        await app.bot.shutdown()


def _generation(answerer: Answering) -> int:
    try:
        return answerer.articles.generation
    except IndexLibraryError:
        return 0
