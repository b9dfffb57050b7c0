"""What is left when a builder is killed or the disk is full: the old generation or the new one, never neither."""

import os
import random
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from index.store.store import Store
from tests.fork_server import ForkServer

Start = Callable[[str, Path], subprocess.Popen[str]]
Run = Callable[[str, Path], subprocess.CompletedProcess[str]]

ROOT = Path(__file__).parents[1]

pytestmark = pytest.mark.slow


def checked(store: Store) -> int:
    """Verify the generation in use, see that all its files are of the same edition, return its number."""
    store.verify()
    with store.open() as generation:
        assert generation.texts.article(0).title == f"Edition {generation.number}"
        assert set(generation.array("docs").tolist()) == {generation.number}
        return generation.number


def command(script: str, data_dir: Path) -> list[str]:
    return [sys.executable, "-m", "tests.store_builder", str(data_dir), script]


@pytest.fixture
def started(fork_server: ForkServer | None) -> Start:
    """Return what starts a builder that runs a script on a data folder, and does not wait."""

    def start(script: str, data_dir: Path) -> subprocess.Popen[str]:
        if fork_server is not None:
            return fork_server.start([str(data_dir), script], ROOT, os.environ, "tests.store_builder")
        pipe = subprocess.PIPE
        return subprocess.Popen(command(script, data_dir), stdin=pipe, stdout=pipe, stderr=pipe, text=True, cwd=ROOT)

    return start


@pytest.fixture
def run(started: Start) -> Run:
    """Return what runs a script to its end."""

    def ran(script: str, data_dir: Path) -> subprocess.CompletedProcess[str]:
        with started(script, data_dir) as builder:
            out, err = builder.communicate(timeout=120)
        return subprocess.CompletedProcess(builder.args, builder.returncode, out, err)

    return ran


def test_a_builder_killed_at_random_moments_leaves_a_whole_generation(tmp_path: Path, run: Run, started: Start) -> None:
    store = Store(tmp_path)
    assert run("print(build())", tmp_path).stdout == "1\n"
    moments = random.Random(20310504)  # noqa: S311 - moments to kill at, no secret
    reached = 1
    for _ in range(12):
        with started("while True: print(build(), flush=True)", tmp_path) as builder:
            assert builder.stdout is not None
            announced = int(builder.stdout.readline())
            time.sleep(moments.uniform(0, 0.03))
            builder.kill()
            announced = max([announced, *map(int, builder.stdout.read().split())])
        # The switch comes before the announcement.
        assert announced <= checked(store) <= announced + 1
        assert announced > reached
        reached = announced
    assert all(not state.problem for state in store.listing())


def test_a_builder_killed_at_every_step_leaves_a_whole_generation(tmp_path: Path, run: Run) -> None:
    """The process kills itself at its n-th file operation, for every n until it gets through."""
    script = """
    import shutil
    for _ in range(3):
        build()
    STEPS = {"open", "os.mkdir", "os.rename", "os.remove", "os.rmdir", "os.listdir", "os.scandir", "os.truncate",
             "shutil.rmtree", "sqlite3.connect", "fcntl.flock", "mmap.__new__"}

    def build_up_to(last):
        steps = 0
        def count(event, _):
            nonlocal steps
            if event in STEPS:
                steps += 1
                if steps == last:
                    os.kill(os.getpid(), signal.SIGKILL)
        sys.addaudithook(count)
        build()
        os._exit(0)

    template = store.data_dir
    for last in range(1, 1000):
        store = Store(template.with_name(f"killed-{last}"))
        shutil.copytree(template, store.data_dir)
        child = os.fork() or build_up_to(last)
        _, status = os.waitpid(child, 0)
        store.verify()
        number = store.current()
        with store.open() as generation:
            assert generation.texts.article(0).title == f"Edition {number}", last
            assert set(generation.array("docs").tolist()) == {number}, last
        build()
        names = sorted(entry.name for entry in (store.data_dir / "generations").iterdir())
        print(number, status, *names, flush=True)
        if status == 0:
            break
    """
    result = run(script, tmp_path / "template")
    assert result.stderr == ""
    outcomes = [line.split() for line in result.stdout.splitlines()]
    assert len(outcomes) > 30
    assert {status for _, status, *_ in outcomes[:-1]} == {"9"}
    assert outcomes[-1][1] == "0", "the last one must have got through"
    used = [number for number, *_ in outcomes]
    assert used == sorted(used), "from some step on it is the new one, before it the old one"
    assert used.count("3") > 20
    assert used.count("4") > 5, "the pruning after the switch is killed as well"
    for _, _, *names in outcomes:
        # Of four: the first for its age, the newest two, and the one that was in use.
        assert len(names) in (3, 4), names
        assert not any(name.startswith(".") for name in names), "the next builder clears up"


