"""What the fake Bot API server does for each method, over its world and its queue of updates."""

import asyncio
import re
from collections.abc import Callable
from typing import Any

from tests.fake_telegram_html import EntityError, parse_html, tidy, utf16
from tests.fake_telegram_wire import JSON, ApiError, Arguments, Sent, bad
from tests.fake_telegram_world import World

LONGEST_TEXT = 4096
LONGEST_RAW = 32768
CONFLICT = "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running"


class BotApi:
    """The methods, each named as the Bot API names it, and what they share. Times are seconds of the loop's clock."""

    def __init__(self, world: World, *, delays: bool) -> None:
        self.world = world
        self.messages: list[Sent] = []
        self.commands: dict[str, Any] = {}
        self._delays = delays
        self._updates: list[JSON] = []
        self._next_update = 1000
        self._wanted: list[str] = []
        self._polls: list[asyncio.Event] = []
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

    async def until(self, met: Callable[[], bool], *, timeout: float = 5.0) -> None:
        """Waits until something that follows from a call, an update or a message is so; TimeoutError if it is not."""
        async with asyncio.timeout(timeout):
            while not met():
                await self._changed.wait()

    def _notify(self) -> None:
        self._changed.set()
        self._changed = asyncio.Event()

    async def getMe(self, _arguments: Arguments) -> JSON:  # noqa: N802
        return self.world.bot

    async def getUpdates(self, arguments: Arguments) -> list[JSON]:  # noqa: N802
        offset, timeout = arguments.number("offset"), float(min(arguments.number("timeout"), 50))
        limit = min(max(arguments.number("limit", 100), 1), 100)
        self._confirm(offset)
        if "allowed_updates" in arguments:
            self._wanted = arguments.json("allowed_updates", "allowed updates") or []
        now = asyncio.get_running_loop().time()
        if self._delays and self._last_poll[0] == offset and now - self._last_poll[1] < 3:
            timeout = max(timeout, 3.0)
        self._last_poll = (offset, now)
        for older in self._polls:
            older.set()
        mine = asyncio.Event()
        self._polls.append(mine)
        self._notify()
        try:
            await self.until(lambda: bool(self._updates or mine.is_set() or self._closing.is_set()), timeout=timeout)
        except TimeoutError:
            pass
        finally:
            self._polls.remove(mine)
        if mine.is_set():
            raise await self._conflict()
        return self._updates[:limit]

    async def _conflict(self) -> ApiError:
        now = asyncio.get_running_loop().time()
        if self._delays and now - self._last_conflict < 3:
            await asyncio.sleep(3)
        self._last_conflict = asyncio.get_running_loop().time()
        return ApiError(409, CONFLICT)

    def _confirm(self, offset: int) -> None:
        if offset < 0:
            self._updates = self._updates[offset:]
        elif offset > 0:
            self._updates = [update for update in self._updates if update["update_id"] >= offset]

    async def sendMessage(self, arguments: Arguments) -> JSON:  # noqa: N802
        chat = self.world.writable(arguments)
        text, entities = _formatted(arguments)
        reply_to = self.world.replied(chat, arguments)
        thread = self.world.topic(chat, arguments)
        made = self.world.message(chat, text, entities, sender=self._self(), reply_to=reply_to, thread=thread)
        self.messages.append(Sent(chat, made["message_id"], text, tuple(entities), reply_to, thread, made, arguments))
        self._notify()
        return made

    async def sendChatAction(self, arguments: Arguments) -> bool:  # noqa: N802
        self.world.topic(self.world.writable(arguments), arguments)
        if arguments.get("action") not in {"typing", "upload_document", "find_location", "choose_sticker"}:
            raise bad("wrong parameter action in request")
        return True

    async def setMyCommands(self, arguments: Arguments) -> bool:  # noqa: N802
        commands = arguments.json("commands", "list of bot commands")
        for command in commands or []:
            if not re.fullmatch(r"[a-z0-9_]{1,32}", command["command"]):
                raise bad("BOT_COMMAND_INVALID")
        self.commands[arguments.get("scope", "")] = commands
        return True

    async def getMyCommands(self, arguments: Arguments) -> Any:  # noqa: N802
        return self.commands.get(arguments.get("scope", ""), [])

    async def deleteWebhook(self, arguments: Arguments) -> bool:  # noqa: N802
        if arguments.flag("drop_pending_updates"):
            self._updates.clear()
        return True

    async def getWebhookInfo(self, _arguments: Arguments) -> JSON:  # noqa: N802
        return {"url": "", "has_custom_certificate": False, "pending_update_count": len(self._updates)}

    def _self(self) -> JSON:
        return {key: self.world.bot[key] for key in ("id", "is_bot", "first_name", "username")}


def _formatted(arguments: Arguments) -> tuple[str, list[JSON]]:
    """The text of a call and its entities, checked in the real server's order."""
    raw = arguments.get("text", "")
    if not raw:
        raise bad("message text is empty")
    if len(raw.encode("utf-8", "surrogatepass")) > LONGEST_RAW:
        raise bad("text is too long")
    entities: list[JSON] = arguments.json("entities", "entities") or []
    text, mode = raw, arguments.get("parse_mode", "").lower()
    if mode == "html":
        try:
            text, entities = parse_html(raw)
        except EntityError as error:
            raise bad(f"can't parse entities: {error}") from None
    elif mode:
        raise bad("unsupported parse_mode")
    text, entities = tidy(text, entities)
    if not text:
        raise bad("message text is empty")
    if utf16(text) > LONGEST_TEXT:
        raise bad("message is too long")
    return text, entities
