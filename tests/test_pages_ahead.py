"""Pages are read ahead by other processes: the same articles, in the same order, whatever changes meanwhile."""

from pathlib import Path

import pytest

from index.model import Article, Skipped
from index.sources import read
from index.sources.known import NOTHING

Told = list[tuple[str, str]]


def written(folder: Path, count: int) -> Path:
    for number in range(count):
        text = f"<p>Ferry {number} leaves pier {number % 7} for the island at noon, and is back before dark.</p>" * 3
        page = f"<html><head><title>Ferry {number}</title></head><body><h1>Ferry {number}</h1>{text}</body></html>"
        (folder / f"{number:03}.html").write_text("" if number % 30 == 29 else page)
        if number % 10 == 0:
            (folder / f"{number:03}.md").write_text(f"# Pier {number}\n\nThe pier is closed on day {number}.\n")
    return folder


def told(folder: Path, processes: int, *, between: object = None) -> Told:
    found: Told = []
    for part in read([folder]).since(NOTHING, processes):
        if isinstance(part, Article):
            found.append((part.path, part.paragraphs[0].text))
        elif isinstance(part, Skipped):
            found.append((part.path, part.reason))
        if callable(between) and len(found) == 40:
            between()
    return found


@pytest.mark.slow
def test_two_processes_read_what_one_reads(tmp_path: Path) -> None:
    folder = written(tmp_path, 150)
    alone = told(folder, 1)
    assert len(alone) == 165
    assert told(folder, 2) == told(folder, 4) == alone


@pytest.mark.slow
def test_a_page_that_changes_after_it_was_met_is_read_as_it_is_then(tmp_path: Path) -> None:
    folder = written(tmp_path, 150)

    def change() -> None:
        for number in range(45, 145):
            (folder / f"{number:03}.html").write_text("<title>Gone</title><p>No ferry leaves any more from here.</p>")

    last = [text for path, text in told(folder, 2, between=change) if path.endswith(("100.html", "144.html"))]
    assert last == ["No ferry leaves any more from here."] * 2
