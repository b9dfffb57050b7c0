"""A question set as an index of this machine and in a cluster; see `benchmarks.cluster`."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Final

from benchmarks.serve_load import articles_of
from bot.answer import Answerer
from bot.policy import Policy
from index import Aliases, Article, LocalRetriever, Store
from index.build.build import Options, build
from index.cluster.client import Cluster, ClusterOptions
from index.cluster.retriever import ClusterRetriever
from index.query.aliases import NO_ALIASES
from tests.cluster.conformance import word_of
from tests.cluster.nodes import Nodes

_SOURCES: Final = ("alpha", "beta", None)
_BEGIN: Final = date(1987, 1, 1)


class Bench:
    """A question set as an index of this machine, and nodes to publish it to."""

    def __init__(self, folder: Path, nodes: Nodes, place: Path, passages: int = 0) -> None:
        self.name, self.nodes, self.cache = folder.name, nodes, place / "cache"
        self.store = Store(place / self.name)
        build(self.store, _furnished(articles_of(folder, passages)), (), Options(cut=False, force=True))
        self.generation = self.store.folder(self.store.current() or 0)

    def cluster(self, shards: int, timeout: float = 30.0) -> Cluster:
        """Return the cluster with names of its own for so many shards."""
        prefix = f"{self.name.replace('-', '_')}_{shards}"
        return Cluster(ClusterOptions(self.nodes.hosts, timeout=timeout, prefix=prefix))

    def here(self, aliases: Aliases = NO_ALIASES) -> Answerer:
        """Return an answerer from this machine."""
        return Answerer(LocalRetriever(self.store, aliases=aliases), Policy())

    def there(self, cluster: Cluster, aliases: Aliases = NO_ALIASES) -> Answerer:
        """Return an answerer from the cluster."""
        return Answerer(ClusterRetriever(cluster, self.cache, aliases=aliases), Policy())


def aliases_among(questions: Sequence[str], every: int = 20) -> Aliases:
    """Return aliases that some of the questions hold: words of two neighbours each, as if they were one name."""
    pairs = list(pairwise(filter(None, map(word_of, questions))))[::every]
    return Aliases({one: (other, f"{one} {other}") for one, other in pairs})


def _furnished(articles: Iterable[Article]) -> Iterator[Article]:
    """Yield articles with sources and dates, which sets of questions leave out: filters need something to do."""
    for number, article in enumerate(articles):
        day = (_BEGIN + timedelta(days=number * 37 % 14_000)).isoformat() if number % 4 else None
        source = article.source or _SOURCES[number % len(_SOURCES)]
        yield replace(article, source=source, date=article.date or day)
