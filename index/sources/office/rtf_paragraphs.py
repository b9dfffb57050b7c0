"""What becomes of the paragraphs of a document in Rich Text Format: headings, entries of lists, cells of tables."""

import re
from dataclasses import dataclass, field

from index.sources.blocks.blocks import Block
from index.sources.blocks.layout import one_line
from index.sources.office.document import Cell, Document, role_of
from index.sources.office.rtf_words import paired

_MARKED = re.compile(r"\s*(?:\d{1,3}[.)]|[a-zA-Z][.)]|\(\w{1,3}\)|[•·◦▪‣●○■□–—-])\t")
_DEEPEST_LEVEL = 9


# Not a frozen record that is replaced: a copy is made for every group.
@dataclass(slots=True)
class State:
    """The formatting at one point, which the end of a group takes back; `part` is where its text goes ("" the body)."""

    part: str = ""
    starred: bool = False
    twofold: bool = False
    fallback: int = 1
    font: int = -1
    hidden: bool = False
    deleted: bool = False
    bold: bool = False
    size: int = 24
    style: int = 0
    level: int = _DEEPEST_LEVEL
    in_table: bool = False
    hanging: bool = False
    entry: bool = False

    def inner(self) -> "State":
        """Return the state with which a group in this one begins."""
        return State(
            *(self.part, False, False, self.fallback, self.font, self.hidden, self.deleted, self.bold, self.size),
            *(self.style, self.level, self.in_table, self.hanging, self.entry),
        )

    def plain(self) -> None:
        """Take back the formatting of characters."""
        self.font, self.hidden, self.deleted, self.bold, self.size = -1, False, False, False, 24

    def paragraph_defaults(self) -> None:
        """Take back the formatting of paragraphs."""
        self.style, self.level, self.in_table, self.hanging, self.entry = 0, _DEEPEST_LEVEL, False, False, False


@dataclass(slots=True)
class Story:
    """A text of its own: the body, a note, an entry of a table at the front. It ends with the group it began in."""

    part: str
    depth: int
    pieces: list[str] = field(default_factory=list)
    paragraphs: list[str] = field(default_factory=list)
    standing_out: bool = True

    def taken(self) -> str:
        """Return the text of the paragraph, and begin another."""
        text = paired("".join(self.pieces))
        self.pieces.clear()
        return text


class Paragraphs:
    """The document that paragraphs go to, the styles they name, the table that is open, and what hangs on it all."""

    def __init__(self) -> None:
        self.document = Document()
        self.notes: list[str] = []
        self.boxes: list[str] = []
        self.hidden: list[str] = []
        self.headed = False
        self._styles: dict[int, tuple[str, int]] = {}
        self._cell: list[str] = []
        self._cells: list[Cell] = []
        self._rows: list[list[Cell]] = []

    def style(self, name: str, state: State) -> None:
        """Take in a style; other names for it stand behind a comma."""
        role = role_of(name.partition(";")[0].partition(",")[0])
        self._styles[state.style] = (role, state.level)

    def end(self, text: str, state: State, *, prominent: bool) -> None:
        """Add a paragraph."""
        if state.in_table:
            self._cell.append(text)
            return
        if text.strip():
            self.end_table()
            role, of_style = self._styles.get(state.style, ("", _DEEPEST_LEVEL))
            level = of_style if state.level >= _DEEPEST_LEVEL else state.level
            entry = state.entry
            if state.hanging and (marked := _MARKED.match(text)):
                entry, text = True, text[marked.end() :]
            heading = level + 1 if 0 <= level < _DEEPEST_LEVEL else 0
            self.document.styled(text, role, level=heading, entry=entry, prominent=prominent)
        if not self._rows and not self._cells:
            self._add_what_hangs()

    def end_cell(self, text: str) -> None:
        """Add a cell of a table, `text` with the paragraphs before it."""
        self._cells.append([Block(line) for line in map(one_line, [*self._cell, text]) if line])
        self._cell.clear()

    def end_row(self) -> None:
        """End a row of a table."""
        if self._cells:
            self._rows.append(self._cells)
            self._cells = []

    def end_table(self) -> None:
        """End a table, if one is open; a cut file may end within a row."""
        if self._cell:
            self.end_cell("")
        self.end_row()
        if self._rows:
            rows, self._rows = self._rows, []
            self.document.close()
            self.document.table(rows, headed=self.headed)
            self._add_what_hangs()
        self.headed = False

    def head_row(self) -> None:
        """Take note that the row names the columns, if it is the first."""
        self.headed = self.headed or not self._rows

    def _add_what_hangs(self) -> None:
        self.document.drop("".join(self.hidden), "hidden text")
        for note in self.notes:
            self.document.note(note)
        for box in self.boxes:
            self.document.add(box)
        self.hidden, self.notes, self.boxes = [], [], []
