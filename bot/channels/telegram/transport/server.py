"""The HTTP server of the channel: Telegram's webhook, health for a supervisor, numbers for Prometheus."""

import asyncio
import contextlib
import hmac
import json
import logging
import socket
from collections.abc import Callable, Iterator
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bot.channels.telegram.transport.health import Health
from bot.channels.telegram.transport.metrics import Metrics
from bot.errors import ChannelError

LOG = logging.getLogger(__name__)

LARGEST_BODY = 1024 * 1024
RETRY_AFTER_FULL = 5
RETRY_AFTER_CLOSED = 1
SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105 - the name of a header
_MINUTE = 60.0


def health_routes(health: Health, ready: Callable[[], bool]) -> list[Route]:
    """`/healthz`: 200 until the channel is over, for a supervisor that restarts it; `/readyz`: 200 while it answers."""

    async def healthz(_: Request) -> Response:
        return _state(health.error is None, health)

    async def readyz(_: Request) -> Response:
        return _state(ready() and health.good_enough, health)

    return [Route("/healthz", healthz), Route("/readyz", readyz)]


def _state(good: bool, health: Health) -> Response:
    body = {"ok": good, "poll_age_seconds": round(health.age, 1)}
    return JSONResponse(body, status_code=200 if good else 503)


def metrics_route(metrics: Metrics) -> Route:
    """`/metrics` in Prometheus' text form. Raises `MissingExtraError` at once without prometheus-client."""
    metrics.exposition()

    async def exposed(_: Request) -> Response:
        return Response(metrics.exposition(), media_type="text/plain; version=0.0.4; charset=utf-8")

    return Route("/metrics", exposed)


class Hook:
    """The receiving end of the webhook. Only who knows the secret is heard; nothing of a stranger's call is logged.

    `take` gets each update as a dict. While `full()`, messages are put off with 503 and Retry-After, which Telegram
    honours; buttons and inline queries pass. While `closed()`, everything is put off.
    """

    def __init__(
        self,
        secret: str,
        take: Callable[[list[dict[str, Any]]], None],
        full: Callable[[], bool],
        closed: Callable[[], bool],
        metrics: Metrics,
    ) -> None:
        self._secret = secret.encode()
        self._take = take
        self._full = full
        self._closed = closed
        self._metrics = metrics
        self._warned = -_MINUTE

    async def called(self, request: Request) -> Response:
        if not hmac.compare_digest(request.headers.get(SECRET_HEADER, "").encode(), self._secret):
            self._stranger()
            return Response(status_code=403)
        body = await _capped(request)
        if body is None:
            return Response(status_code=413)
        if (update := _update(body)) is None:
            return Response(status_code=400)
        overtakes = "callback_query" in update or "inline_query" in update
        if self._closed():
            return _put_off(RETRY_AFTER_CLOSED)
        if self._full() and not overtakes:
            self._metrics.events["busy"] += 1
            return _put_off(RETRY_AFTER_FULL)
        self._take([update])
        return Response(status_code=200)

    def _stranger(self) -> None:
        self._metrics.events["bad secret"] += 1
        now = asyncio.get_running_loop().time()
        if now - self._warned >= _MINUTE:
            self._warned = now
            LOG.warning("somebody called the webhook without its secret; keep its address between proxy and bot")


def _update(body: bytes) -> dict[str, Any] | None:
    try:
        update = json.loads(body)
    except ValueError:
        return None
    return update if isinstance(update, dict) and isinstance(update.get("update_id"), int) else None


def _put_off(seconds: int) -> Response:
    return Response(status_code=503, headers={"Retry-After": str(seconds)})


async def _capped(request: Request) -> bytes | None:
    """The body, or None when it is beyond a megabyte; then the rest is not read."""
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > LARGEST_BODY:
            return None
    return bytes(body)


class WebServer:
    """Serves routes at an address, in the running loop, until `close()`. The signals stay the channel's."""

    def __init__(self, host: str, port: int, routes: list[Route]) -> None:
        self._host, self._port = host, port
        config = uvicorn.Config(
            Starlette(routes=routes),
            log_config=None,
            access_log=False,
            lifespan="off",
            server_header=False,
            ws="none",
            timeout_graceful_shutdown=1,
        )
        self._server = _Quiet(config)
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> int:
        """Listens; the port, which with port 0 the system chose. Raises `ChannelError` when the address is taken."""
        family = socket.AF_INET6 if ":" in self._host else socket.AF_INET
        listener = socket.socket(family, socket.SOCK_STREAM)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((self._host, self._port))
        except OSError as error:
            listener.close()
            raise ChannelError(
                f"{self._host}:{self._port}: {error.strerror}; stop what listens there, or choose another address"
            ) from error
        self._task = asyncio.create_task(self._server.serve([listener]))
        while not (self._server.started or self._task.done()):
            await asyncio.sleep(0.002)
        return int(listener.getsockname()[1])

    async def close(self) -> None:
        """Ends what is being served, within a second."""
        if self._task is not None:
            self._server.should_exit = True
            await self._task


class _Quiet(uvicorn.Server):
    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield
