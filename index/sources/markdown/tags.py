"""Take out of Markdown what programs read and nobody else: templates, shortcodes, components, comments, wikilinks.

What stands in code stays; so does the text between an opening and a closing tag.
"""

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property, lru_cache

from index.model import Dropped
from index.sources.blocks.html_tags import TAG, closed_names, is_bracketed_word
from index.sources.markdown.mdx import component_end, is_module, module_end

# A tag, and code between backticks on one line or a few, is no longer than this.
_REACH = 4000
# Tags that never close would each be searched to its reach.
_MOST_FAILURES = 200
_TRIGGERS = re.compile(
    r"\{[{%#/A-Za-z_$\"' .=]|\[\[|%%|<!--|<%|</?[A-Z]|<[a-z]+\s[^<>]*\bmarkdown\b|^(?:import|export)\s", re.MULTILINE
)
# Each begins with a plain character, so that the engine skips to the next of these at once.
_SPOT = (
    r"``*|~~~+|\{\{|\{%(?=[-\s\w])|\{\#(?=[\s-])|\{/\*|<!--|<%(?=[-=#\s])|!\[\[|\[\[|%%|\{[ ]?(?=[#.][\w-]|[\w-]+=)"
    r"|</?[A-Z][\w.]*(?=[\s/>])"
)
_MODULES = r"|import(?=\s)|export(?=\s)"
# Markdown may stand inside these: HTML that says so, and in MDX all but what is no block of text.
_MARKDOWN_HTML = r"|<[a-z]{1,10}(?=\s[^<>\n]{0,300}\bmarkdown[\s=>])|<[a-z]{1,10}(?=\s[^<>{}\n]{0,300}=\{\{)"
_MDX = (
    r"|</?(?:p|div|span|details|section|center|blockquote|aside|main|figure|article|small|a|em|strong)(?=[\s/>])"
    r"|<[a-z]{1,10}(?=\s[^<>{}\n]{0,300}=\{)"
    r"|\{(?=[\w$.]+\}|\"\s*\"\}|'\s*'\})"
)
_VALUE = re.compile(r"\{(?:[\w$.]+|\"\s*\"|'\s*')\}")
_LINE_START = re.compile(r"[ \t>*+-]*(?:\d{1,3}[.)][ ]+)?")
_CLOSERS = {"{{": "}}", "{%": "%}", "{#": "#}", "{/*": "*/}", "<!--": "-->", "<%": "%>"}
# Their content is no text, or no Markdown.
_PAIRED = re.compile(r"\{[{%][<%]?-?\s*(comment|raw|verbatim|highlight|math|katex|mermaid)\b")
_SAID = re.compile(r"\b(?:title|summary|header|label|caption|name)\s*=\s*(?:\"([^\"\n{}<>]+)\"|'([^'\n{}<>]+)')")
_RAW = re.compile(r"\{%-? *(?:end)?raw *-?%\}\n?")
_NAME = re.compile(r"[<{%/\s-]*([\w./-]+)")
_MODULE_LINE = re.compile(r"^(?:import|export)\s", re.MULTILINE)
_NO_WIKILINKS = frozenset(("toc", "_toc_"))


def without_tags(text: str, dropped: list[Dropped], *, mdx: bool = False) -> str:
    """Return `text` without tags; comments are added to `dropped`. In `mdx`, `{values}` are tags as well.

    >>> without_tags("{% if x %}See [[Prices|the prices]]{{< new >}}, `{{ x }}`.{% endif %}", [])
    'See the prices, `{{ x }}`.'
    """
    return _Scan(text, dropped, mdx).result() if _TRIGGERS.search(text) else text


