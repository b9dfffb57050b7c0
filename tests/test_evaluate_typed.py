"""`quoth evaluate --typed`: questions as people type them."""

import json
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess

import pytest

from index.evaluate.beir import Question
from index.evaluate.typed import MOST, WAYS, as_typed

Run = Callable[..., CompletedProcess[str]]


def asked(*texts: str) -> list[Question]:
    return [Question(str(number), text, True, frozenset({"p"})) for number, text in enumerate(texts)]


def typed(way: str, *texts: str) -> list[str]:
    return [question.text for question in as_typed(asked(*texts), way)]


@pytest.mark.parametrize(
    ("way", "written", "read"),
    [
        ("without marks", "Chợ ở Đồng Hới mở khi nào?", "Cho o Dong Hoi mo khi nao?"),
        ("without marks", "Gdzie jest Łeba?", "Gdzie jest Leba?"),
        ("in capitals", "İzmir hangi bölgede, ışık nerede?", "İZMİR HANGİ BÖLGEDE, IŞIK NEREDE?"),
        ("in capitals", "Where is the pier?", "WHERE IS THE PIER?"),
        ("without article", "أين المتحف القديم؟", "أين متحف قديم؟"),
    ],
)
def test_a_way_changes_what_it_says(way: str, written: str, read: str) -> None:
    assert typed(way, written) == [read]


def test_a_space_is_lost_or_slips_into_a_word() -> None:
    question = "Where does the lighthouse keeper live"
    (missing,), (inside,) = typed("space missing", question), typed("space inside", question)
    assert missing.count(" ") == question.count(" ") - 1
    assert inside.count(" ") == question.count(" ") + 1
    assert missing.replace(" ", "") == inside.replace(" ", "") == question.replace(" ", "")
    assert min(map(len, inside.split())) >= 2


def test_two_words_are_misspelt_and_not_one() -> None:
    question = "Where does the lighthouse keeper live"
    (changed,) = typed("two typos", question)
    assert sum(one != other for one, other in zip(changed.split(), question.split(), strict=True)) == 2
    assert typed("two typos", "Where is it?") == [], "there are no two words long enough"


def test_vowel_signs_stand_inside_arabic_words() -> None:
    (changed,) = typed("with harakat", "متى افتتح المتحف؟")
    assert len(changed) > len("متى افتتح المتحف؟")
    assert typed("without marks", changed) == ["متى افتتح المتحف؟"]


@pytest.mark.slow
def test_only_what_a_way_changes_is_asked_and_not_too_much_of_it() -> None:
    many = asked(*(f"Where is pier number {number}?" for number in range(3 * MOST)))
    unanswerable = Question("u", "Where is the mole?", False, frozenset())
    for way in WAYS:
        some = as_typed([*many, unanswerable], way)
        assert some == as_typed([*many, unanswerable], way), "the same every time"
        assert len(some) in {0, MOST}
        assert unanswerable.id not in {question.id for question in some}
    assert typed("without article", "Where is the pier?") == []


def test_every_way_has_its_figures(tmp_path: Path, quoth: Run) -> None:
    (tmp_path / "qrels").mkdir()
    (tmp_path / "corpus.jsonl").write_text(
        json.dumps({"_id": "p", "title": "The pier", "text": "The lighthouse keeper lives behind the old pier."}) + "\n"
        + json.dumps({"_id": "q", "title": "The mole", "text": "Nobody has ever seen the mole of Cape Norn asleep."})
    )  # fmt: skip
    question = {"_id": "1", "text": "Where does the lighthouse keeper live?"}
    (tmp_path / "queries.jsonl").write_text(json.dumps(question))
    (tmp_path / "qrels" / "test.tsv").write_text("query-id\tcorpus-id\tscore\n1\tp\t1\n")
    done = quoth("evaluate", tmp_path, "--typed", "--json")
    records = [json.loads(line) for line in done.stdout.splitlines()]
    assert [record["typed"] for record in records] == ["in capitals", "space missing", "space inside", "two typos"]
    assert all(record["hit@1"] == 1 and record["set"] == tmp_path.name for record in records)
    refused = quoth("evaluate", tmp_path, "--typed", "--typos")
    assert refused.returncode != 0
    assert "--typed asks other questions" in refused.stderr
