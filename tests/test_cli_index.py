"""Building and looking after an index through the real command."""

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from bot.commands import progress
from index import Progress

Run = Callable[..., subprocess.CompletedProcess[str]]
RunAll = Callable[..., list[subprocess.CompletedProcess[str]]]

TOKEN = "123456789:AAF-abcdefghijklmnopqrstuvwxyz_0123"  # noqa: S105 - made up


def write(path: Path, title: str, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"# {title}\n\n{text}\n")
    return path


def said(done: subprocess.CompletedProcess[str]) -> str:
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


def test_an_index_is_built_rebuilt_extended_and_rolled_back(tmp_path: Path, quoth: Run, together: RunAll) -> None:
    write(tmp_path / "here" / "notes" / "ferry.md", "Ferry", "The ferry is painted green by the harbour master.")
    assert said(quoth("index", "notes")) == (
        "1 article, 1 paragraph, 0 captions, 0 skipped files, 0 duplicates\n"
        "generation 1: 1 added, 0 changed, 0 removed, 0 unchanged\n"
    )
    write(tmp_path / "here" / "notes" / "ferry.md", "Ferry", "The ferry is painted amber by the harbour master.")
    assert "0 added, 1 changed, 0 removed, 0 unchanged" in said(quoth("index"))
    write(tmp_path / "here" / "more.md", "Tram", "The tram is painted purple by its conductor.")
    added = said(quoth("index", "--add", "more.md"))
    assert added.startswith("2 articles, ")
    assert "1 added, 0 changed, 0 removed, 1 unchanged" in added
    listed, verified, status = map(said, together(["index", "--list"], ["index", "--verify"], ["status", "--json"]))
    assert [line.split()[:2] for line in listed.splitlines()] == [["*", "3"], ["2", "1"], ["1", "1"]]
    assert "2 articles, 2 paragraphs, built 2" in listed
    assert verified.startswith("generation 3 is intact: ")
    told = json.loads(status)
    assert told["sources"] == [str(tmp_path / "here" / "notes"), str(tmp_path / "here" / "more.md")]
    assert (told["generation"], told["articles"], told["paragraphs"], told["captions"]) == (3, 2, 2, 0)
    assert (told["data_dir"], told["languages"]) == (str(tmp_path / "data"), {"en": 2})
    assert said(quoth("index", "--rollback")) == "generation 2 is in use again\n"
    tram, ferry = together(["ask", "Who painted the tram purple?"], ["ask", "Who painted the ferry?"])
    assert tram.returncode == 1
    assert "painted amber" in said(ferry)


def test_sources_without_articles_are_4(tmp_path: Path, together: RunAll, shelf: Path) -> None:
    (tmp_path / "empty").mkdir()
    for path, cause, *option in (
        ("missing", "there is no such file or folder"),
        ("~nobody-of-this-name/notes", "there is no such file or folder"),
        (tmp_path / "empty", "no article found", "--data-dir", tmp_path / "other"),
    ):
        (done,) = together(["index", path, *option])
        assert (done.returncode, done.stdout) == (4, "")
        assert str(path) in done.stderr
        assert cause in done.stderr
    (shelf / "0.md").unlink()
    (shelf / "1.md").unlink()
    (shelf / "2.md").write_text("# Another Harbour\n\nThe mole was built of granite that came by barge.\n")
    (lost,) = together(["index"])
    assert (lost.returncode, lost.stdout) == (4, "")
    assert lost.stderr == (
        f"quoth: {shelf}: 2 of 2 articles would leave the index, more than half; nothing was changed. "
        "If this is intended, add --force\n"
    )
    assert said(together(["status"])[0]).split()[:4] == ["data_dir", str(tmp_path / "data"), "generation", "1"]


def test_a_forced_index_of_nothing_finds_nothing(tmp_path: Path, quoth: Run, together: RunAll) -> None:
    (tmp_path / "empty").mkdir()
    assert said(quoth("index", "--force", tmp_path / "empty")).startswith("0 articles, 0 paragraphs")
    asked, verified, status = together(["ask", "Who?"], ["index", "--verify"], ["status"])
    assert (asked.returncode, asked.stderr) == (1, "")
    assert "0 articles" in said(verified)
    assert said(status)


def test_the_index_is_not_its_own_source(tmp_path: Path, quoth: Run) -> None:
    here = tmp_path / "here"
    write(here / "ferry.md", "Ferry", "The ferry is painted green by the harbour master.")
    for built in (quoth("index", ".", "--data-dir", "data"), quoth("index", "--data-dir", "data")):
        assert said(built).startswith("1 article, 1 paragraph, 0 captions, 0 skipped files")


def test_a_link_is_followed_anew_at_every_rebuild(tmp_path: Path, quoth: Run) -> None:
    write(tmp_path / "spring" / "ferry.md", "Ferry", "The ferry is painted green by the harbour master.")
    write(tmp_path / "autumn" / "ferry.md", "Ferry", "The ferry is painted amber by the harbour master.")
    link = tmp_path / "season"
    link.symlink_to("spring")
    said(quoth("index", link))
    link.unlink()
    link.symlink_to("autumn")
    assert "0 added, 1 changed" in said(quoth("index"))


