"""Publish a generation: stored beside the one that answers, verified, and switched to in one step.

Killed at any moment before that, the old one answers on, and the next publication removes what was left.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import numpy as np

from index.analysis import analyzer
from index.cluster import loading, state, statistics
from index.cluster.client import Cluster
from index.cluster.documents import Documents
from index.cluster.layout import KINDS, Names, body, names
from index.cluster.passages import FIRSTS, PublishedPassages
from index.cluster.state import Lease
from index.errors import BrokenIndexError, ClusterError, NoIndexError, WorkerError
from index.machine.processes import EndedError, Process
from index.postings.forward import Forward
from index.query.mapped import MappedPassages
from index.store.generation import Generation, open_generation, read_manifest

Json = dict[str, Any]

# Up to so many passages one shard, from there on one for each so many; see docs/cluster.md.
ONE_SHARD: Final = 2_000_000
OF_A_SHARD: Final = 8_000_000
_VERIFIED: Final = 200
_LONGEST: Final = 12
_DEPTH: Final = 50
_SEED: Final = 20261127
_SLOW: Final = 3600.0
_POLL: Final = 0.5
# Below so many passages a second process takes longer to start than it saves.
_ALONE: Final = 20_000


@dataclass(frozen=True, slots=True)
class PublishOptions:
    """How a generation is published: None leaves a number to the sizes of the generation and of the cluster.

    `patience` in seconds is how long copies on other nodes are waited for; `beat` how often a publisher shows that it
    lives.
    """

    shards: int | None = None
    replicas: int | None = None
    workers: int = 1
    patience: float = 600.0
    beat: float = state.BEAT


DEFAULT: Final = PublishOptions()


@dataclass(frozen=True, slots=True)
class Publishing:
    """How far a publication is: the stage, and `done` of `total` passages and articles in "load"."""

    stage: str
    done: int = 0
    total: int = 0


def shards_for(passages: int) -> int:
    """Return how many shards so many passages get.

    >>> shards_for(105_071), shards_for(2_000_001), shards_for(100_000_000)
    (1, 1, 13)
    """
    return 1 if passages <= ONE_SHARD else -(-passages // OF_A_SHARD)


def publish(
    path: Path,
    cluster: Cluster,
    options: PublishOptions = DEFAULT,
    progress: Callable[[Publishing], None] = lambda _: None,
) -> int:
    """Publish the generation in the folder `path`, and return the number that it has in the cluster.

    Raises ClusterError, BuildBusyError while another process publishes, BrokenIndexError for a damaged generation.
    """
    with open_generation(path, analyzer.settings()) as generation, ExitStack() as stack:
        lease = Lease(cluster, options.beat)
        stack.callback(lease.end)
        now = state.roles(cluster)
        state.remove(cluster, state.orphans(cluster))
        number = max([0, *(one.number for one in state.listing(cluster))]) + 1
        of = names(cluster.prefix, number)
        folder = Path(stack.enter_context(TemporaryDirectory(prefix="quoth-statistics-")))
        manifest = statistics.write(generation, number, folder)
        shards = options.shards or shards_for(manifest.counts["passages"])
        for kind, name in zip(KINDS, of, strict=True):
            cluster.change("PUT", f"/{name}", body(kind, shards))
        for piece in statistics.pieces(folder):
            cluster.change("POST", f"/{of.statistics}/_bulk", piece)
            lease.beat()
        _load(generation, cluster, of, options.workers, lease, progress)
        progress(Publishing("settle"))
        _settle(cluster, of, options, lease)
        progress(Publishing("verify"))
        _verify(generation, cluster, of, folder, lease)
        lease.beat(now=True)
        state.switch(cluster, number, now.get("current"))
        _remove_replaced(cluster, lease)
        return number


def answers_already(path: Path, cluster: Cluster) -> bool:
    """Return whether the generation in the folder `path` is the one that a cluster answers from.

    Raises ClusterError where that cannot be told.
    """
    try:
        there = statistics.manifest_of(cluster, names(cluster.prefix, state.current(cluster)), analyzer.settings())
    except (NoIndexError, BrokenIndexError):
        return False
    here = read_manifest(path)
    return (here.built_at, here.counts, here.settings) == (there.built_at, there.counts, there.settings)


def _load(
    generation: Generation,
    cluster: Cluster,
    of: Names,
    workers: int,
    lease: Lease,
    progress: Callable[[Publishing], None],
) -> None:
    counts = generation.manifest.counts
    passages, articles = counts["passages"], counts["articles"]
    done, total = 0, passages + articles

    def count(more: int) -> None:
        nonlocal done
        done += more
        progress(Publishing("load", done, total))
        lease.beat()

    count(0)
    if workers < 2 or passages < _ALONE:
        loading.load(generation, cluster, of, range(passages), range(articles), count)
        return
    shares = zip(_shares(passages, workers), _shares(articles, workers), strict=True)
    _load_beside([(generation.path, cluster.options, of, share) for share in shares], count, lease)


def _load_beside(messages: Sequence[loading.Message], count: Callable[[int], None], lease: Lease) -> None:
    """Load shares in processes of their own."""
    processes = list[Process]()
    try:
        for message in messages:
            processes.append(Process("index.cluster.loading:work"))
            processes[-1].send(message)
        waiting = list(processes)
        while waiting:
            for process in list(waiting):
                if process.has_sent(_POLL / len(waiting)):
                    match process.receive():
                        case None:
                            waiting.remove(process)
                        case int(more):
                            count(more)
                        case told:
                            raise ClusterError(str(told))
            lease.beat()
    except (EndedError, OSError) as error:
        raise WorkerError(f"a process that helped to publish {error}; publish with fewer workers") from error
    finally:
        for process in processes:
            process.end()


def _shares(count: int, workers: int) -> Iterator[range]:
    for number in range(workers):
        yield range(count * number // workers, count * (number + 1) // workers)


def _settle(cluster: Cluster, of: Names, options: PublishOptions, lease: Lease) -> None:
    """Make of many small segments one a shard, and copies on other nodes; wait until all of it is there."""
    every = ",".join(of)
    cluster.change("POST", f"/{every}/_refresh")
    merging = cluster.submit("POST", f"/{every}/_forcemerge", {}, within=_SLOW, max_num_segments=1)
    while not merging.done():
        time.sleep(_POLL / 5)
        lease.beat()
    merging.result()
    nodes = int(cluster.change("GET", "/_cluster/health")["number_of_data_nodes"])
    replicas = min(1, nodes - 1) if options.replicas is None else options.replicas
    if replicas > nodes - 1:
        raise ClusterError(f"{replicas} replicas need {replicas + 1} nodes, and there are {nodes}; ask for fewer")
    settings = {"index": {"number_of_replicas": replicas, "refresh_interval": None, "blocks.write": True}}
    cluster.change("PUT", f"/{every}/_settings", settings)
    began = time.monotonic()
    while True:
        health = cluster.change("GET", f"/_cluster/health/{every}")
        if health["status"] == "green":
            return
        if time.monotonic() - began > options.patience:
            raise ClusterError(
                f"{of.passages}: its copies were not whole within {options.patience:g} s ({health['status']}); "
                "look at the disks and at `GET _cluster/allocation/explain`"
            )
        time.sleep(_POLL / 5)
        lease.beat()


def _verify(generation: Generation, cluster: Cluster, of: Names, folder: Path, lease: Lease) -> None:
    """Raise ClusterError unless all is there, and the cluster ranks as this machine does."""
    counts = generation.manifest.counts
    for name, wanted in ((of.passages, counts["passages"]), (of.articles, counts["articles"])):
        found = int(cluster.change("GET", f"/{name}/_count")["count"])
        if found != wanted:
            raise ClusterError(f"{name}: holds {found:,} documents instead of {wanted:,}; publish again")
    statistics.checked(cluster, of, folder)
    arrays = statistics.mapped(folder)
    forward = Forward.open(generation)
    firsts = arrays.array(FIRSTS)
    published = PublishedPassages(Documents(cluster, of, firsts), arrays, statistics.sources_of(arrays))
    mapped = MappedPassages(generation, "auto")
    for terms in _drawn(forward):
        lease.beat()
        published.ensure_there()
        mine, theirs = mapped.top(terms, [1.0] * len(terms), _DEPTH), published.top(terms, [1.0] * len(terms), _DEPTH)
        if not all(np.array_equal(one, other) for one, other in zip(mine, theirs, strict=True)):
            raise ClusterError(f"{of.passages}: ranks otherwise than this machine does; publish again")
    published.close()


def _drawn(forward: Forward) -> Iterator[list[int]]:
    """Yield terms that stand together in passages drawn at random: questions that anybody may ask."""
    random = np.random.default_rng(_SEED)
    rows = np.flatnonzero((np.diff(forward.indptr) > 0) & ~forward.hidden)
    for row in random.choice(rows, min(_VERIFIED, len(rows)), replace=False).tolist() if len(rows) else []:
        terms = forward.passage(row)
        yield random.choice(terms, min(len(terms), int(random.integers(1, _LONGEST))), replace=False).tolist()


def _remove_replaced(cluster: Cluster, lease: Lease) -> None:
    """Remove what was replaced longer ago than any host may still ask it."""
    is_old = time.time() - lease.switched > state.GRACE
    lease.switched = time.time()
    lease.beat(now=True)
    if is_old:
        state.remove(cluster, state.orphans(cluster))


def prune(cluster: Cluster) -> list[int]:
    """Remove all generations but the one that answers and the one before; return their numbers.

    Raises BuildBusyError while somebody publishes.
    """
    lease = Lease(cluster)
    try:
        found = state.orphans(cluster)
        state.remove(cluster, found)
        return found
    finally:
        lease.end()
