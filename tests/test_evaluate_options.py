"""What `quoth evaluate` does beside its figures: runs, comparisons, floors, mixed collections, typos, the plot."""

import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from index.errors import QuestionSetError
from index.evaluate import runs
from index.evaluate.floors import digest, load

Run = Callable[..., subprocess.CompletedProcess[str]]
Write = Callable[..., Path]

TWINS = ("bread", "twin")
FERRY = {"p 1": ("Ferry", "The ferry crosses the river at dawn. It never sails in a gale.")}
BREAD = {
    "p 1": ("Bakery", "Rye loaves rest beneath linen for seven hours before they are baked."),
    "p 2": ("Bakery", "Rye loaves rest. The oven is lit with birch."),
}
ANSWERED = {"answers": ["a gale"], "kind": "plain", "language": "en"}
FERRY_QUESTIONS: tuple[Any, ...] = (
    ("q1", "When does the ferry never sail?", ["p 1"], ANSWERED),
    ("q2", "Which astronaut repaired the antenna?", [], {"answerable": False, "kind": "elsewhere", "language": "en"}),
)
# Of "Rye loaves rest" the shorter p 2 comes first.
BREAD_QUESTIONS: tuple[Any, ...] = (
    ("q1", "Rye loaves rest", ["p 1"], {"kind": "plain"}),
    ("q2", "What lights the oven?", ["p 2"], {"kind": "plain", "answers": ["birch"]}),
)


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Return what writes a question set and returns its folder: `write("ferry", FERRY, FERRY_QUESTIONS)`."""

    def written(name: str, passages: dict[str, tuple[str, str]], questions: tuple[Any, ...]) -> Path:
        folder = tmp_path / name
        (folder / "qrels").mkdir(parents=True)
        corpus = [{"_id": key, "title": title, "text": text} for key, (title, text) in passages.items()]
        queries = [{"_id": key, "text": text, "metadata": metadata} for key, text, _, metadata in questions]
        (folder / "corpus.jsonl").write_text("".join(json.dumps(row) + "\n" for row in corpus))
        (folder / "queries.jsonl").write_text("".join(json.dumps(row) + "\n" for row in queries))
        judged = [f"{key}\t{passage}\t1\n" for key, _, relevant, _ in questions for passage in relevant]
        (folder / "qrels" / "test.tsv").write_text("".join(["query-id\tcorpus-id\tscore\n", *judged]))
        return folder

    return written


@pytest.fixture
def ferry(write: Write) -> Path:
    return write("ferry", FERRY, FERRY_QUESTIONS)


@pytest.fixture
def bread(write: Write) -> Path:
    return write("bread", BREAD, BREAD_QUESTIONS)


def objects(done: subprocess.CompletedProcess[str]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_a_dated_corpus_is_asked_as_dated_articles_are(tmp_path: Path, quoth: Run) -> None:
    folder = tmp_path / "dated"
    (folder / "qrels").mkdir(parents=True)
    months = {"p1": "2025-05-04", "p2": "2025-06-11"}
    corpus = [
        {"_id": key, "title": "Council", "text": "The council met about the harbour.", "metadata": {"date": date}}
        for key, date in months.items()
    ]
    (folder / "corpus.jsonl").write_text("".join(json.dumps(row) + "\n" for row in corpus))
    query = {"_id": "q1", "text": "council harbour after:2025-06-01"}
    (folder / "queries.jsonl").write_text(json.dumps(query) + "\n")
    (folder / "qrels" / "test.tsv").write_text("q1\tp2\t1\n")
    (told,) = objects(quoth("evaluate", folder, "--json"))
    assert told["hit@1"] == 1, "equal texts, so that only the date can tell"


def test_kinds_languages_sentences_and_intervals_are_told(ferry: Path, quoth: Run) -> None:
    (told,) = objects(quoth("evaluate", ferry, "--json"))
    assert told["kinds"]["plain"] == {
        **{"questions": 1, "hit@1": 1.0, "hit@5": 1.0, "mrr@10": 1.0, "ndcg@10": 1.0},
        "refused": 0.0,
    }
    assert told["kinds"]["elsewhere"] == {
        **{"questions": 1, "hit@1": None, "hit@5": None, "mrr@10": None, "ndcg@10": None},
        "refused": 1.0,
    }
    assert told["languages"]["en"]["questions"] == 2
    assert told["sentence"] == {"questions": 1, "accuracy": 1.0}
    assert told["ci"] == {"hit@1": [1.0, 1.0], "mrr@10": [1.0, 1.0], "ndcg@10": [1.0, 1.0]}
    assert told["silence"]["best_accuracy"] == 1.0
    tables = quoth("evaluate", ferry).stdout
    assert "ferry: elsewhere" in tables
    assert "languages" not in tables, "one language alone is no group"


def test_a_run_is_saved_in_trec_format_and_differs_from_itself_by_nothing(
    tmp_path: Path, ferry: Path, bread: Path, quoth: Run
) -> None:
    saved = quoth("evaluate", ferry, bread, "--save-run", tmp_path / "run.txt", "--json")
    assert saved.returncode == 0
    files = [tmp_path / f"run.{name}.txt" for name in ("ferry", "bread")]
    assert saved.stderr.splitlines() == [f"quoth: run of {path.suffixes[0][1:]} saved in {path}" for path in files]
    lines = [line.split(" ") for line in files[1].read_text().splitlines()]
    assert [line[:4] for line in lines] == [
        ["q1", "Q0", "p_2", "1"],
        ["q1", "Q0", "p_1", "2"],
        ["q2", "Q0", "p_2", "1"],
    ]
    assert float(lines[0][4]) > float(lines[1][4])
    for told in objects(quoth("evaluate", ferry, bread, "--compare", tmp_path / "run.txt", "--json")):
        assert told["compare"]["run"] == str(tmp_path / f"run.{told['set']}.txt")
        assert (told["compare"]["won"], told["compare"]["lost"]) == (0, 0)
        for measure in ("hit@1", "mrr@10", "ndcg@10"):
            assert told["compare"][measure] == {"difference": 0.0, "ci": [0.0, 0.0]}


def test_a_better_run_is_seen_to_win(tmp_path: Path, bread: Path, quoth: Run) -> None:
    perfect = tmp_path / "perfect.run"
    perfect.write_text("q1 Q0 p_1 1 2.5 hand\nq1 Q0 p_2 2 1.5 hand\nq2 Q0 p_2 1 1e-3 hand\n")
    (told,) = objects(quoth("evaluate", bread, "--compare", perfect, "--json"))
    assert told["compare"]["hit@1"] == {"difference": -0.5, "ci": [-1.0, 0.0]}
    assert told["compare"]["mrr@10"]["difference"] == -0.25
    assert (told["compare"]["won"], told["compare"]["lost"]) == (0, 1)
    (tmp_path / "half.run").write_text("q1 Q0 p_2 1 1.0 hand\nq1 Q0 p_1 2 0.5 hand\n")
    table = quoth("evaluate", bread, "--compare", tmp_path / "half.run").stdout.split("\n\n")[-1]
    assert table.splitlines()[1].split()[1:4] == ["+0.500", "+.000", "+1.000"]


def test_a_run_that_cannot_be_compared_is_refused(tmp_path: Path, bread: Path, quoth: Run) -> None:
    run = tmp_path / "run.txt"
    for content, place in (("q1 Q0 p_1 1 2.5\n", 1), ("\nq1 Q0 p_1 first 2.5 x\n", 2)):
        run.write_text(content)
        with pytest.raises(QuestionSetError, match=rf"run\.txt:{place}: "):
            runs.load(run)
    run.write_text("q9 Q0 p_1 1 2.5 x\n")
    done = quoth("evaluate", bread, "--compare", run, "--json")
    assert (done.returncode, done.stdout) == (4, "")
    assert f"{run}: it holds none of the questions asked" in done.stderr


def test_what_cannot_be_read_or_written_is_told_before_anything_is_asked(
    tmp_path: Path, bread: Path, quoth: Run
) -> None:
    missing = quoth("evaluate", bread, "--compare", tmp_path / "none.txt", "--json")
    assert (missing.returncode, missing.stdout) == (4, "")
    assert f"{tmp_path / 'none.txt'}: No such file or directory; name a run" in missing.stderr
    nowhere = quoth("evaluate", bread, "--plot", tmp_path / "nowhere" / "risk.svg", "--json")
    assert (nowhere.returncode, nowhere.stdout) == (5, "")
    assert f"there is no folder {tmp_path / 'nowhere'}; create it" in nowhere.stderr


def test_sets_of_one_name_cannot_share_runs(tmp_path: Path, bread: Path, write: Write, quoth: Run) -> None:
    twin = write("other/bread", FERRY, FERRY_QUESTIONS)
    done = quoth("evaluate", bread, twin, "--save-run", tmp_path / "run.txt")
    assert done.returncode == 4
    assert "2 question sets are called bread" in done.stderr
    assert not list(tmp_path.glob("run*"))


def test_floors_hold_or_name_what_fell_below_and_belong_to_their_files(
    tmp_path: Path, bread: Path, ferry: Path, quoth: Run
) -> None:
    (told,) = objects(quoth("evaluate", bread, "--json"))
    floors = tmp_path / "floors.toml"
    pinned = f'[bread]\ndigest = "{told["digest"]}"\n"hit@1" = 0.5\n"kinds.plain.hit@5" = 1\n'
    floors.write_text(pinned)
    held = quoth("evaluate", bread, "--floors", floors, "--json")
    assert (held.returncode, held.stderr) == (0, "")
    floors.write_text(pinned + '"mrr@10" = 0.76\n"silence.auroc" = 0.1\n')
    missed = quoth("evaluate", bread, "--floors", floors)
    assert missed.returncode == 1
    assert missed.stderr.splitlines() == [
        f"quoth: {floors}: bread: mrr@10 is 0.75, its floor is 0.76",
        f"quoth: {floors}: bread: silence.auroc is not measured, its floor is 0.1",
    ]
    nameless = quoth("evaluate", bread, ferry, "--floors", floors)
    assert (nameless.returncode, nameless.stdout) == (4, "")
    assert 'no floors for ferry; add a table [ferry] with digest = "sha256:' in nameless.stderr
    with (bread / "qrels" / "test.tsv").open("a") as qrels:
        qrels.write("q1\tp 2\t1\n")
    changed = quoth("evaluate", bread, "--floors", floors)
    assert (changed.returncode, changed.stdout) == (4, "")
    assert "bread: the floors were pinned on other files" in changed.stderr
    assert digest(bread) in changed.stderr


@pytest.mark.parametrize(
    ("content", "cause"),
    [
        ('[bread]\ndigest = "sha256:0"\n"kinds.hit@1" = 0.1\n', "kinds.hit@1"),
        ("bread = 3\n", "wanted a table"),
        ('[bread]\n"hit@1" = 0.1\n', "digest"),
        ('[bread]\ndigest = "sha256:0"\n', "at least one measure"),
        ('[bread]\ndigest = "sha256:0"\n"hit@2" = 0.1\n', "hit@2 = 0.1"),
        ('[bread]\ndigest = "sha256:0"\n"hit@1" = 90\n', "0..1"),
        ('[bread]\ndigest = "sha256:0"\n"silence.false_refusals" = 0.1\n', "silence.false_refusals"),
        ("[bread\n", "TOML"),
        (None, "No such file"),
    ],
)
def test_floors_that_say_nothing_clear_are_refused(tmp_path: Path, content: str | None, cause: str) -> None:
    if content is not None:
        (tmp_path / "floors.toml").write_text(content)
    with pytest.raises(QuestionSetError, match=r"floors\.toml") as refused:
        load(tmp_path / "floors.toml")
    assert cause in str(refused.value)


def test_a_mixed_haystack_holds_every_corpus_and_confuses_no_ids(
    tmp_path: Path, ferry: Path, bread: Path, quoth: Run
) -> None:
    # The same corpus twice: what is right in one is a stranger's passage in the other, and only one can be first.
    twin = tmp_path / "twin"
    twin.mkdir()
    for path in bread.iterdir():
        (twin / path.name).symlink_to(path)
    told = objects(quoth("evaluate", bread, ferry, twin, "--mixed", "--json", "--save-run", tmp_path / "run"))
    assert [(one["set"], one["questions"], one["mixed"]) for one in told] == [
        ("bread", 2, True),
        ("ferry", 2, True),
        ("twin", 2, True),
    ]
    assert told[1]["hit@1"] == 1
    found = [[line.split()[2] for line in (tmp_path / f"run.{name}").read_text().splitlines()] for name in TWINS]
    assert found[0][:4] == ["p_2", "twin:p_2", "p_1", "twin:p_1"]
    assert found[1][:4] == ["bread:p_2", "p_2", "bread:p_1", "p_1"]
    assert told[0]["mrr@10"] == round((1 / 3 + 1) / 2, 4)
    assert told[2]["mrr@10"] == round((1 / 4 + 1 / 2) / 2, 4)


def test_typos_change_the_questions_and_say_so(write: Write, quoth: Run) -> None:
    # Without one of its letters such a word is none that anybody could guess.
    words = "moth lynx wasp newt crab frog stag mole hare goat boar seal".split()
    passages = {word: (f"Of the {word}", f"Here lives a {word}.") for word in words}
    questions: tuple[Any, ...] = tuple((word, f"a {word}", [word], {}) for word in words)
    zoo = write("zoo", passages, questions)
    (clean,), (spoilt,) = (objects(quoth("evaluate", zoo, "--json", *option)) for option in ([], ["--typos"]))
    assert (clean["typos"], clean["hit@1"]) == (False, 1)
    assert spoilt["typos"] is True
    assert spoilt["hit@1"] < 1


def test_the_plot_is_a_picture_with_a_line_for_every_set(tmp_path: Path, ferry: Path, write: Write, quoth: Run) -> None:
    strange = write("a<b", BREAD, BREAD_QUESTIONS)
    plot = tmp_path / "risk.svg"
    done = quoth("evaluate", ferry, strange, "--plot", plot)
    assert (done.returncode, done.stderr) == (0, f"quoth: risk against coverage drawn in {plot}\n")
    picture = ElementTree.fromstring(plot.read_text())  # noqa: S314 (our own file)
    space = "{http://www.w3.org/2000/svg}"
    assert len(picture.findall(f"{space}polyline")) == 2
    assert {"ferry", "a<b", "questions answered"} <= {text.text for text in picture.iter(f"{space}text")}
    for line in picture.findall(f"{space}polyline"):
        across = [float(point.split(",")[0]) for point in line.attrib["points"].split()]
        assert across == sorted(across)
        assert across[-1] == 504, "the last threshold answers every question"
