"""The collections that the engines are measured on, as folders that every process opens for itself.

Real text first: question sets in BEIR layout, paragraphs as passages without their titles, analysed by our analyzer;
then synthetic text of any size. A folder holds the arrays of an `index.postings.forward.Forward`, `corpus.json` and the
questions.
"""

import json
import time
from array import array
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from benchmarks import synthetic
from index.analysis import analyzer
from index.evaluate import beir
from index.postings.forward import Forward

# Name on the command line: folder below --data, language of the analyzer.
REAL: Final = {"reuters": ("reuters21578", "en"), "saudinews": ("saudinews_dev_ar", "ar")}
SYNTHETIC: Final = "synthetic"


@dataclass(frozen=True, slots=True)
class Folder:
    """Stored arrays, mapped copy-on-write as a generation of the index maps them."""

    path: Path

    def array(self, name: str) -> npt.NDArray[Any]:
        stored: npt.NDArray[Any]
        try:
            stored = np.load(self.path / f"{name}.npy", mmap_mode="c")
        except ValueError:  # an empty array cannot be mapped
            stored = np.load(self.path / f"{name}.npy")
        # A plain array: the subclass that np.load returns makes every slice slower.
        return stored.view(np.ndarray)


@dataclass(frozen=True, slots=True)
class Corpus:
    """`passages` and distinct `terms` of the collection in `folder`, `tokens` all its terms; `name` is of `REAL` or
    "synthetic"."""

    name: str
    passages: int
    terms: int
    tokens: int
    folder: Path

    @classmethod
    def stored(cls, folder: Path) -> "Corpus":
        settings = json.loads((folder / "corpus.json").read_text())
        return cls(**{**settings, "folder": folder})

    def forward(self) -> Forward:
        return Forward.open(Folder(self.folder))

    def questions(self) -> dict[str, list[list[int]]]:
        """By kind, each a list of distinct term ids."""
        questions: dict[str, list[list[int]]] = json.loads((self.folder / "questions.json").read_text())
        return questions


def word(term: int) -> str:
    return f"t{term}"


def number(size: str) -> int:
    """Return how many passages a size on the command line means: "10k" -> 10_000."""
    units = {"k": 1_000, "m": 1_000_000}
    return int(size[:-1]) * units[size[-1]] if size[-1] in units else int(size)


class Passages:
    """The passages in the form that an engine takes them; `spent_ns` is the CPU time that this form cost, which is no
    part of the engine's build. A term is the word `t` + its id, which every tokenizer takes for one word."""

    def __init__(self, corpus: Corpus) -> None:
        self.corpus = corpus
        self.forward = corpus.forward()
        self.spent_ns = 0

    def texts(self) -> Iterator[str]:
        return map(" ".join, self.words())

    def words(self, spelt: Callable[[int], str] = word) -> Iterator[list[str]]:
        return self._lists(np.array([spelt(term) for term in range(self.corpus.terms)], object))

    def numbers(self) -> Iterator[list[int]]:
        return self._lists(np.arange(self.corpus.terms).astype(object))

    def _lists(self, names: npt.NDArray[np.object_], block: int = 4096) -> Iterator[list[Any]]:
        indptr = self.forward.indptr
        for start in range(0, self.corpus.passages, block):
            begun = time.thread_time_ns()
            offsets = indptr[start : start + block + 1]
            # Objects of one array, so that a term is one object in memory however often it occurs.
            named = names[self.forward.terms[offsets[0] : offsets[-1]]].tolist()
            edges = (offsets - offsets[0]).tolist()
            rows = [named[begin:end] for begin, end in pairwise(edges)]
            self.spent_ns += time.thread_time_ns() - begun
            yield from rows


def make_synthetic(folder: Path, passages: int, seed: int) -> Corpus:
    """See `benchmarks.synthetic`."""
    terms = synthetic.write(folder, passages, seed)
    return _described(SYNTHETIC, passages, terms, folder)


def make_real(folder: Path, name: str, data: Path) -> tuple[Corpus, list[list[int]]]:
    """Make a collection of `REAL` below `data`, and its own questions as distinct term ids. Raises QuestionSetError."""
    source, language = REAL[name]
    questions = beir.load(data / source)
    ids: dict[str, int] = {}
    terms, indptr, article = array("I"), array("q", [0]), array("I")
    for row, one in enumerate(questions.articles):
        for paragraph in one.paragraphs:
            terms.extend(ids.setdefault(term, len(ids)) for term in analyzer.analyze(paragraph.text, language))
            indptr.append(len(terms))
            article.append(row)
    Forward(
        np.array(indptr, np.int64),
        np.array(terms, np.uint32),
        np.zeros(len(questions.articles) + 1, np.int64),
        np.empty(0, np.uint32),
        np.array(article, np.uint32),
        np.zeros(len(article), np.bool_),
    ).save(folder)
    asked = [
        [ids[term] for term in dict.fromkeys(analyzer.analyze(question.text, language)) if term in ids]
        for question in questions.questions
    ]
    return _described(name, len(article), len(ids), folder), [terms for terms in asked if terms]


def _described(name: str, passages: int, terms: int, folder: Path) -> Corpus:
    tokens = int(np.load(folder / "forward_indptr.npy", mmap_mode="r")[-1])
    corpus = Corpus(name, passages, terms, tokens, folder)
    (folder / "corpus.json").write_text(json.dumps({**asdict(corpus), "folder": ""}))
    return corpus


def bytes_of(folder: Path) -> int:
    """Return the bytes of all files below a folder."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
