"""Tell what was skipped and why: by reason, with a count and an example of each."""

import sys
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from index import Skipped, SkippedGroup

_SHOWN = 20


def report(skipped: Iterable["Skipped"]) -> None:
    """Print on standard error what was skipped."""
    from index import grouped

    groups = grouped(skipped)
    for group in groups[:_SHOWN]:
        print(line(group), file=sys.stderr)
    if len(groups) > _SHOWN:
        rest = sum(group.count for group in groups[_SHOWN:])
        print(f"skipped {rest:,} more, for {len(groups) - _SHOWN:,} other reasons", file=sys.stderr)


def line(group: "SkippedGroup") -> str:
    """Return what is said of one reason."""
    from bot.render import shown

    many = f"{group.count:,}, for example " if group.count > 1 else ""
    return f"skipped {many}{shown(group.example.path)}: {shown(group.example.reason)}"


def records(groups: Sequence["SkippedGroup"]) -> list[dict[str, Any]]:
    """Return the same for JSON."""
    return [{"count": one.count, "path": one.example.path, "reason": one.example.reason} for one in groups]
