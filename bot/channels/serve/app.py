"""The life of the channel: listen, answer, and stop without breaking an answer off."""

import asyncio
import contextlib
import logging
import socket
from collections.abc import Callable, Sequence
from functools import cached_property
from typing import Final, Protocol

import uvicorn
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route, Router
from starlette.types import ASGIApp
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from bot.answer import Answerer
from bot.channels.connections import Connections
from bot.channels.figures import exposition
from bot.channels.listening import QuietServer, guarded, listener
from bot.channels.notifying import READY, beating, notify
from bot.channels.serve import openapi
from bot.channels.serve.api import VARY, Library, answering, health
from bot.channels.serve.endpoints import endpoints
from bot.channels.serve.gate import Gate
from bot.channels.serve.metrics import Metrics
from bot.channels.serve.options import ServeOptions
from bot.channels.serve.pages import Pages, told
from bot.channels.serve.problems import ProblemError, written
from bot.channels.serve.variants import Tags, packed
from bot.channels.serve.worker import Worker
from bot.channels.stopping import stopping_signals
from bot.errors import MissingExtraError

LOG = logging.getLogger(__name__)

# A piece of work that takes longer has come to grief.
_STUCK: Final = 60.0
_BACKLOG: Final = 1024


class Mounted(Protocol):
    """What is answered beside the page and the API, at paths of its own, while it is `running`."""

    @property
    def routes(self) -> Sequence[Route]:
        """The paths."""

    def running(self) -> contextlib.AbstractAsyncContextManager[None]:
        """Answer within."""


Mount = Callable[[Library, ServeOptions], Mounted]


async def serve(
    options: ServeOptions,
    answerer: Answerer,
    *,
    mount: Mount | None = None,
    stop: asyncio.Event | None = None,
    on_ready: Callable[[str], None] | None = None,
) -> int:
    """Answer over HTTP until `stop` is set; without `stop`, until SIGTERM, SIGINT or SIGHUP (a second one hurries).

    `on_ready` gets the address of the page once it answers; `mount` makes what else is answered. Returns 0. Raises
    `TokenError` where everybody could ask without anybody having said so, `ChannelError` when the address is taken.

    `await serve(ServeOptions("127.0.0.1", 8321, "quoth 1.0", "quoth 1.0"), answerer)`
    """
    options.check()
    hurry = asyncio.Event()
    with stopping_signals(stop, hurry) as stopping:
        await _Channel(options, answerer, mount).run(on_ready, stopping, hurry)
    return 0


class _Channel:
    """One run of the channel, put together."""

    def __init__(self, options: ServeOptions, answerer: Answerer, mount: Mount | None) -> None:
        self._options = options
        self._worker = Worker(options.limits)
        self._connections = Connections(options.limits, options.proxies)
        self._metrics = Metrics()
        self._metrics.waiting = lambda: self._worker.waiting
        self._metrics.connections = lambda: self._connections.count
        self._library = Library(answerer, self._worker, Tags(options.identity), options.limits, self._metrics)
        self._mounted = mount(self._library, options) if mount is not None else None
        self._endpoints = endpoints(options.version, self._library.answered)
        self._gate = Gate(Router(self._routes(), redirect_slashes=False), options, self._metrics, told)

    @cached_property
    def _description(self) -> bytes:
        # Takes 20 ms, and few ask for it.
        return openapi.document(self._endpoints, self._options.version)

    def _routes(self) -> list[Route]:
        api = [
            Route(one.path, answering(one, self._library), methods=[one.method], name=one.name)
            for one in self._endpoints
        ]
        own = [
            Route("/openapi.json", self._described),
            Route("/healthz", self._alive),
            Route("/readyz", self._ready),
            Route("/metrics", self._counted),
        ]
        mounted = self._mounted.routes if self._mounted is not None else ()
        return [*Pages(self._library).routes(), *api, *own, *mounted]

    async def _described(self, request: Request) -> Response:
        body, more = packed(self._description, request.headers)
        return Response(body, 200, {**more, "Cache-Control": "no-cache", "Vary": VARY}, "application/json")

    async def _alive(self, _: Request) -> Response:
        return health(not self._worker.is_stuck(_STUCK))

    async def _ready(self, request: Request) -> Response:
        if self._gate.is_draining or self._worker.is_stuck(_STUCK):
            return health(False)
        try:
            await self._library.run(request, self._library.pinned)
        except ProblemError:
            return health(False)
        return health(True)

    async def _counted(self, _: Request) -> Response:
        try:
            body = exposition(self._metrics)
        except MissingExtraError as error:
            raise ProblemError("not-found", f"{str(error)[:1].upper()}{str(error)[1:]}.") from None
        return Response(body, media_type="text/plain; version=0.0.4; charset=utf-8")

    async def run(self, on_ready: Callable[[str], None] | None, stop: asyncio.Event, hurry: asyncio.Event) -> None:
        """Answer until the stop, and end what is in hand."""
        options, limits = self._options, self._options.limits
        bound = listener(options.host, options.port)
        app: ASGIApp = self._gate
        if options.proxies:
            app = ProxyHeadersMiddleware(app, list(options.proxies))  # type: ignore[arg-type, assignment]
        config = uvicorn.Config(
            app,
            http=guarded(limits, self._connections, written),
            log_config=None,
            access_log=False,
            lifespan="off",
            server_header=False,
            proxy_headers=False,
            ws="none",
            backlog=_BACKLOG,
            timeout_keep_alive=options.idle,  # type: ignore[arg-type]
            timeout_graceful_shutdown=limits.grace,  # type: ignore[arg-type]
        )
        server = QuietServer(config)
        task = asyncio.create_task(server.serve([bound]))
        try:
            running = self._mounted.running() if self._mounted is not None else contextlib.nullcontext()
            async with beating(lambda: not self._worker.is_stuck(_STUCK)), running:
                await self._answer(server, task, on_ready, bound, stop, hurry)
        finally:
            server.should_exit = True
            server.force_exit = hurry.is_set()
            await task
            self._worker.close()

    async def _answer(
        self,
        server: QuietServer,
        task: "asyncio.Task[None]",
        on_ready: Callable[[str], None] | None,
        bound: socket.socket,
        stop: asyncio.Event,
        hurry: asyncio.Event,
    ) -> None:
        """Answer until the stop, and drain."""
        while not (server.started or task.done()):
            await asyncio.sleep(0.002)
        if on_ready is not None:
            on_ready(_address(self._options.host, bound.getsockname()[1]))
        notify(READY)
        waiting = asyncio.ensure_future(stop.wait())
        await asyncio.wait([waiting, task], return_when=asyncio.FIRST_COMPLETED)
        waiting.cancel()
        await self._drain(hurry)
        server.should_exit = True

    async def _drain(self, hurry: asyncio.Event) -> None:
        """Tell clients to go elsewhere while they are still answered, so that no request meets a closed connection."""
        self._gate.is_draining = True
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(self._options.limits.drain):
                await hurry.wait()


def _address(host: str, port: int) -> str:
    shown = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host) or (f"[{host}]" if ":" in host else host)  # noqa: S104
    return f"http://{shown}:{port}/"
