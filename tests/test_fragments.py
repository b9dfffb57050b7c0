"""Where in its document a passage stands: the page of a PDF, the time of a recording."""

import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from io import StringIO
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from rich.console import Console

from bot import Answerer
from bot.answer import Answer
from bot.catalogue import LANGUAGES, Catalogue
from bot.channels.telegram.messages.cards import Circumstances, answer_card
from bot.channels.telegram.messages.rich_text import to_plain
from bot.channels.terminal import terminal
from bot.render import passage_address
from bot.schema import AnswerJson, to_json
from index import Index, Options, Store, build_index, passages
from index.model import Article, ArticleCard, Paragraph, Passage

EELS = "The eels of the lower basin are counted every spring by three clerks and a boy."
TAR = "Tar is boiled in the yard behind the ropewalk, never on a Sunday."
BELL = "The bell was rung twice before anybody noticed that it had cracked."
GUIDE = Article(
    "Guide to the Basin",
    (Paragraph(EELS, fragment="page=12"), Paragraph(TAR, fragment="page=1013"), Paragraph(BELL, "caption", "page=14")),
    "guide.pdf",
    url="https://basin.example/guide.pdf",
)
TALK = Article("A Talk on Tar", (Paragraph(TAR.replace("Tar", "Pitch"), fragment="t=3683.5"),), "talk.srt")
PLAIN = Article("Hemp", (Paragraph("Hemp comes by cart from the uplands in the autumn."),), "hemp.txt")


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("fragments") / "data"
    Index.build(folder, [GUIDE, TALK, PLAIN]).close()
    return folder


@pytest.fixture(scope="module")
def answerer(data: Path) -> Iterator[Answerer]:
    with Answerer.open(data) as answerer:
        yield answerer


def first(answer: Answer) -> Passage:
    return answer.passages[0].passage


def printed(answer: Answer) -> str:
    console = Console(file=StringIO(), width=200, color_system=None, _environ={})
    terminal(answer, console)
    assert isinstance(console.file, StringIO)
    return console.file.getvalue()


@pytest.mark.parametrize(
    ("question", "page", "seconds"),
    [("Who counts the eels?", 12, None), ("Where is pitch boiled?", None, 3683.5), ("How does hemp come?", None, None)],
)
def test_an_answer_knows_the_page_or_the_time(
    answerer: Answerer, question: str, page: int | None, seconds: float | None
) -> None:
    answer = answerer.answer(question)
    assert (first(answer).page, first(answer).seconds) == (page, seconds)
    record = AnswerJson.model_validate_json(to_json(answer)).passages[0]
    assert (record.page, record.seconds) == (page, seconds)


def test_an_opened_article_knows_its_pages(answerer: Answerer) -> None:
    assert [passage.page for passage in answerer.passages_of(0)] == [12, 1013, 14]
    assert [passage.fragment for passage in answerer.passages_of(2)] == [None]


def test_the_terminal_says_where_it_stands(answerer: Answerer) -> None:
    eels, pitch = printed(answerer.answer("Who counts the eels?", 1)), printed(answerer.answer("pitch boiled", 1))
    assert "p. 12 · par. 1 of 2" in eels
    assert "https://basin.example/guide.pdf#page=12" in eels
    assert "1:01:23 · par. 1 of 1" in pitch
    assert "·" not in printed(answerer.answer("How does hemp come?", 1))


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_card_says_where_it_stands_in_every_language(answerer: Answerer, language: str) -> None:
    say = Catalogue(language)
    for question, wanted in (("Who counts the eels?", "12"), ("pitch boiled", "1:01:23")):
        card = answer_card(answerer.answer(question, 1), say, Circumstances(), quoted=0, compact=False)
        assert say.digits(wanted) in to_plain(card).split("\n")[1]


@pytest.mark.parametrize(
    ("url", "fragment", "address"),
    [
        ("https://a.example/b.pdf", "page=3", "https://a.example/b.pdf#page=3"),
        ("https://a.example/b.PDF?v=2", "page=3", "https://a.example/b.PDF?v=2#page=3"),
        ("https://a.example/b", "page=3", "https://a.example/b"),
        ("https://a.example/b.pdf#c", "page=3", "https://a.example/b.pdf#c"),
        ("https://a.example/b.mp4", "t=83.5", "https://a.example/b.mp4#t=83.5"),
        ("https://a.example/b.pdf", None, "https://a.example/b.pdf"),
        ("https://a.example/b.pdf", "page=<x>", "https://a.example/b.pdf"),
        ("javascript:b.pdf", "page=3", None),
        (None, "page=3", None),
    ],
)
def test_an_address_leads_to_the_page_where_it_can(url: str | None, fragment: str | None, address: str | None) -> None:
    card = ArticleCard(0, "0" * 12, "B", "b.pdf", None, url, None, None, "en", 0, 1)
    assert passage_address(card, Passage(0, 0, 1, 1, "paragraph", EELS, fragment)) == address


def test_an_article_that_moved_to_other_pages_is_not_taken_over(tmp_path: Path) -> None:
    store = Store(tmp_path / "data")
    moved = replace(GUIDE, paragraphs=tuple(replace(piece, fragment="page=2") for piece in GUIDE.paragraphs))
    reused = []
    for guide in (GUIDE, GUIDE, moved, moved):
        report = build_index(store, [guide, PLAIN], ["x"], Options())
        reused.append((report.reused, report.changed))
    assert reused == [(0, 0), (2, 0), (1, 1), (2, 0)]
    with Index.open(tmp_path / "data") as index:
        assert [passage.page for passage in index.texts.passages_of(0)] == [2, 2, 2]


def test_a_collection_without_pages_has_no_table_of_them(tmp_path: Path) -> None:
    Index.build(tmp_path / "data", [PLAIN]).close()
    (file,) = (tmp_path / "data").rglob("articles.sqlite")
    found = sqlite3.connect(file).execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
    assert sorted(found) == [("articles",), ("passages",)]


@pytest.mark.slow
def test_the_workers_of_a_large_build_pass_it_on(tmp_path: Path) -> None:
    many = [
        Article(f"Part {turn}", (Paragraph(f"{EELS} {turn} " * 9, fragment=f"page={turn}"),), f"{turn}.pdf")
        for turn in range(1, 900)
    ]
    with Index.build(tmp_path / "data", many, options=Options(processes=2)) as index:
        for row in (0, 450, 898):
            assert {passage.page for passage in index.texts.passages_of(row)} == {row + 1}


PIECES = st.builds(
    Paragraph,
    st.integers(1, 700).map(lambda words: " ".join(f"Eel {word}." for word in range(words))),
    st.sampled_from(("paragraph", "caption")),
    st.one_of(st.none(), st.integers(1, 9).map(lambda page: f"page={page}")),
)


@pytest.mark.slow
@settings(max_examples=60)
@given(st.lists(PIECES, min_size=1, max_size=6))
@example(
    [
        Paragraph("Eel 0.", fragment="page=2"),
        Paragraph(" ".join(f"Eel {word}." for word in range(151)), fragment="page=1"),
    ]
)
def test_a_passage_stands_where_its_first_paragraph_does(pieces: list[Paragraph]) -> None:
    cut = passages(Article("Eels", tuple(pieces)))
    # Where a passage begins, in letters from the beginning, tells its paragraph.
    begins, at = [], 0
    for piece in pieces:
        begins.append((at, piece.fragment))
        at += len("".join(piece.text.split()))
    at = 0
    for passage in cut:
        stands = [fragment for begin, fragment in begins if begin <= at][-1]
        assert stands is None or passage.fragment == stands
        at += len("".join(passage.text.split()))
