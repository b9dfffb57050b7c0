"""Rebuilds: what did not change stays unread, what is away stays, and all of it equals a build from nothing."""

import gc
import gzip
import hashlib
import json
import os
import sqlite3
from collections.abc import Callable, Mapping
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Event, Thread
from weakref import ref
from zipfile import ZipFile

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from index import (
    Article,
    BuildBusyError,
    Index,
    LossRefusedError,
    Options,
    Paragraph,
    Progress,
    ReadingOptions,
    Report,
    Store,
    build_index,
    read,
    tuning,
)
from index.sources.contents import File, Reader, format_or_fault
from index.sources.files.survey import Look
from index.store.generation import Generation
from tests.resident import resident

Tables = dict[str, object]


def built(
    place: Path, *sources: Path, force: bool = False, options: ReadingOptions | None = None, name: str = "index"
) -> Report:
    """Build from these sources, `docs` by default."""
    paths = sources or (place / "docs",)
    found = read(paths, leaving_out=place / name, options=options, away=True)
    return build_index(Store(place / name), found, list(map(str, paths)), Options(force=force, processes=1))


def holding(generation: Generation) -> Tables:
    """Return everything that answers, but for when and where it was built."""
    with closing(sqlite3.connect(generation.path / "articles.sqlite")) as texts:
        tables: Tables = {
            name: texts.execute(f"SELECT * FROM {name} ORDER BY 1").fetchall()  # noqa: S608 - names from the schema
            for (name,) in texts.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
        }
    arrays = {name: (generation.path / name).read_bytes() for name in generation.manifest.files if "npy" in name}
    manifest = generation.manifest
    # What was skipped may change without a new generation.
    counts = {name: count for name, count in manifest.counts.items() if name != "skipped"}
    skipped = {source: state.skipped for source, state in generation.states.items()}
    return tables | arrays | {"counts": counts, "languages": dict(manifest.languages), "skipped": skipped}


def held(place: Path, name: str = "index") -> Tables:
    with Store(place / name).open() as generation:
        return holding(generation)


def titles(place: Path) -> list[str]:
    with Store(place / "index").open() as generation:
        return sorted(generation.texts.titles())


def told(report: Report) -> dict[str, str]:
    return {Path(one.path).name: one.reason for one in report.skipped}


def note(path: Path, title: str, text: str = "") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"{title}\n\n{text or f'{title} is what the keeper wrote about on a quiet evening.'}\n")
    return path


