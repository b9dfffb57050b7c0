"""The console: cards on a screen, whole lines in a pipe, and a real conversation on a pseudo-terminal."""

import os
import re
import select
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from io import StringIO
from pathlib import Path
from typing import IO

import pytest
from prompt_toolkit.application import create_app_session
from prompt_toolkit.completion import CompleteEvent
from prompt_toolkit.document import Document
from prompt_toolkit.history import FileHistory
from prompt_toolkit.input import create_pipe_input
from prompt_toolkit.output import DummyOutput
from rich.console import Console

from bot.answer import Answer, AnswerPassage
from bot.channels.console import run_console
from bot.channels.page import Page
from bot.channels.prompt import TitleCompleter, prompt_lines
from bot.channels.session import COMMANDS, ConsoleSession
from bot.channels.terminal import terminal
from index import Passage
from index.query.syntax import Problem
from index.search.copies import Copies
from tests.console_program import ARABIC, BRIDGE, CLOSES, IN_JUNE, MILL, NOTHING, PASSAGES, TEXTS, FixedLibrary, answer
from tests.fork_server import ForkServer
from tests.telegram_shelf import answering, shelve

ROOT = Path(__file__).parents[1]
DECIDE_ON_STYLE = ("NO_COLOR", "FORCE_COLOR", "COLUMNS")


def printed(asked: Answer, *, width: int = 80, screen: bool = True, explain: bool = False) -> str:
    console = Console(file=StringIO(), width=width, force_terminal=screen, color_system=None, _environ={})
    terminal(asked, console, explain=explain)
    assert isinstance(console.file, StringIO)
    return console.file.getvalue()


async def piped(questions: str, *, k: int = 3, explain: bool = False) -> tuple[int, str]:
    console = Console(file=StringIO(), _environ={})
    code = await run_console(FixedLibrary(), k=k, explain=explain, console=console, stdin=StringIO(questions))
    assert isinstance(console.file, StringIO)
    return code, console.file.getvalue()


AT_80 = """\
1  Weir Lane bridge closes
   20 Feb 2026 · Courier · par. 3 of 6
│  The repair is paid for by the county. The bridge closes on 3 March for nine
│  weeks. Buses go round by the mill.
   ▸ The bridge closes on 3 March for nine weeks.
   Also in: Weir Lane shut
   n.txt

2  جسر الطاحونة [bold]  par. 1 of 1
│  أغلق الجسر في مارس. يفتح في مايو.
"""
AT_40 = """\
1  Weir Lane bridge closes
   20 Feb 2026 · Courier · par. 3 of 6
│  The repair is paid for by the county.
│  The bridge closes on 3 March for nine
│  weeks. Buses go round by the mill.
   ▸ The bridge closes on 3 March for
     nine weeks.
   Also in: Weir Lane shut
   n.txt

2  جسر الطاحونة [bold]  par. 1 of 1
│  أغلق الجسر في مارس. يفتح في مايو.
"""


@pytest.mark.parametrize(("width", "golden"), [(80, AT_80), (40, AT_40)])
def test_an_answer_is_printed_as_cards_of_the_width_of_the_screen(width: int, golden: str) -> None:
    assert printed(answer("?"), width=width) == golden


def test_a_pipe_gets_every_passage_whole_on_one_line() -> None:
    lines = printed(answer("?"), width=40, screen=False).splitlines()
    assert TEXTS[2] in lines
    assert ARABIC.text in lines
    assert f"▸ {CLOSES}" in lines
    assert not [line for line in lines if line != line.strip()]


@pytest.mark.parametrize("environment", [{"TERM": "xterm-256color"}, {"TERM": "xterm-256color", "NO_COLOR": "1"}])
def test_on_a_screen_with_styles_the_sentence_is_bold_with_and_without_colour(environment: dict[str, str]) -> None:
    console = Console(file=StringIO(), width=200, force_terminal=True, _environ=environment)
    terminal(answer("?"), console)
    assert isinstance(console.file, StringIO)
    shown = console.file.getvalue()
    bold = "".join(re.findall(r"\x1b\[1(?:;32)?m([^\x1b]*)\x1b\[0m", shown))
    assert CLOSES.replace(" ", "") in bold.replace(" ", "")
    assert "▸" not in shown
    assert ("\x1b[1;32m" in shown) == ("NO_COLOR" not in environment)


def test_the_state_the_missing_words_and_the_nearest_titles_are_said() -> None:
    assert printed(NOTHING) == (
        "I found no passage that answers this.\nNo article mentions: zeppelin\n"
        "Nearest articles:\n1  Weir Lane bridge closes\n"
    )
    near = printed(replace(answer("?"), state="closest", missing=("zeppelin",)))
    assert near.startswith("No article mentions: zeppelin\nNot sure this answers it:\n\n1  Weir Lane")


