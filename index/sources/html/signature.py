"""The lines below the headline of a page that say who wrote it and when, where no element of it says so."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import takewhile

from index.sources.blocks.page_blocks import PageBlock
from index.sources.fields.dates import iso_date
from index.sources.html.metadata import EDGES, PUBLISHED, REVISED
from index.sources.text.page_head import is_day
from index.sources.text.page_lines import BYLINE, STAMP, byline_name, kind_of

_PUBLISHED = re.compile(PUBLISHED, re.I)
_REVISED = (*REVISED, "mis à jour", "обновлено", "تحديث", "更新")


@dataclass(frozen=True, slots=True)
class Signature:
    """Who wrote a page, and the day as YYYY-MM-DD; None for what is not said."""

    author: str | None
    date: str | None


def signature(text: str) -> Signature | None:
    r"""Return what is said in a text of which each line says only who wrote it or when; None for any other.

    >>> signature("By Ana Reyes\n19 April 2024"), signature("By the sea")
    (Signature(author='Ana Reyes', date='2024-04-19'), None)
    """
    said = list(map(_said, text.split("\n")))
    if None in said:
        return None
    authors = [one.author for one in said if one is not None and one.author]
    dates = {one.date for one in said if one is not None and one.date}
    return Signature(authors[0] if authors else None, dates.pop() if len(dates) == 1 else None)


def signature_of(blocks: Sequence[PageBlock], title: str) -> Signature | None:
    """Return what the first texts below the headline say of the page; None where others say so of other texts."""
    texts = [block.text for block in blocks if block.kind == "paragraph" and block.text != title]
    first = list(takewhile(signature, texts))
    return signature("\n".join(first)) if first and not any(map(signature, texts[len(first) :])) else None


def _said(line: str) -> Signature | None:
    when, _, who = line.partition(" by ")
    if who and _is_stamp(when) and (name := byline_name(f"By {who}")):
        return Signature(name, _date(when))
    if _is_stamp(line):
        return Signature(None, _date(line))
    if kind_of(line) != BYLINE:
        return None
    name = byline_name(line)
    return Signature(name or None, _date(line.partition(name)[2]) if name else None)


def _is_stamp(line: str) -> bool:
    return is_day(line) or kind_of(line) == STAMP


def _date(text: str) -> str | None:
    if any(word in text.casefold() for word in _REVISED):
        return None
    return iso_date(_PUBLISHED.sub("", text.strip(EDGES)).strip(EDGES))
