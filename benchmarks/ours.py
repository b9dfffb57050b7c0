"""Our own paths under measurement. A path is a function that opens, and on its first call stores, what it needs."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar, Final, Literal

from benchmarks.corpora import Folder, Passages
from benchmarks.truth import Formula
from index import bm25
from index.engine import EmbeddedEngine, Engine
from index.inversion import invert
from index.postings import LARGE, Forward, Postings

PARAMETERS: Final = bm25.Parameters()


def _numpy(_: Forward, postings: Postings, __: Path) -> Engine:
    return EmbeddedEngine(postings, PARAMETERS)


def _compiled(_: Forward, postings: Postings, folder: Path) -> Engine:
    from index.compiled import CompiledEngine, Tables, keep_kernels_in, tables

    keep_kernels_in(folder.parent.parent.parent / "kernels")
    if not list(folder.glob("compiled_*.npy")):
        tables(postings, PARAMETERS).save(folder)
    return CompiledEngine(postings, Tables.open(Folder(folder)), PARAMETERS)


PATHS: Final[Mapping[str, Callable[[Forward, Postings, Path], Engine]]] = {
    "quoth-numpy": _numpy,
    "quoth-compiled": _compiled,
}


def chosen(passages: int) -> str:
    """The path that a collection of so many passages is answered by where every extra is installed."""
    return "quoth-compiled" if passages >= LARGE else "quoth-numpy"


class Ours:
    """One of `PATHS` as the benchmark asks it: from ready term ids to rows and float64 scores."""

    formula: ClassVar = Formula()
    clock: ClassVar[Literal["thread", "process"]] = "thread"
    warming: ClassVar = 0

    forward: Forward

    def __init__(self, path: str) -> None:
        self._name = path

    def build(self, passages: Passages, folder: Path) -> None:
        from index.compiled import keep_kernels_in
        from index.inversion import invert_compiled

        # As a build does with numba: what the NumPy path finds in a large collection is inverted in passes too.
        if self._name == "quoth-compiled" or passages.corpus.passages >= LARGE:
            keep_kernels_in(folder.parent.parent.parent / "kernels")
            invert_compiled(passages.forward, passages.corpus.terms, PARAMETERS, folder)
        else:
            invert(passages.forward, passages.corpus.terms, PARAMETERS).save(folder)
        self.open(folder)
        # As the build command does: the kernels of a search are compiled, not only those of the build.
        self._engine.top([0, 1], [1.0, 1.0], 10)

    def open(self, folder: Path) -> None:
        self._engine = PATHS[self._name](self.forward, Postings.open(Folder(folder)), folder)

    def prepare(self, terms: Sequence[int]) -> Any:
        return list(terms), [1.0] * len(terms)

    def search(self, question: Any, k: int) -> Any:
        terms, weights = question
        return self._engine.top(terms, weights, k)

    def found(self, result: Any) -> tuple[list[int], list[float]]:
        rows, scores = result
        return rows.tolist(), scores.tolist()
