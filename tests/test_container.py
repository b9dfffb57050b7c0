"""The image's own steps, run one by one in a clean folder, and its program where the image is read-only.

No daemon is asked. What is installed is the image's wheel; what it needs is taken from this environment, unless
CONTAINER_FROM_REGISTRY is set, as the release workflow does.
"""

import fnmatch
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[1]
FROM_REGISTRY = bool(os.environ.get("CONTAINER_FROM_REGISTRY"))
COMPOSE = yaml.safe_load((ROOT / "compose.yaml").read_text())

pytestmark = pytest.mark.slow


@dataclass
class Stage:
    """One stage of the Dockerfile: its instructions in order, and what it sets."""

    name: str
    steps: list[tuple[str, str]] = field(default_factory=list)

    def last(self, instruction: str) -> str:
        return [value for name, value in self.steps if name == instruction][-1]

    def environment(self) -> dict[str, str]:
        words = [word for name, value in self.steps if name == "ENV" for word in shlex.split(value)]
        return dict(word.split("=", 1) for word in words)


def stages() -> list[Stage]:
    text = re.sub(r"\\\n", " ", (ROOT / "Dockerfile").read_text())
    found = list[Stage]()
    for line in filter(None, map(str.strip, text.splitlines())):
        name, _, value = line.partition(" ")
        if name == "FROM":
            found.append(Stage(value))
        elif not name.startswith("#"):
            found[-1].steps.append((name, value.strip()))
    return found


BUILD, IMAGE = stages()


def context(folder: Path) -> Path:
    """Return a folder with what a build is given: the files of this tree that .dockerignore leaves in."""
    lines = [line for line in (ROOT / ".dockerignore").read_text().splitlines() if line and not line.startswith("#")]
    assert lines[0] == "*"
    for name in (line[1:] for line in lines if line.startswith("!")):
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__", "*.pyc"))
        else:
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, folder / name)
    return folder


