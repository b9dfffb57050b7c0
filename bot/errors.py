"""The errors of the application, and the next step for those of the library.

    BotError
    ├── MissingExtraError    a command needs packages that the lean install leaves out
    ├── BackupError          a backup cannot be used or made
    ├── SourcesError         sources would leave the index that nobody gave up, or a name is that of none
    ├── WatchingError        the sources cannot be watched, or are already
    └── ChannelError         a channel cannot start or go on
        ├── TokenError       the token of a channel is missing, malformed or rejected
        └── NetworkSettingsError    a proxy, or the certificates to trust, are named wrongly

A message names the place, the cause and the next step, and never a token or a person's words.
"""

from typing import Final

import index

# The library knows no command line: only this table names the command to run next, by the error's nearest class.
_NEXT_STEPS: Final[dict[type, str]] = {
    index.NoIndexError: ": run `quoth index PATH`",
    index.BrokenIndexError: "; run `quoth index PATH` to rebuild it, or `quoth index --rollback` to use the one before",
    index.OutdatedIndexError: "; run `quoth index PATH` to rebuild it",
    index.NewerIndexError: "; install that version again, or run `quoth index PATH` to rebuild it with this one",
    index.UnreadableIndexError: "",
    index.NoOlderIndexError: "; run `quoth index PATH` to build one",
    index.LossRefusedError: ". If this is intended, add --force",
    index.BuildBusyError: ", and run `quoth index PATH` again",
    index.StorageError: "; then run `quoth index PATH` again",
    index.WorkerError: "; run `quoth index` again",
}


def message_of(error: Exception) -> str:
    """Return the message of an error, for one of the library with the command to run next.

    >>> message_of(index.NoIndexError("no index in data"))
    'no index in data: run `quoth index PATH`'
    """
    return str(error) + next((_NEXT_STEPS[kind] for kind in type(error).__mro__ if kind in _NEXT_STEPS), "")


class BotError(Exception):
    """Base of all errors of the package `bot`."""


class MissingExtraError(BotError):
    """A command needs packages that the lean install leaves out."""


class BackupError(BotError):
    """A backup cannot be used, or not be made from what is there."""


class SourcesError(BotError):
    """Sources would leave the index that nobody gave up, or a name is not that of one source."""


class WatchingError(BotError):
    """The sources of an index cannot be watched, or another process watches them."""


class ChannelError(BotError):
    """A channel cannot start or cannot go on."""


class TokenError(ChannelError):
    """The token of a channel is missing, malformed or rejected."""


class NetworkSettingsError(ChannelError):
    """A proxy, or the certificates to trust, are named wrongly."""
