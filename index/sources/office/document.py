"""What the readers of office documents fill: blocks in reading order with their notes, and the one article of them."""

import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from index.model import Article, Dropped
from index.sources.blocks.blocks import MOST_DROPPED, Block, BlockKind, is_lead_in, joined, list_blocks, told
from index.sources.blocks.layout import normalise, one_line
from index.sources.fields import file_names
from index.sources.fields.dates import iso_date
from index.sources.fields.leftovers import stated_author, stated_title
from index.sources.fields.records import article, language_tag
from index.sources.files.streams import UnusableError
from index.sources.files.walk import printable
from index.sources.text.page import is_headline

_HEADING = re.compile(r"heading [1-9]")
_CONTENTS = re.compile(
    r"(?:contents|(?:(?:user|illustration|figure|table|object) )?index|table of (?:figures|authorities)) ?\d*"
)
_BLANK_LINES = re.compile(r"\n\s*\n")
_CODE = frozenset(("html preformatted", "source code", "preformatted text", "macro text", "code", "verbatim"))
_CAPTIONS = frozenset(("caption", "image caption", "table caption", "illustration"))
_TITLE_CHARACTERS = 300
# So many blocks may stand above the first heading that is the title: a letterhead, a date.
_ABOVE_A_TITLE = 3
# A table whose cells hold more than this on average, or one of them ten times as much, only lays out the page.
_CELL_CHARACTERS = 250
_DIGIT = re.compile(r"\d")

Cell = list[Block]


def role_of(style: str) -> str:
    """Return what a paragraph style means, by its name: "heading 2", "title", "author", "date", "contents", ...

    The names are those that programs keep in any language; "" for a style of running text.

    >>> role_of("Heading 2"), role_of("toc 1"), role_of("Body Text"), role_of("Source Code")
    ('heading 2', 'contents', '', 'code')
    """
    name = one_line(style.replace("_20_", " ").replace("_", " ")).casefold()
    if found := _HEADING.fullmatch(name):
        return found[0]
    if name in ("title", "author", "date"):
        return name
    if name.partition(" ")[0] == "toc" or _CONTENTS.fullmatch(name.removesuffix(" heading")):
        return "contents"
    if name in _CODE:
        return "code"
    return "caption" if name in _CAPTIONS else ""


