"""The articles as a reader walks along them."""

import pytest

from bot.answer import Answerer
from bot.articles import Articles, Extent
from index.errors import NoIndexError
from tests.telegram_shelf import BAKERY, LIGHTHOUSE, OBSERVATORY, answering


@pytest.fixture
def articles(answerer: Answerer) -> Articles:
    return answerer.articles


def test_an_article_opens_by_its_id_with_all_its_passages(articles: Articles) -> None:
    card = articles.titled(LIGHTHOUSE.title)
    assert card is not None
    opened = articles.open(card.id)
    assert opened is not None
    assert [passage.text for passage in opened.passages] == [one.text for one in LIGHTHOUSE.paragraphs]
    assert articles.open("f" * 12) is None
    assert articles.titled("No such title") is None


def test_titles_are_found_by_parts_of_their_words_in_any_case(articles: Articles) -> None:
    assert [card.title for card in articles.titles("LIGHT corr", 0, 8).articles] == [LIGHTHOUSE.title]
    assert articles.titles("lighthouse bakers", 0, 8).articles == ()
    parish = articles.titles("parish", 8, 4)
    assert (len(parish.articles), parish.count) == (4, 15)
    everything = [card.title for first in range(0, 18, 8) for card in articles.titles("", first, 8).articles]
    assert len(everything) == len(set(everything)) == articles.titles("", 0, 1).count == 18
    assert articles.titles("", 100, 8).articles == ()


def test_the_newest_articles_come_first_and_undated_ones_not_at_all(articles: Articles) -> None:
    latest = articles.latest(0, 8)
    assert [card.title for card in latest.articles] == [OBSERVATORY.title, LIGHTHOUSE.title]
    assert (latest.count, articles.latest(1, 1).articles) == (2, latest.articles[1:])
    assert [hit.passage.text for hit in articles.newest(0, 8)] == [
        OBSERVATORY.paragraphs[0].text, LIGHTHOUSE.paragraphs[0].text
    ]  # fmt: skip


def test_samples_are_of_the_readers_language_first(articles: Articles) -> None:
    assert [one.article.title for one in articles.samples("en", 2)] == [OBSERVATORY.title, LIGHTHOUSE.title]
    assert len({one.article.id for one in articles.samples("fa", 50)}) == 18


def test_the_extent_is_what_the_articles_state(articles: Articles) -> None:
    assert articles.extent(3) == Extent(18, LIGHTHOUSE.date, OBSERVATORY.date, ("Coast Gazette",), 0)
    assert articles.extent(0).more_sources == 1


def test_a_passage_is_set_apart_by_its_rare_words_in_their_order(articles: Articles) -> None:
    card = articles.titled(BAKERY.title)
    opened = articles.open(card.id) if card else None
    assert opened is not None
    words = articles.words_of(opened.article, opened.passages[0]).split()
    assert words[:2] == ["Forty", "bakers"]
    assert {"dough", "school", "Saltmere"} <= set(words)
    assert "the" not in words
    assert len(words) <= 12


def test_before_the_first_build_everything_says_so(tmp_path_factory: pytest.TempPathFactory) -> None:
    made = answering(tmp_path_factory.mktemp("empty"))
    with pytest.raises(NoIndexError):
        made.articles.titles("", 0, 8)
    made.close()
