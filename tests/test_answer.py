"""What an answer holds and when it is one, over a real index built in the test."""

from collections.abc import Callable, Iterator
from dataclasses import astuple
from pathlib import Path

import pytest

from bot.answer import Answerer, AskOptions
from bot.policy import Policy
from index.build.build import Options, build
from index.model import Article, Paragraph
from index.search.copies import Copies
from index.search.index import Index
from index.search.retriever import LocalRetriever
from index.store.store import Store

Ask = Callable[[list[Article]], Answerer]

HARBOUR = Article(
    "Harbour crane returns",
    (
        Paragraph("A tall yellow crane beside the quay at dusk", "caption"),
        Paragraph("The yellow crane was lifted back onto the eastern quay on Tuesday. It weighs ninety tonnes."),
        Paragraph("Engineers replaced the gearbox of the crane and repainted its jib during the summer."),
        Paragraph("The crane will unload timber from Norway, said harbourmaster Ines Quill."),
    ),
)
BAKERY = Article(
    "Bakery wins prize",
    (
        Paragraph("The bakery on Mill Lane won the county prize for rye bread."),
        Paragraph("Baker Tom Ash mixes the dough at four in the morning."),
    ),
)


@pytest.fixture
def answerer(tmp_path: Path) -> Iterator[Ask]:
    made: list[Answerer] = []

    def make(articles: list[Article]) -> Answerer:
        store = Store(tmp_path)
        build(store, articles, (), Options(force=True))
        made.append(Answerer(LocalRetriever(store), Policy()))
        return made[-1]

    yield make
    for one in made:
        one.close()


def test_the_answering_passage_comes_first_with_its_sentence_marked(answerer: Ask) -> None:
    answer = answerer([HARBOUR, BAKERY]).answer("How many tonnes does the yellow crane weigh?")
    assert answer.state == "answered"
    first = answer.passages[0]
    assert first.article.title == "Harbour crane returns"
    start, end = first.highlight
    assert first.passage.text[start:end] in (
        "The yellow crane was lifted back onto the eastern quay on Tuesday.",
        "It weighs ninety tonnes.",
    )


def test_an_answer_holds_at_most_two_passages_of_one_article_and_k_in_all(answerer: Ask) -> None:
    one = answerer([HARBOUR, BAKERY])
    answer = one.answer("crane on the quay and rye bread of the bakery in summer timber gearbox", 3)
    titles = [passage.article.title for passage in answer.passages]
    assert titles.count("Harbour crane returns") == 2
    assert "Bakery wins prize" in titles
    assert len(one.answer("crane quay bakery bread", 1).passages) == 1


def test_what_stands_behind_the_first_hits_fills_an_answer(answerer: Ask) -> None:
    long = Article("Tides", tuple(Paragraph(f"The tide turned at the crane pier, {n}.") for n in range(30)))
    other = Article("Pier", (Paragraph("A crane and a pier, and nothing else in this much longer note of ours."),))
    answer = answerer([long, other]).answer("tide turned crane pier", 3)
    assert [shown.article.title for shown in answer.passages] == ["Tides", "Tides", "Pier"]


def test_a_caption_never_leads_while_a_paragraph_matches(answerer: Ask) -> None:
    answer = answerer([HARBOUR, BAKERY]).answer("tall yellow crane beside the quay at dusk")
    kinds = [passage.passage.kind for passage in answer.passages]
    assert kinds[0] == "paragraph"
    assert "caption" in kinds


def test_copies_of_a_paragraph_are_shown_once_and_their_titles_named(answerer: Ask) -> None:
    copy = Article("County news in brief", (BAKERY.paragraphs[0], Paragraph("Roads stay closed until Friday noon.")))
    answer = answerer([HARBOUR, BAKERY, copy]).answer("Which prize did the bakery on Mill Lane win?")
    texts = [passage.passage.text for passage in answer.passages]
    assert texts.count(BAKERY.paragraphs[0].text) == 1
    assert answer.passages[0].copies in (Copies(("County news in brief",), 1), Copies(("Bakery wins prize",), 1))


