"""Read AsciiDoc (.adoc, .asciidoc, .asc). No library reads it in Python; this one reads what stands in documents."""

from collections.abc import Iterator
from pathlib import Path

from index.model import Article, Skipped
from index.sources.blocks.layout import one_line
from index.sources.encodings.encoding import read_text
from index.sources.fields.field_map import NO_MAP, FieldMap
from index.sources.files.streams import UnusableError
from index.sources.lightweight import asciidoc_lines as syntax
from index.sources.lightweight.asciidoc_inline import AsciiDocInline
from index.sources.lightweight.asciidoc_tables import rows_of
from index.sources.lightweight.outline import (
    DOCUMENT_BYTES,
    LineReader,
    Outline,
    below_front_matter,
    dedented,
    lines_of,
)


def read(path: Path, field_map: FieldMap = NO_MAP) -> Iterator[Article | Skipped]:
    """Yield the one article of a document; its title is that of its header, else its first or only heading.

    What conditions choose between is all text; comments, pictures, includes and what is there for converters go.
    """
    text = read_text(path, DOCUMENT_BYTES)
    if text.startswith("-----BEGIN PGP SIGNED MESSAGE-----"):
        raise UnusableError("a message signed with PGP: not read yet; save its text")
    outline = Outline()
    document = _Document(outline, lines_of(below_front_matter(text, outline, field_map)))
    document.read()
    yield document.outline.article(path)


