"""The articles and passages of a generation, word for word, in one SQLite file that any tool can read.

    articles(row, id, title, path, source, url, author, date, language, first, passages, content)
    passages(row, article, ordinal, count, kind, text, hash)
    fragments(row, fragment)

`row` counts from 0 in index order. `content` is the article's content hash as the builder gave it, `hash` the
first 8 bytes of a passage's BLAKE2b as a signed integer. A text that is not valid Unicode (a file name of raw
bytes, a lone surrogate) is stored as a blob, so that it comes back as it was. The table of fragments says where in
their documents passages stand; a collection whose documents have no pages or times has none.
"""

import hashlib
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from itertools import chain
from pathlib import Path
from threading import Lock
from typing import Any
from weakref import finalize

from index.errors import BrokenIndexError
from index.model import ArticleCard, Kind, Passage
from index.store.manifest import FORMAT
from index.store.pages import TextPages
from index.store.recent import Recent

_PASSAGE = "p.row, p.article, p.ordinal, p.count, p.kind, p.text"
_CARD = "a.row, a.id, a.title, a.path, a.source, a.url, a.author, a.date, a.language, a.first, a.passages"
# Asked of the rows that are `wanted`; a cross join goes through them in their order.
_OF_PASSAGE = "FROM wanted CROSS JOIN passages p ON p.row = wanted.row"
_OF_ARTICLE = "CROSS JOIN articles a ON a.row = p.article"
_PASSAGES = f"SELECT {_PASSAGE} {_OF_PASSAGE}"
_ARTICLES = f"SELECT {_CARD} FROM wanted CROSS JOIN articles a ON a.row = wanted.row"  # noqa: S608 - our words
_TITLED = f"SELECT a.title, p.text, p.kind {_OF_PASSAGE} {_OF_ARTICLE}"
_ARTICLES_OF = "SELECT min(article), max(article) FROM passages WHERE row >= ? AND row < ?"
_FRAGMENTS = "SELECT f.row, f.fragment FROM wanted CROSS JOIN fragments f ON f.row = wanted.row"
_PLACED = f"SELECT p.row, p.article, p.ordinal, p.count, p.kind, {_CARD} {_OF_PASSAGE} {_OF_ARTICLE}"
# So many rows are asked for at once: a statement for each number, all kept prepared.
_BLOCK = 64
_MAPPED = 1 << 40
# Told by the index on hashes, without a text.
_SAME_HASH = f"SELECT p.row, copy.row {_OF_PASSAGE} CROSS JOIN passages copy ON copy.hash = p.hash"
_PLACES = "SELECT path, source, language FROM articles WHERE row >= ? AND row < ? ORDER BY row"
_CONTENTS = "SELECT id, content, first, passages FROM articles WHERE row >= ? AND row < ? ORDER BY row"
_AT_A_TIME = 10_000


