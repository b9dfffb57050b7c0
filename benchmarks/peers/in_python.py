"""Peers written in Python: rank-bm25, and bm25s over NumPy and over numba."""

import pickle
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from typing import Any, ClassVar, Literal

import numpy as np

from benchmarks.corpora import Passages, word
from benchmarks.peers.peer import K1, B
from benchmarks.truth import Formula


class RankBm25:
    """`BM25Plus(delta=0)`, which is our formula. Its best are taken by argpartition; its own way is a full sort."""

    formula: ClassVar = Formula()
    clock: ClassVar[Literal["thread", "process"]] = "thread"
    warming: ClassVar = 0
    package: ClassVar = "rank_bm25"

    def build(self, passages: Passages, folder: Path) -> None:
        model = import_module(self.package).BM25Plus(self.documents(passages), k1=K1, b=B, delta=0)
        with (folder / "model.pickle").open("wb") as file:
            pickle.dump(model, file, pickle.HIGHEST_PROTOCOL)

    def open(self, folder: Path) -> None:
        with (folder / "model.pickle").open("rb") as file:
            self._model = pickle.load(file)  # noqa: S301, written by build

    def documents(self, passages: Passages) -> list[Any]:
        return list(passages.numbers())

    def prepare(self, terms: Sequence[int]) -> Any:
        return list(terms)

    def search(self, question: Any, k: int) -> Any:
        scores = self._model.get_scores(question)
        best = np.argpartition(scores, len(scores) - k)[len(scores) - k :]
        best = best[np.argsort(-scores[best])]
        return best, scores[best]

    def hits(self, result: Any) -> tuple[list[int], list[float]]:
        rows, scores = result
        return rows.tolist(), scores.tolist()


class Bm25s:
    """Its default method, "lucene", with the saved index read into memory as its documentation does."""

    formula: ClassVar = Formula("lucene", tolerance=1e-5)
    clock: ClassVar[Literal["thread", "process"]] = "thread"
    warming: ClassVar = 0
    backend: ClassVar = "numpy"
    # Its numba kernels take 0 for all cores, its NumPy path takes it for none but the caller's.
    threads: ClassVar = 0

    def build(self, passages: Passages, folder: Path) -> None:
        model = import_module("bm25s").BM25(method="lucene", k1=K1, b=B)
        vocabulary = {word(term): term for term in range(passages.corpus.terms)}
        model.index((list(passages.numbers()), vocabulary), show_progress=False)
        model.save(str(folder), show_progress=False)

    def open(self, folder: Path) -> None:
        self._model = import_module("bm25s").BM25.load(str(folder))
        self._model.backend = self.backend
        if self.backend == "numba":
            self._model.activate_numba_scorer()

    def prepare(self, terms: Sequence[int]) -> Any:
        return [[word(term) for term in terms]]

    def search(self, question: Any, k: int) -> Any:
        return self._model.retrieve(question, k=k, show_progress=False, n_threads=self.threads)

    def hits(self, result: Any) -> tuple[list[int], list[float]]:
        return result.documents[0].tolist(), result.scores[0].tolist()


class Bm25sNumba(Bm25s):
    """The same index with the kernels of its numba backend, compiled anew in every process."""

    backend: ClassVar = "numba"
    threads: ClassVar = 1
