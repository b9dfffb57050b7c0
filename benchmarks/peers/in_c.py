"""Peers written in C and C++: SQLite's FTS5, and PISA through its binding for PyTerrier."""

import sqlite3
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from typing import Any, ClassVar, Literal

import numpy as np

from benchmarks.corpora import Passages, word
from benchmarks.peers.peer import K1, B
from benchmarks.truth import Formula


class Fts5:
    """A table without content, merged into one segment; `rank` is its built-in bm25 with k1 1.2 and b 0.75."""

    formula: ClassVar = Formula("classic")
    clock: ClassVar[Literal["thread", "process"]] = "thread"
    warming: ClassVar = 0

    def build(self, passages: Passages, folder: Path) -> None:
        database = sqlite3.connect(folder / "index.db")
        # Without positions: nobody asks for phrases here.
        database.execute("create virtual table passage using fts5(text, content='', detail=none)")
        rows = enumerate(passages.texts(), 1)
        database.executemany("insert into passage(rowid, text) values (?, ?)", rows)
        database.execute("insert into passage(passage) values ('optimize')")
        database.commit()
        database.close()

    def open(self, folder: Path) -> None:
        self._database = sqlite3.connect(folder / "index.db")
        self._database.execute("pragma mmap_size=8000000000")

    def prepare(self, terms: Sequence[int]) -> Any:
        return " OR ".join(word(term) for term in terms)

    def search(self, question: Any, k: int) -> Any:
        wanted = "select rowid, rank from passage where passage match ? order by rank limit ?"
        return self._database.execute(wanted, (question, k)).fetchall()

    def hits(self, result: Any) -> tuple[list[int], list[float]]:
        return [row - 1 for row, _ in result], [-rank for _, rank in result]


class Pisa:
    """Block-Max WAND over block_simdbp lists. Called below PyTerrier's data frames, which cost more than the search.

    The binding searches in a thread of its own, so the CPU time of the whole process counts.
    """

    formula: ClassVar = Formula("classic", tolerance=1e-5)
    clock: ClassVar[Literal["thread", "process"]] = "process"
    warming: ClassVar = 0
    algorithm: ClassVar = "block_max_wand"

    def build(self, passages: Passages, folder: Path) -> None:
        index = import_module("pyterrier_pisa").PisaIndex(
            str(folder), text_field="text", stemmer="none", stops="none", threads=1, batch_size=1_000_000
        )
        index.index({"docno": str(row), "text": text} for row, text in enumerate(passages.texts()))
        # The compressed lists and their block maxima are made when the index is first opened.
        self.open(folder)

    def open(self, folder: Path) -> None:
        package = import_module("pyterrier_pisa")
        index = package.PisaIndex(str(folder), stemmer="none", stops="none", threads=1)
        self._retrieve = package._pisathon.retrieve
        self._context = index.bm25(k1=K1, b=B, num_results=10, query_algorithm=self.algorithm)._ctxt

    def prepare(self, terms: Sequence[int]) -> Any:
        return [(0, {word(term): 1.0 for term in terms})]

    def search(self, question: Any, k: int) -> Any:
        numbers, names = np.empty(k, np.int32), np.empty(k, object)
        ranks, scores = np.empty(k, np.int32), np.empty(k, np.float32)
        count = self._retrieve(
            self._context, self.algorithm, question, k=k, threads=1, query_weighted=1, pretokenised=True,
            result_qidxs=numbers, result_docnos=names, result_ranks=ranks, result_scores=scores,
        )  # fmt: skip
        return names[:count], scores[:count]

    def hits(self, result: Any) -> tuple[list[int], list[float]]:
        names, scores = result
        return [int(name) for name in names], scores.tolist()


class PisaMaxScore(Pisa):
    """The same index, searched by MaxScore."""

    algorithm: ClassVar = "maxscore"
