"""Tell what was skipped and why: by reason, with a count and an example of each."""

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from bot.printing import err

if TYPE_CHECKING:
    from index import Skipped, SkippedGroup

_SHOWN = 20


def report(skipped: Iterable["Skipped"]) -> None:
    """Print on standard error what was skipped."""
    from index import grouped

    for line in lines(grouped(skipped), _SHOWN):
        err(line)


def lines(groups: Sequence["SkippedGroup"], most: int) -> Iterator[str]:
    """Yield a line for each reason, and behind `most` of them one for all others."""
    yield from map(_line, groups[:most])
    others = groups[most:]
    if others:
        reasons = "1 other reason" if len(others) == 1 else f"{len(others):,} other reasons"
        yield f"skipped {sum(group.count for group in others):,} more, for {reasons}"


def _line(group: "SkippedGroup") -> str:
    from bot.printing import shown

    many = f"{group.count:,}, for example " if group.count > 1 else ""
    return f"skipped {many}{shown(group.example.path)}: {shown(group.example.reason)}"


def records(groups: Sequence["SkippedGroup"]) -> list[dict[str, Any]]:
    """Return the same for JSON."""
    return [{"count": one.count, "path": one.example.path, "reason": one.example.reason} for one in groups]
