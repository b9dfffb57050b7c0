"""Read OpenDocument texts (.odt, .ott), as LibreOffice and others write them."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from index.model import Article, Skipped
from index.sources.fields.field_map import NO_MAP, FieldMap
from index.sources.files.streams import UnusableError
from index.sources.office.document import Document
from index.sources.office.odt_styles import OFFICE, Styles
from index.sources.office.odt_text import Walk
from index.sources.office.package import Package, package

_DC = "{http://purl.org/dc/elements/1.1/}"
_META = "{urn:oasis:names:tc:opendocument:xmlns:meta:1.0}"
_LOCKED = "{urn:oasis:names:tc:opendocument:xmlns:manifest:1.0}encryption-data"


def read(path: Path, field_map: FieldMap = NO_MAP) -> Iterator[Article | Skipped]:  # noqa: ARG001 - the readers' protocol
    """Yield the one article of a document.

    Tracked deletions, comments, hidden text, prompts, tables of contents, heads and feet of pages are no text. A frame
    with text is a paragraph of its own, a note stands behind its paragraph. The day on which the file was made or
    saved is no date of the article.
    """
    with package(path) as parts:
        _refuse_locked(parts)
        content = parts.tree("content.xml")
        text = content.find(f"{OFFICE}body/{OFFICE}text")
        if text is None:
            raise UnusableError("an office document of another kind than text: save it as text, HTML or CSV")
        document = Document()
        Walk(document, Styles(content, parts.tree_if_any("styles.xml"))).story(text)
        meta = parts.tree_if_any("meta.xml")
    stated = None if meta is None else meta.find(f"{OFFICE}meta")
    if stated is None:
        yield document.article(path)
        return
    # The creator is who saved it last.
    author = _text(stated, f"{_META}initial-creator") or _text(stated, f"{_DC}creator")
    yield document.article(path, _text(stated, f"{_DC}title"), author, _text(stated, f"{_DC}language"))


def _text(stated: Any, name: str) -> str | None:
    found = stated.findtext(name)
    return found if isinstance(found, str) and found.strip() else None


def _refuse_locked(parts: Package) -> None:
    manifest = parts.tree_if_any("META-INF/manifest.xml")
    if manifest is not None and next(manifest.iter(_LOCKED), None) is not None:
        raise UnusableError("locked with a password: save it without one")
    if parts.find("encrypted-package") is not None:
        raise UnusableError("locked with a password: save it without one")