def test_a_reprint_is_shown_once_and_its_title_named_but_not_one_with_another_number(answerer: Ask) -> None:
    story = "The gale tore the roof off the fish market on Thursday night, and {} people were hurt by falling slates."
    titles = {
        "Gale over Saltmere": story.format("five"),
        "Storm in brief": "SALTMERE - " + story.format("five").replace("Thursday night,", "Thursday night"),
        "Gale, first report": story.format("7"),
        "Gale, second report": story.format("9"),
    }
    articles = [Article(title, (Paragraph(text),)) for title, text in titles.items()]
    answer = answerer(articles).answer("Who was hurt when the gale tore the roof off the fish market?", 4)
    shown = {passage.article.title: passage.copies for passage in answer.passages}
    assert shown in (
        {
            "Gale over Saltmere": Copies(("Storm in brief",), 1),
            "Gale, first report": Copies(),
            "Gale, second report": Copies(),
        },
        {
            "Storm in brief": Copies(("Gale over Saltmere",), 1),
            "Gale, first report": Copies(),
            "Gale, second report": Copies(),
        },
    )


def test_a_question_outside_the_articles_is_said_to_be_so(answerer: Ask) -> None:
    answer = answerer([HARBOUR, BAKERY]).answer("Who composed the opera about the crane of Babylon?")
    assert answer.state == "nothing"
    assert answer.passages == ()
    assert answer.missing == ("composed", "opera", "Babylon")
    assert answer.nearest == ("Harbour crane returns",)


def test_a_few_articles_that_never_say_i_miss_nothing(answerer: Ask) -> None:
    assert "I" not in answerer([HARBOUR, BAKERY]).answer("How do I dance the tango?").missing


@pytest.mark.parametrize(
    "question", ["", "   ", "?!", "who is the", "🙂🙃", "\x00\x1b[31m", '"" -- \\', "ق", "x" * 10_000]
)
def test_a_question_without_a_known_word_gets_nothing(answerer: Ask, question: str) -> None:
    answer = answerer([HARBOUR, BAKERY]).answer(question)
    assert (answer.state, answer.passages, answer.confidence) == ("nothing", (), 0.0)


def test_a_question_of_hundreds_of_words_is_answered_in_order(answerer: Ask) -> None:
    answer = answerer([HARBOUR, BAKERY]).answer("crane " * 250 + "gearbox " * 250)
    assert answer.passages[0].passage.text.startswith("Engineers replaced the gearbox")


def test_without_any_article_every_question_gets_nothing(answerer: Ask) -> None:
    assert answerer([]).answer("crane").state == "nothing"


def test_a_single_article_answers(answerer: Ask) -> None:
    answer = answerer([BAKERY]).answer("When does baker Tom Ash mix the dough?")
    assert (answer.state, answer.passages[0].passage.ordinal, answer.passages[0].passage.count) == ("answered", 2, 2)


def test_an_explanation_gives_each_word_its_share_of_the_score(answerer: Ask) -> None:
    answer = answerer([HARBOUR, BAKERY]).answer("Who mixes the dough in Norway?", options=AskOptions(explain=True))
    shares = {share.word: share.share for share in answer.explanation.shares}
    assert answer.explanation.ignored == ("Who", "the", "in")
    assert answer.explanation.parts is not None
    parts = astuple(answer.explanation.parts)
    assert sum(shares.values()) == pytest.approx(parts[0])
    assert sum(parts) == pytest.approx(answer.passages[0].score)
    assert min(parts[:-1]) > 0 == parts[-1]
    assert shares["Norway"] == 0 < shares["dough"]


async def test_the_answer_is_the_same_inside_an_event_loop(answerer: Ask) -> None:
    one = answerer([HARBOUR, BAKERY])
    assert await one.answer_async("Who mixes the dough?") == one.answer("Who mixes the dough?")


def test_small_collections_ask_for_more_and_large_ones_for_the_settings() -> None:
    policy = Policy(answered_at=0.8, closest_at=0.5)
    thresholds = [policy.thresholds(articles) for articles in (0, 1, 20, 40, 60, 10_000)]
    assert thresholds[:3] == [(0.82, 0.7)] * 3
    assert thresholds[4:] == [(0.8, 0.5)] * 2
    assert thresholds == sorted(thresholds, reverse=True)


def test_a_search_ends_at_whichever_checkpoint_raises(towers: Path) -> None:
    class EnoughError(Exception):
        pass

    with Index.open(towers) as index:
        question, passed = "Who designed the tower?", list[None]()
        whole = index.search(question, checkpoint=lambda: passed.append(None))
        assert whole.hits == index.search(question).hits
        assert len(passed) >= 4
        for last in range(len(passed)):
            left = [None] * last

            def checkpoint(left: list[None] = left) -> None:
                if not left:
                    raise EnoughError
                left.pop()

            with pytest.raises(EnoughError):
                index.search(question, checkpoint=checkpoint)
