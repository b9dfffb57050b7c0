"""How much of a file this process has mapped and in memory."""

import re
from pathlib import Path

_MAPPINGS = Path("/proc/self/smaps")
_HEAD = re.compile(r"[0-9a-f]+-[0-9a-f]+ (\S+) \S+ \S+ \S+ +(.*)")


def resident(name: str, rights: str = "") -> int:
    """Return how many bytes of the files whose path holds `name` are in memory, of what is mapped with these rights."""
    wanted, found = False, 0
    for line in _MAPPINGS.read_text(errors="replace").splitlines():
        if head := _HEAD.fullmatch(line):
            wanted = name in head[2] and rights in head[1]
        elif wanted and line.startswith("Rss:"):
            found += int(line.split()[1]) << 10
    return found
