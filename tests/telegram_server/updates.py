"""How updates reach the bot: kept until confirmed, fetched by long polling, or pushed to a webhook."""

import asyncio
import re
from collections.abc import Callable
from typing import Any

from tests.telegram_server.hook import Webhook
from tests.telegram_server.wire import JSON, ApiError, Arguments, bad
from tests.telegram_server.world import World

_CONFLICT = "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running"
_HOOKED = "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"
_SILENT_UNLESS_WANTED = {"chat_member", "message_reaction", "message_reaction_count"}


class Updates:
    """The queue of updates and its two ways out. Times are seconds of the loop's clock.

    `local` is the real server's --local: a webhook may then be plain HTTP, on any port and address.
    """

    def __init__(self, world: World, *, delays: bool, local: bool, hook_delay: float, hook_patience: float) -> None:
        self.world = world
        self.webhook: Webhook | None = None
        self._delays = delays
        self._local = local
        self._hook_delay, self._hook_patience = hook_delay, hook_patience
        self._updates: list[JSON] = []
        self._next_update = 1000
        self._wanted: list[str] = []
        self._polls: list[asyncio.Future[str]] = []
        self._last_poll = (0, -10.0)
        self._last_conflict = -10.0
        self._changed = asyncio.Event()
        self._closing = asyncio.Event()

    def push(self, **update: Any) -> int:
        """Queues an update as it is, readable or not, wanted or not; returns its id."""
        self._next_update += 1
        self._updates.append({"update_id": self._next_update, **update})
        self._notify()
        return self._next_update

    def offer(self, kind: str, content: JSON) -> None:
        """Queues an update of a kind if the bot wants that kind."""
        if kind in self._wanted if self._wanted else kind not in _SILENT_UNLESS_WANTED:
            self.push(**{kind: content})

    def pending(self) -> int:
        """How many updates the bot has not confirmed."""
        return len(self._updates)

    async def until(self, met: Callable[[], bool], *, timeout: float = 30.0) -> None:
        """Waits until something that follows from a call, an update or a message is so; TimeoutError if it is not."""
        async with asyncio.timeout(timeout):
            while not met():
                await self._changed.wait()

    async def polled(self, timeout: float = 30.0) -> None:
        """Waits until somebody is polling."""
        await self.until(lambda: bool(self._polls), timeout=timeout)

    def _notify(self) -> None:
        self._changed.set()
        self._changed = asyncio.Event()
        if self.webhook is not None:
            self.webhook.wake()

    async def getUpdates(self, arguments: Arguments) -> list[JSON]:  # noqa: N802
        if self.webhook is not None:
            raise ApiError(409, _HOOKED)
        offset, timeout = arguments.number("offset"), float(min(arguments.number("timeout"), 50))
        limit = min(max(arguments.number("limit", 100), 1), 100)
        self._confirm(offset)
        self._want(arguments)
        now = asyncio.get_running_loop().time()
        if self._delays and self._last_poll[0] == offset and now - self._last_poll[1] < 3:
            timeout = max(timeout, 3.0)
        self._last_poll = (offset, now)
        self._end_polls(_CONFLICT)
        mine: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        self._polls.append(mine)
        self._notify()
        try:
            await self.until(lambda: bool(self._updates or mine.done() or self._closing.is_set()), timeout=timeout)
        except TimeoutError:
            pass
        finally:
            self._polls.remove(mine)
        if mine.done():
            raise await self._conflict(mine.result())
        return self._updates[:limit]

    def _end_polls(self, why: str) -> None:
        for poll in self._polls:
            if not poll.done():
                poll.set_result(why)

    async def _conflict(self, why: str) -> ApiError:
        now = asyncio.get_running_loop().time()
        if self._delays and now - self._last_conflict < 3:
            await asyncio.sleep(3)
        self._last_conflict = asyncio.get_running_loop().time()
        return ApiError(409, why)

    def _confirm(self, offset: int) -> None:
        if offset < 0:
            self._updates = self._updates[offset:]
        elif offset > 0:
            self._updates = [update for update in self._updates if update["update_id"] >= offset]

    def _want(self, arguments: Arguments) -> None:
        if "allowed_updates" in arguments:
            self._wanted = arguments.json("allowed_updates", "allowed updates") or []

    async def setWebhook(self, arguments: Arguments) -> bool:  # noqa: N802
        url, secret = arguments.get("url", ""), arguments.get("secret_token", "")
        if url:
            _check_webhook(url, secret, self._local)
        self._want(arguments)
        await self._unhook(arguments)
        if url:
            connections = min(max(arguments.number("max_connections", 40), 1), 100)
            self.webhook = Webhook(
                url, secret, connections, self._updates, delay=self._hook_delay, patience=self._hook_patience
            )
            self.webhook.start(self._hook_changed)
            self._end_polls("Conflict: terminated by setWebhook request")
            self._notify()
        return True

    async def deleteWebhook(self, arguments: Arguments) -> bool:  # noqa: N802
        await self._unhook(arguments)
        return True

    async def _unhook(self, arguments: Arguments) -> None:
        if self.webhook is not None:
            hook, self.webhook = self.webhook, None
            await hook.close()
        if arguments.flag("drop_pending_updates"):
            self._updates.clear()

    def _hook_changed(self, hook: Webhook) -> None:
        """A delivery ended: the update is confirmed, or the webhook is gone for good."""
        if hook.gone and self.webhook is hook:
            self.webhook = None
        self._changed.set()
        self._changed = asyncio.Event()

    async def getWebhookInfo(self, _arguments: Arguments) -> JSON:  # noqa: N802
        found: JSON = {"url": "", "has_custom_certificate": False, "pending_update_count": len(self._updates)}
        if self.webhook is not None:
            found |= {"url": self.webhook.url, "max_connections": self.webhook.connections, "ip_address": "127.0.0.1"}
            if self.webhook.last_error:
                found |= {
                    "last_error_date": self.webhook.failed_at,
                    "last_error_message": self.webhook.last_error,
                }
        if self._wanted:
            found["allowed_updates"] = self._wanted
        return found


def _check_webhook(url: str, secret: str, local: bool) -> None:
    if len(secret) > 256:
        raise bad("secret token is too long")
    if not re.fullmatch(r"[A-Za-z0-9_-]*", secret):
        raise bad("secret token contains unallowed characters")
    found = re.fullmatch(r"(https?)://[^/:?#\s]+(?::(\d+))?(?:[/?#]\S*)?", url)
    if found is None:
        raise bad("bad webhook: invalid webhook URL specified")
    if local:
        return
    if found[1] != "https":
        raise bad("bad webhook: An HTTPS URL must be provided for webhook")
    if found[2] and found[2] not in {"443", "80", "88", "8443"}:
        raise bad("bad webhook: Webhook can be set up only on ports 80, 88, 443 or 8443")
