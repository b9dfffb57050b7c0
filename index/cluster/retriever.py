"""Follow the generation that a cluster answers from, whichever that is when a question comes."""

import logging
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from threading import Lock, Thread
from typing import Final

from index.analysis import analyzer
from index.cluster import state, statistics
from index.cluster.client import Cluster
from index.cluster.documents import Documents
from index.cluster.layout import names
from index.cluster.passages import FIRSTS, PublishedPassages
from index.errors import ClusterError, IndexLibraryError
from index.query.aliases import NO_ALIASES, Aliases
from index.search.index import Index
from index.search.retriever import PinnedRetriever

_log = logging.getLogger(__name__)

# So often, in seconds, it is asked which generation answers.
_LOOKS: Final = 1.0
# That may take so much of the time of a question.
_OF_A_QUESTION: Final = 0.2


def open_published(
    cluster: Cluster, cache: Path, today: Callable[[], date] = date.today, aliases: Aliases = NO_ALIASES
) -> Index:
    """Return the index of the generation that a cluster answers from; its statistics are kept in the folder `cache`.

    Raises NoIndexError where none was published, OutdatedIndexError or NewerIndexError for one of another version of
    this program, BrokenIndexError for one that is not whole, ClusterError where the cluster does not answer.
    """
    cluster.begin()
    of = names(cluster.prefix, state.current(cluster))
    arrays = statistics.fetched(cluster, of, cache, analyzer.settings())
    documents = Documents(cluster, of, arrays.array(FIRSTS))
    return Index(PublishedPassages(documents, arrays, statistics.sources_of(arrays)), today, aliases)


class ClusterRetriever:
    """Search the generation that a cluster answers from.

    Nothing is asked before the first question, so a channel can start before the cluster does. Another generation is
    opened beside the questions, which the one at hand goes on answering as long as the cluster keeps it.
    """

    def __init__(
        self,
        cluster: Cluster,
        cache: Path,
        today: Callable[[], date] = date.today,
        aliases: Aliases = NO_ALIASES,
    ) -> None:
        self._cluster = cluster
        self._cache = cache
        self._today = today
        self._aliases = aliases
        self._lock = Lock()
        self._open: Index | None = None
        self._opening: Thread | None = None
        self._looked = 0.0
        self._failure: tuple[float, IndexLibraryError] | None = None

    @property
    def index(self) -> Index:
        """The index of the generation that answers.

        Raises what `open_published` raises where there is none to answer from.
        """
        began = time.monotonic()
        with self._lock:
            if self._open is None:
                # Who waited for this while another thread failed at it need not fail once more, one behind the other.
                if self._failure is not None and self._failure[0] > began:
                    raise self._failure[1]
                self._open = self._first()
            elif began - self._looked > _LOOKS:
                self._look(self._open)
            return self._open

    def pinned(self) -> PinnedRetriever:
        """Return a retriever that stays with the generation of now."""
        return PinnedRetriever(self.index)

    def close(self) -> None:
        """Close the connection."""
        with self._lock:
            if self._open is not None:
                self._open.close()
                self._open = None
        self._cluster.close()

    def _first(self) -> Index:
        try:
            return self._load()
        except IndexLibraryError as error:
            self._failure = time.monotonic(), error
            raise

    def _look(self, held: Index) -> None:
        """Open another generation where that answers now: at once where the one at hand is gone."""
        self._cluster.begin(_OF_A_QUESTION)
        try:
            now = state.roles(self._cluster)
        except ClusterError:
            # The question itself may reach another host, or says the same.
            return
        finally:
            # Those who waited meanwhile look no more.
            self._looked = time.monotonic()
        if now.get("current") in (None, held.number) or (self._opening is not None and self._opening.is_alive()):
            return
        if now.get("previous") != held.number:
            self._open = self._load()
            return
        self._opening = Thread(target=self._replace, name="quoth-generation", daemon=True)
        self._opening.start()

    def _replace(self) -> None:
        try:
            opened = self._load()
        except IndexLibraryError as error:
            _log.warning("still answering from the generation before: %s", error)
            return
        with self._lock:
            if self._open is not None:
                self._open = opened

    def _load(self) -> Index:
        self._looked = time.monotonic()
        return open_published(self._cluster, self._cache, self._today, self._aliases)
