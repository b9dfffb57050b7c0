"""Follow-up questions: understood by the words of the questions before them, and only where that makes them surer."""

import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bot.answer import Answer, Answerer, AskOptions
from bot.conversation import follow_up
from bot.policy import Policy
from bot.pronouns import has_pronoun
from index.build.build import Options, build
from index.model import Article, Paragraph
from index.search.results import Results
from index.search.retriever import LocalRetriever
from index.store.store import Store
from tests.telegram_shelf import BAKERY, LIGHTHOUSE

DESIGNED = "Who designed the lighthouse of Corran Point?"


def test_a_bare_why_is_understood_by_the_question_before_it(answerer: Answerer) -> None:
    understood = follow_up(answerer, "Why?", [DESIGNED])
    assert understood.added == ("designed", "lighthouse", "Corran", "Point")
    assert understood.answer.question == "Why?"
    assert understood.answer.passages[0].article.title == LIGHTHOUSE.title


def test_an_unsure_question_is_taken_further_by_what_the_conversation_is_about(answerer: Answerer) -> None:
    question = "And what did it burn?"
    alone = answerer.answer(question)
    understood = follow_up(answerer, question, [DESIGNED])
    assert alone.state == "closest"
    assert understood.answer.state == "answered"
    assert understood.answer.passages[0].article.title == LIGHTHOUSE.title
    assert understood.answer.confidence > alone.confidence


def test_a_question_of_its_own_is_left_alone(answerer: Answerer) -> None:
    understood = follow_up(answerer, "Who learn to fold dough at the night school?", [DESIGNED])
    assert understood.added == ()
    assert understood.answer.passages[0].article.title == BAKERY.title


def test_a_question_that_the_articles_cannot_answer_stays_unanswered(answerer: Answerer) -> None:
    understood = follow_up(answerer, "Which planet has rings?", [DESIGNED])
    assert (understood.added, understood.answer.state) == ((), "nothing")
    assert understood.answer == answerer.answer("Which planet has rings?")


def test_of_a_long_conversation_the_last_three_questions_count(answerer: Answerer) -> None:
    filler = ["Who learn to fold dough?", "Hedges along lane 3?", "Which telescope?"]
    assert follow_up(answerer, "Why?", [*filler, DESIGNED]) == follow_up(answerer, "Why?", filler)
    assert "designed" not in follow_up(answerer, "Why?", [*filler, DESIGNED]).added


def test_without_earlier_questions_nothing_is_added(answerer: Answerer) -> None:
    assert follow_up(answerer, DESIGNED, []).answer == answerer.answer(DESIGNED)
    assert follow_up(answerer, "Why?", ["", "???"]).added == ()


def test_at_most_as_many_passages_come_as_are_asked_for(answerer: Answerer) -> None:
    assert len(follow_up(answerer, "Why?", [DESIGNED], 1).answer.passages) == 1


def test_words_and_filters_of_an_earlier_question_are_no_filters_of_the_next(answerer: Answerer) -> None:
    earlier = f"{DESIGNED} after:2025-06-01 -brothers"
    understood = follow_up(answerer, "Why?", [earlier])
    assert understood.answer.filters == ()


CONVERSATIONS: dict[str, Any] = tomllib.loads(
    Path(__file__).with_name("conversations.toml").read_text(encoding="utf-8")
)


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Answerer]:
    """Return an answerer of the articles of conversations.toml."""
    store = Store(tmp_path_factory.mktemp("conversations"))
    articles = [
        Article(one["title"], tuple(map(Paragraph, one["paragraphs"])), path=one["title"], language=one["language"])
        for one in CONVERSATIONS["article"]
    ]
    build(store, articles, (), Options(force=True))
    answerer = Answerer(LocalRetriever(store), Policy())
    yield answerer
    answerer.close()


@pytest.mark.parametrize(
    "pair", [pytest.param(one, id=f"{one['before']} {one['question']}") for one in CONVERSATIONS["pair"]]
)
def test_a_pronoun_means_the_article_before_and_a_name_of_its_own_does_not(
    shelf: Answerer, pair: dict[str, Any]
) -> None:
    before = shelf.answer(pair["before"]).passages[0].article.id
    understood = follow_up(shelf, pair["question"], [pair["before"]], article=before)
    first = understood.answer.passages[0]
    assert first.article.title == pair["title"]
    assert pair["contains"] in first.passage.text
    assert understood.answer.question == pair["question"]
    if pair.get("own"):
        assert understood.article is None
    # Asked so again, as after a restart, it has the same answer.
    options = AskOptions(added=understood.added, article=understood.article)
    assert shelf.answer(pair["question"], options=options) == understood.answer


def test_an_article_that_says_nothing_of_what_is_asked_is_not_preferred(shelf: Answerer) -> None:
    before = shelf.answer("How long are lost umbrellas kept?").passages[0].article.id
    understood = follow_up(
        shelf, "When does it run to the hospital?", ["How long are lost umbrellas kept?"], None, before
    )
    assert understood.article is None
    assert understood.answer.passages[0].article.title == "Tram line 4 is extended"


def test_a_third_question_costs_no_more_searches_than_before(shelf: Answerer, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    whole = shelf.answer_with_results

    def counting(question: str, *rest: Any) -> tuple[Results, Answer]:
        asked.append(question)
        return whole(question, *rest)

    monkeypatch.setattr(shelf, "answer_with_results", counting)
    before = shelf.answer("What did Oda Revheim paint?").passages[0].article.id
    for question in ("Where was she born?", "And the zeppelin?", "Why?"):
        asked.clear()
        follow_up(shelf, question, ["What did Oda Revheim paint?", "Where does the tram run?"], article=before)
        assert len(asked) <= 3


@pytest.mark.parametrize(
    ("question", "language", "points_back"),
    [
        ("When does it leave?", "en", True),
        ("IS SHE RICH?", "en", True),
        ("When does Italy play?", "en", False),
        ("Wann ist er geöffnet?", "de", True),
        ("Кто его построил?", "ru", True),
        ("چه کسی آن را ساخت؟", "fa", True),
        ("متى تفتح المكتبة؟", "ar", False),
        ("它什么时候开？", "zh", True),
        ("When?", "xx", False),
    ],
)
def test_pronouns_are_known_in_many_languages(question: str, language: str, points_back: bool) -> None:
    assert has_pronoun(question, language) is points_back
