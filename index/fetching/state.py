"""What is known of the addresses of one source: a database beside the files that were fetched.

Every change is kept before the next request, so that whoever is killed goes on where it was.
"""

import math
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import astuple, dataclass, fields
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

NAME: Final = ".state.sqlite"
_VERSION: Final = 1
UNREACHABLE, PASSING, LASTING = "unreachable", "passing", "lasting"
GONE: Final = 410
# With these a server asks to be left alone.
WAITING: Final = frozenset((429, 503))
# A clock that was set back by a moment makes nobody wait an hour more.
_SOON: Final = 1.0
# Nothing is asked for later than after a week and a tenth: what is due beyond was noted by a clock that went wrong.
_FURTHEST: Final = 8 * 24 * 3600.0


@dataclass(slots=True)
class Page:
    """An address, and what came of asking for it.

    `file` is where what it holds lies, "" where there is nothing; `digest` the hash of that. `etag` and `modified` are
    the validators that came with it from `answered`, where redirects led. `checked` is when it was last asked for,
    `whole` when it last came whole, `due` when it is to be asked again, in seconds since 1970.
    `failures` counts those in a row, `failing` is when they began, `cause` what they are. `moved_to` is where permanent
    redirects lead since `moved`. `stated` is what a sitemap says of its last change; `found`: nobody named it.
    `fault` is the kind of the last failure: UNREACHABLE, PASSING or LASTING, "" after an answer.
    """

    address: str
    file: str = ""
    digest: str = ""
    etag: str = ""
    modified: str = ""
    answered: str = ""
    checked: float = 0.0
    whole: float = 0.0
    due: float = 0.0
    status: int = 0
    failures: int = 0
    failing: float = 0.0
    cause: str = ""
    moved_to: str = ""
    moved: float = 0.0
    stated: str = ""
    found: bool = True
    fault: str = ""

    @property
    def host(self) -> str:
        """Return the host of the address."""
        return urlsplit(self.address).hostname or ""

    def is_due(self, now: float) -> bool:
        """Return whether it is to be asked for."""
        return self.next_due(now) <= now + _SOON

    def next_due(self, now: float) -> float:
        """Return when it is to be asked for."""
        return now if now + _FURTHEST < self.due < math.inf else self.due


@dataclass(slots=True)
class Item:
    """An item of a feed: its key, the hash of it as it was sent, its file ("" where its page took its place).

    `link` is its page where the feed does not give its text whole, else "".
    """

    key: str
    digest: str = ""
    file: str = ""
    link: str = ""


_PAGE: Final = tuple(field.name for field in fields(Page))
_ITEM: Final = tuple(field.name for field in fields(Item))


