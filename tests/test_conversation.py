"""Follow-up questions: understood by the words of the questions before them, and only where that makes them surer."""

from bot.answer import Answerer
from bot.conversation import follow_up
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
    assert alone.state == "nothing"
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
