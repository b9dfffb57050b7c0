"""Read saved web pages (.html, .htm, .xhtml): trafilatura extracts the article, the page's own data fills the gaps."""

import json
import logging
import re
from collections.abc import Iterator
from pathlib import Path

from index.model import Article, Paragraph, Skipped
from index.sources import file_names
from index.sources.dates import iso_date
from index.sources.encoding import decode
from index.sources.layout import normalise, one_line
from index.sources.markup import plain, text_of
from index.sources.pasted import is_boilerplate
from index.sources.records import field_text, fields_of, language_tag
from index.sources.streams import UnusableError, read_bytes
from index.sources.text_blocks import text_blocks
from index.sources.walk import printable

# A page is parsed as a whole, at about a second for each MiB.
_PAGE_BYTES = 16 << 20
_CHARSET = re.compile(
    rb"""<(?:meta\b[^>]{0,200}?charset\s*=|\?xml\b[^>]{0,80}?encoding\s*=)\s*["']?([\w.:-]{2,40})""", re.I
)
_LANGUAGE = re.compile(r"<html\b[^>]{0,2000}?\s(?:xml:)?lang\s*=\s*[\"']?([\w-]{2,35})", re.I)
_LINKED_DATA = re.compile(r"<script\b[^>]{0,200}?application/ld\+json[^>]{0,200}>", re.I)
_SCRIPT_END = re.compile(r"</script", re.I)
_TITLE_ENDS = (" - ", " | ", " – ", " — ", " :: ", " » ", " · ")
_MUCH_LESS = 0.5
# Of a page with fewer characters trafilatura gives all words, those of the menu among them, on one line.
_SMALL_PAGE = 250


def read(path: Path) -> Iterator[Article | Skipped]:
    """Yield the one article of a page.

    Its body is what trafilatura finds, or the page's JSON-LD `articleBody` when that is more than twice as long, or for
    a page too small for either all its text but menus and the like.
    """
    raw = read_bytes(path, _PAGE_BYTES)
    declared = _CHARSET.search(raw[:4096])
    # Parsers take a page that holds no "<" for a name or nothing at all.
    page = decode(raw, declared[1].decode("ascii") if declared is not None else None).replace("\0", "")
    fields = _extracted(page)
    linked = _linked_data(page)
    body = _paragraphs(str(fields.get("text") or ""))
    stated = _paragraphs(plain(str(linked.get("text") or "")))
    if _better(stated, body):
        body = stated
    if _length(body) < _SMALL_PAGE:
        whole = _paragraphs(text_of(page, page=True))
        body = whole if whole and (not body or _length(whole) <= _length(body)) else body
    source = field_text(fields.get("source")) or field_text(linked.get("source"))
    title = _without_site(field_text(fields.get("title")) or field_text(linked.get("title")) or "", source)
    if len(body) > 1 and body[0].casefold() == title.casefold():
        body = body[1:]
    if not body:
        raise UnusableError("no text in it")
    language = _LANGUAGE.search(page[:20_000])
    yield Article(
        title or file_names.title(path),
        tuple(map(Paragraph, body)),
        printable(path),
        source=source,
        url=field_text(fields.get("url")) or field_text(linked.get("url")),
        author=field_text(fields.get("author")) or field_text(linked.get("author")),
        date=iso_date(linked.get("date")) or iso_date(fields.get("date")),
        language=language_tag(language[1]) if language is not None else None,
    )


def _better(stated: list[str], body: list[str]) -> bool:
    """Return whether the body a page states is far longer than the extracted one, or the same in more paragraphs."""
    if _length(body) < _MUCH_LESS * _length(stated):
        return True
    return len(stated) > len(body) and _length(stated) > 0.9 * _length(body)


def _length(texts: list[str]) -> int:
    return sum(len(text) + 1 for text in texts)


def _extracted(page: str) -> dict[str, object]:
    """Return what trafilatura finds, by the names of `records.fields_of`; nothing when it fails."""
    from trafilatura import bare_extraction
    from trafilatura.settings import Document

    for name in ("trafilatura", "htmldate"):
        # They print a line for every page they find odd; ours are told as Skipped.
        logging.getLogger(name).setLevel(logging.CRITICAL)
    try:
        found = bare_extraction(page, fast=True, with_metadata=True, include_comments=False)
    except Exception:  # noqa: BLE001  # whatever a hostile page makes the parsers raise, its plain text is left
        return {}
    if not isinstance(found, Document):
        return {}
    return {
        "title": found.title,
        "text": found.text,
        "source": found.sitename,
        "url": found.url,
        "author": found.author,
        "date": found.date,
    }


def _linked_data(page: str) -> dict[str, object]:
    """Return the fields of the page's JSON-LD object with the longest `articleBody`."""
    best: dict[str, object] = {}
    for script in _scripts(page):
        try:
            value = json.loads(script, strict=False)
        except (ValueError, RecursionError):
            continue
        graph = value.get("@graph", value) if isinstance(value, dict) else value
        for node in graph if isinstance(graph, list) else [graph]:
            if isinstance(node, dict) and isinstance(node.get("articleBody"), str):
                fields = fields_of(node)
                if len(str(fields.get("text"))) > len(str(best.get("text", ""))):
                    best = fields
    return best


def _scripts(page: str) -> Iterator[str]:
    at = 0
    while (start := _LINKED_DATA.search(page, at)) and (end := _SCRIPT_END.search(page, start.end())):
        yield page[start.end() : end.start()]
        at = end.end()


def _paragraphs(text: str) -> list[str]:
    lines = [one_line(line) for line in normalise(text).split("\n")]
    return [block.text for block in text_blocks(["" if is_boilerplate(line) else line for line in lines])]


def _without_site(title: str, site: str | None) -> str:
    """Return "Rain at Last" for "Rain at Last - The Gazette" when the page says that its site is The Gazette."""
    for end in _TITLE_ENDS:
        if site and title.casefold().endswith(f"{end}{site}".casefold()):
            return title[: -len(end + site)].strip() or title
    return title
