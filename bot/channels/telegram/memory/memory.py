"""What the channel remembers between runs: owners, opened chats, languages, and the answers it gave.

    memory = Memory(folder)
    answer = StoredAnswer(chat=7, user=7, question="Who lit it?", state="answered", passages=(...))
    await memory.answers.store(answer)          # on the disk, whatever happens now; False when that failed
    memory.answers.find(answer.id)              # this answer, also after a restart, for 7 days

Reading is done at once (well under a millisecond), writing in a thread of its own. A write that fails is logged once
and answered with False or None: the conversation goes on.
"""

import sqlite3
import time
from collections.abc import Callable
from pathlib import Path

from bot.channels.telegram.memory import records
from bot.channels.telegram.memory.answers import Answers
from bot.channels.telegram.memory.database import FILE, Storage

__all__ = ["FILE", "Memory"]


class Memory:
    """The memory in `FOLDER/telegram.sqlite3`. `owners` and `chats` (where everyone may ask) are held in RAM.

    `also_forget` is called when somebody was forgotten, for traces that are kept elsewhere.

    `clock` gives seconds since 1970. Raises `ChannelError` when the file cannot be used at the start.
    """

    def __init__(self, folder: Path, clock: Callable[[], float] = time.time) -> None:
        self._storage = Storage(folder, clock)
        self.answers = Answers(self._storage)
        self.owners = {row[0] for row in self._storage.rows("SELECT user_id FROM owners")}
        self.chats = {row[0] for row in self._storage.rows("SELECT chat_id FROM chats")}
        self._languages: dict[int, str] = dict(self._storage.rows("SELECT chat_id, language FROM settings"))
        self.also_forget: Callable[[], None] = lambda: None
        self._channels: dict[int, str] = dict(self._storage.rows("SELECT number, state FROM channels"))
        self._inactive = {row[0] for row in self._storage.rows("SELECT chat_id FROM inactive")}

    @property
    def failing(self) -> bool:
        """Return whether the last write failed."""
        return self._storage.failing

    async def add_owner(self, user: int) -> bool:
        """Remember that `user` sent the code."""
        self.owners.add(user)
        return await self._storage.execute("INSERT OR IGNORE INTO owners (user_id) VALUES (?)", user)

    async def open_chat(self, chat: int, owner: int) -> bool:
        """Remember that everyone in `chat` may ask; a private chat has its person's id."""
        self.chats.add(chat)
        statement = "INSERT OR IGNORE INTO chats (chat_id, opened_by) VALUES (?, ?)"
        return await self._storage.execute(statement, chat, owner)

    async def shut_out(self, user_or_chat: int) -> bool:
        """Take back that this id is an owner or an opened chat."""
        self.owners.discard(user_or_chat)
        self.chats.discard(user_or_chat)

        def work(base: sqlite3.Connection) -> None:
            base.execute("DELETE FROM chats WHERE chat_id = ?", (user_or_chat,))
            base.execute("DELETE FROM owners WHERE user_id = ?", (user_or_chat,))

        return await self._storage.done(work)

    def language(self, chat: int) -> str | None:
        """Return the language chosen in `chat`, if one was."""
        return self._languages.get(chat)

    async def set_language(self, chat: int, language: str) -> bool:
        """Remember the language of `chat`."""
        self._languages[chat] = language
        statement = "INSERT OR REPLACE INTO settings (chat_id, language) VALUES (?, ?)"
        return await self._storage.execute(statement, chat, language)

    def channel(self, chat: int) -> str | None:
        """Return what was said of taking in the posts of a channel; None for one that nobody heard of."""
        return self._channels.get(chat)

    async def set_channel(self, chat: int, state: str) -> bool:
        """Remember what was said of a channel."""
        self._channels[chat] = state
        statement = "INSERT OR REPLACE INTO channels (number, state) VALUES (?, ?)"
        return await self._storage.execute(statement, chat, state)

    def inactive(self, chat: int) -> bool:
        """Return whether `chat` blocked or removed the bot and has not spoken since."""
        return chat in self._inactive

    def set_inactive(self, chat: int, inactive: bool) -> None:
        """Note that `chat` blocked or removed the bot, or that it spoke again."""
        if inactive == (chat in self._inactive):
            return
        now = int(self._storage.clock())
        if inactive:
            self._inactive.add(chat)
            self._storage.queue(lambda base: base.execute("INSERT OR IGNORE INTO inactive VALUES (?, ?)", (chat, now)))
        else:
            self._inactive.discard(chat)
            self._storage.queue(lambda base: base.execute("DELETE FROM inactive WHERE chat_id = ?", (chat,)))

    def move_chat(self, old: int, new: int) -> None:
        """Move what is remembered of a group that became a supergroup: only its id changed."""
        if old in self.chats:
            self.chats = (self.chats - {old}) | {new}
        if old in self._languages:
            self._languages[new] = self._languages.pop(old)
        self.answers.move_chat(old, new)

        def move(base: sqlite3.Connection) -> None:
            for table, column in records.columns(base, "chat_id"):
                statement = f"UPDATE OR REPLACE {table} SET {column} = ? WHERE {column} = ?"  # noqa: S608 - our names
                base.execute(statement, (new, old))

        self._storage.queue(move)

    def counts(self) -> dict[str, int]:
        """Return the questions ever asked by state, and how many answers, votes and misses are stored now."""

        def work(base: sqlite3.Connection) -> dict[str, int]:
            counts = dict(base.execute("SELECT name, value FROM counters"))
            for table in ("answers", "votes", "misses"):
                counts[table] = base.execute(f"SELECT COUNT(*) FROM {table}").fetchone()[0]  # noqa: S608 - our names
            return counts

        return self._storage.read(work, {})

    def count_rows(self, user: int) -> int:
        """Return how many rows are about `user`."""
        count = "SELECT COUNT(*) FROM"
        return self._storage.read(lambda base: _about(base, count, user, lambda rows: int(rows.fetchone()[0])), 0)

    async def forget(self, user: int) -> int | None:
        """Delete every row about `user`, so that no byte is left in the file; how many, None when that failed.

        That a user was an owner, or opened a chat, is a row about the user too.
        """

        def work(base: sqlite3.Connection) -> int:
            base.execute("UPDATE chats SET opened_by = 0 WHERE opened_by = ?", (user,))
            return _about(base, "DELETE FROM", user, lambda cursor: cursor.rowcount)

        gone = await self._storage.result(work, scrub=True)
        if gone is not None:
            self.owners.discard(user)
            self.chats.discard(user)
            self._languages.pop(user, None)
            self._inactive.discard(user)
            self.answers.forget(user)
            self.also_forget()
        return gone

    def close(self) -> None:
        """Write what is waiting, and close the file."""
        self._storage.close()


def _about(base: sqlite3.Connection, verb: str, user: int, count: Callable[[sqlite3.Cursor], int]) -> int:
    """Apply `verb` to the rows of every table that name `user`; a private chat has its person's id."""
    named: dict[str, list[str]] = {}
    for table, column in records.columns(base, "user_id", "asker_id", "chat_id"):
        named.setdefault(table, []).append(column)
    total = 0
    for table, columns in named.items():
        condition = " OR ".join(f"{column} = ?" for column in columns)
        total += count(base.execute(f"{verb} {table} WHERE {condition}", (user,) * len(columns)))
    return total
