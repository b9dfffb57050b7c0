"""The one thread that searches, so that the event loop never waits for a search.

Two threads would gain nothing, for Python runs one at a time. What waits longer than it may, or for a client that has
gone, is not begun, and what is in hand then ends at its next checkpoint.
"""

import asyncio
import logging
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from bot.channels.serve.options import Limits
from bot.channels.serve.problems import ProblemError
from index import ClusterError

LOG = logging.getLogger(__name__)

T = TypeVar("T")


class ClientGoneError(Exception):
    """Nobody waits for an answer any more."""


class Worker:
    """Run one piece of work after the other."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._thread = ThreadPoolExecutor(1, "quoth-answers")
        self._began: float | None = None
        self._is_over: Callable[[], bool] = lambda: False
        self.waiting = 0

    async def run(self, work: Callable[[], T], is_gone: Callable[[], bool] = lambda: False) -> T:
        """Return what `work` returns, which runs in the thread.

        Raises ProblemError ("busy") when too much waits already, or it takes too long, and ("unreachable") where a
        cluster does not answer; ClientGoneError when nobody waits for it any more by the time that it could begin.
        """
        if self.waiting >= self._limits.waiting:
            raise ProblemError("busy", headers={"Retry-After": "1"})

        has_left = False

        def is_over() -> bool:
            return has_left or is_gone()

        def begun() -> T:
            self._is_over = is_over
            self.checkpoint()
            self._began = time.monotonic()
            try:
                return work()
            finally:
                self._began = None

        self.waiting += 1
        try:
            async with asyncio.timeout(self._limits.answering):
                return await asyncio.get_running_loop().run_in_executor(self._thread, begun)
        except TimeoutError:
            raise ProblemError("busy", "It took too long; try again.", headers={"Retry-After": "5"}) from None
        except ClusterError as error:
            LOG.warning("search is not reachable: %s", error)
            raise ProblemError("unreachable", headers={"Retry-After": "2"}) from None
        finally:
            has_left = True
            self.waiting -= 1

    def checkpoint(self) -> None:
        """Raise ClientGoneError where nobody waits any more for what is in hand; called in the thread."""
        if self._is_over():
            raise ClientGoneError

    def is_stuck(self, seconds: float) -> bool:
        """Return whether one piece of work has been running for so long."""
        began = self._began
        return began is not None and time.monotonic() - began > seconds

    def close(self) -> None:
        """Begin nothing more."""
        self._thread.shutdown(wait=False, cancel_futures=True)
