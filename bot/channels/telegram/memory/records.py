"""The tables of the channel's memory, the records read from them, and how long each kind is kept."""

import json
import math
import secrets
import sqlite3
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Literal

from bot.policy import State

VERSION: Final = 7
DAY: Final = 24 * 3600
ANSWERS_DAYS: Final = 7
MISSES_DAYS: Final = 30
MOST_ANSWERS: Final = 50_000
MOST_VOTES: Final = 50_000
MOST_APPLIED: Final = 10_000

# user_id, asker_id and chat_id are what /forget and a group's new id are looked for by, in every table that has them.
_FIRST = """
CREATE TABLE owners (user_id INTEGER PRIMARY KEY, paired_at TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP);
CREATE TABLE chats (chat_id INTEGER PRIMARY KEY, opened_by INTEGER NOT NULL,
                    opened_at TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP);
"""
_SECOND = """
CREATE TABLE settings (chat_id INTEGER PRIMARY KEY, language TEXT NOT NULL);
CREATE TABLE inactive (chat_id INTEGER PRIMARY KEY, since INTEGER NOT NULL);
CREATE TABLE counters (name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE answers (id TEXT PRIMARY KEY, chat_id INTEGER NOT NULL, thread INTEGER, user_id INTEGER NOT NULL,
                      question TEXT NOT NULL, state TEXT NOT NULL, passages TEXT NOT NULL, generation INTEGER NOT NULL,
                      asked_in INTEGER, sent_as INTEGER, follows TEXT,
                      how TEXT NOT NULL, asked_at INTEGER NOT NULL);
CREATE INDEX answers_sent ON answers (chat_id, sent_as);
CREATE INDEX answers_asked ON answers (chat_id, asked_in);
CREATE INDEX answers_user ON answers (user_id, asked_at);
CREATE INDEX answers_age ON answers (asked_at);
CREATE TABLE votes (answer_id TEXT NOT NULL, user_id INTEGER NOT NULL, asker_id INTEGER NOT NULL,
                    value INTEGER NOT NULL, question TEXT NOT NULL, article TEXT NOT NULL, position INTEGER NOT NULL,
                    voted_at INTEGER NOT NULL, PRIMARY KEY (answer_id, user_id)) WITHOUT ROWID;
CREATE INDEX votes_user ON votes (user_id);
CREATE INDEX votes_asker ON votes (asker_id);
CREATE TABLE misses (question TEXT NOT NULL, user_id INTEGER NOT NULL, times INTEGER NOT NULL,
                     last_at INTEGER NOT NULL, PRIMARY KEY (question, user_id)) WITHOUT ROWID;
CREATE INDEX misses_user ON misses (user_id);
"""
_THIRD = "CREATE TABLE bot (number INTEGER NOT NULL);"
_FOURTH = "ALTER TABLE answers ADD COLUMN direct INTEGER;"
# Of an update that is worked on again after a stop, a thumb counts no second time.
_FIFTH = "CREATE TABLE voted (update_number INTEGER PRIMARY KEY, at INTEGER NOT NULL);"
# Not by chat_id: a channel is nobody's chat.
_SIXTH = "CREATE TABLE IF NOT EXISTS channels (number INTEGER PRIMARY KEY, state TEXT NOT NULL);"
# Rights, too, are changed once by an update. And one reading of the clock is no proof.
_SEVENTH = "ALTER TABLE voted RENAME TO applied; CREATE TABLE swept (at REAL NOT NULL);"
_STEPS = (_FIRST, _SECOND, _THIRD, _FOURTH, _FIFTH, _SIXTH, _SEVENTH)


@dataclass(frozen=True, slots=True)
class PassageKey:
    """A passage that outlives rebuilds: its article's id, and its place among all passages of the article, from 0."""

    article: str
    position: int


def new_id() -> str:
    """Return a name for an answer: 8 letters of base32, 40 random bits."""
    return "".join(secrets.choice("abcdefghijklmnopqrstuvwxyz234567") for _ in range(8))


@dataclass(frozen=True, slots=True)
class StoredAnswer:
    """An answer as its buttons need it. `user` is the asker; `asked_at` is in seconds since 1970.

    `thread` is the topic it stands in, `direct` the conversation in a channel's direct messages, None outside of them.
    `asked_in` is the id of the message that asked, `sent_as` that of ours, once sent; `follows` is the id of the
    answer before it in a conversation; `how` says, in the words of question.py, how the question was searched.
    """

    chat: int
    user: int
    question: str
    state: State
    passages: tuple[PassageKey, ...] = ()
    generation: int = 0
    thread: int | None = None
    direct: int | None = None
    asked_in: int | None = None
    sent_as: int | None = None
    follows: str | None = None
    how: str = ""
    id: str = field(default_factory=new_id)
    asked_at: int = field(default_factory=lambda: int(time.time()))

    def row(self) -> tuple[object, ...]:
        """Return the values of `COLUMNS`."""
        places = json.dumps([[key.article, key.position] for key in self.passages])
        first = (self.chat, self.user, self.question, self.state, places, self.generation, self.thread)
        return (*first, self.direct, self.asked_in, self.sent_as, self.follows, self.how, self.id, self.asked_at)

    @classmethod
    def of(cls, row: Sequence[Any]) -> "StoredAnswer":
        """Return the answer of a row of `COLUMNS`."""
        chat, user, question, state, places, *rest = row
        return cls(chat, user, question, state, tuple(PassageKey(*place) for place in json.loads(places)), *rest)


