"""One after another for each of many: whoever holds a key makes the next one wait, and nobody who holds another."""

import asyncio
from collections.abc import AsyncIterator, Hashable
from contextlib import asynccontextmanager
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)


class OneByOne(Generic[K]):
    """Locks by their keys, forgotten when nobody waits. The key None makes nobody wait."""

    def __init__(self) -> None:
        self._locks: dict[K, tuple[asyncio.Lock, int]] = {}

    def __contains__(self, key: K) -> bool:
        """Return whether somebody holds `key`, or waits for it."""
        return key in self._locks

    @asynccontextmanager
    async def turn(self, key: K | None) -> AsyncIterator[None]:
        """Wait until all that came before with `key` is done, and hold it."""
        if key is None:
            yield
            return
        lock, users = self._locks.get(key, (asyncio.Lock(), 0))
        self._locks[key] = (lock, users + 1)
        try:
            async with lock:
                yield
        finally:
            users = self._locks[key][1] - 1
            self._locks[key] = (lock, users)
            if not users:
                del self._locks[key]
