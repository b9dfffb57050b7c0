"""What the channel remembers between runs: who paired with it, and which groups an owner opened."""

import sqlite3
from pathlib import Path

from bot.errors import ChannelError

VERSION = 1
FILE = "telegram.sqlite3"

_SCHEMA = """
CREATE TABLE owners (user_id INTEGER PRIMARY KEY, paired_at TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP);
CREATE TABLE chats (chat_id INTEGER PRIMARY KEY, opened_by INTEGER NOT NULL,
                    opened_at TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP);
"""


class Memory:
    """Owners and opened groups, in `FOLDER/telegram.sqlite3`, readable by this account only.

    Both sets are held in RAM; only a change touches the file. Raises `ChannelError` when the file cannot be used.
    """

    def __init__(self, folder: Path) -> None:
        self._path = folder / FILE
        try:
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._path.touch(mode=0o600)
            self._base = sqlite3.connect(self._path, isolation_level=None, timeout=2)
        except (OSError, sqlite3.Error) as error:
            raise self._trouble(error) from error
        try:
            self._prepare()
            self.owners = {row[0] for row in self._base.execute("SELECT user_id FROM owners")}
            self.chats = {row[0] for row in self._base.execute("SELECT chat_id FROM chats")}
        except sqlite3.Error as error:
            self._base.close()
            raise self._trouble(error) from error
        except ChannelError:
            self._base.close()
            raise

    def add_owner(self, user: int) -> None:
        """Remembers that `user` sent the code."""
        self._write("INSERT OR IGNORE INTO owners (user_id) VALUES (?)", user)
        self.owners.add(user)

    def open_chat(self, chat: int, owner: int) -> None:
        """Remembers that everyone in the group `chat` may ask."""
        self._write("INSERT OR IGNORE INTO chats (chat_id, opened_by) VALUES (?, ?)", chat, owner)
        self.chats.add(chat)

    def move_chat(self, old: int, new: int) -> None:
        """A group became a supergroup: its id changed, what is remembered of it did not."""
        if old in self.chats:
            self._write("UPDATE OR REPLACE chats SET chat_id = ? WHERE chat_id = ?", new, old)
            self.chats = (self.chats - {old}) | {new}

    def close(self) -> None:
        """Closes the file."""
        self._base.close()

    def _prepare(self) -> None:
        version = self._base.execute("PRAGMA user_version").fetchone()[0]
        if version == 0:
            self._base.executescript(f"BEGIN; {_SCHEMA} PRAGMA user_version = {VERSION}; COMMIT;")
        elif version != VERSION:
            raise ChannelError(
                f"{self._path}: written by another version ({version}, this one writes {VERSION}); "
                "move it away and pair again"
            )

    def _write(self, statement: str, *values: int) -> None:
        try:
            self._base.execute(statement, values)
        except sqlite3.Error as error:
            raise self._trouble(error) from error

    def _trouble(self, error: Exception) -> ChannelError:
        return ChannelError(f"{self._path}: {error}; check the folder and the disk, or move the file away")
