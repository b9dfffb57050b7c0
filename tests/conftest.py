"""What several test files share: the real commands as processes, each test with a home and a data folder of its own."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
COMMAND = (sys.executable, "-m", "bot.__main__")


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """Return the environment of a process that knows nothing of this machine's own Quoth; its folder is `here`."""
    (tmp_path / "here").mkdir()
    return {
        "HOME": str(tmp_path / "home"),
        "LC_ALL": "C.UTF-8",
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(ROOT),
        "QUOTH_DATA_DIR": str(tmp_path / "data"),
    }


@pytest.fixture
def start(environment: dict[str, str], tmp_path: Path) -> Callable[..., subprocess.Popen[str]]:
    """Return what starts `quoth` with the given arguments, its three streams as pipes, and does not wait."""

    def started(*arguments: str | Path, **variables: str) -> subprocess.Popen[str]:
        pipe = subprocess.PIPE
        return subprocess.Popen(
            [*COMMAND, *map(str, arguments)],
            stdin=pipe,
            stdout=pipe,
            stderr=pipe,
            text=True,
            encoding="utf-8",
            cwd=tmp_path / "here",
            env=environment | variables,
        )

    return started


@pytest.fixture
def quoth(start: Callable[..., subprocess.Popen[str]]) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Return what runs `quoth` to its end: `quoth("ask", "Who …?", stdin="", QUOTH_K1="2")`; never a traceback."""

    def run(*arguments: str | Path, stdin: str = "", **variables: str) -> subprocess.CompletedProcess[str]:
        with start(*arguments, **variables) as process:
            out, err = process.communicate(stdin, timeout=60)
        assert "Traceback" not in err, err
        return subprocess.CompletedProcess(process.args, process.returncode, out, err)

    return run
