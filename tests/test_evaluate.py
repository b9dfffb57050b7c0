"""`quoth evaluate` on a question set small enough to compute every figure by hand."""

import gzip
import json
import math
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Run = Callable[..., subprocess.CompletedProcess[str]]

# (id, article, title, text): what each question finds, and in which order, can be told at sight.
CORPUS = (
    ("p1", "a", "Ferry", "The ferry crosses the river at dawn."),
    ("p2", "a", "Ferry", "A goose keeps the ticket office warm."),
    ("p3", "b", "Bakery", "Rye loaves rest beneath linen for seven hours."),
    ("p4", "b", "Bakery", "Rye loaves rest."),
    ("p5", "c", "Tower", "The tower leans because its cellar flooded twice in one long winter."),
)
# p4 is shorter than p3, so it comes first for the same words.
QUERIES = (
    ("q1", "When does the ferry cross the river?", True),  # p1 first, and right
    ("q2", "Rye loaves rest", True),  # p4 first, p3 second, and p3 is right
    ("q3", "Who plays the trombone?", True),  # nothing is found, and p5 would be right
    ("q4", "Which astronaut repaired the antenna?", False),  # nothing is found, and rightly so
    ("q5", "leans because its cellar flooded", False),  # answered although marked unanswerable
    ("q6", "a question of another split", True),  # judged nowhere, so left out
)
QRELS = (("q1", "p1", 1), ("q2", "p3", 2), ("q2", "p1", 0), ("q3", "p5", 1))


