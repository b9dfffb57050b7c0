"""Addresses of articles, from where their source is published and where their file lies in it."""

from pathlib import PurePosixPath
from typing import Final
from urllib.parse import quote

from index.sources.files.endings import unpacked

# Records lie in files that nobody publishes as a page.
_RECORDS: Final = frozenset((".json", ".jsonl", ".ndjson", ".csv", ".tsv"))
# These are published as they are; of any other format a site makes pages.
_AS_THEY_ARE: Final = frozenset((".html", ".htm", ".xhtml", ".txt", ".text"))
_INDEXES: Final = frozenset(("index", "_index"))


def address(base_url: str, place: str, ending: str) -> str | None:
    """Return the address of the page that is made of a file, None for a file of records.

    `place` is the file's path inside its source, `ending` that of the format it is read as. A page called "index" has
    the address of its folder; what a site makes pages of (Markdown) loses its ending, as on most sites.

    >>> address("https://coast.example", "2024/slipway.md", ".md")
    'https://coast.example/2024/slipway'
    >>> address("https://coast.example/a/", "boats/index.html", ".html")
    'https://coast.example/a/boats/'
    >>> address("https://coast.example", "a b.txt", ".txt")
    'https://coast.example/a%20b.txt'
    """
    if ending in _RECORDS:
        return None
    file = PurePosixPath(unpacked(place))
    if file.stem.lower() in _INDEXES:
        page = "" if len(file.parts) == 1 else f"{file.parent}/"
    else:
        page = str(file if ending in _AS_THEY_ARE else file.with_suffix("") if file.suffix.lower() == ending else file)
    return f"{base_url.rstrip('/')}/{quote(page, errors='surrogateescape')}"
