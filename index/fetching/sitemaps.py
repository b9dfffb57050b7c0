"""The addresses that a sitemap lists."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from index.sources.encodings.xml_stream import XmlStream
from index.sources.files.streams import UnusableError

MOST: Final = 50_000
"""So many addresses are taken of one sitemap, as its standard says."""


@dataclass(frozen=True, slots=True)
class Listed:
    """An address in a sitemap, what it says of its last change, and whether it is that of another sitemap."""

    address: str
    changed: str = ""
    sitemap: bool = False


def listed(path: Path) -> Iterator[Listed]:
    """Yield what the sitemap in a file lists, in XML or line by line, as far as it can be read."""
    with path.open("rb") as stream:
        plain = not stream.read(1024).lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<")
    yield from _lines(path) if plain else _elements(path)


def _lines(path: Path) -> Iterator[Listed]:
    with path.open(encoding="utf-8-sig", errors="replace") as stream:
        for line in stream:
            if line.strip():
                yield Listed(line.strip())


def _elements(path: Path) -> Iterator[Listed]:
    try:
        for element in XmlStream(path, "url", "sitemap"):
            inside = {_name(one): one for one in reversed(element) if isinstance(one.tag, str)}
            place = inside.get("loc")
            # A parser that goes on behind a fault may have put whatever follows into it.
            if place is not None and not len(place) and place.text and place.text.strip():
                changed = inside["lastmod"].text or "" if "lastmod" in inside else ""
                yield Listed(place.text.strip(), changed.strip()[:40], _name(element) == "sitemap")
    except UnusableError:
        return


def _name(element: Any) -> str:
    return str(element.tag).rpartition("}")[2]
