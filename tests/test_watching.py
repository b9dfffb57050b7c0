"""Watching on a clock that the test gives: what changes is taken in once it is whole, and what is away stays."""

import gc
import os
import shutil
from functools import partial
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TextIO

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from index import LocalRetriever, Options, Store, build_index, read
from index.sources.files.writers import has_writer
from tests.test_rebuild import holding
from tests.timeline import Act, Timeline, Watched

HOUR = 3600.0
SYNCED = "sync-conflict-2027030{}-090000-QWERTYU"


def article(title: str, *paragraphs: str) -> str:
    return "\n\n".join((title, *paragraphs)) + "\n"


EEL = article("Eel Weirs of the Marsh", "Nine weirs of willow stood in the marsh before the sluice was built.")
SALT = article("Соль из старых варниц", "Соляную варницу на косе топили торфом до самой весны.")
CHOIR = article("Der Chor probt im Speicher", "Vierzig Stimmen proben jeden Montag im alten Kornspeicher am Hafen.")


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """Two sources with three articles."""
    for name, text in (("marsh/eel.txt", EEL), ("marsh/salt.txt", SALT), ("town/choir.txt", CHOIR)):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    return tmp_path


def built(place: Path, name: str = "data", *sources: str) -> Path:
    """An index of the sources, from nothing."""
    paths = [place / source for source in sources or ("marsh", "town")]
    found = read(paths, leaving_out=place / "data", away=True)
    build_index(Store(place / name), found, list(map(str, paths)), Options(processes=1))
    return place / name


def watched(place: Path, *sources: str, deaf: bool = False) -> Watched:
    return Watched(built(place, "data", *sources), Timeline(deaf=deaf))


def equals_a_build_from_nothing(place: Path, *sources: str) -> bool:
    shutil.rmtree(place / "other", ignore_errors=True)
    with Store(place / "data").open() as ours, Store(built(place, "other", *sources)).open() as other:
        return holding(ours) == holding(other)


def generations(watching: Watched) -> int:
    return max(state.number for state in watching.store.listing())


# --- Files that are read while they are written ----------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize("deaf", [False, True])
def test_a_file_is_read_when_it_is_whole_and_holds_up_no_other(deaf: bool, place: Path) -> None:
    watching, plan, held = watched(place, deaf=deaf), list[tuple[int, Act]](), list[TextIO]()
    texts: list[str] = []
    watching.watcher.live = lambda _: texts.append(watching.text())
    bells, marsh = place / "town" / "bells.txt", place / "marsh"

    def begin() -> None:
        held.append(bells.open("w"))
        held[0].write("The Bells Come Home\n\nThe tenor cracked in the frost")
        held[0].flush()

    def go_on() -> None:
        held[0].write(" of the long winter, and was cast anew in Lowmere.\n")
        held[0].close()

    plan += [(3, begin), (12, go_on)]
    # Emptied first, written some seconds later, as some programs save.
    plan += [(4, lambda: (marsh / "eel.txt").write_text(""))]
    plan += [(8, lambda: (marsh / "eel.txt").write_text(EEL.replace("Nine weirs", "Seven weirs")))]

    def log(line: int) -> Act:
        def write() -> None:
            with (marsh / "log.txt").open("a") as file:
                file.write(f"Tide Log\n\nThe tide stood at {line} feet.\n\n" if line == 1 else f"Then at {line}.\n\n")

        return write

    plan += [(5 + line, log(line)) for line in range(1, 31)]
    plan += [(14, lambda: (marsh / "salt.txt").write_text(SALT.replace("весны", "осени")))]
    for second, act in plan:
        watching.timeline.at(second, act)
    watching.until(30)
    assert "Seven weirs" in watching.text()
    assert "осени" in watching.text()
    assert "cast anew in Lowmere" in watching.text()
    watching.until(60)
    assert not [text for text in texts if "cracked in the frost" in text and "cast anew" not in text]
    assert not [text for text in texts if "stood at 1 feet" in text and "Then at 30" not in text]
    assert not [text for text in texts if "weirs of willow" not in text]
    assert "Then at 30" in watching.text()
    assert equals_a_build_from_nothing(place)
    assert watching.heard == []


