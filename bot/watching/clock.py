"""When a watcher looks next: after a while, or as soon as the system tells of a change."""

import asyncio
import logging
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final

LOG = logging.getLogger(__name__)

# Milliseconds: how often the bell is looked at, and for how long what comes together is waited for.
_STEP: Final = 250
_TOGETHER: Final = 500
# A bell that cannot be hung is tried again after so many seconds.
_AGAIN: Final = 600.0


class Clock:
    """The time, and waiting, for one watcher in one event loop; `close` it. It runs at a `speed`.

    What the system tells is only a bell. Nothing depends on it, for it loses events without a word, has none for many
    network drives, and none for a folder that took the place of another.
    """

    def __init__(self, leaving_out: Path, speed: float = 1.0) -> None:
        self.cause = ""
        self._speed = speed
        self._leaving_out = f"{leaving_out.absolute()}/"
        self._rung = asyncio.Event()
        self._hung: tuple[tuple[str, int, int], ...] = ()
        self._ending: threading.Event | None = None
        self._tried = -_AGAIN

    def now(self) -> float:
        """Return seconds that never go back."""
        return time.monotonic() * self._speed

    async def wait(self, least: float, most: float) -> None:
        """Wait for `least` seconds, and then until the bell rings, `most` in all."""
        begun, speed = self.now(), self._speed
        await asyncio.sleep(least / speed)
        with suppress(TimeoutError):
            await asyncio.wait_for(self._rung.wait(), max(0.0, most - (self.now() - begun)) / speed)
        self._rung.clear()

    def listen(self, sources: Sequence[str]) -> None:
        """Hang the bell where the folders lie now; `cause` says why there is none."""
        places = tuple(filter(None, map(_place, sources)))
        if places == self._hung and (not self.cause or self.now() - self._tried < _AGAIN):
            return
        self.close()
        self._hung, self._tried, self.cause = places, self.now(), ""
        if not places:
            return
        ending = self._ending = threading.Event()
        loop = asyncio.get_running_loop()

        def ring() -> None:
            with suppress(RuntimeError):
                loop.call_soon_threadsafe(self._rung.set)

        paths = [path for path, _, _ in places]
        # What was fetched or posted lies in the data folder, beside the index, whose own changes are none.
        inside = tuple(f"{path}/" for path in paths if path.startswith(self._leaving_out))
        threading.Thread(target=self._heed, args=(paths, inside, ending, ring), name="watching", daemon=True).start()

    def close(self) -> None:
        """Take the bell down."""
        if self._ending is not None:
            self._ending.set()
            self._ending = None
        self._hung = ()

    def _heed(
        self, paths: list[str], inside: tuple[str, ...], ending: threading.Event, ring: Callable[[], None]
    ) -> None:
        from watchfiles import watch

        try:
            changes = watch(
                *paths,
                watch_filter=lambda _, path: not path.startswith(self._leaving_out) or path.startswith(inside),
                debounce=_TOGETHER,
                step=_STEP,
                stop_event=ending,
                raise_interrupt=False,
                force_polling=False,
                ignore_permission_denied=True,
            )
            for _ in changes:
                ring()
        except Exception as error:  # noqa: BLE001 - whatever is wrong with the bell, the walk goes on
            self.cause = str(error).partition("\n")[0] or type(error).__name__
            LOG.info("no bell for changes of files: %s", self.cause)


def _place(source: str) -> tuple[str, int, int] | None:
    """Return a folder and what tells it from another in its place; of a file nothing, for a save replaces it."""
    path = Path(source)
    with suppress(OSError):
        state = path.stat()
        return (source, state.st_dev, state.st_ino) if path.is_dir() else None
    return None
