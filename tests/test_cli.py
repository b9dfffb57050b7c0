"""Asking through the real command: exit codes, JSON, odd questions, pipes, and what is never imported."""

import json
import queue
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from bot.answer import Answerer, Policy
from bot.schema import AnswerJson
from index.build import Options, build
from index.manifest import Manifest
from index.retriever import LocalRetriever
from index.sources import read
from index.store import Store

Start = Callable[..., subprocess.Popen[str]]
Run = Callable[..., subprocess.CompletedProcess[str]]

ROOT = Path(__file__).parents[1]
TEXTS = (
    "# Footbridge at Saltmere\n\nThe footbridge at Saltmere was opened in 1931 by a lamplighter.\n\n"
    "Its toll is two buttons, paid on the northern side.\n",
    "# Night school for bakers\n\nThe night school teaches forty bakers how to fold dough.\n\n"
    "Classes end when the first tram leaves for the harbour.\n",
)
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


def shelve(folder: Path, data: Path, texts: tuple[str, ...] = TEXTS) -> None:
    """Build an index of these articles from real files."""
    folder.mkdir(exist_ok=True)
    for number, text in enumerate(texts):
        (folder / f"{number}.md").write_text(text, encoding="utf-8")
    build(Store(data), read([folder]), [str(folder)], Options(force=True))


@pytest.fixture
def shelf(tmp_path: Path) -> Path:
    """Return the folder of two articles that the index of this test was built from."""
    shelve(tmp_path / "shelf", tmp_path / "data")
    return tmp_path / "shelf"


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


@pytest.mark.parametrize(
    "arguments",
    [["ask", "why"], ["console"], ["status"], ["index"], *(["index", f"--{o}"] for o in ("verify", "list", "rollback"))],
    ids=" ".join,
)
def test_no_index_is_3(tmp_path: Path, quoth: Run, arguments: list[str]) -> None:
    done = quoth(*arguments)
    assert done.returncode == 3
    assert one_line(done) == f"no index in {tmp_path / 'data'}: run `quoth index PATH`"


@pytest.mark.usefixtures("shelf")
def test_a_damaged_or_foreign_index_is_3(tmp_path: Path, quoth: Run) -> None:
    place = tmp_path / "data" / "generations" / "000001"
    manifest = place / "manifest.json"
    whole = Manifest.from_json(manifest.read_bytes(), "here")
    texts = place / "articles.sqlite"
    sound = texts.read_bytes()

    def told(path: Path, content: bytes, *words: str) -> None:
        before = path.read_bytes()
        path.write_bytes(content)
        done = quoth("ask", KNOWN)
        path.write_bytes(before)
        assert done.returncode == 3
        line = one_line(done)
        assert line.startswith(str(path))
        for word in (*words, "run `quoth index PATH`"):
            assert word in line

    middle = len(sound) // 2
    told(texts, sound[:middle] + bytes([sound[middle] ^ 1]) + sound[middle + 1 :], "damaged")
    told(texts, sound[:-1], "bytes instead of")
    told(manifest, b"{}", "format None")
    told(manifest, replace(whole, format=999).to_json().encode(), "format 999")
    told(manifest, replace(whole, analyzer={**whole.analyzer, "stemmer": "none"}).to_json().encode(), "another analyzer")
    told(tmp_path / "data" / "current", b"soon\n", "names no generation")
    assert quoth("ask", KNOWN).returncode == 0


def test_a_data_folder_that_cannot_be_is_5(tmp_path: Path, quoth: Run) -> None:
    (tmp_path / "file").write_text("not a folder")
    (tmp_path / "note.md").write_text(TEXTS[0])
    done = quoth("index", tmp_path / "note.md", "--data-dir", tmp_path / "file" / "data")
    assert done.returncode == 5
    assert one_line(done).startswith(f"{tmp_path / 'file'}")
    assert "choose another `data_dir`" in done.stderr


def test_what_cannot_be_meant_is_2(tmp_path: Path, quoth: Run) -> None:
    for arguments in (["ask"], ["ask", "--loud", "why"], ["answer"], ["ask", "why", "-k", "0"], ["index", "--add=no"]):
        done = quoth(*arguments)
        assert (done.returncode, done.stdout) == (2, ""), arguments
        assert "Error: " in done.stderr
    assert quoth("index", tmp_path, "--list").returncode == 2
    assert "QUOTH_PASAGES is no setting; did you mean QUOTH_PASSAGES?" in one_line(quoth("ask", "a", QUOTH_PASAGES="2"))
    assert "QUOTH_K1: Input should be a valid number" in one_line(quoth("ask", "a", QUOTH_K1="much"))
    assert quoth("ask", "a", "--engine", "steam").returncode == 2
    no_token = quoth("telegram")
    assert no_token.returncode == 2
    assert "QUOTH_TELEGRAM_TOKEN" in one_line(no_token)


