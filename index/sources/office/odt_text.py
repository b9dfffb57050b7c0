"""Walk an OpenDocument text: paragraphs, lists, tables, frames and notes, which lie inside paragraphs."""

from collections.abc import Iterator
from typing import Any

from index.sources.office.document import Document
from index.sources.office.odt_styles import OFFICE, TEXT, Styles

_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_DRAW = "{urn:oasis:names:tc:opendocument:xmlns:drawing:1.0}"
_P, _H, _LIST, _NOTE, _STYLE_NAME = (f"{TEXT}{name}" for name in ("p", "h", "list", "note", "style-name"))
_SPACES, _TAB, _BREAK = f"{TEXT}s", f"{TEXT}tab", f"{TEXT}line-break"
# Pictures and embedded files; all else that is drawn may hold paragraphs of its own.
_WRAPS_DRAWINGS = frozenset(f"{_DRAW}{name}" for name in ("frame", "a", "g"))
_PICTURES = frozenset(f"{_DRAW}{name}" for name in ("image", "object", "object-ole", "plugin", "applet"))
_CONTENTS = frozenset(f"{TEXT}{name}-index" for name in ("alphabetical", "illustration", "table", "object", "user")) | {
    f"{TEXT}table-of-content"
}
# What was deleted, what is said about the text, and what is no text.
_PASSED_OVER = frozenset(
    (
        *(f"{TEXT}{name}" for name in ("tracked-changes", "note-citation", "placeholder", "ruby-text", "page-number")),
        *(f"{TEXT}{name}" for name in ("page-count", "hidden-text", "script", "sequence-decls", "variable-decls")),
        *(f"{TEXT}{name}" for name in ("user-field-decls", "dde-connection-decls", "toc-mark", "number")),
        *(f"{OFFICE}{name}" for name in ("annotation", "annotation-end", "forms", "event-listeners", "binary-data")),
        *(f"{_TABLE}{name}" for name in ("covered-table-cell", "shapes", "table-source", "desc", "title")),
        *(f"{{urn:oasis:names:tc:opendocument:xmlns:svg-compatible:1.0}}{name}" for name in ("desc", "title")),
    )
)


class Walk:
    """One walk over a document: the pieces of the paragraph that is being read, its frames and its notes."""

    def __init__(self, document: Document, styles: Styles) -> None:
        self._document = document
        self._styles = styles
        self._pieces: list[str] = []
        self._hidden: list[str] = []
        self._boxes: list[Any] = []
        self._notes: list[Any] = []

    def story(self, text: Any) -> None:
        """Add all that stands in the body of the document."""
        self._blocks(text, entry=False)

    def _blocks(self, container: Any, *, entry: bool) -> None:
        for element in container:
            tag = element.tag
            if tag in (_P, _H):
                self._paragraph(element, entry=entry)
            elif tag == _LIST:
                self._blocks(element, entry=True)
                if not entry:
                    self._document.close()
            elif tag == f"{_TABLE}table":
                self._table(element)
            elif tag in _CONTENTS:
                self._document.drop(_words(element), "a table of contents")
            elif tag not in _PASSED_OVER and tag not in _PICTURES and not _is_hidden(element):
                self._blocks(element, entry=entry)

    def _paragraph(self, paragraph: Any, *, entry: bool) -> None:
        style = self._styles.of(paragraph.get(_STYLE_NAME))
        level = _level(paragraph.get(f"{TEXT}outline-level", ""), style.level) if paragraph.tag == _H else 0
        self._inline(paragraph, style.hidden)
        text, boxes, notes = "".join(self._pieces), self._boxes, self._notes
        self._pieces, self._boxes, self._notes = [], [], []
        if self._hidden:
            self._document.drop("".join(self._hidden), "hidden text")
            self._hidden.clear()
        if text and not text.isspace():
            prominent = not self._document.blocks and (style.prominent or self._is_prominent(paragraph))
            role = "" if style.role == "date" and _is_clock(paragraph) else style.role
            self._document.styled(text, role, level=level, entry=entry, prominent=prominent)
        for note in notes:
            with self._document.aside() as blocks:
                self._blocks(note, entry=False)
            self._document.note(" ".join(block.text for block in blocks))
        for box in boxes:
            self._blocks(box, entry=False)

    def _inline(self, element: Any, hidden: bool) -> None:
        self._add(element.text, hidden)
        for child in element:
            tag = child.tag
            if tag == _SPACES:
                self._put(" ", hidden)
            elif tag == _TAB:
                self._put("\t", hidden)
            elif tag == _BREAK:
                self._put("\n", hidden)
            elif tag == _NOTE:
                self._notes.extend(child.iterchildren(f"{TEXT}note-body"))
            elif tag.startswith(_DRAW) and tag not in _WRAPS_DRAWINGS:
                if tag not in _PICTURES:
                    self._boxes.append(child)
            elif tag == f"{TEXT}hidden-paragraph":
                hidden = hidden or child.get(f"{TEXT}is-hidden") == "true"
            elif tag not in _PASSED_OVER:
                inner = self._styles.of(child.get(_STYLE_NAME)) if tag == f"{TEXT}span" else None
                self._inline(child, hidden or (inner is not None and inner.hidden))
            self._add(child.tail, hidden)

    def _add(self, text: str | None, hidden: bool) -> None:
        """Add words; a line break in them is a space, as only an element of its own breaks a line."""
        if text:
            self._put(text.replace("\n", " ").replace("\r", " "), hidden)

    def _put(self, text: str, hidden: bool) -> None:
        (self._hidden if hidden else self._pieces).append(text)

    def _table(self, table: Any) -> None:
        self._document.close()
        rows = []
        for row in _rows(table):
            cells = []
            for cell in row.iterchildren(f"{_TABLE}table-cell"):
                with self._document.aside() as blocks:
                    self._blocks(cell, entry=False)
                cells.append(blocks)
            rows.append(cells)
        self._document.table(rows, headed=table.find(f"{_TABLE}table-header-rows") is not None)

    def _is_prominent(self, paragraph: Any) -> bool:
        """Return whether all of a paragraph stands in stretches that are bold or large."""
        if (paragraph.text or "").strip():
            return False
        return len(paragraph) > 0 and all(
            not (child.tail or "").strip() and self._styles.of(child.get(_STYLE_NAME)).prominent for child in paragraph
        )


def _rows(table: Any) -> Iterator[Any]:
    for child in table:
        if child.tag == f"{_TABLE}table-row":
            yield child
        elif child.tag in (f"{_TABLE}table-header-rows", f"{_TABLE}table-rows", f"{_TABLE}table-row-group"):
            yield from _rows(child)


def _level(stated: str, of_style: int) -> int:
    return min(int(stated), 9) if stated.isdecimal() and len(stated) < 3 else of_style or 1


def _is_clock(paragraph: Any) -> bool:
    """Return whether a paragraph states the day on which the file is opened."""
    return any(date.get(f"{TEXT}fixed") != "true" for date in paragraph.iter(f"{TEXT}date"))


def _is_hidden(element: Any) -> bool:
    """Return whether a section is hidden."""
    return bool(element.get(f"{TEXT}display") == "none" or element.get(f"{TEXT}is-hidden") == "true")


def _words(element: Any) -> str:
    return " ".join(text.strip() for text in element.itertext() if text.strip())
