"""Tell on which line of its file a passage begins, where that is a text that people open in an editor.

Nothing of this is kept in the index: it is looked up in the file as it is now, and told only where the first words of
the passage stand there, side by side, in one place alone. So it is right for a file that changed since, or not told.
"""

import re
from array import array
from bisect import bisect_right
from contextlib import suppress
from functools import lru_cache
from itertools import accumulate
from pathlib import Path
from typing import Final

from index import ArticleCard, Passage

_ENDINGS: Final = frozenset(".txt .text .md .markdown .mdown .mdx .qmd .rmd .rst .rest .adoc .asciidoc .org".split())
_LARGEST: Final = 1 << 20
_WORDS: Final = (8, 40)
_WORD: Final = re.compile(r"[^\W_]+")
# What stands in the file and not in the text: where links lead, and tags.
_UNREAD: Final = re.compile(r"\]\([^)\n]*\)|<[^<>\n]*>")


def line_of(article: ArticleCard, passage: Passage) -> int | None:
    """Return the line of the article's file on which a passage begins, counted from 1; None where that is not certain.

    It is in files of plain text, Markdown, reStructuredText, AsciiDoc and Org of up to a megabyte, in UTF-8.
    """
    path = Path(article.path)
    if path.suffix.lower() not in _ENDINGS:
        return None
    with suppress(OSError, ValueError):
        state = path.stat()
        if path.is_file() and state.st_size <= _LARGEST:
            return _found(_read(path, state.st_mtime_ns, state.st_size), passage.text)
    return None


def _found(file: tuple[str, "array[int]", "array[int]"], text: str) -> int | None:
    """Return the line of the only place where a text begins; of texts that begin alike, by more of their words."""
    running, starts, lines = file
    words = _WORD.findall(text.casefold())
    for most in _WORDS:
        wanted = f" {' '.join(words[:most])} "
        at = running.find(wanted)
        if at < 0 or not words:
            return None
        if running.find(wanted, at + 1) < 0:
            return lines[bisect_right(starts, at) - 1]
    return None


@lru_cache(maxsize=16)
def _read(path: Path, _changed: int, _size: int) -> tuple[str, "array[int]", "array[int]"]:
    """Return the words of a file side by side, where each line with words begins among them, and its number."""
    text = path.read_bytes().decode("utf-8-sig")
    found, numbers = [], array("I")
    for number, line in enumerate(re.split(r"\r\n|\r|\n", text), 1):
        if words := " ".join(_WORD.findall(_UNREAD.sub(" ", line).casefold())):
            found.append(words)
            numbers.append(number)
    starts = array("I", accumulate((len(words) + 1 for words in found), initial=0))
    return f" {' '.join(found)} ", starts[:-1], numbers
