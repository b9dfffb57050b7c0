"""Read Markdown (.md, .markdown), with or without front matter."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

from index.model import Article, Skipped
from index.sources.encoding import read_text
from index.sources.field_map import FieldMap
from index.sources.layout import normalise, one_line
from index.sources.markup import text_of
from index.sources.pasted import is_headline
from index.sources.records import article, field_text, fields_of
from index.sources.streams import UnusableError
from index.sources.walk import printable, stem

if TYPE_CHECKING:
    from markdown_it.token import Token

# The parser is pure Python: a second for each MiB of prose, many for MiBs made to slow it down.
_DOCUMENT_BYTES = 4 << 20
_FRONT_MATTER = re.compile(r"\A---\s*\n.*?\n---\s*(?:\n|\Z)", re.DOTALL)
_FOOTNOTE_START = re.compile(r"^\[\^[^\]\n]{1,40}\]:[ \t]*", re.MULTILINE)
_FOOTNOTE_MARK = re.compile(r"\[\^[^\]\s]{1,40}\]")


def read(path: Path, field_map: FieldMap | None = None) -> Iterator[Article | Skipped]:
    """Yield the one article of a document. Links keep their words; pictures, footnote marks and markup go.

    The title is the front matter's, else the first heading of level 1, else a first line that reads as a
    headline, else the file's name. Another heading opens the passage of the paragraph below it, on a line of
    its own; the lines of a list whose entries are not parted by blank lines stay together.
    """
    metadata, text, fault = _front_matter(read_text(path, _DOCUMENT_BYTES))
    if fault:
        yield Skipped(f"{printable(path)}:1", f"front matter that cannot be read ({fault}); the text below it was read")
    fields = fields_of(metadata, field_map or FieldMap())
    title = field_text(fields.get("title")) or ""
    document = _Document(title)
    document.read(_tokens(text))
    title, texts = title or document.title, document.blocks
    if not title and len(texts) > 1 and is_headline(texts[0]):
        title, texts = texts[0], texts[1:]
    if not texts:
        raise UnusableError("no text in it" if not title else "a title, but no text below it")
    yield article(title or stem(path), texts, printable(path), field_text(fields.get("key")) or "", fields)


def _front_matter(text: str) -> tuple[Mapping[str, object], str, str]:
    """Return the metadata, the text below them, and what was wrong with them ("" when nothing)."""
    if not text.startswith("---"):
        return {}, text, ""
    import frontmatter
    import yaml

    try:
        metadata, below = frontmatter.parse(text)
    except (yaml.YAMLError, ValueError, TypeError, RecursionError) as error:
        fault = getattr(error, "problem", None) or str(error) or type(error).__name__
        return {}, _FRONT_MATTER.sub("", text, count=1), one_line(str(fault))
    # Without metadata the "---" were rules, and what stands between them is text.
    return ({str(name): value for name, value in metadata.items()}, below, "") if metadata else ({}, text, "")


def _tokens(text: str) -> "Sequence[Token]":
    from markdown_it import MarkdownIt

    parser = MarkdownIt("commonmark", {"maxNesting": 40}).enable("table")
    return parser.parse(_FOOTNOTE_START.sub("", normalise(text.expandtabs(4))))


@dataclass
class _Document:
    """The blocks of a document as they are met; `headings` and `entries` wait for what they belong to."""

    stated_title: str
    title: str = ""
    blocks: list[str] = field(default_factory=list)
    headings: list[str] = field(default_factory=list)
    entries: list[str] = field(default_factory=list)
    cells: list[str] = field(default_factory=list)
    lists: int = 0

    def read(self, tokens: "Sequence[Token]") -> None:
        """Fill `title` and `blocks`."""
        for before, token in pairwise(tokens):
            match token.type:
                case "inline":
                    self._inline(before, _inline_text(token))
                case "fence" | "code_block":
                    self._add("\n".join(filter(None, map(one_line, token.content.split("\n")))))
                case "html_block":
                    for block in text_of(token.content).split("\n\n"):
                        self._add(block)
                case kind if kind.endswith("_close"):
                    self._close(kind)
                case "bullet_list_open" | "ordered_list_open":
                    self.lists += 1
        self._close_entries()
        if self.headings:
            self.blocks.append("\n".join(self.headings))

    def _inline(self, before: "Token", text: str) -> None:
        """Take in a text; `before` says what it is: a heading, a table's cell, an entry of a list, a paragraph."""
        if before.type == "heading_open":
            self._close_entries()
            if before.tag == "h1" and not self.title and self.stated_title in ("", text):
                self.title = text
            elif text:
                self.headings.append(text)
        elif before.type in ("td_open", "th_open"):
            self.cells.append(text)
        elif before.hidden and self.lists:
            self.entries.append(text)
        else:
            self._add(text)

    def _close(self, kind: str) -> None:
        if kind == "tr_close":
            self.entries.append(" | ".join(filter(None, self.cells)))
            self.cells.clear()
        elif kind in ("bullet_list_close", "ordered_list_close"):
            self.lists -= 1
        if kind == "table_close" or (kind.endswith("list_close") and not self.lists):
            self._close_entries()

    def _add(self, text: str) -> None:
        self._close_entries()
        if text:
            self.blocks.append("\n".join([*self.headings, text]))
            self.headings.clear()

    def _close_entries(self) -> None:
        entries = [entry for entry in self.entries if entry]
        self.entries.clear()
        if entries:
            self._add("\n".join(entries))


def _inline_text(token: "Token") -> str:
    pieces: list[str] = []
    for child in token.children or ():
        match child.type:
            case "text":
                pieces.append(_FOOTNOTE_MARK.sub("", child.content))
            case "code_inline":
                pieces.append(child.content)
            case "softbreak":
                pieces.append(" ")
            case "hardbreak":
                pieces.append("\n")
            case "html_inline" if child.content.lower().startswith("<br"):
                pieces.append("\n")
    return "\n".join(filter(None, map(one_line, "".join(pieces).split("\n"))))
