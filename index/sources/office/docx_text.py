"""Walk the body of a document of Word: paragraphs, tables, text boxes and notes, wrapped in whatever they are."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from string import hexdigits
from typing import Any

from index.sources.office.document import Cell, Document
from index.sources.office.docx_styles import LARGE, Style, Styles, W, is_on, number
from index.sources.office.symbols import symbol

_M = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
_MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
_P, _R, _T, _TABLE, _ROW, _CELL = (f"{W}{name}" for name in ("p", "r", "t", "tbl", "tr", "tc"))
_WORDS = frozenset((_T, f"{_M}t"))
_CONTROL, _CONTENT, _BOX = f"{W}sdt", f"{W}sdtContent", f"{W}txbxContent"
_RUN_PROPERTIES, _PROPERTIES = f"{W}rPr", f"{W}pPr"
_FIELD, _CODE = f"{W}fldChar", f"{W}instrText"
_ALTERNATE, _CHOICE, _FALLBACK = f"{_MC}AlternateContent", f"{_MC}Choice", f"{_MC}Fallback"
_REFERENCES = {f"{W}footnoteReference": "footnote", f"{W}endnoteReference": "endnote"}
_CHARACTERS = {
    **{f"{W}tab": "\t", f"{W}ptab": "\t", f"{W}br": "\n", f"{W}cr": "\n"},
    **{f"{W}noBreakHyphen": "-", f"{W}softHyphen": "\xad"},
}
# What is struck out or moved away, what is said about the text, and what is no text.
_PASSED_OVER = frozenset(
    (
        *(f"{W}{name}" for name in ("del", "moveFrom", "delText", "delInstrText", "rt", "rubyPr", "pPr")),
        *(f"{W}{name}" for name in ("rPr", "sdtPr", "sdtEndPr", "tblPr", "trPr", "tcPr", "tblGrid", "sectPr")),
        *(f"{W}{name}" for name in ("proofErr", "fldData", "ffData", "smartTagPr", "customXmlPr", "object")),
        *(f"{W}{name}" for name in ("pgNum", "annotationRef", "footnoteRef", "endnoteRef", "subDoc", "altChunk")),
    )
)
# Their results are lists of headings or words with the numbers of pages.
_LISTING_FIELDS = ("TOC ", "INDEX ", "TOA ")
# Theirs are the day on which the file is opened, saved, printed.
_CLOCKS = ("DATE", "TIME", "SAVEDATE", "PRINTDATE", "CREATEDATE")


@dataclass(slots=True)
class _Field:
    """A field: its code, and whether its result has begun, which may be a list of headings or words."""

    code: list[str] = field(default_factory=list)
    begun: bool = False
    listing: bool = False


class Walk:
    """One walk over a document: the fields that are open, and the pieces of the paragraph that is being read."""

    def __init__(self, document: Document, styles: Styles, notes: Mapping[str, Mapping[str, Any]]) -> None:
        self._document = document
        self._styles = styles
        self._notes = notes
        self._told: set[tuple[str, str]] = set()
        self._fields: list[_Field] = []
        # So many of the open fields are still at their code, so many show a list of headings or words.
        self._coded = self._listing = 0
        self._whole_fields = True
        self._pieces: list[str] = []
        self._boxes: list[Any] = []
        self._named: list[Any] = []
        self._hidden: list[str] = []
        self._listed: list[str] = []
        self._clock = False
        self._steps: dict[str, Callable[[Any, bool], None]] = {
            **{_R: self._run, _CONTROL: self._control, _ALTERNATE: self._alternate, _BOX: self._box},
            **{_FIELD: self._mark, _CODE: self._code, f"{W}sym": self._symbol, f"{_M}f": self._fraction},
            **dict.fromkeys(_REFERENCES, self._reference),
        }

    def story(self, body: Any) -> None:
        """Add all that stands in the body of the document."""
        kinds = [mark.get(f"{W}fldCharType") for mark in body.iter(_FIELD)]
        # Else the rest of a document would be the code of a field without an end.
        self._whole_fields = kinds.count("begin") == kinds.count("end")
        self._blocks(body)
        self._end_paragraph(None)

    def _blocks(self, container: Any) -> None:
        for element in container:
            tag = element.tag
            if tag == _P:
                self._paragraph(element)
            elif tag == _TABLE:
                self._table(element)
            elif tag == _CONTROL:
                if (content := self._content(element)) is not None:
                    self._blocks(content)
            elif tag == _ALTERNATE:
                self._blocks(_taken(element))
            elif tag not in _PASSED_OVER:
                self._blocks(element)

    def _content(self, control: Any) -> Any:
        """Return what stands in a content control; None for a prompt to fill it in, and a table of contents."""
        properties, content = control.find(f"{W}sdtPr"), control.find(_CONTENT)
        if properties is None or content is None:
            return content
        gallery = properties.find(f"{W}docPartObj/{W}docPartGallery")
        if gallery is not None and gallery.get(f"{W}val", "").casefold() == "table of contents":
            self._document.drop(_words(content), "a table of contents")
            return None
        if is_on(properties, "showingPlcHdr"):
            self._document.drop(_words(content), "a prompt of the template")
            return None
        return content

    def _paragraph(self, paragraph: Any) -> None:
        properties = paragraph.find(_PROPERTIES)
        self._inline(paragraph, self._styles.of(properties, "pStyle").hidden)
        marks = None if properties is None else properties.find(_RUN_PROPERTIES)
        if marks is not None and (marks.find(f"{W}del") is not None or marks.find(f"{W}moveFrom") is not None):
            # Its end is struck out, so it goes on in the next one.
            return
        self._end_paragraph(paragraph)

    def _end_paragraph(self, paragraph: Any) -> None:
        text, boxes, named = "".join(self._pieces), self._boxes, self._named
        self._pieces, self._boxes, self._named = [], [], []
        if text and not text.isspace():
            properties = None if paragraph is None else paragraph.find(_PROPERTIES)
            style = self._styles.of(properties, "pStyle")
            own = number(properties, "outlineLvl")
            level = style.level if own is None else own + 1 if own < 9 else 0
            numbered = None if properties is None else properties.find(f"{W}numPr")
            entry = style.entry if numbered is None else number(numbered, "numId") != 0
            prominent = not self._document.blocks and paragraph is not None and self._is_prominent(paragraph, style)
            role = "" if self._clock and style.role == "date" else style.role
            self._document.styled(text, role, level=level, entry=entry, prominent=prominent)
        self._clock = False
        for left_out, reason in ((self._hidden, "hidden text"), (self._listed, "a table of contents")):
            self._document.drop("".join(left_out), reason)
            left_out.clear()
        for note in named:
            with self._document.aside() as blocks:
                self._blocks(note)
            self._document.note(" ".join(block.text for block in blocks))
        for box in boxes:
            self._blocks(box)

    def _inline(self, element: Any, hidden: bool) -> None:
        if element is None:
            return
        for child in element:
            tag = child.tag
            if tag in _WORDS:
                self._add(child.text, hidden)
            elif tag in _CHARACTERS:
                self._add(_CHARACTERS[tag], hidden)
            elif tag in self._steps:
                self._steps[tag](child, hidden)
            elif tag not in _PASSED_OVER:
                self._inline(child, hidden)

    def _control(self, control: Any, hidden: bool) -> None:
        self._inline(self._content(control), hidden)

    def _alternate(self, alternate: Any, hidden: bool) -> None:
        self._inline(_taken(alternate), hidden)

    def _box(self, box: Any, hidden: bool) -> None:
        if not hidden:
            self._boxes.append(box)

    def _symbol(self, element: Any, hidden: bool) -> None:
        code = element.get(f"{W}char", "")
        if 0 < len(code) <= 6 and all(sign in hexdigits for sign in code):
            self._add(symbol(element.get(f"{W}font", ""), int(code, 16)), hidden)

    def _fraction(self, fraction: Any, hidden: bool) -> None:
        self._inline(fraction.find(f"{_M}num"), hidden)
        self._add("/", hidden)
        self._inline(fraction.find(f"{_M}den"), hidden)

    def _run(self, run: Any, hidden: bool) -> None:
        properties = run.find(_RUN_PROPERTIES)
        if properties is not None:
            style = self._styles.of(properties, "rStyle")
            own = is_on(properties, "vanish")
            hidden = (hidden or style.hidden) if own is None else own
            if style.prompt and not hidden:
                self._document.drop(_words(run), "a prompt of the template")
                return
        kept = len(self._pieces)
        self._inline(run, hidden)
        if any(mark.get(f"{W}customMarkFollows") in ("1", "true", "on") for mark in run if mark.tag in _REFERENCES):
            # The mark of a note that its author chose.
            del self._pieces[kept:]

    def _add(self, text: str | None, hidden: bool) -> None:
        if not text:
            return
        if self._coded and self._whole_fields:
            return
        if self._listing and self._whole_fields:
            self._listed.append(text)
        elif hidden:
            self._hidden.append(text)
        else:
            # In XML a line break is a space; only an element of its own breaks a line.
            self._pieces.append(text.replace("\n", " ") if len(text) > 1 else text)

    def _code(self, element: Any, hidden: bool) -> None:  # noqa: ARG002 - as all steps are called
        if self._fields and not self._fields[-1].begun:
            self._fields[-1].code.append(element.text or "")

    def _mark(self, mark: Any, hidden: bool) -> None:  # noqa: ARG002 - as all steps are called
        """Meet the beginning, the middle or the end of a field."""
        kind = mark.get(f"{W}fldCharType")
        if kind == "begin":
            self._fields.append(_Field())
            self._coded += 1
        elif self._fields and kind == "separate" and not self._fields[-1].begun:
            open_one = self._fields[-1]
            code = "".join(open_one.code).strip().upper() + " "
            open_one.begun, open_one.listing = True, code.startswith(_LISTING_FIELDS)
            self._coded -= 1
            self._listing += open_one.listing
            self._clock = self._clock or code.startswith(_CLOCKS)
        elif self._fields and kind == "end":
            ended = self._fields.pop()
            self._coded -= not ended.begun
            self._listing -= ended.listing

    def _reference(self, reference: Any, hidden: bool) -> None:
        kind = _REFERENCES[reference.tag]
        name = (kind, reference.get(f"{W}id", ""))
        note = None if hidden else self._notes[kind].get(name[1])
        if note is not None and name not in self._told:
            self._told.add(name)
            self._named.append(note)

    def _table(self, table: Any) -> None:
        self._end_paragraph(None)
        self._document.close()
        rows: list[list[Cell]] = []
        headed = False
        for row in _rows(table):
            properties = row.find(f"{W}trPr")
            if properties is not None and properties.find(f"{W}del") is not None:
                continue
            if not rows:
                headed = bool(is_on(properties, "tblHeader"))
            cells = []
            for cell in _cells(row):
                with self._document.aside() as blocks:
                    self._blocks(cell)
                    self._end_paragraph(None)
                cells.append(blocks)
            rows.append(cells)
        self._document.table(rows, headed=headed)

    def _is_prominent(self, paragraph: Any, style: Style) -> bool:
        """Return whether all of a paragraph is bold or large."""
        runs = [run for run in paragraph.iter(_R) if any(text.text for text in run.iterchildren(_T))]
        return bool(runs) and all(self._stands_out(run.find(_RUN_PROPERTIES), style) for run in runs)

    def _stands_out(self, properties: Any, style: Style) -> bool:
        bold = is_on(properties, "b")
        size = number(properties, "sz")
        return (style.bold if bold is None else bold) or (style.large if size is None else size >= LARGE)


def _taken(alternate: Any) -> Any:
    """Return the one of several forms of the same content that is read: the newest, unless it holds no text."""
    choice, fallback = alternate.find(_CHOICE), alternate.find(_FALLBACK)
    if choice is None:
        return alternate if fallback is None else fallback
    holds_text = next(choice.iter(_T), None) is not None
    return choice if holds_text or fallback is None else fallback


def _rows(table: Any) -> Iterator[Any]:
    """Yield the rows of a table, those in content controls too."""
    for child in table:
        if child.tag == _ROW:
            yield child
        elif child.tag not in _PASSED_OVER and child.tag != _TABLE:
            yield from _rows(child)


def _cells(row: Any) -> Iterator[Any]:
    """Yield the cells of a row that are not struck out."""
    for child in row:
        if child.tag == _CELL:
            properties = child.find(f"{W}tcPr")
            if properties is None or properties.find(f"{W}cellDel") is None:
                yield child
        elif child.tag not in _PASSED_OVER:
            yield from _cells(child)


def _words(element: Any) -> str:
    return " ".join(text.text or "" for text in element.iter(_T))
