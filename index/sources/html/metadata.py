"""What a page states of itself: JSON-LD, meta elements, and the dates and names in its own markup."""

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import islice
from urllib.parse import urljoin

from index.sources.blocks.html_tree import Element, frame_of
from index.sources.blocks.layout import ends_a_sentence, normal_line
from index.sources.fields.date_words import plain_digits
from index.sources.fields.dates import iso_date
from index.sources.fields.records import field_text, fields_of, language_tag

# In order of trust: the first name that holds something usable wins.
_TITLES = ("og:title", "twitter:title", "citation_title", "dc.title", "dcterms.title", "parsely-title")
_SITES = ("og:site_name", "application-name", "citation_journal_title")
_AUTHORS = (
    *("author", "article:author", "og:article:author", "citation_author", "dc.creator", "dcterms.creator"),
    *("parsely-author", "sailthru.author", "authors", "byl"),
)
_DATES = (
    *("article:published_time", "og:article:published_time", "datepublished", "date", "pubdate", "publishdate"),
    *("publish_date", "publish-date", "publication_date", "citation_publication_date", "citation_date", "dc.date"),
    *("dcterms.date", "dc.date.issued", "dcterms.issued", "dc.date.created", "dcterms.created", "parsely-pub-date"),
    *("sailthru.date", "article.published", "published-date", "published_time", "og:published_time", "datecreated"),
)
_ARTICLES = ("Article", "Posting", "Report", "Review", "Recipe", "HowTo", "Document", "Course", "Book", "Event")
_DATED = frozenset(
    (
        *("date", "published", "entry-date", "post-date", "pubdate", "publish-date", "published-date", "dateline"),
        *("article-date", "post__date", "article__date", "dt-published", "article__published", "date-published"),
    )
)
_NAMED = frozenset(("author", "byline", "p-author", "author-name", "entry-author", "post-author", "byline__name"))
_DATE_CHARACTERS, _NAME_CHARACTERS = 60, 100
_BYLINE_CHARACTERS = 120
_MOST_NODES, _MOST_TEXTS, _NEAR = 1_000, 200, 24
REVISED = ("updated", "modified", "edited", "revised", "dernière mise", "aktualisiert", "actualizado")
_INLINE = frozenset(("time", "span", "a", "abbr", "small", "em", "i", "b", "strong", "font"))
_BY = re.compile(r"^(?:written by|posted by|by|von|par|por|di|door)\b[:\s]+", re.I)
PUBLISHED = r"^(?:(?:published|posted|written|on)\b[:\s]*)+"
_WHEN = re.compile(rf"{PUBLISHED}|(?:\b|(?<=\d))by$", re.I)
EDGES = " ,;|·•/-–—"
# Some systems write JSON-LD inside a comment or a CDATA section.
_COMMENT = re.compile(r"^\s*(?:<!--|//\s*<!\[CDATA\[|<!\[CDATA\[)|(?:-->|(?://\s*)?\]\]>)\s*$")
_STATING = (
    "//time | //*[@itemprop='datePublished' or @itemprop='dateCreated' or @itemprop='author' or @rel='author'"
    " or contains(@class, 'date') or contains(@class, 'published') or contains(@class, 'author')"
    " or contains(@class, 'byline')]"
)


@dataclass
class Metadata:
    """What a page states.

    `body` is the text of its JSON-LD, `whole_title` its <title> as it stands, `news` whether it calls itself an
    article, `leads_to` the page to which it sends its reader at once ("" for none).
    """

    title: str | None = None
    whole_title: str = ""
    site: str | None = None
    url: str | None = None
    author: str | None = None
    date: str | None = None
    language: str | None = None
    body: str = ""
    news: bool = False
    leads_to: str = ""
    meta: dict[str, str] = field(default_factory=dict)

    def is_said_in(self, line: str) -> bool:
        """Return whether a line says only who wrote the page and when: "By Ana Reyes, 19 April 2024"."""
        if len(line) > _BYLINE_CHARACTERS:
            return False
        rest = _BY.sub("", line.replace(self.author, " ", 1) if self.author else line).strip(EDGES)
        if not rest:
            return len(line) > len(rest)
        if not self.date or not _holds_year(rest, int(self.date[:4])):
            return False
        return (iso_date(_WHEN.sub("", rest)) or "")[:10] == self.date[:10]


