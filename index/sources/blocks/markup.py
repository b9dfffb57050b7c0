"""Turn HTML inside other texts into blocks: its headings, paragraphs, lists, tables and code."""

import re
from html import unescape
from typing import Any

from index.sources.blocks.blocks import Block, BlockKind
from index.sources.blocks.html_tags import TAG, has_blocks, has_tags, with_bracketed_words
from index.sources.blocks.layout import one_line
from index.sources.files.streams import UnusableError

_PARAGRAPH_TAG = re.compile(r"<p[\s/>]", re.IGNORECASE)
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z]{2,8});")
_ESCAPED = re.compile(r"&(?:amp;)?(?:lt|#60|#x3c);", re.IGNORECASE)
# What nobody writes in a sentence about tags.
_SURELY_MARKUP = re.compile(r"<a\s+href=|<img\s+\w+=|</p>\s*<p[\s>]|<br\s*/?>\s*<br", re.IGNORECASE)
_OTHER_SPACE = re.compile(r"[^\S ]|  ")
_SPACES = re.compile(r"\s+")
_BLANK_LINES = re.compile(r"\r?\n[^\S\n]*\n\s*")
_UNREAD = frozenset(("script", "style", "template", "noscript", "title", "iframe", "svg", "math", "object"))
_INLINE = frozenset(
    (
        *("a", "abbr", "b", "bdi", "bdo", "big", "cite", "code", "data", "del", "dfn", "em", "font", "i", "img", "ins"),
        *("kbd", "label", "mark", "q", "s", "samp", "small", "span", "strike", "strong", "sub", "sup", "time", "tt"),
        *("u", "var", "wbr"),
    )
)
_KINDS: dict[str, BlockKind] = {"figcaption": "caption", "caption": "heading", "pre": "code"}
_KINDS |= {f"h{level}": "heading" for level in range(1, 7)}
_LISTS = frozenset(("ul", "ol", "dl"))
# A table that holds one of these in a cell lays out a page.
_LAYOUT = ("p", "div", "table", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "dl", "pre", "blockquote")


def unescaped(text: str) -> str:
    """Return `text` with its tags as tags, where somebody escaped all of it, once or twice.

    >>> unescaped("&lt;p&gt;A &amp;amp; B&lt;/p&gt;"), unescaped("Write &lt;p&gt; here.")
    ('<p>A &amp; B</p>', 'Write &lt;p&gt; here.')
    """
    plainer = text
    for _ in range(2):
        if "&" not in plainer or has_tags(plainer) or not _ESCAPED.search(plainer):
            break
        plainer = unescape(plainer)
        if _is_markup(plainer):
            return plainer
    return text


def _is_markup(text: str) -> bool:
    """Return whether `text` is HTML rather than a sentence that speaks of tags."""
    bare = text.strip()
    first = TAG.match(bare)
    ends_with_tag = bare.endswith(">") and TAG.match(bare, bare.rfind("<")) is not None and "</" in bare[-20:]
    if first is not None:
        return TAG.search(bare, first.end()) is not None
    return (ends_with_tag and len(TAG.findall(bare)) > 1) or _SURELY_MARKUP.search(bare) is not None


def plain(text: str) -> str:
    """Return `text` without its HTML, if it has any, blank lines between blocks.

    >>> plain("<p>A &amp; B</p><p>C</p>"), plain("1 < 2")
    ('A & B\\n\\nC', '1 < 2')
    """
    if "<" not in text and "&" not in text:
        return text
    text = unescaped(text)
    if has_tags(text):
        markup = with_bracketed_words(text)
        return text_of(markup) if has_blocks(markup) else inline_text(markup)
    return unescape(text) if _ENTITY.search(text) else text


def inline_text(markup: str) -> str:
    """Return the text of HTML that holds no blocks, its line breaks kept."""
    root = _root(markup)
    return "" if root is None else str(root.xpath("string()"))


def text_of(markup: str) -> str:
    """Return the text of `blocks_of`, blank lines between blocks."""
    return "\n\n".join(block.text for block in blocks_of(markup))


def blocks_of(markup: str) -> list[Block]:
    """Return the blocks of a piece of HTML.

    Where no tag marks paragraphs, blank lines part them, as in WordPress. UnusableError when its tags are nested more
    than 2,000 deep, which the parser would silently cut off.

    >>> [block.text for block in blocks_of("<h2>Fees</h2><ul><li>Boats: 240</li><li>Canoes: 30</li></ul>")]
    ['Fees', 'Boats: 240\\nCanoes: 30']
    """
    from lxml import etree  # type: ignore[import-untyped]  # lxml ships no types

    root = _root(markup)
    if root is None:
        return []
    found = _Blocks(blank_lines=_PARAGRAPH_TAG.search(markup) is None)
    hidden = 0
    for event, element in etree.iterwalk(root, events=("start", "end", "comment", "pi")):
        tag = element.tag if isinstance(element.tag, str) else ""
        if event == "start":
            hidden += tag in _UNREAD
            if not hidden:
                found.start(tag, element)
                found.text(element.text)
            continue
        if event == "end" and tag:
            if not hidden:
                found.end(tag)
            hidden -= tag in _UNREAD
        if not hidden:
            found.text(element.tail)
    found.flush()
    return found.blocks


