"""A cluster of OpenSearch on this machine: its answers beside those of here, what faults do to it, what it costs.

    python -m benchmarks.cluster conform DIR... [--shards 1 3] [--questions 1000]
    python -m benchmarks.cluster faults DIR [--askers 4] [--pause 60]
    python -m benchmarks.cluster kills DIR [--times 50]
    python -m benchmarks.cluster figures DIR [--questions 300]

DIR holds a question set in BEIR layout. Nodes are started for it, with Maven and a JDK of 21 or newer. `conform` asks
every question of both, with filters, phrases, exclusions and turns of a conversation for every third, and does the
same again without the proof, which must fail. `faults` kills each of three nodes, stops the manager for a while, takes
all down and up again, and publishes anew five times, while askers compare every answer with that of this machine.
`kills` kills a publisher at so many moments. Ends with exit code 1 where an answer was wrong.
"""

import argparse
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from benchmarks.answering import questions_of
from benchmarks.cluster_bench import Bench
from benchmarks.cluster_faults import Askers, faults, kills
from index.cluster import ranking
from index.cluster.client import Cluster
from index.cluster.publishing import PublishOptions, publish
from index.query.passages import Passages
from tests.cluster.conformance import asked, differs, look_alike
from tests.cluster.nodes import Nodes, prepared

_JARS = Path(".pytest_cache/d/cluster")
_TERMS = 12


def conform(bench: Bench, questions: Sequence[str], shards: int) -> int:
    """Compare all answers; return how many differ, and print what became of the negative controls."""
    cluster = bench.cluster(shards)
    publish(bench.generation, cluster, PublishOptions(shards=shards))
    here, there = bench.here(), bench.there(cluster)
    count, found = 0, list(look_alike(here, there))
    for question, options in asked(questions):
        count += 1
        if difference := differs(here, there, question, options):
            found.append(difference)
    without = _without_proof(here.index.passages, there.index.passages, questions)
    print(f"| {bench.name} | {shards} | {count:,} | {len(found)} | {without} |", flush=True)
    for difference in found[:5]:
        print(difference, file=sys.stderr)
    there.close()
    here.close()
    return len(found)


def _without_proof(mine: Passages, theirs: Passages, questions: Sequence[str]) -> str:
    """Return of how many lists of 50 some differ, with 50 candidates and no proof."""
    proven, times = ranking.Ranking._is_proven, ranking.TIMES
    ranking.TIMES = 1  # type: ignore[misc]
    ranking.Ranking._is_proven = lambda self, depth: self._size > 0  # type: ignore[method-assign]  # noqa: ARG005
    try:
        differ = total = 0
        for question in questions[:300]:
            words = question.lower().split()[:_TERMS]
            ids = [number for number in mine.vocabulary.ids(words) if number >= 0]
            if ids:
                one, other = (passages.top(ids, [1.0] * len(ids), 50)[0].tolist() for passages in (mine, theirs))
                total, differ = total + 1, differ + (one != other)
        return f"{differ} of {total}"
    finally:
        ranking.TIMES = times  # type: ignore[misc]
        ranking.Ranking._is_proven = proven  # type: ignore[method-assign]


def figures(bench: Bench, questions: Sequence[str]) -> int:
    """Time whole answers from here and there, and a bare search for the same words on the same node."""
    cluster = bench.cluster(1)
    for workers in (1, 2):
        began = time.monotonic()
        publish(bench.generation, cluster, PublishOptions(workers=workers))
        taken, count = time.monotonic() - began, bench.here().index.counts["passages"]
        print(f"published by {workers}: {taken:.1f} s, {count / taken:,.0f} passages a second, verified")
    here, there = bench.here(), bench.there(cluster)
    _plain_index(cluster, bench)
    times: dict[str, list[float]] = {"this machine": [], "the cluster": [], "a bare match of the words": []}
    for turn in range(2):
        for question in questions:
            for name, work in (
                ("this machine", lambda question=question: here.answer(question)),
                ("the cluster", lambda question=question: there.answer(question)),
                ("a bare match of the words", lambda question=question: _match(cluster, question)),
            ):
                began = time.perf_counter()
                work()
                if turn:
                    times[name].append((time.perf_counter() - began) * 1000)
    print("| whole answers, ms | p50 | p99 |\n|---|---|---|")
    for name, taken_ms in times.items():
        p50, p99 = np.percentile(taken_ms, (50, 99))
        print(f"| {name} | {p50:.1f} | {p99:.1f} |")
    for count in (1, 8, 32):
        askers = Askers(bench, questions[:100], count, 30.0)
        time.sleep(10)
        with askers.seen.lock:
            done = askers.seen.right
        askers.stop()
        print(f"{count} askers: {done / 10:.1f} questions a second, {askers.seen.wrong} wrong")
    there.close()
    return 0


def _plain_index(cluster: Cluster, bench: Bench) -> None:
    """Store the same texts as anybody would, to be searched by OpenSearch's own BM25."""
    from index.cluster.layout import bulk, written

    name = f"{cluster.prefix}-plain"
    texts, lines = bench.here().index.texts, list[tuple[int, str]]()
    cluster.change("PUT", f"/{name}", {"mappings": {"properties": {"text": {"type": "text"}}}})
    for row in range(texts.counts()["passages"]):
        lines.append((row, written({"text": texts.passage(row).text})))
        if len(lines) == 2000:
            cluster.change("POST", f"/{name}/_bulk", bulk(lines))
            lines = []
    if lines:
        cluster.change("POST", f"/{name}/_bulk", bulk(lines))
    cluster.change("POST", f"/{name}/_refresh")
    cluster.change("POST", f"/{name}/_forcemerge", {}, max_num_segments=1)


def _match(cluster: Cluster, question: str) -> None:
    cluster.begin()
    cluster.ask("POST", f"/{cluster.prefix}-plain/_search", {"size": 10, "query": {"match": {"text": question}}})


def main() -> int:
    """Run what the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=("conform", "faults", "kills", "figures"))
    parser.add_argument("folders", type=Path, nargs="+")
    parser.add_argument("--shards", type=int, nargs="+", default=[1, 3])
    parser.add_argument("--questions", type=int, default=1000)
    parser.add_argument("--askers", type=int, default=4)
    parser.add_argument("--pause", type=float, default=60.0)
    parser.add_argument("--times", type=int, default=50)
    options = parser.parse_args()
    wrong = 0
    with ExitStack() as stack:
        place = Path(stack.enter_context(TemporaryDirectory(prefix="quoth-cluster-")))
        many = 3 if options.what == "faults" else 1
        nodes = stack.enter_context(Nodes(prepared(_JARS), place / "nodes", many))
        nodes.wait(300)
        if options.what == "conform":
            print("| set | shards | asked | differ | lists that differ without the proof |\n|---|---|---|---|---|")
        for folder, questions, bench in _benches(options, nodes, place):
            print(f"{folder.name}: {len(questions)} questions", file=sys.stderr)
            if options.what == "conform":
                wrong += sum(conform(bench, questions, shards) for shards in options.shards)
            elif options.what == "faults":
                wrong += faults(bench, questions, options.askers, options.pause)
            elif options.what == "kills":
                wrong += kills(bench, questions, options.times)
            else:
                wrong += figures(bench, questions)
    return min(wrong, 1)


def _benches(options: argparse.Namespace, nodes: Nodes, place: Path) -> Iterator[tuple[Path, Sequence[str], Bench]]:
    for folder in options.folders:
        yield folder, questions_of(folder, options.questions), Bench(folder, nodes, place)


if __name__ == "__main__":
    sys.exit(main())
