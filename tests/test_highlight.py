"""The sentence that is marked: the one that says what is asked, not the one that repeats the title."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.answer import Answerer
from bot.highlight import UNMARKED, answering_sentence
from bot.interrogatives import asked
from index.analysis.analyzer import analyze
from index.analysis.sentences import sentences

# Title, language, text with the answer in square brackets, and what is asked.
ROWS = [
    (
        "The tide mill of Ardley",
        "en",
        "The tide mill of Ardley ground barley and oats for the whole coast. [It burned down in 1911.]",
        ("When did the tide mill of Ardley burn down?", "what year did the tide mill burn"),
    ),
    (
        "Ferry timetable",
        "en",
        "The ferry to Lorne is the only way across. [It sails at 7.15 am from the lower quay.] Dogs are carried free.",
        ("When does the ferry sail?", "What time does the Lorne ferry sail?"),
    ),
    (
        "Cheese fair",
        "en",
        "The cheese fair drew visitors from every valley. [Counting at the gate came to 8,200.] "
        "Next year the fair moves indoors.",
        ("How many visitors did the cheese fair draw?",),
    ),
    (
        "Concert hall",
        "en",
        "The concert hall was designed for the fair. [Its designs came from Ilse Brandt and Pia Holm.] "
        "It has no columns at all.",
        ("Who designed the concert hall?",),
    ),
    (
        "Salt road",
        "en",
        "Mules carried the salt for three hundred years. [They rested at Casa Merlo, below the pass.] They ate hay.",
        ("Where did the mules rest?",),
    ),
    (
        "Die Sternwarte auf dem Hohen Kamm",
        "de",
        "Die Sternwarte auf dem Hohen Kamm ist bei klarem Himmel offen. [Gebaut wurde sie 1887 von den Bürgern.]",
        ("Wann wurde die Sternwarte auf dem Hohen Kamm gebaut?",),
    ),
    (
        "El faro de Punta Brava",
        "es",
        "El faro de Punta Brava guía a los pescadores del cabo. [Tiene 214 escalones de piedra.] Nadie vive allí.",
        ("¿Cuántos escalones tiene el faro de Punta Brava?",),
    ),
    (
        "Le pont de Valserres",
        "fr",
        "Le pont de Valserres relie les deux rives du canal. [Il a été achevé en 1932 après une crue.]",
        ("Quand le pont de Valserres a-t-il été achevé ?",),
    ),
    (
        "Старая мельница",
        "ru",
        "Старая мельница стоит у плотины с незапамятных времён. [Сгорела она в 1903 году после грозы.]",
        ("Когда сгорела старая мельница?", "в каком году сгорела мельница"),
    ),
    (
        "Eski değirmen",
        "tr",
        "Eski değirmen köyün en bilinen yapısıdır. [1894 yılında yandı ve bir daha kurulmadı.]",
        ("Eski değirmen ne zaman yandı?",),
    ),
    (
        "مكتبة الواحة",
        "ar",
        "مكتبة الواحة تفتح أبوابها كل مساء للزوار. [ويبلغ عدد الكتب فيها ٤٥٠٠ كتاب.] وفيها قاعة للأطفال.",
        ("كم كتابا في مكتبة الواحة؟",),
    ),
    (
        "کتابخانه روستا",
        "fa",
        "کتابخانه روستا کنار مدرسه ساخته شده است. [در سال ۱۳۸۲ افتتاح شد و هر روز باز است.]",
        ("کتابخانه روستا در چه سالی افتتاح شد؟",),
    ),
    (
        "老磨坊",
        "zh",
        "老磨坊位于河边，游客很多。[它在1911年被烧毁，此后没有重建。]",
        ("老磨坊什么时候被烧毁？",),
    ),
    # The words that every sentence holds choose none of them, even where the title is silent.
    (
        "Notes",
        "en",
        "The kiln is fired twice a week. The kiln is as tall as a house. [The kiln takes eleven tons of clay.]",
        ("How much clay does the kiln take?",),
    ),
    # Another form of a word that is asked for.
    (
        "Settlers",
        "en",
        "The settlers came from the islands in spring. [An act to naturalise them passed quickly.] They grew flax.",
        ("Were the settlers naturalized?",),
    ),
    # A heading says what the text below it is about, and is no answer.
    ("Swimming bath", "en", "Opening hours\n[The bath opens at noon.] It closes at dusk.", ("bath opening hours",)),
    (
        "Swimming bath",
        "en",
        "[The bath is heated from May.] It closes at dusk.\nOpening hours",
        ("bath opening hours",),
    ),
    # A question that begins a line says what is answered behind it.
    (
        "Bath",
        "en",
        "Is it heated? From May on. It has steam.\nHow old is it? [Older than us.]",
        ("How old is the bath?",),
    ),
    (
        "Swimming bath",
        "en",
        "When does the bath open?\n[Daily from noon on.] Dogs stay outside.",
        ("When does the bath open?",),
    ),
    ("Swimming bath", "en", "Prices\nIs the bath heated?\n[From May on.]", ("Is the bath heated?",)),
    # In a line it may be the name of a song.
    ("Songs", "en", "It is old. [It is called Is the bath heated?] It was sung at dusk.", ("Is the bath heated?",)),
    (
        "Λουτρό",
        "el",
        "Πότε ανοίγει το λουτρό;\n[Κάθε μέρα το μεσημέρι.] Σκύλοι μένουν έξω.",
        ("Πότε ανοίγει το λουτρό;",),
    ),
]
CASES = [
    pytest.param(title, language, text, question, id=question)
    for title, language, text, questions in ROWS
    for question in questions
]


@pytest.mark.parametrize(("title", "language", "text", "question"), CASES)
def test_the_sentence_that_says_what_is_asked_is_marked(title: str, language: str, text: str, question: str) -> None:
    start, end = text.index("["), text.index("]") - 1
    plain = text.replace("[", "").replace("]", "")
    marked = answering_sentence(
        plain, title, language, question, _weights(question, language), asked(question, language)
    )
    assert plain[slice(*marked)] == plain[start:end]


@pytest.mark.parametrize(
    ("question", "language", "kind"),
    [
        ("How many seats?", "en", "number"),
        ("HOW MANY SEATS?", "en", "number"),
        ("Since when?", "en", "date"),
        ("In what year was Doctor Who first shown?", "en", "date"),
        ("Which planet met Doctor Who?", "en", None),
        ("Whenever it rains", "en", None),
        ("Why?", "en", None),
        ("¿Cuándo abre?", "es", "date"),
        ("¿Quién lo pintó?", "es", "name"),
        ("Wie viele Stufen hat der Turm?", "de", "number"),
        ("Wer malt?", "de", None),
        ("في أي عام بني المسجد؟", "ar", "date"),
        ("कबीर कौन थे?", "hi", None),
        ("मेला कब लगता है?", "hi", "date"),
        ("桥有多长？", "zh", "number"),
        ("When?", "xx", None),
    ],
)
def test_a_question_word_says_what_kind_of_answer_is_asked_for(question: str, language: str, kind: str | None) -> None:
    assert asked(question, language) == kind


def test_a_single_sentence_a_caption_and_blank_text_are_not_marked(answerer: Answerer) -> None:
    for text in ("The mill burned in 1911.", "", "   ", "Opening hours\nClosing days"):
        assert answering_sentence(text, "The mill", "en", "When?", {"mill": 1.0}, "date") == UNMARKED
    (first, *_) = answerer.answer("Who learn to fold dough?").passages
    assert first.highlight == UNMARKED


@given(st.text(alphabet="ab1A \n.?、。", max_size=60), st.sampled_from(["number", "date", "name", None]))
def test_what_is_marked_is_a_sentence_of_several_or_nothing(text: str, kind: str | None) -> None:
    marked = answering_sentence(text, "A b", "en", "ab?", {"ab": 1.0, "aabb": 2.0}, kind)  # type: ignore[arg-type]
    assert marked == UNMARKED or marked in sentences(text)
    assert marked == UNMARKED or len(sentences(text)) > 1


def _weights(question: str, language: str) -> dict[str, float]:
    """Return the terms of a question, all of one weight, as if each were as rare as the others."""
    return dict.fromkeys(analyze(question, language), 1.0)


def test_of_sentences_that_hold_equally_much_the_nearest_in_meaning_is_marked() -> None:
    text = "The mill stood empty. The mill was sold. The mill ground corn."

    def marked(*cosines: float) -> str:
        return text[slice(*answering_sentence(text, "", "en", "Who bought the mill?", {"mill": 1.0}, None, cosines))]

    assert marked() == "The mill stood empty."
    assert marked(0.7, 0.8, 0.75) == "The mill was sold."


def test_one_sentence_that_is_nearer_does_not_outweigh_all_words() -> None:
    text = "The mill was sold to a brewer in spring. The owner is not known. Nobody asked."
    weights, near = {"mill": 2.0, "sold": 2.0}, (0.7, 0.8, 0.7)
    start, end = answering_sentence(text, "", "en", "Who was the mill sold to?", weights, None, near)
    assert text[start:end].startswith("The mill was sold")