def _root(markup: str) -> Any:
    """Return the root of the parsed tree, None when there is nothing in it."""
    from lxml import etree, html

    parser = html.HTMLParser(huge_tree=True, encoding="utf-8")
    try:
        root = html.document_fromstring(markup.encode("utf-8", "replace"), parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError):
        return None
    if any(entry.type_name == "ERR_RESOURCE_LIMIT" for entry in parser.error_log):
        raise UnusableError("its HTML tags are nested too deep")
    return root


class _Blocks:
    """The blocks of a tree as its tags are met; `lines` wait for the end of the list or table that they are of."""

    def __init__(self, *, blank_lines: bool) -> None:
        self.blocks: list[Block] = []
        self.blank_lines = blank_lines
        self.pieces: list[str] = []
        self.kind: BlockKind = "paragraph"
        self.preformatted = 0
        self.lists = 0
        self.lines: list[str] = []
        self.cells: list[str] = []
        # Of each open table: None for one that lays out a page, else whether its first row is a header.
        self.tables: list[bool | None] = []

    def start(self, tag: str, element: Any) -> None:
        if tag in _INLINE:
            return
        if tag == "br":
            self.pieces.append(" " if self.lists or self._in_table() else "\n")
            return
        self._edge(tag)
        if tag in _LISTS and not self._in_table():
            self.lists += 1
        elif tag == "table" and not self.lists:
            layout = self._in_table() or next(element.iterdescendants(*_LAYOUT), None) is not None
            self.tables.append(None if layout else _has_header(element))
        elif tag in _KINDS and not self.lists and not (self._in_table() and tag != "caption"):
            self.kind = _KINDS[tag]
        self.preformatted += tag == "pre"

    def end(self, tag: str) -> None:
        if tag in _INLINE or tag == "br":
            return
        self._edge(tag)
        self.preformatted -= tag == "pre"
        if tag in _LISTS and self.lists and not self._in_table():
            self.lists -= 1
            if not self.lists:
                self._close_lines("list")
        elif tag == "table" and self.tables and not self.lists:
            header = self.tables.pop()
            if header is not None:
                self._close_lines("table" if header and len(self.lines) > 1 else "list")

    def text(self, text: str | None) -> None:
        if not text:
            return
        if self.preformatted and not self.lists and not self._in_table():
            self.pieces.append(text)
        elif self.blank_lines and not self.lists and not self._in_table():
            parts = _BLANK_LINES.split(text) if "\n" in text else [text]
            self.pieces.append("\n\n".join(map(_flat, parts)))
        else:
            self.pieces.append(_flat(text))

    def flush(self) -> None:
        """End a block."""
        kind, self.kind = self.kind, "paragraph"
        if not self.pieces:
            return
        text = "".join(self.pieces)
        self.pieces.clear()
        if not text or text.isspace():
            return
        if kind == "code":
            self.blocks.append(Block(text.strip("\r\n").rstrip(), kind))
        elif kind == "paragraph" and "\n" in text:
            for part in _BLANK_LINES.split(text):
                lines = "\n".join(filter(None, map(one_line, part.split("\n"))))
                if lines:
                    self.blocks.append(Block(lines))
        else:
            self.blocks.append(Block(one_line(text), kind))

    def _edge(self, tag: str) -> None:
        """Meet the start or the end of a tag that is not within a line."""
        if self._in_table():
            if tag in ("td", "th"):
                self.cells.append(self._taken())
            elif tag in ("tr", "table"):
                self._close_row()
            elif tag == "caption":
                self.flush()
            else:
                self.pieces.append(" ")
        elif self.lists:
            if tag in ("li", "dt", "dd") or tag in _LISTS:
                self.lines.append(self._taken())
            else:
                self.pieces.append(" ")
        else:
            self.flush()

    def _in_table(self) -> bool:
        return bool(self.tables) and self.tables[-1] is not None

    def _taken(self) -> str:
        text = one_line("".join(self.pieces))
        self.pieces.clear()
        return text

    def _close_row(self) -> None:
        self.cells.append(self._taken())
        self.lines.append(" | ".join(filter(None, self.cells)))
        self.cells.clear()

    def _close_lines(self, kind: BlockKind) -> None:
        text = "\n".join(filter(None, self.lines))
        self.lines.clear()
        if text:
            self.blocks.append(Block(text, kind))


def _has_header(table: Any) -> bool:
    first = next(table.iterdescendants("tr"), None)
    return first is not None and first.find("td") is None and first.find("th") is not None


def _flat(text: str) -> str:
    # A line break in the source is a space on the page.
    return _SPACES.sub(" ", text) if _OTHER_SPACE.search(text) else text
