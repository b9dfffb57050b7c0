"""Updates between Telegram and their answer, on the disk: what a killed process had in hand is found again.

Telegram forgets an update as soon as it was fetched (or its webhook call was answered), long before the answer. So it
is written here first, and again just before the first message for it leaves:

    waiting -> replying -> done        at a restart: answered now -> asked to look -> passed over

Whether a message that was leaving at the moment of a kill arrived, nobody can know; sending it again could say
everything twice, so the person is asked to look. One that Telegram refused, or that never left, did not arrive: then
its update waits again. An update that comes again (a webhook's repetition) is passed over.
"""

import contextlib
import json
import logging
import sqlite3
from collections.abc import Callable, Iterable, Sequence
from contextvars import ContextVar
from pathlib import Path
from typing import Any, Final

LOG = logging.getLogger(__name__)

FILE: Final = "telegram_inbox.sqlite3"
REMEMBERED: Final = 10_000

JSON = dict[str, Any]

WAITING, REPLYING, DONE = range(3)
_SCHEMA = "CREATE TABLE updates (id INTEGER PRIMARY KEY, state INTEGER NOT NULL, content TEXT)"
# The update that is being worked on, for whoever sends a message deep below.
CURRENT: ContextVar[int | None] = ContextVar("update", default=None)


class Inbox:
    """The updates in hand, in `FOLDER/telegram_inbox.sqlite3`, readable by this account only.

    `bot` is the number of the bot: its updates are not another's. Each step costs some tens of microseconds and
    survives the death of the process; of a machine that loses power, the last moments may be lost. A file that cannot
    be written is logged once, and the channel goes on without it. Of what is done only the number of the update is
    kept, for the last 10,000.
    """

    def __init__(self, folder: Path, bot: int) -> None:
        self._path = folder / FILE
        self._bot = bot & 0x7FFFFFFF
        self._failing = False
        self._base: sqlite3.Connection | None = None
        self._known: dict[int, int] = {}
        try:
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._path.touch(mode=0o600)
            self._open()
        except (OSError, sqlite3.Error) as error:
            self._failed(error)

    def _open(self) -> None:
        self._base = base = sqlite3.connect(self._path, isolation_level=None, timeout=1)
        for pragma in ("journal_mode = WAL", "synchronous = NORMAL", "secure_delete = ON"):
            base.execute(f"PRAGMA {pragma}")
        if base.execute("PRAGMA user_version").fetchone()[0] != self._bot:
            # Another bot's updates have numbers of their own.
            base.executescript(f"DROP TABLE IF EXISTS updates; {_SCHEMA}; PRAGMA user_version = {self._bot};")
        self._known = dict(base.execute("SELECT id, state FROM updates ORDER BY id").fetchall())

    def recover(self) -> tuple[list[JSON], list[JSON]]:
        """Return what an earlier process had in hand, in order: updates to be worked on, and those being replied to."""
        by_state: tuple[list[JSON], list[JSON]] = ([], [])
        query = "SELECT content, state FROM updates WHERE state < ? ORDER BY id"
        for content, state in self._execute(query, (DONE,)):
            by_state[state].append(json.loads(content))
        return by_state

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
        self._execute_all("INSERT OR IGNORE INTO updates VALUES (?, ?, ?)", rows)
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

    def done(self, number: int) -> None:
        """Note that nothing is left to do for an update; its content is deleted."""
        if self._known.get(number, DONE) != DONE:
            self._change(DONE, [number])

    def scrub(self) -> None:
        """Leave no byte of what is done, neither in the file nor in its log."""
        for statement in ("VACUUM", "PRAGMA wal_checkpoint(TRUNCATE)"):
            self._execute(statement, ())

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