def test_a_file_that_somebody_has_open_to_write_has_a_writer(place: Path) -> None:
    file = place / "marsh" / "eel.txt"
    with file.open("a"):
        assert has_writer(file)
    with file.open():
        assert not has_writer(file)
    assert not has_writer(place / "none")


def test_a_folder_that_holds_a_download_is_passed_over_until_it_is_whole(tmp_path: Path) -> None:
    for folder in ("roman.txt.download", "(A Document Being Saved By TextEdit)", "The Old Downloads"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "roman.txt").write_text(EEL.replace("Eel", folder[:3]))
    assert [part.title for part in read([tmp_path]) if hasattr(part, "title")] == ["The Weirs of the Marsh"]


@pytest.mark.slow
def test_a_file_that_stays_empty_is_told_once_and_one_that_never_rests_too(place: Path) -> None:
    watching = watched(place)
    (place / "town" / "blank.txt").write_text("")
    for second in range(1, 700, 4):
        watching.timeline.at(second, partial((place / "town" / "busy.txt").write_text, f"T\n\n{second}\n"))
    watching.until(660)
    assert watching.said.count("blank.txt is empty") == 1
    assert watching.said.count("busy.txt has not come to rest") == 1
    assert watching.titles() == sorted(text.partition("\n")[0] for text in (EEL, SALT, CHOIR))


# --- How programs save -----------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_saves_of_editors_and_copies_of_programs_are_no_loss_and_no_article(place: Path) -> None:
    watching, marsh, town = watched(place), place / "marsh", place / "town"
    titles: list[list[str]] = []
    watching.watcher.live = lambda _: titles.append(watching.titles())

    def vim() -> None:
        (marsh / "4913").write_text("")
        (marsh / "4913").unlink()
        (marsh / "eel.txt").rename(marsh / "eel.txt~")
        (marsh / "eel.txt").write_text(EEL.replace("Nine", "Eleven"))
        (marsh / "eel.txt~").unlink()

    def swap() -> None:
        (town / "choir.txt___jb_tmp___").write_text(CHOIR.replace("Vierzig", "Sechzig"))
        (town / "choir.txt").rename(town / "choir.txt___jb_old___")

    def swapped() -> None:
        (town / "choir.txt___jb_tmp___").rename(town / "choir.txt")
        (town / "choir.txt___jb_old___").unlink()

    left = (
        *("salt.txt~", "salt.txt.bak", "#salt.txt#", "salt.txt.part", "tide.crdownload", "~$salt.docx"),
        *("salt.sync-conflict-20270301-090000-QWERTYU.txt", "salt (Ana's conflicted copy 2027-03-01).txt"),
    )

    def litter() -> None:
        for name in left:
            (marsh / name).write_text(SALT.replace("торфом", "углём"))
        (marsh / "peat.bak").write_text(article("Peat for the Winter", "Three boats brought peat to the quay."))

    for second, act in ((2, vim), (3, swap), (4, swapped), (6, litter)):
        watching.timeline.at(second, act)
    watching.until(30)
    assert watching.titles() == sorted(
        ["Peat for the Winter", *(text.partition("\n")[0] for text in (EEL, SALT, CHOIR))]
    )
    assert all("Eel Weirs of the Marsh" in each and "Der Chor probt im Speicher" in each for each in titles)
    assert "углём" not in watching.text()
    assert "Passed over: 2 (a copy of a sync conflict)" in watching.said
    assert watching.said.count("a backup beside its original") == 1
    assert generations(watching) <= 4
    before, heard = generations(watching), len(watching.heard)
    (marsh / "eel.txt").chmod(0o600)
    (marsh / "eel.txt").read_text()
    (town / "choir.txt~").write_text("x")
    (town / "choir.txt").touch()
    watching.until(90)
    assert generations(watching) == before
    # The first backup there is news, others of its kind are not.
    assert len(watching.heard) == heard + 1
    assert equals_a_build_from_nothing(place)