@pytest.mark.usefixtures("shelf")
def test_json_is_what_its_schema_says(quoth: Run) -> None:
    done = quoth("ask", KNOWN, "--json")
    answer = AnswerJson.model_validate_json(done.stdout)
    assert (answer.state, answer.question) == ("answered", KNOWN)
    first = answer.passages[0]
    assert first.text[slice(*first.highlight)] == "The footbridge at Saltmere was opened in 1931 by a lamplighter."
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
    assert answer.explanation.ignored == ["When", "was", "the", "at"] or answer.explanation.ignored[0] == "When"
    shares = {share.word: share.share for share in answer.explanation.shares}
    assert shares["footbridge"] > 0
    assert sum(shares.values()) == pytest.approx(answer.passages[0].score)
    text = quoth("ask", KNOWN, "--explain").stdout
    assert "Each word's share of the score" in text
    assert "Ignored: When" in text


@pytest.mark.usefixtures("shelf")
def test_k_limits_the_passages_and_arguments_beat_the_environment_beat_the_file(tmp_path: Path, quoth: Run) -> None:
    def passages(*arguments: str | Path, **variables: str) -> int:
        return len(json.loads(quoth("ask", "footbridge or bakers", "--json", *arguments, **variables).stdout)["passages"])

    assert passages() == 3
    (tmp_path / "here" / "quoth.toml").write_text('passages = 2\ndata_dir = "nowhere"\n')
    assert passages() == 2, "from the file; its data_dir is outdone by the environment's"
    assert passages(QUOTH_PASSAGES="4") == 4
    assert passages("-k", "1", QUOTH_PASSAGES="4") == 1
    shelve(tmp_path / "other", tmp_path / "here" / "nowhere", TEXTS[:1])
    assert passages("--data-dir", tmp_path / "here" / "nowhere", QUOTH_PASSAGES="4") == 2
    assert passages(QUOTH_DATA_DIR="") == 2, "an empty variable is none, so the file's folder counts"


def test_both_engines_give_the_same_passages_and_scores(tmp_path: Path, quoth: Run) -> None:
    store = Store(tmp_path / "data")
    build(store, read([ROOT / "examples"]), [str(ROOT / "examples")], Options())
    lines = (ROOT / "tests" / "questions.jsonl").read_text(encoding="utf-8").splitlines()
    questions = [json.loads(line)["question"] for line in lines]
    assert len(questions) > 20
    fast, slow = LocalRetriever(store), LocalRetriever(store, "rank-bm25")
    for question in questions:
        one, other = fast.index.find(question), slow.index.find(question)
        assert [hit.passage.row for hit in one.hits] == [hit.passage.row for hit in other.hits], question
        assert [hit.score for hit in one.hits] == pytest.approx([hit.score for hit in other.hits], rel=1e-9)
        assert (one.confidence, one.complete) == (other.confidence, other.complete)
    fast.close()
    slow.close()
    asked = [quoth("ask", questions[0], "--json", "--engine", name) for name in ("embedded", "rank-bm25")]
    assert json.loads(asked[0].stdout)["passages"][0]["text"] == json.loads(asked[1].stdout)["passages"][0]["text"]


@pytest.mark.parametrize("articles", [0, 1, 2])
@pytest.mark.parametrize("engine", ["embedded", "rank-bm25"])
def test_odd_questions_are_answered_sensibly(tmp_path: Path, quoth: Run, articles: int, engine: str) -> None:
    shelve(tmp_path / "shelf", tmp_path / "data", TEXTS[:articles])
    questions = ["", "   ", "\ud800 \x00", *ODD]
    answerer = Answerer(LocalRetriever(Store(tmp_path / "data"), "embedded" if engine == "embedded" else "rank-bm25"), Policy())
    for question in questions:
        answer = answerer.answer_now(question, explain=True)
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


