"""The signals that end a channel."""

import asyncio
import contextlib
import signal
from collections.abc import Iterator
from typing import Final

from bot.channels.notifying import STOPPING, notify

# A closed terminal (SIGHUP, where there is such a thing) ends it as properly as a stop does.
_STOPPING: Final = [getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)]


@contextlib.contextmanager
def stopping_signals(stop: asyncio.Event | None, hurry: asyncio.Event) -> Iterator[asyncio.Event]:
    """Yield the event that ends the channel: the caller's, or a new one that SIGTERM, SIGINT and SIGHUP set."""
    if stop is not None:
        yield stop
        return
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()

    def request_stop() -> None:
        notify(STOPPING)
        (hurry if stop.is_set() else stop).set()

    signals = []
    for number in _STOPPING:
        # Not on Windows, and not outside the main thread: there the caller must give its own event.
        with contextlib.suppress(NotImplementedError, RuntimeError, ValueError):
            # Who runs it under nohup wants it to outlive the terminal.
            if signal.getsignal(number) is not signal.SIG_IGN:
                loop.add_signal_handler(number, request_stop)
                signals.append(number)
    try:
        yield stop
    finally:
        for number in signals:
            loop.remove_signal_handler(number)