def test_skipped_files_are_told_with_their_reason(tmp_path: Path, quoth: Run) -> None:
    write(tmp_path / "notes" / "ferry.md", "Ferry", "The ferry is painted green by the harbour master.")
    (tmp_path / "notes" / "logo.png").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(64))
    (tmp_path / "notes" / "logo").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(64))
    (tmp_path / "notes" / "boats.csv").write_text("title,text\nA,b,c\nD,e\nF,g,h,i\n")
    done = quoth("index", tmp_path / "notes")
    assert done.returncode == 0
    assert done.stderr == (
        f"skipped 2, for example {tmp_path}/notes/boats.csv:2: 3 fields where the header names 2; "
        "quote fields that hold separators\n"
        f"skipped {tmp_path}/notes/logo: binary: a PNG picture, not text\n"
        f"skipped {tmp_path}/notes/logo.png: a picture, not an article\n"
    )
    assert ", 4 skipped files" in done.stdout


def test_skipped_files_are_told_when_nothing_could_be_read(tmp_path: Path, quoth: Run) -> None:
    (tmp_path / "site").mkdir()
    for name in ("a.css", "b.css", "c.js"):
        (tmp_path / "site" / name).write_text("p { color: green }\n")
    done = quoth("index", tmp_path / "site")
    assert (done.returncode, done.stdout) == (4, "")
    assert done.stderr == (
        f"skipped 2, for example {tmp_path}/site/a.css: a style sheet, not an article\n"
        f"skipped {tmp_path}/site/c.js: source code, not an article\n"
        f"quoth: {tmp_path}/site: no article found, nothing was changed; name a folder that holds articles\n"
    )


def test_the_settings_are_shown_without_the_token(tmp_path: Path, quoth: Run) -> None:
    (tmp_path / "here" / "quoth.toml").write_text("passages = 2\n")
    done = quoth("config", QUOTH_TELEGRAM_TOKEN=TOKEN, QUOTH_K1="1.5")
    shown = said(done)
    lines = {line.split()[0]: line.split(maxsplit=1)[1] for line in shown.splitlines()}
    assert lines["k1"] == "1.5  (QUOTH_K1)"
    assert lines["passages"] == "2  (quoth.toml)"
    assert lines["b"] == "0.75  (default)"
    assert lines["telegram_token"] == "(hidden)  (QUOTH_TELEGRAM_TOKEN)"  # noqa: S105 - what stands in its place
    assert TOKEN.split(":")[1] not in shown


@pytest.mark.usefixtures("shelf")
def test_doctor_ends_with_the_code_of_the_first_trouble(tmp_path: Path, quoth: Run) -> None:
    healthy = said(quoth("doctor", QUOTH_TELEGRAM_TOKEN=TOKEN))
    assert healthy.count("ok  ") == len(healthy.splitlines()) == 6
    assert TOKEN.split(":")[1] not in healthy
    no_index = quoth("doctor", "--data-dir", tmp_path / "elsewhere")
    assert no_index.returncode == 3
    assert f"FAIL index: no index in {tmp_path / 'elsewhere'}" in no_index.stdout
    no_token = quoth("doctor", QUOTH_TELEGRAM_TOKEN="soon")  # noqa: S106 - not even a token
    assert no_token.returncode == 2
    assert "FAIL telegram token" in no_token.stdout
    (tmp_path / "file").write_text("not a folder")
    no_folder = quoth("doctor", "--data-dir", tmp_path / "file" / "data")
    assert no_folder.returncode == 5
    assert f"FAIL data folder: {tmp_path / 'file'} is not writable" in no_folder.stdout
    (tmp_path / "shelf").rename(tmp_path / "attic")
    no_source = quoth("doctor")
    assert no_source.returncode == 4
    assert f"{tmp_path / 'shelf'} is gone" in no_source.stdout


def test_progress_goes_from_nothing_to_all_over_every_stage(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    clock = iter(range(0, 100, 3))
    monkeypatch.setattr("time.monotonic", lambda: float(next(clock)))
    read = iter((0.0, 0.5, 1.0))
    with progress.showing(lambda: next(read)) as show:
        show(Progress("reading", 0, 0))
        show(Progress("reading", 1, 1))
        show(Progress("reading", 2, 30))
        show(Progress("sorting", 2, 30))
        show(Progress("publishing", 2, 30))
    assert capsys.readouterr().err.splitlines() == [
        "reading: 0%",
        "reading: 1 article, 1 passage, 0/s, 43%, 8 s left",
        "reading: 2 articles, 30 passages, 3/s, 86%, 1 s left",
        "sorting: 2 articles, 30 passages, 86%, 2 s left",
        "publishing: 2 articles, 30 passages, 97%, 0 s left",
    ]
