"""A release: one version, in one place; notes from the changelog; a workflow that can do no more than it has to."""

import re
import subprocess
import sys
import tomllib
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.commands import parts

ROOT = Path(__file__).parents[1]
VERSION = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
WORKFLOW: dict[Any, Any] = yaml.safe_load((ROOT / ".github" / "workflows" / "release.yml").read_text(encoding="utf-8"))
CHANGELOG = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")


def notes(folder: Path, wanted: str, changelog: str) -> "subprocess.CompletedProcess[str]":
    for name in (".ci/release_notes.py", "pyproject.toml"):
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text((ROOT / name).read_text(encoding="utf-8"), encoding="utf-8")
    (folder / "CHANGELOG.md").write_text(changelog, encoding="utf-8")
    command = [sys.executable, "-S", str(folder / ".ci" / "release_notes.py"), wanted]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_the_version_stands_in_one_place() -> None:
    assert (version("quoth"), parts.version()) == (VERSION, f"quoth {VERSION}")
    files = [path for part in ("bot", "index", "config") for path in (ROOT / part).rglob("*.py")]
    assert [path for path in files if f'"{VERSION}"' in path.read_text() or "__version__" in path.read_text()] == []
    assert re.search(rf"^## {re.escape(VERSION)} - ", CHANGELOG, re.MULTILINE)


def test_the_notes_of_a_release_are_those_of_the_changelog(tmp_path: Path) -> None:
    dated = CHANGELOG.replace(f"## {VERSION} - unreleased", f"## {VERSION} - 2031-05-04")
    made = notes(tmp_path, VERSION, f"{dated}\n## 0.0.1 - 2030-01-01\n\nOlder.\n")
    assert (made.returncode, made.stderr) == (0, "")
    assert made.stdout.startswith("### Added\n")
    assert "Older" not in made.stdout


@pytest.mark.parametrize(
    ("wanted", "changelog", "said"),
    [
        ("9.9.9", CHANGELOG, "pyproject.toml"),
        (VERSION, f"## {VERSION} - unreleased\n", "the day of the release"),
        (VERSION, "# Changelog\n", "write what changed"),
    ],
)
def test_what_is_not_ready_is_not_released(tmp_path: Path, wanted: str, changelog: str, said: str) -> None:
    made = notes(tmp_path, wanted, changelog)
    assert (made.returncode, made.stdout) == (1, "")
    assert said in made.stderr


def test_the_workflow_publishes_only_what_was_built_checked_and_tried() -> None:
    jobs = WORKFLOW["jobs"]
    assert set(jobs["publish"]["needs"]) == {"build", "bare", "image"}
    assert WORKFLOW["permissions"] == {"contents": "read"}
    assert {name for name, job in jobs.items() if "permissions" in job} == {"publish"}
    assert jobs["publish"]["environment"] == "release"
    assert all("timeout-minutes" in job for job in jobs.values())
    text = (ROOT / ".github" / "workflows" / "release.yml").read_text(encoding="utf-8")
    # Trusted publishing: there is no secret to lose.
    assert "secrets." not in text
    assert "password" not in text
    tested = yaml.safe_load((ROOT / ".github" / "workflows" / "test.yml").read_text(encoding="utf-8"))
    assert jobs["bare"]["strategy"]["matrix"]["python"] == tested["jobs"]["test"]["strategy"]["matrix"]["python"]


def test_what_the_workflow_asks_is_answered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from bot.commands import demo

    runs = [step["run"] for step in WORKFLOW["jobs"]["bare"]["steps"] if "run" in step]
    (question,) = [found[1] for run in runs if (found := re.search(r'quoth demo "(.*)"', run))]
    monkeypatch.setenv("HOME", str(tmp_path))
    assert demo.run(question, 1) == 0
