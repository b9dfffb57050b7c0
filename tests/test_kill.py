"""The real `quoth index`, killed, interrupted and doubled: afterwards the old index answers, or the new one."""

import json
import os
import random
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.fork_server import ANEW

Start = Callable[..., subprocess.Popen[str]]
Run = Callable[..., subprocess.CompletedProcess[str]]

# More of them is a matter of minutes: BUILD_KILLS=90 python -m pytest tests/test_kill.py -k moment
KILLS = int(os.environ.get("BUILD_KILLS", "10"))
ARTICLES = 240
THINGS = "anvil barge candle dovecote eel forge gable hayloft inkwell jetty kiln lantern mast net oar plough".split()
QUESTION = "Which geese does the lock keeper feed?"


@pytest.fixture
def environment(environment: dict[str, str]) -> dict[str, str]:
    """Have each build calibrate, so that it can be stopped then."""
    return environment | {ANEW: "1"}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder of small articles, one of which says which edition this is."""
    place = tmp_path / "articles"
    place.mkdir()
    words = random.Random(7)  # noqa: S311 - texts to index, no secret
    for number in range(ARTICLES - 1):
        paragraphs = [f"Lot {number} of the sale: {' and '.join(words.choices(THINGS, k=18))}." for _ in range(3)]
        (place / f"{number:03}.md").write_text(f"# Lot {number}\n\n" + "\n\n".join(paragraphs) + "\n")
    write_edition(place, 1)
    return place


def write_edition(folder: Path, number: int) -> None:
    (folder / "lock.md").write_text(f"# At the lock\n\nThe lock keeper feeds {number} geese every morning.\n")


def edition(start: Start) -> int:
    """Ask the real command while another checks every byte, and return the edition that answered."""
    with start("ask", QUESTION, "--json") as asked, start("index", "--verify") as verified:
        out, err = asked.communicate(timeout=60)
        told, trouble = verified.communicate(timeout=60)
    assert (asked.returncode, err) == (0, "")
    assert (verified.returncode, trouble) == (0, "")
    assert "is intact" in told
    answer = json.loads(out)
    assert answer["state"] == "answered"
    words = answer["passages"][0]["text"].split()
    assert words[:4] == ["The", "lock", "keeper", "feeds"]
    return int(words[4])


def timed(quoth: Run, *arguments: str | Path) -> float:
    """Build, and return how many seconds it took."""
    began = time.monotonic()
    done = quoth(*arguments)
    assert done.returncode == 0, done.stderr
    assert f"{ARTICLES} articles" in done.stdout
    return time.monotonic() - began


def names(data: Path) -> list[str]:
    return sorted(path.name for path in (data / "generations").iterdir())


def wait_for(data: Path, pattern: str, builder: subprocess.Popen[str]) -> None:
    """Return as soon as the builder has made such a file."""
    deadline = time.monotonic() + 60
    while not any((data / "generations").glob(pattern)):
        assert builder.poll() is None, "ended before it made the file"
        assert time.monotonic() < deadline
        time.sleep(0.001)


@contextmanager
def stopped(builder: subprocess.Popen[str]) -> Iterator[None]:
    """Hold a process still, so that what comes meanwhile is certain to come meanwhile."""
    os.kill(builder.pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(builder.pid, signal.SIGCONT)


def test_a_rebuild_killed_at_any_moment_leaves_an_index_that_answers(
    tmp_path: Path, folder: Path, start: Start, quoth: Run
) -> None:
    data = tmp_path / "data"
    timed(quoth, "index", folder)
    write_edition(folder, 2)
    whole = timed(quoth, "index")
    moments = random.Random(20311124)  # noqa: S311 - moments to kill at, no secret
    killed = interrupted = 0
    for turn in range(KILLS):
        new = turn + 3
        write_edition(folder, new)
        builder = start("index")
        # One in every tenth of a run: reading, sorting, calibrating, publishing, ending.
        time.sleep(whole * (turn + moments.random()) / KILLS)
        builder.kill()
        builder.communicate()
        killed += builder.returncode == -signal.SIGKILL
        interrupted += any(name.startswith(".") for name in names(data))
        assert edition(start) in (new - 1, new)
        whole = timed(quoth, "index")
        left = names(data)
        # Killed just before the switch, or just after, it leaves a whole generation until there is news to build.
        assert len(left) in (3, 4), left
        assert not any(name.startswith(".") for name in left), "the next builder clears up"
    assert edition(start) == KILLS + 2
    write_edition(folder, KILLS + 3)
    timed(quoth, "index")
    assert len(names(data)) == 3, "the next generation takes the place of all but the first and the last"
    assert killed > 3
    assert interrupted > 1, "some must have been killed in the midst of writing"


def test_a_first_build_that_was_killed_leaves_no_index_and_does_no_harm(
    tmp_path: Path, folder: Path, start: Start, quoth: Run
) -> None:
    with start("index", folder) as builder:
        wait_for(tmp_path / "data", ".building-*/articles.sqlite", builder)
        builder.kill()
    asked = quoth("ask", QUESTION)
    assert asked.returncode == 3
    assert asked.stderr == f"quoth: no index in {tmp_path / 'data'}: run `quoth index PATH`\n"
    assert quoth("index", folder).returncode == 0
    assert names(tmp_path / "data") == ["000001"]
    assert edition(start) == 1


def test_a_second_builder_is_told_who_builds(tmp_path: Path, folder: Path, start: Start, quoth: Run) -> None:
    assert quoth("index", folder).returncode == 0
    write_edition(folder, 2)
    with start("index") as builder:
        wait_for(tmp_path / "data", ".building-*/articles.sqlite", builder)
        with stopped(builder):
            second = quoth("index", "--rollback")
            assert second.returncode == 5
            assert second.stdout == ""
            assert f"process {builder.pid} (since" in second.stderr
            assert second.stderr.endswith("; wait until it ends, or stop it, and run `quoth index PATH` again\n")
            assert edition(start) == 1, "questions do not wait for a builder"
        assert builder.wait(60) == 0
    assert edition(start) == 2


@pytest.fixture
def heeds_ctrl_c() -> Iterator[None]:
    """A shell starts what runs in its background deaf to Ctrl-C, and whatever that starts is deaf too."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("heeds_ctrl_c")
def test_ctrl_c_ends_a_build_and_the_old_index_still_answers(
    tmp_path: Path, folder: Path, start: Start, quoth: Run
) -> None:
    data = tmp_path / "data"
    assert quoth("index", folder).returncode == 0
    write_edition(folder, 2)
    for reached in ("articles.sqlite", "forward_terms.npy", "postings_rows.npy"):
        with start("index") as builder:
            wait_for(data, f".building-*/{reached}", builder)
            builder.send_signal(signal.SIGINT)
            out, err = builder.communicate(timeout=60)
        assert (builder.returncode, out) == (130, ""), reached
        assert err.endswith("stopped: nothing was changed, generation 1 is still in use\n"), reached
        assert names(data) == ["000001"]
    assert edition(start) == 1
