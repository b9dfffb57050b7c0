"""Put lines and paragraphs on a screen: wrapped behind bars and numbers there, whole and plain in a pipe."""

import os
import re
import sys
from typing import TYPE_CHECKING, Final

from bot.printing import shown

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text

TITLE: Final = "bold"
QUIET: Final = "dim"
# Colours that can be read on black and on white.
ANSWERS: Final = "bold green"
BAR: Final = "cyan"
# Of an answer that is not sure.
LIKELY: Final = "bold"
DOUBT: Final = "magenta"
# What a line begins with that stands before the others where it is wrapped.
_MARK: Final = re.compile(r"[•▸] | *\d+  ")
# Longer lines are hard to follow with the eyes.
_READABLE: Final = 100
LEAST: Final = 8
# From so many columns on names and what they mean stand side by side, the names in so many.
_TWO_COLUMNS: Final = 60
_NAMES: Final = 17


def stdout_console() -> "Console":
    """Return a console on standard output; when its reader leaves, as `head` does, it prints nothing more (`quiet`)."""
    from rich.console import Console

    class PatientConsole(Console):
        def on_broken_pipe(self) -> None:
            self.quiet = True
            # Python would complain again when it flushes at exit, so the descriptor is pointed elsewhere.
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, sys.stdout.fileno())
            os.close(nowhere)

    reconfigure = getattr(sys.stdout, "reconfigure", None)
    if reconfigure is not None:
        reconfigure(errors="replace")
    return PatientConsole(highlight=False, markup=False, emoji=False)


def say(console: "Console", line: str, style: str = "") -> None:
    """Print one line of our own, with the texts of others in it made safe."""
    put(console, shown(line), style)


def entry(console: "Console", name: str, text: str) -> None:
    """Print what a name means beside it; below it where the screen is narrow."""
    from rich.text import Text

    if columns(console) < _TWO_COLUMNS and console.is_terminal:
        put(console, name, TITLE)
        indented(console, Text(text), "  ")
    else:
        indented(console, Text(text), f"{name:<{_NAMES}}")


def columns(console: "Console") -> int:
    """Return how many columns of a screen are written in."""
    return min(console.width, _READABLE)


def bar_of(*, is_sure: bool) -> "Text":
    """Return the bar before a passage, a dotted one where it is not sure that it answers."""
    from rich.text import Text

    return Text.assemble(("│  ", BAR) if is_sure else ("┊  ", QUIET))


def kept(console: "Console", text: str) -> str:
    """Return a text made safe: on a screen with its line breaks, of lists and verses, piped on one line."""
    return "\n".join(map(shown, text.split("\n"))) if console.is_terminal else shown(text)


def paragraph(console: "Console", text: "Text", *, is_sure: bool = True) -> None:
    """Print a passage behind its bar; piped, without one."""
    indented(console, text, bar_of(is_sure=is_sure) if console.is_terminal else "")


def put(console: "Console", text: str, style: str = "", *, indent: str = "") -> None:
    """Print a line, on a screen wrapped behind its mark or number; nothing for ""."""
    from rich.text import Text

    if text:
        found = _MARK.match(text)
        mark = found.group() if found else ""
        indented(console, Text(text[len(mark) :], style=style), (indent if console.is_terminal else "") + mark)


def indented(console: "Console", text: "Text", prefix: "str | Text", most: int | None = None) -> None:
    """Print `text` behind `prefix`, wrapped on a screen (a bar on each line, a number only once), whole when piped.

    Of more than `most` lines on a screen the last shown one ends with "…".
    """
    from rich.text import Text

    opening = prefix if isinstance(prefix, Text) else Text(prefix)
    if not console.is_terminal:
        console.print(opening + text, soft_wrap=True)
        return
    following = opening if isinstance(prefix, Text) else Text(" " * len(prefix))
    room = columns(console) - opening.cell_len - (2 if most else 0)
    lines = text.wrap(console, max(room, LEAST), overflow="fold")
    for count, line in enumerate(lines[:most]):
        line.rstrip()
        if count + 1 == most and len(lines) > most:
            line.append(" …")
        console.print((following if count else opening) + line, soft_wrap=True)
