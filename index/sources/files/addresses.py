"""Addresses of articles, from where their source is published and where their file lies in it."""

from pathlib import PurePosixPath
from typing import Final
from urllib.parse import quote, urlsplit

from index.sources.files.endings import unpacked

# Records, exports and mail lie in files that nobody publishes as a page.
_RECORDS: Final = frozenset(
    ".json .jsonl .ndjson .csv .tsv .rss .atom .jsonfeed .wxr .mediawiki .telegram .mbox .eml .warc".split()
)
# These are published as they are; of any other format a site makes pages.
_AS_THEY_ARE: Final = frozenset(".html .htm .xhtml .txt .text .pdf .docx .odt .rtf .epub .ipynb .srt .vtt .sbv".split())
# Where channels of Telegram are published under names of theirs, and where under numbers.
_NAMED_CHANNELS: Final = ("https://t.me/", "https://telegram.me/")
_NUMBERED: Final = "https://t.me/c/"
_INDEXES: Final = frozenset(("index", "_index"))


def address(base_url: str, place: str, ending: str, stated: str | None = None) -> str | None:
    """Return the address of an article of a file: the one it has `stated`, else that of the page made of the file.

    `place` is the file's path inside its source, `ending` that of the format it is read as. A page called "index" has
    the address of its folder; what a site makes pages of (Markdown) loses its ending, as on most sites. None is made of
    a file of records or in a channel of Telegram, where posts get the name of theirs for its number.

    >>> address("https://coast.example", "2024/slipway.md", ".md")
    'https://coast.example/2024/slipway'
    >>> address("https://coast.example/a/", "boats/index.html", ".html")
    'https://coast.example/a/boats/'
    >>> address("https://coast.example", "a b.txt", ".txt")
    'https://coast.example/a%20b.txt'
    >>> address("https://t.me/quay", "result.json", ".telegram", "https://t.me/c/1488209417/4")
    'https://t.me/quay/4'
    """
    if stated:
        named = stated.startswith(_NUMBERED) and base_url.startswith(_NAMED_CHANNELS)
        return f"{base_url.rstrip('/')}/{stated.rpartition('/')[2]}" if named else stated
    if ending in _RECORDS or base_url.startswith(_NAMED_CHANNELS):
        return None
    file = PurePosixPath(unpacked(place))
    if file.stem.lower() in _INDEXES:
        page = "" if len(file.parts) == 1 else f"{file.parent}/"
    else:
        page = str(file if ending in _AS_THEY_ARE else file.with_suffix("") if file.suffix.lower() == ending else file)
    return f"{base_url.rstrip('/')}/{quote(page, errors='surrogateescape')}"


def served_url(served: str, stated: str | None) -> str | None:
    """Return the address of an article: what it states itself where that is on the site that served it.

    >>> served_url("https://coast.example/a?utm_source=x", "https://coast.example/a")
    'https://coast.example/a'
    >>> served_url("https://coast.example/a", "https://elsewhere.example/")
    'https://coast.example/a'
    """
    if not served or (stated and _host(stated) == _host(served)):
        return stated
    return served


def _host(url: str) -> str:
    try:
        return (urlsplit(url).hostname or "").removeprefix("www.")
    except ValueError:
        return ""


def of_members(base_url: str | None) -> str | None:
    """Return the `base_url` of what lies in an archive: none, but that of a channel whose export was packed.

    >>> of_members("https://coast.example"), of_members("https://t.me/quay")
    (None, 'https://t.me/quay')
    """
    return base_url if base_url is not None and base_url.startswith(_NAMED_CHANNELS) else None
