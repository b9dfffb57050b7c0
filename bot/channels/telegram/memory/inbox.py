"""Updates between Telegram and their answer, on the disk: what a killed process had in hand is found again.

Telegram forgets an update as soon as it was fetched (or its webhook call was answered), long before the answer. So it
is written here first, and again just before the first message for it leaves:

    waiting -> replying -> done        at a restart: answered now -> asked to look -> passed over

Whether a message that was leaving at the moment of a kill arrived, nobody can know; sending it again could say
everything twice, so the person is asked to look. One that Telegram refused, or that never left, did not arrive: then
its update waits again. An update that comes again (a webhook's repetition) is passed over.

What takes longer than an answer, as an upload, may be done twice, but not for ever: who kills us may be that update.

    waiting -> in work -> done         at a restart: begun again, once; then asked to look
"""

import contextlib
import json
import logging
import sqlite3
from collections.abc import Callable, Iterable, Sequence
from contextvars import ContextVar
from pathlib import Path
from typing import Any, Final

from bot.channels.telegram.memory.writer import connect, cut_log
from index import make_folder, sync

LOG = logging.getLogger(__name__)

FILE: Final = "telegram_inbox.sqlite3"
REMEMBERED: Final = 10_000

JSON = dict[str, Any]

WAITING, REPLYING, DONE, IN_WORK, BEGUN_AGAIN = range(5)
_SCHEMA = "CREATE TABLE updates (id INTEGER PRIMARY KEY, state INTEGER NOT NULL, content TEXT)"
# The update that is being worked on, for whoever sends a message deep below.
CURRENT: ContextVar[int | None] = ContextVar("update", default=None)


