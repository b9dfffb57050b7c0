"""Turn HTML inside other texts into blocks: its headings, paragraphs, lists, tables and code."""

import re
from html import unescape

from index.sources.blocks import html_blocks
from index.sources.blocks.blocks import Block
from index.sources.blocks.html_tags import TAG, has_blocks, has_tags, with_bracketed_words
from index.sources.blocks.html_tree import parsed

_PARAGRAPH_TAG = re.compile(r"<p[\s/>]", re.IGNORECASE)
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z]{2,8});")
_ESCAPED = re.compile(r"&(?:amp;)?(?:lt|#60|#x3c);", re.IGNORECASE)
_CDATA = re.compile(r"\s*<!\[CDATA\[(.*)\]\]>\s*", re.DOTALL)
_NEAR_START = 40
# What nobody writes in a sentence about tags.
_SURELY_MARKUP = re.compile(r"<a\s+href=|<img\s+\w+=|</p>\s*<p[\s>]|<br\s*/?>\s*<br", re.IGNORECASE)


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


def without_cdata(text: str) -> str:
    """Return `text` without the marks of XML that somebody took along: "<![CDATA[Rain]]>"."""
    found = _CDATA.fullmatch(text) if "<![CDATA[" in text[:_NEAR_START] else None
    return found[1] if found else text


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
    root = parsed(markup)
    return "" if root is None else str(root.xpath("string()"))


def text_of(markup: str) -> str:
    """Return the text of `blocks_of`, blank lines between blocks."""
    return "\n\n".join(block.text for block in blocks_of(markup))


def blocks_of(markup: str) -> list[Block]:
    """Return the blocks of a piece of HTML, as those of a page are found.

    Where no tag marks paragraphs, blank lines part them, as in WordPress. UnusableError when its tags are nested more
    than 2,000 deep, which the parser would silently cut off.

    >>> [block.text for block in blocks_of("<h2>Fees</h2><ul><li>Boats: 240</li><li>Canoes: 30</li></ul>")]
    ['Fees', 'Boats: 240\\nCanoes: 30']
    """
    root = parsed(markup)
    if root is None:
        return []
    return [found.block() for found in html_blocks.blocks_of(root, blank_lines=not _PARAGRAPH_TAG.search(markup))]
