"""What a supervisor is told (sd_notify): that the program is ready, that it stops, and that it is alive.

Without a supervisor that wants to know, nothing is done.
"""

import asyncio
import contextlib
import os
import socket
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Final

READY: Final = "READY=1"
STOPPING: Final = "STOPPING=1"
ALIVE: Final = "WATCHDOG=1"

_EVERY: Final = 20.0


def notify(state: str) -> None:
    """Tell the supervisor; one that does not listen any more is no reason to fail."""
    place = os.environ.get("NOTIFY_SOCKET", "")
    if not place.startswith(("/", "@")):
        return
    # An abstract socket has no name in a folder.
    address = f"\0{place[1:]}" if place.startswith("@") else place
    with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as way:
        way.setblocking(False)
        way.sendto(state.encode(), address)


@contextlib.contextmanager
def starting() -> Iterator[None]:
    """Ask the supervisor for patience, again and again, while something that takes long stands before READY."""
    ended = threading.Event()

    def ask() -> None:
        while not ended.wait(_EVERY):
            notify(f"EXTEND_TIMEOUT_USEC={round(3 * _EVERY * 1e6)}")

    notify(f"EXTEND_TIMEOUT_USEC={round(3 * _EVERY * 1e6)}")
    thread = threading.Thread(target=ask, daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()


@contextlib.asynccontextmanager
async def beating(is_well: Callable[[], bool] = lambda: True) -> AsyncIterator[None]:
    """Tell within that the program is alive, as often as the supervisor wants to hear it.

    A beat comes only where the event loop turns, the threads beside it take work, and `is_well` agrees.
    """
    interval = _interval()
    task = asyncio.create_task(_beat(interval, is_well)) if interval else None
    try:
        yield
    finally:
        if task is not None:
            task.cancel()


async def _beat(interval: float, is_well: Callable[[], bool]) -> None:
    while True:
        await asyncio.to_thread(lambda: None)
        if is_well():
            notify(ALIVE)
        await asyncio.sleep(interval)


def _interval() -> float:
    """Return the seconds between two beats, half of what the supervisor waits for; 0 where it does not wait."""
    stated, pid = os.environ.get("WATCHDOG_USEC", ""), os.environ.get("WATCHDOG_PID", str(os.getpid()))
    if not (stated.isascii() and stated.isdecimal()) or pid != str(os.getpid()):
        return 0.0
    return int(stated) / 2e6
