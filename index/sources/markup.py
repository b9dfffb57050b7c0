"""Turn HTML inside other texts into plain lines."""

import re
from html import unescape

from index.sources.streams import UnusableError

_TAG = re.compile(
    r"</?(?:p|br|div|a|b|i|u|em|strong|small|span|font|h[1-6]|[uod]l|li|img|figure|figcaption|blockquote|table|t[rdh]|"
    r"section|article|html|body|head|script|style|pre|code|hr|sup|sub|iframe|center)(?:[\s/][^<>]*)?>",
    re.IGNORECASE,
)
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z]{2,8});")
_UNREAD = frozenset(("script", "style", "template", "noscript", "title", "iframe", "svg", "math", "object"))
_AROUND_THE_TEXT = frozenset(("nav", "header", "footer", "aside", "form", "button", "select", "menu", "dialog"))
_INLINE = frozenset(
    (
        *("a", "abbr", "b", "bdi", "bdo", "big", "cite", "code", "data", "del", "dfn", "em", "font", "i", "img", "ins"),
        *("kbd", "label", "mark", "q", "s", "samp", "small", "span", "strike", "strong", "sub", "sup", "time", "tt"),
        *("u", "var", "wbr"),
    )
)
_CELLS = frozenset(("td", "th"))


def plain(text: str) -> str:
    """Return `text` without its HTML, if it has any.

    >>> plain("<p>A &amp; B</p><p>C</p>"), plain("1 < 2")
    ('A & B\\n\\nC', '1 < 2')
    """
    if "<" in text and _TAG.search(text):
        return text_of(text)
    return unescape(text) if "&" in text and _ENTITY.search(text) else text


def text_of(markup: str, *, page: bool = False) -> str:
    """Return the text of a piece of HTML, blank lines between blocks; of a `page` without menus, forms and the like.

    UnusableError when its tags are nested more than 2,000 deep, which the parser would silently cut off.
    """
    from lxml import etree, html  # type: ignore[import-untyped]  # lxml ships no types

    parser = html.HTMLParser(huge_tree=True, encoding="utf-8")
    try:
        root = html.document_fromstring(markup.encode("utf-8", "replace"), parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError):
        return ""
    if any(entry.type_name == "ERR_RESOURCE_LIMIT" for entry in parser.error_log):
        raise UnusableError("its HTML tags are nested too deep")
    unread = _UNREAD | _AROUND_THE_TEXT if page else _UNREAD
    pieces: list[str] = []
    hidden = 0
    for event, element in etree.iterwalk(root, events=("start", "end", "comment", "pi")):
        tag = element.tag if isinstance(element.tag, str) else ""
        if event == "start":
            hidden += tag in unread
            pieces += ["" if hidden else _edge(tag), "" if hidden else _flat(element.text)]
        else:
            hidden -= event == "end" and tag in unread
            pieces += ["" if hidden or not tag else _edge(tag), "" if hidden else _flat(element.tail)]
    return re.sub(r" *\n *(?:\n[ \n]*)?", _break, "".join(pieces)).strip()


def _flat(text: str | None) -> str:
    # A line break in the source is a space on the page.
    return re.sub(r"\s+", " ", text) if text else ""


def _edge(tag: str) -> str:
    if tag in _INLINE:
        return ""
    if tag == "br":
        return "\n"
    return " " if tag in _CELLS else "\n\n"


def _break(found: re.Match[str]) -> str:
    return "\n\n" if found[0].count("\n") > 1 else "\n"
