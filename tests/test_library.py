"""The library of a running bot: real rebuilds in real processes, checked against kept questions, given up, killed."""

import asyncio
import json
import os
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess

import pytest

from bot.commands import question_set
from bot.commands.library import ProcessLibrary
from bot.library import Holdings, Live, NotLive, Step, Upload
from bot.selfcheck import JudgedQuestion, SelfCheck
from config.settings import load
from index.search.retriever import LocalRetriever
from index.store.store import Store

pytestmark = pytest.mark.slow

Quoth = Callable[..., CompletedProcess[str]]
BRIDGE, BAKERS = "Who opened the footbridge at Saltmere?", "How many bakers does the night school teach?"
CURLEW = "# Curlews counted on the mudflats\n\nVolunteers counted ninety curlews on the mudflats below the weir.\n"


@pytest.fixture
def library(shelf: Path, tmp_path: Path) -> ProcessLibrary:
    """Return the library of two articles; nothing is asked of it yet."""
    assert shelf.is_dir()
    return ProcessLibrary(load(data_dir=tmp_path / "data"))


def kept(tmp_path: Path, *questions: str) -> list[JudgedQuestion]:
    """The questions with the passages that answer them now."""
    retriever = LocalRetriever(Store(tmp_path / "data"))
    found = []
    for question in questions:
        hit = retriever.index.search(question).hits[0]
        found.append(JudgedQuestion(question, ((hit.article.id, hit.passage.row - hit.article.first),)))
    retriever.close()
    return found


def incoming(library: ProcessLibrary, text: str | bytes, name: str = "curlews.md") -> Upload:
    """A file as it comes in."""
    library.uploads.mkdir(exist_ok=True)
    file = library.uploads / f".incoming-{name}"
    file.write_bytes(text.encode() if isinstance(text, str) else text)
    return Upload(file, name)


def current(tmp_path: Path) -> int | None:
    return Store(tmp_path / "data").current()


@pytest.mark.usefixtures("anew")
async def test_a_rebuild_reads_the_sources_anew_and_tells_each_stage(
    library: ProcessLibrary, shelf: Path, tmp_path: Path
) -> None:
    (shelf / "2.md").write_text(CURLEW)
    steps: list[Step] = []
    live = await library.rebuild(kept(tmp_path, BRIDGE, BAKERS), steps.append)
    assert isinstance(live, Live)
    assert (live.generation, live.articles, live.added, live.reused, live.skipped) == (2, 3, 1, 2, ())
    assert live.checked is not None
    assert (live.checked.count, live.checked.before, live.checked.now, live.checked.lost) == (2, 2, 2, ())
    stages = list(dict.fromkeys(step.stage for step in steps))
    assert stages == ["reading", "sorting", "calibrating", "publishing", "checking"]
    assert steps[-1].count == 2
    assert await library.holdings() == Holdings(2, 3, steps[-1].passages)
    # Once more, there is nothing to check.
    again = await library.rebuild(kept(tmp_path, BRIDGE, BAKERS), steps.append)
    assert isinstance(again, Live)
    assert (again.generation, again.published, again.checked, again.reused) == (2, False, None, 3)
    assert 0 < again.seconds < 60


async def test_an_index_that_answers_fewer_kept_questions_is_not_published_unless_insisted_on(
    library: ProcessLibrary, shelf: Path, tmp_path: Path
) -> None:
    questions = kept(tmp_path, BRIDGE, BAKERS)
    (shelf / "1.md").write_text(CURLEW)
    refused = await library.rebuild(questions, lambda _: None)
    assert isinstance(refused, NotLive)
    assert (refused.why, refused.insisting) == ("worse", True)
    assert refused.checked is not None
    assert (refused.checked.before, refused.checked.now, refused.checked.lost) == (2, 1, (BAKERS,))
    assert current(tmp_path) == 1
    live = await library.rebuild(questions, lambda _: None, insist=True)
    assert isinstance(live, Live)
    assert (live.generation, live.checked) == (2, refused.checked)