class Inbox:
    """The updates in hand, in `FOLDER/telegram_inbox.sqlite3`, readable by this account only.

    `bot` is the number of the bot: its updates are not another's. What is taken is on the disk, for Telegram forgets it
    then. Each later step costs some tens of microseconds and survives the death of the process; a machine that loses
    power may forget the last of them, and then something is done again. A file that cannot be written is logged once,
    and the channel goes on without it. Of what is done only the number of the update is kept, for the last 10,000.
    """

    def __init__(self, folder: Path, bot: int) -> None:
        self._path = folder / FILE
        self._bot = bot & 0x7FFFFFFF
        self._failing = False
        self._base: sqlite3.Connection | None = None
        self._known: dict[int, int] = {}
        # What is in work now, and what an earlier process had in work.
        self._in_work: set[int] = set()
        self._left_in_work: set[int] = set()
        # Of these, words of somebody who is forgotten may be left when they are done.
        self._to_scrub: set[int] = set()
        try:
            make_folder(folder, always=False)
            if not self._path.exists():
                self._path.touch(mode=0o600)
                sync(folder)
            self._open()
        except (OSError, sqlite3.Error) as error:
            self._failed(error)

    def _open(self) -> None:
        self._base = base = connect(self._path, timeout=1, synchronous="NORMAL")
        if base.execute("PRAGMA user_version").fetchone()[0] != self._bot:
            # Another bot's updates have numbers of their own.
            base.executescript(f"DROP TABLE IF EXISTS updates; {_SCHEMA}; PRAGMA user_version = {self._bot};")
        self._known = dict(base.execute("SELECT id, state FROM updates ORDER BY id").fetchall())

    def recover(self) -> tuple[list[JSON], list[JSON]]:
        """Return what an earlier process had in hand, in order: updates to work on, and those to ask to look at."""
        waiting: list[JSON] = []
        unsure: list[JSON] = []
        query = "SELECT id, content, state FROM updates WHERE state != ? ORDER BY id"
        for number, content, state in self._execute(query, (DONE,)):
            (waiting if state in (WAITING, IN_WORK) else unsure).append(json.loads(content))
            if state == IN_WORK:
                self._left_in_work.add(number)
            # Somebody who is forgotten by it, or before, may be named in it.
            self._to_scrub.add(number)
        return waiting, unsure

    def knows(self, number: int) -> bool:
        """Return whether an update came before, as far as that is remembered."""
        return number in self._known

    def take(self, updates: Iterable[JSON]) -> list[JSON]:
        """Write down updates that are new; return them all, those known before without their content.

        Of one that is only a number, nothing is left to do.
        """
        updates = list(updates)
        new = [update for update in updates if update["update_id"] not in self._known]
        rows = [_row(update) for update in new]
        self._known.update((number, state) for number, state, _ in rows)
        self._execute("PRAGMA synchronous = FULL", ())
        self._execute_all("INSERT OR IGNORE INTO updates VALUES (?, ?, ?)", rows)
        self._execute("PRAGMA synchronous = NORMAL", ())
        if len(self._known) > 2 * REMEMBERED:
            self._forget()
        fresh = {update["update_id"] for update in new}
        return [update if update["update_id"] in fresh else {"update_id": update["update_id"]} for update in updates]

    def replying(self) -> bool:
        """Note that a message for the current update is about to leave; return whether it is the first one."""
        number = CURRENT.get()
        first = number is not None and self._known.get(number) == WAITING
        if number is not None and first:
            self._change(REPLYING, [number])
        return first

    def waiting(self) -> None:
        """Note that the first message for the current update did certainly not leave."""
        number = CURRENT.get()
        if number is not None and self._known.get(number) == REPLYING:
            self._change(WAITING, [number])

    def begin_work(self, *, repeatable: bool = True) -> int | None:
        """Note that the current update is not done before `end_work` is called with the number that is returned.

        After a kill it is begun again once, if it is `repeatable`.
        """
        number = CURRENT.get()
        if number is not None and self._known.get(number, DONE) != DONE:
            self._in_work.add(number)
            once_more = repeatable and number not in self._left_in_work
            self._change(IN_WORK if once_more else BEGUN_AGAIN, [number])
        return number

    def end_work(self, number: int | None) -> None:
        """Note that nothing is left to do for an update that was in work."""
        if number is not None:
            self._in_work.discard(number)
            self.done(number)

    def done(self, number: int) -> None:
        """Note that nothing is left to do for an update, unless it is in work; its content is deleted."""
        if self._known.get(number, DONE) != DONE and number not in self._in_work:
            self._change(DONE, [number])
        if number in self._to_scrub and number not in self._in_work:
            self._to_scrub.discard(number)
            if not self._to_scrub:
                self._scrub()

    def forget(self, user: int) -> bool:
        """Leave no byte of what `user` sent, the current update among it; return whether none is left.

        What of it is still in hand is done first, and leaves none then.
        """
        number = CURRENT.get()
        if number is not None and self._known.get(number, DONE) != DONE:
            self._change(DONE, [number])
        query = "SELECT id FROM updates WHERE state != ? AND instr(content, ?)"
        self._to_scrub |= {row[0] for row in self._execute(query, (DONE, str(user)))}
        return self._scrub()

    def _scrub(self) -> bool:
        """Leave no byte of what is done, neither in the file nor in its log; return whether that succeeded."""

        def work(base: sqlite3.Connection) -> list[Any]:
            base.execute("VACUUM")
            cut_log(base, self._path)
            return [True]

        return self._base is None or bool(self._try(work))

    def close(self) -> None:
        """Close the file."""
        if self._base is not None:
            self._base.close()
            self._base = None

    def _change(self, state: int, numbers: list[int]) -> None:
        self._known.update(dict.fromkeys(numbers, state))
        content = "NULL" if state == DONE else "content"
        statement = f"UPDATE updates SET state = ?, content = {content} WHERE id = ?"  # noqa: S608 - our words
        self._execute_all(statement, [(state, number) for number in numbers])

    def _forget(self) -> None:
        newest = sorted(self._known)[-REMEMBERED:]
        self._known = {number: state for number, state in self._known.items() if number >= newest[0] or state != DONE}
        self._execute("DELETE FROM updates WHERE id < ? AND state = ?", (newest[0], DONE))

    def _execute(self, statement: str, values: tuple[object, ...]) -> list[Any]:
        return self._try(lambda base: base.execute(statement, values).fetchall())

    def _execute_all(self, statement: str, rows: Sequence[tuple[object, ...]]) -> None:
        def work(base: sqlite3.Connection) -> list[Any]:
            # Each step hands the interpreter to whichever thread is searching; one statement is a transaction itself.
            if len(rows) == 1:
                return base.execute(statement, rows[0]).fetchall()
            base.execute("BEGIN")
            base.executemany(statement, rows)
            return base.execute("COMMIT").fetchall()

        if rows:
            self._try(work)

    def _try(self, work: Callable[[sqlite3.Connection], list[Any]]) -> list[Any]:
        if self._base is None:
            return []
        try:
            result = work(self._base)
        except sqlite3.Error as error:
            with contextlib.suppress(sqlite3.Error):
                self._base.execute("ROLLBACK")
            self._failed(error)
            return []
        self._failing = False
        return result

    def _failed(self, error: Exception) -> None:
        if not self._failing:
            LOG.error("%s cannot be used (%s); answers go on, but a kill may lose questions", self._path, error)
        self._failing = True


def _row(update: JSON) -> tuple[int, int, str | None]:
    return (update["update_id"], WAITING, json.dumps(update)) if len(update) > 1 else (update["update_id"], DONE, None)
