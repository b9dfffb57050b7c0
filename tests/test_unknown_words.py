"""Words that no article holds: what they are taken for, when that is said, and when they are left alone."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from bot.answer import Answer, Answerer, AskOptions
from bot.policy import Policy
from index.build.build import Options, build
from index.model import Article, Paragraph
from index.search.retriever import LocalRetriever
from index.store.store import Store

pytestmark = pytest.mark.slow

ARTICLES = {
    "en": (
        "The snowplough stood in the car park. A post office sells stamps beside the wind mill.",
        "Fergus O'Malley bred a horse. The lorries carried bread and herring, and the council made a policy.",
        "A gold fish swam in the Red Kite pond. Its keeper reads a newspaper every morning.",
    ),
    "de": (
        "Die Rathausuhr ging nach. Der Landesbote druckt einen Wetterbericht.",
        "Das Kinderzimmer im Leuchtturm hat ein Fenster zum Meer.",
    ),
    "sv": ("En sjukbil stod vid bryggan, och en fiskebåt låg intill.", "Hunden sov på en filt i solen."),
    "vi": (
        "Chợ đêm ở Cần Thơ mở cửa lúc bảy giờ. Vé thuyền giá tám đồng.",
        "Ngôi sao sáng nhất mọc trên biển. Con thuyền về bến.",
        "Người bán cá nghỉ ngày mưa bão lớn. Hai anh em ăn phở bò.",
    ),
    "uk": ("Рибалка лагодить човен. Кораблі стояли в гавані до ранку.", "Пекар пече хліб із маком."),
    "bg": ("Рибарят лови риба. Мостът над реката е затворен.", "Хлебарницата отваря рано."),
    "pl": ("Młynarz z Łowicza miele żyto. Wóz stoi pod lipą.", "Kot śpi na piecu."),
}
Ask = Callable[..., Answer]


@pytest.fixture(scope="module")
def ask(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ask]:
    store = Store(tmp_path_factory.mktemp("unknown"))
    articles = [
        Article(f"{language} {number}", (Paragraph(text),), language=language)
        for language, texts in ARTICLES.items()
        for number, text in enumerate(texts)
    ]
    build(store, articles, (), Options(force=True))
    answerer = Answerer(LocalRetriever(store), Policy(answered_at=0, closest_at=0))
    yield answerer.answer
    answerer.close()


@pytest.mark.parametrize(
    ("question", "held"),
    [
        ("cho dem Can Tho", "Chợ đêm ở Cần Thơ"),
        ("Can Tho", "Cần Thơ"),
        ("gia ve thuyen", "giá tám đồng"),
        ("mlynarz z Lowicza", "Młynarz"),
    ],
)
def test_a_question_without_marks_finds_the_words_that_have_them(ask: Ask, question: str, held: str) -> None:
    answer = ask(question)
    assert held in answer.passages[0].passage.text
    assert (answer.missing, answer.corrected) == ((), ()), "the same letters need no saying"


def test_a_vietnamese_word_with_its_marks_is_no_other_word(ask: Ask) -> None:
    (first, *_) = ask("bão").passages
    assert "mưa bão" in first.passage.text
    assert "bò" not in ask("bỏ", options=AskOptions(explain=True)).explanation.shares[0].term


@pytest.mark.parametrize("question", ["sao", "ngôi sao", "tại sao ngôi sao sáng", "ngoi sao"])
def test_half_of_a_question_word_is_a_word_of_its_own(ask: Ask, question: str) -> None:
    assert "Ngôi sao" in ask(question).passages[0].passage.text


def test_a_word_that_stands_for_several_terms_counts_as_one(ask: Ask) -> None:
    answer = ask("thuyen ve", options=AskOptions(explain=True))
    words = [share.word for share in answer.explanation.shares]
    assert words == ["thuyen", "ve"]
    parts = answer.explanation.parts
    assert parts is not None
    assert sum(share.share for share in answer.explanation.shares) == pytest.approx(parts.words)


@pytest.mark.parametrize(
    ("question", "held"),
    [
        ("the snow plough", "snowplough"),
        ("a news paper", "newspaper"),
        ("Rathaus Uhr", "Rathausuhr"),
        ("Uhr im Rathaus", "Rathausuhr"),
        ("Bericht vom Wetter", "Wetterbericht"),
        ("Zimmer für Kinder", "Kinderzimmer"),
        ("sjuk bil", "sjukbil"),
        ("fiske båt", "fiskebåt"),
    ],
)
def test_two_words_find_the_one_that_articles_write(ask: Ask, question: str, held: str) -> None:
    assert held in ask(question).passages[0].passage.text


@pytest.mark.parametrize(
    ("question", "searched"),
    [
        ("goldfish", "gold fish"),
        ("redkite", "red kite"),
        ("postoffice", "post office"),
        ("the windmill", "wind mill"),
        ("the snowplou gh", "snowplough"),
        ("newspa per", "newspaper"),
    ],
)
def test_a_space_too_few_or_too_many_is_said(ask: Ask, question: str, searched: str) -> None:
    answer = ask(question)
    assert [right.casefold() for _, right in answer.corrected if right.casefold() == searched] == [searched]
    assert searched in answer.passages[0].passage.text.casefold()


@pytest.mark.parametrize(
    ("question", "held"),
    [("рибалки", "Рибалка"), ("корабель", "Кораблі"), ("мост", "Мостът"), ("хлебарница", "Хлебарницата")],
)
def test_another_ending_is_no_other_word_where_there_is_no_stemmer(ask: Ask, question: str, held: str) -> None:
    answer = ask(question)
    assert held in answer.passages[0].passage.text
    assert answer.missing == ()


@pytest.mark.parametrize(("question", "name"), [("Omaley", "O'Malley"), ("Who is O'Maley?", "O'Malley")])
def test_an_apostrophe_is_no_letter_of_a_name(ask: Ask, question: str, name: str) -> None:
    answer = ask(question)
    assert [right for _, right in answer.corrected] == [name]
    assert name in answer.passages[0].passage.text


@pytest.mark.parametrize("word", ["worries", "breaks", "hearing", "police", "house", "stumps", "breed", "thanks"])
def test_a_word_of_the_language_is_not_replaced(ask: Ask, word: str) -> None:
    answer = ask(f"{word} in the newspaper")
    assert answer.corrected == ()
    assert [share.word for share in ask(word, options=AskOptions(explain=True)).explanation.shares] == [word]


@pytest.mark.parametrize(("written", "meant"), [("Whta", "what"), ("wihch", "which"), ("whoose", "whose")])
def test_a_misspelt_question_word_still_only_asks(ask: Ask, written: str, meant: str) -> None:
    answer = ask(f"{written} newspaper does the keeper read?")
    assert (written, meant) in answer.corrected
    assert "newspaper" in answer.passages[0].passage.text
    assert answer.missing == ()


def test_nothing_is_taken_for_anything_else_where_the_words_are_insisted_on(ask: Ask) -> None:
    for question in ("goldfish", "snow plou gh", "cho dem", "Omaley"):
        assert ask(question, options=AskOptions(exact=True)).corrected == ()
    assert ask("goldfish", options=AskOptions(exact=True)).passages == ()


@pytest.mark.parametrize("question", ["kurakligin sonu", "Kurakligi kim yazdi?", "kuraklikta agac"])
def test_a_turkish_word_typed_in_ascii_gets_the_marks_that_its_vowels_ask_for(question: str, tmp_path: Path) -> None:
    texts = "Göldeki kuraklığın sonu geldi.", "Balıkçılar ağlarını onardı.", "Değirmen taşı ağırdı."
    build(
        Store(tmp_path), [Article("Göl", (Paragraph(text),), language="tr") for text in texts], (), Options(force=True)
    )
    with Answerer(LocalRetriever(Store(tmp_path)), Policy(answered_at=0, closest_at=0)) as answerer:
        answer = answerer.answer(question)
    assert "kuraklığın" in answer.passages[0].passage.text
    assert not answer.corrected


def test_two_words_are_one_in_a_language_of_a_single_article_too(tmp_path: Path) -> None:
    texts = {"en": "The lake froze in January.", "fi": "Kalakeittoa jaettiin torilla; kalakeitto oli kuumaa."}
    build(
        Store(tmp_path),
        [Article(name, (Paragraph(text),), language=name) for name, text in texts.items()],
        (),
        Options(force=True),
    )
    with Answerer(LocalRetriever(Store(tmp_path)), Policy(answered_at=0, closest_at=0)) as answerer:
        assert answerer.answer("kala keitto").passages[0].article.title == "fi"
