"""A small collection is answered by NumPy at first, and by compiled kernels in a process that lives."""

import logging
from itertools import count
from pathlib import Path
from threading import enumerate as threads

import pytest

from index import Article, Index, Options, Paragraph, answered_by
from index.machine import kernel_cache, takeover

ARTICLES = [Article(f"Ferry {n}", (Paragraph(f"Ferry {n} leaves pier {n % 7} for the island."),)) for n in range(30)]


@pytest.fixture
def index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Index:
    monkeypatch.setattr(takeover, "_state", takeover._State())
    # NumPy takes a second whenever it is looked at, twice a question.
    monkeypatch.setattr(takeover, "thread_time", count().__next__)
    monkeypatch.setattr(takeover, "SECONDS", 6)
    return Index.build(tmp_path / "index", ARTICLES, options=Options(force=True))


def waited() -> None:
    for thread in threads():
        if thread.name == "kernels":
            thread.join(120)


def asked(index: Index) -> list[tuple[int, float]]:
    return [(hit.passage.row, hit.score) for hit in index.search("Which ferry leaves pier 4?", 20).hits]


@pytest.mark.slow
@pytest.mark.usefixtures("kernels")
def test_kernels_take_over_with_the_same_answers(index: Index, tmp_path: Path) -> None:
    before = asked(index)
    assert asked(index) == before
    assert not any(thread.name == "kernels" for thread in threads()), "two questions are no reason to load anything"
    assert asked(index) == before
    waited()
    assert takeover.is_done()
    assert asked(index) == before
    with Index.open(tmp_path / "index") as again:
        assert asked(again) == before


def test_where_compiled_code_must_not_run_numpy_goes_on(
    index: Index, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    # Such a process is killed.
    monkeypatch.setattr(takeover, "__name__", "tests.killed")
    before = asked(index)
    with caplog.at_level(logging.WARNING):
        for _ in range(5):
            assert asked(index) == before
        waited()
    assert not takeover.is_done()
    assert "answering without compiled kernels: ended with code" in caplog.text
    assert asked(index) == before


def test_which_path_answers_is_said_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    assert answered_by(100) == "NumPy, and compiled kernels in a process that goes on answering"
    assert answered_by(100_000) == "compiled kernels"
    assert answered_by(100, "rank-bm25") == "rank-bm25"
    monkeypatch.setattr(kernel_cache, "available", lambda: False)
    assert answered_by(100_000) == answered_by(100) == "NumPy"
