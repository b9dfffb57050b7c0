"""The articles and passages of a generation, word for word, in one SQLite file that any tool can read.

    articles(row, id, title, path, source, url, author, date, language, first, passages, content)
    passages(row, article, ordinal, count, kind, text, hash)

`row` counts from 0 in index order. `content` is the article's content hash as the builder gave it, `hash` the
first 8 bytes of a passage's BLAKE2b as a signed integer. A text that is not valid Unicode (a file name of raw
bytes, a lone surrogate) is stored as a blob, so that it comes back as it was.
"""

import hashlib
import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import fields
from functools import cache
from itertools import chain
from operator import attrgetter
from pathlib import Path
from threading import Lock
from types import TracebackType
from typing import Any, Self

from index.errors import BrokenIndexError, StorageError
from index.manifest import FORMAT, REBUILD
from index.model import ArticleCard, Kind, Passage

PassageRecord = tuple[int, int, int, int, Kind, str | bytes, int]
"""A row of the table of passages; `stored_text` and `text_hash` make its text and hash."""

# `astuple` copies deeply, which took a tenth of a whole build.
_FIELDS = attrgetter(*(field.name for field in fields(ArticleCard)))

_SCHEMA = """
CREATE TABLE articles (
    row INTEGER PRIMARY KEY, id TEXT NOT NULL, title TEXT NOT NULL, path TEXT NOT NULL, source TEXT, url TEXT,
    author TEXT, date TEXT, language TEXT NOT NULL, first INTEGER NOT NULL, passages INTEGER NOT NULL,
    content TEXT NOT NULL);
CREATE TABLE passages (
    row INTEGER PRIMARY KEY, article INTEGER NOT NULL, ordinal INTEGER NOT NULL, count INTEGER NOT NULL,
    kind TEXT NOT NULL, text TEXT NOT NULL, hash INTEGER NOT NULL);
"""
_INDEXES = """
CREATE UNIQUE INDEX articles_by_id ON articles (id);
CREATE INDEX passages_by_hash ON passages (hash);
CREATE INDEX articles_by_source ON articles (source);
"""
_PASSAGE = "p.row, p.article, p.ordinal, p.count, p.kind, p.text"
_CARD = "a.row, a.id, a.title, a.path, a.source, a.url, a.author, a.date, a.language, a.first, a.passages"
# Asked of the rows that are `wanted`; a cross join goes through them in their order.
_OF_PASSAGE = "FROM wanted CROSS JOIN passages p ON p.row = wanted.row"
_OF_ARTICLE = "CROSS JOIN articles a ON a.row = p.article"
_PASSAGES = f"SELECT {_PASSAGE} {_OF_PASSAGE}"
_ARTICLES = f"SELECT {_CARD} FROM wanted CROSS JOIN articles a ON a.row = wanted.row"
_TITLED = f"SELECT a.title, p.text, p.kind {_OF_PASSAGE} {_OF_ARTICLE}"
_HITS = f"SELECT {_PASSAGE}, {_CARD} {_OF_PASSAGE} {_OF_ARTICLE}"
# So many rows are asked for at once: one statement for each number, and all of them are kept prepared.
_BLOCK = 64
_MAPPED = 1 << 40
# The index on hashes tells, so that the texts need not be read.
_COPIED = f"""
SELECT p.row {_OF_PASSAGE}
WHERE EXISTS (SELECT 1 FROM passages copy WHERE copy.hash = p.hash AND copy.row <> p.row)
"""
# The text is compared too: two texts may share a hash.
_COPIED_IN = """
SELECT a.title FROM passages p JOIN passages copy ON copy.hash = p.hash AND copy.text = p.text
JOIN articles a ON a.row = copy.article
WHERE p.row = ? AND copy.article <> p.article GROUP BY a.title ORDER BY min(a.row)
"""

_CONTENTS = "SELECT id, content, first, passages FROM articles WHERE row >= ? AND row < ? ORDER BY row"
_AT_A_TIME = 10_000


