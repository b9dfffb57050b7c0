"""What was read of rows last: the same passages are found again and again, and read once, from a file or a cluster."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from threading import Lock
from typing import Final, Generic, TypeVar

T = TypeVar("T")

# Some questions' worth; of passages with their texts about 10 MB.
_MOST: Final = 4096


class Recent(Generic[T]):
    """The rows that were read or asked for last, with what was read of them. Safe to share between threads.

    >>> recent = Recent[int]()
    >>> recent.of([2, 3], lambda rows: [10 * row for row in rows]), recent.of([3], lambda rows: [])
    ([20, 30], [30])
    """

    def __init__(self) -> None:
        self._lock = Lock()
        # In two halves, of which the older is forgotten whole: an order of all would have to be kept at every look-up.
        self._known: dict[int, T] = {}
        self._older: dict[int, T] = {}

    def some(self, rows: Iterable[int]) -> dict[int, T]:
        """Return those of the rows that are there."""
        known, older = self._known, self._older
        found = {row: known[row] for row in rows if row in known}
        if older and (again := {row: older[row] for row in rows if row not in found and row in older}):
            self.add(again)
            found |= again
        return found

    def add(self, found: Mapping[int, T]) -> None:
        """Keep what was read."""
        with self._lock:
            if len(self._known) + len(found) > _MOST // 2:
                self._known, self._older = {}, self._known
            self._known.update(found)

    def of(self, rows: Sequence[int], read: Callable[[list[int]], Iterable[T]]) -> list[T]:
        """Return what there is of each row; `read` gives it of those rows that are not there, each once, in order."""
        # Mostly all are there, and nothing faster can be asked.
        with suppress(KeyError):
            return list(map(self._known.__getitem__, rows))
        known = self.some(rows)
        if missing := [row for row in dict.fromkeys(rows) if row not in known]:
            fresh = dict(zip(missing, read(missing), strict=True))
            self.add(fresh)
            known |= fresh
        return [known[row] for row in rows]
