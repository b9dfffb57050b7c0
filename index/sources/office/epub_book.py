"""What a book in EPUB says of itself: its metadata, its files in the order of reading, and which of them are locked."""

import posixpath
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from index.sources.blocks.layout import normal_line
from index.sources.fields.dates import iso_date
from index.sources.fields.leftovers import stated_author, stated_title
from index.sources.fields.records import language_tag
from index.sources.files.streams import UnusableError
from index.sources.office.package import Package

_DC = "{http://purl.org/dc/elements/1.1/}"
_OPF = "{http://www.idpf.org/2007/opf}"
# Fonts are scrambled in these ways, texts are not.
_SCRAMBLING = ("http://www.idpf.org/2008/embedding", "http://ns.adobe.com/pdf/enc#RC")
_MOST_AUTHORS = 10
_TEXTS = ("html", "xml")


@dataclass(frozen=True, slots=True)
class Book:
    """A book: `pages` are its files in the order of reading, `aside` those that stand outside it, with the reason.

    `contents` names the file of its table of contents, "" where it has none.
    """

    title: str
    author: str | None
    publisher: str | None
    date: str | None
    language: str | None
    pages: tuple[str, ...]
    aside: Mapping[str, str]
    contents: str


def book_of(parts: Package) -> Book:
    """Return what the package document says; UnusableError where there is none, or the chapters are enciphered."""
    name = _package_document(parts)
    root = parts.tree(name)
    items = {item.get("id", ""): item for item in root.iterfind("{*}manifest/{*}item")}
    spine = root.find("{*}spine")
    if spine is None:
        raise UnusableError("damaged: it names no order of its chapters")
    aside: dict[str, str] = {}
    pages: dict[str, None] = {}
    for reference in spine.iterfind("{*}itemref"):
        item = items.get(reference.get("idref", ""))
        found = None if item is None else located(parts, name, item.get("href", ""))[0]
        kind = "" if item is None else item.get("media-type", "xml")
        if found is None or not kind.endswith(_TEXTS) or kind.startswith("image"):
            continue
        if reference.get("linear", "yes").casefold() == "no":
            aside[found] = "outside the order of reading"
        pages.setdefault(found)
    _refuse_locked(parts, pages)
    aside |= {page: reason for page, reason in _guide(parts, name, root) if page not in aside}
    return Book(
        stated_title(_title(root)),
        _author(root),
        stated_author(root.findtext(f".//{_DC}publisher")),
        _date(root),
        language_tag(root.findtext(f".//{_DC}language")),
        *(tuple(pages), aside, _contents(parts, name, items.values(), items.get(spine.get("toc", "")))),
    )


def located(parts: Package, base: str, address: str) -> tuple[str | None, str]:
    """Return the file and the place in it that an address in the file `base` means; None for one outside the book."""
    path, _, place = address.strip().partition("#")
    if "://" in path or path.startswith("mailto:"):
        return None, ""
    name = parts.find(posixpath.join(posixpath.dirname(base), path)) if path else base
    return name, unquote(place)


def _package_document(parts: Package) -> str:
    container = parts.tree_if_any("META-INF/container.xml")
    stated = () if container is None else (one.get("full-path", "") for one in container.iter("{*}rootfile"))
    found = next(filter(None, map(parts.find, stated)), None) or next(parts.ending(".opf"), None)
    if found is None:
        raise UnusableError("damaged: it names no package document")
    return found


def _refuse_locked(parts: Package, pages: Mapping[str, None]) -> None:
    encryption = parts.tree_if_any("META-INF/encryption.xml")
    for entry in () if encryption is None else encryption.iter("{*}EncryptedData"):
        method = entry.find("{*}EncryptionMethod")
        reference = next(entry.iter("{*}CipherReference"), None)
        if reference is None or (method is not None and method.get("Algorithm") in _SCRAMBLING):
            continue
        if parts.find(reference.get("URI", "")) in pages:
            raise UnusableError("protected (DRM): its chapters are enciphered; only a copy without protection is read")


def _guide(parts: Package, name: str, root: Any) -> Iterator[tuple[str, str]]:
    for reference in root.iterfind("{*}guide/{*}reference"):
        reason = what_page(reference.get("type", ""))
        page = located(parts, name, reference.get("href", ""))[0]
        if reason and page:
            yield page, reason


