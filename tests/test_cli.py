"""Asking through the real command: exit codes, JSON, odd questions, pipes, and what is never imported."""

import json
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from shutil import copytree

import pytest

from bot.answer import Answerer, AskOptions
from bot.commands import exit_codes
from bot.policy import Policy
from bot.schema import AnswerJson
from index.build.build import Options, build
from index.search.retriever import LocalRetriever
from index.sources import read
from index.store.manifest import Manifest
from index.store.store import Store

Start = Callable[..., subprocess.Popen[str]]
Run = Callable[..., subprocess.CompletedProcess[str]]
Shelve = Callable[[Path, Path, int], None]
RunAll = Callable[..., list[subprocess.CompletedProcess[str]]]

ROOT = Path(__file__).parents[1]
KNOWN = "When was the footbridge at Saltmere opened?"
UNKNOWN = "Which zeppelin moored above Vladivostok?"
ODD = (
    "the of and",
    "?",
    "“”'\"`",
    "; DROP TABLE articles; --",
    "* OR footbridge NEAR [bold]",
    "🦭 🧂",
    "footbridge 🦭",
    "\x1b[2J\x07 footbridge \u202e \ufeff",
    "پل صبح",
    "a" * 5000,
    "footbridge " * 10_000,
    " ".join(f"word{number}" for number in range(10_000)),
    "%s {question} \\n $HOME",
)


def one_line(done: subprocess.CompletedProcess[str]) -> str:
    """What a failed command says: one line on standard error, nothing on standard output."""
    assert done.stdout == ""
    (line,) = done.stderr.splitlines()
    return line.removeprefix("quoth: ")


@pytest.mark.usefixtures("shelf")
def test_answered_is_0_and_nothing_is_1(quoth: Run) -> None:
    answered = quoth("ask", KNOWN)
    assert (answered.returncode, answered.stderr) == (0, "")
    lines = answered.stdout.splitlines()
    assert lines[:3] == [
        "1  Footbridge at Saltmere",
        "par. 1 of 2",
        "The footbridge at Saltmere was opened in 1931 by a lamplighter.",
    ]
    nothing = quoth("ask", UNKNOWN)
    assert (nothing.returncode, nothing.stderr) == (1, "")
    assert "zeppelin" in nothing.stdout
    piped = quoth("ask", "-", stdin=KNOWN)
    assert (piped.returncode, piped.stdout) == (0, answered.stdout)


def test_no_index_is_3(tmp_path: Path, together: RunAll) -> None:
    rebuilding = [["index", *option] for option in ([], ["--verify"], ["--list"], ["--rollback"])]
    for done in together(["ask", "why"], ["console"], ["status"], *rebuilding):
        assert done.returncode == 3, done.args
        assert one_line(done) == f"no index in {tmp_path / 'data'}: run `quoth index PATH`"


@pytest.mark.usefixtures("shelf")
def test_a_damaged_or_foreign_index_is_3(tmp_path: Path, start: Start) -> None:
    place = "generations/000001"
    texts = (tmp_path / "data" / place / "articles.sqlite").read_bytes()
    manifest = Manifest.from_json((tmp_path / "data" / place / "manifest.json").read_bytes(), "here")
    flipped = bytes([texts[5000] ^ 1])
    harms = (
        (f"{place}/articles.sqlite", texts[:5000] + flipped + texts[5001:], "damaged"),
        (f"{place}/articles.sqlite", texts[:-1], "bytes instead of"),
        (f"{place}/manifest.json", b"{}", "format None"),
        (f"{place}/manifest.json", replace(manifest, format=1).to_json().encode(), "format 1"),
        ("current", b"soon\n", "names no generation"),
    )
    asked = []
    for number, (path, content, cause) in enumerate(harms):
        data = tmp_path / f"data-{number}"
        copytree(tmp_path / "data", data)
        (data / path).write_bytes(content)
        asked.append((start("ask", KNOWN, "--data-dir", data), str(data / path), cause))
    for process, path, cause in asked:
        out, err = process.communicate(timeout=60)
        assert (process.returncode, out) == (3, "")
        assert err.startswith(f"quoth: {path}: ")
        assert cause in err
        step = "; run `quoth index PATH` to rebuild it"
        assert err.endswith(
            f"{step}\n" if "format" in cause else f"{step}, or `quoth index --rollback` to use the one before\n"
        )
        assert err.count("\n") == 1


