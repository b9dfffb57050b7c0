"""What is said of an error, and the exit code that it ends a command with; `bot.__main__` lists the codes."""

import os
import sys
from typing import Any, cast

import typer


def report(error: Exception) -> int:
    """Print what went wrong and return the exit code; with QUOTH_LOG_LEVEL=DEBUG, raise bugs in full."""
    from bot.errors import message_of

    if isinstance(error, typer.TyperException):
        # Typer's usage errors know how to show themselves with their usage line, but not its types.
        cast("Any", error).show()
        return error.exit_code
    if isinstance(error, typer.Abort):
        return 130
    code = _code(error)
    if code == 70 and os.environ.get("QUOTH_LOG_LEVEL", "").upper() == "DEBUG":
        raise error
    text = message_of(error) if code != 70 else f"a bug: {type(error).__name__}: {error}; please report it"
    print(f"quoth: {text}", file=sys.stderr)
    return code


def _code(error: Exception) -> int:
    """Return the exit code of an error, 70 for an unexpected one."""
    import index as library
    from bot.errors import BotError, MissingExtraError, NetworkSettingsError, SourcesError, TokenError
    from config.errors import ConfigError

    match error:
        case ConfigError() | library.FieldMapError():
            return 2
        case MissingExtraError() | NetworkSettingsError() | SourcesError() | TokenError():
            return 2
        case library.NoIndexError() | library.BrokenIndexError():
            return 3
        case library.SourceError() | library.BuildRefusedError() | library.QuestionSetError():
            return 4
        case library.IndexLibraryError() | BotError() | OSError():
            return 5
    return 70