def test_on_a_screen_only_the_first_passage_is_whole_and_the_others_begin_with_their_sentence() -> None:
    sentence = "A diver found the crack in the third pier on Sunday."
    text = f"{'The river was high. ' * 6}{sentence} {'Nobody was hurt that day. ' * 20}"
    long = AnswerPassage(
        replace(PASSAGES[0], text=text), BRIDGE, 5.0, (text.index(sentence), text.index(sentence) + 52)
    )
    asked = replace(answer("?"), passages=(long, replace(long, score=4.0)))
    whole, brief = (card.splitlines() for card in printed(asked).split("\n\n"))
    assert len([line for line in whole if line.startswith("│")]) > 5
    assert brief == [
        f"2  {BRIDGE.title}  20 Feb 2026 · Courier · par. 1 of 6",
        f"│  … {sentence} Nobody was hurt that …",
    ]
    assert printed(asked, screen=False).count(" ".join(text.split())) == 2


@pytest.mark.parametrize("width", [40, 60, 80, 120])
def test_where_a_further_passage_stands_is_in_sight_however_long_its_title(width: int) -> None:
    title = "The county decides what becomes of the old lane, the mill, its pond and both of the bridges"
    further = AnswerPassage(PASSAGES[1], replace(BRIDGE, title=title), 5.0, (0, 0))
    asked = replace(answer("?"), passages=(answer("?").passages[0], further))
    (heading,) = [line for line in printed(asked, width=width).splitlines() if line.startswith("2  The county")]
    assert heading.endswith(f"par. {PASSAGES[1].ordinal} of {PASSAGES[1].count}")
    assert len(heading) <= width


def test_of_an_article_so_much_is_opened_that_its_title_stays_in_sight() -> None:
    passages = [Passage(row, 0, row + 1, 9, "paragraph", f"Lot {row}. " + "An anvil. " * 60) for row in range(9)]
    for height in (10, 24, 40, 80):
        console = Console(file=StringIO(), width=80, height=height, force_terminal=True, color_system=None, _environ={})
        page: Page | None = Page.at(console, BRIDGE, passages, passages[4])
        assert page is not None
        assert page.first <= 4 < page.last
        end = page.last
        turned = page.turned(console, ">")
        while turned is not None:
            page, turned = turned, turned.turned(console, ">")
            assert page.first == end, "nothing is passed over"
            end = page.last
            console.file = StringIO()
            page.show(console)
            lines = console.file.getvalue().count("\n")
            # A passage that is higher than the screen is shown all the same.
            assert lines <= height - 2 or page.last - page.first == 1
        assert end == 9


def test_a_number_stands_before_a_wrapped_line() -> None:
    asked = replace(NOTHING, nearest=("River Ferry Returns to Brackwater After Thirty-One Years",))
    assert printed(asked, width=40).endswith("1  River Ferry Returns to Brackwater\n   After Thirty-One Years\n")


def test_a_passage_that_is_not_sure_to_answer_stands_beside_another_bar() -> None:
    assert "┊  The repair" in printed(replace(answer("?"), state="closest"))
    assert "┊" not in printed(answer("?"))


def test_lines_of_a_list_stay_lines_on_a_screen_and_one_line_in_a_pipe() -> None:
    listed = AnswerPassage(replace(PASSAGES[0], text="Bring:\n- a rope\n- a lamp"), BRIDGE, 5.0, (0, 0))
    asked = replace(answer("?"), passages=(listed,))
    assert "│  Bring:\n│  - a rope\n│  - a lamp\n" in printed(asked)
    assert "Bring: - a rope - a lamp\n" in printed(asked, screen=False)


def test_a_corrected_word_is_said_before_the_answer() -> None:
    corrected = replace(answer("?"), corrected=(("brigde", "bridge"),))
    assert printed(corrected).startswith('Searched for "bridge" instead of "brigde".\n')


def test_the_explanation_gives_each_words_share_of_the_score() -> None:
    explained = printed(answer("?", explain=True), width=40, explain=True)
    assert explained.endswith(
        "Why: it looks better than 97 of 100\n"
        "random non-questions.\n"
        "  75 %  █████████···  bridge  (bridg)\n"
        "  25 %  ███·········  close\n"
        "Score: 5.5 = 4.0 words + 1.0 letters in\n"
        "common + 0.5 pairs of words.\n"
        "Ignored: the, when\n"
    )


