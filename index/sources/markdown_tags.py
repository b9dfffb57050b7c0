"""Take out of Markdown what programs read and nobody else: templates, shortcodes, components, comments, wikilinks.

What stands in code stays; so does the text between an opening and a closing tag.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache

from index.model import Dropped

# A tag, and code between backticks on one line or a few, is no longer than this.
_REACH = 4000
# Tags that never close would each be searched to its reach.
_MOST_FAILURES = 50
_TRIGGERS = re.compile(r"\{[{%#/]|\[\[|%%|<!--|</?[A-Z]|^(?:import|export)\s|\{[A-Za-z_$\"']", re.MULTILINE)
_SPOT = (
    r"^[ \t>*+-]*(?:\d+[.)][ ]+)?(?P<fence>`{3,}|~{3,})[^\n]*|(?P<code>`+)"
    r"|(?P<tag>\{\{|\{%(?=[-\s\w])|\{\#(?=[\s-])|\{/\*|<!--)"
    r"|(?P<component></?(?:[A-Z][\w.]*(?=[\s/>])|COMPONENTS))|(?P<link>!?\[\[)|(?<!\S)(?P<note>%%)"
    r"|^(?P<module>(?:import|export)\s)|(?P<attributes>\{[ ]?(?=[#.][\w-]|[\w-]+=))"
)
# Markdown may stand inside these: HTML that says so, and in MDX all but what is no block of text.
_SPOTS = {
    mdx: re.compile(_SPOT.replace("COMPONENTS", components) + value, re.MULTILINE)
    for mdx, components, value in (
        (False, r"[a-z]{1,10}\s[^<>\n]{0,300}\bmarkdown(?=[\s=>])", ""),
        (
            True,
            r"(?:p|div|span|details|section|center|blockquote|aside|main|figure|article|small|a|em|strong)(?=[\s/>])",
            r"|(?P<value>\{(?=[\w$.]+\}|\"\s*\"\}|'\s*'\}))",
        ),
    )
}
_CLOSERS = {"{{": "}}", "{%": "%}", "{#": "#}", "{/*": "*/}", "<!--": "-->"}
# Their content is no text, or no Markdown.
_PAIRED = re.compile(r"\{[{%][<%]?-?\s*(comment|raw|verbatim|highlight|math|katex|mermaid)\b")
_SAID = re.compile(r"\b(?:title|summary|header|label|caption|name)\s*=\s*(?:\"([^\"\n{}<>]+)\"|'([^'\n{}<>]+)')")
_NAME = re.compile(r"[<{%/\s-]*([\w./-]+)")
_MODULE = re.compile(
    r"import\s+(?:[^\n]*\bfrom\s+)?[\"'][^\"'\n]+[\"']|import\s*\{|import\s+\w+\s*,\s*\{"
    r"|export\s+(?:default\b|const\b|let\b|var\b|function\b|async\b|class\b|\{|\*)"
)
_MODULE_LINES = 500
_DEPTHS = re.compile(r"[(\[{}\])]")
_COMPONENT_ENDS = re.compile(r"[\"'`{}>]")
_NO_WIKILINKS = frozenset(("toc", "_toc_"))


def without_tags(text: str, dropped: list[Dropped], *, mdx: bool = False) -> str:
    """Return `text` without tags; comments are added to `dropped`. In `mdx`, `{values}` are tags as well.

    >>> without_tags("{% if x %}See [[Prices|the prices]]{{< new >}}, `{{ x }}`.{% endif %}", [])
    'See the prices, `{{ x }}`.'
    """
    return _Scan(text, dropped, mdx).result() if _TRIGGERS.search(text) else text


@dataclass
class _Scan:
    text: str
    dropped: list[Dropped]
    mdx: bool
    at: int = 0
    pieces: list[str] = field(default_factory=list)
    failures: dict[str, int] = field(default_factory=dict)

    def result(self) -> str:
        text, spots = self.text, _SPOTS[self.mdx]
        while (spot := spots.search(text, self.at)) is not None:
            kind = spot.lastgroup or ""
            start = spot.start(kind)
            self.pieces.append(text[self.at : start])
            self.at = start
            failures = self.failures.get(spot[kind], 0)
            end = _READERS[kind](self, spot) if failures < _MOST_FAILURES else None
            if end is None:
                self.failures[spot[kind]] = failures + 1
                self.pieces.append(spot[kind])
                end = spot.end(kind)
            elif kind not in ("fence", "code"):
                self.failures.pop(spot[kind], None)
            self.at = end
        self.pieces.append(text[self.at :])
        return "".join(self.pieces)

    def fence(self, spot: re.Match[str]) -> int:
        """Copy a block of code; Hugo's shortcodes are shown there as `{{</* name */>}}`."""
        marks = spot["fence"]
        closed = _closing(marks[0], len(marks)).search(self.text, spot.end())
        end = closed.end() if closed is not None else len(self.text)
        self._copy(end)
        return end

    def code(self, spot: re.Match[str]) -> int:
        """Copy code between backticks, of at most a few lines."""
        marks = spot["code"]
        end = self.text.find(marks, spot.end(), spot.end() + _REACH)
        blank = self.text.find("\n\n", spot.end(), end) if end > 0 else 0
        end = spot.end() if end < 0 or blank >= 0 else end + len(marks)
        self._copy(end)
        return end

    def tag(self, spot: re.Match[str]) -> int | None:
        """Pass over a tag of a template, or a comment."""
        opener = spot["tag"]
        end = self._find(_CLOSERS[opener], spot.end(), None if opener == "<!--" else _REACH)
        if end is None:
            return None
        inside = self.text[spot.start() : end]
        if opener in ("<!--", "{/*", "{#") or inside.startswith("{{/*"):
            self._drop(inside, "a comment")
            return end
        if inside.startswith(("{{</*", "{{%/*")):
            self.pieces.append(f"`{_shown(inside)}`")
            return end
        paired = _PAIRED.match(inside)
        if paired is not None and (after := self._pair(paired[1], end)):
            return after
        self._say(inside, end, closed=f"/{paired_name(inside)}")
        return end

    def component(self, spot: re.Match[str]) -> int | None:
        """Pass over a tag of JSX, whose attributes may hold braces, quotes and tags."""
        depth, quote = 0, ""
        for found in _COMPONENT_ENDS.finditer(self.text, spot.end(), spot.end() + _REACH):
            sign = found[0]
            if quote:
                quote = "" if sign == quote else quote
            elif sign in "\"'`":
                quote = sign
            elif sign == ">" and not depth:
                inside = self.text[spot.start() : found.end()]
                if not inside.startswith("</"):
                    self._say(inside, found.end(), closed="" if inside.endswith("/>") else f"</{paired_name(inside)}")
                return found.end()
            elif sign in "{}":
                depth += 1 if sign == "{" else -1
        return None

    def link(self, spot: re.Match[str]) -> int | None:
        """Copy the words of `[[Page#Heading|words]]`; what `![[...]]` shows stands elsewhere."""
        end = self.text.find("]]", spot.end(), spot.end() + 300)
        inside = self.text[spot.end() : end]
        if end < 0 or not inside or inside[0].isspace() or "\n" in inside or "[" in inside or "]" in inside:
            return None
        if self.text[end + 2 : end + 3] in ("(", "[") and spot["link"] == "[[":
            return None
        page, bar, words = inside.replace("\\|", "|").partition("|")
        if spot["link"] == "[[" and page.casefold() not in _NO_WIKILINKS:
            self.pieces.append(words.strip() if bar and words.strip() else page.partition("#^")[0].lstrip("#").strip())
        return end + 2

    def note(self, spot: re.Match[str]) -> int | None:
        """Pass over a comment of Obsidian, on one line or between lines of their own."""
        end = self._find("%%", spot.end(), _REACH)
        if end is None or self.text[end : end + 1].isalnum():
            return None
        inside = self.text[spot.start() : end]
        alone = self.text[end : end + 1] in ("", "\n") and self.text[spot.start() - 1 : spot.start()] in ("", "\n")
        if "\n" in inside and not alone:
            return None
        self._drop(inside, "a comment")
        return end

    def module(self, spot: re.Match[str]) -> int | None:
        """Pass over an import or export of MDX, up to the line at which its brackets are closed."""
        if _MODULE.match(self.text, spot.start()) is None:
            return None
        depth, end = 0, spot.start()
        for _ in range(_MODULE_LINES):
            stop = self.text.find("\n", end) + 1 or len(self.text)
            line = self.text[end:stop]
            depth += sum(1 if sign in "([{" else -1 for sign in _DEPTHS.findall(line))
            end = stop
            following = self.text[end : end + 7]
            whole = line.rstrip().endswith(";") or not following.strip(" \t") or following[0] in "\n\r"
            if depth <= 0 and (whole or following.startswith(("import ", "export ")) or line.startswith("import")):
                return end
            if end == len(self.text):
                break
        return None

    def value(self, spot: re.Match[str]) -> int | None:
        """Pass over `{value}`, where that is one."""
        end = self.text.find("}", spot.end()) + 1
        inside = self.text[spot.end() : end - 1]
        self.pieces.append(" " if inside[0] in "\"'" else "")
        return end

    def attributes(self, spot: re.Match[str]) -> int | None:
        """Pass over attributes on several lines; those on one line are read with the line."""
        end = self.text.find("}", spot.end(), spot.end() + _REACH) + 1
        inside = self.text[spot.start() : end]
        return end if "\n" in inside and "\n\n" not in inside and "{" not in inside[1:] and '="' in inside else None

    def _find(self, closer: str, start: int, reach: int | None) -> int | None:
        """Return where `closer` ends; once none is left in the text, none is searched for."""
        if self.failures.get(closer):
            return None
        end = self.text.find(closer, start, len(self.text) if reach is None else start + reach)
        if end < 0:
            if reach is None or self.text.find(closer, start) < 0:
                self.failures[closer] = 1
            return None
        return end + len(closer)

    def _pair(self, name: str, start: int) -> int | None:
        """Copy or drop what stands between a paired tag and its end, and return where that is."""
        if self.failures.get(f"end{name}"):
            return None
        ending = _ending(name).search(self.text, start)
        if ending is None:
            self.failures[f"end{name}"] = 1
            return None
        content = self.text[start : ending.start()]
        if name == "comment":
            self._drop(content, "a comment")
        elif name in ("highlight", "mermaid"):
            code = content.strip("\n")
            self.pieces.append(f"\n~~~~~~~~\n{code}\n~~~~~~~~\n")
        else:
            self.pieces.append(content)
        return ending.end()

    def _say(self, inside: str, end: int, closed: str) -> None:
        """Keep the title of a tag that stands alone on its line and is closed below."""
        line_start = self.text.rfind("\n", max(0, self.at - 200), self.at) + 1
        if self.text[line_start : self.at].strip() or self.text[end : end + 1] not in ("", "\n"):
            return
        said = _SAID.search(inside) if closed and "=" in inside and not inside[1].islower() else None
        if said is not None and self.text.find(closed, end, end + 20_000) >= 0:
            self.pieces.append(f"\n###### {said[1] or said[2]}\n")
        elif inside[0] == "<":
            self.pieces.append("\n")

    def _copy(self, end: int) -> None:
        copied = self.text[self.at : end]
        self.pieces.append(_shown(copied) if "/*" in copied and "{{" in copied else copied)

    def _drop(self, inside: str, reason: str) -> None:
        self.dropped.append(Dropped(" ".join(inside[:400].split())[:200], reason))