COLUMNS = (
    *("chat_id", "user_id", "question", "state", "passages", "generation"),
    *("thread", "direct", "asked_in", "sent_as", "follows", "how", "id", "asked_at"),
)


@dataclass(frozen=True, slots=True)
class Votes:
    """The thumbs under an answer, and one person's own: 1, -1 or None."""

    up: int
    down: int
    mine: Literal[1, -1] | None


@dataclass(frozen=True, slots=True)
class Judgement:
    """A question, a passage people voted on, and their thumbs."""

    question: str
    passage: PassageKey
    up: int
    down: int


@dataclass(frozen=True, slots=True)
class Miss:
    """A question without an answer, and how often it was asked."""

    question: str
    times: int


def version(base: sqlite3.Connection) -> int:
    """Return the version of the tables, 0 where there are none."""
    return int(base.execute("PRAGMA user_version").fetchone()[0])


def upgrade(base: sqlite3.Connection) -> None:
    """Bring the tables of an earlier version to VERSION in one transaction; those of a later one stay as they are."""
    if (found := version(base)) < VERSION:
        steps = "".join(_STEPS[found:])
        base.executescript(f"BEGIN IMMEDIATE; {steps} PRAGMA user_version = {VERSION}; COMMIT;")


def applies(base: sqlite3.Connection, update: int | None, now: float) -> bool:
    """Return whether what an update says is still to be done; it counts as done with this transaction."""
    statement = "INSERT OR IGNORE INTO applied VALUES (?, ?)"
    return update is None or base.execute(statement, (update, int(now))).rowcount > 0


def sweep(base: sqlite3.Connection, now: float, heard: float = 0.0) -> int:
    """Delete what is older, or more, than is stored; return how many rows.

    A clock may be wrong: what it says goes as far as a day beyond the last sweep, or beyond what was `heard` of
    Telegram's clock.
    """
    ((last,),) = base.execute("SELECT MAX(at) FROM swept").fetchall()
    now = min(now, max(heard, (last if last is not None else _newest(base)) + DAY))
    base.execute("DELETE FROM swept")
    base.execute("INSERT INTO swept VALUES (?)", (now,))
    gone = base.execute("DELETE FROM answers WHERE asked_at < ?", (now - ANSWERS_DAYS * DAY,)).rowcount
    gone += base.execute("DELETE FROM misses WHERE last_at < ?", (now - MISSES_DAYS * DAY,)).rowcount
    most_kept = (("answers", "asked_at", MOST_ANSWERS), ("votes", "voted_at", MOST_VOTES))
    for table, moment, most in (*most_kept, ("applied", "at", MOST_APPLIED)):
        keys = {"answers": "id", "votes": "answer_id, user_id", "applied": "update_number"}[table]
        oldest = f"SELECT {keys} FROM {table} ORDER BY {moment} DESC LIMIT -1 OFFSET {most}"  # noqa: S608 - our names
        gone += base.execute(f"DELETE FROM {table} WHERE ({keys}) IN ({oldest})").rowcount  # noqa: S608 - our names
    return gone


def _newest(base: sqlite3.Connection) -> float:
    """Return the latest moment that something was stored at, which is no proof either, but all there is at first."""
    moments = [
        base.execute(f"SELECT MAX({moment}) FROM {table}").fetchone()[0]  # noqa: S608 - our names
        for table, moment in (("answers", "asked_at"), ("misses", "last_at"), ("votes", "voted_at"))
    ]
    return float(max((moment for moment in moments if moment is not None), default=math.inf))


def columns(base: sqlite3.Connection, *names: str) -> list[tuple[str, str]]:
    """Return every (table, column) whose column has one of these names, so that none can be forgotten."""
    marks = ", ".join("?" * len(names))
    query = (
        "SELECT t.name, c.name FROM sqlite_master AS t, pragma_table_info(t.name) AS c "  # noqa: S608 - only marks
        f"WHERE t.type = 'table' AND c.name IN ({marks}) ORDER BY t.name, c.name"
    )
    return base.execute(query, names).fetchall()
