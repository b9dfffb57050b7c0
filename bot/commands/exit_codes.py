"""What is said of an error, and the exit code that it ends a command with; `bot.__main__` lists the codes."""

import os
import sys
from collections.abc import Callable
from io import TextIOWrapper

import click

from bot.printing import err, shown

ON_WINDOWS = (
    "this needs Linux or macOS; on Windows, run Quoth inside WSL (https://learn.microsoft.com/windows/wsl/install)"
)
_NOT_ON_WINDOWS = ("fcntl", "resource", "termios", "pwd")


def of(command: Callable[[], int]) -> int:
    """Run a command, and return its exit code; every expected error is one line on stderr."""
    _prepare()
    for stream in (sys.stdin, sys.stdout):
        # Bytes that are no text, and letters that the terminal cannot show, are no reason to fail.
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="replace")
    try:
        code = command()
        sys.stdout.flush()
    except BrokenPipeError:
        return discard_output()
    except KeyboardInterrupt:
        return 130
    except Exception as error:  # noqa: BLE001 (the last door: a user sees one line, never a traceback)
        return report(_of_output(error))
    return code


def _of_output(error: Exception) -> Exception:
    """Return the error, with its place where that is the output: a full disk, say. Nothing more is written there."""
    try:
        sys.stdout.flush()
    except OSError as refused:
        discard_output()
        if isinstance(error, OSError) and error.errno == refused.errno and error.filename is None:
            return OSError(f"the output: {error.strerror}; free some space, or write elsewhere")
    return error


def _prepare() -> None:
    """Keep what is written to this account alone, and see that no file of ours takes the place of a closed stream."""
    os.umask(0o077)
    # To look for plugins, pydantic would read the metadata of every installed package.
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        if getattr(sys, name) is None:
            nowhere = os.open(os.devnull, os.O_RDWR)
            os.dup2(nowhere, number)
            if nowhere != number:
                os.close(nowhere)
            setattr(sys, name, os.fdopen(number, "w" if number else "r", encoding="utf-8", closefd=False))


def discard_output() -> int:
    """Send what Python still wants to flush nowhere, because the reader of the pipe has left. Return exit code 0."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 0


def report(error: Exception) -> int:
    """Print what went wrong and return the exit code; with QUOTH_LOG_LEVEL=DEBUG, all of what is known of a bug."""
    from bot.errors import message_of

    if isinstance(error, click.ClickException):
        if not isinstance(error, click.exceptions.NoArgsIsHelpError):
            error.message = shown(error.message)  # type: ignore[misc]
        error.show()
        return error.exit_code
    if isinstance(error, ModuleNotFoundError) and error.name in _NOT_ON_WINDOWS:
        err(f"quoth: {ON_WINDOWS}")
        return 5
    code = _code(error)
    if code == 70 and os.environ.get("QUOTH_LOG_LEVEL", "").upper() == "DEBUG":
        import traceback

        err("".join(traceback.format_exception(error)))
        return code
    text = message_of(error) if code != 70 else f"a bug: {type(error).__name__}: {error}; please report it"
    err(f"quoth: {text}")
    return code


def _code(error: Exception) -> int:
    """Return the exit code of an error, 70 for an unexpected one."""
    import index as library
    from bot.errors import BackupError, BotError, MissingExtraError, NetworkSettingsError, SourcesError, TokenError
    from config.errors import ConfigError

    match error:
        case ConfigError() | library.FieldMapError():
            return 2
        case MissingExtraError() | NetworkSettingsError() | SourcesError() | TokenError():
            return 2
        case library.NoIndexError() | library.BrokenIndexError():
            return 3
        case BackupError() | library.SourceError() | library.BuildRefusedError() | library.QuestionSetError():
            return 4
        case library.IndexLibraryError() | BotError() | OSError():
            return 4 if isinstance(error, library.ModelError) else 5
    return 70
