"""The sources of an index through the real command: kept, listed, removed, and read the same way again."""

import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

Run = Callable[..., subprocess.CompletedProcess[str]]


def note(path: Path, title: str, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"# {title}\n\n{text}\n")
    return path


def told(done: subprocess.CompletedProcess[str]) -> Any:
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def fill(here: Path) -> None:
    note(here / "boats" / "ferry.md", "Ferry", "The ferry is painted green by the harbour master.")
    note(here / "boats" / "draft" / "raft.md", "Raft", "The raft is a draft of a boat, and nobody reads it yet.")
    note(here / "trams" / "tram.md", "Tram", "The tram is painted purple by its conductor.")


def test_a_source_leaves_only_where_it_is_given_up(tmp_path: Path, quoth: Run) -> None:
    fill(tmp_path / "here")
    assert quoth("index", "boats").returncode == 0
    refused = quoth("index", "trams")
    assert (refused.returncode, refused.stdout) == (2, "")
    assert refused.stderr == (
        f"quoth: {tmp_path / 'here' / 'boats'} would leave the index; nothing was changed. "
        "To keep what it holds, add --add; to give it up, add --force\n"
    )
    assert told(quoth("status", "--json"))["generation"] == 1
    # What holds an earlier source keeps it; and to try is not to build.
    assert quoth("index", "trams", "--dry-run").returncode == 0
    assert quoth("index", ".").returncode == 0
    assert told(quoth("status", "--json"))["articles"] == 3
    assert quoth("index", "trams", "--force").returncode == 0
    assert told(quoth("status", "--json"))["sources"] == [str(tmp_path / "here" / "trams")]


def test_sources_are_listed_with_what_they_gave_and_removed(tmp_path: Path, quoth: Run) -> None:
    here = tmp_path / "here"
    fill(here)
    (here / "boats" / "site.css").write_text("p {}\n")
    quoth("index", "boats", "--exclude", "draft/", "--base-url", "https://coast.example/b")
    assert told(quoth("index", "--add", "trams", "--json"))["articles"] == 2
    listed = quoth("sources")
    assert listed.stdout == (
        f"{here}/boats\n"
        "  1 article, 1 passage, 2 skipped; unchanged since the build\n"
        "  exclude draft/\n"
        "  base URL https://coast.example/b\n"
        f"  skipped {here}/boats/draft: excluded\n"
        f"  skipped {here}/boats/site.css: a style sheet, not an article\n"
        f"{here}/trams\n"
        "  1 article, 1 passage, 0 skipped; unchanged since the build\n"
    )
    note(here / "boats" / "ferry.md", "Ferry", "The ferry is painted amber by the harbour master, a week later.")
    (here / "trams").rename(here / "attic")
    states = [source["state"] for source in told(quoth("sources", "--json"))["sources"]]
    assert states == ["changed", "gone"]
    (here / "attic").rename(here / "trams")
    for name in ("a.css", "b.js", "c.lock", "d.mp3", "e.ttf", "f.ics", "g.pem"):
        (here / "trams" / name).write_bytes(b"p {}\n")
    assert quoth("index").returncode == 0
    reasons = [source["reasons"] for source in told(quoth("sources", "--json"))["sources"]][1]
    shown = quoth("sources").stdout.splitlines()
    assert len(reasons) > 6
    assert shown[-1] == f"  skipped {len(reasons) - 5} more, for {len(reasons) - 5} other reasons"
    assert len([line for line in shown if line.startswith(f"  skipped {here}/trams")]) == 5
    for name, cause in (("bikes", "no sources are called so"), ("tram", "no sources are called so")):
        wrong = quoth("sources", "--remove", name)
        assert (wrong.returncode, wrong.stdout) == (2, "")
        assert cause in wrong.stderr
    assert quoth("sources", "--remove", "trams").returncode == 0
    last = quoth("sources", "--remove", "boats")
    assert last.returncode == 2
    assert "is the only source" in last.stderr
    # Built again, with the options that it was named with.
    (source,) = told(quoth("sources", "--json"))["sources"]
    assert (source["path"], source["exclude"], source["articles"]) == (f"{here}/boats", ["draft/"], 1)
    assert quoth("index").returncode == 0
    (passage,) = told(quoth("ask", "Who painted the ferry amber?", "--json"))["passages"]
    assert passage["url"] == "https://coast.example/b/ferry"


