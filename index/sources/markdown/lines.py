"""Rewrite what dialects add to the lines of Markdown: containers, callouts, footnotes, definitions, marks."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from index.model import Dropped

_STARTS = (
    r"^[ \t>*+-]*(?:!!!|\?\?\?|===|:{3}|: |\[\^|\([\w-]+\)=|--8<--|\[TOC\]|\*\[|\\(?:newpage|pagebreak)|\#\w"
    r"|`{3,}\{|~{3,}\{)"
)
_ICONS = r":(?:material|octicons|fontawesome|simple)-"
_ODD = re.compile(rf"{_STARTS}|\[![A-Za-z]|\{{|==|~|\^|{_ICONS}", re.MULTILINE)
_FENCE = re.compile(r"[ >]*(?:(?:[-*+]|\d{1,3}[.)]) +)*(`{3,}|~{3,})[ \t]*(.*)")
_ADMONITION = re.compile(
    r"( *)(?:!!!|\?\?\?\+?) *[\w-]*(?: +[\w-]+)*[ \t]*(?:\"(.*)\")?[ \t]*$|( *)===[!+]* +\"(.*)\"[ \t]*$"
)
_COLONS = re.compile(r" *:{3,}[ \t]*(?:\{[\w:-]+\}|[\w.-]+)?(?:\[(.+)\])?[ \t]*([^{\s][^{]*)?(\{.*)?$")
_TITLE = re.compile(r"\b(?:title|summary)=\"([^\"]+)\"")
_CALLOUT = re.compile(r"( *(?:> ?)+)\[![\w-]{1,30}(?:\|[^\]]*)?\][+-]?[ \t]*(.*)")
_FOOTNOTE = re.compile(r"( {0,3})\[\^[^\]]{1,40}\]:[ \t]*(.*)")
_DEFINITION = re.compile(r"( {0,3})(: +)(\S.*)")
_NO_TERM = re.compile(r" *(?:[#>|+*-]|\d+[.)]|`{3}|~{3}|<)|    ")
_DIRECTIVE = re.compile(r"\{([=\w:-]+)\}[ \t]*(.*)")
_OPTION = re.compile(r" *:[\w-]+:")
# Directives of MyST whose content is text, and those whose content is none.
_TEXT_DIRECTIVES = frozenset(
    (
        *("note", "tip", "hint", "important", "warning", "caution", "attention", "danger", "error", "seealso", "todo"),
        *("admonition", "dropdown", "details", "card", "grid", "grid-item", "grid-item-card", "tab-set", "tab-item"),
        *("margin", "sidebar", "aside", "topic", "epigraph", "versionadded", "versionchanged", "deprecated"),
        *("figure", "=html"),
    )
)
_SILENT_DIRECTIVES = frozenset(
    ("toctree", "tableofcontents", "contents", "include", "image", "eval-rst", "bibliography", "=latex", "=tex")
)
_UNREAD = re.compile(
    r" *(?:--8<--.*|;--8<--.*|\[TOC\]|\([\w-]+\)=|\*\[[^\]]+\]:.*|\\(?:newpage|pagebreak)(?:\{\})?"
    r"|\#[^\W\d][\w/-]*(?:[ \t]+\#[^\W\d][\w/-]*)*)[ \t]*$"
)
_TOC = re.compile(r" *\{:?[^{}]*\btoc\b[^{}]*\}[ \t]*$")
_TOC_ENTRY = re.compile(r" *(?:[*+-]|1\.) [^\n]*$")

_MARKED = re.compile(rf"\{{|==|~|\^|{_ICONS}")
_CODE = re.compile(r"(`+[^`]{0,500}`+)")
_SPAN = re.compile(r"\[([^\[\]]{1,300})\](?=\{[ ]?[#.\w])")
_ROLE = re.compile(r"\{[\w:-]{1,40}\}`([^`]{1,300}?)(?:\s*<[^<>`]*>)?`")
# Not below or above a sign of mathematics: \sum_{k=1} is no attribute.
_ATTRIBUTES = re.compile(
    r"(?<![_^])[ \t]?\{(?:::?[^{}]{0,2000}|[ ]?(?:[#.=][\w-]|(?<![\w}]\{)[\w-]{1,40}=)[^{}]{0,2000}|[-#])\}"
    r"|\{:/[\w-]*\}"
)
_HIGHLIGHT = re.compile(r"(?<![A-Za-z0-9=])==(?=[^\s=])([^=]{1,500})(?<=\S)==(?![A-Za-z0-9=])")
_STRUCK = re.compile(r"~~(?=[^\s~])([^~]{1,500})(?<=\S)~~|(?<=\w)~(\w{1,20})~")
_RAISED = re.compile(r"(?<=[\w)])\^([\w+-]{1,20})\^")
_INLINE_NOTE = re.compile(r"\^\[([^\[\]]{1,500})\]")
_BLOCK_ID = re.compile(r"(?:^|[ \t])\^[A-Za-z0-9-]{1,60}[ \t]*$")
_ICON = re.compile(rf"{_ICONS}[a-z0-9-]{{1,80}}:[ \t]?")


def plain_lines(text: str, dropped: list[Dropped]) -> str:
    r"""Return `text` with the lines of dialects rewritten; what is no text is added to `dropped`.

    >>> plain_lines('!!! note "Berths"\n    Let in ==April==. {.wide}', [])
    '\n###### Berths\n\nLet in April.'
    """
    return _Lines(dropped).rewritten(text) if _ODD.search(text) else text


@dataclass
class _Lines:
    """The lines rewritten so far.

    For each container that is open, `containers` holds the least indent of its lines and how much of it is cut off;
    `directives` the fences that close directives.
    """

    dropped: list[Dropped]
    out: list[str] = field(default_factory=list)
    containers: list[tuple[int, int]] = field(default_factory=list)
    directives: list[str] = field(default_factory=list)
    fence: str = ""
    silent: bool = False
    options: bool = False

    def rewritten(self, text: str) -> str:
        """Return the lines of `text`, rewritten."""
        for line in text.split("\n"):
            self._line(self._dedented(line) if self.containers else line)
        return "\n".join(self.out)

    def _dedented(self, line: str) -> str:
        bare = line.lstrip(" ")
        if not bare:
            return ""
        indent = len(line) - len(bare)
        while self.containers and indent < self.containers[-1][0]:
            self.containers.pop()
            self.fence, self.silent = "", False
        return line[self.containers[-1][1] :] if self.containers else line

    def _line(self, line: str) -> None:
        if self.fence:
            self._fenced(line)
            return
        if self.options:
            self.options = _OPTION.match(line) is not None
            if self.options:
                return
        if "```" in line or "~~~" in line:
            found = _FENCE.match(line)
            if found is not None and "`" not in found[2]:
                self._opened(found, line)
                return
        reader = _BY_START.get(line.lstrip(" ")[:1])
        if reader is None or not reader(self, line):
            self.out.append(_without_marks(line) if _MARKED.search(line) else line)

    def _fenced(self, line: str) -> None:
        bare = line.strip(" >")
        closes = bare.startswith(self.fence) and not bare.strip(self.fence[0])
        if not self.silent:
            self.out.append(line)
        if closes:
            self.fence, self.silent = "", False

    def _opened(self, found: re.Match[str], line: str) -> None:
        marks, said = found[1], found[2]
        if not said and self.directives and marks.startswith(self.directives[-1]):
            self.directives.pop()
            self.out.append("")
            return
        directive = _DIRECTIVE.match(said)
        if directive is not None and directive[1] in _TEXT_DIRECTIVES:
            self._head("" if directive[1] == "figure" else directive[2])
            self.directives.append(marks)
            self.options = True
            return
        self.fence = marks
        self.silent = directive is not None and directive[1] in _SILENT_DIRECTIVES
        if not self.silent:
            self.out.append(line)

    def _head(self, title: str | None) -> None:
        """Part what comes from what was, and put the title of a container, if it has one, above its text."""
        self.out.append("")
        if title and not title.isspace():
            self.out += [f"###### {_without_marks(title.strip())}", ""]

    def _contain(self, indent: int, cut: int) -> None:
        cut_before = self.containers[-1][1] if self.containers else 0
        self.containers.append((cut_before + indent + cut, cut_before + cut))

    def admonition(self, line: str) -> bool:
        """Read MkDocs' admonitions and tabs, whose content is indented."""
        found = _ADMONITION.match(line)
        if found is None:
            return False
        self._head(found[2] or found[4])
        self._contain(len(found[1] or found[3] or ""), 4)
        return True

    def colon(self, line: str) -> bool:
        """Read a fence of colons, whatever it opens or closes, or a definition below its term."""
        if ":::" in line:
            found = _COLONS.match(line)
            if found is None:
                return False
            title = _TITLE.search(found[3] or "")
            self._head(found[1] or found[2] or (title[1] if title else ""))
            self.options = True
            return True
        found = _DEFINITION.match(line)
        blank = bool(self.out) and not self.out[-1].strip()
        term = self.out[-2] if blank and len(self.out) > 1 else self.out[-1] if self.out else ""
        if found is None or not term.strip() or _NO_TERM.match(term):
            return False
        if blank:
            self.out.pop()
        self.out[-1] = f"{self.out[-1].rstrip()}\\"
        self.out.append(_without_marks(found[3]))
        self._contain(len(found[1]), len(found[2]))
        return True

    def callout(self, line: str) -> bool:
        """Read the first line of a callout (Obsidian) or an alert (GitHub)."""
        found = _CALLOUT.match(line)
        if found is None:
            return False
        title = _without_marks(found[2].strip())
        self.out.append(f"{found[1]}###### {title}" if title else found[1].rstrip())
        return True

    def note(self, line: str) -> bool:
        """Read a footnote, whose further paragraphs are indented."""
        found = _FOOTNOTE.match(line)
        if found is None:
            return self.unread(line)
        self.out += ["", _without_marks(found[2])]
        self._contain(len(found[1]), 4)
        return True

    def unread(self, line: str) -> bool:
        """Pass over a line for programs: a table of contents, a file to include, tags, an abbreviation."""
        if _UNREAD.match(line) is None:
            return False
        self.dropped.append(Dropped(line.strip(), "a line for programs"))
        self.out.append("")
        return True

    def contents(self, line: str) -> bool:
        """Pass over kramdown's mark for a table of contents, and the list entry that it replaces."""
        if _TOC.match(line) is None:
            return False
        if self.out and _TOC_ENTRY.match(self.out[-1]):
            self.out.pop()
        return True


