"""Quoth in a pipe: bytes that are no text, readers that leave, and a console that lives through a rebuild."""

import json
import queue
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from bot.schema import AnswerJson

Start = Callable[..., subprocess.Popen[str]]
Run = Callable[..., subprocess.CompletedProcess[str]]
RunAll = Callable[..., list[subprocess.CompletedProcess[str]]]

KNOWN = "When was the footbridge at Saltmere opened?"
UNKNOWN = "Which zeppelin moored above Vladivostok?"


@pytest.mark.usefixtures("shelf")
def test_questions_of_any_bytes_pass_through_the_command(
    quoth: Run, together: RunAll, environment: dict[str, str]
) -> None:
    assert {done.returncode for done in together(["ask", ""], ["ask", " "], ["ask", "the of and"])} == {1}
    long = quoth("ask", "--json", "footbridge " * 10_000)
    assert json.loads(long.stdout)["state"] in ("answered", "closest")
    command = [sys.executable, "-m", "bot.__main__", "ask", "--json"]
    strict = environment | {"PYTHONIOENCODING": "utf-8:strict"}
    given = subprocess.run([*command, b"\xff footbridge"], capture_output=True, env=strict, check=False, timeout=60)
    piped = subprocess.run(
        [*command, "-"], input=b"\xff\x00 footbridge", capture_output=True, env=strict, check=False, timeout=60
    )
    for done in (given, piped):
        assert (done.returncode, done.stderr) == (0, b"")
        assert "\ufffd" in AnswerJson.model_validate_json(done.stdout).question
    ascii_only = subprocess.run(
        [*command, "Müller footbridge"], capture_output=True, env=strict | {"PYTHONIOENCODING": "ascii"}, check=False
    )
    assert (ascii_only.returncode, ascii_only.stderr) == (0, b"")


@pytest.mark.usefixtures("shelf")
@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_a_reader_that_leaves_is_no_failure(start: Start, unbuffered: str) -> None:
    for arguments in (["ask", KNOWN, "--json"], ["status"]):
        with start(*arguments, PYTHONUNBUFFERED=unbuffered) as process:
            assert process.stdout is not None
            assert process.stderr is not None
            process.stdout.close()
            assert process.stderr.read() == ""
        assert process.returncode == 0, arguments


@pytest.mark.usefixtures("shelf")
@pytest.mark.parametrize("arguments", [["ask", KNOWN], ["status"], ["--version"]], ids=" ".join)
def test_an_output_that_takes_nothing_more_is_told_in_one_line(
    environment: dict[str, str], arguments: list[str]
) -> None:
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "bot.__main__", *arguments],
            env=environment, stdout=full, stderr=subprocess.PIPE, text=True, check=False,
        )  # fmt: skip
    assert done.stderr == "quoth: the output: No space left on device; free some space, or write elsewhere\n"
    assert done.returncode == 5


@pytest.mark.usefixtures("shelf")
def test_the_console_answers_a_pipe_line_by_line(quoth: Run) -> None:
    done = quoth("console", "-k", "1", stdin=f"{KNOWN}\n\n{UNKNOWN}\n")
    assert (done.returncode, done.stderr) == (1, ""), "the last question decides"
    first, _, second = done.stdout.partition(f"\nQ: {UNKNOWN}\n")
    assert first.startswith(f"Q: {KNOWN}\n1  Footbridge at Saltmere\n")
    assert "zeppelin" in second
    assert quoth("console", stdin=f"{UNKNOWN}\n{KNOWN}").returncode == 0


@pytest.fixture
def conversation(start: Start) -> Iterator[Callable[[str], str]]:
    """Return what puts a question to one running console and returns the passage that it answers with."""
    lines: queue.Queue[str] = queue.Queue()
    with start("console", "-k", "1") as console:
        assert console.stdin is not None
        assert console.stdout is not None
        stdin, stdout = console.stdin, console.stdout

        def listen() -> None:
            for line in stdout:
                lines.put(line.rstrip("\n"))

        reader = threading.Thread(target=listen)
        reader.start()

        def ask(question: str) -> str:
            stdin.write(f"{question}\n")
            stdin.flush()
            while lines.get(timeout=60) != f"Q: {question}":
                pass
            assert lines.get(timeout=60).startswith("1  ")
            lines.get(timeout=60)
            return lines.get(timeout=60)

        yield ask
        stdin.close()
        assert console.wait(60) == 0
        reader.join(60)


def test_a_running_console_answers_from_a_rebuilt_index(
    shelf: Path, start: Start, conversation: Callable[[str], str]
) -> None:
    old, new = "was opened in 1931 by a lamplighter.", "was opened in 1877 by a lamplighter."
    assert conversation(KNOWN).endswith(old)
    article = shelf / "0.md"
    article.write_text(article.read_text().replace("1931", "1877"))
    given = []
    with start("index") as builder:
        while builder.poll() is None:
            given.append(conversation(KNOWN))
    assert builder.returncode == 0
    assert given, "questions were asked meanwhile"
    assert conversation(KNOWN).endswith(new)
    endings = [text.endswith(new) for text in given]
    assert all(text.endswith((old, new)) for text in given)
    assert endings == sorted(endings), "first the old answer, then only the new one"
