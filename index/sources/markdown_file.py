"""Read Markdown as people write it: CommonMark with tables, and what blogs, manuals, notebooks and notes add to it."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from index.model import Article, Dropped, Skipped
from index.sources import file_names
from index.sources.blocks import Block, joined
from index.sources.dates import iso_date
from index.sources.encoding import read_text
from index.sources.front_matter import split
from index.sources.layout import normalise
from index.sources.markdown_blocks import document
from index.sources.markdown_lines import plain_lines
from index.sources.markdown_tags import without_tags
from index.sources.pasted import is_headline
from index.sources.records import article, field_text, fields_of
from index.sources.streams import UnusableError
from index.sources.walk import printable

# The parser is pure Python: a second for each MiB of prose, many for MiBs made to slow it down.
_DOCUMENT_BYTES = 4 << 20
# Where generators keep what has no name at the top, and the names of a page in menus.
_INNER = ("extra", "taxonomies", "params")
_SHORT_TITLES = ("linkTitle", "sidebar_label", "short_title")
_TEMPLATE = re.compile(r"\{\{.*?\}\}|\{%.*?%\}|`r [^`]*`")
_WIKILINK = re.compile(r"\[\[(?:[^\[\]|]*\|)?([^\[\]|]+)\]\]")
# An article tells so many texts that were left out.
_MOST_DROPPED = 100
_DAY_OF_ADDRESS = re.compile(r"(?:^|/)(\d{4})/(\d{2})/(\d{2})(?:/|$)")
_DAY_SHAPED = re.compile(r"\d{4}-\d{2}-\d{2}")


def read(path: Path) -> Iterator[Article | Skipped]:
    """Yield the one article of a document. Links keep their words; pictures, footnote marks and markup go.

    The title is the front matter's, else the first heading of level 1, else a first heading above all others, else a
    first line that reads as a headline, else the file's name. The date is the front matter's, else the one that the
    file's name begins with. Drafts are articles too.
    """
    front = split(read_text(path, _DOCUMENT_BYTES))
    fields = _fields(front.values)
    fault = front.fault or _impossible_day(fields.get("date"))
    if fault:
        yield Skipped(f"{printable(path)}:1", f"front matter that cannot be read ({fault}); the text below it was read")
    dropped: list[Dropped] = []
    title = _title(fields.get("title"))
    mdx = ".mdx" in path.suffixes
    found = document(_commonmark(front.text, dropped, mdx), title, dropped, mdx=mdx)
    blocks = found.blocks
    title = title or found.title or next(filter(None, (_title(front.values.get(name)) for name in _SHORT_TITLES)), "")
    if not title and len(blocks) > 1 and _is_title(blocks[0]):
        title, blocks = blocks[0].text, blocks[1:]
    if not blocks and (summary := field_text(fields.get("text"))):
        blocks = [Block(summary)]
    if not blocks:
        raise UnusableError("no text in it" if not title else "a title, but no text below it")
    if iso_date(fields.get("date")) is None:
        fields["date"] = _day_of_address(front.values) or file_names.stated_date(path)
    stated = article(title or file_names.title(path), (), printable(path), field_text(fields.get("key")) or "", fields)
    yield replace(stated, paragraphs=tuple(joined(blocks)), dropped=tuple(dropped[:_MOST_DROPPED]))


def _commonmark(text: str, dropped: list[Dropped], mdx: bool) -> str:
    """Return the text below the front matter in CommonMark."""
    text = normalise(text.expandtabs(4))
    return plain_lines(without_tags(text, dropped, mdx=mdx), dropped)


def _fields(values: Mapping[str, object]) -> dict[str, object]:
    """Return the known fields of front matter, those of its inner tables where the outer one has none."""
    found: dict[str, object] = {}
    for name in reversed(("", *_INNER)):
        inner = values.get(name) if name else values
        if isinstance(inner, Mapping):
            found |= fields_of({str(key): _value(value) for key, value in inner.items()})
    address = found.get("source")
    if isinstance(address, str) and address.startswith(("http://", "https://")):
        # Web clippers state the address of a page as its source.
        found.setdefault("url", address)
        del found["source"]
    return found


def _value(value: object) -> object:
    """Return a value without templates and wikilinks; a switch ("published: true") states no field."""
    if isinstance(value, str):
        return _WIKILINK.sub(r"\1", _TEMPLATE.sub("", value) if "{" in value or "`" in value else value).strip()
    if isinstance(value, list):
        return [_value(part) if isinstance(part, str) else part for part in value[:20]]
    return None if isinstance(value, bool) else value


def _day_of_address(values: Mapping[str, object]) -> str | None:
    """Return the day in a page's own address, as in "2024/04/19/slipway"."""
    for name in ("permalink", "url", "path", "slug"):
        address = values.get(name)
        found = _DAY_OF_ADDRESS.search(address) if isinstance(address, str) else None
        if found is not None and (day := iso_date("-".join(found.groups()))):
            return day
    return None


def _title(value: object) -> str:
    title = field_text(value) or ""
    return title if any(map(str.isalnum, title)) else ""


def _is_title(block: Block) -> bool:
    return block.kind == "paragraph" and "\n" not in block.text and is_headline(block.text)


def _impossible_day(value: object) -> str:
    """Return what is wrong with a date that has the form of one, such as 2024-02-31."""
    shaped = isinstance(value, str) and _DAY_SHAPED.fullmatch(value) and iso_date(value) is None
    return f"there is no day {value}" if shaped else ""
