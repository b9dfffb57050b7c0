"""Read plain text and pasted pages (.txt, and any other file that proves to be text)."""

from collections.abc import Iterator
from pathlib import Path

from index.model import Article, Dropped, Skipped
from index.sources.encoding import read_text
from index.sources.pasted import split_pasted
from index.sources.streams import UnusableError
from index.sources.walk import printable, stem

# What was left out is told, not kept.
_DROPPED, _DROPPED_CHARACTERS = 100, 200


def read(path: Path) -> Iterator[Article | Skipped]:
    """Yield the articles of a file, several when several pages were pasted into it.

    The rules are those of `index.sources.pasted`. An article without a headline is called after the file.
    """
    drafts = split_pasted(read_text(path))
    if not drafts:
        raise UnusableError("no text in it, only labels and signs")
    for draft in drafts:
        yield Article(
            draft.title or stem(path),
            draft.paragraphs,
            printable(path),
            url=draft.url,
            author=draft.author,
            dropped=tuple(Dropped(line.text[:_DROPPED_CHARACTERS], line.reason) for line in draft.dropped[:_DROPPED]),
        )
