"""Whoever is killed while fetching loses nothing: the next run goes on, and nothing comes twice."""

import os
import shutil
import signal
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from index import fetched_folder
from tests.web_shelf import WORDS, Shelf, sitemap
from tests.web_site import Reply, Site, page, xml

pytestmark = pytest.mark.slow

PAGES = 12
# More of them is a matter of minutes: FETCH_KILLS=50 python -m pytest tests/test_fetching_kill.py
KILLS = int(os.environ.get("FETCH_KILLS", "6"))


@pytest.fixture
def shelf(tmp_path: Path) -> Iterator[Shelf]:
    with Site() as site:
        yield Shelf(tmp_path / "data", site)


def test_a_kill_at_any_page_loses_none(shelf: Shelf, start: Callable[..., subprocess.Popen[str]]) -> None:
    paths = [f"/day/{number}" for number in range(PAGES)]
    for number, path in enumerate(paths):
        shelf.site.replies[path] = page(f"Day {number}", f"On day {number} the ferry carried {number + 7} passengers.")
    shelf.site.replies["/map"] = sitemap(*paths)
    asked: list[str] = []
    for kill_at in ("/map", "/robots.txt", *paths[::3]):
        whole = shelf.site.replies.get(kill_at, Reply(status=404))
        process = start(shelf.site.at("/map"), shelf.folder, shelf.site.place, program="tests.fetch_program")
        shelf.site.replies[kill_at] = Reply(raw=lambda _, process=process: process.kill())  # type: ignore[misc]
        with process:
            # It asks for nothing before it is told to, so that it cannot be ahead of its killer.
            process.communicate("\n", timeout=300)
        assert process.returncode == -signal.SIGKILL
        shelf.site.replies[kill_at] = whole
        asked += [path for path in shelf.site.asked if path in paths and path != kill_at]
        shelf.site.asked.clear()
    # What came before a kill is not asked for again.
    assert len(asked) == len(set(asked)) > 0
    shelf.fetch("/map")
    assert shelf.titles("/map") == sorted(f"Day {number}" for number in range(PAGES))
    assert not list(shelf.of("/map").glob(".new*"))


def diary(*items: tuple[int, str, bool]) -> Reply:
    """Return a feed: of each item its number, its text, and whether that is all of it."""
    entries = ""
    for number, text, whole in items:
        name = "content:encoded" if whole else "description"
        known = f"<guid>http://diary.example/{number}</guid><link>{{here}}/{number}</link>"
        entries += f"<item><title>Entry {number}</title>{known}<{name}>{text}</{name}></item>"
    head = "<rss version='2.0' xmlns:content='http://purl.org/rss/1.0/modules/content/'><channel><title>Diary</title>"
    return xml(f"{head}{entries}</channel></rss>", **{"Content-Type": "application/rss+xml"})


def kept(folder: Path) -> dict[str, bytes]:
    """Return what lies in a folder that was fetched, but for what is known of it."""
    own = (".state", ".lock")
    return {file.name: file.read_bytes() for file in folder.iterdir() if not file.name.startswith(own)}


def test_a_kill_at_any_line_loses_nothing(shelf: Shelf, start: Callable[..., subprocess.Popen[str]]) -> None:
    """Two runs, of which each is killed here and there: a first one, and one that finds a feed that was edited."""
    site, before = shelf.site, (1, " ".join(WORDS["Oars"]), True)
    site.replies |= {f"/{number}": page(f"Entry {number}", *WORDS["Kelp"]) for number in (2, 3)}
    feeds = (
        diary(before, (2, "Kelp, in short.", False)),
        diary((1, " ".join(WORDS["Peat"]), True), (2, "Kelp, in other words.", False), (3, "New, in short.", False)),
    )

    def run(data: Path, hour: int, point: int) -> tuple[int, str]:
        site.replies["/diary"] = feeds[hour]
        process = start(site.at("/diary"), data, site.place, str(hour), str(point), program="tests.fetch_program")
        with process:
            said, _ = process.communicate("\n", timeout=300)
        return process.returncode, said

    whole = shelf.folder / "whole"
    lines, goals, folders = [], [], []
    for hour in (0, 1):
        folders.append(shelf.folder / f"before{hour}")
        if whole.exists():
            shutil.copytree(whole, folders[-1])
        code, said = run(whole, hour, 0)
        assert code == 0
        lines.append(int(said))
        goals.append(kept(fetched_folder(whole, site.at("/diary"))))
    assert len(goals[0]) < len(goals[1])
    for kill in range(KILLS):
        hour = kill % 2
        data = shelf.folder / f"killed{kill}"
        if folders[hour].exists():
            shutil.copytree(folders[hour], data)
        code, _ = run(data, hour, 1 + lines[hour] * kill // KILLS)
        assert code == -signal.SIGKILL
        assert run(data, hour, 0)[0] == 0
        assert kept(fetched_folder(data, site.at("/diary"))) == goals[hour]
