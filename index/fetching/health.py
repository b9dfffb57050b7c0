"""How an address is doing: when it is to be asked again, and what went wrong."""

import sqlite3
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from index.errors import FetchError
from index.fetching.fetch import fetched_folder
from index.fetching.schedule import HOUR
from index.fetching.state import NAME

# What goes by without anybody doing anything is told when it was so many times, over so many seconds.
_CHECKS: Final = 3
_HOURS: Final = 6 * HOUR
_LASTING: Final = frozenset((401, 403, 404, 410))
# Of what has no status: a certificate, or something else where a feed or sitemap was.
_SAID: Final = ("certificate", "any more, but")


@dataclass(frozen=True, slots=True)
class Health:
    """What is known of an address: `due` in seconds since 1970, 0 for now; why it failed last, "" for well.

    It failed `failures` times in a row since `failing`; it was last asked at `checked`.
    """

    due: float
    cause: str
    status: int
    failures: int
    failing: float
    checked: float

    @property
    def is_trouble(self) -> bool:
        """Return whether its owner should know: it will not go by itself, or did not for hours.

        >>> Health(0, "not found (404)", 404, 1, 0, 0).is_trouble, Health(0, "busy", 503, 3, 0, 7200).is_trouble
        (True, False)
        """
        if not self.cause:
            return False
        lasting = self.status in _LASTING or any(words in self.cause for words in _SAID)
        return lasting or (self.failures >= _CHECKS and self.checked - self.failing >= _HOURS)


def health(data_dir: Path, address: str) -> Health | None:
    """Return how an address is doing; None where nothing is known of it."""
    with suppress(sqlite3.Error, FetchError):
        state = fetched_folder(data_dir, address) / NAME
        with closing(sqlite3.connect(f"{state.absolute().as_uri()}?mode=ro", uri=True, timeout=1)) as database:
            (due,) = database.execute("SELECT min(due) FROM pages").fetchone()
            found = database.execute(
                "SELECT cause, status, failures, failing, checked FROM pages WHERE NOT found ORDER BY rowid LIMIT 1"
            ).fetchone()
        return Health(due or 0.0, *found) if found else None
    return None
