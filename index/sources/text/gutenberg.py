"""Books of Project Gutenberg: what stands above and below the book itself, its licence above all."""

import re
from collections.abc import Sequence
from typing import Final

from index.model import Dropped
from index.sources.blocks.blocks import Block
from index.sources.blocks.layout import one_line
from index.sources.fields.records import Record

NOTICE: Final = "a notice of Project Gutenberg"
_NAMED: Final = "PROJECT GUTENBERG"
# A long title goes on below; the oldest books have a small print in the place of the first mark.
_START: Final = re.compile(
    r"\*{3} ?(?:START OF (?:THE|THIS) PROJECT GUTENBERG[^*]{0,400}|END\*? ?THE SMALL PRINT![^\n]{0,100})"
    r"\*(?:[ \t]*\*)*(?:END\*)?",
    re.I,
)
_END: Final = re.compile(
    r"(?:\*{3} ?END OF (?:THE|THIS) PROJECT GUTENBERG|^[ \t]*End of (?:the )?Project Gutenberg(?:'s|’s)? )", re.I | re.M
)
_HEADER: Final = re.compile(r"^(Title|Author): +(\S[^\n]*(?:\n[ \t]+\S[^\n]*)*)", re.M)
_LOOKED_AT: Final = 300


def book_in(text: str) -> tuple[str, Record, tuple[Dropped, ...]] | None:
    """Return the book in a text of Project Gutenberg, what is stated above it, and what was left out; else None."""
    named = "roject Gutenberg" in text or _NAMED in text
    start = _START.search(text) if named else None
    if start is None:
        return None
    end = _END.search(text, start.end())
    above, below = text[: start.start()], text[end.start() :] if end else ""
    stated: dict[str, object] = {name.lower(): one_line(value) for name, value in _HEADER.findall(above)}
    told = tuple(Dropped(one_line(part[:_LOOKED_AT]), NOTICE) for part in (above, below) if part.strip())
    return text[start.end() : end.start() if end else len(text)], stated, told


def without_notices(blocks: Sequence[Block]) -> tuple[list[Block], tuple[Dropped, ...]]:
    """Return the blocks of a book between the marks of Project Gutenberg, all where there are none."""
    starts = [at for at, block in enumerate(blocks) if _NAMED in block.text.upper() and _START.search(block.text)]
    ends = [at for at, block in enumerate(blocks) if ends_a_book(block.text)]
    begin = starts[0] + 1 if starts else 0
    end = next((at for at in ends if at >= begin), len(blocks))
    dropped = tuple(Dropped(one_line(block.text[:_LOOKED_AT]), NOTICE) for block in (*blocks[:begin], *blocks[end:]))
    return list(blocks[begin:end]), dropped


def ends_a_book(text: str) -> bool:
    """Return whether a paragraph is the mark below which only the licence stands."""
    return _NAMED in text[:_LOOKED_AT].upper() and _END.match(text) is not None