@pytest.mark.parametrize(
    ("name", "beside", "is_article"),
    [
        ("notes.txt.bak", "notes.txt", False),
        ("notes.txt.bak", "other.txt", True),
        ("essay.txt~", "essay.txt", False),
        ("essay.txt~", "", True),
        ("Plan.txt.old", "Plan.txt", False),
        ("film.part", "", False),
        ("liste.filepart", "liste", False),
        ("brief.swp", "", False),
        ("#brief.txt#", "brief.txt", False),
        ("~$brief.txt", "", False),
        ("4913", "", False),
        ("49134.txt", "", True),
        ("a.txt___jb_bak___", "a.txt", False),
        ("lied (Kopie mit Konflikt von Ana 2027-03-01).txt", "lied.txt", False),
        ("ode (SFConflict ana@sea.example 2027-03-01-09-00-00).txt", "ode.txt", False),
        ("ode_conflict-20270301-090000.txt", "ode.txt", False),
        ("The conflict of the two mills.txt", "The.txt", True),
        ("Mills (a conflict).txt", "Mills.txt", True),
        ("part.txt", "", True),
        # Half downloads, and a whole file whose downloader is not done with it.
        ("film.pdf.download", "", False),
        ("roman.txt.!qB", "", False),
        ("roman.txt.getxfer.381.mega", "", False),
        ("roman.txt", "roman.txt.aria2", False),
        ("A free download.txt", "", True),
        # Scratch files.
        ("essay.txt.tmp-1798dca5", "", False),
        ("essay.temp", "", False),
        ("essay.txt.sb-4f0c21aa-Qx8vTz", "essay.txt", False),
        ("BRIEF.$$$", "", False),
        ("The temp worker.md", "", True),
        # Backups.
        ("notes.txt.save.2", "notes.txt", False),
        ("notes.txt.bak3", "notes.txt", False),
        ("notes.txt_bak", "notes.txt", False),
        ("NOTES.TXT.BAK", "notes.txt", False),
        ("notes.txt.new", "notes.txt", False),
        ("notes.txt.new", "", True),
        ("The New Mill.txt", "The.txt", True),
        # Conflicts: in other languages, of another one, and those of tools that merge.
        ("lied (конфликтующая копия, Ana, 2027-03-01).txt", "lied.txt", False),
        ("lied (Anaの競合コピー 2027-03-01).txt", "lied.txt", False),
        ("lied (نسخة متعارضة من Ana 2027-03-01).txt", "lied.txt", False),
        ("lied (Çakışan kopya Ana 2027-03-01).txt", "lied.txt", False),
        ("lied (Selective Sync Conflict).txt", "lied.txt", False),
        ("lied (case conflict 1).txt", "Lied.txt", False),
        ("lied.Conflict.txt", "lied.txt", False),
        ("lied (conflicted copy 2027-03-01 0900) (1).txt", "lied.txt", False),
        (f"lied.{SYNCED.format(1)}.{SYNCED.format(2)}.txt", "lied.txt", False),
        ("lied_LOCAL_4182.txt", "lied.txt", False),
        ("lied.txt.mine", "lied.txt", False),
        ("lied.txt.r104", "lied.txt", False),
        ("lied~other.txt", "lied.txt", False),
        ("Local customs.txt", "Local.txt", True),
        ("The Mine.txt", "The.txt", True),
    ],
)
def test_what_programs_leave_is_told_by_its_name(name: str, beside: str, is_article: bool, tmp_path: Path) -> None:
    (tmp_path / name).write_text(article("Title of One", "It says something about a boat."))
    if beside:
        (tmp_path / beside).write_text(article("Title of the Other", "It says something about a mill."))
    paths = {Path(part.path).name for part in read([tmp_path]) if hasattr(part, "title")}
    assert (name in paths) is is_article
    # Whoever names a file means it.
    assert [part for part in read([tmp_path / name]) if hasattr(part, "title")]


# --- Sources that go away --------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_a_source_that_is_away_keeps_its_articles_and_is_told_once(place: Path) -> None:
    watching, marsh = watched(place), place / "marsh"
    before = watching.titles()

    def unmount() -> None:
        marsh.rename(place / "away")
        marsh.mkdir()

    watching.timeline.at(3, unmount)
    watching.timeline.at(4, lambda: (place / "town" / "fair.txt").write_text(article("The Fair", "It opens in May.")))
    watching.timeline.at(20, marsh.rmdir)
    watching.timeline.at(30, lambda: (place / "away").rename(marsh))
    watching.timeline.at(40, (marsh / "salt.txt").unlink)
    # For a moment it is elsewhere.
    watching.timeline.at(60, lambda: marsh.rename(place / "away"))
    watching.timeline.at(61, lambda: (place / "away").rename(marsh))
    watching.until(28)
    assert watching.titles() == sorted([*before, "The Fair"])
    assert watching.said == "marsh: it is empty: its 2 articles stay"
    watching.until(80)
    assert watching.titles() == ["Der Chor probt im Speicher", "Eel Weirs of the Marsh", "The Fair"]
    assert watching.said.split("\n")[1:] == ["marsh is back."]
    assert equals_a_build_from_nothing(place)


