"""Asking precisely through the real command: filters, phrases, dates in words, and what is said about them."""

import subprocess
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.schema import AnswerJson
from index.build.build import Options, build
from index.sources import read
from index.store.store import Store

Run = Callable[..., subprocess.CompletedProcess[str]]

# Some days ago, so that "this month" may or may not hold it, but the last 9 days do wherever the clock stands.
NEW = (datetime.now(UTC) - timedelta(days=4)).date()
FERRY = "The ferry to Saltmere carries forty bicycles and a piano."
TOLL = "The toll of the ferry was raised to three buttons in 2019."


@pytest.fixture
def ask(tmp_path: Path, quoth: Run) -> Callable[..., AnswerJson]:
    """Return what asks the real command about two dated articles, and reads its JSON."""
    folder = tmp_path / "dated"
    folder.mkdir()
    (folder / "new.md").write_text(f"---\ntitle: Ferry sails\ndate: {NEW}\nsource: Saltmere Post\n---\n\n{FERRY}\n")
    (folder / "old.md").write_text(f"---\ntitle: Ferry tolls\ndate: 2019-06-30\n---\n\n{TOLL}\n")
    (folder / "other.md").write_text(
        "---\ntitle: Bakers\ndate: 2018-01-05\n---\n\nForty bakers fold the dough at night.\n"
    )
    build(Store(tmp_path / "data"), read([folder]), [str(folder)], Options(force=True))

    def asked(*arguments: str, code: int = 0) -> AnswerJson:
        done = quoth("ask", *arguments, "--json")
        assert (done.returncode, done.stderr) == (code, "")
        return AnswerJson.model_validate_json(done.stdout)

    return asked


def titles(answer: AnswerJson) -> list[str]:
    return sorted(found.title for found in answer.passages)


def test_filters_narrow_the_answer_and_are_told(ask: Callable[..., AnswerJson]) -> None:
    dated = ask("ferry after:2020 source:post")
    assert titles(dated) == ["Ferry sails"]
    assert [narrowing.key for narrowing in dated.narrowed] == [
        "after:2020-01-01",
        "source:" + dated.narrowed[1].key[7:],
    ]
    assert titles(ask("ferry before:2019-06-30 in:tolls")) == ["Ferry tolls"]
    assert titles(ask('"the ferry" -piano')) == ["Ferry tolls"]
    nothing = ask("ferry after:2030", code=1)
    assert nothing.problems == ["after:2030: no passage is left by this; without it there are some."]
    wrong = ask("ferry after:soon")
    assert titles(wrong) == ["Ferry sails", "Ferry tolls"]
    assert wrong.problems[0].startswith("after:soon is no date; ")


def test_a_date_in_words_narrows_and_is_taken_back(ask: Callable[..., AnswerJson]) -> None:
    question = "What did the ferry carry in the last 9 days?"
    narrowed = ask(question)
    assert titles(narrowed) == ["Ferry sails"]
    assert [narrowing.words for narrowing in narrowed.narrowed] == ["last 9 days"]
    assert titles(ask(question, "--all")) == ["Ferry sails", "Ferry tolls"]
    assert ask("Which toll was raised in the last 9 days?").narrowed == []
    assert [narrowing.label for narrowing in ask("What was the toll of the ferry in 2019?").narrowed] == [
        "articles from 2019"
    ]


def test_a_misspelt_word_is_corrected_unless_it_is_insisted_on(ask: Callable[..., AnswerJson]) -> None:
    assert ask("Which toll of the ferri was raisd?").corrected == [("raisd", "raised")]
    assert ask("Which toll of the ferri was raisd?", "--exact").corrected == []
    quoted = ask('Which toll of the ferry was "raisd"?')
    assert quoted.corrected == []
    assert quoted.problems == ['"raisd": not word for word in a passage that answers; searched for the words alone.']


def test_the_terminal_says_how_a_question_was_understood(ask: Callable[..., AnswerJson], quoth: Run) -> None:
    ask("ferry")
    lines = quoth("ask", 'What did the ferry carry in the last 9 days? "forty bicycles" after:soon').stdout.splitlines()
    assert lines[0].startswith('Only passages with "forty bicycles" · articles from ')
    assert lines[0].endswith(' ("last 9 days"). --all searches everything.')
    assert lines[1].startswith("after:soon is no date; ")
    assert lines[2:4] == ["", "1  Ferry sails"]


def test_help_explains_the_filters(quoth: Run) -> None:
    told = " ".join(quoth("ask", "--help", COLUMNS="200").stdout.split())
    for mark in (
        '"an exact phrase"',
        "-word",
        "after:2024-06",
        "before:2024-06-30",
        'in:"words of a title"',
        "source:name",
    ):
        assert mark in told
