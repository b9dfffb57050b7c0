"""Measure what a whole answer costs, and the engine's share of it.

    python -m benchmarks.answering DIR... [--questions 500] [--passes 3]

Each question set in BEIR layout is indexed as it is, and some of its questions are asked once, and then under the
clock: CPU time of the thread, pinned to one core. Of several passes the fastest of each question counts, because what
the others took more went to the machine's other tenants; how much that was is printed, too. Headlines are asked as
questions, with the words of such.
"""

import argparse
import os
import time
from collections.abc import Sequence
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Final

import numpy as np
import numpy.typing as npt

from benchmarks.answers import records
from bot.answer import Answerer
from bot.policy import Policy
from index.build.build import Options, build
from index.evaluate.beir import files, load_corpus
from index.machine import takeover
from index.query.mapped import MappedPassages
from index.ranking.engine import Allowed, Engine, Rows, Scores
from index.search.retriever import LocalRetriever
from index.store.store import Store

_SEED: Final = 7
_FORMS: Final = (
    "What was reported about {}?",
    "Who said that {} and why?",
    "When did the news come that {}?",
    "Why did {} happen and what did officials say about it?",
)


class Timed:
    """An engine, and how long its searches took: `spent` in ns."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self.spent = 0

    def top(
        self, terms: Sequence[int], weights: Sequence[float], k: int, allowed: Allowed | None = None
    ) -> tuple[Rows, Scores]:
        begun = time.thread_time_ns()
        found = self._engine.top(terms, weights, k, allowed)
        self.spent += time.thread_time_ns() - begun
        return found


def main() -> None:
    parser = argparse.ArgumentParser(description="CPU time of whole answers.")
    parser.add_argument("folders", nargs="+", type=Path, help="question sets in BEIR layout")
    parser.add_argument("--questions", type=int, default=500, help="how many are asked of each")
    parser.add_argument("--passes", type=int, default=3, help="how often each is asked under the clock")
    options = parser.parse_args()
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    print("| set | passages | ms of CPU | mean | p50 | p95 | p99 |\n" + "| --- " * 7 + "|")
    for folder in options.folders:
        with TemporaryDirectory(prefix="quoth-answering-") as temporary:
            corpus = load_corpus(folder)
            build(Store(Path(temporary)), corpus.articles, (), Options(cut=False, force=True))
            questions = questions_of(folder, options.questions)
            for name, times in _times(LocalRetriever(Store(Path(temporary))), questions, options.passes):
                figures = " | ".join(f"{figure:.2f}" for figure in (times.mean(), *np.percentile(times, (50, 95, 99))))
                print(f"| {corpus.name} | {len(corpus.passage_ids):,} | {name} | {figures} |", flush=True)


def _times(
    retriever: LocalRetriever, questions: Sequence[str], passes: int
) -> list[tuple[str, npt.NDArray[np.float64]]]:
    """Return what is timed, and the ms that each question took."""
    # As in a process that lives.
    takeover.load()
    answerer = Answerer(retriever, Policy())
    passages = retriever.index.passages
    assert isinstance(passages, MappedPassages)  # noqa: S101 - what a LocalRetriever opens
    passages.engine = engine = Timed(passages.engine)
    for question in questions:
        answerer.answer(question)
    spent = np.array([[_spent(answerer, engine, question) for question in questions] for _ in range(passes)])
    answerer.close()
    whole, alone = spent.min(axis=0).T
    rest = spent[:, :, 0] - spent[:, :, 1]
    return [
        ("whole answer", whole),
        ("engine", alone),
        ("all the rest", rest.min(axis=0)),
        ("the rest in every pass", rest.ravel()),
    ]


def _spent(answerer: Answerer, engine: Timed, question: str) -> tuple[float, float]:
    """Return how long the whole answer and the engine took, in ms."""
    engine.spent, begun = 0, time.thread_time_ns()
    answerer.answer(question)
    return (time.thread_time_ns() - begun) / 1e6, engine.spent / 1e6


def questions_of(folder: Path, count: int) -> list[str]:
    """Return some questions of a set, the same every time; headlines as questions."""
    random = Random(_SEED)  # noqa: S311 (no secret)
    _, queries, *_ = files(folder)
    asked = records(queries)
    return [_sentence(row, random) for row in random.sample(asked, min(count, len(asked)))]


def _sentence(row: dict[str, object], random: Random) -> str:
    text, metadata = str(row["text"]), row.get("metadata")
    headline = isinstance(metadata, dict) and metadata.get("kind") == "headline"
    return random.choice(_FORMS).format(text.lower()) if headline else text


if __name__ == "__main__":
    main()
