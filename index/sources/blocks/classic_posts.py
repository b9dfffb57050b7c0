"""Texts as WordPress keeps them, as HTML: shortcodes, and paragraphs that only blank lines part."""

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import Final

_BLOCK_EDITOR: Final = "<!-- wp:"
_COMMENT = re.compile(r"<!--(?:more|nextpage|noteaser)[^>]{0,200}-->")
# Their text is another's, or none.
_EMPTIED: Final = frozenset("embed audio video playlist gallery youtube vimeo soundcloud tweet instagram map".split())
_CODE: Final = frozenset("code sourcecode source".split())
# Written without attributes, these are shortcodes all the same.
_KNOWN: Final = _EMPTIED | _CODE | frozenset("caption wp_caption contact-form contact_form more toc divider hr".split())
_CAPTIONS: Final = frozenset(("caption", "wp_caption"))
_SHORTCODE = re.compile(
    r"\[(?P<end>/?)(?P<name>[A-Za-z][\w-]{0,60})"
    r"(?P<attributes>(?:\s(?:[^\[\]\"'<>]|\"[^\"]{0,1000}\"|'[^']{0,1000}'){0,500}+)?)/?\]"
)
# Nothing else is written like these.
_MEDIA = re.compile(
    r"\[gallery\]|\[(?:gallery|playlist|audio|video|embed|(?:wp_)?caption)\s+\w+=[^\[\]]{1,500}\]"
    r"|\[/(?:embed|audio|video|(?:wp_)?caption)\]"
)
_ESCAPED_CODE = re.compile(r"\[(\[[A-Za-z/][^\[\]]{0,500}\])\]")
_STATED_CAPTION = re.compile(r"""\bcaption=(?:"([^"]*)"|'([^']*)')""")
_HOLE: Final = "\x00"

_OPAQUE = re.compile(r"<(/?)(pre|table|script|style|textarea)\b[^<>]*>", re.I)
_BLOCKS: Final = (
    "address|article|aside|blockquote|caption|center|col|colgroup|dd|details|div|dl|dt|fieldset|figcaption|figure|"
    "footer|form|h[1-6]|header|hr|li|main|nav|ol|p|pre|section|summary|table|tbody|td|tfoot|th|thead|tr|ul"
)
_ENDS_IN_BLOCK = re.compile(rf"</?(?:{_BLOCKS})\b[^<>]*>\s*$|<br\s*/?>\s*$", re.I)
_BEGINS_WITH_BLOCK = re.compile(rf"\s*</?(?:{_BLOCKS})\b[^<>]*>|\s*<br\s*/?>", re.I)
_BLANK_LINES = re.compile(r"\n[^\S\n]*\n\s*")


def has_media(content: str) -> bool:
    """Return whether a text holds a shortcode for pictures, sound or film.

    >>> has_media('Boats. [gallery ids="1,2"]'), has_media("The gallery [sic] opens.")
    (True, False)
    """
    return "[" in content and _MEDIA.search(content) is not None


def html_of(content: str) -> str:
    """Return the content of a post as HTML, its paragraphs marked.

    >>> html_of("It rained.\\n\\nThe ferry was late [sic].[gallery ids='1,2']")
    '<p>It rained.<p>The ferry was late [sic].'
    """
    content = content.replace("\r\n", "\n")
    by_blocks = _BLOCK_EDITOR in content
    content = _COMMENT.sub("\n\n", content)
    if "[" in content:
        content = _without_shortcodes(content)
    return content if by_blocks else "".join(_with_paragraphs(content))


def _without_shortcodes(content: str) -> str:
    escaped: list[str] = []

    def keep(found: re.Match[str]) -> str:
        escaped.append(found[1])
        return _HOLE

    content = _ESCAPED_CODE.sub(keep, content.replace(_HOLE, ""))
    closed = {found["name"] for found in _SHORTCODE.finditer(content) if found["end"]}
    out: list[str] = []
    at, hidden = 0, ""
    for found in _SHORTCODE.finditer(content):
        name = found["name"]
        is_code = name in _KNOWN or name in closed or "=" in found["attributes"] or ("-" in name and not hidden)
        if not is_code:
            continue
        if hidden:
            if found["end"] and name == hidden:
                hidden, at = "", found.end()
            continue
        out.append(content[at : found.start()])
        at = found.end()
        if name in _EMPTIED and name in closed and not found["end"]:
            hidden = name
        out.append(_in_place_of(name, found["attributes"], ends=bool(found["end"])))
    out.append(content[at:])
    pieces = "".join(out).split(_HOLE)
    return pieces[0] + "".join(kept + piece for kept, piece in zip(escaped, pieces[1:], strict=True))


def _in_place_of(name: str, attributes: str, *, ends: bool) -> str:
    """Return the HTML that stands for a shortcode."""
    if name in _CAPTIONS:
        stated = _STATED_CAPTION.search(attributes)
        if ends:
            return "</figcaption>"
        return f"<figcaption>{(stated[1] or stated[2] or '') + ' ' if stated else ''}"
    if name in _CODE:
        return "</pre>" if ends else "<pre>"
    return ""


def _with_paragraphs(content: str) -> Iterator[str]:
    """Yield HTML in which blank lines part paragraphs, and line breaks within them are marked."""
    at, inside, depth = 0, "", 0
    for found in _OPAQUE.finditer(content):
        name = found[2].lower()
        if not inside:
            if not found[1]:
                yield _marked(content[at : found.start()])
                at, inside, depth = found.start(), name, 1
        elif name == inside:
            depth += -1 if found[1] else 1
            if not depth:
                yield content[at : found.end()]
                at, inside = found.end(), ""
    yield content[at:] if inside else _marked(content[at:])


def _marked(text: str) -> str:
    return "".join(map(_paragraph, filter(str.strip, _BLANK_LINES.split(text))))


def _paragraph(text: str) -> str:
    lines = text.strip().split("\n")
    broken = [
        line + ("" if _ENDS_IN_BLOCK.search(line[-300:]) or _BEGINS_WITH_BLOCK.match(following) else "<br>")
        for line, following in pairwise(lines)
    ]
    whole = "\n".join([*broken, lines[-1]])
    return whole if _BEGINS_WITH_BLOCK.match(whole) else f"<p>{whole}"
