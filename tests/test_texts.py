"""Articles and passages in their SQLite file: written once, read word for word."""

import sqlite3
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Literal

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.errors import message_of
from index.errors import BrokenIndexError, StorageError
from index.model import ArticleCard, Passage
from index.store import recent
from index.store.manifest import FORMAT
from index.store.texts import Texts, stored_text, text_hash
from index.store.texts_writer import TextsWriter


def card(row: int, first: int, passages: int, title: str = "Tides") -> ArticleCard:
    return ArticleCard(
        row, f"{row:012x}", title, f"/notes/{row}.txt", "Harbour Notes", None, "I. Maar", "2031", "en", first, passages
    )  # fmt: skip


def add(writer: TextsWriter, card: ArticleCard, content: str, passages: list[Passage]) -> None:
    rows = [(p.row, p.article, p.ordinal, p.count, p.kind, stored_text(p.text), text_hash(p.text)) for p in passages]
    writer.extend([(card, content)], rows)


def passage(row: int, article: int, text: str, kind: Literal["paragraph", "caption"] = "paragraph") -> Passage:
    return Passage(row, article, 1, 1, kind, text)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Return a file name that a careless URI would cut short."""
    folder = tmp_path / "a b?c#d%20é"
    folder.mkdir()
    return folder / "articles.sqlite"


def written(path: Path, articles: list[list[str]]) -> Texts:
    first = 0
    with TextsWriter(path) as writer:
        for row, texts in enumerate(articles):
            rows = [passage(first + n, row, text) for n, text in enumerate(texts)]
            add(writer, card(row, first, len(rows), f"Title {row}"), f"hash-{row}", rows)
            first += len(rows)
    return Texts(path)


def test_what_was_written_is_read_back(path: Path) -> None:
    first, second = card(0, 0, 2), card(1, 2, 1, "Dunes")
    rows = [passage(0, 0, "High water."), passage(1, 0, "A gauge.", "caption"), passage(2, 1, "Sand moves.")]
    with TextsWriter(path) as writer:
        add(writer, first, "h0", rows[:2])
        add(writer, second, "h1", rows[2:])
    texts = Texts(path)
    assert [texts.passage(row) for row in range(3)] == rows
    assert texts.passages([2, 0, 2]) == [rows[2], rows[0], rows[2]]
    assert texts.passages([]) == []
    assert texts.articles([1, 0]) == [second, first]
    assert texts.article(1) == second
    assert texts.passages_of(0) == rows[:2]
    assert texts.by_id("000000000001") == second
    assert texts.by_id("no such id") is None
    assert texts.titles() == ["Tides", "Dunes"]
    assert texts.titles(1) == ["Tides"]
    assert list(texts.contents()) == [("000000000000", "h0", 0, 2), ("000000000001", "h1", 2, 1)]
    assert texts.counts() == {"articles": 2, "passages": 3}
    texts.close()


def test_a_single_file_is_left_and_any_tool_reads_it(path: Path) -> None:
    written(path, [["One.", "Two."], ["Three."]]).close()
    assert [entry.name for entry in path.parent.iterdir()] == ["articles.sqlite"]
    connection = sqlite3.connect(path)
    found = connection.execute(
        "SELECT a.title, p.text FROM passages p JOIN articles a ON a.row = p.article ORDER BY p.row"
    ).fetchall()
    assert found == [("Title 0", "One."), ("Title 0", "Two."), ("Title 1", "Three.")]
    assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    connection.close()


def test_rows_from_numpy_are_rows(path: Path) -> None:
    texts = written(path, [["One.", "Two."]])
    rows = np.array([1, 0], np.uint32)
    assert [found.text for found in texts.passages(rows.tolist())] == ["Two.", "One."]
    assert [found.text for found in texts.passages(list(rows))] == ["Two.", "One."]
    assert texts.same_hash(list(rows)) == {}
    texts.close()


def test_what_was_read_of_rows_is_read_once_until_it_is_too_much(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recent, "_MOST", 4)
    asked: list[int] = []

    def read(rows: list[int]) -> list[str]:
        asked.extend(rows)
        return [f"text {row}" for row in rows]

    held = recent.Recent[str]()
    assert held.of([3, 1, 3], read) == ["text 3", "text 1", "text 3"]
    assert held.of([1, 2, 3], read) == ["text 1", "text 2", "text 3"]
    assert asked == [3, 1, 2]
    assert held.of([5, 1, 6], read) == ["text 5", "text 1", "text 6"]
    assert held.of([3, 5], read) == ["text 3", "text 5"]
    assert asked == [3, 1, 2, 5, 6, 3]


@pytest.mark.slow
def test_a_thousand_rows_are_one_question(path: Path) -> None:
    texts = written(path, [[f"Passage {n}." for n in range(40_000)]])
    rows = list(range(39_999, -1, -1))
    assert [found.row for found in texts.passages(rows)] == rows
    texts.close()


@pytest.mark.parametrize("row", [-1, 3, 10**12])
def test_a_row_that_does_not_exist_is_named(path: Path, row: int) -> None:
    texts = written(path, [["One.", "Two."], ["Three."]])
    for look_up in (texts.passage, texts.article, texts.passages_of):
        with pytest.raises(IndexError, match=f"no row {row};"):
            look_up(row)
    with pytest.raises(IndexError, match=f"no row {row};"):
        texts.passages([0, row])
    texts.close()


def test_passages_of_the_same_text_are_told_by_row(path: Path) -> None:
    texts = written(path, [["Sign up.", "Tides turn.", "Sign up."], ["Sign up."], ["sign up.", "Sign up.", "Sign up."]])
    assert texts.same_hash([5, 1, 0, 4, 0]) == {0: [0, 2, 3, 5, 6], 5: [0, 2, 3, 5, 6]}
    assert texts.same_hash([1, 4]) == texts.same_hash([]) == {}
    texts.close()


def test_hidden_passages_are_read_as_boilerplate(path: Path) -> None:
    with TextsWriter(path) as writer:
        add(writer, card(0, 0, 2), "h", [passage(0, 0, "Tides turn."), passage(1, 0, "Sign up.")])
        writer.hide([1])
    texts = Texts(path)
    assert [found.kind for found in texts.passages_of(0)] == ["paragraph", "boilerplate"]
    texts.close()


@pytest.mark.slow
@settings(max_examples=60)
@given(text=st.text(st.characters(), max_size=60))
def test_any_string_comes_back_as_it_was(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    """Lone surrogates, NUL and line breaks included, in every text column."""
    path = tmp_path_factory.mktemp("any") / "articles.sqlite"
    whole = ArticleCard(0, text, text, text, text, text, text, text, text, 0, 2)
    rows = [passage(0, 0, text), passage(1, 0, text)]
    copy = passage(2, 1, text)
    with TextsWriter(path) as writer:
        add(writer, whole, text, rows)
        add(writer, card(1, 2, 1), text, [copy])
    texts = Texts(path)
    assert texts.article(0) == whole == texts.by_id(text)
    assert texts.passages([0, 1]) == rows
    assert texts.titles() == [text, card(1, 2, 1).title]
    assert next(texts.contents()) == (text, text, 0, 2)
    assert texts.same_hash([2]) == {2: [0, 1, 2]}
    texts.close()


def test_many_threads_share_one_object(path: Path) -> None:
    texts = written(path, [[f"Passage {n}." for n in range(200)]])
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda n: texts.passages([n % 200, 0])[0].text, range(2000)))
    assert found == [f"Passage {n % 200}." for n in range(2000)]
    texts.close()


def test_the_file_may_vanish_while_it_is_read(path: Path) -> None:
    texts = written(path, [["x" * 5000 for _ in range(500)]])
    path.unlink()
    assert len(texts.passages(range(500))) == 500
    texts.close()


def test_nothing_is_read_after_closing(path: Path) -> None:
    texts = written(path, [["One."]])
    texts.close()
    texts.close()
    with pytest.raises(ValueError, match="already closed"):
        texts.passage(0)


def test_an_empty_collection_is_one(path: Path) -> None:
    texts = written(path, [])
    assert texts.counts() == {"articles": 0, "passages": 0}
    assert texts.titles() == []
    texts.close()


def test_a_missing_foreign_or_damaged_file_is_named(path: Path) -> None:
    with pytest.raises(BrokenIndexError, match=r"articles\.sqlite: missing"):
        Texts(path)
    path.write_bytes(b"not a database" * 100)
    with pytest.raises(BrokenIndexError, match=r"articles\.sqlite: damaged"):
        Texts(path)
    path.unlink()
    sqlite3.connect(path).close()
    path.touch()
    with pytest.raises(BrokenIndexError, match=rf"articles\.sqlite: format 0, and this program reads {FORMAT}"):
        Texts(path)


def test_a_page_overwritten_is_an_error_and_not_an_answer(path: Path) -> None:
    written(path, [["x" * 3000 for _ in range(50)]]).close()
    with path.open("r+b") as file:
        file.seek(4096 * 8)
        file.write(b"\xff" * 4096 * 40)
    texts = Texts(path)
    with pytest.raises(BrokenIndexError, match=r"articles\.sqlite: damaged") as caught:
        texts.passages(range(50))
    assert "; run `quoth index PATH` to rebuild it, or " in message_of(caught.value)
    texts.close()


def test_two_articles_with_one_id_are_refused(path: Path) -> None:
    twin = ArticleCard(1, "000000000000", "Twin", "", None, None, None, None, "en", 0, 0)
    with pytest.raises(ValueError, match="an id of its own"), TextsWriter(path) as writer:
        add(writer, card(0, 0, 0), "h", [])
        add(writer, twin, "h", [])
    assert not path.exists()


def test_an_unfinished_file_is_removed(path: Path) -> None:
    with pytest.raises(KeyboardInterrupt), TextsWriter(path) as writer:
        add(writer, card(0, 0, 1), "h", [passage(0, 0, "One.")])
        raise KeyboardInterrupt
    assert not path.exists()


def test_a_folder_that_does_not_exist_is_a_storage_error(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match="could not be written") as caught:
        TextsWriter(tmp_path / "none" / "articles.sqlite")
    assert message_of(caught.value).endswith("make the folder writable; then run `quoth index PATH` again")


@pytest.mark.skipif(sys.platform != "linux", reason="names of raw bytes are a Linux matter")
def test_a_folder_with_a_name_of_raw_bytes_is_read(tmp_path: Path) -> None:
    folder = tmp_path / "caf\udce9"
    folder.mkdir()
    texts = written(folder / "articles.sqlite", [["One."]])
    assert texts.passage(0).text == "One."
    texts.close()
