"""A question about no topic, at every door: the newest articles are shown as answers are."""

import json
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess

import pytest

from bot.answer import Answerer
from bot.conversation import follow_up
from bot.policy import Policy
from index.build.build import Options, build
from index.model import Article, Paragraph
from index.search.retriever import LocalRetriever
from index.store.store import Store
from tests.telegram_server.server import FakeTelegram
from tests.telegram_shelf import asked

ALICE = 7
NEWS = tuple(
    Article(title, (Paragraph(f"{title} since the morning. It is the talk of the quay."), Paragraph(f"{title} again.")),
            date=date, key=title)
    for title, date in (
        ("The ferry sails", "2024-05-01T08:00:00+00:00"),
        ("The crane turns", "2024-05-01T19:00:00+00:00"),
        ("The mill burns", "2023-11-30"),
        ("The bell rings", None),
    )
)  # fmt: skip
NEWEST_FIRST = ["The crane turns", "The ferry sails", "The mill burns"]

Run = Callable[..., CompletedProcess[str]]


@pytest.fixture
def answerer(tmp_path: Path) -> Answerer:
    build(Store(tmp_path / "news"), NEWS, (), Options(force=True))
    return Answerer(LocalRetriever(Store(tmp_path / "news")), Policy())


def test_the_list_of_the_newest_and_the_answer_are_in_the_same_order(answerer: Answerer) -> None:
    answer = answerer.answer("latest news")
    assert [found.article.title for found in answer.passages] == NEWEST_FIRST
    assert [card.title for card in answerer.articles.latest(0, 9).articles] == NEWEST_FIRST
    assert [card.title for card in answerer.articles.latest(1, 1).articles] == NEWEST_FIRST[1:2]
    assert [hit.article.title for hit in answerer.articles.newest(0, 2)] == NEWEST_FIRST[:2]


def test_an_explanation_of_it_names_no_word(answerer: Answerer) -> None:
    assert answerer.answer("May 2024").state == "answered"
    assert answerer.terms("latest news").terms == ()


def test_it_stands_for_itself_after_another_question(answerer: Answerer) -> None:
    followed = follow_up(answerer, "What happened in May 2024?", ["Does the mill burn?"])
    assert [found.article.title for found in followed.answer.passages] == NEWEST_FIRST[:2]
    assert followed.added == ()


def test_the_command_prints_it_as_an_answer_and_as_json(quoth: Run, tmp_path: Path) -> None:
    rows = [{"title": one.title, "date": one.date, "text": one.paragraphs[0].text} for one in NEWS if one.date]
    (tmp_path / "news.jsonl").write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    quoth("index", tmp_path / "news.jsonl")
    said = quoth("ask", "What happened in May 2024?")
    assert said.returncode == 0
    assert said.stdout.startswith('Only articles from May 2024 ("in May 2024"). --all searches everything.')
    assert said.stdout.index("The crane turns") < said.stdout.index("The ferry sails")
    assert "▸" not in said.stdout
    read = json.loads(quoth("ask", "--json", "--explain", "latest news").stdout)
    assert (read["state"], [found["title"] for found in read["passages"]]) == ("answered", NEWEST_FIRST)
    assert read["explanation"]["shares"] == []
    assert quoth("console", stdin="What's new?\n").stdout.index("The crane turns") > 0


async def test_telegram_shows_it_as_an_answer(fake: FakeTelegram, answerer: Answerer, tmp_path: Path) -> None:
    async with asked(fake, tmp_path, answerer):
        sent = await fake.say_and_wait(ALICE, "news from May 2024")
        assert sent.styled("bold")[0] == "The crane turns"
        assert "May 2024" in sent.text
        assert NEWS[1].paragraphs[0].text in sent.text
        await fake.press_and_wait(sent, "… More")
        copied = (await fake.wait_edit(sent, 1)).button("Copy")["copy_text"]["text"]
        assert NEWS[1].paragraphs[0].text in copied
