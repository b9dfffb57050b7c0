"""What becomes of each directive of reStructuredText: those of docutils, of Sphinx and of static site generators."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import takewhile
from typing import Literal

from index.sources.blocks.layout import one_line
from index.sources.lightweight import rst_tables
from index.sources.lightweight.outline import Outline, dedented
from index.sources.lightweight.rst_inline import RstInline
from index.sources.lightweight.rst_lines import BULLET, OPTION_LINE

# "text": all of it is text. "titled": its argument heads its text. "quiet": its argument is no text.
# "object": its arguments are signatures above its text. "gone": nothing of it is for readers.
# The others are read each in a way of its own.
Treatment = Literal[
    "text", "titled", "quiet", "object", "gone", "code", "marked code", "version", "figure", "csv table", "list table",
    "metadata", "author",
]  # fmt: skip


def _listed(treatment: Treatment, names: str) -> dict[str, Treatment]:
    return dict.fromkeys(names.split(), treatment)


_TREATMENTS: dict[str, Treatment] = {
    **_listed(
        "text",
        "note warning tip hint important attention caution danger error seealso todo epigraph highlights pull-quote "
        "compound centered teaser",
    ),
    **_listed(
        "titled",
        "admonition topic sidebar rubric table dropdown details collapse toggle card grid-item-card tab tab-item "
        "group-tab",
    ),
    **_listed(
        "quiet",
        "container only ifconfig class rst-class cssclass div glossary hlist tabs tab-set tab-set-code grid grid-item "
        "cards carousel availability",
    ),
    **_listed(
        "object",
        "function method classmethod staticmethod attribute property data exception decorator describe object option "
        "cmdoption envvar confval opcode pdbcommand setting django-admin templatetag templatefilter fieldlookup",
    ),
    **_listed(
        "gone",
        "toctree index contents sectnum section-numbering header footer include literalinclude image raw highlight "
        "currentmodule module program default-role role default-domain tabularcolumns target-notes title date "
        "testsetup testcleanup graphviz digraph graph uml plantuml mermaid inheritance-diagram bibliography codeauthor "
        "command-output program-output youtube vimeo soundcloud media video audio chart gallery slides thumbnail "
        "post-list postlist listing plot autosummary argparse click swagger openapi button-link button-ref",
    ),
    **_listed(
        "code",
        "code code-block sourcecode code-tab code-cell doctest testcode testoutput productionlist ipython prompt "
        "console math jupyter-execute",
    ),
    **_listed("marked code", "parsed-literal"),
    **_listed("version", "versionadded versionchanged versionremoved deprecated deprecated-removed soft-deprecated"),
    **_listed("figure", "figure"),
    **_listed("csv table", "csv-table"),
    **_listed("list table", "list-table flat-table"),
    **_listed("metadata", "meta post"),
    **_listed("author", "sectionauthor moduleauthor"),
}

# The words that Sphinx sets before such a text.
VERSIONS = {
    "versionadded": "Added in version",
    "versionchanged": "Changed in version",
    "versionremoved": "Removed in version",
    "deprecated": "Deprecated since version",
    "deprecated-removed": "Deprecated since version",
    "soft-deprecated": "Soft deprecated since version",
}


def treatment(name: str, *, has_text: bool) -> Treatment:
    """Return what becomes of the directive `name`; of one that nobody knows the text is kept.

    >>> treatment("note", has_text=True), treatment("toctree", has_text=True), treatment("js:function", has_text=False)
    ('text', 'gone', 'object')
    """
    domain, _, own = name.casefold().rpartition(":")
    if own == "class" and domain:
        return "object"
    known = _TREATMENTS.get(own)
    if known is not None:
        return known
    if own.startswith("auto"):
        return "gone"
    return "object" if has_text or domain else "gone"


@dataclass(frozen=True, slots=True)
class _Directive:
    name: str
    arguments: list[str]
    options: Mapping[str, str]
    content: list[str]


def _taken_apart(name: str, first: str, below: Sequence[str]) -> _Directive:
    lines = dedented(below)
    arguments = [first] if first else []
    at = 0
    while at < len(lines) and lines[at] and not OPTION_LINE.match(lines[at]):
        arguments.append(lines[at])
        at += 1
    options: dict[str, str] = {}
    name_of_option = ""
    while at < len(lines) and lines[at]:
        found = OPTION_LINE.match(lines[at])
        if found is not None:
            name_of_option = found[1].casefold()
            options[name_of_option] = lines[at][found.end() :]
        elif name_of_option:
            # A value may go on; a file made of such lines must not grow with their square.
            options[name_of_option] = f"{options[name_of_option][:2000]} {lines[at].strip()}"
        at += 1
    return _Directive(name, arguments, options, dedented(lines[at:]))


@dataclass
class Directives:
    """Reads directives into an outline; `blocks` reads the lines of a directive as blocks, `cell` a table's cell."""

    outline: Outline
    inline: RstInline
    blocks: Callable[[list[str]], None]
    cell: Callable[[str], str]
    _handlers: Mapping[Treatment, Callable[[_Directive], None]] = field(init=False)

    def __post_init__(self) -> None:
        self._handlers = {
            "text": lambda found: self.blocks([*found.arguments, *found.content]),
            "quiet": lambda found: self.blocks([*found.arguments[1:], *found.content]),
            "titled": self._titled,
            "object": self._object,
            "code": self._code,
            "marked code": lambda found: self.outline.code(
                self.inline.plain("\n".join([*found.arguments, *found.content])).split("\n")
            ),
            "version": self._version,
            "figure": self._figure,
            "csv table": self._csv_table,
            "list table": self._list_table,
            "metadata": self._metadata,
            "author": lambda found: self.outline.state("author", one_line(" ".join(found.arguments))),
            "gone": self._gone,
        }

    def read(self, name: str, first: str, below: Sequence[str]) -> None:
        """Read one directive; `first` stands on its line, `below` are the indented lines."""
        how = treatment(name, has_text=any(below))
        if how == "quiet" and not first:
            # Without an argument what stands below is text at once.
            first = name
        self._handlers[how](_taken_apart(name, first, below))

    def _gone(self, found: _Directive) -> None:
        text = " ".join([f".. {found.name}::", *found.arguments, *found.content[:10]])
        self.outline.drop(text, f"a directive without text of its own: {found.name}")

    def _titled(self, found: _Directive) -> None:
        self.outline.add(self.inline.line(" ".join(found.arguments)), "heading")
        self.blocks(found.content)

    def _object(self, found: _Directive) -> None:
        self.outline.add(
            "\n".join(map(self.inline.line, "\n".join(found.arguments).replace("\\\n", " ").split("\n"))), "heading"
        )
        self.blocks(found.content)

    def _code(self, found: _Directive) -> None:
        own_line = found.name.rpartition(":")[2] in ("math", "productionlist")
        self.outline.add(self.inline.line(found.options.get("caption", "")), "heading")
        self.outline.code([*found.arguments[0 if own_line else 1 :], *found.content])

    def _version(self, found: _Directive) -> None:
        words = " ".join(found.arguments).split()
        stated = VERSIONS[found.name.rpartition(":")[2].casefold()]
        told = f"{stated} {words[0]}" if words else stated
        if found.name.endswith("deprecated-removed") and len(words) > 1:
            told += f", removed in version {words.pop(1)}"
        text = " ".join(words[1:])
        has_text = text or any(found.content)
        self.blocks([f"{told}: {text}" if text else told + (":" if has_text else "."), *found.content])

    def _figure(self, found: _Directive) -> None:
        caption = list(takewhile(bool, found.content))
        self.outline.add(self.inline.line(" ".join(caption)), "caption")
        self.blocks(found.content[len(caption) :])

    def _csv_table(self, found: _Directive) -> None:
        delimiter = {"tab": "\t", "space": " "}.get(found.options.get("delim", ""), found.options.get("delim", ","))
        header = rst_tables.separated([found.options["header"]], delimiter) if "header" in found.options else []
        rows = header + rst_tables.separated([line for line in found.content if line], delimiter)
        self._table(found, rows, len(header))

    def _list_table(self, found: _Directive) -> None:
        rows = [["\n".join(cell) for cell in _entries(row)] for row in _entries(found.content)]
        self._table(found, rows, 0)

    def _table(self, found: _Directive, rows: rst_tables.Rows, headers: int) -> None:
        stated = found.options.get("header-rows", "")
        headers += int(stated) if stated.isdecimal() and len(stated) < 4 else 0
        self.outline.add(self.inline.line(" ".join(found.arguments)), "heading")
        self.outline.table([list(map(self.cell, row)) for row in rows], headers=headers)

    def _metadata(self, found: _Directive) -> None:
        if found.name == "post":
            self.outline.state("date", one_line(" ".join(found.arguments)))
        options = dict(found.options)
        for line in found.content:
            if (option := OPTION_LINE.match(line)) is not None:
                options.setdefault(option[1].casefold(), line[option.end() :])
        for name, value in options.items():
            self.outline.state(name, value)


def _entries(lines: Sequence[str]) -> list[list[str]]:
    """Return the entries of a bullet list, each as its lines; lines before the first bullet are an entry."""
    entries: list[list[str]] = []
    for line in lines:
        found = BULLET.match(line)
        if found is not None or not entries:
            entries.append([line[found.end() :] if found is not None else line])
        else:
            entries[-1].append(line)
    return [[entry[0], *dedented(entry[1:])] for entry in entries]
