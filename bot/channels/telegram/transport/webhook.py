"""The other way in which updates are received: Telegram calls us, behind a proxy that ends TLS."""

import asyncio
import contextlib
import hmac
import json
import logging
import time
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from telegram.error import BadRequest, InvalidToken, TelegramError

from bot.channels.telegram.memory.inbox import JSON
from bot.channels.telegram.options import Pace, WebhookOptions
from bot.channels.telegram.transport.health import REJECTIONS, Health
from bot.channels.telegram.transport.metrics import Metrics
from bot.channels.telegram.transport.polling import ALLOWED_UPDATES, App, Reception
from bot.channels.telegram.transport.server import WebServer
from bot.errors import ChannelError

LOG = logging.getLogger(__name__)

LARGEST_BODY = 1024 * 1024
RETRY_AFTER_FULL = 5
RETRY_AFTER_CLOSED = 1
SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105 - the name of a header
_MINUTE = 60.0
# What the inbox can count to.
_LARGEST_NUMBER = 2**63 - 1


class Webhook:
    """Telegram calls us; it is set at the start, looked after, and left at the stop, so that nothing is missed.

    Only who knows the secret is heard; nothing of a stranger's call is logged. While 3000 updates wait, messages are
    put off with 503 and Retry-After, which Telegram honours; buttons and inline queries pass. When closed, all is
    put off.
    """

    def __init__(
        self, app: App, options: WebhookOptions, pace: Pace, health: Health, metrics: Metrics, reception: Reception
    ) -> None:
        self._app = app
        self._options = options
        self._pace = pace
        self._health = health
        self._metrics = metrics
        self._reception = reception
        self._closed = True
        self._calls: dict[int, JSON] = {}
        self._taking: asyncio.Task[None] | None = None
        self._server: WebServer | None = None
        self._watcher: asyncio.Task[None] | None = None
        self._last_error = 0
        self._warned_at = -_MINUTE

    async def serve(self, more: list[Route]) -> None:
        """Listen for Telegram, and serve `more` routes. Raises `ChannelError` when the address is taken."""
        paths = {"/hook", urlsplit(self._options.url).path or "/"}
        routes = [Route(path, self._receive, methods=["POST"]) for path in sorted(paths)]
        self._server = WebServer(self._options.host, self._options.port, routes + more)
        await self._server.start()

    async def _receive(self, request: Request) -> Response:
        if not hmac.compare_digest(request.headers.get(SECRET_HEADER, "").encode(), self._options.secret.encode()):
            self._note_stranger()
            return Response(status_code=403)
        body = await _read_body(request)
        if body is None:
            return Response(status_code=413)
        if (update := _parse(body)) is None:
            return Response(status_code=400)
        overtakes = "callback_query" in update or "inline_query" in update
        if self._closed:
            return _put_off(RETRY_AFTER_CLOSED)
        if self._reception.full and not overtakes:
            self._metrics.events["busy"] += 1
            return _put_off(RETRY_AFTER_FULL)
        await self._take(update)
        return Response(status_code=200)

    async def _take(self, update: JSON) -> None:
        """Take what a call brought, with what others bring in this round of the loop: the disk is awaited once for all.

        Raises for all of them what goes wrong, so that none is acknowledged that is not written down.
        """
        if self._taking is None:
            self._taking = asyncio.create_task(self._take_calls())
        self._calls.setdefault(update["update_id"], update)
        # Whoever hangs up takes nobody along.
        await asyncio.shield(self._taking)

    async def _take_calls(self) -> None:
        calls, self._calls, self._taking = self._calls, {}, None
        self._reception.receive_calls(list(calls.values()))

    def _note_stranger(self) -> None:
        self._metrics.events["bad secret"] += 1
        if time.monotonic() - self._warned_at >= _MINUTE:
            self._warned_at = time.monotonic()
            LOG.warning("somebody called the webhook without its secret; keep its address between proxy and bot")

    async def start(self) -> None:
        """Tell Telegram where to call. Raises `ChannelError` when it refuses, `TelegramError` when it is away."""
        self._closed = False
        await self._set()
        self._health.record_success()
        self._watcher = asyncio.create_task(self._watch())

    async def _set(self) -> None:
        try:
            await self._app.bot.set_webhook(
                self._options.url, secret_token=self._options.secret, allowed_updates=ALLOWED_UPDATES
            )
        except BadRequest as error:
            raise ChannelError(f"Telegram refuses the webhook: {error.message}; mend telegram_webhook_url") from error

    async def _watch(self) -> None:
        pause = self._pace.check
        while True:
            await asyncio.sleep(pause)
            pause = self._pace.check
            try:
                info = await self._app.bot.get_webhook_info()
                if info.url != self._options.url:
                    self._health.record_conflict("sets or removes the webhook")
                    await self._set()
            except InvalidToken:
                times = self._health.count_rejection()
                LOG.warning("the token was refused while looking after the webhook (%d of %d)", times, REJECTIONS)
                pause = self._pace.retry
                continue
            except ChannelError as error:
                # What lasts shows in the health, and ends the channel in the end.
                LOG.warning("%s", error)
                continue
            except TelegramError as error:
                self._health.record_failure(error, "looking after the webhook")
                continue
            self._health.record_success()
            failed = int(info.last_error_date.timestamp()) if info.last_error_date else 0
            if failed > self._last_error:
                self._last_error = failed
                LOG.warning("Telegram could not reach the webhook: %s", info.last_error_message)

    async def stop(self) -> None:
        """Take nothing any more: what comes now is put off, and comes again after the next start."""
        self._closed = True
        if self._taking is not None:
            await asyncio.wait({self._taking})
        if self._watcher is not None:
            self._watcher.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._watcher

    async def close(self) -> None:
        """Stop listening."""
        if self._server is not None:
            await self._server.close()


def _parse(body: bytes) -> JSON | None:
    try:
        update = json.loads(body)
    except (ValueError, RecursionError):
        return None
    number = update.get("update_id") if isinstance(update, dict) else None
    return update if isinstance(number, int) and 0 <= number <= _LARGEST_NUMBER else None


def _put_off(seconds: int) -> Response:
    return Response(status_code=503, headers={"Retry-After": str(seconds)})


async def _read_body(request: Request) -> bytes | None:
    """Return the body, None when it is beyond a megabyte; then the rest is not read."""
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > LARGEST_BODY:
            return None
    return bytes(body)
