"""Texts of records that their writers marked up: in Markdown, or in the BBCode of forums. Nothing says which it is."""

import re
from html import escape
from typing import Final

from index.model import Dropped
from index.sources.blocks.blocks import Block
from index.sources.blocks.html_tags import has_blocks
from index.sources.blocks.markup import blocks_of
from index.sources.markdown.blocks import document
from index.sources.markdown.markdown_file import MOST_BYTES, commonmark

# Nobody writes these in plain text; of the others two kinds, or two of one.
_SURELY: Final = re.compile(
    r"\]\((?:https?:/|/|#|mailto:|[\w.-]+\.\w{2,5}\b)[^)\s]*\)|^(?:```|~~~)|^ {0,3}\[[^\]\n]+\]: ?https?:", re.M
)
_BOLD: Final = re.compile(r"(?<![\w*])(\*\*|__)(?=[^\s*_])[^*\n]{1,300}?(?<=[^\s*_])\1(?![\w*])")
_HEADING: Final = re.compile(r"^#{1,6} +\S", re.M)
_CODE: Final = re.compile(r"(?<![`\w])`[^`\n]{1,100}`(?![`\w])")
# A text without these is none of it; one sign is found in a tenth of the time that two take.
_SIGNS: Final = ("[", "*", "`", "#", "_", "~")

_BB: Final = (
    "b|i|u|s|url|email|quote|img|list|color|colour|size|font|code|spoiler|center|centre|left|right|indent|youtube"
    "|h[1-6]"
)
_BB_CLOSED: Final = re.compile(rf"\[/(?:{_BB})\]", re.I)
_BB_TAG: Final = re.compile(rf"\[(/?)({_BB}|\*|li|\*\*|hr|table|tr|td|th)(?:[= ][^\]\n]{{0,300}})?\]", re.I)
_BB_UNSHOWN: Final = re.compile(r"\[(img|youtube|attach|video)\b[^\]\n]{0,300}\].{0,500}?\[/\1\]", re.I | re.S)
_BB_CODE: Final = re.compile(r"\[code\b[^\]\n]{0,100}\]", re.I)
_BB_CODE_ENDS: Final = re.compile(r"\[/code\]", re.I)
_AS_HTML: Final = {
    **{f"h{level}": f"h{level}" for level in range(1, 7)},
    **dict.fromkeys(("quote",), "blockquote"),
    **dict.fromkeys(("center", "centre", "left", "right", "indent", "spoiler"), "div"),
    **dict.fromkeys(("table", "tr", "td", "th"), ""),
    "list": "ul",
    "b": "b",
}
_BREAK: Final = re.compile(r"(</?(?:h[1-6]|blockquote|div|ul|li)>)?(\n+)(?=(</?(?:h[1-6]|blockquote|div|ul|li)>)?)")


def blocks_in(text: str, dropped: list[Dropped]) -> list[Block] | None:
    """Return the blocks of a text in Markdown or BBCode, None for any other; what is no text is added to `dropped`.

    >>> [block.text for block in blocks_in("## Fees\\n\\nA **berth** is [cheap](/fees).", []) or ()]
    ['Fees', 'A berth is cheap.']
    >>> [block.text for block in blocks_in("[b]Fees[/b]: a berth is [url=/fees]cheap[/url].", []) or ()]
    ['Fees: a berth is cheap.']
    >>> blocks_in("A * marks what is [sic] so.", [])
    """
    if not any(map(text.__contains__, _SIGNS)):
        return None
    if "[/" in text and _BB_CLOSED.search(text):
        return blocks_of(_html_of(text))
    if len(text) > MOST_BYTES or not _is_markdown(text):
        return None
    # A heading of the text is none of the record.
    return document(commonmark(text, dropped, mdx=False), "\0", dropped).blocks


def _is_markdown(text: str) -> bool:
    if has_blocks(text) and text.lstrip().startswith("<"):
        return False
    if _SURELY.search(text):
        return True
    bold = len(_BOLD.findall(text))
    return bold > 1 or bool(bold) + bool(_HEADING.search(text)) + bool(_CODE.search(text)) > 1


def _html_of(text: str) -> str:
    """Return a text in BBCode as HTML."""
    pieces: list[str] = []
    text = _BB_UNSHOWN.sub(" ", text)
    at = 0
    for opened in _BB_CODE.finditer(text):
        # One search for each end: where none is left, none is looked for again.
        closed = _BB_CODE_ENDS.search(text, opened.end()) if opened.start() >= at else None
        if closed is not None:
            code = escape(text[opened.end() : closed.start()].strip(), quote=False)
            pieces += [_shown(text[at : opened.start()]), f"<pre>{code}</pre>"]
            at = closed.end()
        elif opened.start() >= at:
            break
    return "".join([*pieces, _shown(text[at:])])


def _shown(text: str) -> str:
    return _BREAK.sub(_break, _BB_TAG.sub(_tag, escape(text, quote=False)))


def _break(found: re.Match[str]) -> str:
    """Return a line break as HTML has it; beside an element and in a blank line it means nothing."""
    return found[0] if found[1] or found[3] or len(found[2]) > 1 else "<br>"


def _tag(found: re.Match[str]) -> str:
    name = found[2].lower()
    if name in ("*", "li"):
        return "" if found[1] else "<li>"
    element = _AS_HTML.get(name, "")
    return f"<{found[1]}{element}>" if element else ""
