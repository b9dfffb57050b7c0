"""The sample articles and the questions about them: that they are whole, and that questions name real passages."""

import csv
import json
from pathlib import Path

import pytest

from index.model import Article
from index.sources import read

EXAMPLES = Path(__file__).parents[1] / "examples"
QUESTIONS = Path(__file__).with_name("questions.jsonl")


def asked() -> list[dict[str, str | None]]:
    return [json.loads(line) for line in QUESTIONS.read_text(encoding="utf-8").splitlines()]


@pytest.fixture
def articles() -> dict[str, Article]:
    found = list(read([EXAMPLES]))
    assert [one for one in found if not isinstance(one, Article)] == []
    return {one.title: one for one in found if isinstance(one, Article)}


def test_there_is_a_sample_of_every_format() -> None:
    names = {path.name for path in EXAMPLES.iterdir()}
    assert names == {
        "allotments.txt",
        "library-at-night.md",
        "market-hall.html",
        "notices.csv",
        "old-weir-bridge.md",
        "pasted-page.txt",
        "qanat-kohanrud.md",
        "reading-your-water-meter.md",
        "stadtbad-oberwesen.md",
        "waha-alsarwa.txt",
        "world.jsonl",
    }


def test_the_sample_files_are_well_formed() -> None:
    texts = {path.name: path.read_text(encoding="utf-8") for path in EXAMPLES.iterdir()}
    assert len([json.loads(line) for line in texts["world.jsonl"].splitlines()]) == 3
    assert len(list(csv.DictReader(texts["notices.csv"].splitlines(keepends=True)))) == 2
    assert texts["pasted-page.txt"].count("\nTT\n20\n") == 2
    assert texts["old-weir-bridge.md"].startswith("---\ntitle: ")


def test_the_samples_are_read_as_fifteen_whole_articles(articles: dict[str, Article]) -> None:
    assert len(articles) == 15
    for article in articles.values():
        paragraphs = [one.text for one in article.paragraphs if one.kind == "paragraph"]
        assert 4 <= len(paragraphs) <= 6
        assert min(map(len, paragraphs)) > 60
        assert not {"TT", "20", article.title} & set(paragraphs)


def test_the_questions_are_well_formed() -> None:
    questions = asked()
    assert {frozenset(one) for one in questions} == {frozenset(("question", "title", "contains", "language"))}
    assert len({one["question"] for one in questions}) == len(questions)
    assert len([one for one in questions if one["title"] is None and one["contains"] is None]) == 10
    assert len([one for one in questions if one["title"] and one["contains"]]) == 32
    assert {one["language"] for one in questions} == {"en", "ar", "de", "es", "fa", "hi", "ru", "zh"}


def test_every_answer_stands_word_for_word_in_one_paragraph_of_its_article(articles: dict[str, Article]) -> None:
    answerable = [one for one in asked() if one["title"]]
    assert answerable
    for one in answerable:
        article = articles[one["title"] or ""]
        holding = [paragraph for paragraph in article.paragraphs if (one["contains"] or "") in paragraph.text]
        assert len(holding) == 1, one
