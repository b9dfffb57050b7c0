"""Pages that a program fills in: what is only a template, and the tags that are no text."""

import re
from collections.abc import Iterator
from html import escape
from typing import Final

# These stand behind the ending of the page that the template makes, as in "berths.html.erb".
TEMPLATE_ENDINGS: Final = frozenset((".erb", ".ejs", ".liquid", ".njk", ".j2", ".jinja", ".jinja2", ".hbs", ".twig"))

# None of these holds the beginning of another, so that each is looked at once.
_TAG = re.compile(
    r"\{\{[^{}]{0,2000}\}\}|\{%[^{}%]{0,2000}%\}|\{#[^{}#]{0,2000}#\}|<%[^<%]{0,2000}%>|<!--[^<>]{0,2000}-->"
)
_BLOCK = re.compile(r"\{%-?\s*(end)?(comment|highlight|raw|verbatim)\b[^{}%]{0,200}%\}")
_BEGINS = re.compile(r"\s*(?:\{%|\{\{|<%)")
# Of what stands above a page, directives and remarks of servers among it.
_LEADING = re.compile(
    r"\s*(?:\{#[^{}#]{0,2000}#\}|<!--[^<>]{0,2000}-->|<%[@-][^<%]{0,2000}%>|<%\s*Option Explicit\s*%>)"
)
# A title that is filled in, and an element whose attributes are.
_FILLED_IN = re.compile(
    r"<title\b[^<>]{0,200}>(?:\s*(?:\{\{|\{%|<%)|[^<${]{0,200}(?:\$title\$|\{\{[^{}]{0,100}title))"
    r"|<[a-z][^<>{}]{0,300}\{%",
    re.IGNORECASE,
)
# Those of Jinja, Liquid and ERB, and of pandoc and Hakyll.
_PLACE = re.compile(rf"{_TAG.pattern}|\$(?:[A-Za-z_]\w{{0,39}}|(?:if|for|partial)\([^()$\n]{{1,100}}\))\$")
_ELEMENT = re.compile(r"<[^<>]*>")
_WORD = re.compile(r"\w+")


def is_template(page: str) -> bool:
    """Return whether a page of HTML that nothing stands above has its title, its elements or most of it filled in.

    >>> is_template("{% extends 'base.html' %}<p>Rain</p>"), is_template("<p>Write {% if %}.</p>")
    (True, False)
    >>> is_template("<p>By $author$</p> $body$"), is_template("<p>It costs $240 or $250.</p>")
    (True, False)
    """
    if not any(mark in page for mark in ("{%", "{{", "<%", "$", "{#")):
        return False
    at = 0
    while (aside := _LEADING.match(page, at)) is not None:
        if "{#" in aside[0]:
            return True
        at = aside.end()
    return _BEGINS.match(page, at) is not None or _FILLED_IN.search(page) is not None or _is_mostly_places(page)


def _is_mostly_places(page: str) -> bool:
    """Return whether a page has more places to be filled in than words."""
    text, places = _PLACE.subn(" ", page)
    return places > 0 and places > len(_WORD.findall(_ELEMENT.sub(" ", text)))


def without_templates(page: str) -> str:
    """Return a page without the tags of templates and their comments; what they mark as code becomes an element.

    >>> without_templates("<p>{{ site.name }}Rain{% if x %}.{% endif %}</p>{% highlight c %}x < 1{% endhighlight %}")
    '<p>Rain.</p><pre>x &lt; 1</pre>'
    """
    return "".join(_pieces(page)) if "{" in page or "<%" in page else page


def _pieces(page: str) -> Iterator[str]:
    at = 0
    opened: re.Match[str] | None = None
    for tag in _BLOCK.finditer(page):
        if opened is None and not tag[1]:
            yield _TAG.sub("", page[at : tag.start()])
            opened, at = tag, tag.end()
        elif opened is not None and tag[1] and tag[2] == opened[2]:
            inside = page[at : tag.start()]
            if tag[2] == "highlight":
                yield f"<pre>{escape(inside.strip(), quote=False)}</pre>"
            elif tag[2] != "comment":
                yield inside
            opened, at = None, tag.end()
    yield _TAG.sub("", page[at:])
