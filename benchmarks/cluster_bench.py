"""A question set as an index of this machine and in a cluster; see `benchmarks.cluster`."""

from pathlib import Path

from bot.answer import Answerer
from bot.policy import Policy
from index import LocalRetriever, Store
from index.build.build import Options, build
from index.cluster.client import Cluster, ClusterOptions
from index.cluster.retriever import ClusterRetriever
from index.evaluate.beir import load_corpus
from tests.cluster.nodes import Nodes


class Bench:
    """A question set as an index of this machine, and nodes to publish it to."""

    def __init__(self, folder: Path, nodes: Nodes, place: Path) -> None:
        self.name, self.nodes, self._place = folder.name, nodes, place
        corpus = load_corpus(folder)
        self.store = Store(place / self.name)
        build(self.store, corpus.articles, (), Options(cut=False, force=True))
        self.generation = self.store.folder(self.store.current() or 0)

    def cluster(self, shards: int, timeout: float = 30.0) -> Cluster:
        """Return the cluster with names of its own for so many shards."""
        prefix = f"{self.name.replace('-', '_')}_{shards}"
        return Cluster(ClusterOptions(self.nodes.hosts, timeout=timeout, prefix=prefix))

    def here(self) -> Answerer:
        """Return an answerer from this machine."""
        return Answerer(LocalRetriever(self.store), Policy())

    def there(self, cluster: Cluster) -> Answerer:
        """Return an answerer from the cluster."""
        return Answerer(ClusterRetriever(cluster, self._place / "cache"), Policy())
