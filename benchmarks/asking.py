"""One process that opens every engine of a collection and asks them in turn: A B A B, question by question.

    python -m benchmarks.asking FOLDER BUDGET NAME...

Prints a JSON object a line: {"engine", "kind", "asked", "p50_us", "p95_us", "p99_us", "exact", "wrong"}. Times are CPU
time of the thread that asks, or of the process where an engine starts threads of its own; the process is pinned to one
core. Before each question to each engine more memory is written than the first two caches hold: else an engine that
shares an index with the one before it would find it there. A slow engine is asked as many questions as fit into its
budget of seconds for each kind, and at least ten.
"""

import json
import os
import sys
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import numpy as np

from benchmarks.building import engine, stored_in
from benchmarks.corpora import Corpus
from benchmarks.ours import PARAMETERS, PATHS
from benchmarks.peers.peer import Peer
from benchmarks.truth import Formula, Rows, Scores, Truth, as_good, same, top

K: Final = 10
FEWEST: Final = 10
# A peer's correctness is its makers' business: enough questions to see that it was asked rightly.
JUDGED: Final = 100
WARMING: Final = 30

_SWEPT: Final = np.zeros(1 << 20)
CLOCKS: Final = {"thread": time.thread_time_ns, "process": time.process_time_ns}


class Runner:
    """An open engine and the times of its searches."""

    def __init__(self, name: str, peer: Peer, budget: float) -> None:
        self.name, self.peer = name, peer
        # Our own paths are asked everything: each question is a test of their exactness.
        self._budget = float("inf") if name in PATHS else budget * 1e9
        self._clock = CLOCKS[peer.clock]
        self.times: list[int] = []
        self.wrong = 0
        self.judged = 0

    def warm(self, questions: Sequence[Sequence[int]]) -> None:
        chosen = questions if self.peer.warming else questions[:WARMING]
        for _ in range(max(self.peer.warming, 1)):
            begun = time.monotonic()
            for terms in chosen:
                self.peer.search(self.peer.prepare(terms), K)
                if time.monotonic() - begun > self._budget / 4e9:
                    break

    def ask(self, terms: Sequence[int]) -> Any | None:
        """Return the result, or None when the budget is spent."""
        if len(self.times) >= FEWEST and sum(self.times) > self._budget:
            return None
        question = self.peer.prepare(terms)
        _SWEPT.fill(len(self.times))
        begun = self._clock()
        result = self.peer.search(question, K)
        self.times.append(self._clock() - begun)
        return result

    def judge(self, result: Any, judge: "Judge") -> None:
        ours = self.name in PATHS
        if not ours and self.judged == JUDGED:
            return
        rows, scores = self.peer.hits(result)
        true, best = judge.of(self.peer.formula)
        right = same(true, best, rows, scores) if ours else as_good(true, best, rows, self.peer.formula.tolerance)
        self.judged += 1
        self.wrong += not right

    def figures(self, kind: str) -> dict[str, Any]:
        p50, p95, p99 = (round(float(np.percentile(self.times, p)) / 1000, 1) for p in (50, 95, 99))
        figures = {
            "engine": self.name,
            "kind": kind,
            "asked": len(self.times),
            "p50_us": p50,
            "p95_us": p95,
            "p99_us": p99,
        }
        figures |= {"exact": self.wrong == 0, "wrong": self.wrong, "judged": self.judged}
        self.times, self.wrong, self.judged = [], 0, 0
        return figures


class Judge:
    """The true scores and top of one question, computed once for each formula."""

    def __init__(self, truth: Truth, terms: Sequence[int]) -> None:
        self._truth, self._terms = truth, terms
        self._known: dict[Formula, tuple[Scores, Rows]] = {}

    def of(self, formula: Formula) -> tuple[Scores, Rows]:
        key = replace(formula, tolerance=0.0)
        if key not in self._known:
            true = self._truth.scores(self._terms, formula)
            self._known[key] = true, top(true, K)
        return self._known[key]


def main(folder: Path, budget: float, names: Sequence[str]) -> None:
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    corpus = Corpus.stored(folder)
    questions = corpus.questions()
    runners = [Runner(name, _open(name, corpus), budget) for name in names]
    asked = (term for kind in questions.values() for terms in kind for term in terms)
    truth = Truth(corpus.forward(), corpus.terms, asked, PARAMETERS)
    for kind, of_kind in questions.items():
        for runner in runners:
            runner.warm(of_kind)
        for terms in of_kind:
            results = [(runner, runner.ask(terms)) for runner in runners]
            judge = Judge(truth, terms)
            for runner, result in results:
                if result is not None:
                    runner.judge(result, judge)
        for runner in runners:
            print(json.dumps(runner.figures(kind)), flush=True)


def _open(name: str, corpus: Corpus) -> Peer:
    peer = engine(name)
    peer.open(stored_in(name, corpus.folder))
    return peer


if __name__ == "__main__":
    main(Path(sys.argv[1]), float(sys.argv[2]), sys.argv[3:])
