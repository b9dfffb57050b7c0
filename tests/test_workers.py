"""Articles analysed by processes of their own: the same index, and nothing left of them however a build ends."""

import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from pathlib import Path

import pytest

from bot.errors import message_of
from index.build import workers
from index.build.batches import Analyser
from index.build.build import Options, Progress, Report, build
from index.build.workers import Analysers
from index.errors import WorkerError
from index.machine.processes import START, processors
from index.model import Article, Paragraph
from index.sources import read
from index.store.store import Store

# They are told by their command line.
pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("anew")]

Start = Callable[..., subprocess.Popen[str]]
WORDS = {
    "en": "the ferryman ties his rope to an iron ring beside the willow, and waits for U.S. letters at 7.30".split(),
    "fr": "l'horloger d'en face répare aujourd'hui la pendule de l'école avec un vieux ressort d'acier".split(),
    "ar": "يفتح الحارس باب القلعة عند الفجر ويطعم الحمام في الساحة، ثم يكتب في الدفتر أسماء الزوار".split(),
    "zh": "守门人在黎明打开城门 喂鸽子 然后写下来访者的名字".split(),
}


def write(file: Path, articles: int, paragraphs: int, words: int, seed: int = 1) -> Path:
    """A JSON Lines file of so many articles in four languages."""
    chance = random.Random(seed)  # noqa: S311 - texts to index, no secret
    with file.open("w", encoding="utf-8") as lines:
        for number in range(articles):
            language = WORDS[chance.choice(list(WORDS))]
            texts = [
                " ".join(chance.choices(language, k=words)) + f" x{chance.randrange(9999)}." for _ in range(paragraphs)
            ]
            texts += ["Printed on the hill by the river."] if number % 3 else []
            article = {"id": number, "title": f"Leaf {number} {chance.choice(language)}", "text": "\n\n".join(texts)}
            lines.write(json.dumps(article, ensure_ascii=False) + "\n")
    return file


def built(data: Path, source: Path, processes: int) -> Report:
    return build(Store(data), read([source]), [str(source)], Options(processes=processes))


def everything(data: Path) -> tuple[dict[str, bytes], list[str]]:
    """Every array's bytes, and every row of the texts."""
    with Store(data).open() as generation, closing(sqlite3.connect(generation.path / "articles.sqlite")) as database:
        arrays = {path.name: path.read_bytes() for path in generation.path.glob("*.npy")}
        return arrays, list(database.iterdump())


def children(pid: int) -> list[int]:
    """The workers that `pid` has started and that still run."""
    found = []
    for status in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            parent = status.read_text().rsplit(")", 1)[1].split()[1]
            # Of one that has ended and is not yet waited for, the command is empty.
            if int(parent) == pid and START.encode() in (status.parent / "cmdline").read_bytes():
                found.append(int(status.parent.name))
    return found


def is_running(pid: int) -> bool:
    with suppress(OSError):
        return Path(f"/proc/{pid}/cmdline").read_bytes() != b""
    return False


def wait_until(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.005)