class TextsWriter:
    """Write a new file of articles and passages, in row order, in one transaction.

        with TextsWriter(aside.path / "articles.sqlite") as writer:
            writer.add(card, content_hash, passages)

    Nothing is durable or even whole before the block has ended without an error; `Aside.publish` then syncs it.
    After an error the file is removed. Raises StorageError when the disk is full or not writable.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._articles = 0
        self._passages = 0
        try:
            self._connection = sqlite3.connect(path, isolation_level=None)
            # No journal and no syncs: a crash leaves an aside that is thrown away whole.
            for pragma in ("journal_mode=OFF", "synchronous=OFF", "locking_mode=EXCLUSIVE", "cache_size=-65536"):
                self._connection.execute(f"PRAGMA {pragma}")
            self._connection.execute(f"PRAGMA user_version={FORMAT}")
            self._connection.executescript(_SCHEMA)
            self._connection.execute("BEGIN")
        except sqlite3.Error as error:
            raise self._failure(error) from error

    def add(self, card: ArticleCard, content_hash: str, passages: Sequence[Passage]) -> None:
        """Append an article and its passages; rows must continue without a gap, else ValueError."""
        rows = [passage.row for passage in passages]
        if card.row != self._articles or card.passages != len(rows):
            raise ValueError(f"article row {card.row} with {len(rows)} passages does not follow {self._articles - 1}")
        if card.first != self._passages or rows != list(range(card.first, card.first + card.passages)):
            raise ValueError(f"passage rows {rows[:3]}… of article row {card.row} do not follow {self._passages - 1}")
        self.extend(
            [(card, content_hash)],
            [(p.row, p.article, p.ordinal, p.count, p.kind, stored_text(p.text), text_hash(p.text)) for p in passages],
        )

    def extend(self, articles: Sequence[tuple[ArticleCard, str]], passages: Sequence[PassageRecord]) -> None:
        """Append many articles, each with its content hash, and their passages as the file holds them.

        The rows must continue without a gap; that is the caller's to see to.
        """
        cards = [tuple(map(stored_text, (*_FIELDS(card), content_hash))) for card, content_hash in articles]
        try:
            self._connection.executemany("INSERT INTO articles VALUES (?,?,?,?,?,?,?,?,?,?,?,?)", cards)
            self._connection.executemany("INSERT INTO passages VALUES (?,?,?,?,?,?,?)", passages)
        except sqlite3.Error as error:
            raise self._failure(error) from error
        self._articles += len(articles)
        self._passages += len(passages)

    def hide(self, rows: Sequence[int]) -> None:
        """Turn added passages into boilerplate: still read around, never found."""
        try:
            self._connection.executemany(
                "UPDATE passages SET kind = 'boilerplate' WHERE row = ?", [(row,) for row in rows]
            )
        except sqlite3.Error as error:
            raise self._failure(error) from error

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        try:
            if kind is None:
                self._connection.execute("COMMIT")
                self._connection.executescript(_INDEXES)
                # The only mode that leaves a single file whatever wrote it.
                self._connection.execute("PRAGMA journal_mode=DELETE")
        except sqlite3.Error as failure:
            kind = type(failure)
            raise self._failure(failure) from failure
        finally:
            self._connection.close()
            if kind is not None:
                self._path.unlink(missing_ok=True)

    def _failure(self, error: sqlite3.Error) -> Exception:
        if isinstance(error, sqlite3.IntegrityError):
            return ValueError(f"{self._path}: {error}; every article needs an id of its own")
        return StorageError(
            f"{self._path}: could not be written ({error}); free some space or make the folder writable, "
            "then run `quoth index PATH` again"
        )


class Texts:
    """The articles and passages of one generation, read-only and safe to share between threads.

        texts.passage(4).text, texts.article(0).title

    One connection behind a lock, opened at once, not one per thread: a connection opened later would look for a
    file that may have been pruned meanwhile, and a look-up takes microseconds. Raises BrokenIndexError when the
    file is missing, of another format or damaged.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = Lock()
        self._closed = False
        if not path.is_file():
            raise BrokenIndexError(f"{path}: missing; {REBUILD}")
        # As a URI so that spaces, `?`, `#` and `%` in the path survive; immutable: no locks, no journal looked for.
        uri = f"{path.absolute().as_uri()}?mode=ro&immutable=1"
        try:
            self._connection = sqlite3.connect(uri, uri=True, check_same_thread=False, cached_statements=4 * _BLOCK)
        except sqlite3.Error as error:
            raise BrokenIndexError(f"{path}: cannot be opened ({error}); {REBUILD}") from error
        try:
            # Read from memory as the arrays are: a third less time for fifty passages.
            self._all(f"PRAGMA mmap_size = {_MAPPED}")
            ((found,),) = self._all("PRAGMA user_version")
            if found != FORMAT:
                raise BrokenIndexError(f"{path}: format {found}, and this program reads {FORMAT}; {REBUILD}")
            ((self._articles, self._passages),) = self._all(
                # Rows have no gaps, and counting them would read the whole file.
                "SELECT (SELECT coalesce(max(row) + 1, 0) FROM articles),"
                " (SELECT coalesce(max(row) + 1, 0) FROM passages)"
            )
        except BaseException:
            self.close()
            raise

    def counts(self) -> dict[str, int]:
        """Return how many there are: {"articles": 2, "passages": 31}."""
        return {"articles": self._articles, "passages": self._passages}

    def passage(self, row: int) -> Passage:
        """Return one passage; IndexError when there is no such row."""
        return self.passages([row])[0]

    def passages(self, rows: Sequence[int]) -> list[Passage]:
        """Return the passages of `rows`, in that order, with one query; IndexError when a row does not exist."""
        return [Passage(*record) for record in self._rows(_PASSAGES, rows)]

    def hits(self, rows: Sequence[int]) -> list[tuple[Passage, ArticleCard]]:
        """Return the passages of `rows` with their articles, in that order; IndexError when a row does not exist."""
        return [(Passage(*record[:6]), ArticleCard(*record[6:])) for record in self._rows(_HITS, rows)]

    def compared(self, rows: Sequence[int]) -> list[tuple[str, str, Kind]]:
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
        return [_read(title) for (title,) in self._all("SELECT title FROM articles ORDER BY row LIMIT ?", limit or -1)]

    def titled(self, title: str, most: int) -> list[int]:
        """Return the rows of the first `most` articles of exactly this title."""
        found = self._all("SELECT row FROM articles WHERE title = ? ORDER BY row LIMIT ?", stored_text(title), most)
        return [row for (row,) in found]

    def latest(self, first: int, most: int) -> list[int]:
        """Return the rows of articles that state a date, newest first: `most` of them, the first `first` left out."""
        query = "SELECT row FROM articles WHERE date IS NOT NULL ORDER BY date DESC, row LIMIT ? OFFSET ?"
        return [row for (row,) in self._all(query, most, first)]

    def dated(self) -> int:
        """Return how many articles state a date."""
        ((count,),) = self._all("SELECT count(*) FROM articles WHERE date IS NOT NULL")
        return int(count)

    def sources(self) -> list[str]:
        """Return the distinct sources that articles state, in no order."""
        return [_read(source) for (source,) in self._all("SELECT DISTINCT source FROM articles") if source is not None]

    def articles_of(self, source: str) -> list[int]:
        """Return the rows of the articles that state this source, ascending."""
        found = self._all("SELECT row FROM articles WHERE source = ? ORDER BY row", stored_text(source))
        return [row for (row,) in found]

    def contents(self) -> Iterator[tuple[str, str, int, int]]:
        """Yield every article's id, content hash, first passage row and number of passages, in row order."""
        for row in range(0, self._articles, _AT_A_TIME):
            for article_id, content, first, passages in self._all(_CONTENTS, row, row + _AT_A_TIME):
                yield _read(article_id), _read(content), first, passages

    def copied(self, rows: Sequence[int]) -> list[int]:
        """Return those of `rows` whose text (by its hash) stands in another passage too."""
        return [row for (row,) in self._records(_COPIED, list(rows))]

    def copied_in(self, row: int) -> list[str]:
        """Return the titles of the other articles that hold exactly the text of a passage, each once, in row order."""
        return [_read(title) for (title,) in self._all(_COPIED_IN, int(row))]

    def close(self) -> None:
        """Close the file; every later look-up raises ValueError. A second call does nothing."""
        with self._lock:
            self._closed = True
            self._connection.close()

    def _rows(self, select: str, rows: Sequence[int]) -> list[tuple[Any, ...]]:
        """The records of `rows`, in that order; the first value that is selected is the row."""
        wanted = list(map(int, rows))
        found = self._records(select, wanted)
        if [record[0] for record in found] != wanted:
            known = {record[0] for record in found}
            missing = next(row for row in wanted if row not in known)
            raise IndexError(f"{self._path}: has no row {missing}; it holds {self.counts()}, counted from 0")
        return found

    def _records(self, select: str, wanted: list[int]) -> list[tuple[Any, ...]]:
        """What is selected of the wanted rows that there are, in their order."""
        found: list[tuple[Any, ...]] = []
        for start in range(0, len(wanted), _BLOCK):
            block = wanted[start : start + _BLOCK]
            found += self._all(_of(select, len(block)), *block)
        if bytes in map(type, chain.from_iterable(found)):
            return [tuple(map(_read, record)) for record in found]
        return found

    def _all(self, statement: str, *values: object) -> list[tuple[Any, ...]]:
        with self._lock:
            if self._closed:
                raise ValueError(f"{self._path}: already closed")
            try:
                return self._connection.execute(statement, values).fetchall()
            except sqlite3.Error as error:
                raise BrokenIndexError(f"{self._path}: damaged ({error}); {REBUILD}") from error


@cache
def _of(select: str, rows: int) -> str:
    """The statement for so many rows; values in it cost half of what a JSON list does."""
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


def _read(value: Any) -> Any:
    return value.decode("utf-8", "surrogatepass") if isinstance(value, bytes) else value
