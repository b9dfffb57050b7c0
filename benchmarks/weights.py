"""Fit the weights of the reranker on question sets, and judge them on sets that they were not fitted on.

    python -m benchmarks.weights DIR... [--questions 600]

Each set is indexed by itself and asked; what the four features give to the best 50 passages of each question is kept
unweighted, so that any weights can be tried on it without asking again. Coordinate ascent from the shipped weights:
each in turn takes the value of `GRID` with the best mean of the sets' MRR@10, until none changes. For every set, the
weights fitted on all the others are judged on it, beside the shipped ones; the last line is fitted on all. Languages
with weights of their own (`index.rerank.reranker.OF_LANGUAGE`) are left out of the fit of the common ones.
"""

import argparse
import random
from collections.abc import Mapping, Sequence
from dataclasses import astuple, dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import numpy as np
import numpy.typing as npt

from index import tuning
from index.build.build import Options, build
from index.evaluate.beir import load
from index.rerank.reranker import OF_LANGUAGE, WEIGHTS, Weights
from index.search.retriever import LocalRetriever
from index.store.store import Store

GRID: Final = (0.0, 0.05, 0.1, 0.15, 0.2, 0.3, 0.45, 0.6, 0.9)
_SEED: Final = 7
_CUT: Final = 10

Vector = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Rankings:
    """The passages that the engine found for n questions: `features` float64 [n, RERANK_DEPTH, 5], the words' score
    first and the others unweighted, 0 behind the last passage; `right` bool [n, RERANK_DEPTH]."""

    features: Vector
    right: npt.NDArray[np.bool_]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", nargs="+", type=Path, help="question sets in BEIR layout")
    parser.add_argument("--questions", type=int, default=600, help="asked of each set at most, drawn at random")
    options = parser.parse_args()
    sets = {folder.name: one for folder in options.folders if (one := rankings(folder, options.questions)) is not None}
    shipped = np.array(astuple(WEIGHTS))
    print(f"{'set':<18} {'shipped':>8} {'held out':>9}  {_named(WEIGHTS)}")
    for name, ranked in sets.items():
        others = {other: sets[other] for other in sets if other != name}
        found = fitted(others, shipped) if others else shipped
        print(f"{name:<18} {mrr(ranked, shipped):>8.4f} {mrr(ranked, found):>9.4f}  {_named(Weights(*found.tolist()))}")
    found = fitted(sets, shipped)
    print(f"{'all':<18} {_mean(sets, shipped):>8.4f} {_mean(sets, found):>9.4f}  {_named(Weights(*found.tolist()))}")


def rankings(folder: Path, questions: int) -> Rankings | None:
    """Return the rankings of one set; None for one in a language with weights of its own."""
    loaded = load(folder)
    answerable = [question for question in loaded.questions if question.relevant]
    drawn = random.Random(_SEED).sample(answerable, min(questions, len(answerable)))  # noqa: S311 (no secret)
    features, right = np.zeros((len(drawn), tuning.RERANK_DEPTH, 5)), np.zeros((len(drawn), tuning.RERANK_DEPTH), bool)
    with TemporaryDirectory(prefix="quoth-weights-") as temporary:
        build(Store(Path(temporary)), loaded.articles, (), Options(cut=False, force=True))
        retriever = LocalRetriever(Store(Path(temporary)))
        if next(iter(retriever.index.passages.languages)) in OF_LANGUAGE:
            retriever.close()
            return None
        for number, question in enumerate(drawn):
            for place, hit in enumerate(retriever.index.search(question.text, tuning.RERANK_DEPTH).hits):
                features[number, place] = astuple(hit.parts)
                right[number, place] = loaded.passage_ids[hit.passage.row] in question.relevant
        retriever.close()
    features[:, :, 1:] /= np.array(astuple(WEIGHTS))
    return Rankings(features, right)


def mrr(ranked: Rankings, weights: Vector) -> float:
    """Return the mean reciprocal rank of the first right passage, 0 behind the tenth; ties by the order at hand."""
    scores = ranked.features @ np.concatenate([[1.0], weights])
    order = np.argsort(-scores, axis=1, kind="stable")[:, :_CUT]
    right = np.take_along_axis(ranked.right, order, axis=1)
    ranks = 1 / np.arange(1, _CUT + 1)
    return float((right * ranks).max(axis=1).mean())


def fitted(sets: Mapping[str, Rankings], start: Vector) -> Vector:
    """Fit the weights by coordinate ascent, float64 [4]."""
    best, weights = _mean(sets, start), start
    while True:
        before = best
        for place in range(len(weights)):
            for value in GRID:
                tried = weights.copy()
                tried[place] = value
                if (mean := _mean(sets, tried)) > best:
                    best, weights = mean, tried
        if best == before:
            return weights


def _mean(sets: Mapping[str, Rankings], weights: Vector) -> float:
    return float(np.mean([mrr(ranked, weights) for ranked in sets.values()]))


def _named(weights: Weights) -> str:
    names: Sequence[str] = Weights.__slots__
    return " ".join(f"{name} {value:.2f}" for name, value in zip(names, astuple(weights), strict=True))


if __name__ == "__main__":
    main()
