"""Read documents of Word (.docx, .docm, .dotx): the text as it stands when every change is accepted."""

import posixpath
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from index.model import Article, Skipped
from index.sources.fields.field_map import NO_MAP, FieldMap
from index.sources.files.streams import UnusableError
from index.sources.office.document import Document
from index.sources.office.docx_styles import W, styles_of
from index.sources.office.docx_text import Walk
from index.sources.office.package import Package, package, tree

# The same under the names that "Strict Open XML" gives.
_STRICT = b"http://purl.oclc.org/ooxml/"
_TRANSITIONAL = {
    b"http://purl.oclc.org/ooxml/wordprocessingml/main": b"http://schemas.openxmlformats.org/wordprocessingml/2006/main",
    b"http://purl.oclc.org/ooxml/officeDocument/math": b"http://schemas.openxmlformats.org/officeDocument/2006/math",
}
_DC = "{http://purl.org/dc/elements/1.1/}"


def read(path: Path, field_map: FieldMap = NO_MAP) -> Iterator[Article | Skipped]:  # noqa: ARG001 - the readers' protocol
    """Yield the one article of a document.

    Insertions are text, deletions and comments are not; neither are hidden text, prompts, tables of contents, heads and
    feet of pages. A text box is a paragraph of its own, a note stands behind its paragraph. The day on which the file
    was made is no date of the article.
    """
    with package(path) as parts:
        main = _main_part(parts)
        related = _related(parts, main)
        document = Document()
        notes = {kind: _notes(parts, related.get(f"{kind}s")) for kind in ("footnote", "endnote")}
        root = _tree(parts, main)
        body = root.find(f"{W}body")
        if body is None:
            raise UnusableError("damaged: it has no body")
        Walk(document, styles_of(parts.tree_if_any(related.get("styles"))), notes).story(body)
        core = parts.tree_if_any(_related(parts, "").get("core-properties", "docProps/core.xml"))
    if not document.blocks and root.find(f".//{W}altChunk") is not None:
        raise UnusableError("its text lies in it as a file of another format; open it in Word and save it")
    stated = [None if core is None else core.findtext(f"{_DC}{name}") for name in ("title", "creator", "language")]
    yield document.article(path, *stated)


def _main_part(parts: Package) -> str:
    stated = _related(parts, "").get("officeDocument")
    if stated is not None and parts.find(stated) is not None:
        return stated
    return "word/document.xml"


def _related(parts: Package, part: str) -> dict[str, str]:
    """Return the parts that a part is related to, by the kind of relation: "styles", "footnotes"."""
    folder, name = posixpath.split(part)
    relations = parts.tree_if_any(posixpath.join(folder, "_rels", f"{name}.rels"))
    found: dict[str, str] = {}
    for relation in [] if relations is None else relations:
        kind = relation.get("Type", "").rpartition("/")[2]
        if relation.get("TargetMode") != "External":
            target = posixpath.join("/", folder, relation.get("Target", ""))
            found.setdefault(kind, posixpath.normpath(target).lstrip("/"))
    return found


def _tree(parts: Package, name: str) -> Any:
    raw = parts.read(name)
    if _STRICT in raw[:10_000]:
        for strict, transitional in _TRANSITIONAL.items():
            raw = raw.replace(strict, transitional)
    return tree(raw)


def _notes(parts: Package, name: str | None) -> dict[str, Any]:
    """Return the notes of a part by their ids, without the lines that part them from the text."""
    if name is None or parts.find(name) is None:
        return {}
    try:
        notes = _tree(parts, name)
    except UnusableError:
        return {}
    return {note.get(f"{W}id"): note for note in notes if note.get(f"{W}type", "normal") == "normal"}