def test_of_many_copies_three_titles_are_named() -> None:
    first = replace(answer("?").passages[0], copies=Copies(("One", "Two", "Three", "Four"), 1204))
    assert "Also in: One; Two; Three and 1,201 more\n" in printed(replace(answer("?"), passages=(first,)))


def test_how_a_question_was_understood_stands_before_the_answer() -> None:
    understood = replace(
        answer("?"), corrected=(("brigde", "bridge"),), filters=(IN_JUNE,), problems=(Problem("no_words"),)
    )
    assert printed(understood).startswith(
        'Searched for "bridge" instead of "brigde".\n'
        "Put a word in quotation marks to search it as you wrote it.\n"
        'Only articles from June 2026 ("in June").\n'
        "There is nothing to search for; add a word that is no filter.\n"
        "\n"
        "1  Weir Lane bridge closes\n"
    )


def test_markup_and_escape_sequences_of_an_article_reach_no_screen() -> None:
    text = "[red]Not[/red] :smile: red.\x1b[2J\x1b]0;owned\x07 \x9b31mIt\u202e ends."
    first = answer("?").passages[0]
    wild = replace(
        first, passage=replace(first.passage, text=text), highlight=(0, len(text)), copies=Copies(("\x1b[5mx",), 1)
    )
    wild = replace(wild, article=replace(BRIDGE, title="[/] \x07[link=x]T", source="\x1b[1m[b]S"))
    shown = printed(replace(answer("?"), passages=(wild,)))
    assert "│  [red]Not[/red] :smile: red. It ends.\n" in shown
    assert shown.startswith("1  [/] [link=x]T\n   20 Feb 2026 · [b]S · par. 3 of 6\n")
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]", shown)


async def test_piped_each_line_is_a_question_and_only_answers_are_printed() -> None:
    code, out = await piped("when does it close?\n\n  is there a zeppelin?\n")
    assert code == 1
    assert out.startswith("Q: when does it close?\n1  Weir Lane bridge closes\n")
    assert out.endswith(
        "\nQ: is there a zeppelin?\nI found no passage that answers this.\nNo article mentions: zeppelin\n"
        "Nearest articles:\n1  Weir Lane bridge closes\n"
    )
    assert "quoth>" not in out


async def test_piped_the_exit_code_is_that_of_the_last_question() -> None:
    assert (await piped("a zeppelin?\nwhen?\n"))[0] == 0
    assert (await piped("when?\na zeppelin?"))[0] == 1
    assert await piped("\n \n") == (0, "")


async def test_piped_the_number_of_passages_and_the_explanation_can_be_chosen() -> None:
    _, out = await piped("when?\n", k=1, explain=True)
    assert "75 %  █████████···  bridge" in out
    assert MILL.title not in out


async def conversed(*lines: str) -> str:
    console = Console(file=StringIO(), width=80, force_terminal=True, color_system=None, _environ={})
    session = ConsoleSession(FixedLibrary(), console, k=1, explain=False)
    for line in lines:
        assert await session.take(line)
    assert isinstance(console.file, StringIO)
    return console.file.getvalue()


@pytest.mark.parametrize("line", ["exit", "quit", "q", ":q", "EXIT", "/quit", ":quit", "  :exit "])
async def test_people_leave_as_they_leave_other_programs(line: str) -> None:
    assert not await ConsoleSession(FixedLibrary(), Console(file=StringIO()), k=1, explain=False).take(line)


@pytest.mark.parametrize("line", ["help", "?", ":help", "/help", ":h", "HELP"])
async def test_people_ask_for_help_as_in_other_programs(line: str) -> None:
    assert "Ask in your own words." in await conversed(line)


async def test_numbers_open_nearest_articles_and_listed_titles() -> None:
    assert TEXTS[0] in await conversed("is there a zeppelin?", "1")
    assert ARABIC.text in await conversed(":titles bold", "1")
    assert "Nothing has the number 2" in await conversed(":titles bold", "2")


async def test_an_answer_can_be_gone_on_from() -> None:
    assert "2  جسر الطاحونة" in await conversed("when does it close?", ":more")
    assert "There are no further passages." in await conversed("when does it close?", ":more", ":more")
    assert "75 %  █████████···  bridge" in await conversed("when does it close?", ":why")
    assert ":why goes on from an answer; ask a question first." in await conversed(":why")
    assert "Say from when on" in await conversed("when?", ":since")
    assert "       1  Courier" in await conversed(":sources")


