"""The elements of feeds: their names whatever prefix a program chose, their text, languages and addresses."""

from contextlib import suppress
from functools import lru_cache
from typing import Any, Final
from urllib.parse import urljoin

from index.sources.fields.dates import iso_date
from index.sources.fields.records import field_text

_XML: Final = "{http://www.w3.org/XML/1998/namespace}"
# Parts of the names of namespaces, as programs vary the rest; what is not named here is RSS itself.
_PREFIXES: Final = (
    ("modules/content", "content:"),
    ("dc/elements", "dc:"),
    ("dc/terms", "dcterms:"),
    ("2005/Atom", "atom:"),
    ("purl.org/atom/app", "app:"),
    ("2007/app", "app:"),
    ("purl.org/atom", "atom:"),
    ("/excerpt/", "excerpt:"),
    ("wordpress.org/export", "wp:"),
    ("itunes", "itunes:"),
    ("mrss", "media:"),
    ("purl.org/rss", ""),
    ("netscape.com/rdf", ""),
    ("userland.com/rss", ""),
    ("backend", ""),
)
Children = dict[str, list[Any]]


@lru_cache(1000)
def _name(tag: str) -> str:
    if not tag.startswith("{"):
        return tag
    namespace, _, local = tag[1:].partition("}")
    return next((prefix for part, prefix in _PREFIXES if part in namespace), "other:") + local


def children(element: Any) -> Children:
    """Return the elements in an element by their names: "title", "dc:creator", "atom:link"."""
    found: Children = {}
    for child in element:
        if isinstance(child.tag, str):
            found.setdefault(_name(child.tag), []).append(child)
    return found


def text_in(element: Any) -> str:
    """Return what an element holds: its text, or the markup in it where somebody did not escape it."""
    if len(element):
        return markup_in(element)
    return str(element.text or "")


def markup_in(element: Any) -> str:
    """Return the elements in an element as HTML."""
    from lxml import etree  # type: ignore[import-untyped]  # lxml ships no types

    for inner in element.iterdescendants():
        if isinstance(inner.tag, str) and "}" in inner.tag:
            # What a parser lets pass in a broken document is not always a name.
            with suppress(ValueError):
                inner.tag = inner.tag.rpartition("}")[2]
    etree.cleanup_namespaces(element)
    whole = etree.tostring(element, encoding="unicode", method="html", with_tail=False)
    return str(whole[whole.find(">") + 1 : whole.rfind("<")])


def first_text(found: Children, *names: str) -> str:
    """Return the text of the first of these elements that has any."""
    texts = (text_in(one) for name in names for one in found.get(name, ()))
    return next((text for text in texts if text.strip()), "")


def line(found: Children, *names: str) -> str | None:
    """Return the first such text that is usable as a short field, without HTML."""
    texts = (field_text(text_in(one)) for name in names for one in found.get(name, ()))
    return next(filter(None, texts), None)


def date(found: Children, *names: str) -> str | None:
    """Return the first date that is stated in these elements."""
    return next(filter(None, (iso_date(text_in(one).strip()) for name in names for one in found.get(name, ()))), None)


def base_of(element: Any) -> str:
    """Return what the addresses in an element are relative to, by its xml:base and those around it."""
    base = ""
    for one in (*reversed(list(element.iterancestors())), element):
        base = joined_address(base, one.get(f"{_XML}base") or "") or base
    return base


def language_of(element: Any) -> str | None:
    """Return the xml:lang of an element or of the nearest around it."""
    stated = (one.get(f"{_XML}lang") for one in (element, *element.iterancestors()))
    return next(filter(None, stated), None)


def joined_address(base: str, address: str) -> str:
    """Return a whole address, "" where it cannot be told.

    >>> joined_address("https://quay.example/a/", "b"), joined_address("", "b")
    ('https://quay.example/a/b', '')
    """
    address = address.strip()
    if not address:
        return ""
    try:
        whole = urljoin(base, address)
    except ValueError:
        return ""
    return whole if whole.startswith(("http://", "https://")) and " " not in whole else ""
