"""How updates are received: what each goes through first, and the polling (webhook.py is the other way)."""

import asyncio
import logging
from collections.abc import Awaitable
from typing import Any

from telegram import Bot, Update
from telegram.ext import Application

from bot.channels.telegram.memory.inbox import JSON, Inbox
from bot.channels.telegram.options import Pace
from bot.channels.telegram.transport.health import Health
from bot.channels.telegram.transport.metrics import Metrics
from bot.channels.telegram.transport.per_chat import PerChatProcessor, waited

LOG = logging.getLogger(__name__)

ALLOWED_UPDATES = (
    *("message", "edited_message", "callback_query", "inline_query", "my_chat_member"),
    *("guest_message", "message_reaction"),
)
LAST_POLL = 3.0
# What is in hand is on the disk (inbox.py), so only memory limits it; and a button is seen only once it is fetched.
BACKLOG = 3000
# As many as one poll brings: then more are to be fetched, what is asked now among them, within some seconds.
_A_POLL = 100
_NEXT_POLL = 3.0
# Where something old was brought by a call of the webhook, the next follows at once if there is more.
_NEXT_CALL = 0.5
App = Application[Any, Any, Any, Any, Any, Any]


def kind_of(update: Update) -> str | None:
    """Return which field of an update says something, such as "message"; None if nobody heard of it yet."""
    return next((kind for kind in Update.ALL_TYPES if getattr(update, kind)), None)


class Reception:
    """What happens to an update before anything else: is it readable, is it new, is it written down."""

    def __init__(self, inbox: Inbox, metrics: Metrics, order: PerChatProcessor) -> None:
        self._inbox = inbox
        self._metrics = metrics
        self._order = order

    @property
    def full(self) -> bool:
        """Return whether more than 3000 updates wait or are being worked on."""
        return self._order.in_hand > BACKLOG

    def receive(self, updates: list[Any]) -> list[JSON]:
        """Return what a poll brought; what cannot be read, or came before, is only `{"update_id": n}`: ignored."""
        self._order.hold_backlog(_NEXT_POLL if len(updates) >= _A_POLL else 0.0)
        readable = [self._read(update)[0] for update in updates]
        return self._take([update for update in readable if isinstance(update["update_id"], int)])

    def receive_call(self, update: JSON, bot: Bot) -> Update | None:
        """Return what a call of the webhook brought; None for what cannot be read, or came before."""
        readable, read = self._read(update, bot)
        if read is None or self._take([readable]) != [update]:
            return None
        if waited(read):
            self._order.hold_backlog(_NEXT_CALL)
        return read

    def _read(self, update: Any, bot: Bot | None = None) -> tuple[JSON, Update | None]:
        """Return an update as it came and as it is read; for one that cannot be, or means nothing, only its number."""
        number = update.get("update_id") if isinstance(update, dict) else None
        read = None
        try:
            read = Update.de_json(update, bot)
        except Exception as error:  # noqa: BLE001 - whatever PTB raises here would wedge its loop
            self._metrics.events["unreadable"] += 1
            keys = sorted(update) if isinstance(update, dict) else []
            # Names of keys only: the values are people's words.
            LOG.warning("an update could not be read and is skipped: id %s, %s, %s", number, keys, type(error).__name__)
        return (update, read) if read is not None and kind_of(read) else ({"update_id": number}, None)

    def _take(self, updates: list[JSON]) -> list[JSON]:
        taken = self._inbox.take(updates)
        self._metrics.events["redelivered"] += sum(
            len(update) == 1 < len(was) for update, was in zip(taken, updates, strict=True)
        )
        return taken


class Polling:
    """We ask; a webhook that was set before is removed."""

    def __init__(self, app: App, pace: Pace, health: Health) -> None:
        self._app = app
        self._pace = pace
        self._health = health

    async def start(self) -> None:
        """Poll from now on; raises `TelegramError` when the first contact fails."""
        if self._app.updater is not None:
            await self._app.updater.start_polling(
                poll_interval=self._pace.interval,
                timeout=self._pace.poll,
                bootstrap_retries=0,
                allowed_updates=ALLOWED_UPDATES,
                error_callback=self._health.record_failure,
            )

    async def stop(self) -> None:
        """Fetch nothing any more, within 3.5 seconds."""
        if self._app.updater is not None and self._app.updater.running:
            await _bounded(self._app.updater.stop(), LAST_POLL)


async def _bounded(work: Awaitable[object], seconds: float) -> None:
    """Await `work`; cancel what still hangs after `seconds`, and again until it gives up (PTB needs two)."""
    task = asyncio.ensure_future(work)
    while not task.done():
        await asyncio.wait({task}, timeout=seconds)
        if not task.done():
            task.cancel()
            seconds = 0.5
    if not task.cancelled() and (error := task.exception()) is not None:
        LOG.warning("polling did not end cleanly (%s)", type(error).__name__)