def test_a_source_is_told_of_at_most_once_a_day_over_restarts(place: Path) -> None:
    timeline, marsh = Timeline(), place / "marsh"
    data = built(place)

    def again() -> Watched:
        # A second of the timeline is a quarter of an hour.
        return Watched(data, timeline, now=lambda: 1e9 + timeline.seconds * HOUR / 4)

    for moment in range(0, 180, 40):
        timeline.at(moment + 1, lambda: marsh.rename(place / "away"))
        timeline.at(moment + 21, lambda: (place / "away").rename(marsh))
    first, second, third = again(), again(), again()
    first.until(30)
    assert [text for _, text in first.heard] == ["marsh: it is not there: its 2 articles stay", "marsh is back."]
    second.told.load()
    second.until(95)
    assert second.heard == []
    second.until(135)
    assert len(second.heard) == 1
    # Told by one, known to the next.
    third.told.load()
    third.until(155)
    assert [text for _, text in third.heard] == ["marsh is back."]


@pytest.mark.slow
def test_most_articles_of_a_source_leave_only_if_somebody_says_so(place: Path) -> None:
    for number in range(40):
        (place / "town" / f"{number:02}.txt").write_text(article(f"Notice {number}", f"Hedge {number} is cut in May."))
    watching, town = watched(place), place / "town"

    def lose() -> None:
        for number in range(30):
            (town / f"{number:02}.txt").unlink()
        (place / "marsh" / "eel.txt").write_text(EEL.replace("Nine", "Eight"))

    watching.timeline.at(2, lose)
    watching.until(40)
    assert len(watching.titles()) == 43
    assert "Eight weirs" in watching.text()
    assert watching.said == (
        "30 of 41 articles of town would leave, more than half: I keep them. To let them go: quoth index --force"
    )
    (place / "marsh" / "eel.txt").write_text(EEL.replace("Nine", "Twelve"))
    watching.until(80)
    assert "Twelve weirs" in watching.text()
    assert (len(watching.titles()), len(watching.heard)) == (43, 1)
    paths = [place / "marsh", town]
    build_index(watching.store, read(paths), list(map(str, paths)), Options(force=True, processes=1))
    watching.until(120)
    assert (len(watching.titles()), len(watching.heard)) == (13, 1)


@pytest.mark.slow
def test_files_that_hold_something_else_are_no_loss(place: Path) -> None:
    """As after a checkout of another branch: each file has another title and another text."""
    for number in range(40):
        (place / "town" / f"{number:02}.txt").write_text(article(f"Notice {number}", f"Hedge {number} is cut in May."))
    watching, town = watched(place), place / "town"

    def check_out() -> None:
        for number in range(30):
            (town / f"{number:02}.txt").write_text(article(f"Placard {number}", f"Ditch {number} is dug in fall."))
        for number in range(30, 40):
            (town / f"{number:02}.txt").unlink()

    watching.timeline.at(2, check_out)
    watching.until(40)
    assert watching.heard == []
    assert len(watching.titles()) == 33
    assert equals_a_build_from_nothing(place)


@pytest.mark.slow
def test_a_few_articles_of_a_small_collection_may_leave(place: Path) -> None:
    watching, town = watched(place), place / "town"
    (town / "fair.txt").write_text(article("The Fair", "It opens in May."))
    watching.until(20)
    for file in (place / "marsh" / "eel.txt", place / "marsh" / "salt.txt", town / "choir.txt"):
        file.unlink()
    (place / "marsh" / "reed.txt").write_text(article("The Reed Harvest", "Reed is cut in frost."))
    watching.until(60)
    assert watching.titles() == ["The Fair", "The Reed Harvest"]
    assert watching.heard == []
    assert equals_a_build_from_nothing(place)