class Texts:
    """The articles and passages of one generation, read-only and safe to share between threads.

        texts.passage(4).text, texts.article(0).title

    One connection behind a lock, opened at once, not one per thread: a connection opened later would look for a file
    that may have been pruned meanwhile. Raises BrokenIndexError when the file is missing, of another format or damaged.
    Mapped, for a third less time, until `unmap`. With `pages`, those that are read are checked. Closed by `close`, or
    when nobody holds it any more.
    """

    def __init__(self, path: Path, *, pages: TextPages | None = None) -> None:
        self._path = path
        self._pages = pages
        self._lock, self._closed = Lock(), False
        self._placed = Recent[tuple[Passage, ArticleCard]]()
        if not path.is_file():
            raise BrokenIndexError(f"{path}: missing")
        # As a URI so that spaces, `?`, `#` and `%` in the path survive; immutable: no locks, no journal looked for.
        uri = f"{path.absolute().as_uri()}?mode=ro&immutable=1"
        try:
            self._connection = sqlite3.connect(uri, uri=True, check_same_thread=False, cached_statements=4 * _BLOCK)
        except sqlite3.Error as error:
            raise BrokenIndexError(f"{path}: cannot be opened ({error})") from error
        self._let_go = finalize(self, self._connection.close)
        try:
            if pages is not None:
                pages.others()
            self._all(f"PRAGMA mmap_size = {_MAPPED}")
            ((found,),) = self._all("PRAGMA user_version")
            if found != FORMAT:
                raise BrokenIndexError(f"{path}: format {found}, and this program reads {FORMAT}")
            tables = self._all("SELECT name FROM sqlite_master WHERE name = 'fragments'")
            self._has_fragments = bool(tables)
            ((self._articles, self._passages),) = self._all(
                # Rows have no gaps, and counting them would read the whole file.
                "SELECT (SELECT coalesce(max(row) + 1, 0) FROM articles),"
                " (SELECT coalesce(max(row) + 1, 0) FROM passages)"
            )
            self._ensure([max(self._passages - 1, 0)])
        except BaseException:
            self.close()
            raise

    def unmap(self) -> None:
        """Read from the file from now on: a build looks once at texts from everywhere, which would fill its memory."""
        self._all("PRAGMA mmap_size = 0")

    def counts(self) -> dict[str, int]:
        """Return how many there are: {"articles": 2, "passages": 31}."""
        return {"articles": self._articles, "passages": self._passages}

    def passage(self, row: int) -> Passage:
        """Return one passage; IndexError when there is no such row."""
        return self.passages([row])[0]

    def passages(self, rows: Sequence[int]) -> list[Passage]:
        """Return the passages of `rows`, in that order, with one query; IndexError when a row does not exist."""
        fragment = self._fragments(rows).get
        return [Passage(*(*record, fragment(record[0]))) for record in self._rows(_PASSAGES, rows)]

    def with_articles(self, rows: Sequence[int], texts: Sequence[str]) -> list[tuple[Passage, ArticleCard]]:
        """Return passages, whose `texts` these are, with their articles; IndexError when a row does not exist."""
        text_of, place = dict(zip(rows, texts, strict=True)), self._fragments

        def read(some: list[int]) -> list[tuple[Passage, ArticleCard]]:
            records = zip(self._rows(_PLACED, some), map(place(some).get, some), strict=True)
            return [(Passage(*(*one[:5], text_of[one[0]], where)), ArticleCard(*one[5:])) for one, where in records]

        return self._placed.of(rows, read)

    def titles_and_texts(self, rows: Sequence[int]) -> list[tuple[str, str, Kind]]:
        """Return title, text and kind of the passages of `rows`, in that order: what comparing many of them needs."""
        return self._records(_TITLED, list(rows))

    def passages_of(self, article_row: int) -> list[Passage]:
        """Return all passages of an article in order; IndexError when there is no such article."""
        card = self.article(article_row)
        return self.passages(range(card.first, card.first + card.passages))

    def article(self, row: int) -> ArticleCard:
        """Return one article; IndexError when there is no such row."""
        return self.articles([row])[0]

    def articles(self, rows: Sequence[int]) -> list[ArticleCard]:
        """Return the articles of `rows`, in that order, with one query; IndexError when a row does not exist."""
        return [ArticleCard(*record) for record in self._rows(_ARTICLES, rows)]

    def by_id(self, article_id: str) -> ArticleCard | None:
        """Return the article with this id (12 hex digits), or None."""
        found = self._all("SELECT row FROM articles WHERE id = ?", stored_text(article_id))
        return self.article(found[0][0]) if found else None

    def titles(self, limit: int = 0) -> list[str]:
        """Return the titles in row order: the first `limit`, or all of them when it is 0."""
        self._ensure_articles()
        return [_read(title) for (title,) in self._all("SELECT title FROM articles ORDER BY row LIMIT ?", limit or -1)]

    def rows_titled(self, title: str, most: int) -> list[int]:
        """Return the rows of the first `most` articles of exactly this title."""
        self._ensure_articles()
        found = self._all("SELECT row FROM articles WHERE title = ? ORDER BY row LIMIT ?", stored_text(title), most)
        return [row for (row,) in found]

    def rows_at(self, address: str) -> list[int]:
        """Return the rows of the articles that lie at this address, in large letters or small, ascending."""
        self._ensure_articles()
        statement = "SELECT row FROM articles WHERE url = ? COLLATE NOCASE ORDER BY row"
        return [row for (row,) in self._all(statement, stored_text(address))]

    def sources(self) -> dict[str, int]:
        """Return the distinct sources that articles state, each with the number of its articles, in no order."""
        self._ensure_articles()
        found = self._all("SELECT source, count(*) FROM articles WHERE source IS NOT NULL GROUP BY source")
        return {_read(source): count for source, count in found}

    def articles_of(self, source: str) -> list[int]:
        """Return the rows of the articles that state this source, ascending."""
        self._ensure_articles()
        found = self._all("SELECT row FROM articles WHERE source = ? ORDER BY row", stored_text(source))
        return [row for (row,) in found]

    def files(self) -> list[tuple[str, int, int]]:
        """Return each file that articles are from, with its number of articles and of passages, in no order."""
        self._ensure_articles()
        found = self._all("SELECT path, count(*), sum(passages) FROM articles GROUP BY path")
        return [(_read(path), articles, passages) for path, articles, passages in found]

    def contents(self) -> Iterator[tuple[str, str, int, int]]:
        """Yield every article's id, content hash, first passage row and number of passages, in row order."""
        for row in range(0, self._articles, _AT_A_TIME):
            yield from _all_read(self._all(_CONTENTS, row, row + _AT_A_TIME))

    def places(self, rows: range) -> list[tuple[str, str | None, str]]:
        """Return the file, the source and the language of neighbouring articles."""
        return _all_read(self._all(_PLACES, rows.start, rows.stop))

    def captions(self, rows: range) -> int:
        """Return how many of neighbouring passages are captions."""
        statement = "SELECT count(*) FROM passages WHERE row >= ? AND row < ? AND kind = 'caption'"
        ((count,),) = self._all(statement, rows.start, rows.stop)
        return int(count)

    def text_hashes(self, rows: range) -> list[int]:
        """Return the hashes of neighbouring passages."""
        statement = "SELECT hash FROM passages WHERE row >= ? AND row < ? ORDER BY row"
        return [value for (value,) in self._all(statement, rows.start, rows.stop)]

    def rows_of_files(self) -> list[tuple[str, int, int]]:
        """Return each file whose articles stand side by side, with the first of their rows and how many they are."""
        found = self._all("SELECT path, min(row), max(row), count(*) FROM articles GROUP BY path ORDER BY min(row)")
        return [(_read(path), first, count) for path, first, last, count in found if last - first + 1 == count]

    def same_hash(self, rows: Sequence[int]) -> dict[int, list[int]]:
        """Return for each of `rows` the rows of all passages whose text has the same hash, ascending, its own too.

        A row that alone has its hash is left out.
        """
        copies: dict[int, list[int]] = {}
        for row, other in self._records(_SAME_HASH, list(dict.fromkeys(map(int, rows)))):
            copies.setdefault(row, []).append(other)
        return {row: sorted(others) for row, others in copies.items() if len(others) > 1}

    def close(self) -> None:
        """Close the file; every later look-up raises ValueError. A second call does nothing."""
        with self._lock:
            self._closed = True
            self._let_go()

    def _fragments(self, rows: Sequence[int]) -> dict[int, str]:
        """Return where in their documents those of the passages stand of which that is known."""
        return dict(self._records(_FRAGMENTS, list(map(int, rows)))) if self._has_fragments else {}

    def _rows(self, select: str, rows: Sequence[int]) -> list[tuple[Any, ...]]:
        """Return the records of `rows`, in that order; the first value that is selected is the row."""
        wanted = list(map(int, rows))
        records = self._records(select, wanted)
        if len(records) != len(wanted):
            known = {record[0] for record in records}
            missing = next(row for row in wanted if row not in known)
            raise IndexError(f"{self._path}: has no row {missing}; it holds {self.counts()}, counted from 0")
        return records

    def _records(self, select: str, wanted: list[int]) -> list[tuple[Any, ...]]:
        """Return what is selected of the wanted rows that there are, in their order."""
        if select == _ARTICLES:
            self._ensure_articles(wanted)
        else:
            self._ensure(wanted)
        records: list[tuple[Any, ...]] = []
        for start in range(0, len(wanted), _BLOCK):
            block = wanted[start : start + _BLOCK]
            records += self._all(_of(select, len(block)), *block)
        return _all_read(records)

    def _ensure(self, rows: Iterable[int]) -> None:
        """Check what holds passages and their articles, before it is read."""
        if self._pages is not None:
            for first, end in self._pages.rows("passages", rows):
                ((low, high),) = self._all(_ARTICLES_OF, first, end)
                if low is not None:
                    self._pages.rows("articles", range(low, high + 1))

    def _ensure_articles(self, rows: Iterable[int] | None = None) -> None:
        """Check what holds articles, of these rows or of all."""
        if self._pages is None:
            return
        if rows is None:
            self._pages.table("articles")
        else:
            self._pages.rows("articles", rows)

    def _all(self, statement: str, *values: object) -> list[tuple[Any, ...]]:
        with self._lock:
            if self._closed:
                raise ValueError(f"{self._path}: already closed")
            try:
                return self._connection.execute(statement, values).fetchall()
            except sqlite3.Error as error:
                raise BrokenIndexError(f"{self._path}: damaged ({error})") from error


@cache
def _of(select: str, rows: int) -> str:
    """Return the statement for so many rows; values in it cost half of what a JSON list does."""
    return f"WITH wanted (row) AS (VALUES {', '.join(['(?)'] * rows)}) {select}"


def text_hash(text: str) -> int:
    """Return the first 8 bytes of the text's BLAKE2b as a signed integer: equal texts have equal hashes."""
    digest = hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest, "big", signed=True)


def stored_text(value: Any) -> Any:
    """Return a value as the file holds it: a text that is not valid Unicode as bytes, any other value unchanged."""
    if isinstance(value, str) and not value.isascii():
        try:
            value.encode()
        except UnicodeEncodeError:
            return value.encode("utf-8", "surrogatepass")
    return value


def _all_read(records: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    if bytes in map(type, chain.from_iterable(records)):
        return [tuple(map(_read, record)) for record in records]
    return records


def _read(value: Any) -> Any:
    return value.decode("utf-8", "surrogatepass") if isinstance(value, bytes) else value
