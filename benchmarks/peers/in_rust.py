"""Peers written in Rust: tantivy, bm25-turbo, rank-bm25-rs and lucivy.

nanofts is none of them: what it ranks holds all words of a question, which is another task.
"""

from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from typing import Any, ClassVar, Literal

from benchmarks.corpora import Passages, word
from benchmarks.peers.in_python import RankBm25
from benchmarks.peers.peer import K1, B
from benchmarks.truth import Formula


class Tantivy:
    """Without positions or stored text, one writing thread. It keeps a document's length in one byte; k1 and b are
    fixed at 1.2 and 0.75."""

    formula: ClassVar = Formula("lucene", bytes=True, tolerance=1e-5)
    clock: ClassVar[Literal["thread", "process"]] = "thread"
    warming: ClassVar = 0

    def build(self, passages: Passages, folder: Path) -> None:
        tantivy = import_module("tantivy")
        index = tantivy.Index(self._schema(tantivy), path=str(folder))
        writer = index.writer(heap_size=512_000_000, num_threads=1)
        for row, text in enumerate(passages.texts()):
            document = tantivy.Document()
            document.add_text("text", text)
            document.add_unsigned("row", row)
            writer.add_document(document)
        writer.commit()
        writer.wait_merging_threads()

    def open(self, folder: Path) -> None:
        self._tantivy = import_module("tantivy")
        self._fields = self._schema(self._tantivy)
        self._searcher = self._tantivy.Index(self._fields, path=str(folder)).searcher()

    def prepare(self, terms: Sequence[int]) -> Any:
        query, should = self._tantivy.Query, self._tantivy.Occur.Should
        words = (query.term_query(self._fields, "text", word(term), index_option="freq") for term in terms)
        return query.boolean_query([(should, one) for one in words])

    def search(self, question: Any, k: int) -> Any:
        return self._searcher.search(question, k, count=False)

    def hits(self, result: Any) -> tuple[list[int], list[float]]:
        rows = self._searcher.fast_field_values("row", [address for _, address in result.hits])
        return list(rows), [score for score, _ in result.hits]

    @staticmethod
    def _schema(tantivy: Any) -> Any:
        fields = tantivy.SchemaBuilder()
        fields.add_text_field("text", stored=False, tokenizer_name="whitespace", index_option="freq")
        fields.add_unsigned_field("row", stored=False, indexed=False, fast=True)
        return fields.build()


class Bm25Turbo:
    """Take texts and questions as strings; splitting the question is part of its search."""

    formula: ClassVar = Formula("lucene", tolerance=1e-5)
    clock: ClassVar[Literal["thread", "process"]] = "process"
    warming: ClassVar = 0

    def build(self, passages: Passages, folder: Path) -> None:
        model = import_module("bm25_turbo_python").BM25(method="lucene", k1=K1, b=B)
        model.index(list(passages.texts()))
        model.save(str(folder / "index.bm25"))

    def open(self, folder: Path) -> None:
        self._model = import_module("bm25_turbo_python").BM25.load(str(folder / "index.bm25"))

    def prepare(self, terms: Sequence[int]) -> Any:
        return " ".join(word(term) for term in terms)

    def search(self, question: Any, k: int) -> Any:
        return self._model.search(question, k)

    def hits(self, result: Any) -> tuple[list[int], list[float]]:
        rows, scores = result
        return list(rows), list(scores)


class RankBm25Rs(RankBm25):
    """`RankBm25` over words, which it takes alone."""

    package: ClassVar = "rank_bm25_rs"

    def documents(self, passages: Passages) -> list[Any]:
        return list(passages.words())

    def prepare(self, terms: Sequence[int]) -> Any:
        return [word(term) for term in terms]


class Lucivy:
    """One shard, without positions; each word a query of its own, joined by "should", as its documentation shows."""

    formula: ClassVar = Formula("lucene", bytes=True, tolerance=1e-5)
    # It searches with threads of its own.
    clock: ClassVar[Literal["thread", "process"]] = "process"
    warming: ClassVar = 0

    def build(self, passages: Passages, folder: Path) -> None:
        fields = [{"name": "text", "type": "text", "stored": True}]
        index = import_module("lucivy").Index.create(str(folder / "index"), fields, positions=False)
        index.add_many([{"doc_id": row, "text": text} for row, text in enumerate(passages.texts())])
        index.commit()
        index.close()

    def open(self, folder: Path) -> None:
        self._index = import_module("lucivy").Index.open(str(folder / "index"))

    def prepare(self, terms: Sequence[int]) -> Any:
        words = [{"type": "term", "field": "text", "value": word(term)} for term in terms]
        return {"type": "boolean", "should": words}

    def search(self, question: Any, k: int) -> Any:
        return self._index.search(question, limit=k)

    def hits(self, result: Any) -> tuple[list[int], list[float]]:
        return [one.doc_id for one in result], [one.score for one in result]
