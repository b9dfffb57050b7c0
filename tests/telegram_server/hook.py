"""The sending side of a webhook, as the public Bot API server does it: in order per chat, again until it is taken.

A reply that is not 2xx, or none, brings the update again: at once after the first failure, then after a delay that
doubles; after `Retry-After` seconds if the reply says so. Updates of one chat wait for each other, those of different
chats or kinds do not. A webhook that says 410 for `patience` seconds is dropped.
"""

import asyncio
import time
from collections.abc import Callable

import aiohttp

from tests.telegram_server.wire import JSON

HEADER = "X-Telegram-Bot-Api-Secret-Token"
LONGEST_DELAY = 60.0
LONGEST_RETRY_AFTER = 3600.0


class Webhook:
    """One webhook and its deliveries. `updates` is the server's queue; what was taken is removed from it."""

    def __init__(
        self, url: str, secret: str, connections: int, updates: list[JSON], *, delay: float, patience: float
    ) -> None:
        self.url, self.secret, self.connections = url, secret, connections
        self._last_error, self.failed_at = "", 0
        self.gone = False
        self.deliveries: list[tuple[int, int]] = []
        self._updates = updates
        self._delay, self._patience = delay, patience
        self._delays: dict[int, float] = {}
        self._wakeups: dict[int, float] = {}
        self._busy: dict[tuple[str, int], asyncio.Task[None]] = {}
        self._gone_since: float | None = None
        self._awake = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    @property
    def last_error(self) -> str:
        """What went wrong with the last delivery that failed, at `failed_at` seconds of Unix time."""
        return self._last_error

    @last_error.setter
    def last_error(self, told: str) -> None:
        self._last_error, self.failed_at = told, int(time.time())

    def start(self, changed: Callable[["Webhook"], None]) -> None:
        """Begins to deliver; `changed` hears of every delivery that ended."""
        self._task = asyncio.create_task(self._run(changed))

    def wake(self) -> None:
        """Looks again for something to deliver."""
        self._awake.set()

    async def close(self) -> None:
        """Ends the deliveries; those under way may or may not arrive."""
        tasks = [task for task in (self._task, *self._busy.values()) if task is not None]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _run(self, changed: Callable[["Webhook"], None]) -> None:
        async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=60)) as session:
            while not self.gone:
                self._awake.clear()
                soonest = self._start_due(session, changed)
                try:
                    async with asyncio.timeout(soonest):
                        await self._awake.wait()
                except TimeoutError:
                    continue

    def _start_due(self, session: aiohttp.ClientSession, changed: Callable[["Webhook"], None]) -> float | None:
        """Starts what can go now; seconds until the next can, None when nothing waits for a moment."""
        now, seen, soonest = time.monotonic(), set(self._busy), None
        for update in self._updates:
            queue = _queue(update)
            if queue in seen:
                continue
            if len(self._busy) >= self.connections:
                return soonest
            seen.add(queue)
            wait = self._wakeups.get(update["update_id"], now) - now
            if wait > 0:
                soonest = min(wait, soonest or wait)
            else:
                self._busy[queue] = asyncio.create_task(self._deliver(session, queue, update, changed))
        return soonest

    async def _deliver(
        self,
        session: aiohttp.ClientSession,
        queue: tuple[str, int],
        update: JSON,
        changed: Callable[["Webhook"], None],
    ) -> None:
        status, retry_after = await self._post(session, update)
        number = update["update_id"]
        self.deliveries.append((number, status))
        if 200 <= status < 300:
            if update in self._updates:
                self._updates.remove(update)
            self._gone_since = None
        else:
            self._failed(number, status, retry_after)
        self._busy.pop(queue, None)
        changed(self)
        self.wake()

    async def _post(self, session: aiohttp.ClientSession, update: JSON) -> tuple[int, float]:
        headers = {HEADER: self.secret} if self.secret else {}
        try:
            async with session.post(self.url, json=update, headers=headers) as got:
                await got.read()
                wait = got.headers.get("Retry-After", "0")
                return got.status, float(wait) if wait.isdigit() else 0.0
        except (aiohttp.ClientError, TimeoutError):
            return 0, 0.0

    def _failed(self, number: int, status: int, retry_after: float) -> None:
        self.last_error = f"Wrong response from the webhook: {status}" if status else "Connection refused"
        now = time.monotonic()
        if status != 410:
            self._gone_since = None
        elif self._gone_since is None:
            self._gone_since = now
        elif now - self._gone_since > self._patience:
            self.gone = True
        if retry_after:
            wait = min(retry_after, LONGEST_RETRY_AFTER)
        elif number in self._delays:
            wait = self._delays[number] = min(LONGEST_DELAY, self._delays[number] * 2)
        else:
            wait, self._delays[number] = 0.0, self._delay
        self._wakeups[number] = now + wait


def _queue(update: JSON) -> tuple[str, int]:
    """Which updates wait for each other: messages of a chat, buttons and inline queries of a user."""
    for kind, content in update.items():
        if isinstance(content, dict):
            who = content.get("chat", content.get("from", {}))
            return ("message" if "message" in kind else kind, who.get("id", 0) if isinstance(who, dict) else 0)
    return ("none", update["update_id"])