def _holds_year(line: str, year: int) -> bool:
    """Return whether a year of the Gregorian calendar stands in a line, or one of the Solar Hijri that begins in it."""
    line = plain_digits(line)
    return any(str(one) in line for one in (year, year - 621, year - 622))


def metadata(root: Element) -> Metadata:
    """Return what the page with the tree `root` states of itself."""
    found = Metadata()
    title = next(root.iter("title"), None)
    found.whole_title = normal_line("".join(title.itertext())) if title is not None else ""
    found.language = language_tag(root.get("lang") or root.get("{http://www.w3.org/XML/1998/namespace}lang"))
    found.language = found.language or language_tag(root.get("xml:lang"))
    for element in root.iter("meta"):
        if (element.get("http-equiv") or "").lower() == "refresh":
            found.leads_to = normal_line(element.get("content") or "").partition("=")[2].strip("'\" ")[:200]
        name = element.get("property") or element.get("name") or element.get("itemprop") or ""
        content = normal_line(element.get("content") or "")
        if name and content:
            found.meta.setdefault(name.strip().lower(), content)
    linked, site = _linked_data(root)
    own = _Own.of(root)
    found.title = field_text(linked.get("title")) or _first(found.meta, _TITLES)
    found.site = _first(found.meta, _SITES[:1]) or field_text(linked.get("source")) or site
    found.site = found.site or _first(found.meta, _SITES[1:])
    found.author = field_text(linked.get("author")) or _name(_first(found.meta, _AUTHORS)) or own.author
    stated = [linked.get("date"), *(found.meta[name] for name in _DATES if name in found.meta)]
    found.date = next(filter(None, map(iso_date, stated)), None) or own.date
    found.url = next(filter(None, map(_address, (own.url, found.meta.get("og:url"), linked.get("url")))), None)
    body = linked.get("text")
    found.body = body if isinstance(body, str) else ""
    found.news = bool(linked or found.date) or found.meta.get("og:type") == "article"
    return found


def _address(value: object) -> str | None:
    text = field_text(value)
    return text if text is not None and text.startswith(("http://", "https://")) else None


def _first(meta: Mapping[str, str], names: Sequence[str]) -> str | None:
    return next((field_text(meta[name]) for name in names if name in meta), None)


def _name(text: str | None) -> str | None:
    # Some sites state the address of a profile.
    return None if text is None or "://" in text or len(text) > _NAME_CHARACTERS else text


@dataclass
class _Own:
    """What the elements of the page state: its address, one author, one date."""

    url: str | None = None
    author: str | None = None
    date: str | None = None

    @classmethod
    def of(cls, root: Element) -> "_Own":
        own = cls()
        base = next((normal_line(link.get("href") or "") for link in root.iter("base")), "")
        for link in root.iter("link"):
            if "canonical" in (link.get("rel") or "").lower().split():
                own.url = own.url or _joined(base, normal_line(link.get("href") or ""))
        dates: list[str] = []
        bare: list[str] = []
        names: list[str] = []
        for element in _stating()(root)[:_MOST_NODES]:
            classes = element.get("class", "").lower().split()
            prop = element.get("itemprop", "")
            marked = not _DATED.isdisjoint(classes) or "pubdate" in element.attrib
            if prop in ("datePublished", "dateCreated"):
                dates += filter(None, [_date_of(element)])
            elif element.tag == "time" or marked:
                found = _date_of(element) if _stands_alone(element) else None
                (dates if marked else bare).extend(filter(None, [found]))
            elif _names_author(element, classes) and _beside(element):
                names += filter(None, [_name_of(element)])
        # Two dates, and nobody says which of them is the page's own.
        stated = dates or bare
        own.date = stated[0] if len({date[:10] for date in stated}) == 1 else None
        own.author = names[0] if names and all(name in names[0] or names[0] in name for name in names) else None
        return own


@cache
def _stating() -> Callable[[Element], list[Element]]:
    from lxml import etree  # type: ignore[import-untyped]  # lxml ships no types

    found: Callable[[Element], list[Element]] = etree.XPath(_STATING)
    return found


def _names_author(element: Element, classes: Sequence[str]) -> bool:
    return element.get("itemprop") == "author" or element.get("rel") == "author" or not _NAMED.isdisjoint(classes)