def test_what_leaves_with_a_source_is_no_loss_but_what_vanishes_is(tmp_path: Path, quoth: Run) -> None:
    here = tmp_path / "here"
    for number in range(4):
        note(here / "many" / f"{number}.md", f"Buoy {number}", f"The buoy number {number} rings when the sea is rough.")
    fill(here)
    assert quoth("index", "many", "trams", "boats").returncode == 0
    # As where another disk is there today.
    (here / "boats").rename(here / "attic")
    note(here / "boats" / "0.md", "Sounding Line", "The lead was greased and brought up sand from the bar.")
    refused = quoth("sources", "--remove", "many")
    assert refused.returncode == 4
    assert "2 of 3 articles would leave the index" in refused.stderr
    (here / "boats" / "0.md").unlink()
    (here / "boats").rmdir()
    (here / "attic").rename(here / "boats")
    assert quoth("sources", "--remove", "many").returncode == 0
    assert told(quoth("status", "--json"))["articles"] == 3


def test_a_dry_run_tells_what_a_build_would_find(tmp_path: Path, quoth: Run) -> None:
    fill(tmp_path / "here")
    (tmp_path / "here" / "boats" / "site.css").write_text("p {}\n")
    done = quoth("index", "--dry-run", "boats")
    assert (done.returncode, done.stdout) == (
        0,
        "2 articles, 2 paragraphs, 0 captions, 1 skipped file; nothing was built\n",
    )
    assert done.stderr == f"skipped {tmp_path}/here/boats/site.css: a style sheet, not an article\n"
    assert told(quoth("index", "--dry-run", "boats", "--json")) == {
        "articles": 2,
        "paragraphs": 2,
        "captions": 0,
        "skipped": 1,
        "reasons": [
            {
                "count": 1,
                "path": f"{tmp_path}/here/boats/site.css",
                "reason": "a style sheet, not an article",
            }
        ],
    }
    assert quoth("index", "--dry-run", "boats", "--include", "*.txt").returncode == 4
    assert not (tmp_path / "data").exists()


def test_an_article_is_shown_as_it_was_read(tmp_path: Path, quoth: Run) -> None:
    here = tmp_path / "here"
    pasted = "Rain at Last\n\nA wet street\nA wet street\nTT\n\nRain at Last\n\nIt rained in Ayr.\n"
    (here / "page.txt").write_text(f"{pasted}\nIt rained \x1b[31magain in Troon.\n")
    (here / "letter.tex").write_text("\\documentclass{letter}\n")
    shown = quoth("index", "--show", "page.txt", "letter.tex", "--base-url", "https://rain.example")
    assert shown.returncode == 0
    assert shown.stdout.startswith(
        "Rain at Last\n"
        f"  path      {here}/page.txt\n"
        "  url       https://rain.example/page.txt\n"
        "     1  caption\n"
        "        A wet street\n"
        "     2  paragraph\n"
        "        It rained in Ayr.\n"
    )
    assert "\x1b" not in shown.stdout
    assert shown.stderr == f"skipped {here}/letter.tex: LaTeX: not read yet; convert it to HTML\n"
    record = told(quoth("index", "--show", "page.txt", "--json"))
    (article,) = record["articles"]
    assert (article["title"], article["date"], record["skipped"]) == ("Rain at Last", None, [])
    assert article["paragraphs"][0] == {"text": "A wet street", "kind": "caption", "fragment": None}
    assert quoth("index", "--show", "letter.tex").returncode == 4
    assert not (tmp_path / "data").exists()


def test_options_that_cannot_be_meant_are_2_and_patterns_that_are_none_4(tmp_path: Path, quoth: Run) -> None:
    fill(tmp_path / "here")
    for arguments in (
        ["--show"],
        ["--exclude", "draft/"],
        ["boats", "--base-url", "coast.example"],
        ["--list", "--json"],
        ["--rollback", "--dry-run"],
    ):
        assert quoth("index", *arguments).returncode == 2, arguments
    odd = quoth("index", "boats", "--include", "!")
    assert odd.returncode == 4
    assert "!: not a pattern" in odd.stderr
