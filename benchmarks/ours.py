"""Our own paths under measurement. A path is a function that opens, and on its first call stores, what it needs."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar, Final, Literal

from benchmarks.corpora import Folder, Passages
from benchmarks.truth import Formula
from index import bm25
from index.machine.kernel_cache import keep_kernels_in, seal
from index.postings.compact import CompactPostings
from index.postings.compaction import compact_postings
from index.postings.impacts import LARGE, Postings
from index.postings.inversion import LargeInversion, invert
from index.ranking.compiled import CompiledEngine
from index.ranking.embedded import EmbeddedEngine
from index.ranking.engine import Engine
from index.ranking.maxscore import MaxScoreEngine

PARAMETERS: Final = bm25.Parameters()


def _numpy(folder: Path) -> Engine:
    if (folder / "compact_indptr.npy").exists():
        return MaxScoreEngine(CompactPostings.open(Folder(folder)), PARAMETERS)
    return EmbeddedEngine(Postings.open(Folder(folder)))


def _compiled(folder: Path) -> Engine:
    keep_kernels_in(folder.parent.parent.parent / "kernels")
    engine: Engine
    if (folder / "compact_indptr.npy").exists():
        engine = CompiledEngine(CompactPostings.open(Folder(folder)), PARAMETERS)
    else:
        engine = EmbeddedEngine(Postings.open(Folder(folder)))
        engine.take_over()
    # What is not listed is compiled anew.
    seal()
    return engine


PATHS: Final[Mapping[str, Callable[[Path], Engine]]] = {
    "quoth-numpy": _numpy,
    "quoth-compiled": _compiled,
}


# By which a process that lives answers where every extra is installed.
CHOSEN: Final = "quoth-compiled"


class Ours:
    """One of `PATHS` as the benchmark asks it: from ready term ids to rows and float64 scores."""

    formula: ClassVar = Formula()
    clock: ClassVar[Literal["thread", "process"]] = "thread"
    warming: ClassVar = 0

    def __init__(self, path: str) -> None:
        self._name = path

    def build(self, passages: Passages, folder: Path) -> None:
        terms = passages.corpus.terms
        if passages.corpus.passages >= LARGE:
            keep_kernels_in(folder.parent.parent.parent / "kernels")
            inversion = LargeInversion(passages.forward, terms, PARAMETERS)
            compact_postings(inversion.indptr, inversion.lengths, inversion.lists(), PARAMETERS, folder)
        else:
            Postings.of(invert(passages.forward, terms, PARAMETERS), PARAMETERS).save(folder)
        self.open(folder)
        # As the build command does: the kernels of a search are compiled, not only those of the build.
        self._engine.top([0, 1], [1.0, 1.0], 10)

    def open(self, folder: Path) -> None:
        self._engine = PATHS[self._name](folder)

    def prepare(self, terms: Sequence[int]) -> Any:
        return list(terms), [1.0] * len(terms)

    def search(self, question: Any, k: int) -> Any:
        terms, weights = question
        return self._engine.top(terms, weights, k)

    def hits(self, result: Any) -> tuple[list[int], list[float]]:
        rows, scores = result
        return rows.tolist(), scores.tolist()
