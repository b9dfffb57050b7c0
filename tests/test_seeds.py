"""The two articles that the project began with, through the real command; they are not ours to copy into it."""

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from bot.answer import Answerer
from bot.policy import Policy
from index.search.retriever import LocalRetriever
from index.store.store import Store

Run = Callable[..., subprocess.CompletedProcess[str]]

SEEDS = Path(__file__).parents[2] / "shared" / "seeds"
QUESTIONS = Path(__file__).with_name("seed_questions.jsonl")


def test_the_first_articles_answer_their_questions(tmp_path: Path, quoth: Run) -> None:
    if not SEEDS.is_dir():
        pytest.skip(f"{SEEDS} is not there")
    built = quoth("index", SEEDS)
    assert (built.returncode, built.stderr) == (0, "")
    assert built.stdout.startswith("2 articles, 27 paragraphs, 2 captions, 0 skipped files, 0 duplicates\n")
    asked = [json.loads(line) for line in QUESTIONS.read_text(encoding="utf-8").splitlines()]
    assert [one["answer"] is None for one in asked].count(False) == 10
    answerer = Answerer(LocalRetriever(Store(tmp_path / "data")), Policy())
    for one in asked:
        answer = answerer.answer(one["question"])
        if one["answer"] is None:
            assert answer.state == "nothing", one
        else:
            assert one["answer"] in answer.passages[0].passage.text, one
    answerer.close()
    for one in (asked[0], asked[-1]):
        done = quoth("ask", one["question"])
        assert done.returncode == (1 if one["answer"] is None else 0)
        assert (one["answer"] or "No") in done.stdout
