"""Tell the tags of HTML in a text from words that somebody put into angle brackets: "<file>", "Du Pont <DD>"."""

import re

_INLINE_TAGS = r"a|b|i|u|s|q|em|strong|small|span|font|mark|del|ins|code|cite|abbr|time|img|sup|sub|tt|wbr"
_BLOCK_TAGS = (
    r"p|br|div|h[1-6]|[uod]l|li|d[td]|figure|figcaption|blockquote|table|t[rdh]|tbody|thead|section|article|aside|main|"
    r"header|footer|html|body|head|script|style|pre|hr|iframe|center"
)
TAG = re.compile(rf"</?(?:{_INLINE_TAGS}|{_BLOCK_TAGS})(?:[\s/][^<>]*)?>", re.IGNORECASE)
_BLOCK_TAG = re.compile(rf"</?(?:{_BLOCK_TAGS})(?:[\s/][^<>]*)?>", re.IGNORECASE)
# But for the commonest, of which none is ever in doubt.
_OPENING = re.compile(r"<(?!(?:p|br|li|t[dr])>)([A-Za-z][\w-]*+)([^<>=]*+)(?<!/)>")
_CLOSED_NAME = re.compile(r"</([A-Za-z][\w-]*)")
# Elements that may stand without an end.
_ENDLESS = frozenset(
    (
        *("area", "base", "body", "br", "col", "colgroup", "dd", "dt", "embed", "head", "hr", "html", "img", "input"),
        *("li", "link", "meta", "optgroup", "option", "p", "param", "rp", "rt", "source", "tbody", "td", "tfoot", "th"),
        *("thead", "tr", "track", "wbr"),
    )
)
# Such elements that have no meaning outside another.
_WITHIN = {"dd": "dl", "dt": "dl"}


def has_tags(text: str) -> bool:
    """Return whether `text` holds a tag of HTML."""
    return "<" in text and _holds(TAG, text)


def has_blocks(text: str) -> bool:
    """Return whether `text` holds a tag of HTML that begins or ends a line."""
    return "<" in text and _holds(_BLOCK_TAG, text)


def _holds(tag: re.Pattern[str], text: str) -> bool:
    first = tag.search(text)
    if first is None:
        return False
    if _OPENING.fullmatch(first[0]) is None:
        return True
    closed = closed_names(text)
    return any(not is_bracketed_word(found[0], closed) for found in tag.finditer(text))


def closed_names(text: str) -> frozenset[str]:
    """Return the names of the elements that end somewhere in `text`, in small letters."""
    return frozenset(map(str.lower, set(_CLOSED_NAME.findall(text)))) if "</" in text else frozenset()


def is_bracketed_word(tag: str, closed: frozenset[str]) -> bool:
    """Return whether what looks like a tag is text in angle brackets: nothing closes it, though its kind has an end.

    `closed` are the `closed_names` of the text. Where any is closed, a small `<em>` without an end is a cut-off text's.

    >>> [is_bracketed_word(tag, frozenset()) for tag in ("<file>", "<Rosewood Ltd>", "<DD>", "<br>")]
    [True, True, True, False]
    """
    found = _OPENING.fullmatch(tag)
    if found is None:
        return False
    name = found[1].lower()
    if name in _ENDLESS:
        return len(found[2].split()) > 1 or (name in _WITHIN and _WITHIN[name] not in closed)
    return name not in closed and not (closed and found[1].islower() and TAG.match(tag))


def with_bracketed_words(markup: str) -> str:
    """Return `markup` in which the angle brackets around mere words are escaped; see `is_bracketed_word`.

    >>> with_bracketed_words("<b>Copy</b> <file> here.")
    '<b>Copy</b> &lt;file> here.'
    """
    tags = {f"<{name}{rest}>" for name, rest in _OPENING.findall(markup)}
    closed = closed_names(markup) if tags else frozenset()
    words = {tag for tag in tags if is_bracketed_word(tag, closed)}
    return _OPENING.sub(lambda tag: f"&lt;{tag[0][1:]}" if tag[0] in words else tag[0], markup) if words else markup