def paired_name(tag: str) -> str:
    """Return the name of a tag, as its closing tag repeats it."""
    found = _NAME.match(tag)
    return found[1] if found is not None else tag


_READERS: dict[str, Callable[[_Scan, re.Match[str]], int | None]] = {
    "fence": _Scan.fence,
    "code": _Scan.code,
    "tag": _Scan.tag,
    "component": _Scan.component,
    "link": _Scan.link,
    "note": _Scan.note,
    "module": _Scan.module,
    "attributes": _Scan.attributes,
    "value": _Scan.value,
}


def _shown(code: str) -> str:
    """Return Hugo's escaped shortcodes as its pages show them."""
    for mark, end in (("{{<", ">}}"), ("{{%", "%}}")):
        code = re.sub(re.escape(mark) + r"/\*([^\n]*?)\*/" + re.escape(end), rf"{mark}\1{end}", code)
    return code


@lru_cache(maxsize=64)
def _closing(sign: str, length: int) -> re.Pattern[str]:
    return re.compile(rf"^[ \t>]*{re.escape(sign)}{{{length},}}[ \t]*$", re.MULTILINE)


@lru_cache(maxsize=16)
def _ending(name: str) -> re.Pattern[str]:
    return re.compile(rf"\{{%-?\s*end{name}\s*-?%\}}|\{{\{{[<%]\s*/\s*{name}\s*[>%]\}}\}}")