@pytest.fixture(scope="module")
def image(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder that stands for the root of the image, built by the steps of the first stage."""
    folder = tmp_path_factory.mktemp("image")
    given, source, root = context(folder / "context"), folder / "src", folder / "root"
    (root / "opt").mkdir(parents=True)
    source.mkdir()
    for name, value in BUILD.steps:
        if name == "COPY":
            *copied, target = shlex.split(value)
            for one in copied:
                place = source / (one if target == "./" else target)
                shutil.copytree(given / one, place) if (given / one).is_dir() else shutil.copy(given / one, place)
        elif name == "RUN":
            _run(value, source, root)
    return root


def _run(command: str, source: Path, root: Path) -> None:
    if not FROM_REGISTRY:
        # pip is that of this environment too, which is not the image's to remove.
        command = command.replace("-m venv ", "-m venv --without-pip ")
        if "pip uninstall" in command:
            return
    if "--require-hashes" in command and not FROM_REGISTRY:
        (packages,) = root.glob(f"opt/{command.split('/')[2]}/lib/python*/site-packages")
        (packages / "environment.pth").write_text(sysconfig.get_path("purelib"))
        return
    command = command.replace("/opt/", f"{root}/opt/")
    command = re.sub(r"^python ", f"{shlex.quote(sys.executable)} ", command)
    run = subprocess.run(["/bin/sh", "-c", command], cwd=source, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout + run.stderr


def test_the_image_answers_where_it_is_read_only(image: Path, tmp_path: Path) -> None:
    state, articles = tmp_path / "state", tmp_path / "articles"
    state.mkdir()
    articles.mkdir()
    (articles / "mole.md").write_text("# The mole\n\nThe mole of Saltmere was rebuilt in granite in 1904.\n")
    environment = {
        name: value.replace("/opt/", f"{image}/opt/").replace("/var/lib/quoth", str(state))
        for name, value in IMAGE.environment().items()
    }
    entry = json.loads(IMAGE.last("ENTRYPOINT"))
    assert entry == ["quoth"]
    commands = [
        "quoth --version",
        f"quoth index {articles}",
        'quoth ask "When was the mole of Saltmere rebuilt?"',
        f"touch {image}/opt/quoth/written 2>/dev/null && exit 99; true",
    ]
    script = " && ".join(commands)
    if os.geteuid() == 0:
        # Root could write anyway, so that the folder is mounted as an image is.
        mount = f"mount --bind {shlex.quote(str(image))} {shlex.quote(str(image))} && mount -o remount,bind,ro {image}"
        command = ["unshare", "--mount", "/bin/sh", "-c", f"{mount} && {script}"]
        if subprocess.run([*command[:4], mount], capture_output=True, check=False).returncode:
            pytest.skip("this machine lets nothing be mounted read-only")
    else:
        subprocess.run(["/bin/chmod", "-R", "a-w", str(image)], check=True)
        command = ["/bin/sh", "-c", script]
    run = subprocess.run(command, env=environment, cwd=state, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout + run.stderr
    assert "rebuilt in granite in 1904" in run.stdout
    assert {path.name for path in state.iterdir()} <= {"cache", "data"}


def test_the_build_needs_no_more_than_it_is_given() -> None:
    ignored = (ROOT / ".dockerignore").read_text().splitlines()
    given = {line[1:] for line in ignored if line.startswith("!")}
    copied = {word for name, value in BUILD.steps if name == "COPY" for word in shlex.split(value)[:-1]}
    assert copied == given
    assert not any(fnmatch.fnmatch(name, "*secret*") or name.startswith(".git") for name in given)


def test_the_image_is_small_in_what_it_may_do() -> None:
    assert [stage.name.split()[0] for stage in (BUILD, IMAGE)] == ["python:3.13-slim"] * 2
    assert IMAGE.last("USER") == "10001:10001"
    assert "--uid 10001" in " ".join(value for name, value in IMAGE.steps if name == "RUN")
    installs = [value for name, value in BUILD.steps if name == "RUN" and "pip install" in value]
    assert all("--require-hashes" in one or "--no-index" in one for one in installs)
    for lock in ("requirements-build.lock", "requirements-image.lock"):
        entries = re.split(r"\n(?=\S)", (ROOT / lock).read_text().strip())
        assert all("--hash=sha256:" in entry for entry in entries)
    for service in COMPOSE["services"].values():
        assert service["read_only"]
        assert (service["cap_drop"], service["tmpfs"]) == (["ALL"], ["/tmp"])  # noqa: S108 (of the container)
        assert service["volumes"][0] == f"quoth:{IMAGE.last('VOLUME')}"
        assert not any("TOKEN" in name and not name.endswith("_FILE") for name in service.get("environment", {}))


def test_every_command_of_the_services_is_one() -> None:
    from click.testing import CliRunner

    from bot.__main__ import app

    commands = [json.loads(IMAGE.last("CMD")), *(one.get("command") for one in COMPOSE["services"].values())]
    for command in filter(None, commands):
        assert CliRunner().invoke(app, [*command, "--help"]).exit_code == 0, command
    variables = {name for one in COMPOSE["services"].values() for name in one.get("environment", {})}
    from config.settings import SETTINGS

    assert {name.removeprefix("QUOTH_").lower() for name in variables} <= set(SETTINGS)


def test_the_health_check_tells_whether_it_answers(
    start: Callable[..., subprocess.Popen[str]],
) -> None:
    check = json.loads(IMAGE.last("HEALTHCHECK").partition("CMD ")[2])
    assert check[:2] == ["python", "-c"]
    with start("serve", "--listen", "127.0.0.1:0") as process:
        assert process.stdout is not None
        port = process.stdout.readline().split()[2].rstrip("/").rpartition(":")[2]
        found = [
            subprocess.run([sys.executable, "-c", check[2].replace("8321", one)], capture_output=True, check=False)
            for one in (port, "1")
        ]
        process.terminate()
        process.communicate()
    assert [one.returncode for one in found] == [0, 1]