@pytest.mark.slow
def test_what_was_kept_leaves_when_it_comes_back_elsewhere(place: Path) -> None:
    (place / "town" / "old").mkdir()
    for number in range(30):
        (place / "town" / "old" / f"{number:02}.txt").write_text(article(f"Bill {number}", f"Rope {number} is due."))
    watching, town = watched(place), place / "town"
    watching.timeline.at(2, lambda: (town / "old").rename(place / "aside"))
    watching.timeline.at(30, partial((town / "fair.txt").write_text, article("The Fair", "It opens in May.")))
    watching.until(60)
    # What is new might have been what left, and was not.
    assert (len(watching.titles()), len(watching.heard)) == (34, 1)
    (place / "aside").rename(town / "new")
    watching.until(90)
    assert (len(watching.titles()), len(watching.heard)) == (34, 1)
    assert equals_a_build_from_nothing(place)
    # Gone once more, it is news once more.
    shutil.rmtree(town / "new")
    watching.until(120)
    assert (len(watching.titles()), len(watching.heard)) == (34, 2)


@pytest.mark.slow
def test_files_that_are_renamed_are_no_loss(place: Path) -> None:
    for number in range(40):
        (place / "town" / f"{number:02}.txt").write_text(article(f"Notice {number}", f"Hedge {number} is cut in May."))
    watching, town = watched(place), place / "town"

    def rename() -> None:
        (town / "old").mkdir()
        for number in range(40):
            # As a checkout does: written anew, and the old one removed.
            (town / "old" / f"{number:02}.txt").write_text((town / f"{number:02}.txt").read_text())
            (town / f"{number:02}.txt").unlink()

    watching.timeline.at(2, rename)
    sizes: list[int] = []
    watching.watcher.live = lambda _: sizes.append(len(watching.titles()))
    watching.until(40)
    assert watching.heard == []
    assert sizes == [43]
    assert equals_a_build_from_nothing(place)


# --- Builds ----------------------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_a_rollback_pauses_watching_until_somebody_builds(place: Path) -> None:
    watching = watched(place)
    (place / "town" / "fair.txt").write_text(article("The Fair", "It opens in May."))
    watching.until(20)
    assert "The Fair" in watching.titles()
    watching.store.rollback()
    watching.until(60)
    assert "The Fair" not in watching.titles()
    assert watching.said == "Somebody returned to generation 1: I take in no changes until the next rebuild."
    (place / "marsh" / "eel.txt").write_text(EEL.replace("Nine", "Eight"))
    watching.until(90)
    assert "Eight" not in watching.text()
    built(place)
    (place / "marsh" / "eel.txt").write_text(EEL.replace("Nine", "Seven"))
    watching.until(120)
    assert "Seven" in watching.text()


def test_a_generation_that_a_killed_builder_left_behind_is_no_rollback(place: Path) -> None:
    watching = watched(place)
    shutil.copytree(watching.store.folder(1), watching.store.folder(2))
    (watching.store.folder(2) / "manifest.json").touch()
    os.utime(watching.store.folder(2))
    (place / "town" / "fair.txt").write_text(article("The Fair", "It opens in May."))
    watching.until(20)
    assert "The Fair" in watching.titles()
    assert watching.heard == []


@pytest.mark.slow
def test_builds_keep_their_distance(place: Path) -> None:
    watching = watched(place)
    watching.library._seconds = 4.0
    ends: list[float] = []
    watching.watcher.live = lambda _: ends.append(watching.timeline.seconds)
    for second in range(1, 300, 6):
        watching.timeline.at(second, partial((place / "town" / "a.txt").write_text, f"A\n\n{second} boats"))
    watching.until(300)
    pauses = [later - 4.0 - earlier for earlier, later in pairwise(ends)]
    assert len(pauses) > 5
    assert min(pauses) >= 16


