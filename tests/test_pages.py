"""A large index whose bytes rot, or are cut off, while nobody looks: no answer comes from damaged bytes."""

import os
import random
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

import index.store.generation
from bot.answer import Answerer
from bot.policy import Policy
from index import LocalRetriever
from index.build.build import Options, build
from index.errors import BrokenIndexError
from index.machine import kernel_cache
from index.model import Article, Paragraph
from index.postings import layout
from index.postings.compact import CompactPostings
from index.query.mapped import MappedPassages
from index.search.index import Index
from index.store import pages
from index.store.store import Store

WORDS = "red blue kettle lantern harbour compass orchard ribbon thimble copper meadow signal gravel candle".split()
QUESTIONS = (
    "red kettle on the copper harbour",
    '"blue lantern" compass',
    "candle -meadow source:pier",
    "in:orchard thimble gravel",
    "the otter of Brindle",
    "after:2024 signal ribbon",
)


def articles(count: int) -> list[Article]:
    chance = random.Random(5)  # noqa: S311 - the same every time
    made = []
    for number in range(count):
        texts = [" ".join(chance.choices(WORDS, k=40)) + f" {chance.randrange(900)}." for _ in range(4)]
        texts.append("The same line stands at the end of each orchard, as long as it takes to be a paragraph.")
        if number == 7:
            texts.insert(2, "The otter of Brindle carried a brass sextant upstream." + " kettle" * 900)
        title = f"{chance.choice(WORDS)} {chance.choice(WORDS)} {number}"
        date = f"20{20 + number % 8}-05-04"
        made.append(Article(title, tuple(map(Paragraph, texts)), f"/notes/{number}.md", source="pier", date=date))
    return made


@pytest.fixture
def large(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take every index for a large one: not compared whole when it is opened, its postings compact."""
    monkeypatch.setattr(index.store.generation, "ALWAYS_HASHED", 0)
    monkeypatch.setattr(layout, "LARGE", 0)
    monkeypatch.setattr(kernel_cache, "available", lambda: False)


@pytest.fixture
def store(tmp_path: Path, large: None) -> Store:
    assert large is None
    store = Store(tmp_path / "data")
    build(store, articles(60), ["/notes"], Options())
    return store


def told(store: Store) -> list[object]:
    with Index.open(store.data_dir) as opened:
        assert isinstance(opened.passages, MappedPassages)
        assert isinstance(opened.passages.postings, CompactPostings)
        answers: list[object] = []
        for question in QUESTIONS:
            found = opened.search(question)
            answers.append([(hit.passage, hit.article, hit.score) for hit in found.hits])
            answers.append(opened.copies([hit.passage.row for hit in found.hits]))
        return [*answers, opened.texts.titles(), opened.texts.sources()]


def change(path: Path, change_bytes: Callable[[bytearray], object]) -> bytes:
    """Change a file and put its time back; return what it held."""
    before, stamp = path.read_bytes(), path.stat()
    content = bytearray(before)
    change_bytes(content)
    path.write_bytes(content)
    os.utime(path, ns=(stamp.st_atime_ns, stamp.st_mtime_ns))
    return before


@pytest.mark.slow
def test_no_answer_comes_from_damaged_bytes(store: Store) -> None:
    folder, expected = store.folder(1), told(store)
    assert {path.name for path in folder.iterdir()} >= {*pages.NAMES, "compact_low.npy", "compact_rare.npy"}
    chance, outcomes = random.Random(3), []  # noqa: S311 - the same every time
    files = [path for path in sorted(folder.iterdir()) if path.name != "files.jsonl" and path.stat().st_size]
    for path in [*files, *[folder / "articles.sqlite"] * 40, *[folder / "forward_terms.npy"] * 10]:
        size = path.stat().st_size
        at, bit = chance.randrange(size), 1 << chance.randrange(8)

        def turn(content: bytearray, at: int = at, bit: int = bit) -> None:
            content[at] ^= bit

        def clear(content: bytearray, at: int = at, size: int = size) -> None:
            content[at : at + 512] = bytes(min(512, size - at))

        before = change(path, turn if chance.random() < 0.6 else clear)
        try:
            found = told(store)
            outcomes.append("answered")
            assert found == expected, path.name
        except BrokenIndexError as error:
            outcomes.append("told")
            assert str(folder) in str(error)
        change(path, lambda content, before=before: content.__setitem__(slice(None), before))  # type: ignore[misc]
    assert outcomes.count("told") > len(files), outcomes
    assert told(store) == expected


@pytest.mark.slow
def test_a_build_takes_over_nothing_from_a_damaged_generation(store: Store) -> None:
    def turn(content: bytearray) -> None:
        at = content.index(b"brass sextant")
        content[at : at + 5] = b"glass"

    change(store.folder(1) / "articles.sqlite", turn)
    build(store, articles(60), ["/notes"], Options())
    with Index.open(store.data_dir) as opened:
        assert "brass sextant" in opened.search("the otter of Brindle").hits[0].passage.text


@pytest.mark.slow
@pytest.mark.parametrize("name", ["articles.sqlite", "forward_terms.npy", "compact_levels.npy", "vocabulary.npy"])
def test_a_file_that_is_cut_off_while_it_is_in_use_is_told_and_kills_nobody(store: Store, name: str) -> None:
    with Answerer(LocalRetriever(store), Policy()) as answerer:
        assert answerer.answer("red kettle").passages
        os.truncate(store.folder(1) / name, 100)
        for ask in (lambda: answerer.answer("red kettle"), answerer.titles):
            with pytest.raises(BrokenIndexError, match=rf"{name}: was cut off while it was in use"):
                ask()
        build(store, articles(30), ["/notes"], Options(force=True))
        assert answerer.answer("red kettle").passages, "a new generation answers"


@pytest.mark.slow
def test_where_sqlite_does_not_tell_its_pages_the_texts_are_checked_whole(
    tmp_path: Path, large: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unknown(*_: object) -> None:
        raise sqlite3.OperationalError("no such table: dbstat")

    assert large is None
    monkeypatch.setattr(pages, "_leaves", unknown)
    store = Store(tmp_path / "data")
    build(store, articles(30), ["/notes"], Options())
    expected = told(store)
    change(store.folder(1) / "articles.sqlite", lambda content: content.__setitem__(len(content) - 3000, 0xFF))
    with pytest.raises(BrokenIndexError, match=r"articles\.sqlite: damaged"):
        store.open()
    assert expected


def test_pages_with_rows_are_known_by_their_rows(store: Store) -> None:
    numbers = pages._load((store.folder(1) / pages.TEXTS).read_bytes())
    with sqlite3.connect(store.folder(1) / "articles.sqlite") as base:
        ((count,),) = base.execute("PRAGMA page_count").fetchall()
        rows = [base.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in pages.TABLES]  # noqa: S608
    met: list[int] = []
    for table in rows:
        some = numbers[0]
        firsts, numbered = numbers[1 : some + 1].tolist(), numbers[some + 1 : 2 * some + 1].tolist()
        assert firsts == sorted(firsts)
        assert firsts[0] == 0
        assert firsts[-1] < table
        met += numbered
        numbers = numbers[2 * some + 1 :]
    assert sorted(met + numbers.tolist()) == list(range(1, count + 1))