class State:
    """The state of one source. A damaged one is begun anew: all is asked for again, and nothing comes twice."""

    def __init__(self, folder: Path) -> None:
        path = folder / NAME
        try:
            self._database = _opened(path)
        except sqlite3.DatabaseError:
            path.replace(path.with_name(f"{NAME}.damaged"))
            for beside in folder.glob(f"{NAME}-*"):
                beside.unlink(missing_ok=True)
            self._database = _opened(path)

    def close(self) -> None:
        """Close the database."""
        self._database.close()

    @contextmanager
    def together(self) -> Iterator[None]:
        """Have all changes of the block happen, or none."""
        with self._database:
            self._database.execute("BEGIN")
            yield

    def kind(self) -> str:
        """Return what the source is: "page", "feed" or "sitemap"; "" before it was fetched."""
        found = self._database.execute("SELECT value FROM meta WHERE name = 'kind'").fetchone()
        return str(found[0]) if found else ""

    def set_kind(self, kind: str) -> None:
        """Keep what the source is."""
        self._database.execute("INSERT OR REPLACE INTO meta VALUES ('kind', ?)", (kind,))

    def page(self, address: str) -> Page | None:
        """Return what is known of an address."""
        rows = self._database.execute("SELECT * FROM pages WHERE address = ?", (address,)).fetchall()
        return _page(rows[0]) if rows else None

    def pages(self) -> list[Page]:
        """Return the addresses that were found, in the order in which they were."""
        return [_page(row) for row in self._database.execute("SELECT * FROM pages WHERE found ORDER BY rowid")]

    def named(self) -> Page | None:
        """Return what is known of the address that somebody named."""
        rows = self._database.execute("SELECT * FROM pages WHERE NOT found").fetchall()
        return _page(rows[0]) if rows else None

    def forgive(self, now: float, due: float) -> None:
        """Have the failures of all that cannot be reached begin `now`, and be asked for again when it is `due`."""
        changes = "failures = 1, failing = ?, due = min(due, ?)"
        self._database.execute(f"UPDATE pages SET {changes} WHERE fault = ?", (now, due, UNREACHABLE))  # noqa: S608

    def next_due(self, now: float) -> float:
        """Return when something is to be asked for; 0 where nothing was yet, infinity where nothing ever is."""
        query = "SELECT min(CASE WHEN due > ? AND due < ? THEN ? ELSE due END) FROM pages"
        ((first,),) = self._database.execute(query, (now + _FURTHEST, math.inf, now))
        if first is None or first > now + _SOON:
            return float(first or 0.0)
        pages = [_page(row) for row in self._database.execute("SELECT * FROM pages")]
        resting = resting_hosts(pages, now)
        return min(max(page.next_due(now), resting.get(page.host, 0.0) if page.found else 0.0) for page in pages)

    def save(self, page: Page) -> None:
        """Keep what is known of an address."""
        updates = ", ".join(f"{name} = excluded.{name}" for name in _PAGE[1:])
        places = ", ".join("?" * len(_PAGE))
        statement = f"INSERT INTO pages VALUES ({places}) ON CONFLICT (address) DO UPDATE SET {updates}"  # noqa: S608
        self._database.execute(statement, astuple(page))

    def item(self, key: str) -> Item | None:
        """Return what is known of an item."""
        row = self._database.execute("SELECT * FROM items WHERE key = ?", (key,)).fetchone()
        return Item(*row) if row else None

    def items_of(self, link: str) -> list[Item]:
        """Return the items that a page stands for."""
        return [Item(*row) for row in self._database.execute("SELECT * FROM items WHERE link = ?", (link,))]

    def save_item(self, item: Item) -> None:
        """Keep what is known of an item."""
        self._database.execute("INSERT OR REPLACE INTO items VALUES (?, ?, ?, ?)", astuple(item))

    def remove_item(self, key: str) -> None:
        """Forget an item."""
        self._database.execute("DELETE FROM items WHERE key = ?", (key,))

    def robots(self, origin: str, since: float, now: float) -> str | None:
        """Return the robots.txt of a site, None where it was not read since then."""
        query = "SELECT text FROM robots WHERE origin = ? AND checked > ? AND checked <= ?"
        row = self._database.execute(query, (origin, since, now + _SOON)).fetchone()
        return str(row[0]) if row else None

    def keep_robots(self, origin: str, text: str, now: float) -> None:
        """Keep the robots.txt of a site."""
        self._database.execute("INSERT OR REPLACE INTO robots VALUES (?, ?, ?)", (origin, text, now))


def resting_hosts(pages: Sequence[Page], now: float) -> dict[str, float]:
    """Return the hosts that are left alone, each with until when: they asked for it, or cannot be reached.

    A host that has answered since can be reached again.
    """
    causes = [page for page in pages if not page.is_due(now) and (page.status in WAITING or page.fault == UNREACHABLE)]
    answered: dict[str, float] = {}
    for page in pages if causes else ():
        if page.status:
            answered[page.host] = max(answered.get(page.host, 0.0), page.checked)
    resting: dict[str, float] = {}
    for page in causes:
        if page.status or answered.get(page.host, 0.0) < page.checked:
            resting[page.host] = max(resting.get(page.host, 0.0), page.due)
    return resting


def _page(row: tuple[object, ...]) -> Page:
    page = Page(*row)  # type: ignore[arg-type]  # columns have the types of the fields
    page.found = bool(page.found)
    return page


def _opened(path: Path) -> sqlite3.Connection:
    database = sqlite3.connect(path, isolation_level=None, timeout=30)
    try:
        if database.execute("PRAGMA user_version").fetchone()[0] not in (0, _VERSION):
            raise sqlite3.DatabaseError("of another version")
        database.execute("PRAGMA journal_mode = WAL")
        # What the power takes is fetched again: files are on the disk before the state knows of them.
        database.execute("PRAGMA synchronous = NORMAL")
        with closing(database.cursor()) as cursor:
            cursor.execute("CREATE TABLE IF NOT EXISTS meta (name TEXT PRIMARY KEY, value TEXT)")
            cursor.execute(f"CREATE TABLE IF NOT EXISTS pages ({', '.join(_PAGE)}, PRIMARY KEY (address))")
            if "fault" not in [row[1] for row in cursor.execute("PRAGMA table_info(pages)")]:
                cursor.execute("ALTER TABLE pages ADD COLUMN fault DEFAULT ''")
            cursor.execute(f"CREATE TABLE IF NOT EXISTS items ({', '.join(_ITEM)}, PRIMARY KEY (key))")
            cursor.execute("CREATE INDEX IF NOT EXISTS links ON items (link)")
            cursor.execute("CREATE TABLE IF NOT EXISTS robots (origin PRIMARY KEY, text, checked)")
            cursor.execute(f"PRAGMA user_version = {_VERSION}")
    except BaseException:
        database.close()
        raise
    return database
