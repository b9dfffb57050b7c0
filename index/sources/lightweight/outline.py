"""What readers of marked-up text (reStructuredText, AsciiDoc, Org) fill, and the one article that comes of it."""

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from index.model import Article, Dropped
from index.sources.blocks.blocks import DROPPED_CHARACTERS, MOST_DROPPED, Block, BlockKind, joined, list_blocks
from index.sources.blocks.layout import normalise, one_line
from index.sources.fields import file_names
from index.sources.fields.field_map import FieldMap
from index.sources.fields.front_matter import fenced, fields_of_front_matter
from index.sources.fields.records import article, field_text, fields_of
from index.sources.files.streams import UnusableError
from index.sources.files.walk import printable

# These readers take half a second for each MiB.
DOCUMENT_BYTES = 16 << 20
_MAIL_ADDRESS = re.compile(r" *<[^<>\s]{1,100}>")
_TITLE_CHARACTERS = 300


def lines_of(text: str) -> list[str]:
    """Return the lines of a document, tabs and other white space made spaces, none at their ends."""
    return [line.rstrip() for line in normalise(text.expandtabs(8) if "\t" in text else text).split("\n")]


def dedented(lines: Sequence[str], most: int = 1000) -> list[str]:
    """Return lines with the indent taken off that all of them share, `most` characters of it at most."""
    margin = min((len(line) - len(line.lstrip(" ")) for line in lines if line), default=0)
    return [line[min(margin, most) :] for line in lines] if margin else list(lines)


def below_front_matter(text: str, outline: "Outline", field_map: FieldMap) -> str:
    """Return the text below front matter, whose fields are taken in: site generators read it above any markup."""
    front = fenced(text)
    if front is None or not front.values:
        return text
    outline.fields |= fields_of_front_matter(front.values, field_map)
    return front.text


