"""Make articles of records with named fields: objects of JSON, rows of CSV, the front matter of Markdown.

The names are known in any case and spelling ("published_at", "publishedAt"), and also under a `metadata` object.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby

from index.model import Article, Paragraph, Skipped
from index.sources.blocks import Block, joined
from index.sources.dates import iso_date
from index.sources.layout import normalise, one_line, text_lines
from index.sources.markup import plain
from index.sources.page_lines import ADVERTISEMENT, RELATED, SHARE, kind_of
from index.sources.pasted import is_headline
from index.sources.streams import UnusableError
from index.sources.text_blocks import text_blocks

# The first name that holds something wins. A summary is read only where there is no text.
_NAMES = {
    "title": ("title", "headline", "name"),
    "text": (
        *("text", "content", "body", "articlebody", "article", "paragraphs", "contenttext", "contenthtml", "fulltext"),
        *("maintext", "description", "summary", "abstract"),
    ),
    "date": ("date", "published", "publishedat", "datepublished", "pubdate", "publishdate", "publicationdate"),
    "url": ("url", "link", "canonicalurl", "canonical"),
    "key": ("id", "guid", "uuid"),
    "group": ("articleid",),
    "author": ("author", "authors", "byline", "creator"),
    "source": ("source", "publisher", "site", "sitename", "newspaper"),
    "language": ("language", "lang"),
}
_SLOTS = {name: (slot, rank) for slot, names in _NAMES.items() for rank, name in enumerate(names)}
_TITLE_CHARACTERS = 300
_TITLE_WORDS = 8

Record = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Row:
    """One record: where it stands ("news.jsonl:12") and its fields by their first name in `_NAMES`."""

    place: str
    fields: Record


def fields_of(record: Record) -> dict[str, object]:
    """Return the known fields of a record by slot.

    >>> fields_of({"Headline": "Rain", "metadata": {"lang": "en"}})
    {'language': 'en', 'title': 'Rain'}
    """
    found: dict[str, object] = {}
    ranks: dict[str, int] = {}
    for name, value in record.items():
        slot, rank = _SLOTS.get(_plain_name(name), ("", 0))
        if slot and value not in (None, "", [], {}) and rank < ranks.get(slot, len(_SLOTS)):
            found[slot], ranks[slot] = value, rank
    metadata = record.get("metadata")
    return fields_of(metadata) | found if isinstance(metadata, dict) and "metadata" not in metadata else found


def articles(path: str, records: Iterable[tuple[str, object] | Skipped]) -> Iterator[Article | Skipped]:
    """Yield the articles of a file's (place, record) pairs; neighbours with one `article_id` make one article.

    Such rows, and one whose id is its article's with "#1" behind, are a paragraph each; any other record is
    split into paragraphs as a text file is.
    """
    for grouped, rows in groupby(_rows(records), key=_group):
        if isinstance(grouped, Skipped):
            yield grouped
            continue
        together = [row for row in rows if isinstance(row, Row)]
        try:
            yield _article(path, together)
        except UnusableError as error:
            yield Skipped(together[0].place, str(error))


def article(title: str, texts: Iterable[str], path: str, key: str, fields: Record) -> Article:
    """Return an article whose source, address, author, date and language are those of `fields`."""
    return Article(
        title,
        tuple(map(Paragraph, texts)),
        path,
        key,
        field_text(fields.get("source")),
        field_text(fields.get("url")),
        field_text(fields.get("author")),
        iso_date(fields.get("date")),
        language_tag(fields.get("language")),
    )


def field_text(value: object) -> str | None:
    """Return a short field on one line, without HTML: a name, several names joined by ", ", or an object's own name."""
    if isinstance(value, str):
        return one_line(normalise(plain(value))) or None
    if isinstance(value, bool | float) or value is None:
        return None
    if isinstance(value, int):
        return str(value) if abs(value) < 1 << 63 else None
    if isinstance(value, dict):
        inner = value.get("name")
        return field_text(inner) if isinstance(inner, str) else None
    if isinstance(value, list):
        names = [field_text(part) for part in value[:20] if isinstance(part, str | dict)]
        return ", ".join(name for name in names if name) or None
    return None


def language_tag(value: object) -> str | None:
    """Return the primary language tag, None for what is no tag.

    >>> language_tag("en-US"), language_tag("English")
    ('en', None)
    """
    tag = value.strip().replace("_", "-").split("-")[0].lower() if isinstance(value, str) else ""
    return tag if len(tag) in (2, 3) and tag.isascii() and tag.isalpha() else None


@lru_cache(maxsize=4096)
def _plain_name(name: str) -> str:
    return name.casefold().replace("_", "").replace("-", "").replace(" ", "")


def _rows(records: Iterable[tuple[str, object] | Skipped]) -> Iterator[Row | Skipped]:
    for found in records:
        if isinstance(found, Skipped):
            yield found
            continue
        place, record = found
        if isinstance(record, dict):
            yield Row(place, fields_of(record))
        else:
            yield Skipped(place, "not a record with named fields")


def _group(row: Row | Skipped) -> object:
    """Return what neighbours of one article share; a record without `article_id` shares it with nobody."""
    if isinstance(row, Skipped):
        return row
    return field_text(row.fields.get("group")) or row.place


def _article(path: str, rows: list[Row]) -> Article:
    fields = rows[0].fields
    title = field_text(fields.get("title")) or ""
    key = field_text(fields.get("key")) or ""
    article_id = field_text(fields.get("group")) or ""
    if len(rows) > 1 or (article_id and key.startswith(f"{article_id}#")):
        texts = [one_line(normalise(plain(_text(row.fields.get("text"))))) for row in rows]
    else:
        blocks = _split(_text(fields.get("text")))
        first = blocks[0].text if len(blocks) > 1 else ""
        if first and (first.casefold() == title.casefold() or (not title and _reads_as_title(first))):
            title, blocks = title or first, blocks[1:]
        texts = [paragraph.text for paragraph in joined(blocks)]
    if len(title) > _TITLE_CHARACTERS:
        # Nobody's headline: it is kept as text.
        texts, title = [title, *texts], ""
    texts = [text for text in texts if text]
    if not texts:
        raise UnusableError("no text in it; a record needs a field text, content, body or articleBody")
    if not title:
        title = _first_words(texts[0])
    return article(title, texts, path, article_id or key, fields)


def _text(value: object) -> str:
    """Return a text field as one string: a list (of strings, or of objects with a text) is a list of paragraphs."""
    if isinstance(value, dict):
        return _text(fields_of(value).get("text")) if "text" not in value else _text(value["text"])
    if isinstance(value, list):
        return "\n\n".join(_text(part) for part in value if isinstance(part, str | dict))
    return value if isinstance(value, str) else ""


def _split(text: str) -> list[Block]:
    lines = text_lines(plain(text).strip())
    for at, line in enumerate(lines):
        # A page's button alone between paragraphs; beside other lines it is an entry of a list.
        alone = line and not any(lines[max(0, at - 1) : at]) and not any(lines[at + 1 : at + 2])
        if alone and len(lines) > 1 and kind_of(line) in (SHARE, RELATED, ADVERTISEMENT):
            lines[at] = ""
    return text_blocks(lines)


def _reads_as_title(line: str) -> bool:
    return is_headline(line) and "\n" not in line


def _first_words(text: str) -> str:
    words = text[:_TITLE_CHARACTERS].split()
    if len(words) > _TITLE_WORDS:
        return " ".join(words[:_TITLE_WORDS]) + "…"
    return (text if len(text) <= 80 else text[:60] + "…").replace("\n", " ")
