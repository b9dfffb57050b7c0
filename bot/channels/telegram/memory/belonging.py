"""Whose memory a data folder holds: each bot has owners, chats and answers of its own.

The file of the bot that runs is `telegram.sqlite3`. Where a folder was another bot's, that one's file is set aside as
`telegram-NUMBER.sqlite3` and comes back when that bot does, so nothing is mixed and nothing is lost.
"""

import contextlib
import errno
import os
import sqlite3
from pathlib import Path
from typing import Final

from bot.channels.telegram.memory import records
from bot.channels.telegram.memory.database import FILE, open_upgraded
from bot.channels.telegram.memory.writer import LOCK_WAIT, connect, cut_log
from bot.errors import ChannelError
from index import sync

# The version of the tables that names the bot.
_SIGNED: Final = 3
# What is the people's, not the bot's: answers lie in chats with a bot, under the numbers of its messages.
_TAKEN: Final = ("owners", "chats", "settings", "votes", "misses")


def claim(folder: Path, bot: int, *, take_over: bool = False) -> int | None:
    """Make `FOLDER/telegram.sqlite3` the file of `bot`; return the number of the bot whose file it was until now.

    A file that names no bot, as earlier versions wrote it, becomes this bot's. With `take_over`, the owners, opened
    chats, languages, thumbs and misses of the file that was set aside last are copied into it. Raises `ChannelError`
    when the folder cannot be used, or holds nothing to take over.
    """
    current = folder / FILE
    try:
        before = _number(current)
        if before is not None and before != bot:
            _settle(current)
            _rename(current, _aside(folder, str(before)))
        if not current.exists() and _aside(folder, str(bot)).exists():
            _rename(_aside(folder, str(bot)), current)
        others = sorted(folder.glob(_aside(folder, "*").name), key=lambda path: path.stat().st_mtime)
        if take_over and not others:
            raise ChannelError(f"{folder}: no other bot left anything here to take over; start without --take-over")
        _sign(current, bot, others[-1] if take_over else None)
    except (OSError, sqlite3.Error) as error:
        raise ChannelError(f"{current}: {error}; check the folder and the disk, or move the file away") from error
    return before if before != bot else None


def _aside(folder: Path, number: str) -> Path:
    return folder / FILE.replace(".", f"-{number}.", 1)


def _settle(path: Path) -> None:
    """Bring what the log of a file holds into the file."""
    with contextlib.closing(connect(path, timeout=LOCK_WAIT)) as base:
        cut_log(base, path)


def _rename(old: Path, new: Path) -> None:
    # The log of a file that is open nowhere is in the file; an empty one may be left.
    for ending in ("-wal", "-shm"):
        old.with_name(old.name + ending).unlink(missing_ok=True)
    old.rename(new)
    sync(new.parent)


def _number(path: Path) -> int | None:
    """Return the number of the bot that a file names."""
    if not path.exists():
        return None
    base, _ = open_upgraded(path, upgrade=False)
    with contextlib.closing(base):
        if base.execute("PRAGMA user_version").fetchone()[0] < _SIGNED:
            return None
        row = base.execute("SELECT number FROM bot").fetchone()
    return row[0] if row else None


def _sign(current: Path, bot: int, other: Path | None) -> None:
    """Write whose file it is, and copy what belongs to people from `other`."""
    base, lasting = open_upgraded(current)
    with contextlib.closing(base):
        # What a later version wrote is left as it is; whoever opens it next says so.
        if records.version(base) > records.VERSION:
            return
        if other is not None:
            if not lasting:
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            open_upgraded(other)[0].close()
            base.execute("ATTACH ? AS aside", (str(other),))
        base.execute("BEGIN IMMEDIATE")
        base.execute("INSERT INTO bot SELECT ? WHERE NOT EXISTS (SELECT 1 FROM bot)", (bot,))
        for table in _TAKEN if other is not None else ():
            base.execute(f"INSERT OR IGNORE INTO main.{table} SELECT * FROM aside.{table}")  # noqa: S608 - our names
        base.execute("COMMIT")
