"""Parse HTML into trees, and tell what of a tree its reader never sees or what only frames the text."""

import re
from collections.abc import Mapping
from functools import lru_cache
from itertools import islice
from typing import Any, NamedTuple

from index.sources.blocks.html_elements import CAPTIONS, FIGURES, IN_FIGURES, TITLES
from index.sources.files.streams import UnusableError

# lxml ships no types.
Element = Any

SIDE_COLUMN = "a side column"

FRAMES = {
    **dict.fromkeys(("nav", "menu"), "a menu"),
    **dict.fromkeys(("header", "footer", "aside"), "the frame of the page"),
    **dict.fromkeys(("form", "dialog"), "a form"),
}
_ROLES = {
    **dict.fromkeys(("navigation", "menu", "menubar", "toolbar", "tablist", "directory"), "a menu"),
    **dict.fromkeys(("banner", "contentinfo", "complementary"), "the frame of the page"),
    **dict.fromkeys(("search", "dialog", "alertdialog"), "a form"),
}
_CLASSES = {
    **dict.fromkeys(
        (
            *("nav", "navbar", "navbar-nav", "navigation", "navheader", "navfooter", "navpath", "nav-path", "menu"),
            *("menu-bar", "menubar", "nav-chapters", "breadcrumb", "breadcrumbs", "crumbs", "wy-breadcrumbs", "toc"),
            *("wy-nav-side", "sphinxsidebar", "side-nav", "site-nav", "main-nav", "sidenav", "pagination"),
            *("pager", "prev-next-area", "table-of-contents", "tableofcontents", "skip-link", "skiplink", "skip-nav"),
            *(
                "md-sidebar",
                "md-header",
                "md-tabs",
                "md-source-file",
                "toctree-wrapper",
                "bd-sidebar",
                "edit-this-page",
            ),
            *(
                "theme-doc-breadcrumbs",
                "theme-doc-toc-mobile",
                "theme-doc-toc-desktop",
                "mw-jump-link",
                "mw-editsection",
            ),
            *(
                "catlinks",
                "printfooter",
                "sitesub",
                "contentsub",
                "jump-to-nav",
                "mw-navigation",
                "mw-panel",
                "navbox",
                "mw-cite-backlink",
                "page-nav",
                "post-navigation",
                "wiki-rightbar",
                "js-wiki-sidebar-toc-container",
            ),
        ),
        "a menu",
    ),
    "sidebar": SIDE_COLUMN,
    **dict.fromkeys(
        (
            "footer",
            "site-footer",
            "page-footer",
            "site-header",
            "masthead",
            "topbar",
            "topnav",
            "related",
            "related-posts",
            "related-articles",
            "jp-relatedposts",
            "share-buttons",
            "social-share",
            "sharedaddy",
            "rst-versions",
        ),
        "the frame of the page",
    ),
    **dict.fromkeys(
        (
            *("cookie-banner", "cookie-notice", "cookie-consent", "cookie-bar", "cookies", "gdpr", "search-form"),
            *("searchbox", "login-form", "newsletter", "newsletter-signup", "newsletter-form", "signup-form"),
            *("modal", "modal-dialog", "popup", "lightbox", "subscribe-box", "subscribe-form"),
        ),
        "a form",
    ),
    **dict.fromkeys(
        ("comments", "comment-list", "commentlist", "comments-area", "disqus_thread", "respond", "comment-section"),
        "comments",
    ),
    **dict.fromkeys(
        (
            "sr-only",
            "visually-hidden",
            "visuallyhidden",
            "screen-reader-text",
            "screen-reader-only",
            "sr-only-focusable",
        ),
        "hidden",
    ),
}
# An <aside> with one of these, inside an article, belongs to its text.
_REMARKS = frozenset(
    (
        *("admonition", "note", "tip", "warning", "caution", "important", "hint", "info", "danger", "topic", "callout"),
        *(
            "footnote",
            "footnotes",
            "footnote-list",
            "endnotes",
            "doc-footnote",
            "doc-endnotes",
            "doc-tip",
            "doc-notice",
        ),
        *("starlight-aside", "notice", "example"),
    )
)
_UNSHOWN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.I)
_SIGNS = frozenset(("", *"¶#§🔗∞⚓↩^↑", "⚓︎", "↩︎", "link", "permalink", "permanent link"))
_PERMALINKS = frozenset(("headerlink", "header-anchor", "anchor-link", "hash-link", "anchorjs-link", "permalink"))
_FOOTNOTE_MARK = re.compile(r"\W{0,2}(?:\d{1,3}|[a-z*†‡§])\W{0,2}")
_BRACKETED_NUMBER = re.compile(r"\[\d{1,3}\]")
_UNFOLDING = frozenset(("aria-expanded", "aria-controls", "data-toggle", "data-bs-toggle"))
_LEVELS = {str(level): level for level in range(1, 7)}
_LONG_CLASS = 200
_LINE_NUMBERS = frozenset(("linenos", "lineno", "linenodiv", "line-numbers", "line-number", "gutter", "blob-num"))
# So many elements are looked at to tell a sign from a text.
_NEAR = 12
# The parser compares the attributes of a tag with one another: nobody writes so many.
_ATTRIBUTE = r"""(?:[\s/]++(?:[^\s/>=][^\s/>=]*+(?:\s*+=\s*+(?:"[^"]*+"|'[^']*+'|[^\s>]*+))?+)?+)"""
_MANY_ATTRIBUTES = re.compile(rf"(<[a-zA-Z][^\s/>]*+{_ATTRIBUTE}{{200}}){_ATTRIBUTE}++")
_LONG = 20_000
# A parser gives up at 2,048 open elements; on pages that many tags for the look of letters were left open.
_LOOKS = re.compile(r"</?(?:a|b|big|center|em|font|i|s|small|span|strike|strong|tt|u)\b[^<>]{0,5000}>", re.I)