@dataclass
class _Scan:
    """A text, read up to `at`; `missing` closes nothing any more, `failures` counts by kind what never closed."""

    text: str
    dropped: list[Dropped]
    mdx: bool
    at: int = 0
    pieces: list[str] = field(default_factory=list)
    failures: Counter[str] = field(default_factory=Counter)
    missing: set[str] = field(default_factory=set)

    @cached_property
    def closed(self) -> frozenset[str]:
        """The names of the elements that end somewhere in the text."""
        return closed_names(self.text)

    def result(self) -> str:
        """Return the text without tags."""
        text = self.text
        spots = _spots(self.mdx, modules=_MODULE_LINE.search(text) is not None)
        while (spot := spots.search(text, self.at)) is not None:
            mark = spot[0]
            self.pieces.append(text[self.at : spot.start()])
            self.at = spot.start()
            if _is_escaped(text, self.at):
                self.pieces.append(mark[0])
                self.at += 1
                continue
            kind = mark[:2] if mark[0] in "{<ie" else ""
            end = _READERS[mark[0]](self, mark, spot.end()) if self.failures[kind] < _MOST_FAILURES else None
            if end is None:
                self.failures[kind] += bool(kind)
                self.pieces.append(mark)
                end = spot.end()
            self.at = end
        self.pieces.append(text[self.at :])
        return "".join(self.pieces)

    def ticks(self, marks: str, after: int) -> int:
        """Copy code."""
        return self._fence(marks, after) if len(marks) > 2 and self._opens_line() else self._code(marks, after)

    def brace(self, mark: str, after: int) -> int | None:
        """Pass over a tag of a template, a value, or attributes."""
        if mark in _CLOSERS:
            return self._tag(mark, after)
        return self._value(after) if self.mdx and _VALUE.match(self.text, self.at) else self._attributes(after)

    def angle(self, mark: str, after: int) -> int | None:
        """Pass over a comment or a component."""
        return self._tag(mark, after) if mark in _CLOSERS else self._component(after)

    def _opens_line(self) -> bool:
        line = self.text.rfind("\n", max(0, self.at - 200), self.at) + 1
        return (line > 0 or self.at < 200) and _LINE_START.fullmatch(self.text, line, self.at) is not None

    def _fence(self, marks: str, after: int) -> int:
        """Copy a block of code; Hugo's shortcodes are shown there as `{{</* name */>}}`."""
        closing = re.compile(rf"^[ \t>]*{re.escape(marks[0])}{{{len(marks)},}}[ \t]*$", re.MULTILINE)
        closed = closing.search(self.text, after)
        return self._copied(closed.end() if closed is not None else len(self.text))

    def _code(self, marks: str, after: int) -> int:
        """Copy code between backticks, of at most a few lines."""
        end = self.text.find(marks, after, after + _REACH) if marks[0] == "`" else -1
        whole = end > 0 and self.text.find("\n\n", after, end) < 0
        return self._copied(end + len(marks) if whole else after)

    def _tag(self, opener: str, after: int) -> int | None:
        """Pass over a tag of a template, or a comment."""
        end = self._find(_CLOSERS[opener], after, None if opener == "<!--" else _REACH)
        if end is None:
            return None
        inside = self.text[self.at : end]
        if opener in ("<!--", "{/*", "{#") or inside.startswith("{{/*"):
            self._drop(inside, "a comment")
            if opener == "<!--" and self._alone(end):
                # It parts two lists.
                self.pieces.append("<!-- -->")
            return end
        if inside.startswith(("{{</*", "{{%/*")):
            self.pieces.append(f"`{_shown(inside)}`")
            return end
        paired = _PAIRED.match(inside)
        if paired is not None and (last := self._pair(paired[1], end)):
            return last
        self._say(inside, end, closed=f"/{_tag_name(inside)}")
        return end

    def _component(self, after: int) -> int | None:
        """Pass over a tag of JSX."""
        end = component_end(self.text, after)
        if end is None:
            return None
        inside = self.text[self.at : end]
        if is_bracketed_word(inside, self.closed):
            self.pieces.append("\\" + inside)
            return end
        if inside[1 : after - self.at].strip("/").isupper() and TAG.match(inside):
            return None
        if not inside.startswith("</"):
            self._say(inside, end, closed="" if inside.endswith("/>") else f"</{_tag_name(inside)}")
        return end

    def link(self, mark: str, after: int) -> int | None:
        """Copy the words of `[[Page#Heading|words]]`; what `![[...]]` shows stands elsewhere."""
        end = self.text.find("]]", after, after + 300)
        inside = self.text[after:end] if end > after else ""
        if not inside or inside[0].isspace() or "\n" in inside or "[" in inside or "]" in inside:
            return None
        if self.text[end + 2 : end + 3] in ("(", "[") and mark == "[[":
            return None
        page, bar, words = inside.replace("\\|", "|").partition("|")
        if mark == "[[" and page.casefold() not in _NO_WIKILINKS:
            self.pieces.append(words.strip() if bar and words.strip() else page.partition("#^")[0].lstrip("#").strip())
        return end + 2

    def note(self, _mark: str, after: int) -> int | None:
        """Pass over a comment of Obsidian, on one line or between lines of their own."""
        if self.at and not self.text[self.at - 1].isspace():
            return None
        end = self._find("%%", after, _REACH)
        if end is None or self.text[end : end + 1].isalnum():
            return None
        inside = self.text[self.at : end]
        alone = self.text[end : end + 1] in ("", "\n") and self.text[self.at - 1 : self.at] in ("", "\n")
        if "\n\n" in inside and not alone:
            return None
        self._drop(inside, "a comment")
        return end

    def module(self, _mark: str, after: int) -> int | None:
        """Pass over an import or export of MDX."""
        opens = not self.at or self.text[self.at - 1] == "\n"
        return module_end(self.text, self.at) if opens and is_module(self.text, self.at) else self._copied(after)

    def _value(self, after: int) -> int | None:
        """Pass over `{value}`, where that is one."""
        self.pieces.append(" " if self.text[after] in "\"'" else "")
        return self.text.find("}", after) + 1

    def _attributes(self, after: int) -> int | None:
        """Pass over attributes on several lines; those on one line are read with the line."""
        end = self.text.find("}", after, after + _REACH) + 1
        inside = self.text[self.at : end]
        several = "\n" in inside and "\n\n" not in inside and "{" not in inside[1:] and '="' in inside
        return end if several else self._copied(after)

    def _find(self, closer: str, start: int, reach: int | None) -> int | None:
        """Return where `closer` ends; once none is left in the text, none is searched for."""
        if closer in self.missing:
            return None
        end = self.text.find(closer, start, len(self.text) if reach is None else start + reach)
        if end < 0:
            if reach is None or self.text.find(closer, start) < 0:
                self.missing.add(closer)
            return None
        return end + len(closer)

    def _pair(self, name: str, start: int) -> int | None:
        """Copy or drop what stands between a paired tag and its end, and return where that is."""
        if name in self.missing:
            return None
        ending = _ending(name).search(self.text, start)
        if ending is None:
            self.missing.add(name)
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

    def _alone(self, end: int) -> bool:
        """Return whether what ends at `end` has its lines for itself."""
        line = self.text.rfind("\n", max(0, self.at - 200), self.at) + 1
        return not self.text[line : self.at].strip() and self.text[end : end + 1] in ("", "\n")

    def _say(self, inside: str, end: int, closed: str) -> None:
        """Keep the title of a tag that stands alone on its line and is closed below."""
        if not self._alone(end):
            return
        said = _SAID.search(inside) if closed and "=" in inside and not inside[1].islower() else None
        if said is not None and self.text.find(closed, end, end + 20_000) >= 0:
            self.pieces.append(f"\n###### {said[1] or said[2]}\n")
        elif inside[0] == "<":
            self.pieces.append("\n")

    def _copied(self, end: int) -> int:
        copied = self.text[self.at : end]
        if "endraw" in copied:
            copied = _RAW.sub("", copied)
        self.pieces.append(_shown(copied) if "/*" in copied and "{{" in copied else copied)
        return end

    def _drop(self, inside: str, reason: str) -> None:
        self.dropped.append(Dropped(" ".join(inside[:400].split())[:200], reason))


