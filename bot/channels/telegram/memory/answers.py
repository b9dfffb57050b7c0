"""The answers that were given, so that their buttons, replies and edits work later, and what people thought of them."""

import sqlite3
from collections import OrderedDict
from dataclasses import replace
from typing import Literal

from bot.channels.telegram.memory import records
from bot.channels.telegram.memory.database import Storage
from bot.channels.telegram.memory.inbox import CURRENT
from bot.channels.telegram.memory.records import DAY, Judgement, Miss, PassageKey, StoredAnswer, Votes
from index import tuning

TURNS_SECONDS = 1800
_RECENT = 1000
_COLUMNS = ", ".join(records.COLUMNS)
_MARKS = ", ".join("?" * len(records.COLUMNS))
_INSERT = f"INSERT OR REPLACE INTO answers ({_COLUMNS}) VALUES ({_MARKS})"  # noqa: S608 - our own names
_MISS = (
    "INSERT INTO misses (question, user_id, times, last_at) VALUES (?, ?, 1, ?) "
    "ON CONFLICT (question, user_id) DO UPDATE SET times = times + 1, last_at = excluded.last_at"
)
_COUNT = "INSERT INTO counters VALUES (?, 1) ON CONFLICT (name) DO UPDATE SET value = value + 1"


def normalize_question(question: str) -> str:
    """Return a question as it is counted among others.

    >>> normalize_question(" Who  lit it ?")
    'who lit it'
    """
    return " ".join(question.casefold().split()).rstrip(" ?!.。؟？")


