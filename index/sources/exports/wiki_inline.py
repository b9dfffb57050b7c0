"""The marks within a line of wikitext: links to other sites, bold and italic, tags of HTML, switches."""

import re
from html import unescape

from index.sources.blocks.layout import normalise
from index.sources.exports.wiki_tags import CAPTION_BEGINS, CAPTION_ENDS, HOLE, LINE_BREAK, Kept

CAPTION = re.compile(f"{CAPTION_BEGINS}(\\d+){CAPTION_ENDS}")
_EXTERNAL = re.compile(r"\[(?:https?:|ftps?:|mailto:|news:|irc:|git:|//)[^\s\[\]<>]*+[ \t]*+([^\[\]\n]*+)\]")
_QUOTES = re.compile(r"'{2,}")
_SWITCH = re.compile(r"__[^\W\d_]{3,30}__")
_SIGNED = re.compile(r"~{3,5}")
_BREAK = re.compile(r"<br\s*/?\s*>", re.I)
_PARAGRAPH = re.compile(r"</?(?:p|blockquote|hr|table|ul|ol|dl)\b[^<>]*>", re.I)
_ROW = re.compile(r"<(?:tr|li|dt|dd)\b[^<>]*>", re.I)
_CELL = re.compile(r"<t[dh]\b[^<>]*>", re.I)
_HEADING = re.compile(r"<h([1-6])\b[^<>]*>([^\n]{0,300}?)</h\1\s*>", re.I)
_TAG = re.compile(
    r"</?(?:a|abbr|b|bdi|bdo|big|caption|center|cite|code|data|dd|del|dfn|div|dt|em|figure|figcaption|font|h[1-6]|i|img"
    r"|ins|kbd|li|mark|noinclude|onlyinclude|noui|q|rb|rp|rt|rtc|ruby|s|samp|small|span|strike|strong|sub|sup|table"
    r"|tbody|td|tfoot|th|thead|time|tr|tt|u|var|wbr|poem|nowiki|ref|references|gallery|section|translate|tvar"
    r"|languages)\b[^<>]*>",
    re.I,
)
_BRACES = re.compile(r"\{\{|\}\}|\[\[|\]\]")
# What stands around a pronunciation or a note that is gone: brackets, and the sign that parted it from what follows.
_EMPTY_BRACKETS = re.compile(rf"[ \t]?\([\s,;/]*+{HOLE}[\s,;/{HOLE}]*+\)")
_FIRST_IN_BRACKETS = re.compile(rf"\([\s,;]*+{HOLE}[\s,;{HOLE}]*+")
_LAST_IN_BRACKETS = re.compile(rf"(?<![ \t,;{HOLE}])[ \t,;]*+{HOLE}[ \t,;{HOLE}]*+(?=\))")
_AFTER_SPACE = re.compile(rf"(?<![ \t{HOLE}])[ \t]++{HOLE}[ \t{HOLE}]*+(?=[,;.:)])")


def with_lines(text: str) -> str:
    """Return a text in which the tags of HTML that begin lines are lines of wikitext."""
    if "<" not in text:
        return text
    text = _BREAK.sub(LINE_BREAK, text)
    text = _HEADING.sub(lambda found: f"\n\n{'=' * int(found[1])} {found[2]} {'=' * int(found[1])}\n", text)
    text = _PARAGRAPH.sub("\n\n", text)
    return _CELL.sub(" ", _ROW.sub("\n* ", text))


def plain_line(text: str, kept: Kept) -> str:
    """Return a line, or a part of one, without its marks; breaks in it are line breaks."""
    if "[" in text:
        text = _EXTERNAL.sub(r"\1", text)
    if "''" in text:
        text = _QUOTES.sub(lambda found: "'" * _apostrophes(len(found[0])), text)
    if "<" in text:
        text = _TAG.sub("", _BREAK.sub(LINE_BREAK, text))
    if HOLE in text:
        text = _FIRST_IN_BRACKETS.sub("(", _EMPTY_BRACKETS.sub("", text))
        text = _AFTER_SPACE.sub("", _LAST_IN_BRACKETS.sub("", text)).replace(HOLE, "")
    if "__" in text:
        text = _SWITCH.sub(_without_switch, text)
    if "~~~" in text:
        text = _SIGNED.sub("", text)
    text = _BRACES.sub("", text)
    text = kept.restored(CAPTION.sub("", text))
    if "&" in text:
        text = unescape(text)
    text = normalise(text.replace("\n", " ").replace(LINE_BREAK, "\n"))
    lines = (" ".join(line.split()) for line in text.split("\n"))
    return "\n".join(filter(None, lines))


def _apostrophes(count: int) -> int:
    """Return how many of so many apostrophes are text: two are a mark, three, or both."""
    return count - 5 if count >= 5 else count - 3 if count >= 3 else 0


def _without_switch(found: re.Match[str]) -> str:
    return "" if found[0] == found[0].upper() else found[0]
