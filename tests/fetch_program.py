"""Fetch an address into a data folder, for tests that kill whoever does: ADDRESS FOLDER ALLOWED [HOUR POINT].

It begins when a line comes. With a point it kills itself before that line of `index.fetching` which is the so-maniest
to run; with point 0 it goes on to its end, and says how many there were.
"""

import os
import signal
import sys
from pathlib import Path
from types import FrameType
from typing import Any

import index.fetching
from index import FetchOptions, fetch

_ROOM = str(Path(index.fetching.__file__).parent)


class _Lines:
    """Counts the lines that run in the room that fetches."""

    def __init__(self, point: int) -> None:
        self.count = 0
        self._point = point

    def __call__(self, frame: FrameType, event: str, _: Any) -> Any:
        if not frame.f_code.co_filename.startswith(_ROOM):
            return None
        if event == "line":
            self.count += 1
            if self.count == self._point:
                os.kill(os.getpid(), signal.SIGKILL)
        return self


def main() -> None:
    """Fetch what the arguments say, by the clock of a shelf of the tests."""
    address, folder, place, *rest = sys.argv[1:]
    hour, point = map(float, rest or ("0", "0"))
    options = FetchOptions((place,), apart=0, now=lambda: 1e9 + hour * 3600, jitter=0)
    sys.stdin.readline()
    lines = _Lines(int(point))
    if rest:
        sys.settrace(lines)
    fetch(address, Path(folder), options)
    sys.settrace(None)
    sys.stdout.write(f"{lines.count}\n")


if __name__ == "__main__":
    main()