class Document:
    """The blocks of one document in order; notes wait for the end of the block that names them."""

    def __init__(self) -> None:
        self.blocks: list[Block] = []
        self.dropped: list[Dropped] = []
        self._titles: list[str] = []
        self._levels: dict[int, int] = {}
        self._entries: list[str] = []
        self._code: list[str] = []
        self._notes: list[str] = []
        self._author: str | None = None
        self._date: str | None = None
        self._prominent = False
        self._aside = 0

    def styled(self, text: str, role: str, *, level: int = 0, entry: bool = False, prominent: bool = False) -> None:
        """Add a paragraph by the role of its style, its outline `level` (1 to 9, 0 for none), or as a list's entry.

        One that is `prominent` looks like a headline: all of it is bold or large.
        """
        if not level and role.startswith("heading"):
            level = int(role[-1])
        if role == "contents":
            self.drop(text, "a table of contents")
        elif role == "title" and not self._aside and (not self._titles or not self.blocks):
            self._titles.append(one_line(normalise(text)))
        elif role == "date" and not self._aside and not self._date and (day := iso_date(one_line(text))):
            self._date = day
        elif role == "author" and not self._aside and not self._author and len(self.blocks) <= _ABOVE_A_TITLE:
            self._author = stated_author(text)
        elif level or role == "title":
            self._heading(text, level)
        elif entry:
            self._entry(text)
        else:
            if not self.blocks and not self._aside:
                self._prominent = prominent
            self.add(text, "code" if role == "code" else "caption" if role == "caption" else "paragraph")

    def add(self, text: str, kind: BlockKind = "paragraph") -> None:
        """Add a block; blank lines within a paragraph part it into several."""
        text = normalise(text)
        if kind == "code":
            if text.strip():
                self._end_list()
                self._code.append(text.strip("\n").rstrip())
            return
        self.close()
        for part in _BLANK_LINES.split(text) if "\n" in text else [text]:
            lines = "\n".join(filter(None, map(one_line, part.split("\n")))) if "\n" in part else one_line(part)
            if lines:
                self.blocks.append(Block(lines if kind == "paragraph" else one_line(lines), kind))

    def note(self, text: str) -> None:
        """Add a footnote or endnote: a block behind the one that is being written."""
        text = one_line(normalise(text))
        if text:
            self._notes.append(text)

    def table(self, rows: Sequence[Sequence[Cell]], *, headed: bool = False) -> None:
        """Add a table; `headed` says that its first row names the columns. One that lays out a page is its blocks."""
        filled = [row for row in rows if any(row)]
        cells = [cell for row in filled for cell in row if cell]
        if not _holds_data(filled, cells):
            for cell in cells:
                self.blocks.extend(cell)
            return
        texts = [[_cell_text(cell) for cell in row] for row in filled]
        lines = [" | ".join(filter(None, row)) for row in texts]
        if self.blocks and self.blocks[-1].kind == "caption":
            self.blocks[-1].kind = "heading"
        named = len(lines) > 1 and (headed or _names_columns(texts))
        self.blocks.append(Block("\n".join(lines), "table" if named else "list"))

    def close(self) -> None:
        """End what waits, with the notes behind it: not within a table, nor between a heading and its text."""
        self._end_list()
        self._end_code()
        last = self.blocks[-1] if self.blocks and not self._aside else None
        if last is not None and last.kind != "heading" and not is_lead_in(last):
            self._put_notes()

    def drop(self, text: str, reason: str) -> None:
        """Tell what was left out."""
        if len(self.dropped) < MOST_DROPPED and (line := one_line(text)):
            self.dropped.append(Dropped(line, reason))

    @contextmanager
    def aside(self) -> Iterator[list[Block]]:
        """Collect what is added meanwhile in a list of its own, as for a note or a table's cell.

        Notes in it wait: `close` what stands above a table before its first cell.
        """
        kept = self.blocks, self._entries, self._code
        self.blocks, self._entries, self._code = [], [], []
        self._aside += 1
        try:
            yield self.blocks
            self.close()
        finally:
            self._aside -= 1
            self.blocks, self._entries, self._code = kept

    def article(
        self, path: Path, title: str | None = None, author: str | None = None, language: str | None = None
    ) -> Article:
        """Return the article, with what the file's properties state; UnusableError when it holds no text.

        Its title is the text in the style of titles, else the stated one, else the first heading, else a first line
        that looks like a headline, else the file's name.
        """
        self.close()
        self._put_notes()
        found, at = self._title(stated_title(title))
        paragraphs = joined(block for place, block in enumerate(self.blocks) if place != at)
        if not paragraphs:
            raise UnusableError("a title, but no text below it" if found else "no text in it")
        fields = {"author": self._author or stated_author(author), "language": language_tag(language)}
        fields["date"] = self._date
        return article(found or file_names.title(path), paragraphs, printable(path), "", fields, told(self.dropped))

    def _title(self, stated: str) -> tuple[str, int | None]:
        """Return the title, and the place of the block that states it."""
        title = one_line(" ".join(self._titles)) or stated
        if not self.blocks:
            return title, None
        first = self.blocks[0]
        if title:
            return title, 0 if one_line(first.text).casefold() == title.casefold() else None
        if self._levels:
            at, top = next(iter(self._levels)), min(self._levels.values())
            tops = [place for place, level in self._levels.items() if level == top]
            at = at if at <= _ABOVE_A_TITLE else tops[0]
            if (at <= _ABOVE_A_TITLE or len(tops) == 1) and len(self.blocks[at].text) <= _TITLE_CHARACTERS:
                return self.blocks[at].text, at
        elif len(self.blocks) > 1 and self._opens_as_title(first):
            return first.text, 0
        return "", None

    def _opens_as_title(self, first: Block) -> bool:
        if first.kind != "paragraph" or "\n" in first.text:
            return False
        return is_headline(first.text) or (self._prominent and len(first.text) <= _TITLE_CHARACTERS)

    def _heading(self, text: str, level: int) -> None:
        text = one_line(normalise(text))
        if not text:
            return
        self.close()
        if not self._aside:
            self._levels[len(self.blocks)] = level
        self.blocks.append(Block(text, "heading"))

    def _entry(self, text: str) -> None:
        self._end_code()
        text = "\n".join(filter(None, map(one_line, normalise(text).split("\n"))))
        if text:
            self._entries.append(text)

    def _end_list(self) -> None:
        if self._entries:
            entries, self._entries = self._entries, []
            self.blocks.extend(list_blocks(entries))

    def _end_code(self) -> None:
        if self._code:
            lines, self._code = self._code, []
            self.blocks.append(Block("\n".join(lines), "code"))

    def _put_notes(self) -> None:
        notes, self._notes = self._notes, []
        self.blocks.extend(map(Block, notes))


def _holds_data(rows: Sequence[Sequence[Cell]], cells: Sequence[Cell]) -> bool:
    if not rows or max(len([cell for cell in row if cell]) for row in rows) < 2:
        return False
    if any(block.kind in ("heading", "caption") for cell in cells for block in cell):
        return False
    sizes = [sum(len(block.text) for block in cell) for cell in cells]
    if sum(sizes) > _CELL_CHARACTERS * len(sizes) or max(sizes) > 10 * _CELL_CHARACTERS:
        return False
    return len(rows) > 1 or max(sizes) < _CELL_CHARACTERS // 4


def _names_columns(rows: Sequence[Sequence[str]]) -> bool:
    """Return whether the first row reads as names of columns: each has one, and none holds a figure."""
    first = rows[0]
    return len(first) > 1 and all(cell and not _DIGIT.search(cell) for cell in first)


def _cell_text(cell: Iterable[Block]) -> str:
    return one_line(" ".join(block.text for block in cell).replace(" | ", " "))
