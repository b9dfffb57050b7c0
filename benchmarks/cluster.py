"""A cluster of OpenSearch on this machine: its answers beside those of here, what faults do to it, what it costs.

    python -m benchmarks.cluster conform DIR... [--shards 1 3] [--questions 1000] [--every 3]
    python -m benchmarks.cluster faults DIR [--askers 4] [--pause 60] [--only kill hang publish down]
    python -m benchmarks.cluster kills DIR [--times 50]
    python -m benchmarks.cluster figures DIR [--questions 300] [--passages 1000000]

DIR holds a question set in BEIR layout. Nodes are started for it, with Maven and a JDK of 21 or newer. `conform` asks
every question of both, with aliases, and for one of `--every` of them with filters, phrases, exclusions, --exact and
turns of a conversation too; then ranks the best 50 for 300 of them again without widening, and without the exact
scores, which must differ. `faults` kills each of three nodes, stops the manager for a while, takes
all down and up again, and publishes anew five times, while askers compare every answer with that of this machine.
`kills` kills a publisher at so many moments. `figures` times publishing and answers, and weighs a host that answers;
with `--passages` the sentences of DIR are drawn anew into so many passages. Ends with exit code 1 where an answer was
wrong.
"""

import argparse
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from itertools import chain
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final
from unittest.mock import patch

import numpy as np

from benchmarks.answering import questions_of
from benchmarks.cluster_bench import Bench, aliases_among
from benchmarks.cluster_faults import faults, kills
from benchmarks.cluster_figures import figures
from bot.answer import Answerer
from index.cluster import ranking, scoring
from index.cluster.layout import rounded_down
from index.cluster.publishing import PublishOptions, publish
from index.query.passages import Passages
from tests.cluster.conformance import asked, converse, differs, look_alike
from tests.cluster.nodes import Nodes, prepared

_JARS = Path(".pytest_cache/d/cluster")
_LISTS: Final = 300
_DEPTH: Final = 50
_TOLD: Final = 1000


def conform(bench: Bench, questions: Sequence[str], shards: int, every: int) -> int:
    """Compare all answers; return how many differ, and print what became of the negative controls."""
    # No fault is looked for here, however busy the machine is.
    cluster = bench.cluster(shards, timeout=300.0)
    publish(bench.generation, cluster, PublishOptions(shards=shards))
    aliases = aliases_among(questions)
    here, there = bench.here(aliases), bench.there(cluster, aliases)
    count, found = 0, list(look_alike(here, there))
    answers = (differs(here, there, question, options) for question, options in asked(questions, every))
    for difference in chain(answers, converse(here, there, questions, every)):
        count += 1
        if difference:
            found.append(difference)
        if count % _TOLD == 0:
            print(f"{bench.name}, {shards}: {count:,} asked, {len(found)} differ", file=sys.stderr)
    lists = _lists(here, questions)
    mine, theirs = here.index.passages, there.index.passages
    without = " | ".join(
        str(_differing(mine, theirs, lists, control)) for control in (None, _no_widening, _no_rescoring)
    )
    print(f"| {bench.name} | {shards} | {count:,} | {len(found)} | {len(lists)} | {without} |", flush=True)
    for difference in found[:5]:
        print(difference, file=sys.stderr)
    there.close()
    here.close()
    return len(found)


def _lists(here: Answerer, questions: Sequence[str]) -> list[tuple[list[int], list[float]]]:
    """Return the terms of some questions, with their weights."""
    return [searched for question in questions[:_LISTS] if (searched := here.terms(question).searched())[0]]


def _differing(
    mine: Passages,
    theirs: Passages,
    lists: Sequence[tuple[list[int], list[float]]],
    control: Callable[[ExitStack], object] | None,
) -> int:
    """Return how many lists of the best 50 differ, rows or scores, where the proof or a part of it is left out."""
    count = 0
    with ExitStack() as stack:
        if control is not None:
            control(stack)
        for terms, weights in lists:
            theirs.ensure_there()
            pairs = zip(mine.top(terms, weights, _DEPTH), theirs.top(terms, weights, _DEPTH), strict=True)
            count += not all(np.array_equal(*pair) for pair in pairs)
    return count


def _no_widening(stack: ExitStack) -> None:
    """Ask for as many candidates as are wanted, and never for more."""
    stack.enter_context(patch.object(ranking, "TIMES", 1))
    stack.enter_context(patch.object(ranking.Ranking, "_is_proven", lambda self, _: self._size > 0))


def _no_rescoring(stack: ExitStack) -> None:
    """Score with the impacts that the cluster holds, rounded as they are."""
    exact = scoring.Formula.impacts

    def rounded(formula: scoring.Formula, *of: Any) -> Any:
        bits = rounded_down(exact(formula, *of)) << np.uint32(15)
        return bits.view(np.float32).astype(np.float64)

    stack.enter_context(patch.object(scoring.Formula, "impacts", rounded))


def main() -> int:
    """Run what the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=("conform", "faults", "kills", "figures"))
    parser.add_argument("folders", type=Path, nargs="+")
    parser.add_argument("--shards", type=int, nargs="+", default=[1, 3])
    parser.add_argument("--questions", type=int, default=1000)
    parser.add_argument("--every", type=int, default=3)
    parser.add_argument("--askers", type=int, default=4)
    parser.add_argument("--pause", type=float, default=60.0)
    parser.add_argument("--only", nargs="+", choices=("kill", "hang", "publish", "down"), default=())
    parser.add_argument("--passages", type=int, default=0)
    parser.add_argument("--times", type=int, default=50)
    options = parser.parse_args()
    wrong = 0
    with ExitStack() as stack:
        place = Path(stack.enter_context(TemporaryDirectory(prefix="quoth-cluster-")))
        many = 3 if options.what == "faults" else 1
        nodes = stack.enter_context(Nodes(prepared(_JARS), place / "nodes", many))
        nodes.wait(300)
        if options.what == "conform":
            print("| set | shards | asked | differ | lists | that differ | without widening | without rescoring |")
            print("|---|---|---|---|---|---|---|---|")
        for folder, questions, bench in _benches(options, nodes, place):
            print(f"{folder.name}: {len(questions)} questions", file=sys.stderr)
            if options.what == "conform":
                wrong += sum(conform(bench, questions, shards, options.every) for shards in options.shards)
            elif options.what == "faults":
                wrong += faults(bench, questions, options.askers, options.pause, options.only)
            elif options.what == "kills":
                wrong += kills(bench, questions, options.times)
            else:
                wrong += figures(bench, questions)
    return min(wrong, 1)


def _benches(options: argparse.Namespace, nodes: Nodes, place: Path) -> Iterator[tuple[Path, Sequence[str], Bench]]:
    for folder in options.folders:
        yield folder, questions_of(folder, options.questions), Bench(folder, nodes, place, options.passages)


if __name__ == "__main__":
    sys.exit(main())
