"""The titles of the pages beside a page: one that several of them have is that of their site or book."""

import os
import re
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from functools import lru_cache
from itertools import islice
from pathlib import Path

_ENDINGS = (".html", ".htm", ".xhtml")
_TITLE = re.compile(rb"<title\b[^<>]{0,200}>([^<]{1,1000})</title", re.I)
# Of a folder the heads of so many pages are looked at, each for so many bytes.
_PAGES, _HEAD_BYTES = 50, 16 << 10


def shares_its_title(path: Path, page: bytes) -> bool:
    """Return whether two or more of the first pages of a page's folder have its `<title>`; `page` holds its bytes.

    A path that is not absolute is only what the page was called in an archive: nothing lies beside it.
    """
    title = _title(page[:_HEAD_BYTES])
    if not title or not path.is_absolute():
        return False
    return title in shared_titles(path.parent)


def shared_titles(folder: Path) -> frozenset[bytes]:
    """Return the titles that two or more of the first pages of a folder have; none when it cannot be read."""
    try:
        return _shared(folder, folder.stat().st_mtime_ns)
    except OSError:
        return frozenset()


def forget() -> None:
    """Look at every folder anew: a page in it may have changed, which is not seen on the folder."""
    _shared.cache_clear()


# Folders are read one after another; a folder that has changed since is another one.
@lru_cache(maxsize=4)
def _shared(folder: Path, _changed: int) -> frozenset[bytes]:
    with os.scandir(folder) as entries:
        # A link is a page that stands beside this one under another name, or one that lies elsewhere.
        pages = sorted(
            Path(entry)
            for entry in entries
            if entry.name.lower().endswith(_ENDINGS) and entry.is_file(follow_symlinks=False)
        )
    if len(pages) == 1:
        return frozenset()
    titles = Counter(filter(None, map(_title, islice(_heads(pages), _PAGES))))
    return frozenset(title for title, times in titles.items() if times > 1)


def _heads(pages: list[Path]) -> Iterator[bytes]:
    for page in pages:
        with suppress(OSError), page.open("rb") as file:
            yield file.read(_HEAD_BYTES)


def _title(head: bytes) -> bytes:
    found = _TITLE.search(head)
    return b" ".join(found[1].split()) if found is not None else b""
