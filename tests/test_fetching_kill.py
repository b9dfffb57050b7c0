"""Whoever is killed while fetching loses nothing: the next run goes on, and nothing comes twice."""

import signal
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.web_shelf import Shelf, sitemap
from tests.web_site import Reply, Site, page

pytestmark = pytest.mark.slow

PAGES = 12


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
