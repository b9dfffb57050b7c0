"""The articles as a reader walks along them."""

import pytest

from bot.answer import Answerer
from bot.shelf import Shelf
from index.errors import NoIndexError
from tests.telegram_shelf import BAKERY, LIGHTHOUSE, OBSERVATORY, answering


@pytest.fixture
def shelf(answerer: Answerer) -> Shelf:
    return answerer.shelf


def test_an_article_opens_by_its_id_with_all_its_passages(shelf: Shelf) -> None:
    card = shelf.titled(LIGHTHOUSE.title)
    assert card is not None
    opened = shelf.open(card.id)
    assert opened is not None
    assert [passage.text for passage in opened.passages] == [one.text for one in LIGHTHOUSE.paragraphs]
    assert shelf.open("f" * 12) is None
    assert shelf.titled("No such title") is None


def test_titles_are_found_by_parts_of_their_words_in_any_case(shelf: Shelf) -> None:
    assert [card.title for card in shelf.titles("LIGHT corr", 0, 8).articles] == [LIGHTHOUSE.title]
    assert shelf.titles("lighthouse bakers", 0, 8).articles == ()
    parish = shelf.titles("parish", 8, 4)
    assert (len(parish.articles), parish.count) == (4, 15)
    everything = [card.title for first in range(0, 18, 8) for card in shelf.titles("", first, 8).articles]
    assert len(everything) == len(set(everything)) == shelf.titles("", 0, 1).count == 18
    assert shelf.titles("", 100, 8).articles == ()


def test_the_newest_articles_come_first_and_undated_ones_not_at_all(shelf: Shelf) -> None:
    latest = shelf.latest(0, 8)
    assert [card.title for card in latest.articles] == [OBSERVATORY.title, LIGHTHOUSE.title]
    assert (latest.count, shelf.latest(1, 1).articles) == (2, latest.articles[1:])
    assert [hit.passage.text for hit in shelf.newest(0, 8)] == [
        OBSERVATORY.paragraphs[0].text, LIGHTHOUSE.paragraphs[0].text
    ]  # fmt: skip


def test_examples_are_telling_titles_those_in_the_readers_language_first(shelf: Shelf) -> None:
    assert [card.title for card in shelf.examples("en", 3)][:2] == [OBSERVATORY.title, LIGHTHOUSE.title]
    assert len({card.title for card in shelf.examples("fa", 50)}) == 18


def test_a_passage_is_set_apart_by_its_rare_words_in_their_order(shelf: Shelf) -> None:
    card = shelf.titled(BAKERY.title)
    opened = shelf.open(card.id) if card else None
    assert opened is not None
    words = shelf.words_of(opened.article, opened.passages[0]).split()
    assert words[:2] == ["Forty", "bakers"]
    assert {"dough", "school", "Saltmere"} <= set(words)
    assert "the" not in words
    assert len(words) <= 12


def test_before_the_first_build_everything_says_so(tmp_path_factory: pytest.TempPathFactory) -> None:
    made = answering(tmp_path_factory.mktemp("empty"))
    with pytest.raises(NoIndexError):
        made.shelf.titles("", 0, 8)
    made.close()