async def test_a_question_with_a_plus_goes_on_from_the_one_before(tmp_path: Path) -> None:
    shelve(tmp_path)
    library = answering(tmp_path)
    console = Console(file=StringIO(), width=200, _environ={})
    lines = "+ Why?\nWho designed the lighthouse of Corran Point?\n+ And what did it burn?\n"
    assert await run_console(library, k=1, console=console, stdin=StringIO(lines)) == 0
    library.close()
    assert isinstance(console.file, StringIO)
    out = console.file.getvalue()
    assert out.startswith(
        "Q: + Why?\n“Why?” names no topic; add a word that the articles may hold.\nI found no passage"
    )
    assert "\nUnderstood as: And what did it burn? designed lighthouse Corran Point\n1  The Lighthouse of" in out
    assert "Its lamp burned whale oil until 1902." in out


async def test_an_error_of_the_library_is_one_line_and_the_next_question_is_answered(
    capsys: pytest.CaptureFixture[str],
) -> None:
    code, out = await piped("broken\nwhen?\n")
    assert (code, out.count(TEXTS[2])) == (0, 1)
    assert capsys.readouterr().err == "data/current: nothing was built here yet: run `quoth index PATH`\n"


def completions(typed: str) -> list[tuple[str, int]]:
    completer = TitleCompleter(FixedLibrary().titles, COMMANDS)
    return [(found.text, found.start_position) for found in completer.get_completions(Document(typed), CompleteEvent())]


def test_a_title_is_completed_from_any_part_of_it_or_from_the_last_word() -> None:
    assert completions("lane BR") == [(BRIDGE.title, -7)]
    assert completions("why is the brid") == [(BRIDGE.title, -4)]
    assert completions("why is the ridge") == []
    assert completions("الطا") == [(MILL.title, -4)]
    assert completions(":ti") == [(":titles", -3)]


async def typed(keys: str, history: Path | None) -> list[str]:
    with create_pipe_input() as pipe, create_app_session(input=pipe, output=DummyOutput()):
        pipe.send_text(keys)
        return [line async for line in prompt_lines(FixedLibrary().titles, COMMANDS, history)]


async def test_what_was_typed_is_kept_for_the_next_conversation(tmp_path: Path) -> None:
    history = tmp_path / "new" / "history"
    assert await typed("when does it close?\r\x04", history) == ["when does it close?"]
    assert history.stat().st_mode & 0o077 == 0
    assert list(FileHistory(history).load_history_strings()) == ["when does it close?"]


