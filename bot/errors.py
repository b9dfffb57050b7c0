"""Everything that can go wrong between a person and the library, as one tree.

    BotError
    ├── MissingExtraError    a command needs packages that the lean install leaves out
    └── ChannelError         a channel cannot go on: the outside world is away, or somebody else took its place
        └── TokenError       the token of a channel is missing, malformed or rejected

A message says the place, the cause and the next step; it never holds a token or a person's words.
"""

from typing import Final

import index

# The library knows no command line: what to run next is said here alone, by the nearest class of the error.
_NEXT: Final[dict[type, str]] = {
    index.NoIndexError: ": run `quoth index PATH`",
    index.BrokenIndexError: "; run `quoth index PATH` to build it anew, or `quoth index --rollback` for the one before",
    index.OutdatedIndexError: "; run `quoth index PATH` to build it anew",
    index.UnreadableIndexError: "",
    index.NoOlderIndexError: "; run `quoth index PATH` to build one",
    index.LossRefusedError: ". If that is meant, add --force",
    index.BuildBusyError: ", and run `quoth index PATH` again",
    index.StorageError: "; then run `quoth index PATH` again",
    index.WorkerError: "; run `quoth index` again",
}


def message_of(error: Exception) -> str:
    """Return the message of an error, for one of the library with the command to run next.

    >>> message_of(index.NoIndexError("no index in data"))
    'no index in data: run `quoth index PATH`'
    """
    return str(error) + next((_NEXT[kind] for kind in type(error).__mro__ if kind in _NEXT), "")


class BotError(Exception):
    """Base of all errors of the package `bot`."""


class MissingExtraError(BotError):
    """A command needs packages that the lean install leaves out."""


class ChannelError(BotError):
    """A channel cannot start or cannot go on."""


class TokenError(ChannelError):
    """The token of a channel is missing, malformed or rejected."""