@pytest.mark.slow
def test_a_build_that_fails_is_told_once_and_tried_again(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from bot.commands import rebuilding

    watching, works = watched(place), rebuilding._build
    tries: list[float] = []

    def fail(*_: object) -> dict[str, object]:
        tries.append(watching.timeline.seconds)
        raise OSError(28, "No space left on device", str(place))

    monkeypatch.setattr(rebuilding, "_build", fail)
    (place / "town" / "fair.txt").write_text(article("The Fair", "It opens in May."))
    watching.until(900)
    assert [round(later - earlier) for earlier, later in pairwise(tries)] == [61, 121, 241]
    assert len(watching.heard) == 1
    monkeypatch.setattr(rebuilding, "_build", works)
    watching.until(1100)
    assert "The Fair" in watching.titles()


@pytest.mark.slow
def test_an_index_that_does_not_change_is_not_built(place: Path) -> None:
    watching = watched(place)
    watching.until(HOUR / 4)
    assert watching.library.builds == 0
    assert watching.heard == []


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/fd").is_dir(), reason="descriptors are counted on Linux")
def test_a_generation_that_was_replaced_keeps_no_file_open(place: Path) -> None:
    def open_files() -> int:
        return len(list(Path("/proc/self/fd").iterdir()))

    retriever = LocalRetriever(Store(built(place)))
    counts = []
    # A bot at rest makes too little garbage to look for any.
    gc.disable()
    try:
        for number in range(5):
            (place / "town" / "fair.txt").write_text(article("The Fair", f"It opens on day {number}."))
            built(place)
            retriever.index.search("When does the fair open?")
            counts.append(open_files())
    finally:
        gc.enable()
        retriever.close()
    assert max(counts[2:]) <= counts[1]


# --- Anything that happens to files ----------------------------------------------------------------------------------

NAMES = st.sampled_from(["marsh/eel.txt", "marsh/salt.txt", "town/choir.txt", "town/a.md", "marsh/deep/b.txt"])
TEXTS = st.sampled_from([EEL, SALT, CHOIR, "", "# Mud\n\nThe mud is grey.\n", article("Reed", "Reed is cut in frost.")])
MOMENTS = st.integers(1, 60)
ACTS = st.one_of(
    st.tuples(MOMENTS, st.just("write"), NAMES, TEXTS),
    st.tuples(MOMENTS, st.just("append"), NAMES, TEXTS),
    st.tuples(MOMENTS, st.just("rename"), NAMES, NAMES),
    st.tuples(MOMENTS, st.just("unlink"), NAMES, st.just("")),
    st.tuples(MOMENTS, st.just("same stamp"), NAMES, TEXTS),
)


def act(place: Path, kind: str, name: str, more: str) -> None:
    """Do something to a file, if that can be done."""
    path = place / name
    path.parent.mkdir(exist_ok=True)
    if kind == "write":
        path.write_text(more)
    elif kind == "append":
        with path.open("a") as file:
            file.write(more)
    elif path.exists() and kind == "unlink":
        path.unlink()
    elif path.exists() and kind == "same stamp":
        before = path.stat()
        path.write_text(more)
        os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    elif path.exists() and kind == "rename":
        (place / more).parent.mkdir(exist_ok=True)
        path.rename(place / more)


@pytest.mark.slow
@settings(max_examples=5, suppress_health_check=[HealthCheck.too_slow])
@given(acts=st.lists(ACTS, min_size=3, max_size=12), deaf=st.booleans())
def test_whatever_happens_the_end_is_a_build_from_nothing(acts: list[tuple[int, str, str, str]], deaf: bool) -> None:
    with TemporaryDirectory() as folder:
        place = Path(folder)
        for name, text in (("marsh/eel.txt", EEL), ("marsh/salt.txt", SALT), ("town/choir.txt", CHOIR)):
            (place / name).parent.mkdir(exist_ok=True)
            (place / name).write_text(text)
        (place / "town" / "stays.txt").write_text(article("It Stays", "Something always stays."))
        (place / "marsh" / "stays.txt").write_text(article("It Stays Too", "Something else always stays."))
        watching = watched(place, deaf=deaf)
        for second, kind, name, more in acts:
            watching.timeline.at(second, partial(act, place, kind, name, more))
        watching.until(100)
        for path in [*place.glob("marsh/**/*"), *place.glob("town/**/*")]:
            # What is empty in the end keeps what it held.
            if path.is_file() and not path.stat().st_size:
                path.write_text(CHOIR)
        watching.until(160)
        assert equals_a_build_from_nothing(place)