def test_a_data_folder_that_cannot_be_is_5(tmp_path: Path, quoth: Run) -> None:
    (tmp_path / "file").write_text("not a folder")
    (tmp_path / "note.md").write_text("# Note\n\nA note.\n")
    done = quoth("index", tmp_path / "note.md", "--data-dir", tmp_path / "file" / "data")
    assert done.returncode == 5
    assert one_line(done).startswith(f"{tmp_path / 'file'}")
    assert "choose another `data_dir`" in done.stderr


def test_what_cannot_be_meant_is_2(tmp_path: Path, quoth: Run, together: RunAll) -> None:
    no_question, odd_option, no_command, no_count, with_paths, *settings = together(
        *(["ask"], ["ask", "--loud", "why"], ["answer"], ["ask", "why", "-k", "0"], ["index", tmp_path, "--list"]),
        *(["ask", "why", "--engine", "steam"], ["telegram"]),
    )
    for done in (no_question, odd_option, no_command, no_count, with_paths):
        assert (done.returncode, done.stdout) == (2, ""), done.args
        assert "Usage: " in done.stderr
        assert "Error: " in done.stderr
    for done, cause in zip(settings, ("'steam'", "QUOTH_TELEGRAM_TOKEN"), strict=True):
        assert done.returncode == 2
        assert cause in one_line(done)
    misspelt = quoth("ask", "a", QUOTH_PASAGES="2")
    assert misspelt.returncode == 2
    assert "QUOTH_PASAGES is not a setting; did you mean QUOTH_PASSAGES?" in one_line(misspelt)
    assert "QUOTH_K1: Input should be a valid number" in one_line(quoth("ask", "a", QUOTH_K1="much"))


@pytest.mark.usefixtures("shelf")
def test_json_is_what_its_schema_says(quoth: Run) -> None:
    done = quoth("ask", KNOWN, "--json")
    answer = AnswerJson.model_validate_json(done.stdout)
    assert (answer.state, answer.question) == ("answered", KNOWN)
    first = answer.passages[0]
    assert first.text == "The footbridge at Saltmere was opened in 1931 by a lamplighter."
    assert first.highlight == (0, 0)
    assert (first.title, first.ordinal, first.count, first.language) == ("Footbridge at Saltmere", 1, 2, "en")
    assert answer.explanation is None
    nothing = AnswerJson.model_validate_json(quoth("ask", UNKNOWN, "--json").stdout)
    assert (nothing.state, nothing.passages) == ("nothing", [])
    assert nothing.missing == ["zeppelin", "moored", "above", "Vladivostok"]
    schema = json.loads(quoth("ask", "--json-schema").stdout)
    assert schema["properties"].keys() == AnswerJson.model_fields.keys()
    assert set(schema["required"]) == json.loads(done.stdout).keys()


@pytest.mark.usefixtures("shelf")
def test_an_explanation_says_what_each_word_gave(quoth: Run) -> None:
    answer = AnswerJson.model_validate_json(quoth("ask", KNOWN, "--json", "--explain").stdout)
    assert answer.explanation is not None
    assert answer.explanation.ignored == ["When", "was", "the"]
    shares = {share.word: share.share for share in answer.explanation.shares}
    assert shares["footbridge"] > 0
    assert answer.explanation.parts is not None
    assert sum(shares.values()) == pytest.approx(answer.explanation.parts.words)
    assert sum(answer.explanation.parts.model_dump().values()) == pytest.approx(answer.passages[0].score)
    text = quoth("ask", KNOWN, "--explain").stdout
    assert "Why: it looks better than" in text
    assert "words close together" in text
    assert "Ignored: When" in text


@pytest.mark.usefixtures("shelf")
def test_arguments_beat_the_environment_beats_the_file(tmp_path: Path, quoth: Run, shelve: Shelve) -> None:
    def passages(*arguments: str | Path, **variables: str) -> int:
        return len(
            json.loads(quoth("ask", "footbridge or bakers", "--json", *arguments, **variables).stdout)["passages"]
        )

    assert passages() == 3
    named = {"QUOTH_CONFIG": str(tmp_path / "here" / "quoth.toml")}
    (tmp_path / "here" / "quoth.toml").write_text('passages = 2\ndata_dir = "nowhere"\n')
    assert passages() == 2, "from the file; its data_dir is outdone by the environment's"
    assert passages(QUOTH_PASSAGES="4") == 4
    assert passages("-k", "1", QUOTH_PASSAGES="4") == 1
    shelve(tmp_path / "other", tmp_path / "here" / "nowhere", 1)
    assert passages("--data-dir", tmp_path / "here" / "nowhere", QUOTH_PASSAGES="4") == 2
    assert passages(QUOTH_DATA_DIR="", **named) == 2, "an empty variable is none, so the file's folder counts"