async def test_a_passage_that_moved_inside_its_article_still_answers(
    library: ProcessLibrary, shelf: Path, tmp_path: Path
) -> None:
    questions = kept(tmp_path, BRIDGE)
    title, _, rest = (shelf / "0.md").read_text().partition("\n\n")
    (shelf / "0.md").write_text(f"{title}\n\nThe council met on a Tuesday to speak of the weather.\n\n{rest}")
    live = await library.rebuild(questions, lambda _: None)
    assert isinstance(live, Live)
    assert live.checked is not None
    assert live.checked.now == 1


async def test_an_article_in_another_file_still_answers_and_what_is_gone_is_asked_no_more(
    library: ProcessLibrary, shelf: Path, tmp_path: Path
) -> None:
    questions = kept(tmp_path, BRIDGE, BAKERS)
    (shelf / "0.md").rename(shelf / "bridge.md")
    live = await library.rebuild(questions, lambda _: None)
    assert isinstance(live, Live)
    assert live.checked == SelfCheck(2, 2, 2, ())
    (shelf / "2.md").write_text(CURLEW)
    again = await library.rebuild(questions, lambda _: None)
    assert isinstance(again, Live)
    # Its id was that of the file, and nobody voted on it since.
    assert again.checked == SelfCheck(1, 1, 1, ())


async def test_most_articles_leaving_is_refused_unless_insisted_on(library: ProcessLibrary, shelf: Path) -> None:
    for name in ("0.md", "1.md"):
        (shelf / name).unlink()
    (shelf / "2.md").write_text(CURLEW)
    refused = await library.rebuild([], lambda _: None)
    assert isinstance(refused, NotLive)
    assert (refused.why, "more than half" in refused.cause) == ("refused", True)
    assert isinstance(await library.rebuild([], lambda _: None, insist=True), Live)


async def test_a_missing_source_is_named_and_its_articles_stay(
    library: ProcessLibrary, shelf: Path, tmp_path: Path
) -> None:
    shelf.rename(tmp_path / "elsewhere")
    live = await library.rebuild([], lambda _: None)
    assert isinstance(live, Live)
    assert (live.articles, live.removed) == (2, 0)
    assert live.skipped == ((str(shelf), "it is not there: its 2 articles stay"),)


async def test_an_upload_becomes_a_source_for_good(library: ProcessLibrary, shelf: Path, tmp_path: Path) -> None:
    live = await library.rebuild([], lambda _: None, upload=incoming(library, CURLEW))
    assert isinstance(live, Live)
    assert (live.read, live.added, live.replaced) == (1, 1, False)
    assert [file.name for file in library.uploads.iterdir()] == ["curlews.md"]
    with Store(tmp_path / "data").open() as generation:
        assert list(generation.manifest.sources) == [str(shelf), str(library.uploads)]
    again = await library.rebuild([], lambda _: None, upload=incoming(library, CURLEW.replace("ninety", "forty")))
    assert isinstance(again, Live)
    assert (again.articles, again.changed, again.replaced) == (3, 1, True)
    after = await library.rebuild([], lambda _: None)
    assert isinstance(after, Live)
    assert (after.articles, after.reused) == (3, 3)


async def test_an_archive_may_be_uploaded(library: ProcessLibrary, tmp_path: Path) -> None:
    file = tmp_path / "more.zip"
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("a/curlews.md", CURLEW)
        archive.writestr("b.txt", "The sluice is opened at slack water by whoever is awake.")
    live = await library.rebuild([], lambda _: None, upload=incoming(library, file.read_bytes(), "more.zip"))
    assert isinstance(live, Live)
    assert live.read == 2


async def test_an_upload_may_be_the_first_article_of_all(tmp_path: Path) -> None:
    library = ProcessLibrary(load(data_dir=tmp_path / "data"))
    (tmp_path / "data").mkdir()
    assert await library.holdings() is None
    failed = await library.rebuild([], lambda _: None)
    assert isinstance(failed, NotLive)
    assert "no index" in failed.cause
    live = await library.rebuild([], lambda _: None, upload=incoming(library, CURLEW))
    assert isinstance(live, Live)
    assert (live.generation, live.articles) == (1, 1)


