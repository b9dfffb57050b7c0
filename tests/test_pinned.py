"""An index that somebody holds stays open, however often the articles are built anew meanwhile; then it is closed."""

import gc
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from bot.answer import Answerer
from bot.policy import Policy
from index import Article, Index, LocalRetriever, NoIndexError, Options, Paragraph, Store, build_index

OPEN_ANYWAY = Policy(answered_at=0, closest_at=0)


def article(number: int) -> Article:
    text = f"The lighthouse at Saltmere was painted {number} times since the great storm."
    return Article(f"Painting {number}", (Paragraph(text), Paragraph(f"Round {number} took a week of dry weather.")))


@pytest.fixture
def rebuild(tmp_path: Path) -> Callable[[], int]:
    """Return what builds the next generation, whose one article tells its number, and returns that."""
    store = Store(tmp_path)

    def build() -> int:
        number = (store.current() or 0) + 1
        build_index(store, [article(number)], [], Options(force=True))
        return number

    return build


@pytest.fixture
def answerer(tmp_path: Path, rebuild: Callable[[], int]) -> Iterator[Answerer]:
    rebuild()
    made = Answerer(LocalRetriever(Store(tmp_path)), OPEN_ANYWAY)
    yield made
    made.close()


def painted(answerer: Answerer) -> str:
    """Which generation answers, as its article tells."""
    return answerer.answer("How often was the lighthouse painted?").passages[0].article.title


@pytest.mark.slow
def test_an_index_that_is_held_answers_after_three_rebuilds(answerer: Answerer, rebuild: Callable[[], int]) -> None:
    held = answerer.index
    results = held.search("painted lighthouse", 1)
    for _ in range(3):
        rebuild()
        assert painted(answerer) != "Painting 1"
    assert held.search("painted lighthouse").hits[0].article.title == "Painting 1"
    # What was ranked before is still read from where it was ranked.
    assert [hit.article.title for hit in results.first(2)] == ["Painting 1"] * 2
    assert held.texts.titles() == ["Painting 1"]


def test_a_pinned_answerer_stays_with_its_generation_and_the_other_one_follows(
    answerer: Answerer, rebuild: Callable[[], int]
) -> None:
    pinned = answerer.pinned()
    for number in (2, 3, 4):
        rebuild()
        assert (painted(answerer), painted(pinned)) == (f"Painting {number}", "Painting 1")
    assert pinned.pinned().articles.generation == 1
    pinned.close()
    assert pinned.titles() == ["Painting 1"]


def test_texts_alone_keep_their_file_open(answerer: Answerer, rebuild: Callable[[], int]) -> None:
    texts = answerer.index.texts
    for _ in range(2):
        rebuild()
        painted(answerer)
    assert texts.article(0).title == "Painting 1"


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/fd").is_dir(), reason="open files are counted where /proc is")
def test_what_nobody_holds_any_more_is_closed(answerer: Answerer, rebuild: Callable[[], int], tmp_path: Path) -> None:
    def opened() -> int:
        gc.collect()
        found = []
        for name in Path("/proc/self/fd").iterdir():
            # The folder itself is open only while it is listed.
            with suppress(FileNotFoundError):
                found.append(str(name.readlink()))
        return sum(str(tmp_path) in name and "articles.sqlite" in name for name in found)

    painted(answerer)
    before = opened()
    held: Index | None = answerer.index
    for _ in range(3):
        rebuild()
        painted(answerer)
    assert (opened(), held is not None) == (2 * before, True), "what is held, and what answers"
    held = None
    assert opened() == before


def test_a_retriever_without_an_index_pins_nothing(tmp_path: Path) -> None:
    with pytest.raises(NoIndexError):
        LocalRetriever(Store(tmp_path / "empty")).pinned()
