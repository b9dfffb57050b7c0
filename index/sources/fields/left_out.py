"""What a reader left out on purpose, counted by kind, in one line for the owner of the file."""

from collections import Counter
from collections.abc import Iterator

from index.model import Skipped


class LeftOut:
    """Counts of what was left out, by kind: "draft(s)", "in the trash"."""

    def __init__(self) -> None:
        self._counts: Counter[str] = Counter()

    def add(self, kind: str) -> None:
        """Count one more; "(s)" in its kind is for several of them."""
        self._counts[kind] += 1

    def told(self, file: str, advice: str = "") -> Iterator[Skipped]:
        """Yield what is told of the file, and what its owner may do; nothing where nothing was left out."""
        if self._counts:
            kinds = (f"{count:,} {kind.replace('(s)', 's' * (count > 1))}" for kind, count in self._counts.items())
            yield Skipped(file, f"left out: {', '.join(kinds)}{advice}")
