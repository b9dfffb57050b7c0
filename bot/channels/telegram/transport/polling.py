"""How updates are received: what each goes through first, and the polling (webhook.py is the other way)."""

import asyncio
import logging
import time
from collections.abc import Awaitable
from typing import Any

from telegram import Bot, Update
from telegram.ext import Application

from bot.channels.telegram.memory.inbox import JSON, Inbox
from bot.channels.telegram.options import Pace
from bot.channels.telegram.transport.health import Health
from bot.channels.telegram.transport.metrics import Metrics
from bot.channels.telegram.transport.per_chat import PerChatProcessor, lane_of, waited, waited_in
from bot.channels.telegram.transport.shares import Shares, is_talk

LOG = logging.getLogger(__name__)

ALLOWED_UPDATES = (
    *("message", "edited_message", "callback_query", "inline_query", "my_chat_member"),
    *("guest_message", "message_reaction", "channel_post", "edited_channel_post"),
)
LAST_POLL = 3.0
# What is in hand is on the disk (inbox.py), so only memory limits it; and a button is seen only once it is fetched.
BACKLOG = 3000
# As many as one poll brings: then more are to be fetched, what is asked now among them, within some seconds.
_A_POLL = 100
_NEXT_POLL = 3.0
# Where something old was brought by a call of the webhook, the next follows at once if there is more.
_NEXT_CALL = 0.5
_MINUTE = 60.0
App = Application[Any, Any, Any, Any, Any, Any]


def kind_of(update: Update) -> str | None:
    """Return which field of an update says something, such as "message"; None if nobody heard of it yet."""
    return next((kind for kind in Update.ALL_TYPES if getattr(update, kind)), None)


class Reception:
    """What happens to an update before anything else: is it new, is there room for it, is it written down, is it
    readable. What one person sends beyond measure, and what people of a group say to each other, is let go at once.

    One that waited for the start goes to the backlog, and is read when its turn comes; then it is put into `queue`.
    """

    def __init__(
        self, inbox: Inbox, metrics: Metrics, order: PerChatProcessor, queue: asyncio.Queue[object], shares: Shares
    ) -> None:
        self._inbox = inbox
        self._shares = shares
        self._metrics = metrics
        self._order = order
        self._backlog = order.backlog
        self._backlog.begin = self._begin
        self._queue = queue
        self._warned_at = -_MINUTE
        self.bot: Bot | None = None

    @property
    def full(self) -> bool:
        """Return whether more than 3000 updates wait or are being worked on."""
        return self._order.in_hand > BACKLOG

    def receive(self, updates: list[Any]) -> list[JSON]:
        """Take what a poll brought; return of it what confirms it all: the last number, with nothing to do."""
        self._backlog.hold(_NEXT_POLL)
        numbered = [update for update in updates if isinstance(_number(update), int)]
        if len(numbered) < len(updates):
            self._note_unreadable({}, "no number")
        self.resume(self._take(self._wanted(numbered)))
        if len(updates) < _A_POLL:
            self._backlog.hold(0.0)
        return [{"update_id": update["update_id"]} for update in numbered[-1:]]

    def receive_calls(self, updates: list[JSON]) -> None:
        """Take what calls of the webhook brought."""
        if any(waited_in(update) is not None for update in updates):
            self._backlog.hold(_NEXT_CALL)
        self.resume(self._take(self._wanted(updates)))

    def resume(self, updates: list[JSON]) -> None:
        """Go on with updates that are written down; of one that is only a number, nothing is left to do."""
        for update in updates:
            if (lane := waited_in(update)) is not None:
                self._backlog.put(lane, update)
            elif len(update) > 1:
                self._begin(update)

    def _begin(self, update: JSON) -> bool:
        """Let an update be worked on; return whether it can be, and means something."""
        number = update["update_id"]
        try:
            read = Update.de_json(update, self.bot)
        except Exception as error:  # noqa: BLE001 - whatever PTB raises here would end its loop
            self._note_unreadable(update, type(error).__name__)
            read = None
        if read is None or kind_of(read) is None:
            self._inbox.done(number)
            self._shares.leave(number)
            return False
        if (lane := lane_of(read)) is not None and not waited(read):
            self._backlog.hurry(lane)
        self._queue.put_nowait(read)
        return True

    def _note_unreadable(self, update: JSON, cause: str) -> None:
        self._metrics.events["unreadable"] += 1
        # Names of keys only: the values are people's words.
        number, keys = _number(update), sorted(update)
        LOG.warning("an update could not be read and is skipped: id %s, %s, %s", number, keys, cause)

    def _wanted(self, updates: list[JSON]) -> list[JSON]:
        """Return what is worked on, or was before; the rest is let go."""
        return [update for update in updates if self._inbox.knows(update["update_id"]) or self._is_wanted(update)]

    def _is_wanted(self, update: JSON) -> bool:
        if is_talk(update):
            return False
        if self._shares.enter(update, waited=waited_in(update) is not None):
            return True
        self._metrics.events["let go"] += 1
        if time.monotonic() - self._warned_at >= _MINUTE:
            self._warned_at = time.monotonic()
            LOG.warning(
                "somebody sends more than one person may; it is let go (%d so far)", self._metrics.events["let go"]
            )
        return False

    def _take(self, updates: list[JSON]) -> list[JSON]:
        taken = self._inbox.take(updates)
        self._metrics.events["redelivered"] += sum(
            len(update) == 1 < len(was) for update, was in zip(taken, updates, strict=True)
        )
        return taken


def _number(update: Any) -> Any:
    return update.get("update_id") if isinstance(update, dict) else None


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
