"""The HTTP server of the channel, and what it shows: health for a supervisor, numbers for Prometheus."""

import asyncio
from collections.abc import Callable
from http import HTTPStatus
from typing import Final

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bot.channels.connections import ConnectionLimits, Connections
from bot.channels.figures import exposition
from bot.channels.listening import QuietServer, guarded, listener
from bot.channels.protocol import Refusal
from bot.channels.telegram.transport.health import Health
from bot.channels.telegram.transport.metrics import Metrics

# Telegram opens 40 connections at most; a proxy keeps them for a minute, and must not find one closed.
LIMITS: Final = ConnectionLimits(connections=256, of_one_client=256)
_KEPT: Final = 75
_STATUS: Final[dict[Refusal, int]] = {"malformed": 400, "slow": 408, "too-large": 431, "busy": 503}


def health_routes(health: Health, ready: Callable[[], bool]) -> list[Route]:
    """Return `/healthz`, 200 until the channel is over, and `/readyz`, 200 while it answers."""

    async def healthz(_: Request) -> Response:
        return _state(health.error is None, health)

    async def readyz(_: Request) -> Response:
        return _state(ready() and health.healthy, health)

    return [Route("/healthz", healthz), Route("/readyz", readyz)]


def _state(good: bool, health: Health) -> Response:
    body = {"ok": good, "poll_age_seconds": round(health.age, 1)}
    return JSONResponse(body, status_code=200 if good else 503)


def metrics_route(metrics: Metrics) -> Route:
    """Return `/metrics` in Prometheus' text form. Raises `MissingExtraError` without prometheus-client."""
    exposition(metrics)

    async def exposed(_: Request) -> Response:
        metrics.generation = await asyncio.to_thread(metrics.find_generation)
        return Response(exposition(metrics), media_type="text/plain; version=0.0.4; charset=utf-8")

    return Route("/metrics", exposed)


class WebServer:
    """Serve routes at an address, in the running loop, until `close()`. The signals stay the channel's.

    Who comes may be the proxy that ends TLS, so that one client may have all connections there are.
    """

    def __init__(self, host: str, port: int, routes: list[Route]) -> None:
        self._host, self._port = host, port
        config = uvicorn.Config(
            Starlette(routes=routes),
            log_config=None,
            access_log=False,
            lifespan="off",
            server_header=False,
            http=guarded(LIMITS, Connections(LIMITS), _written),
            ws="none",
            timeout_keep_alive=_KEPT,
            timeout_graceful_shutdown=1,
        )
        self._server = QuietServer(config)
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> int:
        """Listen; return the port (0: the system chose). Raises `ChannelError` when the address is taken."""
        bound = listener(self._host, self._port)
        self._task = asyncio.create_task(self._server.serve([bound]))
        while not (self._server.started or self._task.done()):
            await asyncio.sleep(0.002)
        return int(bound.getsockname()[1])

    async def close(self) -> None:
        """End what is being served, within a second."""
        if self._task is not None:
            self._server.should_exit = True
            await self._task


def _written(refusal: Refusal, status: int) -> bytes:
    code = status or _STATUS[refusal]
    later = "Retry-After: 1\r\n" if refusal == "busy" else ""
    head = f"HTTP/1.1 {code} {HTTPStatus(code).phrase}\r\n{later}"
    return f"{head}Content-Length: 0\r\nConnection: close\r\n\r\n".encode()
