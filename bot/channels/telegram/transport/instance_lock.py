"""One channel for each data folder."""

from contextlib import AbstractContextManager
from pathlib import Path

from bot.alone import alone
from bot.errors import ChannelError

FILE = "telegram.lock"
_TAKEN = "another `quoth telegram` answers with this folder; stop it, or set QUOTH_DATA_DIR"


def single_instance(folder: Path) -> AbstractContextManager[None]:
    """Keep every other process from answering from `folder`; raises `ChannelError` at once when one does."""
    return alone(folder / FILE, ChannelError, _TAKEN)