def test_both_engines_give_the_same_passages_and_scores(tmp_path: Path, quoth: Run) -> None:
    store = Store(tmp_path / "data")
    build(store, read([ROOT / "examples"]), [str(ROOT / "examples")], Options())
    lines = (ROOT / "tests" / "questions.jsonl").read_text(encoding="utf-8").splitlines()
    questions = [json.loads(line)["question"] for line in lines]
    assert len(questions) > 20
    fast, slow = LocalRetriever(store), LocalRetriever(store, "rank-bm25")
    for question in questions:
        one, other = fast.index.search(question), slow.index.search(question)
        assert [hit.passage.row for hit in one.hits] == [hit.passage.row for hit in other.hits], question
        assert [hit.score for hit in one.hits] == pytest.approx([hit.score for hit in other.hits], rel=1e-9)
        assert (one.confidence, one.evidence) == (other.confidence, other.evidence)
    fast.close()
    slow.close()
    asked = [quoth("ask", questions[0], "--json", "--engine", name) for name in ("auto", "rank-bm25", "embedded")]
    assert len({json.loads(answer.stdout)["passages"][0]["text"] for answer in asked}) == 1


@pytest.mark.parametrize(("articles", "engine"), [(0, "auto"), (0, "rank-bm25"), (1, "embedded"), (2, "rank-bm25")])
def test_odd_questions_are_answered_sensibly(
    tmp_path: Path, quoth: Run, shelve: Shelve, articles: int, engine: str
) -> None:
    shelve(tmp_path / "shelf", tmp_path / "data", articles)
    questions = ["", "   ", "\ud800 \x00", *ODD]
    answerer = Answerer(LocalRetriever(Store(tmp_path / "data"), engine), Policy())
    for question in questions:
        answer = answerer.answer(question, options=AskOptions(explain=True))
        holds = articles > 0 and "footbridge" in question
        assert (answer.state == "nothing") is (not answer.passages)
        assert holds or answer.state == "nothing", question[:40]
        assert 0 <= answer.confidence <= 1
    answerer.close()
    spoken = quoth("console", "--explain", "--engine", engine, stdin="\n".join([*ODD, "footbridge"]) + "\n")
    assert spoken.stdout.count("Q: ") == len(ODD) + 1
    assert (spoken.returncode, spoken.stderr) == (0 if articles else 1, "")
    assert "\x1b" not in spoken.stdout
    assert "\x07" not in spoken.stdout


def modules(environment: dict[str, str], *arguments: str) -> set[str]:
    """The modules that a command has loaded by its end."""
    script = (
        "import sys\nfrom bot.__main__ import main\n"
        "try:\n    main()\nexcept SystemExit as left:\n    print(left.code)\n"
        "print(*sys.modules, file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, *arguments],
        capture_output=True,
        text=True,
        env=environment,
        check=True,
        timeout=60,
    )
    assert done.stdout.splitlines()[-1] == "0", done.stderr
    return set(done.stderr.split())


@pytest.mark.usefixtures("shelf")
def test_a_command_imports_only_what_it_needs(environment: dict[str, str], tmp_path: Path) -> None:
    asking = modules(environment, "ask", KNOWN)
    assert {"bot", "index", "numpy"} <= asking
    assert not asking & {
        "numba",
        "numpy.ma",
        "telegram",
        "trafilatura",
        "prompt_toolkit",
        "pydantic",
        "asyncio",
        "lxml",
        "rank_bm25",
        "ir_measures",
        "httpx",
    }
    (tmp_path / "rain.txt").write_text("Harbour results\n\nYear to December 31, 1986\n\nThe ferry sold more berths.\n")
    reading = modules(environment, "index", "--dry-run", str(tmp_path / "rain.txt"))
    # What fetches addresses, and the names of months in languages of which no word stands there.
    assert not reading & {"httpx", "babel", "numpy"}
    helping = modules(environment, "--help")
    assert {"bot", "click"} <= helping
    assert not helping & {"rich", "numpy", "pydantic", "index", "config", "Stemmer"}


def test_what_another_system_lacks_is_told_with_the_way_out(capsys: pytest.CaptureFixture[str]) -> None:
    # As on Windows, which has no such module.
    missing = ModuleNotFoundError("No module named 'fcntl'", name="fcntl")
    assert exit_codes.report(missing) == 5
    assert "on Windows, run Quoth inside WSL" in capsys.readouterr().err
    assert exit_codes.report(ModuleNotFoundError("No module named 'numpy'", name="numpy")) == 70