def what_page(kind: str) -> str:
    """Return why a page of a kind is no article; "" for one that may be.

    >>> what_page("titlepage"), what_page("chapter")
    ('a title page', '')
    """
    names = frozenset(kind.casefold().replace("-", "").replace("doc", "").split())
    return next((reason for reason, kinds in _NO_ARTICLES.items() if names & kinds), "")


_NO_ARTICLES = {
    "a cover": frozenset(("cover", "frontcover", "backcover")),
    "a title page": frozenset(("titlepage", "halftitlepage", "halftitle", "seriespage")),
    "a table of contents": frozenset(("toc", "landmarks", "pagelist", "loi", "lot", "lov", "loa", "index")),
    "an imprint": frozenset(("copyrightpage", "colophon", "imprint", "imprimatur")),
}


def what_label(label: str) -> str:
    """Return why a page is no article that the contents of the book list by this line; "" for one that may be.

    >>> what_label("Copyright Page"), what_label("The Copyright War")
    ('an imprint', '')
    """
    return _LABELS.get(label.casefold().strip(" .:"), "")


_LABELS = {
    label: reason
    for reason, labels in {
        "a cover": "cover|cover page|front cover|umschlag|couverture|cubierta|portada|copertina|capa|omslag|обложка"
        "|الغلاف|کاور|表紙|封面|표지",
        "a title page": "title page|titlepage|half title|half title page|half-title page|titelseite|titel|page de titre"
        "|página de título|frontespizio|folha de rosto|titelpagina|титульный лист|صفحة العنوان|扉|扉页|書名頁|속표지",
        "a table of contents": "contents|table of contents|inhalt|inhaltsverzeichnis|table des matières|sommaire"
        "|índice|contenido|sommario|sumário|inhoud|inhoudsopgave|innehåll|spis treści|содержание|оглавление|içindekiler"
        "|المحتويات|الفهرس|فهرست|目次|目录|目錄|차례|목차",
        "an imprint": "copyright|copyright page|copyright notice|copyright information|imprint|impressum"
        "|mentions légales|droits d'auteur|derechos de autor|créditos|ficha técnica|colofon|выходные данные"
        "|حقوق النشر|شناسنامه|זכויות יוצרים|奥付|版权|版权页|版权信息|版權頁|판권",
    }.items()
    for label in labels.split("|")
}


def _contents(parts: Package, name: str, items: Any, stated: Any) -> str:
    """Return the file of the table of contents: that of EPUB 3, else that of EPUB 2."""
    nav = next((item for item in items if "nav" in item.get("properties", "").split()), None)
    ncx = next((item for item in items if item.get("media-type") == "application/x-dtbncx+xml"), None)
    for item in (nav, stated, ncx):
        found = None if item is None else located(parts, name, item.get("href", ""))[0]
        if found:
            return found
    return next(parts.ending(".ncx"), "")


def _refined(root: Any, name: str) -> dict[str, str]:
    """Return by the ids of what they are about the properties of a name, as EPUB 3 states them."""
    metas = root.iterfind("{*}metadata/{*}meta")
    return {meta.get("refines", "").lstrip("#"): meta.text or "" for meta in metas if meta.get("property") == name}


def _title(root: Any) -> str:
    titles = list(root.iter(f"{_DC}title"))
    kinds = _refined(root, "title-type")
    main = [title for title in titles if kinds.get(title.get("id", "")) == "main"]
    return normal_line("".join((main or titles)[0].itertext())) if titles else ""


def _author(root: Any) -> str | None:
    creators = list(root.iter(f"{_DC}creator"))
    roles = _refined(root, "role")
    writers = [one for one in creators if (roles.get(one.get("id", "")) or one.get(f"{_OPF}role", "aut")) == "aut"]
    names = [name for one in (writers or creators)[:_MOST_AUTHORS] if (name := stated_author("".join(one.itertext())))]
    return ", ".join(dict.fromkeys(names)) or None


def _date(root: Any) -> str | None:
    """Return the day of publication; a day without a kind is that one, too, other kinds are those of files."""
    dates = [(date.get(f"{_OPF}event", "").casefold(), date.text) for date in root.iter(f"{_DC}date")]
    for wanted in ("publication", "original-publication", ""):
        for kind, text in dates:
            if kind == wanted and (day := iso_date(normal_line(text or ""))):
                return day
    return None
