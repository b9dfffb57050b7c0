"""What was read of rows last: the same passages are found again and again, and read once, from a file or a cluster."""

from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping, Sequence
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
        self._known: OrderedDict[int, T] = OrderedDict()

    def some(self, rows: Iterable[int]) -> dict[int, T]:
        """Return those of the rows that are there."""
        with self._lock:
            found = {row: self._known[row] for row in rows if row in self._known}
            for row in found:
                self._known.move_to_end(row)
        return found

    def add(self, found: Mapping[int, T]) -> None:
        """Keep what was read."""
        with self._lock:
            self._known.update(found)
            while len(self._known) > _MOST:
                self._known.popitem(last=False)

    def of(self, rows: Sequence[int], read: Callable[[list[int]], Iterable[T]]) -> list[T]:
        """Return what there is of each row; `read` gives it of those rows that are not there, each once, in order."""
        known = self.some(rows)
        if missing := [row for row in dict.fromkeys(rows) if row not in known]:
            fresh = dict(zip(missing, read(missing), strict=True))
            self.add(fresh)
            known |= fresh
        return [known[row] for row in rows]
