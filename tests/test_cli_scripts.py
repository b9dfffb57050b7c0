"""What scripts need of the real command: batches, exit codes of their own, lists of articles, whole articles."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import cast

import pytest

from bot.schema import AnswerJson
from index.build.build import Options, build
from index.model import Article, Paragraph
from index.sources import read
from index.store.store import Store

Run = Callable[..., subprocess.CompletedProcess[str]]
Start = Callable[..., subprocess.Popen[str]]

EXAMPLES = Path(__file__).parents[1] / "examples"
TOLL = "The toll of the ferry was raised to three buttons."
FERRY = "The ferry to Saltmere carries forty bicycles and a piano."


@pytest.fixture
def town(tmp_path: Path) -> None:
    folder = tmp_path / "town"
    folder.mkdir()
    (folder / "new.md").write_text(
        f"---\ntitle: Ferry sails\ndate: 2024-05-02\nsource: Saltmere Post\n---\n\n{FERRY}\n"
    )
    (folder / "old.md").write_text(f"---\ntitle: Ferry tolls\ndate: 2019-06-30\n---\n\n{TOLL}\n")
    (folder / "other.md").write_text("---\ntitle: Bakers\n---\n\nForty bakers fold the dough at night.\n")
    build(Store(tmp_path / "data"), read([folder]), [str(folder)], Options(force=True))


@pytest.mark.usefixtures("town")
def test_a_question_needs_no_quotation_marks(quoth: Run) -> None:
    assert FERRY in quoth("ask", "who", "carries", "a", "piano", "-k", "1").stdout


@pytest.mark.usefixtures("town")
def test_a_batch_is_answered_line_by_line_in_order_with_its_ids(quoth: Run) -> None:
    questions: list[dict[str, object]] = [
        {"question": "Who carries a piano?", "id": 7},
        {"question": "zebras"},
        {"question": "toll", "id": "b"},
    ]
    done = quoth("ask", "--batch", "-", "-k", "1", stdin="\n\n".join(map(json.dumps, questions)))
    assert (done.returncode, done.stderr) == (0, "")
    answers = [AnswerJson.model_validate_json(line) for line in done.stdout.splitlines()]
    assert [(one.id, one.state) for one in answers] == [(7, "answered"), (None, "nothing"), ("b", "answered")]
    assert [one.question for one in answers] == [str(one["question"]) for one in questions]
    assert [one.passages[0].text for one in answers if one.passages] == [FERRY, TOLL]


@pytest.mark.usefixtures("town")
def test_a_batch_that_is_killed_or_left_ends_with_a_whole_line_and_goes_on_from_there(
    start: Start, quoth: Run, tmp_path: Path
) -> None:
    file = tmp_path / "questions.jsonl"
    questions = [
        json.dumps({"question": f"Who carries a piano to pier {number}?", "id": number}) for number in range(400)
    ]
    file.write_text("\n".join(questions))
    for ends, code in (("kill", -signal.SIGKILL), ("leave", 0)):
        with start("ask", "--batch", file) as process:
            assert process.stdout is not None
            assert process.stderr is not None
            answered = [process.stdout.readline() for _ in range(7)]
            if ends == "kill":
                process.kill()
                answered += process.stdout.readlines()
            else:
                process.stdout.close()
            assert process.stderr.read() == ""
        assert process.returncode == code, "400 rows are more than a pipe holds"
        assert [json.loads(line)["id"] for line in answered] == [*range(len(answered))]
        assert all(line.endswith("\n") for line in answered)
    rest = quoth("ask", "--batch", "-", "-k", "1", stdin="\n".join(questions[395:]))
    assert [json.loads(line)["id"] for line in rest.stdout.splitlines()] == [*range(395, 400)]


@pytest.mark.usefixtures("town")
def test_what_is_no_question_is_answered_with_its_line_and_the_rest_goes_on(quoth: Run, tmp_path: Path) -> None:
    file = tmp_path / "questions.jsonl"
    bad = [b"soup", b"\xff\xfe", b'{"question": 3}', b"[" * 5000, b'{"question": "toll", "id": [1]}', b'"toll"']
    file.write_bytes(b"\n".join([*bad, b'{"question": "toll \\ud800"}', b'{"question": ""}']))
    done = quoth("ask", "--batch", file)
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    assert done.returncode == 4
    assert done.stderr == "quoth: 6 of 8 lines hold no question; their rows say why\n"
    assert [row["line"] for row in rows[:6]] == [1, 2, 3, 4, 5, 6]
    assert all(row["error"] for row in rows[:6])
    assert [row["state"] for row in rows[6:]] == ["answered", "nothing"]


@pytest.mark.usefixtures("town")
def test_an_answer_that_is_not_sure_has_an_exit_code_of_its_own_where_that_is_asked_for(quoth: Run) -> None:
    # How sure an answer must be decides which one is not.
    for question, sure_at, code in (("piano", "1", 0), ("ferry night museum", "1", 6), ("zebras", "1", 1)):
        assert quoth("ask", question, "--fail-on", "closest", QUOTH_ANSWERED_AT=sure_at).returncode == code
        assert quoth("ask", question, QUOTH_ANSWERED_AT=sure_at).returncode == (1 if code == 1 else 0)


@pytest.mark.usefixtures("town")
def test_articles_are_listed_by_title_source_and_date(quoth: Run) -> None:
    def ids(*options: str, code: int = 0) -> list[str]:
        done = quoth("articles", "--json", *options)
        assert (done.returncode, done.stderr) == (code, "")
        return [json.loads(line)["title"] for line in done.stdout.splitlines()]

    assert ids() == ["Ferry sails", "Ferry tolls", "Bakers"]
    assert ids("ferry") == ["Ferry sails", "Ferry tolls"]
    assert ids("--source", "post") == ["Ferry sails"]
    assert ids("--since", "2019-07") == ["Ferry sails"]
    assert ids("zebra", code=1) == []
    assert "  Ferry sails · 2 May 2024 · Saltmere Post\n" in quoth("articles").stdout


@pytest.mark.usefixtures("town")
def test_an_article_is_shown_whole_by_its_id_its_title_or_words_of_it(quoth: Run) -> None:
    shown = json.loads(quoth("show", "sails", "--json").stdout)
    assert [passage["text"] for passage in shown["passages"]] == [FERRY]
    assert quoth("show", shown["id"]).stdout == quoth("show", "Ferry", "sails").stdout
    several = quoth("show", "ferry")
    assert (several.returncode, several.stdout) == (1, "")
    assert several.stderr.startswith('quoth: 2 titles hold "ferry"; name one by its id:\n  ')
    assert quoth("show", "zebra").stderr.startswith('quoth: no article has the id or title "zebra"')


def test_an_index_of_an_export_answers_as_the_index_before(quoth: Run, tmp_path: Path) -> None:
    odd = Article(
        "A <b>title</b> &amp; *stars*",
        (
            Paragraph(
                "The keeper of the *Vardo* light & his <i>dog</i> row\nto the reef on Mondays.", fragment="page=3"
            ),
            Paragraph("The dog in the boat. (Photo: A. Wren)", "caption"),
            # Cut in two, and the second piece is short enough to be joined by what follows.
            Paragraph(" ".join(f"The bell at pier {pier} rang in the fog." for pier in range(40))),
            Paragraph("A. Wren"),
        ),
        source="Post | Mail",
        date="2024-05-02T08:00Z",
    )
    build(Store(tmp_path / "data"), [*read([EXAMPLES]), odd], (), Options(force=True))
    exported = quoth("export")
    assert (exported.returncode, exported.stderr) == (0, "")
    (tmp_path / "articles.jsonl").write_text(exported.stdout, encoding="utf-8")
    assert quoth("index", tmp_path / "articles.jsonl", "--data-dir", tmp_path / "again").returncode == 0
    questions = (
        "Who rows to the reef?",
        "How wide is the gangway?",
        "قنات",
        "gloves",
        "dog boat photo",
        "zebras",
        "bell in the fog",
    )
    batch = "\n".join(json.dumps({"question": question}) for question in questions)
    before, after = (
        [_without_ids(line) for line in quoth("ask", "--batch", "-", *where, stdin=batch).stdout.splitlines()]
        for where in ((), ("--data-dir", tmp_path / "again"))
    )
    assert before == after
    assert len(before) == len(questions)


def _without_ids(line: str) -> dict[str, object]:
    answer: dict[str, object] = json.loads(line)
    for passage in cast("list[dict[str, object]]", answer["passages"]):
        del passage["path"], passage["article_id"], passage["line"]
    return answer


@pytest.mark.parametrize(
    "line",
    [
        '{"quoth": 1, "title": "T", "path": "a", "paragraphs": [{"text": "No id."}]}',
        '{"quoth": 1, "id": "x", "title": "T", "paragraphs": [{"text": "No path."}]}',
        '{"quoth": 1, "id": "x", "path": "a", "title": 3, "paragraphs": []}',
        '{"quoth": 1, "id": "x", "path": "a", "title": "T", "paragraphs": ["text"]}',
        '{"quoth": 1, "id": "x", "path": "a", "title": "T", "paragraphs": [{"text": " "}]}',
        '{"quoth": 1, "id": "x", "path": "a", "title": "T", "paragraphs": [{"text": "t", "kind": ["caption"]}]}',
        '{"quoth": 1, "id": "x", "path": "a", "title": "T", "url": {}, "paragraphs": [{"text": "t"}]}',
    ],
)
def test_a_line_that_only_looks_exported_is_told_and_skipped(tmp_path: Path, line: str) -> None:
    file = tmp_path / "articles.jsonl"
    file.write_text(line + '\n{"title": "Rain", "text": "It rained for three days in Saltmere."}\n')
    reading = read([file])
    assert [found.title for found in reading if isinstance(found, Article)] == ["Rain"]
    assert [skipped.reason.startswith("an exported article") for skipped in reading.skipped] == [True]


@pytest.mark.slow
@pytest.mark.parametrize(("typed", "offered"), [("quoth art", "articles"), ("quoth ask --fail", "--fail-on")])
def test_a_shell_completes_commands_and_options(typed: str, offered: str) -> None:
    # As a shell asks, of the program by its name.
    program = Path(sys.executable).with_name("quoth")
    asked = {"COMP_WORDS": typed, "COMP_CWORD": str(typed.count(" ")), "_QUOTH_COMPLETE": "bash_complete"}
    done = subprocess.run([program], env=os.environ | asked, capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stdout.split()) == (0, [f"plain,{offered}"])
