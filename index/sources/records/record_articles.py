"""Make articles of the records of a file: objects of JSON, rows of a table."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby, islice
from typing import Final, cast

from index.model import Article, Dropped, Paragraph, Skipped
from index.sources.blocks.blocks import told
from index.sources.blocks.layout import normal_line, one_line
from index.sources.blocks.markup import plain
from index.sources.blocks.rich_text import blocks_of_text
from index.sources.fields.field_map import NO_MAP, FieldMap
from index.sources.fields.field_names import slot_of
from index.sources.fields.records import Record, article, known_fields, names_in
from index.sources.files.streams import UnusableError
from index.sources.markdown.marked_text import blocks_in
from index.sources.records.exported import article_of, is_exported
from index.sources.text.titled import Titled, titled, with_title

# One record, after the place where it stands: "news.jsonl:12".
Placed = tuple[str, object]

_NAMES_LOOKED_AT = 100
_TOLD: Final = (Skipped, Article)


# Not frozen, as `KnownFields` is not.
@dataclass(slots=True)
class _Row:
    place: str
    record: Record
    fields: Record


def articles(
    path: str, records: Iterable[Placed | Skipped], field_map: FieldMap = NO_MAP
) -> Iterator[Article | Skipped]:
    """Yield the articles of a file's (place, record) pairs; neighbours with one `article_id` make one article.

    Such rows, and one whose id is its article's with "#1" behind, are a paragraph each; any other record is
    split into paragraphs as a text file is.
    """
    for grouped, rows in groupby(_rows(path, records, field_map), key=_group):
        if isinstance(grouped, _TOLD):
            yield grouped
            continue
        together = [row for row in rows if isinstance(row, _Row)]
        try:
            yield _article(path, together)
        except UnusableError as error:
            yield Skipped(together[0].place, str(error))


def _rows(path: str, records: Iterable[Placed | Skipped], field_map: FieldMap) -> Iterator[_Row | Article | Skipped]:
    try:
        for found in records:
            yield found if isinstance(found, Skipped) else _row(path, *found, field_map)
    except UnusableError as error:
        # Told here, so that the record before it is not lost.
        yield Skipped(path, str(error))


def _row(path: str, place: str, record: object, field_map: FieldMap) -> _Row | Article | Skipped:
    if not isinstance(record, dict):
        return Skipped(place, "not a record with named fields")
    try:
        if is_exported(record):
            return article_of(path, record)
        fields = known_fields(record, field_map).fields
        # A file may hold nothing else, a million times: told here, it takes half the time.
        if "text" not in fields and "group" not in fields:
            return Skipped(place, _no_text(record))
        return _Row(place, record, fields)
    except UnusableError as error:
        return Skipped(place, str(error))


def _group(row: _Row | Article | Skipped) -> object:
    """Return what neighbours of one article share; a record without `article_id` shares it with nobody."""
    return row if isinstance(row, _TOLD) else row.fields.get("group") or row.place


def _article(path: str, rows: list[_Row]) -> Article:
    fields = rows[0].fields
    # `known_fields` gives strings for these.
    of = cast(Mapping[str, str], fields).get
    title, key, article_id = of("title", ""), of("key", ""), of("group", "")
    if len(rows) > 1 or (article_id and key.startswith(f"{article_id}#")):
        texts = (_as_one(row.fields.get("text")) for row in rows)
        found = with_title(Titled(title, [Paragraph(text) for text in texts if text]))
    else:
        text, left_out = fields.get("text"), list[Dropped]()
        marked = blocks_in(text, left_out) if isinstance(text, str) else None
        found = titled(title, blocks_of_text(text) if marked is None else marked)
        found.dropped += left_out
    if not found.paragraphs:
        raise UnusableError(_no_text(rows[0].record))
    return article(
        found.title, found.paragraphs, path, article_id or key, fields, told(found.dropped) if found.dropped else ()
    )


def _no_text(record: Record) -> str:
    named = next((name for name in islice(record, _NAMES_LOOKED_AT) if slot_of(str(name))[0] == "text"), None)
    if named is not None:
        return f'no text in it: "{named}" holds none'
    if not record:
        return "no text in it"
    return f"no text in it; its names are {names_in(record)}: say which is the text with --map text=NAME"


def _as_one(value: object) -> str:
    if isinstance(value, str):
        return normal_line(plain(value))
    return one_line(" ".join(block.text for block in blocks_of_text(value)))