_READERS: dict[str, Callable[[_Scan, str, int], int | None]] = {
    "`": _Scan.ticks,
    "~": _Scan.ticks,
    "{": _Scan.brace,
    "<": _Scan.angle,
    "[": _Scan.link,
    "!": _Scan.link,
    "%": _Scan.note,
    "i": _Scan.module,
    "e": _Scan.module,
}


def _is_escaped(text: str, at: int) -> bool:
    before = text[max(0, at - 20) : at]
    return (len(before) - len(before.rstrip("\\"))) % 2 == 1


def _tag_name(tag: str) -> str:
    """Return the name of a tag, as its closing tag repeats it."""
    found = _NAME.match(tag)
    return found[1] if found is not None else tag


@lru_cache(maxsize=4)
def _spots(mdx: bool, modules: bool) -> re.Pattern[str]:
    return re.compile(_SPOT + (_MDX if mdx else _MARKDOWN_HTML) + (_MODULES if modules else ""))


def _shown(code: str) -> str:
    """Return Hugo's escaped shortcodes as its pages show them."""
    for mark, end in (("{{<", ">}}"), ("{{%", "%}}")):
        code = re.sub(re.escape(mark) + r"/\*([^\n]*?)\*/" + re.escape(end), rf"{mark}\1{end}", code)
    return code


@lru_cache(maxsize=16)
def _ending(name: str) -> re.Pattern[str]:
    return re.compile(rf"\{{%-?\s*end{name}\s*-?%\}}|\{{\{{[<%]\s*/\s*{name}\s*[>%]\}}\}}")