def parsed(markup: str) -> Element:
    """Return the tree of a page or a piece of HTML, without comments; None when it holds no element at all.

    UnusableError when its tags are nested more than 2,000 deep, which the parser would silently cut off.
    """
    if len(markup) > _LONG and _MANY_ATTRIBUTES.search(markup):
        markup = _MANY_ATTRIBUTES.sub(r"\1", markup)
    root, cut = _parsed(markup)
    if cut:
        root, cut = _parsed(_LOOKS.sub("", markup))
    if cut:
        raise UnusableError("its HTML tags are nested too deep")
    return root


def _parsed(markup: str) -> tuple[Element, bool]:
    from lxml import etree, html  # type: ignore[import-untyped]  # lxml ships no types

    parser = html.HTMLParser(huge_tree=True, encoding="utf-8", remove_comments=True, remove_pis=True)
    # One class for all elements: to choose one by its tag takes Python as long as the parser needs.
    parser.set_element_class_lookup(etree.ElementDefaultClassLookup(element=html.HtmlElement))
    try:
        root = html.document_fromstring(markup.encode("utf-8", "replace"), parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError):
        return None, False
    return root, any(entry.type_name == "ERR_RESOURCE_LIMIT" for entry in parser.error_log)


class Signs(NamedTuple):
    """What the classes of an element tell: `frame` names what it is beside the text, "" for nothing."""

    title: bool = False
    caption: bool = False
    in_figure: bool = False
    figure: bool = False
    line_number: bool = False
    remark: bool = False
    frame: str = ""


NO_SIGNS = Signs()


def signs_of(classes: str) -> Signs:
    """Return what the `class` of an element tells."""
    if len(classes) > _LONG_CLASS:
        return _signs(classes)
    return _known_signs(classes)


def _signs(classes: str) -> Signs:
    names = classes.lower().split()
    return Signs(
        title=TITLES.search(classes) is not None,
        caption=not CAPTIONS.isdisjoint(names),
        in_figure=not IN_FIGURES.isdisjoint(names),
        figure=not FIGURES.isdisjoint(names),
        line_number=not _LINE_NUMBERS.isdisjoint(classes.split()),
        remark=not _REMARKS.isdisjoint(names),
        frame=next((_CLASSES[name] for name in names if name in _CLASSES), ""),
    )


_known_signs = lru_cache(2048)(_signs)


def is_mark(element: Element, tag: str) -> bool:
    """Return whether a link or a raised text is only a sign: of a heading's address, or of a footnote."""
    if tag == "a":
        return _sign(element)
    links = [inner for inner in islice(element.iter(), _NEAR) if inner.tag == "a" and _leads_inside(inner)]
    return len(links) == 1 and bool(_FOOTNOTE_MARK.fullmatch(_short_text(element)))


def stated_level(attributes: Mapping[str, str]) -> int:
    """Return the level of what says that it is a heading; 0 for what does not."""
    return _LEVELS.get(attributes.get("aria-level", ""), 2) if attributes.get("role") == "heading" else 0


def unfolds(button: Element, *, headed: bool) -> bool:
    """Return whether a button is the heading of a text that it unfolds, and no switch of the site."""
    if headed:
        return True
    folding = not _UNFOLDING.isdisjoint(button.attrib) or "accordion" in button.get("class", "").lower()
    text = _short_text(button)
    parent = button.getparent()
    return text.endswith(("?", "؟", "？")) or (
        (folding or (parent is not None and "accordion" in parent.get("class", "").lower())) and len(text.split()) > 2
    )


def _sign(link: Element) -> bool:
    if not _leads_inside(link):
        return False
    text = _short_text(link).casefold()
    if _BRACKETED_NUMBER.fullmatch(text):
        return True
    # Some tools make the whole heading such a link.
    return text in _SIGNS or (len(text) < 3 and not _PERMALINKS.isdisjoint(link.get("class", "").split()))


def _leads_inside(link: Element) -> bool:
    return "#" in link.get("href", "")


def _short_text(element: Element) -> str:
    """Return the text of a small `element`; of a larger one its beginning, or at least a text that is no sign."""
    near = list(islice(element.iter(), _NEAR))
    texts = [element.text, *(text for inner in near[1:] for text in (inner.text, inner.tail))]
    text = "".join(text.strip() for text in texts if text)
    return text if len(near) < _NEAR else text + "..."


def frame_of(element: Element, tag: str, attributes: Mapping[str, str], *, inside: bool) -> str:
    """Return what `element` is beside the text ("a menu", "hidden"), "" when it may be text.

    `inside` an article the heads and remarks are the article's own.
    """
    reason = FRAMES.get(tag, "")
    if reason and _of_article(element, tag, inside=inside):
        reason = ""
    if not attributes:
        return reason
    role = attributes.get("role", "")
    name = attributes.get("id", "").lower()
    signs = signs_of(attributes["class"]) if "class" in attributes else NO_SIGNS
    if tag == "aside" and inside and (signs.remark or role in _REMARKS or name in _REMARKS):
        return ""
    if attributes.get("aria-hidden") == "true" or ("style" in attributes and _UNSHOWN.search(attributes["style"])):
        return "hidden"
    # A panel of tabs is hidden only until its tab is chosen.
    if "hidden" in attributes and attributes["hidden"] != "until-found" and role != "tabpanel":
        return "hidden"
    return reason or _ROLES.get(role, "") or signs.frame or _CLASSES.get(name, "")


def _of_article(element: Element, tag: str, *, inside: bool) -> bool:
    if tag == "footer":
        parent = element.getparent()
        return parent is not None and parent.tag == "blockquote"
    return tag == "header" and inside