@pytest.fixture(autouse=True)
def no_waiting_for_the_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "fsync", lambda _: None)


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return the names of the files that were looked into, from now on."""
    names: list[str] = []

    def looking(file: File, readers: Mapping[str, Reader]) -> tuple[str, str]:
        names.append(file.path.name)
        return format_or_fault(file, readers)

    monkeypatch.setattr("index.sources.reading.format_or_fault", looking)
    return names


@pytest.fixture
def place(tmp_path: Path) -> Path:
    for name in ("Amber Lamp", "Brass Bell", "Copper Kettle"):
        note(tmp_path / "docs" / f"{name[0].lower()}.txt", name)
    built(tmp_path)
    return tmp_path


@pytest.mark.slow
def test_nothing_is_built_where_nothing_changed(place: Path, opened: list[str]) -> None:
    again = built(place)
    assert (again.published, again.generation, again.articles, again.reused) == (False, 1, 3, 3)
    assert opened == []
    assert [state.number for state in Store(place / "index").listing()] == [1]


@pytest.mark.slow
def test_only_a_changed_file_is_read(place: Path, opened: list[str]) -> None:
    note(place / "docs" / "b.txt", "Brass Bell", "The bell was recast in the autumn and rings an octave lower now.")
    note(place / "docs" / "d.txt", "Dented Pail")
    (place / "docs" / "c.txt").unlink()
    report = built(place)
    assert (report.added, report.changed, report.removed, report.reused) == (1, 1, 1, 1)
    assert opened == ["b.txt", "d.txt"]
    built(place, name="anew")
    assert held(place) == held(place, "anew")


def test_a_rebuild_has_in_memory_what_it_needs_of_the_generation_before(place: Path) -> None:
    (place / "docs" / "fog.md").write_text("# Fog\n\nThe fog lay on the weir until noon.\n")
    paths, held = [place / "docs"], dict[str, tuple[int, int]]()

    def look(progress: Progress) -> None:
        before = str(place / "index" / "generations" / "000001")
        held[progress.stage] = resident(f"{before}/articles.sqlite"), resident(before)

    build_index(Store(place / "index"), read(paths), list(map(str, paths)), Options(processes=1), look)
    assert held["reading"][0] == 0, "texts are read once, from everywhere"
    assert held["calibrating"] == (0, 0), "all that is taken over was"


def test_what_a_build_walked_leaves_with_its_reading(place: Path) -> None:
    found = read([place / "docs"])
    known, is_collecting = ref(found), gc.isenabled()
    gc.disable()
    try:
        build_index(Store(place / "index"), found, [str(place / "docs")], Options(processes=1))
        del found
        assert known() is None
    finally:
        if is_collecting:
            gc.enable()


def test_a_file_that_was_touched_is_read_once_and_nothing_is_built(place: Path, opened: list[str]) -> None:
    os.utime(place / "docs" / "a.txt", (1_700_000_000, 1_700_000_000))
    (place / "docs" / "b.txt").chmod(0o600)
    assert not built(place).published
    assert opened == ["a.txt", "b.txt"]
    assert not built(place).published
    assert opened == ["a.txt", "b.txt"]
    assert Store(place / "index").verify().generation == 1


def test_a_change_that_leaves_size_and_time_as_they_were_is_seen(place: Path) -> None:
    file = place / "docs" / "a.txt"
    before = file.stat()
    file.write_text(file.read_text().replace("Amber", "Azure"))
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert built(place).published
    assert "Azure Lamp" in titles(place)


def test_what_was_skipped_is_told_again_of_a_file_that_is_not_read(place: Path, opened: list[str]) -> None:
    (place / "docs" / "e.json").write_text("[{]")
    first = built(place)
    opened.clear()
    again = built(place)
    assert told(first) == told(again)
    assert told(again).keys() == {"e.json"}
    assert opened == []


def test_other_options_read_a_source_anew(place: Path, opened: list[str]) -> None:
    report = built(place, options=ReadingOptions(base_url="https://shore.example/"))
    assert report.published
    assert opened == ["a.txt", "b.txt", "c.txt"]
    assert built(place, options=ReadingOptions(exclude=("b.txt",))).removed == 1


def test_the_same_articles_from_more_sources_are_a_new_generation(place: Path, opened: list[str]) -> None:
    (place / "desk").mkdir()
    assert built(place, place / "docs", place / "desk").published
    assert opened == []
    built(place, place / "docs", place / "desk", name="anew")
    assert held(place) == held(place, "anew")


def test_a_damaged_list_of_files_makes_all_of_them_unknown(place: Path, opened: list[str]) -> None:
    known = place / "index" / "generations" / "000001" / "files.jsonl"
    for damaged in (known.read_bytes().replace(b"a.txt", b"z.txt"), known.read_bytes()[:-9], b"", b"\xff\n"):
        known.write_bytes(damaged)
        opened.clear()
        assert built(place).reused == 3
        assert opened == ["a.txt", "b.txt", "c.txt"]
        known = place / "index" / "generations" / f"{Store(place / 'index').current():06}" / "files.jsonl"


def older(index: Path, *, states: bool) -> None:
    """Make the index what a program wrote that knew no files and no short paragraphs yet, and with or without states.

    Those had no devices, and manifests of before had none at all.
    """
    folder = index / "generations" / "000001"
    (folder / "files.jsonl").unlink()
    record = json.loads((folder / "manifest.json").read_text())
    del record["checksum"]
    for name in [name for name in record["files"] if name.startswith("short_")]:
        del record["files"][name]
        (folder / name).unlink()
    for state in record["states"].values():
        del state["device"]
    if not states:
        del record["states"]
    plain = json.dumps(record, sort_keys=True, separators=(",", ":"))
    checksum = hashlib.sha256(plain.encode()).hexdigest()
    (folder / "manifest.json").write_text(json.dumps({**record, "checksum": checksum}, indent=1) + "\n")


@pytest.mark.parametrize("states", [True, False])
def test_an_index_of_an_older_program_answers_and_is_brought_up_to_date(
    place: Path, opened: list[str], states: bool
) -> None:
    older(place / "index", states=states)
    with Index.open(place / "index") as index:
        assert index.search("Who wrote about the brass bell?").hits[0].article.title == "Brass Bell"
    (place / "docs" / "c.txt").rename(place / "c.txt")
    note(place / "docs" / "d.txt", "Dented Pail")
    report = built(place)
    assert (report.published, report.reused, report.added, report.removed) == (True, 2, 1, 1)
    assert opened == ["a.txt", "b.txt", "d.txt"]
    built(place, name="anew")
    assert held(place) == held(place, "anew")
    opened.clear()
    assert not built(place).published
    assert opened == []


def test_an_index_of_an_older_program_keeps_what_is_away(place: Path) -> None:
    note(place / "desk" / "x.txt", "Xebec at Anchor")
    older(place / "index", states=True)
    removed(place / "docs")
    assert told(built(place, place / "docs", place / "desk"))["docs"] == "it is not there: its 3 articles stay"
    assert titles(place) == ["Amber Lamp", "Brass Bell", "Copper Kettle", "Xebec at Anchor"]


@pytest.mark.slow
def test_pages_are_read_again_when_those_beside_them_share_another_title(tmp_path: Path, opened: list[str]) -> None:
    def page(name: str, title: str, heading: str) -> None:
        (tmp_path / "docs").mkdir(exist_ok=True)
        text = f"<p>The {heading} stands where the two lanes meet, and is opened at dawn by the miller.</p>" * 2
        (tmp_path / "docs" / name).write_text(
            f"<!doctype html><html><head><title>{title}</title></head><body><h2>{heading}</h2>{text}</body></html>"
        )

    page("a.html", "The Parish", "Old Gate")
    page("b.html", "The Parish Well", "Deep Well")
    built(tmp_path)
    opened.clear()
    page("b.html", "The Parish", "Deep Well")
    # Both are called otherwise now.
    built(tmp_path, force=True)
    assert opened == ["a.html", "b.html"]
    built(tmp_path, name="anew")
    assert held(tmp_path) == held(tmp_path, "anew")


def emptied(folder: Path) -> None:
    folder.rename(folder.with_name("away"))
    folder.mkdir()


def removed(folder: Path) -> None:
    folder.rename(folder.with_name("away"))


def barred(folder: Path) -> None:
    folder.rename(folder.with_name("away"))
    # Whoever is root may read everything; a link to itself can be listed by nobody.
    folder.symlink_to(folder)


def turned(folder: Path) -> None:
    folder.rename(folder.with_name("away"))
    note(folder, "The Disk Is Not Mounted")


@pytest.mark.parametrize(
    ("leave", "words"),
    [
        (turned, "it is no folder any more: its 3 articles stay"),
        (emptied, "it is empty: its 3 articles stay"),
        (removed, "it is not there: its 3 articles stay"),
        (barred, "too many levels of symbolic links: its 3 articles stay"),
    ],
)
def test_a_source_that_is_away_keeps_its_articles(
    place: Path, opened: list[str], leave: Callable[[Path], None], words: str
) -> None:
    sources = (place / "docs", place / "desk")
    note(place / "desk" / "x.txt", "Xebec at Anchor")
    built(place, *sources)
    leave(place / "docs")
    note(place / "desk" / "y.txt", "Yawl on the Slip")
    report = built(place, *sources)
    assert told(report)["docs"] == words
    assert titles(place) == ["Amber Lamp", "Brass Bell", "Copper Kettle", "Xebec at Anchor", "Yawl on the Slip"]
    assert not built(place, *sources).published
    # Back again, it is as it was, and what leaves it then is gone.
    if (place / "docs").is_symlink() or (place / "docs").is_file():
        (place / "docs").unlink()
    elif (place / "docs").exists():
        (place / "docs").rmdir()
    (place / "away").rename(place / "docs")
    opened.clear()
    assert not built(place, *sources).published
    assert opened == []
    (place / "docs" / "b.txt").unlink()
    assert built(place, *sources).removed == 1


@pytest.mark.slow
def test_a_file_that_a_folder_took_the_place_of_keeps_its_article(place: Path) -> None:
    sources = (place / "docs", note(place / "log.txt", "The Log of the Lock"))
    built(place, *sources)
    sources[1].unlink()
    note(sources[1] / "inside.txt", "Something Else")
    assert told(built(place, *sources))["log.txt"] == "it is a folder now: its article stays"
    built(place, *sources, force=True)
    assert titles(place) == ["Amber Lamp", "Brass Bell", "Copper Kettle", "Something Else"]


@pytest.mark.slow
@pytest.mark.parametrize("name", ["boats.zip", "boats.txt.gz"])
def test_a_file_that_was_copied_half_keeps_its_articles_until_it_is_whole(name: str, place: Path) -> None:
    file, text = place / "docs" / name, "Boats for Hire\n\nThe yawl and the skiff lie at the lower steps.\n"
    with ZipFile(file, "w") as archive:
        archive.writestr("boats.txt", text)
    if name.endswith(".gz"):
        file.write_bytes(gzip.compress(text.encode()))
    whole = file.read_bytes()
    built(place)
    file.write_bytes(whole[: len(whole) // 2])
    report = built(place)
    assert told(report)[name].startswith("a damaged ")
    assert told(report)[name].endswith(": its article stays")
    assert not report.published
    file.write_bytes(whole)
    assert not built(place).published
    file.write_bytes(whole[:-20])
    built(place, force=True)
    assert titles(place) == ["Amber Lamp", "Brass Bell", "Copper Kettle"]


def test_what_is_away_leaves_when_that_is_forced(place: Path) -> None:
    note(place / "desk" / "x.txt", "Xebec at Anchor")
    emptied(place / "docs")
    built(place, place / "docs", place / "desk", force=True)
    assert titles(place) == ["Xebec at Anchor"]


@pytest.mark.slow
def test_a_source_on_another_device_that_lacks_most_of_its_files_keeps_them(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    emptied(place / "docs")
    note(place / "docs" / "readme.txt", "Mount the Disk Here")

    class Elsewhere(Look):
        def __init__(self, source: Path, options: ReadingOptions) -> None:
            super().__init__(source, options)
            self._device += 1

    monkeypatch.setattr("index.sources.reading.Look", Elsewhere)
    assert "on another device now" in told(built(place))["docs"]
    assert titles(place) == ["Amber Lamp", "Brass Bell", "Copper Kettle", "Mount the Disk Here"]


def test_an_emptied_file_keeps_its_article_until_it_holds_one_again(place: Path, opened: list[str]) -> None:
    file = place / "docs" / "a.txt"
    file.write_text("")
    report = built(place)
    assert (told(report)["a.txt"], report.published) == ("it is empty: its article stays", False)
    assert told(built(place)) == told(report)
    assert opened == []
    note(file, "Amber Lamp", "It was lit again at midnight.")
    assert built(place).changed == 1


def test_a_file_that_changes_while_it_is_read_keeps_its_article(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = note(place / "docs" / "a.txt", "Half of a Lamp", "The wick was")

    def looking(found: File, readers: Mapping[str, Reader]) -> tuple[str, str]:
        result = format_or_fault(found, readers)
        if found.path == file:
            with file.open("a") as more:
                more.write(" trimmed and the glass was cleaned.\n")
        return result

    with monkeypatch.context() as patched:
        patched.setattr("index.sources.reading.format_or_fault", looking)
        assert told(built(place))["a.txt"] == "it changed while it was read: its article stays"
    assert titles(place) == ["Amber Lamp", "Brass Bell", "Copper Kettle"]
    built(place)
    assert titles(place) == ["Brass Bell", "Copper Kettle", "Half of a Lamp"]


def test_a_folder_that_is_called_otherwise_is_no_loss(place: Path) -> None:
    (place / "docs" / "a.txt").unlink()
    for name in "bc":
        (place / "docs" / f"{name}.txt").rename(place / "docs" / f"{name}2.txt")
    report = built(place)
    assert (report.added, report.removed) == (2, 3)
    for name in "bc":
        note(place / "docs" / f"{name}2.txt", f"Quite {name} Different", "None of these words was here before.")
        (place / "docs" / f"{name}2.txt").rename(place / "docs" / f"{name}3.txt")
    with pytest.raises(LossRefusedError, match="2 of 2 articles would leave"):
        built(place)


def test_articles_of_no_files_are_no_new_generation_either(tmp_path: Path) -> None:
    def build(*words: str) -> Report:
        articles = [Article(word, (Paragraph(f"A paragraph that speaks of {word}."),)) for word in words]
        return build_index(Store(tmp_path), articles, [], Options(processes=1))

    assert [build("eel").published, build("eel").published, build("eel", "pike").published] == [True, False, True]


def test_whoever_reads_before_a_build_holds_its_lock(tmp_path: Path) -> None:
    store, waited = Store(tmp_path), list[str]()
    note(tmp_path / "docs" / "a.txt", "Amber Lamp")
    with store.alone(waited.append):
        assert build_index(store, read([tmp_path / "docs"]), [], Options(processes=1)).generation == 1
        with pytest.raises(BuildBusyError), Store(tmp_path).building():
            pass
    assert waited == []


def test_a_build_waits_for_another_one_with_a_word_on_who_builds(tmp_path: Path) -> None:
    told_who, waits, order = list[str](), Event(), list[str]()

    def waiting(busy: str) -> None:
        told_who.append(busy)
        waits.set()

    def second() -> None:
        with Store(tmp_path).alone(waiting):
            order.append("second")

    with Store(tmp_path).alone(told_who.append):
        other = Thread(target=second)
        other.start()
        assert waits.wait(60)
        order.append("first")
    other.join()
    assert order == ["first", "second"]
    assert f"process {os.getpid()} (since 20" in told_who[0]


WORDS = st.lists(st.sampled_from("anchor boat crane dock eel ferry gull harbour island jetty kelp".split()), min_size=3)
NAMES = st.sampled_from(["a.txt", "b.txt", "c.md", "sub/d.html", "sub/e.html", "sub/f.html", "g.jsonl", "sub/h.txt"])
KINDS = st.sampled_from(["utf-8", "utf-16", "cp1252"])


@st.composite
def steps(draw: st.DrawFn) -> Callable[[Path], None]:  # noqa: C901 - one case for each kind of change
    """Return a change of a folder: a file written, renamed, linked, touched or removed."""
    name, other, words, kind = draw(NAMES), draw(NAMES), draw(WORDS), draw(KINDS)
    what = draw(st.sampled_from(["write", "write", "write", "rename", "link", "remove", "touch", "move"]))

    def text() -> str:
        title, body = " ".join(words[:3]).title(), f"{' '.join(words)} café naïve.\n\nShare this page\n"
        if name.endswith(".jsonl"):
            return "".join(f'{{"title": "{word}", "text": "{" ".join(words)} {word}"}}\n' for word in words[:4])
        if name.endswith(".html"):
            site = "Harbour" if len(words) % 2 else title
            return f"<html><head><title>{site}</title></head><body><h1>{title}</h1><p>{body}</p></body></html>"
        return f"{title}\n\n{body}"

    def change(folder: Path) -> None:
        file, goal = folder / name, folder / other
        goal.parent.mkdir(parents=True, exist_ok=True)
        file.parent.mkdir(parents=True, exist_ok=True)
        if what == "write":
            file.unlink(missing_ok=True)
            file.write_bytes(text().encode("utf-8" if name.endswith((".jsonl", ".html")) else kind))
        elif what == "rename" and file.exists():
            file.rename(goal)
        elif what == "link" and not goal.exists() and not goal.is_symlink():
            goal.symlink_to(file)
        elif what == "remove":
            file.unlink(missing_ok=True)
        elif what == "touch" and file.exists():
            os.utime(file, (1_600_000_000, 1_600_000_000))
        elif what == "move" and (folder / "sub").exists() and not (folder / "moved").exists():
            (folder / "sub").rename(folder / "moved")

    return change


@pytest.fixture
def few_draws(monkeypatch: pytest.MonkeyPatch) -> None:
    """Calibrate with a few draws, of which each is as good as the next: most of a small build would go into them."""
    monkeypatch.setattr(tuning, "NULL_DRAWS", 3)


@pytest.mark.slow
@pytest.mark.usefixtures("few_draws")
@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.lists(steps(), min_size=1, max_size=4), min_size=1, max_size=3))
def test_a_rebuild_holds_what_a_build_from_nothing_does(rounds: list[list[Callable[[Path], None]]]) -> None:
    with TemporaryDirectory() as folder:
        place = Path(folder)
        note(place / "docs" / "always.txt", "The Keeper's Log")
        for number, changes in enumerate(rounds):
            for change in changes:
                change(place / "docs")
            # A loss of half is refused, and a build that is forced is the same but for that.
            before = Store(place / "index").current()
            report = built(place, force=True)
            built(place, name=f"anew{number}")
            assert held(place) == held(place, f"anew{number}")
            assert report.published == (before != Store(place / "index").current())
            assert not built(place).published
