"""What publishing and answering from a cluster cost; see `benchmarks.cluster`."""

import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from typing import Final

import numpy as np

from benchmarks.cluster_bench import Bench
from benchmarks.cluster_faults import Askers
from index.cluster.client import Cluster
from index.cluster.layout import bulk, written
from index.cluster.publishing import PublishOptions, publish

_AT_ONCE: Final = 2000
_WARM: Final = 50
_SECONDS: Final = 10.0
_HOST: Final = """
import sys
from pathlib import Path
from bot.answer import Answerer
from bot.policy import Policy
from index import Cluster, ClusterOptions, ClusterRetriever
cluster = Cluster(ClusterOptions(tuple(sys.argv[1].split(",")), timeout=300.0, prefix=sys.argv[2]))
answerer = Answerer(ClusterRetriever(cluster, Path(sys.argv[3])), Policy())
for question in sys.stdin:
    answerer.answer(question.strip())
rollup = Path("/proc/self/smaps_rollup").read_text().splitlines()
print(sum(int(line.split()[1]) for line in rollup if line.startswith("Private_")) / 1024)
"""


def figures(bench: Bench, questions: Sequence[str]) -> int:
    """Print what publishing and answers cost; return 0."""
    cluster = bench.cluster(1, timeout=300.0)
    count = bench.here().index.counts["passages"]
    for workers in (1, 2):
        began = time.monotonic()
        publish(bench.generation, cluster, PublishOptions(workers=workers))
        taken = time.monotonic() - began
        print(f"{count:,} passages published by {workers}: {taken:.1f} s, {count / taken:,.0f} a second", flush=True)
    _plain_index(cluster, bench)
    print("ready to be timed", flush=True)
    _latency(bench, cluster, questions)
    print(f"a host that answered {len(questions)} questions: {_private(bench, cluster, questions):.0f} MB private")
    for askers in (1, 8, 32):
        asking = Askers(bench, questions[:_WARM], askers, 300.0)
        asking.since()
        time.sleep(_SECONDS)
        seen = asking.since()
        asking.stop()
        print(f"{askers} askers: {seen.right / _SECONDS:.1f} questions a second, {seen.wrong} wrong", flush=True)
    cluster.close()
    return 0


def _latency(bench: Bench, cluster: Cluster, questions: Sequence[str]) -> None:
    """Time whole answers from here and there, and a bare search for the same words on the same node."""
    here, there = bench.here(), bench.there(bench.cluster(1, timeout=300.0))
    ways: dict[str, Callable[[str], object]] = {
        "this machine": here.answer,
        "the cluster": there.answer,
        "a bare match of the words": lambda question: _match(cluster, question),
    }
    times: dict[str, list[float]] = {name: [] for name in ways}
    for number, question in enumerate([*questions[:_WARM], *questions]):
        for name, work in ways.items():
            began = time.perf_counter()
            work(question)
            if number >= _WARM:
                times[name].append((time.perf_counter() - began) * 1000)
    print("| whole answers, ms | p50 | p99 |\n|---|---|---|")
    for name, taken in times.items():
        p50, p99 = np.percentile(taken, (50, 99))
        print(f"| {name} | {p50:.1f} | {p99:.1f} |", flush=True)
    there.close()
    here.close()


def _private(bench: Bench, cluster: Cluster, questions: Sequence[str]) -> float:
    """Return the private memory in MB of a process that does nothing but answer from the cluster."""
    command = [sys.executable, "-c", _HOST, ",".join(bench.nodes.hosts), cluster.prefix, str(bench.cache)]
    asked = "\n".join(question.replace("\n", " ") for question in questions)
    return float(subprocess.run(command, input=asked, check=True, capture_output=True, text=True).stdout)


def _plain_index(cluster: Cluster, bench: Bench) -> None:
    """Store the same texts as anybody would, to be searched by OpenSearch's own BM25."""
    name, texts = f"{cluster.prefix}-plain", bench.here().index.texts
    cluster.change("PUT", f"/{name}", {"mappings": {"properties": {"text": {"type": "text"}}}})
    count = texts.counts()["passages"]
    for first in range(0, count, _AT_ONCE):
        passages = texts.passages(range(first, min(first + _AT_ONCE, count)))
        lines = [(passage.row, written({"text": passage.text})) for passage in passages]
        cluster.change("POST", f"/{name}/_bulk", bulk(lines), within=300)
    cluster.change("POST", f"/{name}/_refresh", within=300)
    cluster.change("POST", f"/{name}/_forcemerge", {}, within=3600, max_num_segments=1)


def _match(cluster: Cluster, question: str) -> None:
    cluster.begin()
    cluster.ask("POST", f"/{cluster.prefix}-plain/_search", {"size": 10, "query": {"match": {"text": question}}})
