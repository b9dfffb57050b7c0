"""Read reStructuredText (.rst, .rest), as docutils, Sphinx, Nikola and Pelican know it.

A reader of our own: docutils takes ten times as long (five seconds for each MiB, fifty where a file is made to slow it
down), loses the whole of a file that is nested deep, and learns Sphinx's directives only for the whole process.
"""

import re
from collections.abc import Iterator, Sequence
from itertools import takewhile
from pathlib import Path

from index.model import Article, Skipped
from index.sources.blocks.layout import count_words, one_line
from index.sources.encodings.encoding import read_text
from index.sources.fields.field_map import NO_MAP, FieldMap
from index.sources.lightweight import rst_tables
from index.sources.lightweight.outline import DOCUMENT_BYTES, Outline, below_front_matter, dedented, lines_of
from index.sources.lightweight.rst_directives import Directives
from index.sources.lightweight.rst_inline import RstInline
from index.sources.lightweight.rst_lines import (
    BULLET,
    DIRECTIVE,
    ENUMERATOR,
    EXPLICIT,
    FIELD,
    FOOTNOTE,
    GRID_BORDER,
    LINE_OF_VERSE,
    MAIL_HEADER,
    METADATA,
    OPTION,
    Part,
    is_underline,
)

# Deeper text is read as plain paragraphs.
_DEEPEST = 40
# Fields of a document that tell of it and are no text of it; others are text when they hold some words.
_ABOUT = frozenset(
    (
        *("title", "author", "authors", "date", "lang", "language", "tags", "category", "categories", "keywords"),
        *("slug", "status", "version", "revision", "modified", "contact", "address", "copyright", "organization"),
        *("source", "url", "save_as", "template", "license"),
    )
)
_FIELD_WORDS = 4


def read(path: Path, field_map: FieldMap = NO_MAP) -> Iterator[Article | Skipped]:
    """Yield the one article of a document; its title is the one it states, else its first or only heading.

    Notes, definitions, signatures and tables are text; comments, targets, pictures and what is there for machines go.
    """
    outline = Outline()
    lines = lines_of(below_front_matter(read_text(path, DOCUMENT_BYTES), outline, field_map))
    document = _Document(outline, RstInline("\n".join(lines)))
    document.blocks(Part(document.after_header(lines)))
    yield document.outline.article(path)


