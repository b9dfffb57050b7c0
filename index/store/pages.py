"""Check what is read of a large generation when it is read: a checksum for each page of each of its files.

    pages.crc32     CRC-32 of every 4,096 bytes of every file, in the order of their names
    pages.texts     which pages of the texts hold which rows, so that only these are looked at

To compare every byte at each opening would take longer than most questions do.
"""

import sqlite3
import sys
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing, suppress
from pathlib import Path
from typing import Final
from zlib import crc32

from index.errors import BrokenIndexError

SUMS: Final = "pages.crc32"
TEXTS: Final = "pages.texts"
NAMES: Final = (SUMS, TEXTS)
PAGE: Final = 4096
TABLES: Final = ("articles", "passages")
_AT_ONCE: Final = PAGE << 8


def write(folder: Path, names: Iterable[str], texts: str) -> None:
    """Write the checksums of the files `names` of a generation; `texts` is that of its articles and passages."""
    _save(folder / TEXTS, _pages_of_rows(folder / texts))
    sums = array("I")
    for name in sorted((*names, TEXTS)):
        with (folder / name).open("rb") as file:
            while piece := file.read(_AT_ONCE):
                view = memoryview(piece)
                sums.extend(crc32(view[at : at + PAGE]) for at in range(0, len(piece), PAGE))
    _save(folder / SUMS, sums)


def _pages_of_rows(path: Path) -> "array[int]":
    """Return for each table how many pages hold its rows, the first row of each and its number; then all other pages.

    None of them where SQLite cannot tell: then every page counts as another.
    """
    found, known = array("I"), set[int]()
    with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro&immutable=1", uri=True)) as base:
        ((size,),) = base.execute("PRAGMA page_size").fetchall()
        ((count,),) = base.execute("PRAGMA page_count").fetchall()
        for table in TABLES:
            firsts, pages = array("I"), array("I")
            with suppress(sqlite3.Error):
                firsts, pages = _leaves(base, table) if size == PAGE else (firsts, pages)
            found.append(len(pages))
            found += firsts
            found += pages
            known.update(pages)
    found.extend(page for page in range(1, count + 1) if page not in known)
    return found


def _leaves(base: sqlite3.Connection, table: str) -> "tuple[array[int], array[int]]":
    """Return the first row of each page with rows of a table, and the page's number; rows have no gaps."""
    statement = (
        "SELECT path, pageno, ncell FROM dbstat WHERE name = ? AND pagetype IN ('leaf', 'overflow') ORDER BY path"
    )
    firsts, pages, leaf, row, following = array("I"), array("I"), "", 0, 0
    for path, page, cells in base.execute(statement, (table,)):
        # What does not fit into a page stands in others, called "/01c/00b+000000" for a row of "/01c/00b/".
        if not leaf or not path.startswith(leaf.removesuffix("/")) or path.endswith("/"):
            leaf, row, following = path, following, following + cells
        firsts.append(row)
        pages.append(page)
    return firsts, pages


def _save(path: Path, numbers: "array[int]") -> None:
    if sys.byteorder == "big":
        numbers.byteswap()
    path.write_bytes(numbers.tobytes())


def _load(raw: bytes) -> "array[int]":
    numbers = array("I")
    numbers.frombytes(raw)
    if sys.byteorder == "big":
        numbers.byteswap()
    return numbers


class Pages:
    """The pages of the files of an open generation, each compared with its checksum when it is first looked at.

    `sizes` are the bytes of each file that has checksums, `contents` the mapped files. Raises BrokenIndexError, which
    names the file, for a page that is not as it was written.
    """

    def __init__(self, path: Path, sizes: Mapping[str, int], contents: Mapping[str, memoryview], sums: bytes) -> None:
        self._path = path
        self._contents = contents
        self._sums = _load(sums)
        self._starts: dict[str, int] = {}
        start = 0
        for name in sorted(sizes):
            self._starts[name] = start
            start += -(-sizes[name] // PAGE)
        if start != len(self._sums):
            raise BrokenIndexError(f"{path / SUMS}: is not of these files")
        self._seen = bytearray(start)

    def whole(self, name: str) -> None:
        """Check a whole file."""
        self.between(name, 0, len(self._contents[name]))

    def between(self, name: str, first: int, end: int) -> None:
        """Check the pages with the bytes from `first` to before `end` of a file."""
        if first < end:
            self.some(name, range(first // PAGE, -(-end // PAGE)))

    def some(self, name: str, pages: Iterable[int]) -> None:
        """Check pages of a file, counted from 0."""
        start, seen, content = self._starts[name], self._seen, self._contents[name]
        for page in pages:
            if not seen[start + page]:
                if crc32(content[page * PAGE : (page + 1) * PAGE]) != self._sums[start + page]:
                    raise BrokenIndexError(f"{self._path / name}: damaged (a checksum does not fit)")
                seen[start + page] = 1


class TextPages:
    """The pages of the file of articles and passages, by the rows that they hold."""

    def __init__(self, pages: Pages, name: str, rows: bytes) -> None:
        self._pages = pages
        self._name = name
        numbers = _load(rows)
        self._tables: dict[str, tuple[Sequence[int], Sequence[int], bytearray]] = {}
        for table in TABLES:
            count = numbers[0] if numbers else 0
            self._tables[table] = (numbers[1 : count + 1], numbers[count + 1 : 2 * count + 1], bytearray(count))
            numbers = numbers[2 * count + 1 :]
        self._others = numbers

    def others(self) -> None:
        """Check what leads to rows: all pages but those with rows."""
        self._pages.some(self._name, [page - 1 for page in self._others])

    def rows(self, table: str, rows: Iterable[int]) -> list[tuple[int, int]]:
        """Check the pages that hold rows of a table; return which rows those hold that were not checked before.

        As half-open ranges.
        """
        firsts, pages, seen = self._tables[table]
        fresh = []
        for row in rows:
            end = bisect_right(firsts, row)
            if end and not seen[end - 1]:
                begin = bisect_left(firsts, firsts[end - 1])
                self._pages.some(self._name, [page - 1 for page in pages[begin:end]])
                seen[end - 1] = 1
                fresh.append((firsts[end - 1], firsts[end] if end < len(firsts) else 1 << 32))
        return fresh

    def table(self, table: str) -> None:
        """Check all pages that hold rows of a table."""
        self._pages.some(self._name, [page - 1 for page in self._tables[table][1]])
