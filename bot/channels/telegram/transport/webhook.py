"""The other way in which updates are received: Telegram calls us, behind a proxy that ends TLS."""

import asyncio
import contextlib
import logging
from urllib.parse import urlsplit

from starlette.routing import Route
from telegram import Update
from telegram.error import BadRequest, TelegramError

from bot.channels.telegram.memory.inbox import JSON
from bot.channels.telegram.options import Pace, WebhookOptions
from bot.channels.telegram.transport.health import Health
from bot.channels.telegram.transport.metrics import Metrics
from bot.channels.telegram.transport.polling import ALLOWED_UPDATES, App, Reception
from bot.channels.telegram.transport.server import Hook, WebServer
from bot.errors import ChannelError

LOG = logging.getLogger(__name__)


class Webhook:
    """Telegram calls us; it is set at the start, looked after, and left at the stop, so that nothing is missed."""

    def __init__(
        self, app: App, options: WebhookOptions, pace: Pace, health: Health, metrics: Metrics, backlog: int
    ) -> None:
        self._app = app
        self._options = options
        self._pace = pace
        self._health = health
        self._metrics = metrics
        self._backlog = backlog
        self._closed = True
        self._server: WebServer | None = None
        self._looking: asyncio.Task[None] | None = None
        self._told_error = 0

    async def serve(self, reception: Reception, more: list[Route]) -> None:
        """Listens for Telegram, and serves `more` routes. Raises `ChannelError` when the address is taken."""

        def take(updates: list[JSON]) -> None:
            for update in reception.taken(updates):
                self._app.update_queue.put_nowait(Update.de_json(update, self._app.bot))

        def full() -> bool:
            return self._metrics.waiting() > self._backlog

        hook = Hook(self._options.secret, take, full, lambda: self._closed, self._metrics)
        paths = {"/hook", urlsplit(self._options.url).path or "/"}
        routes = [Route(path, hook.called, methods=["POST"]) for path in sorted(paths)]
        self._server = WebServer(self._options.host, self._options.port, routes + more)
        await self._server.start()

    async def start(self) -> None:
        """Tells Telegram where to call. Raises `ChannelError` when it refuses, `TelegramError` when it is away."""
        self._closed = False
        await self._set()
        self._health.good()
        self._looking = asyncio.create_task(self._look_after())

    async def _set(self) -> None:
        try:
            await self._app.bot.set_webhook(
                self._options.url, secret_token=self._options.secret, allowed_updates=ALLOWED_UPDATES
            )
        except BadRequest as error:
            raise ChannelError(f"Telegram refuses the webhook: {error.message}; mend telegram_webhook_url") from error

    async def _look_after(self) -> None:
        while True:
            await asyncio.sleep(self._pace.check)
            try:
                info = await self._app.bot.get_webhook_info()
                if info.url != self._options.url:
                    self._health.conflict("sets or removes the webhook")
                    await self._set()
            except (TelegramError, ChannelError) as error:
                # What lasts shows in the health, and ends the channel in the end.
                LOG.warning("the webhook could not be looked after (%s)", type(error).__name__)
                continue
            self._health.good()
            failed = int(info.last_error_date.timestamp()) if info.last_error_date else 0
            if failed > self._told_error:
                self._told_error = failed
                LOG.warning("Telegram could not reach the webhook: %s", info.last_error_message)

    async def stop(self) -> None:
        """Takes nothing any more: what comes now is put off, and comes again after the next start."""
        self._closed = True
        if self._looking is not None:
            self._looking.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._looking

    async def close(self) -> None:
        """Stops listening."""
        if self._server is not None:
            await self._server.close()