def _joined(base: str, address: str) -> str | None:
    try:
        return urljoin(base, address) if address else None
    except ValueError:
        return None


def _date_of(element: Element) -> str | None:
    stated = (element.get("datetime"), element.get("content"), element.get("title"))
    found = next(filter(None, (iso_date(normal_line(value)) for value in stated if value)), None)
    if found is not None:
        return found
    text = _short(element, _DATE_CHARACTERS)
    return iso_date(text) or iso_date(text.rpartition(": ")[2])


def _name_of(element: Element) -> str:
    inner = element.find(".//*[@itemprop='name']") if element.get("itemprop") == "author" else None
    text = element.get("content") or _short(element if inner is None else inner, _NAME_CHARACTERS)
    return _BY.sub("", normal_line(text)).rstrip(" ,|·•-")


def _short(element: Element, most: int) -> str:
    """Return the text of `element` on one line, "" when it has more than `most` characters."""
    found: list[str] = []
    size = 0
    for text in islice(element.itertext(), _MOST_TEXTS):
        found.append(text)
        size += len(text)
        if size > 10 * most:
            return ""
    line = normal_line("".join(found))
    return line if len(line) <= most else ""


def _beside(element: Element) -> bool:
    """Return whether `element` stands in no frame of the page (menu, footer, comments, a part that is hidden)."""
    above = list(islice(element.iterancestors(), _NEAR))
    inside = any(parent.tag in ("article", "main") for parent in above)
    return not any(
        parent.tag == "footer" or frame_of(parent, parent.tag, parent.attrib, inside=inside) for parent in above
    )


def _stands_alone(element: Element) -> bool:
    """Return whether the date in `element` is the page's: on a line of its own, in no frame, not of a revision."""
    line = element
    while line.tag in _INLINE and line.getparent() is not None:
        line = line.getparent()
    text = _short(line, _BYLINE_CHARACTERS) or (_short(element, _BYLINE_CHARACTERS) if _bare(element) else "")
    marks = f"{text} {element.get('class', '')} {element.get('itemprop', '')}".casefold()
    return bool(text) and not ends_a_sentence(text) and not any(word in marks for word in REVISED) and _beside(element)


def _bare(element: Element) -> bool:
    """Return whether no text stands right beside `element`."""
    before = element.getprevious()
    parent = element.getparent()
    text = before.tail if before is not None else parent.text if parent is not None else None
    return not (text or "").strip() and not (element.tail or "").strip()


def _linked_data(root: Element) -> tuple[dict[str, object], str | None]:
    """Return the fields of the page's own article in its JSON-LD, and the name of its site there.

    Of several articles the one with the longest `articleBody` is the page's; several without any are a list.
    """
    nodes = list(islice(_nodes(root), _MOST_NODES))
    site = next((field_text(node.get("name")) for node in nodes if "WebSite" in _types(node)), None)
    articles = [fields_of(node) for node in nodes if isinstance(node.get("articleBody"), str)]
    if articles:
        return max(articles, key=lambda fields: len(str(fields.get("text")))), site
    typed = [node for node in nodes if any(kind.endswith(_ARTICLES) for kind in _types(node))]
    if len(typed) == 1:
        return {slot: value for slot, value in fields_of(typed[0]).items() if slot != "text"}, site
    pages = [node for node in nodes if "WebPage" in _types(node)]
    return {"date": pages[0].get("datePublished")} if len(pages) == 1 and not typed else {}, site


def _nodes(root: Element) -> Iterator[dict[str, object]]:
    for script in root.iter("script"):
        if "ld+json" not in (script.get("type") or "").lower() or not script.text:
            continue
        try:
            value = json.loads(_COMMENT.sub("", script.text), strict=False)
        except (ValueError, RecursionError):
            continue
        waiting = [value]
        while waiting:
            node = waiting.pop(0) if len(waiting) < _NEAR else waiting.pop()
            if isinstance(node, list):
                waiting.extend(node)
            elif isinstance(node, dict):
                yield node
                waiting.extend(node[name] for name in ("@graph", "mainEntity", "mainEntityOfPage") if name in node)


def _types(node: Mapping[str, object]) -> list[str]:
    stated = node.get("@type")
    return [kind for kind in (stated if isinstance(stated, list) else [stated]) if isinstance(kind, str)]
