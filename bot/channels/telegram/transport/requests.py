"""What stands between python-telegram-bot and the wire.

`TidyRequest` makes any reply a JSON reply and repeats what never left this machine. `GuardedRequest`, for polling
only, keeps three accidents from stopping or wedging the poller: a passing 401, an update that cannot be read, and
more updates than can be answered.
"""

import asyncio
import json
import logging
import time
from typing import Any

import httpx
from telegram.error import NetworkError
from telegram.request import HTTPXRequest

from bot.channels.telegram.transport.health import REJECTIONS, Health
from bot.channels.telegram.transport.polling import Reception

LOG = logging.getLogger(__name__)

LONGEST_HOLD = 30.0

_NEVER_LEFT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)
_PAUSES = (0.3, 1.0, 2.0)


class TidyRequest(HTTPXRequest):
    """PTB's request, with two habits of its own.

    A reply that is no JSON (a proxy's error page) becomes a JSON error without its text, because PTB would log the
    whole. A request that never left (no connection) is repeated `repeats` times; any other is not, for a message may
    have arrived although its reply did not.
    """

    def __init__(self, *, repeats: int = len(_PAUSES), **settings: Any) -> None:
        super().__init__(**settings)
        self._repeats = repeats

    async def do_request(self, *args: Any, **kwargs: Any) -> tuple[int, bytes]:
        code, payload = await self._send(*args, **kwargs)
        return (code, payload) if kwargs.get("method") != "POST" else _as_json(code, payload)

    async def _send(self, *args: Any, **kwargs: Any) -> tuple[int, bytes]:
        for pause in _PAUSES[: self._repeats]:
            try:
                return await super().do_request(*args, **kwargs)
            except NetworkError as error:
                if not isinstance(error.__cause__, _NEVER_LEFT):
                    raise
            await asyncio.sleep(pause)
        return await super().do_request(*args, **kwargs)


class GuardedRequest(TidyRequest):
    """The request of the poller.

    The first two 401 (or 404) in a row become a 502, which PTB retries; the third also ends the channel through
    `health`. `reception` writes updates down before PTB confirms them, and empties one that PTB cannot read, so that
    it is confirmed instead of being fetched for ever. While it is full the next poll waits, up to 30 s or until `stop`.
    """

    def __init__(self, health: Health, reception: Reception, stop: asyncio.Event, **settings: Any) -> None:
        super().__init__(repeats=0, **settings)
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


def _error(code: int, description: str) -> tuple[int, bytes]:
    return code, json.dumps({"ok": False, "error_code": code, "description": description}).encode()
