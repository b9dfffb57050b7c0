"""What several test files share: the real commands as processes, each test with a home and a data folder of its own."""

import gc
import logging
import os
import re
import shutil
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from index.machine import kernel_cache

if TYPE_CHECKING:
    from bot.answer import Answerer
    from tests.fork_server import ForkServer
    from tests.telegram_server.server import FakeTelegram

# Collecting tests makes objects that stay: to look for garbage among them takes a third of the time.
gc.disable()

# What a build says every two seconds: nothing on a machine with nothing else to do.
_PROGRESS = re.compile(
    r"^((reading|sorting|calibrating|publishing)(: .*)?|(backing up|restoring): |.*\d questions asked, ).*\n",
    re.MULTILINE,
)

ROOT = Path(__file__).parents[1]
# Python itself reads these when it starts.
READ_AT_START = ("PYTHON", "LC_", "LANG", "TZ")
TEXTS = (
    "# Footbridge at Saltmere\n\nThe footbridge at Saltmere was opened in 1931 by a lamplighter.\n\n"
    "Its toll is two buttons, paid on the northern side.\n",
    "# Night school for bakers\n\nThe night school teaches forty bakers how to fold dough.\n\n"
    "Classes end when the first tram leaves for the harbour.\n",
)


@pytest.hookimpl(tryfirst=True)
def pytest_collection(session: pytest.Session) -> None:
    """Import a share of the test files before all of them, where several processes test side by side.

    In a fresh clone pytest rewrites the assertions of each file first, for half of the time of a collection, and keeps
    what comes of it. So one process does that for each file, and not every process for every file.
    """
    count = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
    if count > 1 and session.config.args == session.config.getini("testpaths"):
        own = int(os.environ["PYTEST_XDIST_WORKER"].removeprefix("gw"))
        for path in sorted((ROOT / "tests").glob("test_*.py"))[own::count]:
            # What cannot be imported is told when it is collected.
            with suppress(Exception, pytest.skip.Exception):
                import_module(f"tests.{path.stem}")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Mark as slow what starts `quoth`, which takes about a second, a fake Telegram, or needs compiled kernels.

    Processes that test side by side begin with the slow ones, so that none of these is left to run alone at the end;
    those that need kernels come behind the others, when these are compiled.
    """
    for item in items:
        if isinstance(item, pytest.Function) and {"environment", "fake", "kernels"} & set(item.fixturenames):
            item.add_marker(pytest.mark.slow)
    if hasattr(config, "workerinput"):
        items.sort(key=lambda item: (item.get_closest_marker("slow") is None, "kernels" in _fixtures(item)))


def pytest_collection_finish(session: pytest.Session) -> None:
    """Look for garbage again, among what tests make alone, and compile kernels if a test needs them.

    The first of the processes that test side by side does that, beside the first tests; else each would, for itself.
    """
    gc.freeze()
    gc.enable()
    first = os.environ.get("PYTEST_XDIST_WORKER") == "gw0"
    if first and any("kernels" in _fixtures(item) for item in session.items):
        folder = _cached(session.config, "kernels")
        compiling = subprocess.Popen([sys.executable, "-m", "tests.compile_kernels", str(folder)], cwd=ROOT)

        def compiled() -> None:
            compiling.wait()

        session.config.add_cleanup(compiled)


def _fixtures(item: pytest.Item) -> list[str]:
    return item.fixturenames if isinstance(item, pytest.Function) else []


def pytest_xdist_auto_num_workers() -> int:
    """Return two processes more than there are processors: tests of Telegram and of servers mostly wait."""
    return (os.cpu_count() or 1) + 2


def pytest_configure(config: pytest.Config) -> None:
    """Name the folder of compiled kernels before any is imported: pytest's cache, from one run to the next.

    To compile them takes most of a minute. Calibrations are kept in the same way. Those of earlier states of the code
    are removed.
    """
    kernel_cache.keep_kernels_in(_cached(config, "kernels"))
    # What tests compile is kept for the next run.
    config.add_cleanup(kernel_cache.seal)
    for name in ("kernels", "calibrations"):
        for state in _cached(config, name).iterdir():
            if state.name != _state():
                shutil.rmtree(state, ignore_errors=True)
    if not config.getoption("numprocesses", None):
        _prepare()


def _prepare() -> None:
    """Prepare a process that runs tests; one that only hands them out to others starts them sooner without."""
    from hypothesis import settings

    # A machine that does much else at the same time is slow, which is no failure.
    settings.register_profile("quoth", deadline=None)
    settings.load_profile("quoth")


def _cached(config: pytest.Config, name: str) -> Path:
    cache = getattr(config, "cache", None)
    return cache.mkdir(name) if cache else config.rootpath / ".pytest_cache" / name


def _state() -> str:
    """Return the name of the state of the code that kernels and calibrations come from."""
    folder = kernel_cache.chosen_folder()
    assert folder is not None
    return folder.name


@pytest.fixture(scope="session")
def kernels(pytestconfig: pytest.Config) -> Path:
    """Load the compiled kernels, and return the folder that keeps them."""
    with kernel_cache.alone():
        import index.postings.inversion_kernels
        import index.ranking.impact_kernels
        import index.ranking.search_kernels
        import index.rerank.compiled_features  # noqa: F401

    return _cached(pytestconfig, "kernels")


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """Return the environment of a process that knows nothing of this machine's own Quoth; its folder is `here`."""
    (tmp_path / "here").mkdir(exist_ok=True)
    return {
        "HOME": str(tmp_path / "home"),
        "LC_ALL": "C.UTF-8",
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(ROOT),
        "QUOTH_DATA_DIR": str(tmp_path / "data"),
    }


