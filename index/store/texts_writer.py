"""Write the file of articles and passages that `index.store.texts` reads."""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import fields
from operator import attrgetter
from pathlib import Path
from typing import Self

from index.errors import StorageError
from index.model import ArticleCard, Kind
from index.store.manifest import FORMAT
from index.store.texts import stored_text

PassageRecord = tuple[int, int, int, int, Kind, str | bytes, int]
"""A row of the table of passages; `texts.stored_text` and `texts.text_hash` make its text and hash."""

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
# Only where passages have such places: most collections have none.
_FRAGMENTS = "CREATE TABLE IF NOT EXISTS fragments (row INTEGER PRIMARY KEY, fragment TEXT NOT NULL)"
_INDEXES = """
CREATE UNIQUE INDEX articles_by_id ON articles (id);
CREATE INDEX passages_by_hash ON passages (hash);
CREATE INDEX articles_by_source ON articles (source);
"""


# Of the generation before: rows are moved, and what was hidden there is looked at anew.
_COPIES = (
    "INSERT INTO articles SELECT row + :articles, id, title, path, source, url, author, date, language,"
    " first + :passages, passages, content FROM old.articles WHERE row >= :first AND row < :end ORDER BY row",
    "INSERT INTO passages SELECT row + :passages, article + :articles, ordinal, count,"
    " CASE kind WHEN 'boilerplate' THEN 'paragraph' ELSE kind END, text, hash"
    " FROM old.passages WHERE row >= :first_passage AND row < :end_passage ORDER BY row",
)
_HAS_FRAGMENTS = "SELECT 1 FROM old.sqlite_master WHERE name = 'fragments'"
_SOME_FRAGMENT = "SELECT 1 FROM old.fragments WHERE row >= ? AND row < ? LIMIT 1"
_COPY_FRAGMENTS = (
    "INSERT INTO fragments SELECT row + :passages, fragment FROM old.fragments"
    " WHERE row >= :first_passage AND row < :end_passage"
)


class TextsWriter:
    """Write a new file of articles and passages, in row order, in one transaction.

        with TextsWriter(staging.path / "articles.sqlite") as writer:
            writer.extend([(card, content_hash)], records)

    `before` is such a file of an earlier generation, of which articles are to be copied.
    Nothing is durable or even whole before the block has ended without an error; `Staging.publish` then syncs it.
    After an error the file is removed. Raises StorageError when the disk is full or not writable.
    """

    def __init__(self, path: Path, before: Path | None = None) -> None:
        self._path = path
        self._has_old = before is not None
        with self._writing():
            self._connection = sqlite3.connect(path.absolute().as_uri(), isolation_level=None, uri=True)
        try:
            with self._writing():
                # No journal and no syncs: a crash leaves a staging folder that is thrown away whole.
                for pragma in ("journal_mode=OFF", "synchronous=OFF", "locking_mode=EXCLUSIVE", "cache_size=-4096"):
                    self._connection.execute(f"PRAGMA {pragma}")
                self._connection.execute(f"PRAGMA user_version={FORMAT}")
                self._connection.executescript(_SCHEMA)
                if before is not None:
                    self._connection.execute("ATTACH ? AS old", (f"{before.absolute().as_uri()}?mode=ro&immutable=1",))
                self._connection.execute("BEGIN")
        except StorageError:
            # A connection outlives its last name, and its file takes room as long.
            self._connection.close()
            raise

    def extend(
        self,
        articles: Sequence[tuple[ArticleCard, str]],
        passages: Sequence[PassageRecord],
        fragments: Sequence[tuple[int, str]] = (),
    ) -> None:
        """Append many articles, each with its content hash, and their passages as the file holds them.

        `fragments` are rows of passages, each with where in its document that passage stands. The rows must continue
        without a gap; that is the caller's to see to.
        """
        cards = [tuple(map(stored_text, (*_FIELDS(card), content_hash))) for card, content_hash in articles]
        with self._writing():
            self._connection.executemany("INSERT INTO articles VALUES (?,?,?,?,?,?,?,?,?,?,?,?)", cards)
            self._connection.executemany("INSERT INTO passages VALUES (?,?,?,?,?,?,?)", passages)
            if fragments:
                self._connection.execute(_FRAGMENTS)
                self._connection.executemany("INSERT INTO fragments VALUES (?,?)", fragments)

    def copy(self, articles: range, passages: range, to_article: int, to_passage: int) -> None:
        """Append neighbouring articles of the file `before`, and their passages, from these rows on."""
        values = {
            "first": articles.start,
            "end": articles.stop,
            "first_passage": passages.start,
            "end_passage": passages.stop,
            "articles": to_article - articles.start,
            "passages": to_passage - passages.start,
        }
        with self._writing():
            for statement in _COPIES:
                self._connection.execute(statement, values)
            if (
                self._connection.execute(_HAS_FRAGMENTS).fetchone()
                and self._connection.execute(_SOME_FRAGMENT, (passages.start, passages.stop)).fetchone()
            ):
                self._connection.execute(_FRAGMENTS)
                self._connection.execute(_COPY_FRAGMENTS, values)

    def hide(self, rows: Sequence[int]) -> None:
        """Turn added passages into boilerplate: still read around, never found."""
        with self._writing():
            self._connection.executemany(
                "UPDATE passages SET kind = 'boilerplate' WHERE row = ?", [(row,) for row in rows]
            )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        whole = False
        try:
            if kind is None:
                with self._writing():
                    self._connection.execute("COMMIT")
                    if self._has_old:
                        self._connection.execute("DETACH old")
                    self._connection.executescript(_INDEXES)
                    # The only mode that leaves a single file whatever wrote it.
                    self._connection.execute("PRAGMA journal_mode=DELETE")
                whole = True
        finally:
            self._connection.close()
            if not whole:
                self._path.unlink(missing_ok=True)

    @contextmanager
    def _writing(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.IntegrityError as error:
            raise ValueError(f"{self._path}: {error}; every article needs an id of its own") from error
        except sqlite3.Error as error:
            raise StorageError(
                f"{self._path}: could not be written ({error}); free some space or make the folder writable"
            ) from error
