"""Read plain text and pasted pages (.txt, and any other file that proves to be text)."""

from collections.abc import Iterator
from pathlib import Path

from index.model import Article, Skipped
from index.sources import file_names
from index.sources.encoding import read_text
from index.sources.pasted import split_pasted
from index.sources.streams import UnusableError
from index.sources.walk import printable


def read(path: Path) -> Iterator[Article | Skipped]:
    """Yield the articles of a file, several when several pages were pasted into it.

    The rules are those of `index.sources.pasted`. An article without a headline is called after the file.
    """
    drafts = split_pasted(read_text(path))
    if not drafts:
        raise UnusableError("no text in it, only labels and signs")
    for draft in drafts:
        yield Article(draft.title or file_names.title(path), draft.paragraphs, printable(path))