async def test_a_history_that_cannot_be_kept_is_no_hindrance(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    assert await typed("when?\r\x04", tmp_path / "file" / "history") == ["when?"]
    assert await typed("when?\r\x04", None) == ["when?"]


def program(
    server: ForkServer | None,
    stdin: int | IO[str],
    stdout: int = subprocess.PIPE,
    stderr: int = subprocess.PIPE,
    **variables: str,
) -> subprocess.Popen[str]:
    """The console, running in a process of its own."""
    environment = {name: value for name, value in os.environ.items() if name not in DECIDE_ON_STYLE} | variables
    if server is not None:
        name = "tests.console_program"
        return server.start([], ROOT, environment, name, stdin=stdin, stdout=stdout, stderr=stderr)
    command = [sys.executable, "-m", "tests.console_program"]
    return subprocess.Popen(
        command,
        stdin=stdin,
        stdout=stdout,
        stderr=stderr,
        text=True,
        encoding="utf-8",
        cwd=ROOT,
        env=environment | {"PYTHONIOENCODING": "utf-8"},
    )


class Screen:
    """A person at a terminal: types, and waits until the screen shows what is expected."""

    def __init__(self, server: ForkServer | None, columns: int = 80, **environment: str) -> None:
        import fcntl
        import pty
        import struct
        import termios

        self._master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
        environment = {"TERM": "xterm", "PROMPT_TOOLKIT_NO_CPR": "1"} | environment
        self.process = program(server, slave, slave, slave, **environment)
        os.close(slave)
        self.seen = ""

    def type(self, keys: str) -> None:
        os.write(self._master, keys.encode())

    def answer(self, keys: str) -> str:
        """Types at the next prompt; what came up before it."""
        before = self.expect("quoth>")
        self.type(keys)
        return before

    def expect(self, text: str) -> str:
        """What came up to and with `text`, without escape sequences."""
        end = time.monotonic() + 60
        while text not in self.seen:
            assert time.monotonic() < end, f"no {text!r} in {self.seen!r}"
            self._read()
        before, _, self.seen = self.seen.partition(text)
        return before + text

    def leave(self) -> int:
        """Ctrl-D at the next prompt, and the exit code."""
        self.answer("\x04")
        return self.process.wait(60)

    def _read(self) -> None:
        if select.select([self._master], [], [], 1)[0]:
            came = os.read(self._master, 65536).decode(errors="replace")
            self.seen += re.sub(r"\x1b\[[0-?]*[ -/]*[@-~]|\x1b[=>]|\x1b\][^\x07]*\x07|\r", "", came)

    def close(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        os.close(self._master)


@pytest.fixture
def screen(fork_server: ForkServer | None) -> Iterator[Screen]:
    pytest.importorskip("pty", reason="pseudo-terminals exist only on POSIX systems")
    opened = Screen(fork_server)
    yield opened
    opened.close()


@pytest.mark.slow
def test_a_conversation_on_a_terminal(screen: Screen) -> None:
    assert "Quoth: 2 articles, 7 paragraphs." in screen.answer("when does the bridge close?\r")
    assert "│  The repair is paid for by the county." in screen.expect("2  جسر الطاحونة [bold]")
    screen.answer("1\r")
    opened = screen.expect("< before · > after")
    assert "▸ par. 3 of 6" in opened
    assert "par. 2 of 6" in opened
    assert "par. 4 of 6" in opened
    screen.answer("<\r")
    assert "par. 2 of 6" not in screen.expect("> after")
    screen.answer(">\r")
    screen.expect("par. 4 of 6")
    screen.answer(":titles lane\r")
    screen.expect("1  Weir Lane bridge closes")
    screen.answer(":explain\r")
    screen.expect("Explanations are on.")
    up = "\x1b[A"
    screen.answer(up * 6 + "\r")
    screen.expect("75 %  █████████···  bridge")
    screen.answer("what closed in June?\r")
    screen.expect(":all searches everything.")
    screen.answer(":all\r")
    assert "Only articles" not in screen.answer(":all\r")
    screen.expect("The last answer has no filters.")
    screen.answer("when does the brigde close?\r")
    screen.expect('instead of "brigde".')
    screen.answer(":exact\r")
    screen.expect("Corrections are off.")
    screen.answer("when does the brigde close?\r")
    assert "instead of" not in screen.answer("broken\r")
    screen.expect("nothing was built here yet: run")
    assert screen.leave() == 0


@pytest.mark.slow
def test_ctrl_c_empties_the_line_and_stops_an_answer_but_never_the_program(screen: Screen) -> None:
    screen.answer("is there a zepp\x03")
    screen.answer("a slow question\r")
    screen.expect("thinking")
    screen.type("\x03")
    screen.expect("Stopped.")
    screen.answer("and another slow one\r")
    screen.expect("thinking")
    screen.process.send_signal(signal.SIGINT)
    screen.process.send_signal(signal.SIGINT)
    screen.expect("Stopped.")
    screen.answer("9\r")
    screen.expect("Nothing has the number 9: ask a question first.")
    screen.answer(":nonsense\r")
    screen.expect("Unknown command :nonsense; :help lists the commands.")
    screen.answer(":help\r")
    screen.expect("opens what stands behind that number")
    screen.answer(":quit\r")
    assert screen.process.wait(60) == 0


@pytest.mark.slow
def test_a_narrow_terminal_without_colour_is_enough(fork_server: ForkServer | None) -> None:
    pytest.importorskip("pty", reason="pseudo-terminals exist only on POSIX systems")
    narrow = Screen(fork_server, 40, NO_COLOR="1")
    try:
        narrow.answer("when?\r")
        shown = narrow.expect("2  جسر الطاحونة")
        lines = [line for line in shown.splitlines() if line.startswith("│")]
        assert len(lines) == 3
        assert max(map(len, lines)) <= 40
        assert narrow.leave() == 0
    finally:
        narrow.close()


@pytest.mark.slow
def test_what_is_told_beside_the_prompt_stands_above_the_next_answer(fork_server: ForkServer | None) -> None:
    pytest.importorskip("pty", reason="pseudo-terminals exist only on POSIX systems")
    told = Screen(fork_server, TELLS="1")
    try:
        told.answer("when?\r")
        assert "Weir Lane bridge closes" not in told.expect("shelf is back.")
        told.expect("Weir Lane bridge closes")
        assert told.leave() == 0
    finally:
        told.close()


@pytest.mark.slow
def test_a_reader_that_goes_away_is_no_error(tmp_path: Path, fork_server: ForkServer | None) -> None:
    questions = tmp_path / "questions.txt"
    questions.write_text("when does the bridge close?\n" * 3000, encoding="utf-8")
    with questions.open() as lines:
        process = program(fork_server, lines)
        assert process.stdout is not None
        assert process.stderr is not None
        assert process.stdout.readline() == "Q: when does the bridge close?\n"
        process.stdout.close()
        assert process.stderr.read() == ""
        process.stderr.close()
        assert process.wait(60) == 0
