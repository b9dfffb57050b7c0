"""Make articles of the records of a file: objects of JSON, rows of a table."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby, islice
from typing import cast

from index.model import Article, Dropped, Paragraph, Skipped
from index.sources.blocks.blocks import Block, joined, told
from index.sources.blocks.layout import normal_line, one_line
from index.sources.blocks.markup import plain
from index.sources.blocks.rich_text import blocks_of_text
from index.sources.fields.field_map import NO_MAP, FieldMap
from index.sources.fields.field_names import slot_of
from index.sources.fields.records import Record, article, known_fields, names_in
from index.sources.files.streams import UnusableError
from index.sources.text.page_lines import ADVERTISEMENT, RELATED, SHARE, kind_of
from index.sources.text.pasted import is_headline

# One record, after the place where it stands: "news.jsonl:12".
Placed = tuple[str, object]

_TITLE_CHARACTERS = 300
_TITLE_WORDS = 8
_NAMES_LOOKED_AT = 100
# A label beside another short line is part of what both say: "Print", "The Coast Post, box 12".
_LABEL_CHARACTERS = 40
_LABELS = (SHARE, RELATED, ADVERTISEMENT)


@dataclass(frozen=True, slots=True)
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
        if isinstance(grouped, Skipped):
            yield grouped
            continue
        together = [row for row in rows if isinstance(row, _Row)]
        try:
            yield _article(path, together)
        except UnusableError as error:
            yield Skipped(together[0].place, str(error))


def _rows(path: str, records: Iterable[Placed | Skipped], field_map: FieldMap) -> Iterator[_Row | Skipped]:
    try:
        for found in records:
            yield found if isinstance(found, Skipped) else _row(*found, field_map)
    except UnusableError as error:
        # Told here, so that the record before it is not lost.
        yield Skipped(path, str(error))


def _row(place: str, record: object, field_map: FieldMap) -> _Row | Skipped:
    if not isinstance(record, dict):
        return Skipped(place, "not a record with named fields")
    try:
        return _Row(place, record, known_fields(record, field_map).fields)
    except UnusableError as error:
        return Skipped(place, str(error))


def _group(row: _Row | Skipped) -> object:
    """Return what neighbours of one article share; a record without `article_id` shares it with nobody."""
    return row if isinstance(row, Skipped) else row.fields.get("group") or row.place


def _article(path: str, rows: list[_Row]) -> Article:
    fields = rows[0].fields
    # `known_fields` gives strings for these.
    of = cast(Mapping[str, str], fields).get
    title, key, article_id = of("title", ""), of("key", ""), of("group", "")
    dropped: list[Dropped] = []
    if len(rows) > 1 or (article_id and key.startswith(f"{article_id}#")):
        texts = (_as_one(row.fields.get("text")) for row in rows)
        found = [Paragraph(text) for text in texts if text]
    else:
        blocks = blocks_of_text(fields.get("text"))
        if len(blocks) > 1 and _is_title(blocks[0], title):
            if title:
                dropped.append(Dropped(blocks[0].text, "the title again"))
            title, blocks = title or blocks[0].text, blocks[1:]
        found = joined(_without_labels(blocks, dropped))
    if len(title) > _TITLE_CHARACTERS:
        # Nobody's headline: it is kept as text.
        found, title = [Paragraph(title), *found], ""
    if not found:
        raise UnusableError(_no_text(rows[0]))
    title = title or _first_words(found[0].text)
    return article(title, found, path, article_id or key, fields, told(dropped))


def _no_text(row: _Row) -> str:
    named = [name for name in islice(row.record, _NAMES_LOOKED_AT) if slot_of(str(name))[0] == "text"]
    if named:
        return f'no text in it: "{named[0]}" holds none'
    if not row.record:
        return "no text in it"
    return f"no text in it; its names are {names_in(row.record)}: say which is the text with --map text=NAME"


def _as_one(value: object) -> str:
    if isinstance(value, str):
        return normal_line(plain(value))
    return one_line(" ".join(block.text for block in blocks_of_text(value)))


def _is_title(block: Block, title: str) -> bool:
    """Return whether the first block is the title again, or reads as one where none is stated."""
    if title:
        return len(block.text) == len(title) and block.text.casefold() == title.casefold()
    return "\n" not in block.text and (block.kind == "heading" or is_headline(block.text))


def _without_labels(blocks: list[Block], dropped: list[Dropped]) -> list[Block]:
    """Return the blocks without labels such as "Read more" between sentences; one beside a short line is text."""
    short = {at for at, block in enumerate(blocks) if len(block.text) <= _LABEL_CHARACTERS}
    if not short:
        return blocks
    alone = [at for at in sorted(short) if len(blocks) > 1 and not {at - 1, at + 1} & short]
    labels = {at for at in alone if blocks[at].kind in ("paragraph", "heading") and kind_of(blocks[at].text) in _LABELS}
    if not labels:
        return blocks
    dropped += [Dropped(blocks[at].text, "a label of the page") for at in sorted(labels)]
    return [block for at, block in enumerate(blocks) if at not in labels]


def _first_words(text: str) -> str:
    """Return a title for an article that has none."""
    words = text[:_TITLE_CHARACTERS].split()
    if len(words) > _TITLE_WORDS:
        return " ".join(words[:_TITLE_WORDS]) + "…"
    return (text if len(text) <= 80 else text[:60] + "…").replace("\n", " ")