class _Document:
    """One document being read: its outline, its inline marks, and the signs of its headings in order of their level."""

    def __init__(self, outline: Outline, inline: RstInline) -> None:
        self.outline = outline
        self._inline = inline
        self._signs: list[str] = []
        self._depth = 0
        self._directives = Directives(self.outline, inline, self._inner, self._cell)

    def after_header(self, lines: list[str]) -> list[str]:
        """Return the lines below a header as mails have it ("Title: Berths"), whose fields are taken in."""
        header = list(takewhile(bool, lines))
        if len(header) < 2 or not all(line[0] == " " or MAIL_HEADER.match(line) for line in header):
            return lines
        names = [line.split(":", 1)[0] for line in header if line[0] != " "]
        if "Title" not in names:
            return lines
        for field in "\n".join(header).replace("\n ", " ").split("\n"):
            name, _, value = field.partition(":")
            self.outline.state("date" if name == "Created" else name, self._inline.line(value))
            self.outline.drop(field, "a field of the document")
        return lines[len(header) :]

    def blocks(self, part: Part) -> None:
        """Read the lines of a part of the document into the outline."""
        if part.depth > _DEEPEST:
            for paragraph in "\n".join(map(str.strip, part.lines)).split("\n\n"):
                self.outline.add(self._inline.line(paragraph))
            return
        before, self._depth = self._depth, part.depth
        at = 0
        while at < len(part.lines):
            at = self._block(part, at) if part.lines[at] else at + 1
        self._depth = before

    def _inner(self, lines: list[str]) -> None:
        self.blocks(Part(lines, self._depth + 1))

    def _block(self, part: Part, at: int) -> int:
        """Read the block that begins at line `at`; return the line after it."""
        line = part.lines[at]
        if line[0] == " ":
            end = part.indented_end(at)
            self._inner(dedented(part.lines[at:end]))
            return end
        if line[0].isalpha() and not ENUMERATOR.match(line):
            return self._text(part, at)
        if EXPLICIT.match(line) or line.startswith("__ "):
            return self._explicit(part, at)
        if line != "::" and part.rule(at):
            end = self._between_rules(part, at)
        elif GRID_BORDER.match(line):
            end = self._grid(part, at)
        elif rst_tables.is_simple_border(line):
            end = self._simple_table(part, at)
        else:
            end = self._marked(part, at)
        return end if end > at else self._text(part, at)

    def _marked(self, part: Part, at: int) -> int:
        """Read what begins with a mark of its own: a list, verse, a session; return `at` when there is none."""
        line = part.lines[at]
        if BULLET.match(line):
            return self._items(part, at, BULLET)
        if part.enumerated(at):
            return self._items(part, at, ENUMERATOR)
        if FIELD.match(line):
            name = line[1:].partition(":")[0].casefold()
            about = self.outline.at_start or (name in _ABOUT and self.outline.below_subtitle)
            return self._about(part, at) if about else self._items(part, at, FIELD)
        if OPTION.match(line):
            return self._items(part, at, OPTION)
        end = part.text_end(at)
        if LINE_OF_VERSE.match(line):
            self._verse(part.lines[at:end])
        elif line.startswith(">>>"):
            self.outline.code(part.lines[at:end])
        else:
            end = at
        return end

    def _between_rules(self, part: Part, at: int) -> int:
        """Read a heading between two rules, or pass over a rule that stands alone."""
        line, title, below = part.lines[at], part.line(at + 1), part.line(at + 2)
        if below == line and is_underline(title.strip(), line):
            self._heading(title, f"{line[0]}{line[0]}")
            return at + 3
        if BULLET.match(line):
            return self._items(part, at, BULLET)
        return at + 1 if not title and len(line) >= 4 else at

    def _heading(self, title: str, sign: str) -> None:
        if sign not in self._signs:
            self._signs.append(sign)
        self.outline.heading(self._inline.line(title), self._signs.index(sign) + 1)

    def _text(self, part: Part, at: int) -> int:
        """Read a heading, a term with its definition, or a paragraph with what it introduces."""
        line, below = part.lines[at], part.line(at + 1)
        if part.rule(at + 1) and is_underline(line, below):
            self._heading(line, below[0])
            return at + 2
        if below.startswith(" ") and not line.endswith("::"):
            self.outline.add(self._inline.line(line), "heading")
            end = part.indented_end(at + 1)
            self._inner(dedented(part.lines[at + 1 : end]))
            return end
        end = at + 1
        while end < len(part.lines) and part.lines[end] and part.lines[end][0] != " ":
            end += 1
        text = " ".join(part.lines[at:end])
        if not text.endswith("::"):
            self.outline.add(self._inline.line(text))
            return end
        self.outline.add(
            self._inline.line(text[:-2].rstrip() if text.endswith(" ::") else text[:-1]) if text != "::" else ""
        )
        return self._literal(part, end)

    def _literal(self, part: Part, at: int) -> int:
        while at < len(part.lines) and not part.lines[at]:
            at += 1
        line = part.line(at)
        end = part.indented_end(at)
        if end == at and line and not line[0].isalnum():
            # A quoted literal block: every line begins with the same sign.
            while part.line(end)[:1] == line[0]:
                end += 1
        self.outline.code(dedented(part.lines[at:end]))
        return end

    def _items(self, part: Part, at: int, begins: re.Pattern[str]) -> int:
        """Read a list whose entries begin with `begins`; numbers and names stay, bullets go."""
        self.outline.open_list()
        found = begins.match(part.lines[at])
        while found is not None:
            end = part.indented_end(at + 1)
            mark = "" if begins is BULLET or found[0].startswith("#") else self._mark(found, begins)
            self.outline.entry(mark)
            first = part.lines[at][found.end() :]
            width = found.end() if begins in (BULLET, ENUMERATOR) else 1000
            self._inner([*([first] if first else []), *dedented(part.lines[at + 1 : end], width)])
            at = end
            found = begins.match(part.lines[at]) if at < len(part.lines) else None
        self.outline.close_list()
        return at

    def _mark(self, found: re.Match[str], begins: re.Pattern[str]) -> str:
        return f"{self._inline.line(found[1])}:" if begins is FIELD else found[0].strip()

    def _about(self, part: Part, at: int) -> int:
        """Take in the fields that stand below the title, or above it; what is text among them stays."""
        while (found := FIELD.match(part.line(at))) is not None:
            end = part.indented_end(at + 1)
            lines = [part.lines[at][found.end() :], *dedented(part.lines[at + 1 : end])]
            value = self._inline.line(" ".join(lines)).removesuffix(" $")
            name = found[1].casefold()
            self.outline.state(name, value.removeprefix(f"${found[1]}: "))
            if name in _ABOUT or count_words(value) < _FIELD_WORDS:
                self.outline.drop(f"{found[1]}: {value}", "a field of the document")
            else:
                self.outline.open_list()
                self.outline.entry(f"{found[1]}:")
                self._inner(lines)
                self.outline.close_list()
            at = end
        return at

    def _explicit(self, part: Part, at: int) -> int:
        """Read what two dots begin: a directive, a footnote, a target, a substitution or a comment."""
        rest = part.lines[at][2:].strip()
        if not rest and not part.line(at + 1):
            return at + 1
        end = part.indented_end(at + 1)
        below = part.lines[at + 1 : end]
        if (directive := DIRECTIVE.match(rest)) is not None:
            self._directives.read(directive[1], rest[directive.end() :], below)
        elif (footnote := FOOTNOTE.match(rest)) is not None:
            # The number of a note says nothing beside its text; the name of a citation does.
            self.outline.open_list()
            self.outline.entry(f"[{footnote[1]}]" if footnote[1][0].isalpha() else "")
            self._inner([rest[footnote.end() :], *dedented(below)])
            self.outline.close_list()
        elif not rest.startswith(("_", "|")):
            self._comment(rest, below)
        return end

    def _comment(self, rest: str, below: Sequence[str]) -> None:
        field = METADATA.match(rest) if self.outline.at_start and not any(below) else None
        if field is not None:
            self.outline.state(field[1], one_line(field[2] or ""))
        self.outline.drop(" ".join([rest, *below[:10]]), "a comment")

    def _verse(self, lines: Sequence[str]) -> None:
        """Keep the lines of verse; an indented line without a mark goes on with the one above."""
        marked = "\n".join(line[1:] if line[0] == "|" else f"\0{line}" for line in lines).replace("\n\0", " ")
        verses = map(one_line, self._inline.plain(marked).split("\n"))
        self.outline.add("\n".join(filter(None, verses)))

    def _grid(self, part: Part, at: int) -> int:
        end = at
        while part.line(end)[:1] in ("+", "|") and part.line(end):
            end += 1
        self._table(*rst_tables.grid(part.lines[at:end]))
        return end

    def _simple_table(self, part: Part, at: int) -> int:
        end = part.simple_table_end(at)
        if end > at:
            self._table(*rst_tables.simple(part.lines[at:end]))
        return end

    def _table(self, rows: rst_tables.Rows, headers: int) -> None:
        self.outline.table([list(map(self._cell, row)) for row in rows], headers=headers)

    def _cell(self, text: str) -> str:
        """Return the words of a cell, which may hold blocks, on one line."""
        if "\n" not in text and not EXPLICIT.match(text):
            return self._inline.line(text)
        with self.outline.aside() as blocks:
            self._inner(text.split("\n"))
        return one_line(" ".join(block.text for block in blocks))
