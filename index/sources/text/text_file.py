"""Read plain text and pasted pages (.txt, and any other file that proves to be text)."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from index.model import Article, Dropped, Paragraph, Skipped
from index.sources.blocks.blocks import told
from index.sources.encodings.encoding import read_text
from index.sources.fields import file_names
from index.sources.fields.field_map import NO_MAP, FieldMap
from index.sources.fields.front_matter import fenced, fields_of_front_matter
from index.sources.fields.headers import headed_parts
from index.sources.fields.records import Record, article, field_text
from index.sources.files.streams import UnusableError
from index.sources.files.walk import printable
from index.sources.text.gutenberg import book_in
from index.sources.text.pasted import Draft, split_pasted


def read(path: Path, field_map: FieldMap = NO_MAP, charset: str | None = None) -> Iterator[Article | Skipped]:
    """Yield the articles of a file, several when several pages were pasted into it.

    The rules are those of `index.sources.text.pasted`. An article without a headline is called after the file. A file
    of one article may have front matter, and a date in its name; headers may stand above each of several. A `charset`
    may have come with it.
    """
    yield from pages(read_text(path, declared=charset), path, printable(path), field_map)


def pages(text: str, path: Path, place: str, field_map: FieldMap = NO_MAP) -> Iterator[Article | Skipped]:
    """Yield the same of a text that was called `path`; `place` is where it is kept."""
    book = book_in(text)
    if book is not None:
        yield from _articles(path, place, *book)
        return
    for part, fields in _parts(text, field_map):
        yield from _articles(path, place, part, fields)


def _articles(
    path: Path, place: str, text: str, fields: Record, dropped: tuple[Dropped, ...] = ()
) -> Iterator[Article]:
    drafts = split_pasted(text)
    if not drafts:
        raise UnusableError("no text in it, only labels and signs")
    stated = {"date": file_names.stated_date(path), **fields} if len(drafts) == 1 else {}
    for draft in drafts:
        yield _article(path, place, replace(draft, dropped=(*dropped, *draft.dropped)) if dropped else draft, stated)
        dropped = ()


def _parts(text: str, field_map: FieldMap) -> Iterator[tuple[str, Record]]:
    """Yield the parts of a file that stand below front matter or headers, and their fields; else the whole text.

    Lines around prose (`---`) are no front matter.
    """
    front = fenced(text)
    if front is not None:
        fields = fields_of_front_matter(front.values, field_map)
        yield (front.text, fields) if {"title", "date"} & fields.keys() else (text, {})
        return
    parts = list(headed_parts(text))
    for values, below in parts:
        yield below, fields_of_front_matter(values, field_map)
    if not parts:
        yield text, {}


def _article(path: Path, place: str, draft: Draft, fields: Record) -> Article:
    """Return the article with what its file states; a headline that is not the stated title stays as text."""
    title = field_text(fields.get("title")) or draft.title or file_names.title(path)
    other = draft.title and draft.title.casefold() != title.casefold()
    paragraphs = (Paragraph(draft.title), *draft.paragraphs) if other else draft.paragraphs
    fields = {**fields, "url": fields.get("url") or draft.url, "author": fields.get("author") or draft.author}
    return article(title, paragraphs, place, field_text(fields.get("key")) or "", fields, told(draft.dropped))
