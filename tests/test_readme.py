"""The README says what there is: every command, option and setting, and no file that is gone."""

import re
from pathlib import Path

import pytest
from typer.main import get_command

from bot.__main__ import app
from config.settings import Settings

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
COMMANDS = get_command(app).commands  # type: ignore[attr-defined]


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_every_command_and_option_is_in_the_readme(name: str) -> None:
    assert f"`quoth {name}" in README
    options = [option for parameter in COMMANDS[name].params for option in parameter.opts if option.startswith("-")]
    assert options
    missing = [option for option in options if f"{option}" not in README and option not in ("-h", "--help")]
    assert missing == []


@pytest.mark.parametrize("name", sorted(Settings.model_fields))
def test_every_setting_is_in_the_readme_with_its_variable_and_default(name: str) -> None:
    row = next(line for line in README.splitlines() if line.startswith(f"| `{name}` |"))
    assert f"`QUOTH_{name.upper()}`" in row
    default = Settings.model_fields[name].default
    if isinstance(default, int | float | str):
        assert str(default) in row


def test_every_file_the_readme_links_to_exists() -> None:
    links = [link for link in re.findall(r"\]\(([^)]+)\)", README) if "://" not in link]
    assert links
    assert [link for link in links if not (ROOT / link).exists()] == []
