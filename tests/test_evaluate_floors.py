"""The quality of answers on our own articles in nine languages does not fall: the real command, with its floors."""

import json
import subprocess
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest

HERE = Path(__file__).parent
SETS = sorted((HERE / "floors").iterdir())
LANGUAGES = ["ar", "de", "en", "es", "fa", "hi", "ru", "tr", "zh"]

Run = Callable[..., subprocess.CompletedProcess[str]]


def test_every_language_has_every_kind_of_question_and_a_floor() -> None:
    assert [folder.name for folder in SETS] == LANGUAGES
    for folder in SETS:
        rows = [json.loads(row) for row in (folder / "queries.jsonl").read_text(encoding="utf-8").splitlines()]
        assert {row["metadata"]["kind"] for row in rows} == {"plain", "inflected", "reworded", "absent", "elsewhere"}
        assert len(rows) >= 30
    for name in ("floors.toml", "floors_typos.toml"):
        assert sorted(tomllib.loads((HERE / name).read_text(encoding="utf-8"))) == LANGUAGES


@pytest.mark.parametrize(("floors", "options"), [("floors.toml", []), ("floors_typos.toml", ["--typos"])])
def test_no_answer_got_worse(quoth: Run, floors: str, options: list[str]) -> None:
    done = quoth("evaluate", *SETS, *options, "--floors", HERE / floors)
    assert (done.returncode, done.stderr) == (0, ""), done.stdout
    assert "mean" in done.stdout


def test_a_floor_above_what_is_reached_is_told(tmp_path: Path, quoth: Run) -> None:
    floors = tmp_path / "floors.toml"
    pinned = (HERE / "floors.toml").read_text(encoding="utf-8")
    floors.write_text(pinned.replace('"kinds.plain.hit@1" = 0.9', '"kinds.reworded.hit@1" = 0.99'), encoding="utf-8")
    assert floors.read_text(encoding="utf-8") != pinned
    done = quoth("evaluate", HERE / "floors" / "zh", "--floors", floors)
    assert done.returncode == 1
    assert "zh: kinds.reworded.hit@1 is 0." in done.stderr