def test_a_full_disk_leaves_the_old_generation(tmp_path: Path) -> None:
    """A real file system of 1 MiB, in a mount namespace of its own."""
    alone = ("unshare", "--user", "--map-root-user", "--mount")
    mounting = f'mount -t tmpfs -o size=1m tmpfs "{tmp_path}" && exec "$@"'
    if (
        not shutil.which("unshare")
        or subprocess.run([*alone, "sh", "-c", mounting, "sh", "true"], check=False).returncode
    ):
        pytest.skip("this machine allows no mount namespaces")
    script = """
    build()
    for free in range(0, 40):
        filler = open(store.data_dir / "filler", "wb", buffering=0)
        try:
            while True:
                filler.write(bytes(4096))
        except OSError:
            filler.truncate(filler.tell() - 4096 * free)
        before = store.current()
        try:
            build()
            outcome = "published"
        except StorageError as error:
            outcome = str(error).replace(sys.argv[1], "DIR")
        store.verify()
        names = [entry.name for entry in (store.data_dir / "generations").iterdir()]
        print(store.current() - before, len([name for name in names if name.startswith(".")]), outcome, sep="|")
        filler.close()
    """
    started = [*alone, "sh", "-c", mounting, "sh", *command(script, tmp_path)]
    result = subprocess.run(started, capture_output=True, text=True, check=False, timeout=120, cwd=ROOT)
    assert result.stderr == ""
    tries = [line.split("|") for line in result.stdout.splitlines()]
    assert len(tries) == 40
    failed = [(step, left, said) for step, left, said in tries if said != "published"]
    assert len(failed) > 5
    for step, left, said in failed:
        assert (step, left) == ("0", "0"), said
        assert said.startswith("DIR"), said
        assert "free some space" in said, said
    assert all((step, left) == ("1", "0") for step, left, said in tries if said == "published")
    assert tries[-1][2] == "published"


@pytest.mark.parametrize("limit", [0, 100, 600, 5000, 20000, 100_000])
def test_a_limit_on_file_sizes_is_met_like_a_full_disk(tmp_path: Path, run: Run, limit: int) -> None:
    script = f"""
    texts = 20_000
    build()
    resource.setrlimit(resource.RLIMIT_FSIZE, ({limit}, resource.RLIM_INFINITY))
    try:
        build(30_000)
    except StorageError as error:
        print(str(error).replace(sys.argv[1], "DIR"))
    resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    store.verify()
    print(store.current(), sorted(entry.name for entry in (store.data_dir / "generations").iterdir()))
    """
    result = run(script, tmp_path)
    assert result.stderr == ""
    failure, state = result.stdout.splitlines()
    assert failure.startswith("DIR")
    assert "free some space" in failure
    assert state == "1 ['000001']"


def test_readers_are_undisturbed_while_a_builder_switches_and_prunes(tmp_path: Path, run: Run, started: Start) -> None:
    store = Store(tmp_path)
    assert run("print(build())", tmp_path).stdout == "1\n"
    seen = set()
    with started("for _ in range(60): build()", tmp_path) as builder:
        while builder.poll() is None:
            with store.open() as generation:
                seen.add(generation.number)
                assert generation.texts.article(0).title == f"Edition {generation.number}"
                assert set(generation.array("docs").tolist()) == {generation.number}
    assert builder.returncode == 0
    assert len(seen) > 5
    assert checked(store) == 61