_BY_START: dict[str, Callable[[_Lines, str], bool]] = {
    "!": _Lines.admonition,
    "?": _Lines.admonition,
    "=": _Lines.admonition,
    ":": _Lines.colon,
    ">": _Lines.callout,
    "[": _Lines.note,
    "{": _Lines.contents,
    **dict.fromkeys(("(", "-", ";", "*", "\\", "#"), _Lines.unread),
}


def _without_marks(line: str) -> str:
    """Return a line without the marks of dialects: attributes, highlights, strikes, ids of blocks."""
    if "`" not in line:
        return _unmarked(line)
    line = _ROLE.sub(r"`\1`", line) if "}`" in line else line
    return "".join(part if at % 2 else _unmarked(part) for at, part in enumerate(_CODE.split(line)))


def _unmarked(text: str) -> str:
    if "{" in text:
        text = _ATTRIBUTES.sub("", _SPAN.sub(r"\1", text))
    if "==" in text:
        text = _HIGHLIGHT.sub(r"\1", text)
    if "~" in text:
        text = _STRUCK.sub(r"\1\2", text)
    if "^" in text:
        text = _BLOCK_ID.sub("", _RAISED.sub(r"\1", _INLINE_NOTE.sub(r" (\1)", text)))
    return _ICON.sub("", text) if ":" in text else text
