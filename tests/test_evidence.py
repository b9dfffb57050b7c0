"""When a question counts as answered: by what the first passage holds of its topic, and never by words without one."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.answer import Answerer
from bot.small_talk import small_talk
from index.analysis.light_words import topic_weight
from index.build.build import Options, build
from index.model import Article, Paragraph
from index.store.store import Store

# A town paper: enough articles for common words to be common, and one name in each.
NAMES = (
    "Abernathy Boscawen Carrigan Dunleavy Egerton Fotheringay Gallowglass Hathersage Illingworth Jessamine Kettlewell "
    "Lanyon Mompesson Nettleship Osgathorpe Penhallow Quennell Rattenbury Satterthwaite Trelawney Umfreville Vavasour "
    "Winterbourne Yarborough Zouche Ashenden Birtwhistle Culpepper Drinkwater Entwistle Featherstone Greenhalgh"
).split()
PAPER = [
    Article(
        f"Letters, page {number}",
        (
            Paragraph(
                f"Councillor {name} said that they can ask you what it costs, and that this is how we all work. The "
                "old mill will do, if you know what time it is and who made it."
            ),
            Paragraph(
                f"On day {number} the river rose. People say they will come and see it again, thanks to the rain."
            ),
        ),
    )
    for number, name in enumerate(NAMES, 11)
]
BLUE = Article("A blue door", (Paragraph("The door of the chapel is blue. " + "It was painted by hand. " * 12),))
SKY = Article(
    "Night over the quarry",
    (Paragraph("Twelve lamps burn in the quarry. " * 8 + "The lamps dim the sky. " + "Nobody works on Sunday. " * 12),),
)
SIREN = Article(
    "Page four",
    (
        Paragraph(
            "The siren of the brewery was tested. " + "Hops are dried upstairs. " * 16 + "The loft is closed in May."
        ),
    ),
)


@pytest.fixture(scope="module")
def paper(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Answerer]:
    folder = tmp_path_factory.mktemp("paper")
    build(Store(folder), [*PAPER, BLUE, SKY, SIREN], (), Options(force=True))
    with Answerer.open(folder) as answerer:
        yield answerer


@pytest.mark.parametrize(
    "chat",
    [
        *("what can you do?", "how does this work?", "who made you?", "what time is it?", "got it", "not what I asked"),
        *(
            "do you know me?",
            "say it again",
            "can you see this?",
            "AND WHO ARE YOU?",
            "come again?",
            "it is what it is",
        ),
        *("¿quién eres tú?", "что ты умеешь?", "من أنت؟", "تو کی هستی؟", "on", "and?"),
    ],
)
def test_chat_is_no_question_to_the_articles(paper: Answerer, chat: str) -> None:
    answer = paper.answer(chat)
    assert (answer.state, answer.passages) == ("nothing", ())


@pytest.mark.parametrize("name", NAMES[::5])
def test_a_name_that_stands_in_one_passage_is_an_answer(paper: Answerer, name: str) -> None:
    for question in (name, name.lower(), f"Who is {name}?", f"what did councillor {name} say?"):
        answer = paper.answer(question)
        assert answer.state == "answered", question
        assert name in answer.passages[0].passage.text


def test_a_common_word_alone_is_no_sure_answer_but_is_shown(paper: Answerer) -> None:
    assert paper.answer("river").state in ("answered", "closest")
    assert paper.answer("do you like the river?").state == "closest"


def test_words_that_stand_far_apart_are_no_answer(paper: Answerer) -> None:
    far, near = (paper.answer_with_results(f"the siren {words}") for words in ("in the loft", "of the brewery"))
    assert (far[0].evidence.held, far[0].evidence.is_whole) == (1.0, False)
    assert (near[0].evidence.held, near[0].evidence.is_whole) == (1.0, True)
    assert near[1].state == "answered"


def test_words_that_no_article_mentions_are_named_in_every_state(paper: Answerer) -> None:
    answered = paper.answer("Were hops dried upstairs in the brewery of Wolverstone?")
    assert answered.state == "answered"
    assert answered.missing == ("Wolverstone",)
    assert paper.answer("Wolverstone").missing == ("Wolverstone",)
    assert paper.answer("thank").missing == ()
    assert paper.answer("CAN YOU TELL WHO WOLVERSTONE IS?").missing == ("WOLVERSTONE",)


def test_a_question_about_somebody_whom_no_article_mentions_is_not_answered(paper: Answerer) -> None:
    answer = paper.answer("Who is Hrothgar Wolverstone?")
    assert (answer.state, answer.missing) == ("nothing", ("Hrothgar", "Wolverstone"))


def test_a_question_without_a_topic_is_told_so(paper: Answerer) -> None:
    (problem,) = paper.answer("how does this work?").problems
    assert (problem.kind, problem.words) == ("no_topic", ("how does this work?",))
    assert paper.answer("how does the siren work?").problems == ()


@pytest.mark.parametrize(
    ("word", "language", "weight"),
    [
        *(("Can", "en", "function"), ("DON’T", "en", "content"), ("don’t", "en", "function")),
        *(("IT", "en", "content"), ("it", "en", "function"), ("you", "en", "person"), ("thanks", "en", "courtesy")),
        *(("ferry", "en", "content"), ("icin", "tr", "function"), ("için", "tr", "function")),
        *(("какие", "ru", "function"), ("что", "ru", "function"), ("паром", "ru", "content")),
        *(("أنت", "ar", "person"), ("انت", "ar", "person"), ("میناء", "fa", "content")),
    ],
)
def test_what_a_word_says_of_a_topic(word: str, language: str, weight: str) -> None:
    assert topic_weight(word, language) == weight


@pytest.mark.parametrize(
    ("text", "key"),
    [
        *(("Thanks!", "you_are_welcome"), ("thank you 🙏", "you_are_welcome"), ("HELLO", "greeting")),
        *(
            ("¡Muchas gracias!", "you_are_welcome"),
            ("Buenos dias", "greeting"),
            ("Спасибо большое.", "you_are_welcome"),
        ),
        *(("до свидания", "goodbye"), ("شُكْرًا", "you_are_welcome"), ("السلام عليكم", "greeting")),
        *(("خیلی ممنون", "you_are_welcome"), ("خداحافظ", "goodbye"), ("good night", "goodbye")),
        *(("thanks for the ferry", None), ("hello kitty", None), ("", None), ("?", None), ("ferry", None)),
        *(("Who are you?", "greeting"), ("What can you do?", "greeting"), ("что ты умеешь", "greeting")),
        *(("چه کار می‌کنی؟", "greeting"), ("¿Qué puedes hacer?", "greeting"), ("من أنت؟", "greeting")),
        *(("yes", "no_words"), ("لا", "no_words"), ("No, thanks", "you_are_welcome"), ("haha", "no_words")),
        *(("what can you do at the weir", None), ("why", None), ("who is the keeper?", None)),
    ],
)
def test_small_talk_is_a_whole_message_and_nothing_more(text: str, key: str | None) -> None:
    assert small_talk(text) == key


@pytest.mark.slow
@given(st.text(max_size=60))
def test_no_text_is_too_odd_for_small_talk(text: str) -> None:
    assert small_talk(f"{text} zeppelin") is None


@pytest.mark.parametrize(
    "question",
    [
        "qu'est-ce que la Morvane",
        "Qu’est-ce que la Morvane ?",
        "où la Morvane se jette-t-elle ?",
        "La Morvane est-elle un fleuve ?",
        "Comment s'appelle-t-elle, la Morvane ?",
    ],
)
def test_what_french_joins_with_hyphens_is_no_word_that_the_articles_lack(tmp_path: Path, question: str) -> None:
    rivers = Article(
        "La Morvane",
        (
            Paragraph(
                "La Morvane est une rivière qui s'appelle aussi Noire, et qui se jette dans le lac. Elle est un fleuve."
            ),
        ),
    )
    mill = Article("Le moulin", (Paragraph("Le moulin du village a été vendu à la commune."),))
    build(Store(tmp_path), [rivers, mill], (), Options(force=True))
    with Answerer.open(tmp_path) as answerer:
        answer = answerer.answer(question)
    assert (answer.state, answer.missing) == ("answered", ())
    assert "Morvane" in answer.passages[0].passage.text