def rows(*records: dict[str, Any]) -> str:
    return "".join(json.dumps(record) + "\n" for record in records)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return the question set in BEIR layout."""
    place = tmp_path / "tiny"
    (place / "qrels").mkdir(parents=True)
    (place / "corpus.jsonl").write_text(
        rows(
            *(
                {"_id": name, "title": title, "text": text, "metadata": {"article_id": article}}
                for name, article, title, text in CORPUS
            )
        )
    )
    with gzip.open(place / "queries.jsonl.gz", "wt") as queries:
        queries.write(
            rows(*({"_id": name, "text": text, "metadata": {"answerable": known}} for name, text, known in QUERIES))
        )
    lines = ["query-id\tcorpus-id\tscore", *("\t".join(map(str, line)) for line in QRELS)]
    (place / "qrels" / "test.tsv").write_text("\n".join(lines) + "\n")
    return place


def figures(done: subprocess.CompletedProcess[str]) -> list[dict[str, Any]]:
    assert (done.returncode, done.stderr) == (0, "")
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_the_figures_are_those_computed_by_hand(folder: Path, quoth: Run) -> None:
    (told,) = figures(quoth("evaluate", folder, "--json"))
    assert list(told) == [
        *("set", "questions", "hit@1", "hit@5", "mrr@10", "ndcg@10", "silence", "ms", "cpu_ms", "ci"),
        *("kinds", "languages", "sentence", "compare", "typos", "typed", "mixed", "digest"),
    ]
    assert list(told["silence"]) == ["auroc", "accuracy", "false_refusals", "right_refusals", "best_accuracy"]
    assert list(told["ms"]) == list(told["cpu_ms"]) == ["p50", "p95", "p99"]
    assert (told["set"], told["questions"]) == ("tiny", 5)
    # Over the three answerable questions: right at rank 1, at rank 2, and nowhere.
    assert told["hit@1"] == round(1 / 3, 4)
    assert told["hit@5"] == round(2 / 3, 4)
    assert told["mrr@10"] == round((1 + 1 / 2) / 3, 4)
    assert told["ndcg@10"] == round((1 + 1 / math.log2(3)) / 3, 4)
    # Refused are q3 (wrongly) and q4 (rightly); q5 is answered (wrongly).
    silence = told["silence"]
    assert silence["false_refusals"] == round(1 / 3, 4)
    assert silence["right_refusals"] == 0.5
    assert silence["accuracy"] == round(3 / 5, 4)
    # Of the six pairs: q1 and q2 win against q4, with which q3 ties at 0, and against q5, which finds every word only
    # once and in the longest passage; q3 loses against q5.
    assert silence["auroc"] == round(4.5 / 6, 4)
    assert 0 < told["ms"]["p50"] <= told["ms"]["p95"] <= told["ms"]["p99"]


def test_distractors_join_the_haystack_and_are_never_right(tmp_path: Path, folder: Path, quoth: Run) -> None:
    more = tmp_path / "more"
    more.mkdir()
    # The ids of the set itself, so that only where it stands tells that a passage is a distractor.
    (more / "corpus.jsonl").write_text(
        rows(
            {"_id": "p1", "title": "Ferry", "text": "The ferry crosses the river, and the ferry crosses the river."},
            {"_id": "p3", "title": "Clouds", "text": "Nothing here is about the questions."},
        )
    )
    alone, beside = (
        figures(quoth("evaluate", folder, "--json", *options))[0] for options in ([], ["--distractors", more])
    )
    assert beside["questions"] == alone["questions"]
    assert (alone["hit@1"], alone["mrr@10"]) == (round(1 / 3, 4), 0.5)
    assert beside["hit@1"] == 0, "the distractor is first for q1"
    assert beside["mrr@10"] == round((1 / 2 + 1 / 2) / 3, 4)


def test_several_sets_make_several_lines_or_a_table(tmp_path: Path, folder: Path, quoth: Run) -> None:
    folder.rename(tmp_path / "one")
    folder = tmp_path / "one"
    (tmp_path / "two").mkdir()
    for part in ("corpus.jsonl", "queries.jsonl.gz", "qrels"):
        (tmp_path / "two" / part).symlink_to(folder / part)
    told = figures(quoth("evaluate", folder, tmp_path / "two", "--json", "--engine", "rank-bm25"))
    assert [one["set"] for one in told] == ["one", "two"]
    assert told[0]["silence"] == told[1]["silence"]
    tables = quoth("evaluate", folder, tmp_path / "two")
    assert (tables.returncode, tables.stderr) == (0, "")
    ranking, silence = (table.splitlines() for table in tables.stdout.split("\n\n"))
    assert ranking[0].split()[:3] == ["set", "questions", "hit@1"]
    assert [line.split()[:3] for line in ranking[1:]] == [
        ["one", "5", "0.333"],
        ["two", "5", "0.333"],
        ["mean", "10", "0.333"],
    ]
    assert silence[0].split()[:3] == ["set", "accuracy", "best"]
    assert [line.split()[:2] for line in silence[1:]] == [[name, "0.600"] for name in ("one", "two", "mean")]


@pytest.mark.parametrize(
    ("part", "content", "place", "cause"),
    [
        ("corpus.jsonl", '{"_id": "p1", "text": "a"}\n{"_id": \n', "corpus.jsonl:2", "JSON"),
        ("corpus.jsonl", '{"_id": "p1", "text": "a"}\n\n["p2"]\n', "corpus.jsonl:3", "_id"),
        ("corpus.jsonl", '{"text": "a"}\n', "corpus.jsonl:1", "_id"),
        ("corpus.jsonl", '{"_id": "p1", "text": "a", "metadata": "none"}\n', "corpus.jsonl:1", "metadata"),
        ("corpus.jsonl", b'{"_id": "p1", "text": "a"}\n\xff\xfe\n', "corpus.jsonl:", "decode"),
        ("queries.jsonl.gz", b"not gzip", "queries.jsonl.gz:", "gzip"),
        ("queries.jsonl.gz", gzip.compress(b'{"_id": "q1"}\n', mtime=0), "queries.jsonl.gz:1", "text"),
        ("qrels/test.tsv", "query-id\tcorpus-id\tscore\nq1\tp1\t1\nq1\tp1\n", "test.tsv:3", "wanted question id"),
        ("qrels/test.tsv", "query-id\tcorpus-id\tscore\nq1 p1 1\n", "test.tsv:2", "parted by tabs"),
        ("qrels/test.tsv", "query-id\tcorpus-id\tscore\nq1\tp1\t²\n", "test.tsv:2", "whole number"),
        ("qrels/test.tsv", b"query-id\tcorpus-id\tscore\nq1\tp1\xff\t1\n", "test.tsv:", "UTF-8"),
    ],
)
def test_a_malformed_set_names_the_file_and_the_line(
    folder: Path, quoth: Run, part: str, content: str | bytes, place: str, cause: str
) -> None:
    (folder / part).write_bytes(content if isinstance(content, bytes) else content.encode())
    done = quoth("evaluate", folder, "--json")
    assert (done.returncode, done.stdout) == (4, "")
    assert place in done.stderr
    assert cause in done.stderr
    assert done.stderr.count("\n") == 1


def test_a_part_that_is_missing_is_named(tmp_path: Path, folder: Path, quoth: Run) -> None:
    done = quoth("evaluate", tmp_path / "nowhere")
    assert done.returncode == 4
    assert f"{tmp_path / 'nowhere'}: no corpus.jsonl or corpus.jsonl.gz" in done.stderr
    (folder / "queries.jsonl.gz").write_bytes(gzip.compress(b'{"_id": "q6", "text": "judged nowhere"}'))
    unjudged = quoth("evaluate", folder)
    assert unjudged.returncode == 4
    assert "nothing to measure" in unjudged.stderr
    (folder / "qrels" / "test.tsv").unlink()
    assert "no qrels/*.tsv" in quoth("evaluate", folder).stderr


def test_a_lean_install_names_the_extra(folder: Path, environment: dict[str, str]) -> None:
    script = "import sys; sys.modules['ir_measures'] = None; from bot.__main__ import main; main()"
    done = subprocess.run(
        [sys.executable, "-c", script, "evaluate", str(folder)],
        capture_output=True,
        text=True,
        env=environment,
        check=False,
        timeout=60,
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert "-m pip install ir-measures`" in done.stderr
    assert "Traceback" not in done.stderr
