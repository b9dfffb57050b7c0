"""The wheel: everything in it, nothing else, under names that are ours alone. The sdist: all that README leads to."""

import json
import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from email.parser import BytesParser
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
from packaging.requirements import Requirement

ROOT = Path(__file__).parents[1]
PACKAGES = ("bot", "index", "config")

pytestmark = pytest.mark.slow


def packed(kind: str, folder: Path) -> Path:
    """Return the file that building this tree makes: a "wheel" or an "sdist"."""
    command = [sys.executable, "-m", "build", f"--{kind}", "--no-isolation", "--outdir", str(folder), str(ROOT)]
    built = subprocess.run(command, capture_output=True, text=True, check=False)
    assert built.returncode == 0, built.stdout + built.stderr
    (path,) = folder.glob("quoth-*")
    return path


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a wheel freshly built from this tree."""
    return packed("wheel", tmp_path_factory.mktemp("wheel"))


@pytest.fixture(scope="module")
def sdist(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a source distribution freshly built from this tree, unpacked."""
    folder = tmp_path_factory.mktemp("sdist")
    shutil.unpack_archive(packed("sdist", folder), folder / "unpacked", filter="data")
    (path,) = (folder / "unpacked").iterdir()
    return path


def test_the_wheel_holds_every_module_and_nothing_else(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = {name for name in archive.namelist() if ".dist-info/" not in name}
    files = [path for package in PACKAGES for path in (ROOT / package).rglob("*.*") if path.suffix in (".py", ".toml")]
    modules = {path.relative_to(ROOT).as_posix() for path in files}
    assert {"bot/answer.py", "bot/catalogue/en.toml", "index/bm25.py", "config/settings.py"} <= modules
    samples = {f"bot/samples/{path.name}" for path in (ROOT / "examples").iterdir()}
    assert modules | samples | {"bot/py.typed", "index/py.typed"} <= names
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
    assert {"numpy", "pydantic", "python-telegram-bot", "rank-bm25"} <= needed


def test_the_sdist_holds_every_file_that_the_documents_lead_to(sdist: Path) -> None:
    pages = [*sdist.glob("*.md"), *sdist.glob("docs/*.md")]
    assert {"README.md", "ARCHITECTURE.md", "docs/asking.md"} <= {path.relative_to(sdist).as_posix() for path in pages}
    for page in pages:
        text = re.sub(r"^```.*?^```$", "", page.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)
        links = [link.partition("#")[0] for link in re.findall(r"\]\(([^)\s]+)\)", text) if "://" not in link]
        # That they exist in the tree at all is for test_docs to say.
        there = [link for link in links if link and (ROOT / page.relative_to(sdist)).parent.joinpath(link).exists()]
        assert [link for link in there if not (page.parent / link).exists()] == [], page


def test_the_sdist_holds_what_its_own_tests_need_and_nothing_that_git_ignores(sdist: Path) -> None:
    tracked = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False)  # noqa: S607
    files = {path.relative_to(sdist).as_posix() for path in sdist.rglob("*") if path.is_file()}
    assert {"Makefile", "LICENSE", ".importlinter", "tests/conftest.py", "examples/notices.csv"} <= files
    if tracked.returncode == 0:
        assert set(tracked.stdout.splitlines()) - files == set()
    assert not [name for name in files if name.endswith(".pyc") or name.startswith((".venv", "dist/"))]


def test_the_sdist_makes_the_same_wheel(sdist: Path, wheel: Path, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(tmp_path), str(sdist)]
    built = subprocess.run(command, capture_output=True, text=True, check=False)
    assert built.returncode == 0, built.stdout + built.stderr
    (again,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as one, zipfile.ZipFile(again) as other:
        assert {item.filename: item.CRC for item in one.infolist()} == {
            item.filename: item.CRC for item in other.infolist()
        }


def test_the_licence_travels_with_the_wheel_and_python_versions_are_those_that_are_tested(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        (licence,) = [name for name in archive.namelist() if name.endswith("/licenses/LICENSE")]
        assert archive.read(licence) == (ROOT / "LICENSE").read_bytes()
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    stated = [re.fullmatch(r"Programming Language :: Python :: (3\.\d+)", line) for line in project["classifiers"]]
    workflow = (ROOT / ".github" / "workflows" / "test.yml").read_text(encoding="utf-8")
    (matrix,) = re.findall(r"python: (\[.*\])", workflow)
    assert [found[1] for found in stated if found] == json.loads(matrix)
    assert re.findall(r"- run: (.*)", workflow) == ["make test", "make quick-tests"]


def test_every_package_that_is_needed_is_locked_with_hashes_and_the_oldest_are_those_that_are_allowed() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = project["optional-dependencies"]
    wanted = {Requirement(line).name.lower().replace("_", "-"): Requirement(line) for line in project["dependencies"]}
    tools = {Requirement(line).name.lower().replace("_", "-") for line in extras["test"]} - {"quoth"}
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    locked = dict(re.findall(r"^([a-z0-9-]+)==(\S+)", lock, re.MULTILINE))
    assert locked.keys() >= {*wanted, *tools}
    entries = re.split(r"\n(?=\S)", lock.strip())
    assert all("--hash=sha256:" in entry for entry in entries)
    oldest = dict(re.findall(r"^([a-z0-9-]+)==(\S+)", (ROOT / "requirements-oldest.txt").read_text(), re.MULTILINE))
    for name, requirement in wanted.items():
        assert requirement.specifier.contains(locked[name]), name
        assert requirement.specifier.contains(oldest[name]), name


def test_installed_the_three_names_belong_to_quoth_alone(wheel: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(tmp_path)
    script = (
        f"import sys, json; sys.path.insert(0, {str(tmp_path)!r})\n"
        "from importlib.metadata import packages_distributions\n"
        "import bot, index, config\n"
        "from bot.commands.demo import _samples\n"
        "found = packages_distributions()\n"
        "assert _samples().name == 'samples' and (_samples() / 'notices.csv').exists()\n"
        "print(json.dumps([[m.__name__, m.__file__, sorted(set(found[m.__name__]))] for m in (bot, index, config)]))"
    )
    result = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, cwd=tmp_path)
    assert json.loads(result.stdout) == [[name, str(tmp_path / name / "__init__.py"), ["quoth"]] for name in PACKAGES]


def test_nothing_else_in_this_environment_owns_the_three_names() -> None:
    owners = packages_distributions()
    assert "pytest" in owners
    assert {name: sorted(set(owners.get(name, [])) - {"quoth"}) for name in PACKAGES} == {name: [] for name in PACKAGES}
