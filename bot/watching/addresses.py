"""Feeds, pages and sitemaps asked when they are due; what came lies in the data folder, where the watcher finds it."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

from bot.watching.told import Tell, Told, describe
from index import BrokenIndexError, SourceState, Store

if TYPE_CHECKING:
    from index import Health

LOG = logging.getLogger(__name__)

# Seconds between two looks at what is due.
_LEAST: Final = 60.0
_MOST: Final = 300.0


class Addresses:
    """Asks the addresses among the sources of the generation in use by `fetch`, which takes those that are due.

    `now` gives seconds since 1970, `sleep` waits.
    """

    def __init__(
        self,
        store: Store,
        fetch: Callable[[Sequence[str]], Awaitable[object]],
        told: Told,
        now: Callable[[], float] = time.time,
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
    ) -> None:
        self._store, self._fetch, self._told, self._now, self._sleep = store, fetch, told, now, sleep
        self._folder: Path = store.data_dir

    async def run(self, tell: Tell) -> None:
        """Ask until cancelled."""
        while True:
            try:
                pause = await self.round(tell)
            except Exception as error:  # noqa: BLE001 - nobody would hear of it, and nothing be asked any more
                LOG.error("addresses are not asked: %s", describe(error))
                pause = _MOST
            await self._sleep(pause)

    async def round(self, tell: Tell) -> float:
        """Ask once for what is due, and tell who fails and who is well again; return for how many seconds to wait."""
        addresses = await asyncio.to_thread(self._addresses)
        if not addresses:
            return _MOST
        states = await asyncio.to_thread(self._states, addresses)
        due = [address for address in addresses if states[address].due <= self._now()]
        if due:
            await self._fetch(due)
            states = await asyncio.to_thread(self._states, addresses)
            await self._tell(states, tell)
        return min(_MOST, max(_LEAST, min(state.due for state in states.values()) - self._now()))

    def _addresses(self) -> list[str]:
        try:
            manifest = self._store.manifest()
        except BrokenIndexError:
            return []
        if manifest is None:
            return []
        from index import address_of

        known = [address_of(one, manifest.states.get(one, SourceState()).options) for one in manifest.sources]
        return [address for address in known if address is not None]

    def _states(self, addresses: Sequence[str]) -> dict[str, "Health"]:
        from index import health

        return {address: health(address, self._folder, self._now()) for address in addresses}

    async def _tell(self, states: Mapping[str, "Health"], tell: Tell) -> None:
        faults = {address: state.fault for address, state in states.items() if state.fault is not None}
        away = {address: fault.cause for address, fault in faults.items() if fault.lasting}
        well = [address for address, state in states.items() if state.is_well]
        ended = {address for address, fault in faults.items() if fault.ended}
        await self._told.pass_on(away, well, tell, ended=ended)