class Answers:
    """Answers by id, by message, and by conversation, for 7 days; the last 1000 also when the disk is full."""

    def __init__(self, storage: Storage) -> None:
        self._storage = storage
        self._recent: OrderedDict[str, StoredAnswer] = OrderedDict()

    async def store(self, answer: StoredAnswer) -> bool:
        """Return whether `answer` is on the disk now; with the id of an earlier one it takes that one's place.

        A first one is counted by its state; one that found nothing also as a miss.
        """
        first = self.find(answer.id) is None
        self._remember(answer)

        def work(base: sqlite3.Connection) -> None:
            base.execute(_INSERT, answer.row())
            if first:
                base.execute(_COUNT, (answer.state,))
            if first and answer.state == "nothing":
                base.execute(_MISS, (normalize_question(answer.question), answer.user, answer.asked_at))

        return await self._storage.done(work)

    def hold(self, answer: StoredAnswer) -> None:
        """Take `answer` for the one with its id from now on, in RAM only."""
        self._remember(answer)

    def mark_sent(self, answer: StoredAnswer, message: int) -> None:
        """Remember which message of ours shows `answer`."""
        self._remember(replace(answer, sent_as=message))
        self._storage.queue(
            lambda base: base.execute("UPDATE answers SET sent_as = ? WHERE id = ?", (message, answer.id))
        )

    def find(self, name: str) -> StoredAnswer | None:
        """Return the answer with that id, unless it is older than 7 days."""
        if name in self._recent:
            return self._fresh(self._recent[name])
        return self._select("id = ?", name)

    def find_by_message(self, chat: int, message: int) -> StoredAnswer | None:
        """Return the answer that our `message` in `chat` shows."""
        return self._newest("sent_as", chat, message)

    def find_by_question(self, chat: int, message: int) -> StoredAnswer | None:
        """Return the answer to the question that somebody asked in `message` of `chat`."""
        return self._newest("asked_in", chat, message)

    def turns(self, name: str | None) -> list[StoredAnswer]:
        """Return the conversation that ends with that answer, oldest first: 3 turns, of the last 30 minutes."""
        turns: list[StoredAnswer] = []
        while name is not None and len(turns) < tuning.TURNS:
            answer = self.find(name)
            if answer is None or answer.asked_at < self._storage.clock() - TURNS_SECONDS:
                break
            turns.insert(0, answer)
            name = answer.follows
        return turns

    async def vote(self, answer: StoredAnswer, user: int, value: Literal[1, -1], passage: PassageKey) -> Votes | None:
        """Count a thumb (one a person; the same once more takes it back); None when it could not be stored.

        The update that brings it counts once, however often it is worked on.
        """
        now, update = int(self._storage.clock()), CURRENT.get()

        def work(base: sqlite3.Connection) -> Votes:
            key = (answer.id, user)
            if not records.applies(base, update, now):
                return _votes(base, *key)
            mine = base.execute("SELECT value FROM votes WHERE answer_id = ? AND user_id = ?", key).fetchone()
            base.execute("DELETE FROM votes WHERE answer_id = ? AND user_id = ?", key)
            if mine != (value,):
                row = (*key, answer.user, value, answer.question, passage.article, passage.position, now)
                base.execute("INSERT INTO votes VALUES (?, ?, ?, ?, ?, ?, ?, ?)", row)
            return _votes(base, *key)

        return await self._storage.result(work)

    def votes(self, name: str, user: int) -> Votes:
        """Return the thumbs under the answer with that id."""
        return self._storage.read(lambda base: _votes(base, name, user), Votes(0, 0, None))

    def judgements(self) -> list[Judgement]:
        """Return what people voted on, by question and passage, oldest first."""
        query = (
            "SELECT MIN(question), article, position, SUM(value > 0), SUM(value < 0) FROM votes "
            "GROUP BY question, article, position ORDER BY MIN(voted_at), question, article, position"
        )
        return [Judgement(row[0], PassageKey(row[1], row[2]), row[3], row[4]) for row in self._storage.rows(query)]

    def misses(self, limit: int) -> list[Miss]:
        """Return the questions of the last 30 days that found nothing, most asked first."""
        query = (
            "SELECT question, SUM(times) FROM misses WHERE last_at >= ? "
            "GROUP BY question ORDER BY SUM(times) DESC, COUNT(*) DESC, MAX(last_at) DESC LIMIT ?"
        )
        since = self._storage.clock() - records.MISSES_DAYS * DAY
        return [Miss(*row) for row in self._storage.rows(query, since, limit)]

    def move_chat(self, old: int, new: int) -> None:
        """Move what was answered in chat `old` to `new`, in RAM only."""
        for answer in [answer for answer in self._recent.values() if answer.chat == old]:
            self._recent[answer.id] = replace(answer, chat=new)

    def forget(self, user: int) -> None:
        """Forget, in RAM only, that an answer was ever given to `user`."""
        for answer in [answer for answer in self._recent.values() if user in (answer.user, answer.chat)]:
            del self._recent[answer.id]

    def _remember(self, answer: StoredAnswer) -> None:
        self._recent[answer.id] = answer
        self._recent.move_to_end(answer.id)
        while len(self._recent) > _RECENT:
            self._recent.popitem(last=False)

    def _fresh(self, answer: StoredAnswer | None) -> StoredAnswer | None:
        oldest = self._storage.clock() - records.ANSWERS_DAYS * DAY
        return answer if answer is not None and answer.asked_at >= oldest else None

    def _newest(self, column: Literal["sent_as", "asked_in"], chat: int, message: int) -> StoredAnswer | None:
        recent = (one for one in reversed(self._recent.values()) if (one.chat, getattr(one, column)) == (chat, message))
        return self._fresh(next(recent, None)) or self._select(f"chat_id = ? AND {column} = ?", chat, message)

    def _select(self, condition: str, *values: object) -> StoredAnswer | None:
        query = f"SELECT {_COLUMNS} FROM answers WHERE {condition} ORDER BY asked_at DESC LIMIT 1"  # noqa: S608 - ours
        rows = self._storage.rows(query, *values)
        return self._fresh(StoredAnswer.of(rows[0])) if rows else None


def _votes(base: sqlite3.Connection, answer: str, user: int) -> Votes:
    query = "SELECT COALESCE(SUM(value > 0), 0), COALESCE(SUM(value < 0), 0) FROM votes WHERE answer_id = ?"
    up, down = base.execute(query, (answer,)).fetchone()
    mine = base.execute("SELECT value FROM votes WHERE answer_id = ? AND user_id = ?", (answer, user)).fetchone()
    return Votes(up, down, mine[0] if mine else None)
