"""Read dumps of wikis that run on MediaWiki, of any size: of each page the last revision."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from index.model import Article, Skipped
from index.sources.blocks.blocks import joined, told
from index.sources.encodings.xml_stream import XmlStream
from index.sources.exports.wiki_links import Wiki
from index.sources.exports.wikitext import page_of
from index.sources.fields.dates import iso_date
from index.sources.fields.field_map import NO_MAP, FieldMap
from index.sources.fields.left_out import LeftOut
from index.sources.fields.records import article, language_tag
from index.sources.files.faults import fault
from index.sources.files.streams import UnusableError
from index.sources.files.walk import printable

_CUT_OFF: Final = "it ends too early, in the midst of something; get it again"
_MOST_CHARACTERS: Final = 16 << 20
_KINDS: Final = {
    2: "user page(s)",
    4: "page(s) about the wiki",
    6: "file page(s)",
    8: "message(s) of the interface",
    10: "template(s)",
    12: "help page(s)",
    14: "category page(s)",
    828: "module(s)",
}
# Namespaces that every wiki knows by these names too.
_ALIASES: Final = (("file", 6), ("image", 6), ("category", 14), ("media", -2))
_REDIRECT = re.compile(
    r"\s*#\s*(?:redirect(?:ion|ción)?|redirección|weiterleitung|перенаправление|перенапр|تحويل|تغییر[_‌ ]?مسیر"
    r"|reindirizzamento|rinvia|redirecionamento|doorverwijzing|patrz|przekieruj|yönlendirme|重定向|転送|넘겨주기"
    r"|הפניה|đổi|alih|omdirigering|přesměruj)\s*:?\s*\[\[",
    re.I,
)


def read(path: Path, _: FieldMap = NO_MAP) -> Iterator[Article | Skipped]:
    """Yield the pages of a dump that are articles; the rest is counted."""
    file = printable(path)
    stream = XmlStream(path, "siteinfo", "revision", "page")
    wiki, latest = Wiki(namespaces=_ALIASES), _NONE
    left_out = LeftOut()
    for element in stream:
        name = element.tag.rpartition("}")[2]
        if name == "siteinfo":
            wiki = _wiki(element)
        elif name == "revision":
            latest = _later(latest, element)
        else:
            title = _text(element, "title")
            reason = _no_article(element, title, latest, wiki)
            found = None if reason else _article(file, title, _text(element, "id"), latest, wiki)
            if isinstance(found, Article | Skipped):
                yield found
            else:
                left_out.add(reason or "page(s) without a text")
            latest = _NONE
    yield from left_out.told(file)
    if stream.cut:
        raise UnusableError(_CUT_OFF)


@dataclass(frozen=True, slots=True)
class _Revision:
    """A revision of a page: when it was made, what it is written in, and its text."""

    stamp: str
    model: str
    text: str


_NONE: Final = _Revision("", "", "")


def _later(latest: _Revision, element: Any) -> _Revision:
    stamp = _text(element, "timestamp")
    if stamp < latest.stamp:
        return latest
    return _Revision(stamp, _text(element, "model"), _text(element, "text"))


def _text(element: Any, name: str) -> str:
    return str(element.findtext(f"{{*}}{name}") or "")


def _wiki(element: Any) -> Wiki:
    names = tuple(
        (one.text.replace("_", " ").casefold(), int(one.get("key")))
        for one in element.iterfind("{*}namespaces/{*}namespace")
        if one.text and (one.get("key") or "").lstrip("-").isdecimal()
    )
    around = element.getparent()
    language = around.get("{http://www.w3.org/XML/1998/namespace}lang") if around is not None else None
    return Wiki(_text(element, "sitename") or None, _text(element, "base"), language_tag(language), (*names, *_ALIASES))


def _no_article(page: Any, title: str, latest: _Revision, wiki: Wiki) -> str:
    """Return what a page is that is no article, "" for one that is."""
    stated = _text(page, "ns")
    number = int(stated) if stated.lstrip("-").isdecimal() else wiki.namespace(title)
    if number:
        return "talk page(s)" if number > 0 and number % 2 else _KINDS.get(number, "page(s) of other namespaces")
    if page.find("{*}redirect") is not None or _REDIRECT.match(latest.text[:200]):
        return "redirect(s)"
    return "" if latest.model in ("", "wikitext") else "page(s) that are no wikitext"


def _article(file: str, title: str, key: str, latest: _Revision, wiki: Wiki) -> Article | Skipped | None:
    if len(latest.text) > _MOST_CHARACTERS:
        return Skipped(f"{file}:{title[:80]}", f"a page larger than {_MOST_CHARACTERS >> 20} MiB")
    try:
        page = page_of(title, latest.text, wiki)
    except Exception as error:  # noqa: BLE001 - one page stops nothing
        return Skipped(f"{file}:{title[:80]}", fault(error))
    paragraphs = joined(page.blocks)
    if not paragraphs:
        return None
    fields = {
        "source": wiki.name,
        "url": wiki.address(title),
        "date": iso_date(latest.stamp),
        "language": wiki.language,
    }
    return article(title, paragraphs, file, key, fields, told(page.dropped))
