"""What an answer holds: a page, a feed, a sitemap; and the ending of its file."""

import re
from collections.abc import Mapping
from pathlib import Path, PurePosixPath
from typing import Final, Literal
from urllib.parse import urlsplit

from index.errors import FetchError
from index.fetching import bodies
from index.fetching.client import Answer, content_type
from index.sources import ENDINGS
from index.sources.contents import ARCHIVES
from index.sources.files.streams import UnusableError, open_stream
from index.sources.formats import format_of

Kind = Literal["page", "feed", "sitemap"]

MOST: Final[Mapping[Kind, int]] = {"page": 10 << 20, "feed": 20 << 20, "sitemap": 50 << 20}
"""How many bytes each may have when it is unpacked."""

_SITEMAP: Final = ".sitemap"
_READ: Final = frozenset((*ENDINGS, *ARCHIVES, _SITEMAP))
_FEEDS: Final = frozenset((".rss", ".atom", ".jsonfeed"))
_TYPES: Final = {
    "text/html": ".html",
    "application/xhtml+xml": ".html",
    "application/pdf": ".pdf",
    "application/rss+xml": ".rss",
    "application/atom+xml": ".atom",
    "application/feed+json": ".jsonfeed",
    "application/json": ".json",
    "application/x-ndjson": ".jsonl",
    "application/epub+zip": ".epub",
    "application/rtf": ".rtf",
    "text/rtf": ".rtf",
    "text/csv": ".csv",
    "text/markdown": ".md",
    "text/vtt": ".vtt",
}
# These say nothing that the name in the address does not say better.
_VAGUE: Final = frozenset(("", "text/plain", "application/octet-stream", "binary/octet-stream"))
# What stands between a visitor and the page.
_CHALLENGE = re.compile(
    rb"<title>\s*(?:just a moment|attention required!|checking your browser|ddos-guard|verifying you are human)", re.I
)
_HEAD: Final = 1 << 14
_ADDRESS_LINE = re.compile(rb"https?://[^\s<>\"]+")


def most_bytes(headers: Mapping[str, str]) -> int:
    """Return how many bytes the body of an answer may have, by what its headers say that it is.

    >>> most_bytes({"content-type": "text/html"}) >> 20, most_bytes({"content-type": "application/xml"}) >> 20
    (10, 50)
    """
    stated, _ = content_type(headers)
    if _TYPES.get(stated) in _FEEDS:
        return MOST["feed"]
    return MOST["sitemap" if stated.endswith(("/xml", "gzip")) else "page"]


def kind_of(answer: Answer, folder: Path) -> tuple[Kind, str]:
    """Return what an answer holds, and the ending of its format. Raises FetchError where nothing reads it."""
    if "cf-mitigated" in answer.headers or _CHALLENGE.search(answer.body[:_HEAD]):
        raise FetchError("what came is a web page that wants a person to prove that it is one")
    if not answer.body.strip():
        raise FetchError("the answer is empty", passing=True)
    ending = _ending(answer)
    path = bodies.scratch(folder, ending)
    path.write_bytes(answer.body)
    try:
        found = format_of(path, _READ, named=True)
    except UnusableError as error:
        raise FetchError(str(error)) from None
    finally:
        path.unlink(missing_ok=True)
    if found == _SITEMAP or (found == ".txt" and _lists_addresses(answer.body)):
        return "sitemap", _SITEMAP
    kind: Kind = "feed" if found in _FEEDS else "page"
    if len(answer.body) > MOST[kind]:
        raise FetchError(f"larger than {MOST[kind] >> 20} MiB")
    return kind, found


def unpacked(body: bytes, folder: Path) -> bytes:
    """Return a sitemap, which may be a packed file. Raises FetchError where it is too large."""
    path = bodies.scratch(folder, "")
    path.write_bytes(body)
    try:
        with open_stream(path) as stream:
            whole = stream.read(MOST["sitemap"] + 1)
    except UnusableError as error:
        raise FetchError(str(error)) from None
    finally:
        path.unlink(missing_ok=True)
    if len(whole) > MOST["sitemap"]:
        raise FetchError(f"larger than {MOST['sitemap'] >> 20} MiB")
    return whole


def _ending(answer: Answer) -> str:
    stated, _ = answer.content_type
    if stated in _VAGUE:
        return PurePosixPath(urlsplit(answer.address).path).suffix.lower()[:12] or (".txt" if stated else "")
    return _TYPES.get(stated, ".xml" if stated.endswith(("/xml", "+xml")) else "")


def _lists_addresses(body: bytes) -> bool:
    lines = [line.strip() for line in body.splitlines() if line.strip()]
    return bool(lines) and all(map(_ADDRESS_LINE.fullmatch, lines))
