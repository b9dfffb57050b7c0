"""From the tokens of CommonMark to blocks: headings, paragraphs, lists, tables, code."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from html import unescape
from itertools import pairwise
from textwrap import dedent
from typing import TYPE_CHECKING, Any

from index import tuning
from index.model import Dropped
from index.sources.blocks.blocks import Block, BlockKind, heads, is_lead_in
from index.sources.blocks.html_tags import closed_names, is_bracketed_word
from index.sources.blocks.layout import count_words, ends_a_sentence, one_line
from index.sources.blocks.markup import blocks_of, text_of
from index.sources.markdown.paragraph_ends import end_paragraphs
from index.sources.markdown.tables import TABLE, rows_of
from index.sources.markdown.text_parts import parts_of

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token

_FOOTNOTE_MARK = re.compile(r"\[\^[^\]\s]{1,40}\]")
# CommonMark sees no end of a mark before a letter, where what is marked ends in a full stop; writers of Japanese do.
_UNPAIRED = "\0"
# What names the language of code between backticks, where a site colours it.
_LANGUAGE = re.compile(r"^(?:#!|:::)[A-Za-z][\w+-]{0,20} +(?=\S)")
_STRONG = re.compile(r"\0(?=\S)([^\0]{1,1000})(?:(?<=[^\s(\[{,=])\0|(?<=\s)\0(?=[^\W\d_a-z]))")
# A text without these is one line of plain words.
_MARKUP = re.compile(r"[\\`*_\[\]<>&!\n]")
# As the parser looks references up, in capitals.
_NAME_IN_CODE = re.compile(r"(`?)[A-Z_]\w*(?:\.\w+)+\1")
_UNSHOWN = re.compile(r"\b(?:include|echo)\s*=\s*F(?:ALSE)?\b")
_ENTRY_WORDS = 12
_BOLD_MARKS = ("**", "__")
_ALL_BOLD = re.compile(r"(\*\*|__)(?=\S)[^*_\n]{1,100}\1[ \t]*[:：]?")
# What Logseq keeps of a block.
_PROPERTY = re.compile(
    r"^[ \t]*(?:id|collapsed|heading|background-color|(?:card|logseq|query)[.-][\w.-]+|(?:created|updated)-at):: .*"
    r"(?:\n|\Z)",
    re.MULTILINE,
)
_TASK = re.compile(r"\[[ xX/-]\][ \t]+")
_PARTING_TAG = re.compile(
    r"</?(?:p|div|li|[uod]l|d[dt]|t[rdh]|h[1-6]|table|section|figure|figcaption)\b", re.IGNORECASE
)
_HTML_HEADING = re.compile(r"<(h[1-6]|summary)\b[^<>]{0,500}>(.{0,2000}?)</\1\s*>", re.IGNORECASE | re.DOTALL)
# Queries for a program to answer.
_QUERIES = frozenset(("dataview", "dataviewjs", "query", "tasks", "button", "chart", "base"))


@dataclass(frozen=True, slots=True)
class Document:
    """The blocks of a document, and its title, which is no block then; "" when no heading is one."""

    title: str
    blocks: list[Block]


def document(text: str, stated_title: str, dropped: list[Dropped], *, mdx: bool = False) -> Document:
    """Return the blocks of a text in CommonMark with tables; what is no text is added to `dropped`.

    The title is the first heading of level 1, unless `stated_title` is another. Pictures go. In `mdx`, indented text
    is no code.

    >>> document("# Rain\\n\\nIt *rained*.\\n\\n- a\\n- b", "", [])
    Document(title='Rain', blocks=[Block(text='It rained.', kind='paragraph', fragment=None),
    Block(text='a\\nb', kind='list', fragment=None)])
    """
    reader = _Reader(stated_title, dropped, closed_names(text))
    reader.read(_parser(mdx).parse(text, reader.references))
    return Document(reader.title, reader.blocks)


@lru_cache(maxsize=2)
def _parser(mdx: bool) -> "MarkdownIt":
    from markdown_it import MarkdownIt

    class Parser(MarkdownIt):
        """A parser whose links lead nowhere: only their words are read."""

        def validateLink(self, url: str) -> bool:  # noqa: ARG002, N802  # the name is markdown-it's
            return True

        def normalizeLink(self, url: str) -> str:  # noqa: N802
            return url

    # Texts are parsed one by one, below.
    others = ["inline", "text_join", *(["code"] if mdx else [])]
    parser = Parser("commonmark", {"maxNesting": 40}).enable("table").disable(others)
    end_paragraphs(parser.block)
    return parser


class _References(dict[str, Any]):
    """The references that a document defines, and all names in code: those are defined by what documents the code."""

    def get(self, label: str, default: Any = None) -> Any:
        found = super().get(label, default)
        return found or ({"href": "", "title": ""} if _NAME_IN_CODE.fullmatch(label) else default)


@dataclass
class _Reader:
    """The blocks met so far, and the list that is being read: what is `inside`, and its tight entries."""

    stated_title: str
    dropped: list[Dropped]
    closed: frozenset[str]
    title: str = ""
    blocks: list[Block] = field(default_factory=list)
    inside: list[Block] = field(default_factory=list)
    entries: list[str] = field(default_factory=list)
    lists: int = 0
    # Which blocks are paragraphs all of which is bold.
    bold: list[int] = field(default_factory=list)
    # What the parser keeps of `[name]: address`, for the texts that it parses later.
    references: dict[str, Any] = field(default_factory=lambda: {"references": _References()})

    def read(self, tokens: "Sequence[Token]") -> None:
        """Fill `title` and `blocks`."""
        for before, token in pairwise([None, *tokens]):
            kind = token.type if token is not None else ""
            if token is None:
                continue
            if kind == "inline" and before is not None:
                self._text(before, token.content)
            elif kind in ("fence", "code_block"):
                self._code(token)
            elif kind == TABLE:
                self._table(rows_of(token.meta))
            elif kind == "html_block":
                self._html(token.content)
            elif kind in ("bullet_list_open", "ordered_list_open"):
                self.lists += 1
            elif kind.endswith("_close"):
                self._close(kind)
        self._close_entries()
        self._open_with_bold()

    def _open_with_bold(self) -> None:
        """Make headings of the bold paragraphs that stand above what says more."""
        for at in self.bold:
            block, following = self.blocks[at], next(iter(self.blocks[at + 1 : at + 2]), None)
            if following and at + 1 not in self.bold and heads(block.text, following.text, following.kind):
                block.kind = "heading"

    def _text(self, before: "Token", content: str) -> None:
        """Take in a text; `before` says what it is: a heading, an entry of a list, a paragraph."""
        text = self._words(_PROPERTY.sub("", content) if ":: " in content else content)
        if before.type == "heading_open":
            self._heading(int(before.tag[1]), one_line(text))
        elif self.lists:
            text = _TASK.sub("", text) if text.startswith("[") else text
            if before.hidden and text:
                self.entries.append(text)
            else:
                self._add(text, "paragraph")
        else:
            self._add(text, "paragraph")
            if content[:2] in _BOLD_MARKS and text and _ALL_BOLD.fullmatch(content):
                self.bold.append(len(self.blocks) - 1)
        if not text and content.startswith(("![", "[![")):
            self.dropped.append(Dropped(one_line(content[:400])[:200], "a picture"))

    def _words(self, content: str) -> str:
        return _inline_text(content, self.references, self.closed)

    def _heading(self, level: int, text: str) -> None:
        if level == 1 and not self.title and self.stated_title.casefold() in ("", unescape(text).casefold()):
            self.title = text
        else:
            self._add(text, "heading")

    def _code(self, token: "Token") -> None:
        language = token.info.strip("{} ").split(",")[0].split()[:1]
        lines = [line.rstrip() for line in dedent(token.content).split("\n")]
        if language and language[0] in _QUERIES:
            self.dropped.append(Dropped(one_line(token.content[:400])[:200], "a query"))
            return
        if token.info.startswith("{") and _UNSHOWN.search(token.info):
            self.dropped.append(Dropped(one_line(token.content[:400])[:200], "code that is not shown"))
            return
        if token.info.startswith("{"):
            # Options of a chunk of Quarto and R Markdown.
            lines = [line for line in lines if not line.startswith(("#|", "//|", "%%|", "--|"))]
        self._add("\n".join(filter(None, lines)), "code")

    def _html(self, markup: str) -> None:
        at = 0
        for heading in _HTML_HEADING.finditer(markup) if "<h" in markup or "<s" in markup else ():
            self._html_text(markup[at : heading.start()])
            level = heading[1][1:] if heading[1][1:].isdecimal() else "6"
            self._heading(int(level), one_line(text_of(heading[2])))
            at = heading.end()
        self._html_text(markup[at:])

    def _html_text(self, markup: str) -> None:
        for block in blocks_of(markup) if markup and not markup.isspace() else ():
            # Many write Markdown there, though it is none.
            text = block.text
            written = block.kind != "code" and "<" not in text and any(mark in text for mark in ("](", "**", "`"))
            self._add(self._words(text) if written else text, block.kind)

    def _table(self, rows: list[list[str]]) -> None:
        lines = [" | ".join(filter(None, (one_line(self._words(cell)) for cell in row))) for row in rows]
        below = list(filter(None, lines[1:]))
        self._add("\n".join(filter(None, [lines[0], *below])), "table" if lines[0] and below else "list")

    def _close(self, kind: str) -> None:
        if kind in ("bullet_list_close", "ordered_list_close"):
            self.lists -= 1
            if not self.lists:
                self._close_list()

    def _close_list(self) -> None:
        """Add a list: one block where it fits a passage and its entries are short or led in, else one for each."""
        self._close_entries()
        found, self.inside = self.inside, []
        if len(found) > 1 and (all(map(_is_short, found)) or (self.blocks and is_lead_in(self.blocks[-1]))):
            whole = "\n".join(block.text for block in found)
            if {block.kind for block in found} <= {"paragraph", "list"} and count_words(whole) <= tuning.PASSAGE_WORDS:
                found = [Block(whole, "list")]
        self.blocks += found

    def _add(self, text: str, kind: BlockKind) -> None:
        self._close_entries()
        if text:
            (self.inside if self.lists else self.blocks).append(Block(text, kind))

    def _close_entries(self) -> None:
        if self.entries:
            text = "\n".join(self.entries)
            self.entries.clear()
            self.inside.append(Block(text, "list"))


def _is_short(entry: Block) -> bool:
    lines = entry.text.split("\n")
    return not any(map(ends_a_sentence, lines)) and all(count_words(line) <= _ENTRY_WORDS for line in lines)


def _inline_text(content: str, references: dict[str, Any], closed: frozenset[str]) -> str:
    """Return the words of a text, its hard line breaks kept; `closed` are the elements that end in the document."""
    if not _MARKUP.search(content):
        return content if "  " not in content else one_line(content)
    pieces: list[str] = []
    for part in parts_of(content):
        children: list[Token] = []
        parser = _parser(False)
        parser.inline.parse(part, parser, references, children)
        _words(children, pieces, closed)
    text = "".join(pieces)
    if _UNPAIRED in text:
        text = _STRONG.sub(r"\1", text).replace(_UNPAIRED, "**")
    text = _FOOTNOTE_MARK.sub("", text)
    if "\n" not in text:
        return one_line(text)
    return "\n".join(filter(None, map(one_line, text.split("\n"))))


def _words(children: "Sequence[Token]", pieces: list[str], closed: frozenset[str]) -> None:
    for child in children:
        kind = child.type
        if kind == "text" and "**" in child.content:
            pieces.append(child.content.replace("**", _UNPAIRED))
        elif kind == "code_inline":
            pieces.append(_LANGUAGE.sub("", child.content, count=1))
        elif kind in ("text", "text_special"):
            pieces.append(child.content)
        elif kind == "softbreak":
            pieces.append(" ")
        elif kind == "hardbreak" or (kind == "html_inline" and child.content[:3].lower() == "<br"):
            pieces.append("\n")
        elif kind == "html_inline" and is_bracketed_word(child.content, closed):
            pieces.append(child.content)
        elif kind == "html_inline" and _PARTING_TAG.match(child.content):
            pieces.append(" ")
