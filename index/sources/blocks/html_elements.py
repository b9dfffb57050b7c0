"""What the elements of HTML are to a reader: blocks, headings, lists, parts of tables, marks within a line."""

import re

HEADINGS = {"h1": 1, "h2": 2, "h3": 3, "h4": 4, "h5": 5, "h6": 6, "summary": 5, "legend": 5, "caption": 6}
# Classes of titles that are no heading elements: "title", "post-title", "admonitionHeading_x1".
TITLES = re.compile(r"(?:^|[\s_-])(?:mso)?(?:title|headline)(?:\s|$)|admonition[_-]?heading", re.I)
FIGURES = frozenset(("figure", "wp-caption", "thumb", "thumbinner"))
IN_FIGURES = frozenset(("caption", "title"))
CAPTIONS = frozenset(("wp-caption-text", "thumbcaption", "image-caption", "photo-caption", "figcaption"))
BLOCKS = frozenset(
    (
        *("address", "article", "aside", "blockquote", "body", "center", "dd", "details", "dialog", "dir", "div", "dl"),
        *("dt", "fieldset", "figcaption", "figure", "footer", "form", "frameset", "header", "hgroup", "hr", "html"),
        *("li", "main", "menu", "nav", "noframes", "ol", "option", "p", "pre", "listing", "xmp", "plaintext"),
        *("search", "section", "table", "tbody", "td", "tfoot", "th", "thead", "tr", "ul"),
        *HEADINGS,
    )
)
INLINE = frozenset(
    (
        *("a", "abbr", "acronym", "b", "bdi", "bdo", "big", "blink", "br", "cite", "code", "data", "del", "dfn", "em"),
        *("font", "i", "img", "input", "ins", "kbd", "label", "mark", "nobr", "output", "q", "ruby", "rb", "rtc", "s"),
        *("samp", "slot", "small", "span", "strike", "strong", "sub", "sup", "time", "tt", "u", "var", "wbr"),
    )
)
# A block all of whose text stands in them may be a heading; a button may be what unfolds the text below it.
BOLD = frozenset(("b", "strong", "button"))
PICTURES = frozenset(("img", "picture", "video", "svg", "iframe", "canvas", "object", "embed", "audio", "amp-img"))
PREFORMATTED = frozenset(("pre", "listing", "xmp", "plaintext"))
ARTICLES = frozenset(("article", "main"))
SINKS = {
    **{
        "ul": "list",
        "ol": "list",
        "dir": "list",
        "menu": "list",
        "li": "item",
        "dl": "terms",
        "dt": "term",
        "dd": "meaning",
    },
    **{"table": "table", "thead": "head", "tr": "row", "td": "cell", "th": "header", "figure": "figure"},
}
# Where each of these may stand; elsewhere it is a block like any other.
PARENTS = {
    **{"item": ("list",), "term": ("terms",), "meaning": ("terms",), "cell": ("row",), "header": ("row",)},
    **{"row": ("table", "head"), "head": ("table",)},
}
# They hold no text for readers. What a parser takes for the inside of an <embed> stands behind it: it has no end.
UNREAD = frozenset(
    (
        *("script", "style", "template", "noscript", "head", "title", "iframe", "svg", "math", "object"),
        *("canvas", "audio", "video", "map", "select", "datalist", "textarea", "button", "progress", "meter"),
        *("rt", "rp"),
    )
)
PLAIN_BLOCKS = BLOCKS - HEADINGS.keys() - SINKS.keys() - PREFORMATTED - ARTICLES - {"figcaption"}
NUMBERED = frozenset(("td", "div", "pre"))
# What more than its text is taken in of an element; of most within a line nothing.
KINDS = {
    **dict.fromkeys(UNREAD | PICTURES, "thing"),
    **{"a": "a", "span": "span", "sup": "raised", "br": "break", "b": "bold", "strong": "bold"},
    **dict.fromkeys(BLOCKS, "block"),
}
