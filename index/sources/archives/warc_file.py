"""Read web archives (.warc, .warc.gz): the pages that a crawler was given, each an article."""

from collections.abc import Iterator
from dataclasses import replace
from hashlib import blake2b
from pathlib import Path
from typing import Final
from urllib.parse import unquote, urlsplit

from index.model import Article, Skipped
from index.sources.archives.warc_records import Record, body_of, records, response
from index.sources.encodings.charsets import media_type
from index.sources.encodings.encoding import decode
from index.sources.fields.field_map import NO_MAP, FieldMap
from index.sources.fields.left_out import LeftOut
from index.sources.files.endings import why_unread
from index.sources.files.faults import fault
from index.sources.files.streams import UnusableError, open_stream
from index.sources.files.walk import printable
from index.sources.html import html_file
from index.sources.text import text_file

_ANSWERED: Final = 200
_PAGES: Final = ("text/html", "application/xhtml+xml")
_TEXT: Final = "text/plain"
_WANTED: Final = frozenset(("response", "resource", "conversion"))
# What HTTP puts above a page that is as large as may be.
_HEAD_BYTES: Final = 1 << 16
# What a crawler keeps of itself beside the pages, its log and what it was told to do, is called by names of its own:
# "metadata://gnu.org/software/wget/warc/wget.log", "urn:pageinfo:https://quay.example/".
_FETCHED: Final = ("http", "https", "ftp", "file", "gopher", "gemini", "")
_OF_THE_CRAWL: Final = "record(s) of the crawl itself"
_REVISIT: Final = "page(s) fetched again unchanged"
_OTHER: Final = "file(s) of other kinds"
_URL = 2000


class _LeftOutError(Exception):
    """A record is no page, or one that was met before; the message is the kind that it is counted as."""


class _Pages:
    """The pages of one web archive; `met` are the hashes of those that came before."""

    def __init__(self, path: Path, field_map: FieldMap) -> None:
        self.file = printable(path)
        self.field_map = field_map
        self.met: set[bytes] = set()

    def of(self, record: Record) -> Iterator[Article | Skipped]:
        """Yield what a record holds."""
        url = record.headers.get("warc-target-uri", "").strip("<> ")
        place = f"{self.file}:{url[:_URL]}"
        try:
            kind, charset, content = _content(record, url)
            known = blake2b(url.encode("utf-8", "replace") + b"\0" + content, digest_size=8).digest()
            if known in self.met:
                raise _LeftOutError(_REVISIT)
            self.met.add(known)
            named = _named(url)
            if kind == _TEXT:
                found = text_file.pages(decode(content, charset), named, self.file, self.field_map)
            else:
                found = html_file.page(content, named, self.file, self.field_map, charset)
            for number, part in enumerate(found):
                if isinstance(part, Article):
                    yield replace(part, url=url or part.url, key=f"{url}#{number}" if number and kind == _TEXT else url)
                else:
                    yield replace(part, path=place)
        except _LeftOutError:
            raise
        except Exception as error:  # noqa: BLE001 - one page stops nothing
            yield Skipped(place, fault(error))


def read(path: Path, field_map: FieldMap = NO_MAP) -> Iterator[Article | Skipped]:
    """Yield the pages of a web archive, then how much of what else is counted.

    A page is what a server answered with status 200 as HTML or plain text. Its address is the one that was asked for,
    its date what it states itself: never the day of the crawl.
    """
    pages, left_out = _Pages(path, field_map), LeftOut()
    fault = ""
    try:
        with open_stream(path) as stream:
            for record in records(stream, _WANTED, html_file.PAGE_BYTES + _HEAD_BYTES):
                try:
                    yield from pages.of(record)
                except _LeftOutError as kind:
                    left_out.add(str(kind))
    except UnusableError as error:
        # What was found before the damage counts.
        fault = str(error)
    yield from left_out.told(pages.file)
    if fault:
        yield Skipped(pages.file, fault)


def _content(record: Record, url: str) -> tuple[str, str | None, bytes]:
    """Return the content type, charset and bytes of the page in a record; _LeftOutError where it holds none."""
    if record.kind == "revisit":
        raise _LeftOutError(_REVISIT)
    if record.kind not in _WANTED or (record.kind != "response" and _scheme(url) not in _FETCHED):
        raise _LeftOutError(_OF_THE_CRAWL)
    if record.block is None:
        raise UnusableError(f"larger than {html_file.PAGE_BYTES >> 20} MiB")
    answer = response(record.block) if record.kind == "response" else None
    if answer is None:
        if record.kind == "response":
            raise _LeftOutError(_OTHER)
        kind, charset = media_type(record.headers.get("content-type", ""))
        content = record.block
    else:
        if answer.status != _ANSWERED:
            raise _LeftOutError("redirect(s)" if 300 <= answer.status < 400 else "error page(s)")
        kind, charset = media_type(answer.headers.get("content-type", "text/html"))
        if kind not in _PAGES and kind != _TEXT:
            raise _LeftOutError(_OTHER)
        content = body_of(answer, html_file.PAGE_BYTES)
    if kind not in _PAGES and (kind != _TEXT or why_unread(_named(url))):
        raise _LeftOutError(_OTHER)
    if not content.strip():
        raise _LeftOutError("empty page(s)")
    return kind, charset, content


def _scheme(url: str) -> str:
    scheme, colon, _ = url[:_URL].partition(":")
    return scheme.strip().lower() if colon else ""


def _named(url: str) -> Path:
    """Return the path of a page as that of a file; the name of its host where it has none."""
    try:
        parts = urlsplit(url[:_URL])
    except ValueError:
        return Path(url[:_URL])
    return Path(f"{parts.netloc}/{unquote(parts.path)}".replace("\0", ""))