@pytest.fixture
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Workers start with the second batch, and are waited for; batches are small."""
    ready = workers._Worker.ready

    def awaited(worker: workers._Worker) -> bool:
        while not worker.has_sent():
            time.sleep(0.001)
        return ready(worker)

    monkeypatch.setattr(workers._Worker, "ready", lambda worker: ready(worker) or awaited(worker))
    monkeypatch.setattr(workers, "_CHARACTERS_BEFORE_WORKERS", 1)
    monkeypatch.setattr("index.build.collector._BATCH_CHARACTERS", 3000)


@pytest.mark.usefixtures("at_once")
def test_texts_in_latin_letters_are_analysed_without_the_heavy_packages() -> None:
    script = (
        "import sys\nfrom index.build.batches import Analyser\nfrom index.model import Article, Paragraph\n"
        "texts = '12 °C – 30 °C, né à Évian-les-Bains', 'İğdır’da kış sert geçer', 'Über 3 000 €'\n"
        "Analyser(cut=True).analyse([(Article(text, (Paragraph(text),), path='a'), '') for text in texts])\n"
        "print(*{'numpy', 'opencc', 'numba', 'pydantic'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout == "\n"


def test_the_index_is_the_same_whatever_the_number_of_processes(tmp_path: Path) -> None:
    source = write(tmp_path / "leaves.jsonl", 120, 4, 15)
    told = []
    for processes in (1, 2, 5):
        report = built(tmp_path / str(processes), source, processes)
        told.append((report, *everything(tmp_path / str(processes))))
    report, arrays, rows = told[0]
    assert (report.articles, report.paragraphs) == (120, 120 * 4 + 80)
    assert report.boilerplate == 80
    assert arrays.keys() > {"forward_terms.npy", "vocabulary.npy"}
    assert len(rows) > 600
    assert all(other == told[0] for other in told)


@pytest.mark.usefixtures("at_once")
def test_a_rebuild_with_workers_equals_one_without(tmp_path: Path) -> None:
    source = write(tmp_path / "leaves.jsonl", 90, 4, 15)
    for processes in (1, 3):
        built(tmp_path / str(processes), source, processes)
    lines = source.read_text(encoding="utf-8").splitlines(keepends=True)
    changed = [line if number % 7 else line.replace(" x", " heron ") for number, line in enumerate(lines)]
    source.write_text("".join(changed[5:]), encoding="utf-8")
    reports = [built(tmp_path / str(processes), source, processes) for processes in (1, 3)]
    fresh = built(tmp_path / "fresh", source, 1)
    assert reports[0] == reports[1]
    assert (reports[0].reused, reports[0].changed, reports[0].removed) == (73, 12, 5)
    assert fresh.added == 85
    assert everything(tmp_path / "1") == everything(tmp_path / "3") == everything(tmp_path / "fresh")


@pytest.mark.usefixtures("at_once")
def test_results_come_in_the_order_of_the_batches() -> None:
    # Lone surrogates and NUL go to the workers and back.
    batches = [
        [(Article(f"Title {n}", (Paragraph(f"Text \ud800\0 {n} " * (1 + n % 5 * 900)),)), "")] for n in range(23)
    ]
    expected = [Analyser(cut=True).analyse(batch) for batch in batches]
    with Analysers(cut=True, processes=3) as analysers:
        found = [result for batch in batches for result in analysers.submit(batch, 10)]
        assert len(found) < len(batches), "some are still on their way"
        found += analysers.rest()
    assert [done.passages for _, done in found] == [done.passages for done in expected]
    assert {number for number, _ in found} == {0, 1, 2}
    assert not children(os.getpid())


def test_while_the_workers_start_the_builder_does_the_work(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workers, "_CHARACTERS_BEFORE_WORKERS", 1)
    monkeypatch.setattr(workers._Worker, "ready", lambda _: False)
    batches = [[(Article(f"Title {n}", (Paragraph(f"Text {n}"),)), "")] for n in range(9)]
    with Analysers(cut=True, processes=2) as analysers:
        found = [analysers.submit(batch, 10) for batch in batches]
        assert children(os.getpid())
        assert analysers.rest() == []
    assert [[number for number, _ in results] for results in found] == [[0]] * len(batches)


def test_a_small_collection_starts_no_process(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: object, **__: object) -> None:
        raise AssertionError

    monkeypatch.setattr(subprocess, "Popen", refused)
    source = write(tmp_path / "leaves.jsonl", 300, 5, 20)
    assert built(tmp_path / "data", source, 4).articles == 300


def test_without_the_right_to_start_processes_a_build_goes_on_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(*_: object, **__: object) -> None:
        raise BlockingIOError(11, "Resource temporarily unavailable")

    monkeypatch.setattr(workers, "_CHARACTERS_BEFORE_WORKERS", 1)
    monkeypatch.setattr("index.build.collector._BATCH_CHARACTERS", 3000)
    monkeypatch.setattr(subprocess, "Popen", refused)
    source = write(tmp_path / "leaves.jsonl", 60, 5, 20)
    assert built(tmp_path / "data", source, 4).articles == 60


@pytest.mark.usefixtures("at_once")
@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="to find processes needs /proc")
def test_a_worker_that_dies_ends_the_build_with_its_cause(tmp_path: Path) -> None:
    source = write(tmp_path / "leaves.jsonl", 200, 4, 15)
    built(tmp_path / "data", write(tmp_path / "first.jsonl", 3, 1, 9), 1)
    killed: list[int] = []

    def kill_one(_: Progress) -> None:
        if not killed and (found := children(os.getpid())):
            killed.append(found[0])
            os.kill(found[0], signal.SIGKILL)

    with pytest.raises(WorkerError, match=r"killed by signal 9 \(SIGKILL\).*nothing was changed$") as caught:
        build(Store(tmp_path / "data"), read([source]), [str(source)], Options(processes=2), kill_one)
    assert message_of(caught.value).endswith("; nothing was changed; run `quoth index` again")
    assert killed
    assert not children(os.getpid())
    assert Store(tmp_path / "data").current() == 1
    assert [path.name for path in (tmp_path / "data" / "generations").iterdir()] == ["000001"]


@pytest.fixture
def builder(tmp_path: Path, start: Start) -> Iterator[tuple[subprocess.Popen[str], list[int]]]:
    """Return a real `quoth index` in the midst of its work, and its workers."""
    if not Path("/proc/self/stat").exists() or processors() < 2:
        pytest.skip("needs /proc, and two processors for a build to start workers")
    with start("index", write(tmp_path / "leaves.jsonl", 3000, 12, 40)) as process:
        wait_until(lambda: bool(children(process.pid)))
        yield process, children(process.pid)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL])
def test_no_worker_outlives_its_builder(
    tmp_path: Path, builder: tuple[subprocess.Popen[str], list[int]], number: signal.Signals
) -> None:
    process, found = builder
    process.send_signal(number)
    out, err = process.communicate(timeout=60)
    wait_until(lambda: not any(map(is_running, found)))
    assert out == ""
    if number == signal.SIGINT:
        assert (process.returncode, err.splitlines()[-1]) == (130, "stopped: nothing was built")
        assert not list((tmp_path / "data" / "generations").iterdir())
