"""Files that came from a server: what it said of each, kept in a hidden file beside it."""

import json
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from urllib.parse import unquote

_LONGEST = 1 << 14


@dataclass(frozen=True, slots=True)
class Served:
    """The address of what a file holds, "" where it has none, and the charset that came with it."""

    address: str = ""
    charset: str | None = None

    @property
    def name(self) -> str:
        """Return what the address calls it, as a file would be called; its host where it has no path.

        >>> Served("https://coast.example/2024/old%20slipway.html?page=2").name, Served("https://coast.example/").name
        ('old slipway.html', 'coast.example')
        """
        host, _, path = self.address.partition("://")[2].partition("#")[0].partition("?")[0].partition("/")
        return unquote(path.rstrip("/").rpartition("/")[2]).replace("/", " ").replace("\0", "") or host


def beside(path: Path) -> Path:
    """Return where it is kept what a server said of a file."""
    return path.with_name(f".{path.name}.json")


def to_json(served: Served) -> bytes:
    """Return it as it is kept.

    >>> to_json(Served("https://coast.example/a"))
    b'{"address": "https://coast.example/a", "charset": null}'
    """
    return json.dumps(asdict(served)).encode("ascii")


def served_of(path: Path) -> Served | None:
    """Return what a server said of a file, None for any other file."""
    with suppress(OSError, ValueError, TypeError), beside(path).open("rb") as stream:
        stated = json.loads(stream.read(_LONGEST))
        return Served(str(stated["address"]), stated["charset"] and str(stated["charset"]))
    return None
