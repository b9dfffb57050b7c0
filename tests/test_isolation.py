"""Readers in a process of their own: whatever one does costs one file, and nothing is left of the process."""

import gc
import multiprocessing
import os
import signal
import subprocess
import sys
import zipfile
from contextlib import suppress
from pathlib import Path
from threading import Thread

import pytest

from index.machine.processes import START
from index.model import Article, ReadingOptions, Skipped
from index.sources.contents import Limits, Reader
from index.sources.reading import Reading

pytestmark = [
    pytest.mark.usefixtures("anew"),
    pytest.mark.skipif(os.name != "posix", reason="processes and their limits are those of POSIX systems"),
    pytest.mark.slow,
]

EEL = "The eel of the lower basin is older than the lower basin."
LIMITS = Limits(seconds=1, memory=500 << 20)
BAD = ("crashes", "eats_memory", "fails", "good", "leaves", "many", "runs_for_ever", "waits_for_ever")
READERS = {
    ".txt": Reader("index.sources.text.text_file"),
    **{f".{name}": Reader("tests.bad_readers", name, LIMITS) for name in BAD},
}
TOLD = {
    "crashes": "a fault of quoth's reader (it was killed by signal 11 (SIGSEGV)); please report it",
    "eats_memory": "it takes more than 500 MiB of memory to read",
    "fails": "a fault of quoth's reader (KeyError: 'the tide'); please report it",
    "leaves": "a fault of quoth's reader (it ended with code 3); please report it",
    "runs_for_ever": "it took longer than 1 s to read",
    "waits_for_ever": "it took longer than 1 s to read",
}


def reading(*paths: Path) -> Reading:
    return Reading([(path, ReadingOptions()) for path in paths], READERS)


def children() -> list[int]:
    """The processes of this one that read and still run."""
    found = []
    for status in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            is_ours = int(status.read_text().rsplit(")", 1)[1].split()[1]) == os.getpid()
            if is_ours and START.encode() in (status.parent / "cmdline").read_bytes():
                found.append(int(status.parent.name))
    return found


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file for each reader, and a good one behind each."""
    folder = tmp_path_factory.mktemp("bad")
    for number, name in enumerate(TOLD):
        (folder / f"{number}a.{name}").write_text(EEL)
        (folder / f"{number}b.good").write_text(EEL)
    with zipfile.ZipFile(folder / "z.zip", "w") as archive:
        for path in sorted(folder.glob("[0-3]*")):
            archive.write(path, path.name)
        archive.writestr("last.txt", EEL)
    return folder


def test_whatever_a_reader_does_costs_one_file_or_one_member_of_an_archive(folder: Path) -> None:
    parts = list(reading(folder))
    told = {part.path: part.reason for part in parts if isinstance(part, Skipped)}
    names = dict(zip(TOLD, range(len(TOLD)), strict=True))
    assert told == {
        **{str(folder / f"{names[name]}a.{name}"): reason for name, reason in TOLD.items()},
        **{str(folder / "z.zip" / f"{names[name]}a.{name}"): TOLD[name] for name in list(TOLD)[:4]},
    }
    articles = [Path(part.path) for part in parts if isinstance(part, Article)]
    assert articles == [
        *(folder / f"{number}b.good" for number in range(len(TOLD))),
        *(folder / "z.zip" / f"{number}b.good" for number in range(4)),
        folder / "z.zip" / "last.txt",
    ]
    assert children() == []


def test_articles_come_back_as_they_are(tmp_path: Path) -> None:
    for name in ("a.many", "b.good"):
        (tmp_path / name).write_text(EEL)
    *many, last = reading(tmp_path)
    assert [part.key for part in many if isinstance(part, Article)] == [str(number) for number in range(1000)]
    assert isinstance(last, Article)
    assert (last.title, last.paragraphs[0].fragment) == ("b", "page=3")


def test_a_reading_that_is_given_up_leaves_no_process(tmp_path: Path) -> None:
    (tmp_path / "a.many").write_text(EEL)
    gc.collect()
    before = children()  # of other tests
    begun = reading(tmp_path)
    assert isinstance(next(begun), Article)
    (reader,) = set(children()).difference(before)
    del begun
    gc.collect()
    assert reader not in children()


def test_threads_read_side_by_side(tmp_path: Path) -> None:
    (tmp_path / "a.good").write_text(EEL)
    read: list[Article | Skipped] = []
    threads = [Thread(target=lambda: read.extend(reading(tmp_path))) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [part.title for part in read if isinstance(part, Article)] == ["a", "a"]


def _read_there(folder: str, answer: "multiprocessing.SimpleQueue[int]") -> None:
    answer.put(len(list(reading(Path(folder)))))


def test_a_daemonic_process_may_read(tmp_path: Path) -> None:
    (tmp_path / "a.good").write_text(EEL)
    context = multiprocessing.get_context("fork")
    answer = context.SimpleQueue()
    process = context.Process(target=_read_there, args=(str(tmp_path), answer), daemon=True)
    process.start()
    process.join(60)
    assert answer.get() == 1


def test_where_no_process_may_be_started_this_one_reads(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.good").write_text(EEL)

    def refused(*_: object, **__: object) -> None:
        raise PermissionError("not here")

    monkeypatch.setattr(subprocess, "Popen", refused)
    assert [part.title for part in reading(tmp_path) if isinstance(part, Article)] == ["a"]


@pytest.mark.parametrize("ending", [signal.SIGKILL, signal.SIGINT])
def test_a_reader_ends_with_whoever_reads(tmp_path: Path, ending: signal.Signals) -> None:
    (tmp_path / "a.waits_for_ever").write_text(EEL)
    program = (
        "import sys, tests.test_isolation as t; from pathlib import Path\n"
        "r = t.reading(Path(sys.argv[1])); r._process._started(); print(r._process._process.pid, flush=True); list(r)"
    )
    command = [sys.executable, "-c", program, str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as reader:
        assert reader.stdout is not None
        reads = int(reader.stdout.readline())
        reader.send_signal(ending)
        reader.wait(60)
    # A process that has ended and is not yet waited for has no command.
    while Path(f"/proc/{reads}/cmdline").exists() and Path(f"/proc/{reads}/cmdline").read_bytes():
        pass


def test_plain_files_start_no_process_and_load_no_module_for_it(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(EEL)
    program = (
        "import sys; from index import read; assert len(list(read(sys.argv[1]))) == 1\n"
        "print([name for name in ('multiprocessing', 'subprocess', 'zipfile', 'tarfile') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", program, str(tmp_path)], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
