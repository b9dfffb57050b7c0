"""How `quoth --help` looks, and what makes a shell complete commands."""

import os
import shutil
from collections.abc import Iterable
from pathlib import Path
from typing import Final

import click

NAME: Final = "quoth"
COMPLETE: Final = "_QUOTH_COMPLETE"
"""The variable by which a shell asks how a line may go on."""

_WIDEST: Final = 80


def width() -> int:
    """Return how many columns help may take: those of the terminal, at most 80. By itself click takes at least 50."""
    return min(shutil.get_terminal_size().columns, _WIDEST)


def script(command: click.Command) -> str:
    """Return the script with which this account's shell completes a command, its options and names of files.

    Raises UsageError for a shell other than bash, zsh and fish.
    """
    from click.shell_completion import get_completion_class

    if (kind := get_completion_class(Path(os.environ.get("SHELL", "")).name)) is None:
        raise click.UsageError("bash, zsh and fish complete commands; set SHELL to one of them")
    return kind(command, {}, NAME, COMPLETE).source()


def complete(command: click.Command, instruction: str) -> int:
    """Print how a line that a shell was given may go on, for its script. Return the exit code."""
    from click.shell_completion import shell_complete

    return shell_complete(command, {}, NAME, COMPLETE, instruction)


class _Formatter(click.HelpFormatter):
    def write_dl(self, rows: Iterable[tuple[str, str]], col_max: int = 30, col_spacing: int = 2) -> None:
        # So that in a narrow terminal there is space for what is said of an option.
        super().write_dl(rows, min(col_max, self.width // 3), col_spacing)


class _Context(click.Context):
    formatter_class = _Formatter


class _Command(click.Command):
    context_class = _Context


class Group(click.Group):
    """A group of commands whose help lists them as they were declared, and cuts no line about them short."""

    context_class = _Context
    command_class = _Command
    group_class = type

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """Return the names of the commands."""
        return list(self.commands)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 - click's
        """Write the list of the commands, each with the first paragraph of its help."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, (one.help or "").split("\n\n")[0]) for name, one in self.commands.items()])
