"""Follow the current generation of a store, whichever that is when a question comes.

The retriever notices by itself when another process made a new generation current: the next question is answered
from it, while questions under way finish on the one they began with. A generation that was replaced is closed when
nobody holds it any more, however many come after it.
"""

import logging
from collections.abc import Callable
from datetime import date
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Protocol

from index.analysis import analyzer
from index.errors import IndexLibraryError
from index.query.aliases import NO_ALIASES, Aliases
from index.query.mapped import MappedPassages
from index.ranking.choose import engine_name
from index.search.index import Index
from index.store.generation import open_generation
from index.store.store import Store

if TYPE_CHECKING:
    from index.search.meaning import Model

_log = logging.getLogger(__name__)


class Retriever(Protocol):
    """Where questions are answered from."""

    @property
    def index(self) -> Index:
        """Return the index to answer from; it stays open as long as it is held."""

    def pinned(self) -> "Retriever":
        """Return a retriever that stays with the index of now."""

    def close(self) -> None:
        """Let go of the index."""


class PinnedRetriever:
    """Stay with one index, whatever is built meanwhile. It is open as long as this is held."""

    def __init__(self, index: Index) -> None:
        self.index = index

    def pinned(self) -> "PinnedRetriever":
        """Return itself."""
        return self

    def close(self) -> None:
        """Do nothing: others may hold the index."""


class LocalRetriever:
    """Search the current generation of a store, whichever that is when the question comes.

    `engine` is one of `index.ranking.choose.EngineName`, else ValueError. Nothing is opened before the first question,
    so a channel can start before the first build. With `pinned`, the folder of a finished generation, it stays with
    that one. A `model` adds meaning to words as soon as it and the vectors of the generation are there.
    """

    def __init__(
        self,
        store: Store,
        engine: str = "auto",
        pinned: Path | None = None,
        today: Callable[[], date] = date.today,
        aliases: Aliases = NO_ALIASES,
        model: "Model | None" = None,
    ) -> None:
        self._store = store
        self._model = model
        self._aliases = aliases
        self._pinned = pinned
        self._today = today
        self._engine = engine_name(engine)
        self._lock = Lock()
        self._open: Index | None = None
        self._refused: int | None = None

    @property
    def index(self) -> Index:
        """The index of the current generation, opened anew when that has changed.

        Raises NoIndexError or BrokenIndexError when there is none to answer from. A new generation that cannot be
        opened is reported once, and the one at hand goes on answering.
        """
        with self._lock:
            if self._open is None:
                self._open = self._load()
                return self._open
            if self._pinned is not None:
                return self._open
            try:
                current = self._store.current()
                if current not in (None, self._open.number, self._refused):
                    self._refused = current
                    # The one before is not closed here: whoever is still reading it holds it.
                    self._open = self._load()
                    self._refused = None
            except IndexLibraryError as error:
                _log.warning("still answering from generation %d: %s", self._open.number, error)
            self._open.passages.ensure_there()
            return self._open

    def pinned(self) -> PinnedRetriever:
        """Return a retriever that stays with the generation of now, for all that has to come from the same one.

        Raises what `index` raises.
        """
        return PinnedRetriever(self.index)

    def close(self) -> None:
        """Close the current generation; those before it are closed when nobody holds them any more."""
        with self._lock:
            if self._open is not None:
                self._open.close()
                self._open = None

    def _load(self) -> Index:
        settings = analyzer.settings()
        generation = open_generation(self._pinned, settings) if self._pinned else self._store.open(analyzer=settings)
        passages = MappedPassages(generation, self._engine)
        if self._model is None:
            return Index(passages, self._today, self._aliases)
        return Index(passages, self._today, self._aliases, self._model.of(generation, passages))
