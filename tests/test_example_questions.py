"""Example questions: made of sentences whose form is plain, in the reader's language, and only what is answered."""

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.answer import Answerer
from bot.catalogue import Catalogue
from bot.examples import LONGEST, example_questions, question_of
from index import Article, Paragraph
from tests.telegram_shelf import answering, shelve

SENTENCES = {
    "en": {
        "The old ferry house was built in 1871.": "When was the old ferry house built?",
        "Porrin Bridge was opened in May 1902 by the mayor.": "When was Porrin Bridge opened?",
        "The chapel was painted by Ada Mott.": "Who was the chapel painted by?",
        "About 300 cyclists use the towpath on a weekday.": "How many cyclists use the towpath on a weekday?",
        "The tower is 40 metres high, and leans.": "How high is the tower?",
        "Ada Mott designed the clock in 1902.": "Who designed the clock?",
        "The repair will cost £2 million.": "How much will the repair cost?",
    },
    "es": {
        "El faro fue construido en 1871.": "¿Cuándo fue construido el faro?",
        "Las clases empiezan a las ocho.": "¿A qué hora empiezan las clases?",
        "Se plantaron 300 encinas en la ladera.": "¿Cuántas encinas se plantaron en la ladera?",
        "Lo contó el alcalde, Julián Otero, en la plaza.": "¿Quién es Julián Otero?",
    },
    "ru": {
        "Маяк был построен в 1871 году.": "Когда был построен маяк?",
        "Билет стоит 90 рублей.": "Сколько стоит билет?",
        "В Ольховке 3 мая открылась новая пристань.": "Когда в Ольховке открылась новая пристань?",
        "Нижняя Ольховка находится на берегу озера.": "Где находится Нижняя Ольховка?",
    },
    "fa": {
        "پل قدیمی شهر در سال ۱۳۲۰ ساخته شد.": "پل قدیمی شهر در چه سالی ساخته شد؟",
        "تعمیر برج نه ماه طول کشید.": "تعمیر برج چند ماه طول کشید؟",
        "کتابخانه بزرگ در شمال شهر قرار دارد.": "کتابخانه بزرگ کجا قرار دارد؟",
    },
    "ar": {
        "تأسست المكتبة عام 1950.": "متى تأسست المكتبة؟",
        "ويبلغ طول الجسر 300 متر.": "كم يبلغ طول الجسر؟",
        "تقع القلعة في شمال المدينة.": "أين تقع القلعة؟",
    },
}


@pytest.mark.parametrize("language", SENTENCES)
def test_a_plain_sentence_answers_one_question(language: str) -> None:
    assert {one: question_of(one, language) for one in SENTENCES[language]} == SENTENCES[language]


def test_what_points_elsewhere_is_asked_of_nobody() -> None:
    for sentence in (
        "It was built in 1871.",
        "This mill was built in 1871.",
        "The mill of his father was built in 1871.",
    ):
        assert question_of(sentence, "en") is None
    assert question_of("Él fue construido en 1871.", "es") is None
    assert question_of("این پل در سال ۱۳۲۰ ساخته شد.", "fa") is None


def test_a_first_word_that_is_a_name_keeps_its_capital() -> None:
    assert question_of("Bakers open at five.", "en") == "When do bakers open?"
    assert question_of("Fordham opens at five.", "en", "Every visitor to Fordham knows.") == "When does Fordham open?"


@given(st.text(max_size=300), st.sampled_from(["en", "es", "ru", "fa", "ar", "xx", None]))
def test_any_text_is_a_question_of_a_readable_length_or_none(text: str, language: str | None) -> None:
    question = question_of(text, language)
    assert question is None or len(question) <= LONGEST


@pytest.mark.parametrize("piece", ["the was ", "The ", "a ", "Se 3 ", "و", "در سال ", "El ", "В ", "40 ", "سه ", ", "])
def test_hostile_repetition_costs_no_more_than_its_beginning(piece: str) -> None:
    for language in SENTENCES:
        assert question_of(piece * 1_000_000, language) is None
        question_of((piece * 400)[:400], language)


def article(name: str, language: str, *paragraphs: str, title: str = "") -> Article:
    return Article(title or f"About {name}", tuple(map(Paragraph, paragraphs)), path=f"{name}.txt", language=language)


ROOFS = article(
    "roofs",
    "en",
    "The slate roof was laid in 1902. It leaks.",
    "The copper roof was made by Ada Mott.",
    title="Two Roofs",
)
WELL = article("well", "en", "The village well was dug by hand. The pump house was built in 1931.", title="A Deep Well")
DAM = article("dam", "ru", "Плотина на Ворсе была построена в 1911 году. Рыбы стало меньше.", title="Плотина на Ворсе")
PAPER = article("paper", "de", "Das Papier kommt aus der Mühle.", title="Papier")


@pytest.fixture
def made(tmp_path: Path) -> Callable[..., Answerer]:
    def build(*articles: Article) -> Answerer:
        shelve(tmp_path, articles)
        return answering(tmp_path)

    return build


def questions(answerer: Answerer, language: str, most: int = 3) -> list[str]:
    return [one.question for one in example_questions(answerer, Catalogue(language), most)]


@pytest.mark.slow
def test_the_readers_language_comes_first_and_one_question_of_each_article(made: Callable[..., Answerer]) -> None:
    answerer = made(ROOFS, WELL, DAM, PAPER)
    english = questions(answerer, "en")
    assert english[0] in ("When was the slate roof laid?", "Who was the copper roof made by?")
    assert any("pump house" in one for one in english[:2])
    assert questions(answerer, "ru")[0] == "Когда была построена плотина на Ворсе?"
    assert len(questions(answerer, "fa", 9)) >= 4


def test_every_example_is_answered_by_its_own_article(made: Callable[..., Answerer]) -> None:
    answerer = made(ROOFS, WELL, DAM, PAPER)
    for example in example_questions(answerer, Catalogue("en"), 9):
        answer = answerer.answer(example.question)
        assert (answer.state, answer.passages[0].article.id) == ("answered", example.article.id)


def test_where_no_sentence_is_plain_an_article_is_asked_what_it_is_about(made: Callable[..., Answerer]) -> None:
    plain = article("lamp", "en", "Nobody saw who did it, and nobody told.", title="The Night of the Broken Lamp")
    assert "What is this about: The Night of the Broken Lamp?" in questions(made(plain, WELL), "en", 9)


def test_without_articles_there_are_no_examples(made: Callable[..., Answerer]) -> None:
    assert questions(made(PAPER), "en") == []
