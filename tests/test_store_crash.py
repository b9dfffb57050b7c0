"""What is left when a builder is killed or the disk is full: the old generation or the new one, never neither."""

import random
import shutil
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest

from index.store.store import Store

pytestmark = pytest.mark.slow

BUILDER = textwrap.dedent(
    """
    import os, resource, signal, sys
    from pathlib import Path
    import numpy as np
    from index.errors import StorageError
    from index.model import ArticleCard
    from index.store.store import Manifest, Store
    from index.store.texts_writer import TextsWriter

    store = Store(Path(sys.argv[1]))

    def build(size=1000):
        with store.building() as staging:
            title = f"Edition {staging.number}"
            card = ArticleCard(0, "00000000000a", title, "/notes/a.txt", None, None, None, None, "en", 0, 1)
            with TextsWriter(staging.path / "articles.sqlite") as writer:
                writer.extend([(card, "c0")], [(0, 0, 1, 1, "paragraph", title + "." * texts, 0)])
            staging.save("docs", np.full(size, staging.number, np.uint32))
            return staging.publish(Manifest("2031-05-04T10:22:07+00:00", "0.1.0", {}, {"articles": 1}))

    texts = 1000
    """
)


def checked(store: Store) -> int:
    """Verify the generation in use, see that all its files are of the same edition, return its number."""
    store.verify()
    with store.open() as generation:
        assert generation.texts.article(0).title == f"Edition {generation.number}"
        assert set(generation.array("docs").tolist()) == {generation.number}
        return generation.number


def run(script: str, data_dir: Path, *before: str) -> subprocess.CompletedProcess[str]:
    command = [*before, sys.executable, "-c", BUILDER + textwrap.dedent(script), str(data_dir)]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)


def test_a_builder_killed_at_random_moments_leaves_a_whole_generation(tmp_path: Path) -> None:
    store = Store(tmp_path)
    assert run("print(build())", tmp_path).stdout == "1\n"
    moments = random.Random(20310504)  # noqa: S311 - moments to kill at, no secret
    reached = 1
    for _ in range(12):
        script = BUILDER + "while True: print(build(), flush=True)"
        with subprocess.Popen([sys.executable, "-c", script, str(tmp_path)], stdout=subprocess.PIPE) as builder:
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


def test_a_builder_killed_at_every_step_leaves_a_whole_generation(tmp_path: Path) -> None:
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
        assert len(names) == 3, names
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
    result = run(script, tmp_path, *alone, "sh", "-c", mounting, "sh")
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
def test_a_limit_on_file_sizes_is_met_like_a_full_disk(tmp_path: Path, limit: int) -> None:
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


def test_readers_are_undisturbed_while_a_builder_switches_and_prunes(tmp_path: Path) -> None:
    store = Store(tmp_path)
    assert run("print(build())", tmp_path).stdout == "1\n"
    script = BUILDER + "for _ in range(60): build()"
    seen = set()
    with subprocess.Popen([sys.executable, "-c", script, str(tmp_path)], stderr=subprocess.PIPE) as builder:
        while builder.poll() is None:
            with store.open() as generation:
                seen.add(generation.number)
                assert generation.texts.article(0).title == f"Edition {generation.number}"
                assert set(generation.array("docs").tolist()) == {generation.number}
    assert builder.returncode == 0
    assert len(seen) > 5
    assert checked(store) == 61
