"""Read Markdown as people write it: CommonMark with tables, and what blogs, manuals, notebooks and notes add to it."""

import re
from collections.abc import Iterator
from pathlib import Path

from index.model import Article, Dropped, Skipped
from index.sources.blocks.blocks import Block, joined, told
from index.sources.blocks.layout import count_words, normalise
from index.sources.encodings.encoding import read_text
from index.sources.fields import file_names
from index.sources.fields.dates import iso_date
from index.sources.fields.field_map import NO_MAP, FieldMap
from index.sources.fields.front_matter import FrontMatter, fields_of_front_matter, split, told_fault
from index.sources.fields.headers import header_lines
from index.sources.fields.records import article, field_text
from index.sources.files.streams import UnusableError
from index.sources.files.walk import printable
from index.sources.markdown.blocks import document
from index.sources.markdown.lines import plain_lines
from index.sources.markdown.tags import without_tags
from index.sources.text.pasted import is_headline

# The parser is pure Python: a second for each MiB of prose, many for MiBs made to slow it down.
MOST_BYTES = 4 << 20
# The names of a page in menus and lists.
_SHORT_TITLES = ("linkTitle", "sidebar_label", "short_title", "name")
# Above a list a headline has no more.
_HEADLINE_WORDS = 12
_FIRST_HEADING = re.compile(r"\s*# [^\n]*\n\s*\n")
_DAY_SHAPED = re.compile(r"\d{4}-\d{2}-\d{2}")


def read(path: Path, field_map: FieldMap = NO_MAP) -> Iterator[Article | Skipped]:
    """Yield the one article of a document. Links keep their words; pictures, footnote marks and markup go.

    The title is the front matter's, else the first heading of level 1, else (where there are no headings) a first line
    that reads as a headline, else the file's name. The date is the front matter's, else the one that the file's name
    begins with. Drafts are articles too.
    """
    front = split(read_text(path, MOST_BYTES))
    if not front.values and file_names.is_of_notion(path):
        front = _of_notion(front.text)
    fields = fields_of_front_matter(front.values, field_map)
    fault = front.fault or _impossible_day(front.values.get("date"))
    if fault:
        yield told_fault(printable(path), fault)
    dropped: list[Dropped] = []
    title = _title(fields.get("title"))
    mdx = ".mdx" in path.suffixes
    found = document(commonmark(front.text, dropped, mdx), title, dropped, mdx=mdx)
    blocks = found.blocks
    title = title or found.title or next(filter(None, (_title(front.values.get(name)) for name in _SHORT_TITLES)), "")
    if not title and len(blocks) > 1 and headed(blocks):
        title, blocks = blocks[0].text, blocks[1:]
    if not blocks and (summary := field_text(fields.get("text"))):
        blocks = [Block(summary)]
    if not blocks:
        raise UnusableError("no text in it" if not title else "a title, but no text below it")
    if "date" not in fields:
        fields["date"] = file_names.stated_date(path)
    title, key = title or file_names.title(path), field_text(fields.get("key")) or ""
    yield article(title, joined(blocks), printable(path), key, fields, told(dropped))


def commonmark(text: str, dropped: list[Dropped], mdx: bool) -> str:
    """Return the text below the front matter in CommonMark."""
    text = normalise(text.expandtabs(4))
    return plain_lines(without_tags(text, dropped, mdx=mdx), dropped)


def _of_notion(text: str) -> FrontMatter:
    """Return the properties that Notion writes below the title of a page, and the page without them."""
    heading = _FIRST_HEADING.match(text)
    found = header_lines(text, heading.end()) if heading is not None else None
    if heading is None or found is None:
        return FrontMatter(text)
    return FrontMatter(text[: heading.end()] + text[found.end :], found.values)


def _title(value: object) -> str:
    title = field_text(value) or ""
    return title if any(map(str.isalnum, title)) else ""


def headed(blocks: list[Block]) -> bool:
    """Return whether the first block reads as a headline; where there are headings, a title would be one of them."""
    first = blocks[0]
    if (
        first.kind != "paragraph"
        or "\n" in first.text
        or first.text.startswith("$$")
        or any(block.kind == "heading" for block in blocks)
    ):
        return False
    # A sentence that leads to a list begins the text.
    leads = blocks[1].kind == "list" and count_words(first.text) > _HEADLINE_WORDS
    return not leads and is_headline(first.text)


def _impossible_day(value: object) -> str:
    """Return what is wrong with a date that has the form of one, such as 2024-02-31."""
    shaped = isinstance(value, str) and _DAY_SHAPED.fullmatch(value) and iso_date(value) is None
    return f"there is no day {value}" if shaped else ""