async def test_an_upload_without_an_article_is_refused_with_the_reason(library: ProcessLibrary, tmp_path: Path) -> None:
    refused = await library.rebuild([], lambda _: None, upload=incoming(library, b"\x89PNG\r\n\x1a\n" * 9, "x.txt"))
    assert isinstance(refused, NotLive)
    assert (refused.why, refused.insisting, current(tmp_path)) == ("unusable", False, 1)
    assert refused.cause.startswith("binary")
    assert [file.name for file in library.uploads.iterdir()] == [".incoming-x.txt"]


async def test_an_upload_that_makes_answers_worse_is_taken_back_and_the_file_before_returns(
    library: ProcessLibrary, shelf: Path, tmp_path: Path
) -> None:
    assert shelf.is_dir()
    assert isinstance(await library.rebuild([], lambda _: None, upload=incoming(library, CURLEW)), Live)
    questions = kept(tmp_path, "How many curlews were counted on the mudflats?")
    worse = "# Herons\n\nNobody counted the herons.\n"
    upload = incoming(library, worse)
    refused = await library.rebuild(questions, lambda _: None, upload=upload)
    assert isinstance(refused, NotLive)
    assert refused.why == "worse"
    held = {file.name: file.read_text() for file in library.uploads.iterdir()}
    assert held == {"curlews.md": CURLEW, ".incoming-curlews.md": worse}
    insisted = await library.rebuild(questions, lambda _: None, upload=upload, insist=True)
    assert isinstance(insisted, Live)
    assert {file.name: file.read_text() for file in library.uploads.iterdir()} == {"curlews.md": worse}


async def test_a_rebuild_that_is_cancelled_leaves_everything_as_it_was(
    library: ProcessLibrary, shelf: Path, tmp_path: Path
) -> None:
    rows = ({"title": f"Note {number}", "text": f"Word{number} " * 40} for number in range(20_000))
    (shelf / "many.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    reading = asyncio.Event()
    upload = incoming(library, CURLEW)
    task = asyncio.create_task(library.rebuild([], lambda _: reading.set(), upload=upload))
    await asyncio.wait_for(reading.wait(), 20)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert current(tmp_path) == 1
    assert [path.name for path in (tmp_path / "data" / "generations").iterdir()] == ["000001"]
    assert not (library.uploads / "curlews.md").exists()


async def test_a_build_that_dies_is_a_failure_not_a_crash(
    library: ProcessLibrary, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # What the kernel does to a process that takes too much memory.
    dying = tmp_path / "python"
    dying.write_text("#!/bin/sh\nkill -9 $$\n")
    dying.chmod(0o700)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "executable", str(dying))
    failed = await library.rebuild([], lambda _: None)
    assert failed == NotLive("failed", "the build process ended with signal 9; is there enough memory?")
    with pytest.raises(OSError, match="was not written"):
        await library.question_set([], tmp_path / "set.zip")


@pytest.mark.usefixtures("anew")
async def test_the_question_set_is_one_that_evaluate_reads(
    library: ProcessLibrary, tmp_path: Path, quoth: Quoth
) -> None:
    gone = JudgedQuestion("Where are they?", (("ffffffffffff", 0),))
    file = tmp_path / "set.zip"
    written = await library.question_set([*kept(tmp_path, BRIDGE, BAKERS), gone], file)
    assert (written.questions, written.whole) == (2, True)
    with zipfile.ZipFile(file) as archive:
        archive.extractall(tmp_path / "out")
    ended = quoth("evaluate", str(tmp_path / "out" / "quoth-evalset"), "--json")
    assert ended.returncode == 0, ended.stderr
    told = json.loads(ended.stdout)
    assert (told["set"], told["questions"], told["hit@1"]) == ("quoth-evalset", 2, 1.0)


async def test_a_collection_too_large_to_send_is_cut_to_the_articles_that_are_asked_about(
    shelf: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert shelf.is_dir()
    monkeypatch.setattr(question_set, "LARGEST", 50)
    file = tmp_path / "set.zip"
    written = question_set.write(kept(tmp_path, BAKERS), load(data_dir=tmp_path / "data"), file)
    assert (written.questions, written.whole) == (1, False)
    with zipfile.ZipFile(file) as archive:
        rows = [json.loads(line) for line in archive.read("quoth-evalset/corpus.jsonl").splitlines()]
    assert {row["title"] for row in rows} == {"Night school for bakers"}
    assert os.path.getsize(file) < 10_000  # noqa: PTH202