@pytest.fixture(scope="session")
def calibrated(pytestconfig: pytest.Config) -> Path:
    """Return the folder of all calibrations that this state of the code has made."""
    folder = _cached(pytestconfig, "calibrations") / _state()
    folder.mkdir(exist_ok=True)
    return folder


@pytest.fixture(scope="session", autouse=True)
def _calibrated_once(calibrated: Path) -> Iterator[None]:
    from index.ranking import calibration
    from tests import calibrations

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(calibration, "null_ratios", calibrations.kept_in(calibrated))
        yield


@pytest.fixture(scope="session", autouse=True)
def fork_server(calibrated: Path) -> "Iterator[ForkServer | None]":
    """Return what starts `quoth` at a tenth of the cost; None where a system has no such thing.

    What `quoth` starts by itself it starts for as little, but for tests that ask for `anew`.
    """
    if sys.platform != "linux":
        yield None
        return
    from tests.fork_server import ForkServer

    with ForkServer(calibrated) as server, server.instead():
        yield server


@pytest.fixture
def anew(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have what `quoth` starts by itself started like anything else, for a test of that."""
    from tests import fork_server

    monkeypatch.setattr(fork_server, "STARTED_BY_QUOTH", {})


@pytest.fixture
def start_bot(fork_server: "ForkServer | None") -> Callable[..., subprocess.Popen[str]]:
    """Return what starts telegram_bot.py with the given arguments, its three streams as pipes, and does not wait."""

    def started(*arguments: str | Path) -> subprocess.Popen[str]:
        if fork_server is not None:
            return fork_server.start(list(map(str, arguments)), ROOT, os.environ, "tests.telegram_bot")
        command = [sys.executable, "-m", "tests.telegram_bot", *map(str, arguments)]
        pipe = subprocess.PIPE
        return subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe, text=True, cwd=ROOT)

    return started


@pytest.fixture
def start(
    environment: dict[str, str], tmp_path: Path, fork_server: "ForkServer | None"
) -> Callable[..., subprocess.Popen[str]]:
    """Return what starts `quoth` with the given arguments, its three streams as pipes, and does not wait.

    With `anew` Python itself is started too, for a test of that; with `program` another module is run.
    """

    def started(
        *arguments: str | Path, anew: bool = False, program: str = "bot", **variables: str
    ) -> subprocess.Popen[str]:
        # A variable of Python that is empty is none.
        read_at_start = any(value and name.startswith(READ_AT_START) for name, value in variables.items())
        if fork_server is not None and not anew and not read_at_start:
            return fork_server.start(list(map(str, arguments)), tmp_path / "here", environment | variables, program)
        pipe = subprocess.PIPE
        command = "bot.__main__" if program == "bot" else program
        return subprocess.Popen(
            [sys.executable, "-m", command, *map(str, arguments)],
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
    """Return what runs `quoth` to its end: `quoth("ask", "Who …?", stdin="", QUOTH_K1="2")`; never a traceback.

    Lines of progress are taken out of what it says, for whether there are any depends on the machine.
    """

    def run(*arguments: str | Path, stdin: str = "", **variables: str) -> subprocess.CompletedProcess[str]:
        with start(*arguments, **variables) as process:
            out, err = process.communicate(stdin, timeout=300)
        assert "Traceback" not in err, err
        return subprocess.CompletedProcess(process.args, process.returncode, out, _PROGRESS.sub("", err))

    return run


@pytest.fixture
def together(start: Callable[..., subprocess.Popen[str]]) -> Callable[..., list[subprocess.CompletedProcess[str]]]:
    """Return what runs several commands side by side: `together(["status"], ["ask", "Who …?"], QUOTH_K1="2")`."""

    def run(*commands: list[str | Path], **variables: str) -> list[subprocess.CompletedProcess[str]]:
        ended = []
        for process in [start(*arguments, **variables) for arguments in commands]:
            out, err = process.communicate(timeout=300)
            assert "Traceback" not in err, err
            ended.append(subprocess.CompletedProcess(process.args, process.returncode, out, _PROGRESS.sub("", err)))
        return ended

    return run


@pytest.fixture
def shelve() -> Callable[[Path, Path, int], None]:
    """Return what makes a folder of so many small articles, 0 to 2, and builds an index of it in a data folder."""
    from index.build.build import Options, build
    from index.sources import read
    from index.store.store import Store

    def made(folder: Path, data: Path, articles: int) -> None:
        folder.mkdir()
        for number, text in enumerate(TEXTS[:articles]):
            (folder / f"{number}.md").write_text(text)
        build(Store(data), read([folder]), [str(folder)], Options(force=True))

    return made


@pytest.fixture(scope="session")
def towers(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of an index of the articles in telegram_shelf.py, which no test changes."""
    from tests.telegram_shelf import shelve

    folder = tmp_path_factory.mktemp("towers")
    shelve(folder)
    return folder


@pytest.fixture
def answerer(towers: Path) -> "Iterator[Answerer]":
    """Return whoever answers from `towers`."""
    from tests.telegram_shelf import answering

    made = answering(towers)
    yield made
    made.close()


@pytest.fixture
def introduced(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have a bot introduce itself in every language, for a test of that."""
    from bot.catalogue import LANGUAGES
    from bot.channels.telegram.access import menus

    monkeypatch.setattr(menus, "LANGUAGES", LANGUAGES)


@pytest.fixture
def root_logger() -> Iterator[logging.Logger]:
    """Give the root logger for a test, and put its handlers and level back."""
    root = logging.getLogger()
    before, level = root.handlers[:], root.level
    yield root
    root.handlers[:] = before
    root.setLevel(level)


@pytest.fixture
async def fake() -> "AsyncIterator[FakeTelegram]":
    """Return a fake Bot API server."""
    from tests.telegram_server.server import FakeTelegram

    async with FakeTelegram() as server:
        yield server


@pytest.fixture
async def telegram(fake: "FakeTelegram", answerer: "Answerer", tmp_path: Path) -> AsyncIterator[None]:
    """Have the Telegram channel answer from `towers`, open to everyone."""
    from tests.telegram_shelf import asked

    async with asked(fake, tmp_path, answerer):
        yield


@pytest.fixture
def shelf(tmp_path: Path, shelve: Callable[[Path, Path, int], None]) -> Path:
    """Return the folder of the two articles that the index of this test was built from."""
    shelve(tmp_path / "shelf", tmp_path / "data", 2)
    return tmp_path / "shelf"
