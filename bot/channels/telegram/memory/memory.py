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
from typing import Literal

from bot.channels.telegram.memory import records
from bot.channels.telegram.memory.answers import Answers
from bot.channels.telegram.memory.database import FILE, Storage
from bot.channels.telegram.memory.inbox import CURRENT

__all__ = ["FILE", "Kept", "Memory"]

Kept = Literal["in", "out", "unkept"]
"""What is on the disk of somebody's right to ask; a change that is not kept holds until the stop."""


class Memory:
    """The memory in `FOLDER/telegram.sqlite3`. `owners` and `chats` (where everyone may ask) are held in RAM.

    `also_forget(user)` removes traces that are kept elsewhere, and returns whether none is left.

    `clock` gives seconds since 1970. Raises `ChannelError` when the file cannot be used at the start.
    """

    def __init__(self, folder: Path, clock: Callable[[], float] = time.time) -> None:
        self._storage = Storage(folder, clock)
        self.answers = Answers(self._storage)
        self.owners = {row[0] for row in self._storage.rows("SELECT user_id FROM owners")}
        self.chats = {row[0] for row in self._storage.rows("SELECT chat_id FROM chats")}
        self._languages: dict[int, str] = dict(self._storage.rows("SELECT chat_id, language FROM settings"))
        self.also_forget: Callable[[int], bool] = lambda _: True
        self._left_elsewhere = False
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

    async def open_chat(self, chat: int, owner: int) -> Kept:
        """Remember that everyone in `chat` may ask; a private chat has its person's id.

        An update that was worked on before, when somebody took it back since, opens nothing.
        """
        statement = "INSERT OR IGNORE INTO chats (chat_id, opened_by) VALUES (?, ?)"
        kept = await self._change_rights(chat, lambda base: base.execute(statement, (chat, owner)), surely=False)
        if kept != "out":
            self.chats.add(chat)
        return kept

    async def shut_out(self, user_or_chat: int) -> Kept:
        """Take back that this id is an owner or an opened chat; what is not kept holds until the stop."""

        def work(base: sqlite3.Connection) -> None:
            base.execute("DELETE FROM chats WHERE chat_id = ?", (user_or_chat,))
            base.execute("DELETE FROM owners WHERE user_id = ?", (user_or_chat,))

        kept = await self._change_rights(user_or_chat, work, surely=True)
        if kept != "in":
            self.owners.discard(user_or_chat)
            self.chats.discard(user_or_chat)
        return kept

    def has_rights(self, user_or_chat: int) -> bool:
        """Return whether this id is that of an owner or an opened chat, now or after a restart."""
        stored = self._storage.read(lambda base: _holds_rights(base, user_or_chat), default=False)
        return stored or user_or_chat in self.owners | self.chats

    async def _change_rights(self, who: int, work: Callable[[sqlite3.Connection], object], *, surely: bool) -> Kept:
        """Change who may ask, once for an update, and return what is on the disk now."""
        update, now = CURRENT.get(), self._storage.clock()

        def change(base: sqlite3.Connection) -> bool:
            if records.applies(base, update, now):
                work(base)
            return _holds_rights(base, who)

        holds = await self._storage.result(change, surely=surely)
        return "unkept" if holds is None else "in" if holds else "out"

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
        update, now = CURRENT.get(), self._storage.clock()

        def work(base: sqlite3.Connection) -> int | None:
            if not records.applies(base, update, now):
                return None
            base.execute("UPDATE chats SET opened_by = 0 WHERE opened_by = ?", (user,))
            return _about(base, "DELETE FROM", user, lambda cursor: cursor.rowcount)

        found = await self._storage.result(lambda base: (work(base),), scrub=True, surely=True)
        if found is None:
            return None
        (gone,) = found
        if gone is not None:
            self.owners.discard(user)
            self.chats.discard(user)
            self._languages.pop(user, None)
            self._inactive.discard(user)
            self.answers.forget(user)
        self._left_elsewhere = not self.also_forget(user)
        return None if self.unclean else gone or 0

    @property
    def unclean(self) -> bool:
        """Return whether something that was forgotten is still to be read from the disk."""
        return self._storage.unclean or self._left_elsewhere

    def hear(self, moment: float) -> None:
        """Note what Telegram's own clock said, in seconds since 1970."""
        self._storage.heard = max(self._storage.heard, moment)

    def close(self) -> None:
        """Write what is waiting, and close the file."""
        self._storage.close()


def _holds_rights(base: sqlite3.Connection, who: int) -> bool:
    query = "SELECT 1 FROM chats WHERE chat_id = ? UNION ALL SELECT 1 FROM owners WHERE user_id = ?"
    return base.execute(query, (who, who)).fetchone() is not None


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
