"""What was read of rows a moment ago: the same passages are found again and again, and a look-up takes microseconds."""

from collections.abc import Callable, Iterable, Sequence
from typing import Final, Generic, TypeVar

T = TypeVar("T")

# Of passages with their texts some megabytes.
_MOST: Final = 4096


class Recent(Generic[T]):
    """Rows with what was read of them, all forgotten when there are too many. Safe to share between threads.

    >>> recent = Recent[int]()
    >>> recent.of([2, 3], lambda rows: [10 * row for row in rows]), recent.of([3], lambda rows: [])
    ([20, 30], [30])
    """

    def __init__(self) -> None:
        self._held: dict[int, T] = {}

    def of(self, rows: Sequence[int], read: Callable[[list[int]], Iterable[T]]) -> list[T]:
        """Return what there is of each row; `read` gives it of those rows that were not read before, in their order."""
        held = self._held
        known = {row: held[row] for row in rows if row in held}
        if len(known) < len(rows) and (missing := [row for row in dict.fromkeys(rows) if row not in known]):
            fresh = dict(zip(missing, read(missing), strict=True))
            known.update(fresh)
            if len(held) + len(fresh) <= _MOST:
                held.update(fresh)
            else:
                # Not emptied: another thread may be reading it.
                self._held = fresh
        return [known[row] for row in rows]
