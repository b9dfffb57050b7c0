"""Read Org files (.org) of Emacs: notes, journals, manuals. No kept library reads them in Python."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

from index.model import Article, Skipped
from index.sources.blocks.layout import one_line
from index.sources.encodings.encoding import read_text
from index.sources.fields.field_map import NO_MAP, FieldMap
from index.sources.lightweight.org_inline import OrgInline
from index.sources.lightweight.outline import (
    DOCUMENT_BYTES,
    LineReader,
    Outline,
    below_front_matter,
    dedented,
    lines_of,
)

_HEADING = re.compile(r"(\*{1,60}) +(\S.*)")
_TODO = ("TODO", "DONE", "NEXT", "WAIT", "WAITING", "HOLD", "CANCELLED", "CANCELED", "STARTED", "SOMEDAY", "COMMENT")
_PRIORITY = re.compile(r"\[#[A-Z0-9]{1,2}\] *")
_TAGS = re.compile(r"(?:^| +):(?:[\w@#%]{1,40}:){1,20}$")
_COOKIE = re.compile(r" *\[(?:\d{0,4}/\d{0,4}|\d{0,3}%)\]")
_KEYWORD = re.compile(r" *#\+([\w-]{1,60})(?:\[.{0,100}\])?:(?: *(.*))?")
_BEGIN = re.compile(r" *#\+begin_([\w-]{1,60})(?: .*)?", re.IGNORECASE)
_END = re.compile(r" *#\+end_[\w-]{1,60} *", re.IGNORECASE)
_COMMENT = re.compile(r" *#(?: .*)?")
_DRAWER = re.compile(r" *:([\w-]{1,60}):")
_DRAWER_END = re.compile(r" *:END:", re.IGNORECASE)
_PLANNING = re.compile(r" *(?:(?:CLOSED|DEADLINE|SCHEDULED|CLOCK): *[<\[][^<>\[\]]{4,60}[>\]].*)")
_ENTRY = re.compile(r" *(?P<mark>[-+]|(?<= )\*|\d{1,9}[.)])(?: +|$)")
_CHECKBOX = re.compile(r"(?:\[@\w{1,5}\] *)?(?:\[[ X-]\] +)?")
_TERM = re.compile(r"(.{1,200}?) +::(?: +|$)")
_FOOTNOTE = re.compile(r"\A\[fn:[\w-]{1,60}\] *")
_RULE = re.compile(r" *-{5,}")
_TIMESTAMP = re.compile(r"[<\[](\d{4}-\d{2}-\d{2})[^<>\[\]]{0,60}[>\]]")
_ROW_RULE = re.compile(r" *\|[-+|]+")
_COLUMN_FORMAT = re.compile(r"<[lcr]?\d{0,4}>")
_FIXED = re.compile(r" *:(?: .*)?")
_ESCAPED = re.compile(r"^( *),(?=,*[*]|,*#\+)")
_VERBATIM = frozenset(("src", "example"))
_GONE = frozenset(("export", "comment", "latex", "html"))
_STATED = frozenset(("title", "author", "date", "language"))


def read(path: Path, field_map: FieldMap = NO_MAP) -> Iterator[Article | Skipped]:
    """Yield the one article of a file; its title is that of #+TITLE, else its only heading of the highest level.

    Properties, planning lines, keywords, tags and what is there for exporters go.
    """
    outline = Outline()
    text = below_front_matter(read_text(path, DOCUMENT_BYTES), outline, field_map)
    document = _Document(outline, lines_of(text))
    document.read()
    yield document.outline.article(path, first=False)


class _Document(LineReader):
    """One file being read from its first line to its last."""

    def __init__(self, outline: Outline, lines: list[str]) -> None:
        super().__init__(outline, lines)
        self._inline = OrgInline()
        self._todo = set(_TODO)
        # No drawer that begins above this line is closed.
        self._no_drawer_until = 0

    def _block(self, line: str) -> None:
        """Read what begins at the line `line`."""
        entry = _ENTRY.match(line)
        if line[0] != " " and entry is None:
            # What belongs to a list is indented.
            self._close_list()
        begins = line.lstrip(" ")[0]
        if (heading := _HEADING.fullmatch(line)) is not None:
            self._at += 1
            self.outline.heading(self._title(heading[2]), len(heading[1]))
        elif begins == "#" and self._for_machines(line):
            return
        elif _PLANNING.fullmatch(line) or _RULE.fullmatch(line):
            self._at += 1
            self.outline.drop(line, "a line for the planner")
        elif begins == ":" and _FIXED.fullmatch(line):
            self.outline.code([text.lstrip(" ")[2:] for text in self._taken(_FIXED.fullmatch)])
        elif begins == ":" and self._drawer(line):
            return
        elif begins == "|":
            self._table(self._taken(lambda text: text.lstrip(" ").startswith("|")))
        elif entry is not None:
            self._entry(line, entry)
        else:
            self._paragraph()

    def _taken(self, belongs: Callable[[str], object]) -> list[str]:
        """Return the line where the reading is and those behind it that belong to the same block."""
        first = self._at
        while self._at < len(self._lines) and belongs(self._lines[self._at]):
            self._at += 1
        return self._lines[first : self._at]

    def _title(self, text: str) -> str:
        """Return a heading without its state, priority, progress and tags."""
        text = _TAGS.sub("", text)
        state, _, rest = text.partition(" ")
        text = rest if state in self._todo else text
        return self._inline.line(_COOKIE.sub("", _PRIORITY.sub("", text.strip(), count=1)))

    def _for_machines(self, line: str) -> bool:
        """Take in a keyword, a comment or a block; return whether the line is one of them."""
        if (begin := _BEGIN.fullmatch(line)) is not None:
            self._at += 1
            self._begun(begin[1].casefold())
        elif _END.fullmatch(line):
            self._at += 1
        elif (keyword := _KEYWORD.fullmatch(line)) is not None:
            self._at += 1
            self._keyword(keyword[1].casefold(), (keyword[2] or "").strip())
        elif _COMMENT.fullmatch(line):
            self._at += 1
            self.outline.drop(line, "a comment")
        else:
            return False
        return True

    def _keyword(self, name: str, value: str) -> None:
        if name in _STATED:
            stamp = _TIMESTAMP.search(value) if name == "date" else None
            self.outline.state(name, stamp[1] if stamp is not None else self._inline.line(value))
        elif name in ("todo", "seq_todo", "typ_todo"):
            self._todo.update(re.findall(r"[^\s|()]+(?=\s|\(|$)", value))
        elif name == "subtitle":
            self.outline.add(self._inline.line(value), "heading")
        elif name == "caption":
            picture = self._line(self._at).lstrip(" ").startswith("[[")
            self.outline.add(self._inline.line(value), "caption" if picture else "heading")
        else:
            self.outline.drop(f"#+{name}: {value}", "a keyword")

    def _begun(self, name: str) -> None:
        """Read a block whose text stands as it is; the lines around any other block are passed over."""
        if name != "verse" and name not in _VERBATIM | _GONE:
            return
        # A heading ends every block: one that is not closed does not take the file with it.
        end = f"#+end_{name}"
        lines = self._taken(lambda text: text.strip().casefold() != end and not _HEADING.fullmatch(text))
        if name in _GONE:
            self.outline.drop(" ".join(lines[:10]), "a text for an exporter alone")
        elif name == "verse":
            self.outline.add("\n".join(filter(None, map(self._inline.line, lines))))
        else:
            self.outline.code(dedented([_ESCAPED.sub(r"\1", text) for text in lines]))

    def _drawer(self, line: str) -> bool:
        """Pass over a drawer; what is kept in one that is not Org's own is text. Return whether the line begins one."""
        if _DRAWER_END.fullmatch(line):
            self._at += 1
            return True
        drawer = _DRAWER.fullmatch(line)
        if drawer is None or self._at < self._no_drawer_until:
            return False
        end = self._at + 1
        while end < len(self._lines) and not _HEADING.fullmatch(self._lines[end]):
            if _DRAWER_END.fullmatch(self._lines[end]):
                break
            end += 1
        else:
            self._no_drawer_until = end
            return False
        if drawer[1].upper() in ("PROPERTIES", "LOGBOOK"):
            self.outline.drop(" ".join(self._lines[self._at + 1 : min(end, self._at + 10)]), f"a drawer: {drawer[1]}")
            self._at = end
        self._at += 1
        return True

    def _table(self, lines: list[str]) -> None:
        rows: list[list[str]] = []
        headers = 0
        for line in lines:
            if _ROW_RULE.fullmatch(line):
                headers = headers or len(rows)
                continue
            cells = [cell.strip() for cell in line.strip(" ").removeprefix("|").removesuffix("|").split("|")]
            if not all(_COLUMN_FORMAT.fullmatch(cell) or cell in ("", "/", "<", ">", "<>") for cell in cells):
                rows.append(list(map(self._inline.line, cells)))
        self.outline.table(rows, headers=headers if headers < len(rows) else 0)

    def _entry(self, line: str, entry: re.Match[str]) -> None:
        if not self._in_list:
            self.outline.open_list()
        self._in_list = True
        self.outline.entry(entry["mark"] if entry["mark"][0].isdigit() else "")
        text = _CHECKBOX.sub("", line[entry.end() :], count=1)
        self._lines[self._at] = _TERM.sub(r"\1: ", text, count=1) if "::" in text else text
        self._paragraph()

    def _paragraph(self) -> None:
        first, self._at = self._at, self._at + 1
        lines = [self._lines[first], *self._taken(lambda text: text and not self._interrupts(text))]
        # A line that ends in two backslashes ends where its author ended it.
        self.outline.add(self._inline.plain(_FOOTNOTE.sub("", "\n".join(map(one_line, lines)))))
        notes, self._inline.notes = self._inline.notes, []
        for note in notes:
            self.outline.add(one_line(note))

    def _interrupts(self, line: str) -> bool:
        """Return whether a line ends the paragraph above it."""
        begins = line.lstrip(" ")[0]
        if begins.isalpha() or begins not in "*#|:-+[0123456789":
            return False
        if begins == "[":
            return line[0] == "[" and _FOOTNOTE.match(line) is not None
        return (
            begins == "|"
            or (begins == "*" and _HEADING.fullmatch(line) is not None)
            or _ENTRY.match(line) is not None
            or any(kind.fullmatch(line) for kind in (_BEGIN, _END, _KEYWORD, _COMMENT, _FIXED, _DRAWER, _RULE))
        )