class _Document(LineReader):
    """One document being read from its first line to its last; containers such as examples are transparent."""

    def __init__(self, outline: Outline, lines: list[str]) -> None:
        super().__init__(outline, lines)
        self._inline = AsciiDocInline()
        self._attributes = ""
        self._below_term = False
        self._attached = False
        self._attributions: list[tuple[str, str]] = []

    def read(self) -> None:
        """Read the header and all lines below it."""
        self._header()
        super().read()

    def _header(self) -> None:
        """Read the title, and the lines of authors, revision and attributes that stand below it without a blank one."""
        while self._at < len(self._lines) and (not (line := self._line(self._at)) or self._is_aside(line)):
            self._at += 1
            if line:
                self._take_aside(line)
        found = syntax.HEADING.fullmatch(self._line(self._at))
        signed = found is not None and found[1] in "=#"
        if not signed and self._underlined(self._at, at_top=True) != "=":
            return
        title = found[2] if found is not None and signed else self._line(self._at)
        self._at += 1 if signed else 2
        self._header_lines()
        self._heading(title, 0)  # It may name attributes that are defined below it.

    def _header_lines(self) -> None:
        below = 0
        while line := self._line(self._at):
            aside = self._is_aside(line)
            if not aside and (below > 1 or not self._who_or_when(line, below)):
                return
            self._at += 1
            below += not aside
            if aside:
                self._take_aside(line)

    def _who_or_when(self, line: str, below: int) -> bool:
        """Take in the line of authors, or the one of the revision below it; return whether it is one."""
        authors = [author.strip() for author in line.split(";")]
        if below == 0 and all(map(syntax.AUTHOR.fullmatch, authors)):
            self.outline.state("author", ", ".join(self._inline.line(author) for author in authors).replace("_", " "))
            return True
        revision = syntax.REVISION.fullmatch(line)
        if below == 1 and revision is not None and (revision["number"] or revision["date"]):
            self.outline.state("date", (revision["date"] or "").strip())
            return True
        return False

    def _is_aside(self, line: str) -> bool:
        """Return whether a line is an attribute or a comment of one line."""
        return syntax.ATTRIBUTE.fullmatch(line) is not None or (line.startswith("//") and not line.startswith("///"))

    def _take_aside(self, line: str) -> None:
        found = syntax.ATTRIBUTE.fullmatch(line)
        if found is None:
            self.outline.drop(line, "a comment")
            return
        values = [found[2] or ""]
        while values[-1].endswith("\\") and self._at < len(self._lines):
            values[-1] = values[-1].removesuffix("\\").removesuffix(" +").rstrip()
            values.append(self._line(self._at).strip())
            self._at += 1
        value = self._inline.with_attributes(" ".join(values))
        self._inline.attributes.define(found[1], value)
        name = {"revdate": "date", "doctitle": "title", "authors": "author", "lang": "language"}.get(found[1], found[1])
        if name in ("date", "title", "author", "language") and self.outline.at_start:
            self.outline.state(name, self._inline.line(value))

    def _underlined(self, at: int, *, at_top: bool = False) -> str:
        return syntax.underline(self._line(at), self._line(at + 1), at_top=at_top)

    def _heading(self, title: str, level: int) -> None:
        self._close_list()
        self._below_term = False
        self.outline.heading(self._inline.line(title.removesuffix(" " + "=" * (level + 1))), level)

    def _block(self, line: str) -> None:
        """Read what begins at the line `line`."""
        if line == "+":
            self._attached = True
            self._at += 1
            return
        prose = self._is_prose(line)
        if self._below_blank and not self._attached and (prose or not syntax.goes_with_list(line)):
            self._close_list()
        self._below_blank = False
        if not prose and (self._aside(line) or self._delimited(line) or self._list(line)):
            return
        self._attached = False
        self._paragraph(line)

    def _is_prose(self, line: str) -> bool:
        """Return whether nothing but a paragraph can begin at the line `line`, as at most lines."""
        return (
            line[0].isalnum()
            and "::" not in line
            and ";;" not in line
            and not syntax.ENTRY.match(line)
            and not self._underlined(self._at)
        )

    def _aside(self, line: str) -> bool:
        """Take in a line that is no text by itself, or a heading; return whether it is one."""
        self._at += 1
        if self._is_aside(line):
            self._take_aside(line)
        elif (conditional := syntax.CONDITIONAL.fullmatch(line)) is not None:
            if conditional[1] and not line.startswith(("ifeval", "endif")):
                self._add(conditional[1])
        elif syntax.GONE_MACRO.fullmatch(line):
            self.outline.drop(
                line, "a file that is included" if line.startswith("include") else "a picture or the like"
            )
        elif syntax.BLOCK_ATTRIBUTES.fullmatch(line):
            self._attributes = line if not line.startswith("[[") else self._attributes
        elif (title := syntax.BLOCK_TITLE.fullmatch(line)) is not None and not syntax.ENTRY.match(line):
            picture = self._line(self._at).startswith(("image::", "video::"))
            self.outline.add(self._inline.line(title[1]), "caption" if picture else "heading")
        elif (heading := syntax.HEADING.fullmatch(line)) is not None:
            self._heading(heading[2], len(heading[1]) - 1)
        elif sign := self._underlined(self._at - 1):
            self._at += 1
            self._heading(line, "=-~^+".index(sign))
        elif not syntax.RULE.fullmatch(line):
            self._at -= 1
            return False
        return True

    def _delimited(self, line: str) -> bool:
        """Read a block between two lines of signs; return whether `line` opens (or closes) one."""
        if syntax.CONTAINER.fullmatch(line):
            self._at += 1
            self._container(line)
            return True
        table = syntax.TABLE.fullmatch(line)
        if table is None and not syntax.VERBATIM.fullmatch(line):
            return False
        closing = "```" if line.startswith("```") else line
        end = self._at + 1
        while end < len(self._lines) and self._lines[end] != closing:
            end += 1
        inside, self._at = self._lines[self._at + 1 : end], end + 1
        attributes, self._attributes = self._attributes, ""
        self._attached = False
        if table is not None:
            rows, headers = rows_of(inside, attributes, table[1])
            self.outline.table([list(map(self._cell, row)) for row in rows], headers=headers)
        elif line[0] == "/":
            self.outline.drop(" ".join(inside[:10]), "a comment")
        elif line[0] == "+" and "stem" not in attributes and "math" not in attributes:
            self.outline.drop(" ".join(inside[:10]), "a text for the converter alone")
        else:
            self._code(inside)
        return True

    def _container(self, line: str) -> None:
        """Keep a quotation's source until the line that closes it."""
        if self._attributions and self._attributions[-1][0] == line:
            self._add(self._attributions.pop()[1])
        elif line[0] == "_" and "," in self._attributes:
            self._attributions.append((line, self._source()))
        self._attributes = ""

    def _source(self) -> str:
        """Return whom the line in brackets names as the source of a quotation."""
        named = self._attributes.strip("[]").split(",")[1:]
        return ", ".join(text for part in named if (text := part.strip().strip('"')) and "=" not in text)

    def _list(self, line: str) -> bool:
        """Read an entry of a list, or a term and what defines it; return whether the line begins one."""
        entry = syntax.ENTRY.match(line)
        if entry is not None:
            if not self._in_list:
                self.outline.open_list()
            self._in_list = True
            self.outline.entry(entry["mark"] if entry["mark"][0].isalnum() else "")
            self._lines[self._at] = syntax.CHECKBOX.sub("", line[entry.end() :], count=1)
            self._attached = False
            self._paragraph("", entry=True)
            return True
        term = syntax.TERM.match(line) if "::" in line or ";;" in line else None
        if term is None:
            return False
        self._close_list()
        self.outline.add(self._inline.line(term["term"]), "heading")
        self._at += 1
        self._below_term = True
        if term["text"]:
            self._at -= 1
            self._lines[self._at] = term["text"]
            self._paragraph("", entry=True)
        return True

    def _paragraph(self, line: str, *, entry: bool = False) -> None:
        """Read a paragraph, or a literal one, whose lines are indented."""
        end = self._at + 1
        while end < len(self._lines) and self._lines[end] and not syntax.ends_paragraph(self._lines[end], entry=entry):
            end += 1
        lines = self._lines[self._at : end]
        self._at = end
        attributes, self._attributes = self._attributes, ""
        style = attributes.strip("[]").split(",")[0].partition("%")[0].strip('" ')
        indented = line.startswith(" ") and not self._below_term
        self._below_term = False
        if indented or style in ("source", "listing", "literal"):
            self._code(dedented(lines))
        elif style == "verse":
            self.outline.add("\n".join(filter(None, map(self._inline.line, lines))))
        elif style in ("stem", "latexmath", "asciimath"):
            self.outline.code(lines)
        else:
            self._add(syntax.ADMONITION.sub("", "\n".join(lines), count=1))
        self._notes()

    def _code(self, lines: list[str]) -> None:
        kept = [text for text in lines if not (syntax.GONE_MACRO.fullmatch(text) or syntax.CONDITIONAL.fullmatch(text))]
        self.outline.code([syntax.without_callouts(syntax.ESCAPED.sub("", text)) for text in kept])

    def _add(self, text: str) -> None:
        """Add a paragraph; a line that ends with " +" ends where its author ended it."""
        lines = self._inline.plain(text).replace(" +\n", "\0").removesuffix(" +").split("\0")
        self.outline.add("\n".join(filter(None, map(one_line, lines))))

    def _notes(self) -> None:
        notes, self._inline.notes = self._inline.notes, []
        for note in notes:
            self.outline.add(one_line(note))

    def _cell(self, text: str) -> str:
        lines = [line.removesuffix(" +") for line in text.split("\n")]
        lines = [line for line in lines if not (syntax.VERBATIM.fullmatch(line) or syntax.TABLE.fullmatch(line))]
        return self._inline.line(
            "\n".join(syntax.ENTRY.sub("", line) for line in lines if not syntax.GONE_MACRO.fullmatch(line))
        )