@dataclass
class Outline:
    """The blocks of one document in order, its fields by name, and what was left out of it.

    Between `open_list` and `close_list` every block becomes lines of the entry that `entry` began last, so that the
    steps of a list keep their commands.
    """

    fields: dict[str, object] = field(default_factory=dict)
    blocks: list[Block] = field(default_factory=list)
    dropped: list[Dropped] = field(default_factory=list)
    _levels: dict[int, int] = field(default_factory=dict)
    _entries: list[list[str]] = field(default_factory=list)
    _depth: int = 0
    _mark: str = ""

    def state(self, name: str, value: str) -> None:
        """Take in a field of the document; the first value of a name is kept. Addresses of authors go."""
        value = one_line(_MAIL_ADDRESS.sub("", value)) if "author" in name.casefold() else value
        if value:
            self.fields.setdefault(name.casefold(), value)

    @property
    def at_start(self) -> bool:
        """Return whether no text has been met yet, only headings."""
        return not self._depth and len(self.blocks) <= 1 and len(self._levels) == len(self.blocks)

    @property
    def below_subtitle(self) -> bool:
        """Return whether only a title and one heading below it have been met."""
        return not self._depth and len(self.blocks) == len(self._levels) == 2

    def heading(self, text: str, level: int) -> None:
        """Add the title of a section; level 0 is the document's own."""
        if text and not self._depth:
            self._levels[len(self.blocks)] = level
        self.add(text, "heading")

    def add(self, text: str, kind: BlockKind = "paragraph") -> None:
        """Add a block. A "heading" added here (a term, a signature) opens what follows, and never is the title."""
        if not text:
            return
        if self._mark:
            text, self._mark = f"{self._mark} {text}", ""
        if self._depth:
            self._entries[-1].append(text)
        else:
            self.blocks.append(Block(text, kind))

    def code(self, lines: Sequence[str]) -> None:
        """Add lines as they stand, but blank ones."""
        self.add("\n".join(line for line in lines if line), "code")

    def table(self, rows: Sequence[Sequence[str]], *, headers: int) -> None:
        """Add a table whose first `headers` rows name its columns."""
        texts = [text for row in rows[headers:] if (text := " | ".join(filter(None, row)))]
        header = " | ".join(filter(None, map(" ".join, _columns(rows[:headers]))))
        self.add("\n".join([header, *texts] if header else texts), "table" if header else "list")

    def open_list(self) -> None:
        """Begin a list, or one inside the entry begun last."""
        self._depth += 1
        self.entry()

    def entry(self, mark: str = "") -> None:
        """Begin an entry of the list; those of an inner list belong to the entry around them.

        `mark` stands before the next text: a number, the name of a field.
        """
        self._mark = mark
        if self._depth == 1:
            self._entries.append([])

    def close_list(self) -> None:
        """End the list opened last."""
        self._depth -= 1
        self._mark = ""
        if not self._depth:
            entries = ["\n".join(lines) for lines in self._entries if lines]
            self._entries.clear()
            self.blocks.extend(list_blocks(entries))

    @contextmanager
    def aside(self) -> Iterator[list[Block]]:
        """Collect what is added meanwhile in a list of its own, as for a table's cell."""
        kept = self.blocks, self._levels, self._entries, self._depth, self._mark
        self.blocks, self._levels, self._entries, self._depth, self._mark = [], {}, [], 0, ""
        try:
            yield self.blocks
        finally:
            self.blocks, self._levels, self._entries, self._depth, self._mark = kept

    def drop(self, text: str, reason: str) -> None:
        """Tell what was left out."""
        if text and len(self.dropped) < MOST_DROPPED:
            self.dropped.append(Dropped(one_line(text[:DROPPED_CHARACTERS]), reason))

    def article(self, path: Path, *, first: bool = True) -> Article:
        """Return the article; UnusableError when it holds no text.

        The title is the one that the fields state, else a heading of the highest level: one above all text and with no
        other of its level (or even then, when `first`), or the only one of its level, with others under it; else the
        file's name.
        """
        fields = fields_of(self.fields)
        stated = field_text(fields.get("title")) or ""
        at = self._title_at(stated, first=first)
        title = stated or ("" if at is None else self.blocks[at].text)
        found = joined(block for place, block in enumerate(self.blocks) if place != at)
        if not found:
            raise UnusableError("a title, but no text below it" if title else "no text in it")
        fields.setdefault("date", file_names.stated_date(path))
        return article(title or file_names.title(path), found, printable(path), "", fields, self.dropped)

    def _title_at(self, stated: str, *, first: bool) -> int | None:
        """Return the place of the heading that is the document's title (or says the same as the one stated)."""
        if not self._levels:
            return None
        top = min(self._levels.values())
        tops = [at for at, level in self._levels.items() if level == top]
        at = tops[0]
        heads_all = (at == 0 and first) or (len(tops) == 1 and (at == 0 or len(self._levels) > 1))
        text = self.blocks[at].text
        if stated:
            return at if text.casefold() == stated.casefold() else None
        return at if heads_all and len(text) <= _TITLE_CHARACTERS else None


class LineReader:
    """Reads the lines of a document from the first to the last, block by block, into its outline."""

    def __init__(self, outline: Outline, lines: list[str]) -> None:
        self.outline = outline
        self._lines = lines
        self._at = 0
        self._in_list = False
        self._below_blank = False

    def read(self) -> None:
        """Read all lines from where the reading is."""
        while self._at < len(self._lines):
            if line := self._lines[self._at]:
                self._block(line)
            else:
                self._at += 1
                self._below_blank = True
        self._close_list()

    def _block(self, line: str) -> None:
        """Read what begins at the line `line`, where the reading is."""
        raise NotImplementedError

    def _line(self, at: int) -> str:
        return self._lines[at] if at < len(self._lines) else ""

    def _close_list(self) -> None:
        if self._in_list:
            self.outline.close_list()
        self._in_list = False


def _columns(rows: Sequence[Sequence[str]]) -> list[list[str]]:
    """Return the filled cells of `rows` by column."""
    width = max(map(len, rows), default=0)
    return [[row[at] for row in rows if at < len(row) and row[at]] for at in range(width)]
