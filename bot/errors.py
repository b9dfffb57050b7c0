"""Everything that can go wrong between a person and the library, as one tree.

    BotError
    ├── MissingExtraError    a command needs packages that the lean install leaves out
    └── ChannelError         a channel cannot go on: the outside world is away, or somebody else took its place
        └── TokenError       the token of a channel is missing, malformed or rejected

A message says the place, the cause and the next step; it never holds a token or a person's words.
"""


class BotError(Exception):
    """Base of all errors of the package `bot`."""


class MissingExtraError(BotError):
    """A command needs packages that the lean install leaves out."""


class ChannelError(BotError):
    """A channel cannot start or cannot go on."""


class TokenError(ChannelError):
    """The token of a channel is missing, malformed or rejected."""
