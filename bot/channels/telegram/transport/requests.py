"""What stands between python-telegram-bot and the wire.

`TidyRequest` makes any reply a JSON reply. `GuardedRequest`, for polling only, keeps three accidents from stopping or
wedging the poller: a passing 401, an update that cannot be read, and more updates than can be answered.
"""

import asyncio
import json
import logging
import time
from typing import Any

from telegram.request import HTTPXRequest

from bot.channels.telegram.transport.health import REJECTIONS, Health
from bot.channels.telegram.transport.polling import Reception

LOG = logging.getLogger(__name__)

LONGEST_HOLD = 30.0


class TidyRequest(HTTPXRequest):
    """PTB's request: a reply that is no JSON (a proxy's error page) becomes a JSON error without its text, because PTB
    would log the whole."""

    async def do_request(self, *args: Any, **kwargs: Any) -> tuple[int, bytes]:
        code, payload = await super().do_request(*args, **kwargs)
        return (code, payload) if kwargs.get("method") != "POST" else _as_json(code, payload)


class GuardedRequest(TidyRequest):
    """The request of the poller.

    The first two 401 (or 404) in a row become a 502, which PTB retries; the third also ends the channel through
    `health`. `reception` takes the updates, and leaves PTB what confirms them, so that one that PTB cannot read is
    not fetched for ever. While it is full the next poll waits, up to 30 s or until `stop`.
    """

    def __init__(self, health: Health, reception: Reception, stop: asyncio.Event, **settings: Any) -> None:
        super().__init__(**settings)
        self._health = health
        self._reception = reception
        self._stop = stop

    async def do_request(self, *args: Any, **kwargs: Any) -> tuple[int, bytes]:
        await self._hold()
        code, payload = await super().do_request(*args, **kwargs)
        if code in (401, 404):
            times = self._health.count_rejection()
            LOG.warning("the token was refused while polling (%d of %d)", times, REJECTIONS)
            return _error(502, "the token was refused")
        if code == 429:
            self._health.record_wait(_asked_to_wait(payload))
        if code == 200:
            payload = self._receive(payload)
            self._health.record_success()
        return code, payload

    async def _hold(self) -> None:
        end = time.monotonic() + LONGEST_HOLD
        while not self._stop.is_set() and self._reception.full and time.monotonic() < end:
            self._health.record_success()
            await asyncio.sleep(0.05)

    def _receive(self, payload: bytes) -> bytes:
        reply = json.loads(payload)
        if not isinstance(reply.get("result"), list):
            return payload
        reply["result"] = self._reception.receive(reply["result"])
        return json.dumps(reply).encode()


def _as_json(code: int, payload: bytes) -> tuple[int, bytes]:
    try:
        if isinstance(json.loads(payload), dict):
            return code, payload
    except ValueError:
        pass
    return _error(code if code >= 300 else 502, f"the reply was not JSON (status {code})")


def _asked_to_wait(payload: bytes) -> float:
    parameters = json.loads(payload).get("parameters")
    seconds = parameters.get("retry_after") if isinstance(parameters, dict) else None
    return float(seconds) if isinstance(seconds, int | float) else 0.0


def _error(code: int, description: str) -> tuple[int, bytes]:
    return code, json.dumps({"ok": False, "error_code": code, "description": description}).encode()
