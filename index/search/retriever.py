"""Follow the current generation of a store, whichever that is when a question comes.

The retriever notices by itself when another process made a new generation current: the next question is answered
from it, while questions under way finish on the one they began with.
"""

import logging
from collections.abc import Callable
from datetime import date
from pathlib import Path
from threading import Lock

from index.analysis import analyzer
from index.errors import IndexLibraryError
from index.query.aliases import NO_ALIASES, Aliases
from index.ranking.choose import engine_name
from index.search.index import Index
from index.store.generation import open_generation
from index.store.store import Store

_log = logging.getLogger(__name__)


class LocalRetriever:
    """Search the current generation of a store, whichever that is when the question comes.

    `engine` is one of `index.ranking.choose.EngineName`, else ValueError. Nothing is opened before the first question,
    so a channel can start before the first build. With `pinned`, the folder of a finished generation, it stays with
    that one.
    """

    def __init__(
        self,
        store: Store,
        engine: str = "auto",
        pinned: Path | None = None,
        today: Callable[[], date] = date.today,
        aliases: Aliases = NO_ALIASES,
    ) -> None:
        self._store = store
        self._aliases = aliases
        self._pinned = pinned
        self._today = today
        self._engine = engine_name(engine)
        self._lock = Lock()
        self._open: list[Index] = []
        self._refused: int | None = None

    @property
    def index(self) -> Index:
        """The index of the current generation, opened anew when that has changed.

        Raises NoIndexError or BrokenIndexError when there is none to answer from. A new generation that cannot be
        opened is reported once, and the one at hand goes on answering.
        """
        with self._lock:
            if not self._open:
                self._open.append(self._load())
                return self._open[-1]
            if self._pinned is not None:
                return self._open[-1]
            try:
                current = self._store.current()
                if current not in (None, self._open[-1].number, self._refused):
                    self._refused = current
                    self._open.append(self._load())
                    self._refused = None
                    # Other threads may still read the generation that was replaced now, but hardly the one before it.
                    while len(self._open) > 2:
                        self._open.pop(0).close()
            except IndexLibraryError as error:
                _log.warning("still answering from generation %d: %s", self._open[-1].number, error)
            self._open[-1].generation.ensure_there()
            return self._open[-1]

    def close(self) -> None:
        """Close every generation that is still open."""
        with self._lock:
            while self._open:
                self._open.pop().close()

    def _load(self) -> Index:
        settings = analyzer.settings()
        generation = open_generation(self._pinned, settings) if self._pinned else self._store.open(analyzer=settings)
        return Index(generation, self._engine, self._today, self._aliases)
