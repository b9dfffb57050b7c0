"""Read pages that a browser saved as one file (.mht, .mhtml): the page itself, without its pictures and frames."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Final

from index.model import Article, Skipped
from index.sources.fields.field_map import NO_MAP, FieldMap
from index.sources.files.streams import UnusableError, read_bytes
from index.sources.files.walk import printable
from index.sources.html import html_file
from index.sources.mail.mime import Part, part, words

# Pictures are kept in it as well, at four bytes for three.
_FILE_BYTES: Final = 64 << 20
_PAGES: Final = ("text/html", "application/xhtml+xml")
_DEEPEST: Final = 5


def read(path: Path, field_map: FieldMap = NO_MAP) -> Iterator[Article | Skipped]:
    """Yield the article of a page. Its address is the one that it was saved from; when it was saved is no date of it.

    UnusableError when it holds no page.
    """
    saved = part(read_bytes(path, _FILE_BYTES))
    page = _page(saved, 0)
    if page is None:
        raise UnusableError("no page in it")
    stated = saved.headers.get("snapshot-content-location") or page.headers.get("content-location") or ""
    url = words(stated)
    charset = page.parameters.get("charset")
    for found in html_file.page(page.content(), path, printable(path), field_map, charset):
        own = isinstance(found, Article) and not found.url and url.startswith(("https://", "http://"))
        yield replace(found, url=url) if own and isinstance(found, Article) else found


def _page(inside: Part, depth: int) -> Part | None:
    """Return the first page in what was saved, which is the one that shows the others."""
    if inside.kind in _PAGES:
        return inside
    parts = inside.parts() if inside.kind.startswith("multipart/") and depth < _DEEPEST else iter(())
    return next((page for one in parts if (page := _page(one, depth + 1)) is not None), None)
