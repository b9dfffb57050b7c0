"""One door for everything printed: whatever files, titles and texts are called, they steer no terminal and no log."""

import json
import logging
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.printing import json_shown, shown
from config.logs import set_up
from index.build.build import Options, build
from index.model import Article, Paragraph, Skipped
from index.store.store import Store

RunAll = Callable[..., list[subprocess.CompletedProcess[str]]]

ROOT = Path(__file__).parents[1]
# A title of the window, a link, colours, a cursor move in one byte, and an override of the reading direction.
HOSTILE = (
    "\x1b]0;mine\x07\x1b]8;;http://a.example\x1b\\ferry\x1b]8;;\x1b\\\x1b[31m\x9b2J\x7f\u202eyrref\u2066\r\u2028moss"
)
STEERING = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")


@pytest.fixture
def hostile(tmp_path: Path) -> dict[str, str]:
    """Return the variables for an index in which every word of others is hostile, built from a folder of that name."""
    folder = tmp_path / "here" / HOSTILE.replace("/", "|")
    folder.mkdir(parents=True)
    (folder / f"{folder.name}.md").write_text(
        f"# {HOSTILE}\n\nThe {HOSTILE} harbour ferry leaves at nine from the pier.\n"
    )
    (folder / f"{folder.name}.pdf").write_bytes(b"no pdf")
    stated: dict[str, Any] = {
        "source": HOSTILE,
        "author": HOSTILE,
        "url": f"https://a.example/{HOSTILE}",
        "date": HOSTILE,
        "key": HOSTILE,
    }
    texts = (
        f"The {HOSTILE} harbour ferry leaves at nine from the pier.",
        f"A lamp {HOSTILE} burns on the mole all night.",
    )
    articles: list[Article | Skipped] = [
        Article(HOSTILE, tuple([Paragraph(text) for text in texts]), str(folder / "a.md"), **stated),
        Skipped(str(folder / "b.md"), f"no article: {HOSTILE}"),
    ]
    data = tmp_path / f"data{HOSTILE.replace('/', '|')}"
    for _ in range(2):
        build(Store(data), articles, [str(folder)], Options(force=True))
    return {"QUOTH_DATA_DIR": str(data)}


def test_no_command_lets_words_of_others_steer_a_terminal(hostile: dict[str, str], together: RunAll) -> None:
    folder = HOSTILE.replace("/", "|")
    printed = together(
        ["ask", "When does the harbour ferry leave?"],
        ["ask", "When does the harbour ferry leave?", "--json", "--explain"],
        ["ask", f"Who painted {HOSTILE} zeppelins?", "--explain"],
        ["articles"],
        ["articles", "--json"],
        ["show", "moss"],
        ["show", "moss", "--json"],
        ["show", HOSTILE * 2],
        ["export"],
        ["sources"],
        ["sources", "--json"],
        ["sources", "--remove", HOSTILE],
        ["status"],
        ["status", "--json"],
        ["config"],
        ["doctor"],
        ["index", "--list"],
        ["index", folder, "--dry-run"],
        ["index", folder, "--dry-run", "--json"],
        ["index", folder, "--show"],
        ["index", folder, "--show", "--json"],
        ["index", HOSTILE],
        ["index", "--include", HOSTILE],
        ["index", folder, "--base-url", HOSTILE],
        ["evaluate", HOSTILE],
        [HOSTILE],
        **hostile,
    )
    for done in printed:
        text = done.stdout + done.stderr
        assert text, done.args
        assert not STEERING.search(text), (done.args, text)
        assert "Traceback" not in text
        assert done.returncode != 70, (done.args, text)
    told = json.loads(printed[1].stdout)["passages"][0]
    assert told["title"] == HOSTILE.strip(), "JSON holds every character, written as an escape"


@pytest.mark.usefixtures("root_logger")
def test_a_log_is_steered_by_nobody(capsys: pytest.CaptureFixture[str]) -> None:
    set_up("INFO")
    logging.getLogger("bot").warning("a file called %s", HOSTILE)
    assert not STEERING.search(capsys.readouterr().err)


@given(st.text())
def test_what_is_shown_is_one_line_that_steers_nothing_and_keeps_every_other_letter(text: str) -> None:
    safe = shown(text)
    assert not STEERING.search(safe)
    assert len(safe.splitlines()) <= 1
    if text.isprintable():
        assert safe == text


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_json_that_steers_nothing_holds_the_same(text: str) -> None:
    written = json_shown(json.dumps({"text": text}, ensure_ascii=False))
    assert not STEERING.search(written)
    assert json.loads(written) == {"text": text}


def test_nothing_is_written_but_through_the_door() -> None:
    door = {"bot/printing.py", "bot/channels/terminal.py"}
    streams = re.compile(r"\bprint\(|sys\.std(?:out|err)\.write|(?<!from rich\.console import )\bConsole\((?!self)")
    met = {
        path.relative_to(ROOT).as_posix(): found
        for path in (ROOT / "bot").rglob("*.py")
        if (found := streams.findall(re.sub(r"(?s)\"\"\".*?\"\"\"|console\.print\(|_print\(", "", path.read_text())))
    }
    # Figures and bars, whose only words of others are made safe before.
    drawn = {"bot/commands/evaluation.py", "bot/commands/evaluation_tables.py", "bot/commands/progress.py"}
    assert set(met) <= door | drawn, met


def test_a_bot_that_nobody_can_hear_goes_on(environment: dict[str, str], tmp_path: Path) -> None:
    told = "from bot.commands.telegram import _tell; import sys; _tell('ready'); _tell('paired'); sys.stdout.flush()"
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [sys.executable, "-c", told],
            env=environment,
            cwd=tmp_path,
            stdout=full,
            stderr=subprocess.PIPE,
            check=False,
        )
    assert (done.returncode, done.stderr) == (0, b"")


def test_streams_that_are_closed_stop_no_command(tmp_path: Path, environment: dict[str, str], shelf: Path) -> None:
    assert shelf.is_dir()
    quoth = f"{sys.executable} -m bot"
    command = f"exec <&- >&- 2>{tmp_path}/told; {quoth} ask footbridge && exec 2>&-; {quoth} console"
    done = subprocess.run(["/bin/sh", "-c", command], env=environment, cwd=tmp_path / "here", check=False)
    assert (done.returncode, (tmp_path / "told").read_text()) == (0, "")