@pytest.mark.usefixtures("shelf")
def test_questions_of_any_bytes_pass_through_the_command(quoth: Run, environment: dict[str, str]) -> None:
    for question in ("", " ", "the of and"):
        assert quoth("ask", question).returncode == 1
    long = quoth("ask", "--json", "footbridge " * 10_000)
    assert json.loads(long.stdout)["state"] in ("answered", "closest")
    command = [sys.executable, "-m", "bot.__main__", "ask", "--json"]
    strict = environment | {"PYTHONIOENCODING": "utf-8:strict"}
    given = subprocess.run([*command, b"\xff footbridge"], capture_output=True, env=strict, check=False, timeout=60)
    piped = subprocess.run(
        [*command, "-"], input=b"\xff\x00 footbridge", capture_output=True, env=strict, check=False, timeout=60
    )
    for done in (given, piped):
        assert (done.returncode, done.stderr) == (0, b"")
        assert "\ufffd" in AnswerJson.model_validate_json(done.stdout).question
    ascii_only = subprocess.run(
        [*command, "Müller footbridge"], capture_output=True, env=strict | {"PYTHONIOENCODING": "ascii"}, check=False
    )
    assert (ascii_only.returncode, ascii_only.stderr) == (0, b"")


def modules(environment: dict[str, str], *arguments: str) -> set[str]:
    """The top-level modules that a command has loaded by its end."""
    script = (
        "import sys\nfrom bot.__main__ import main\ntry:\n    main()\nexcept SystemExit as left:\n    print(left.code)\n"
        "print(*{name.split('.')[0] for name in sys.modules}, file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, *arguments], capture_output=True, text=True, env=environment, check=True, timeout=60
    )
    assert done.stdout.splitlines()[-1] == "0", done.stderr
    return set(done.stderr.split())


@pytest.mark.usefixtures("shelf")
def test_a_command_imports_only_what_it_needs(environment: dict[str, str]) -> None:
    asking = modules(environment, "ask", KNOWN)
    assert {"bot", "index", "numpy", "pydantic"} <= asking
    assert not asking & {"numba", "telegram", "trafilatura", "prompt_toolkit", "lxml", "rank_bm25", "ir_measures", "httpx"}
    helping = modules(environment, "--help")
    assert {"bot", "typer"} <= helping
    assert not helping & {"numpy", "pydantic", "pydantic_settings", "index", "config", "Stemmer"}


@pytest.mark.usefixtures("shelf")
@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_a_reader_that_leaves_is_no_failure(start: Start, unbuffered: str) -> None:
    for arguments in (["ask", KNOWN, "--json"], ["ask", KNOWN], ["status"], ["--help"]):
        with start(*arguments, PYTHONUNBUFFERED=unbuffered) as process:
            assert process.stdout is not None
            assert process.stderr is not None
            process.stdout.close()
            assert process.stderr.read() == ""
        assert process.returncode == 0, arguments


@pytest.mark.usefixtures("shelf")
def test_the_console_answers_a_pipe_line_by_line(quoth: Run) -> None:
    done = quoth("console", "-k", "1", stdin=f"{KNOWN}\n\n{UNKNOWN}\n")
    assert (done.returncode, done.stderr) == (1, ""), "the last question decides"
    first, _, second = done.stdout.partition(f"\nQ: {UNKNOWN}\n")
    assert first.startswith(f"Q: {KNOWN}\n1  Footbridge at Saltmere\n")
    assert "zeppelin" in second
    assert quoth("console", stdin=f"{UNKNOWN}\n{KNOWN}").returncode == 0


@pytest.fixture
def conversation(start: Start) -> Iterator[Callable[[str], str]]:
    """Return what puts a question to one running console and returns the passage that it answers with."""
    lines: queue.Queue[str] = queue.Queue()
    with start("console", "-k", "1") as console:
        assert console.stdin is not None
        assert console.stdout is not None
        stdin, stdout = console.stdin, console.stdout
        reader = threading.Thread(target=lambda: [lines.put(line.rstrip("\n")) for line in stdout])
        reader.start()

        def ask(question: str) -> str:
            stdin.write(f"{question}\n")
            stdin.flush()
            while lines.get(timeout=60) != f"Q: {question}":
                pass
            assert lines.get(timeout=60).startswith("1  ")
            lines.get(timeout=60)
            return lines.get(timeout=60)

        yield ask
        stdin.close()
        assert console.wait(60) == 0
        reader.join(60)


def test_a_running_console_answers_from_a_rebuilt_index(
    shelf: Path, start: Start, conversation: Callable[[str], str]
) -> None:
    old, new = "was opened in 1931 by a lamplighter.", "was opened in 1877 by a lamplighter."
    assert conversation(KNOWN).endswith(old)
    article = shelf / "0.md"
    article.write_text(article.read_text().replace("1931", "1877"))
    given = []
    with start("index") as builder:
        while builder.poll() is None:
            given.append(conversation(KNOWN))
    assert builder.returncode == 0
    assert given, "questions were asked meanwhile"
    assert conversation(KNOWN).endswith(new)
    endings = [text.endswith(new) for text in given]
    assert all(text.endswith((old, new)) for text in given)
    assert endings == sorted(endings), "first the old answer, then only the new one"
