"""The wheel: everything in it, nothing else, under names that are ours alone."""

import json
import re
import subprocess
import sys
import zipfile
from email.parser import BytesParser
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGES = ("bot", "index", "config")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a wheel freshly built from this tree."""
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder), str(ROOT)]
    built = subprocess.run(command, capture_output=True, text=True, check=False)
    assert built.returncode == 0, built.stdout + built.stderr
    (path,) = folder.glob("quoth-*.whl")
    return path


def test_the_wheel_holds_every_module_and_nothing_else(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = {name for name in archive.namelist() if ".dist-info/" not in name}
    files = [path for package in PACKAGES for path in (ROOT / package).rglob("*.*") if path.suffix in (".py", ".toml")]
    modules = {path.relative_to(ROOT).as_posix() for path in files}
    assert {"bot/answer.py", "bot/catalogue/en.toml", "index/store/store.py", "config/settings.py"} <= modules
    assert modules | {"bot/py.typed", "index/py.typed"} <= names
    assert {name.split("/")[0] for name in names} == set(PACKAGES)
    assert not [name for name in names if "/test" in name or name.endswith(".pyc")]


def test_the_wheel_names_the_command_and_what_it_needs(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        (info,) = {name.split("/")[0] for name in archive.namelist() if ".dist-info/" in name}
        commands = archive.read(f"{info}/entry_points.txt").decode()
        metadata = BytesParser().parsebytes(archive.read(f"{info}/METADATA"))
    assert commands.split() == ["[console_scripts]", "quoth", "=", "bot.__main__:main"]
    assert metadata["Name"] == "quoth"
    assert metadata["Requires-Python"] == ">=3.11"
    needed = {re.split("[<>=; ]", requirement)[0].lower() for requirement in metadata.get_all("Requires-Dist", [])}
    assert {"numpy", "pydantic-settings", "python-telegram-bot", "rank-bm25"} <= needed


def test_installed_the_three_names_belong_to_quoth_alone(wheel: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(tmp_path)
    script = (
        f"import sys, json; sys.path.insert(0, {str(tmp_path)!r})\n"
        "from importlib.metadata import packages_distributions\n"
        "import bot, index, config\n"
        "found = packages_distributions()\n"
        "print(json.dumps([[m.__name__, m.__file__, sorted(set(found[m.__name__]))] for m in (bot, index, config)]))"
    )
    result = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, cwd=tmp_path)
    assert json.loads(result.stdout) == [[name, str(tmp_path / name / "__init__.py"), ["quoth"]] for name in PACKAGES]


def test_nothing_else_in_this_environment_owns_the_three_names() -> None:
    owners = packages_distributions()
    assert "pytest" in owners
    assert {name: sorted(set(owners.get(name, [])) - {"quoth"}) for name in PACKAGES} == {name: [] for name in PACKAGES}
