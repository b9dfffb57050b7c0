"""Make the questions: of four kinds drawn from the collection itself, and the collection's own.

| kind | terms | of them common |
|---|---|---|
| natural | 4 to 12 | 45 % |
| content | 4 to 12 | none |
| short | 1 or 2 | none |
| long30 | 30 | 45 % |
| asked | the set's own questions or headlines through our analyzer, real text only | as they come |

Common is one of the 60 terms that occur most often, drawn by how often; the others are taken from a random passage
(and, where it is too short, those after it), and 15 % of them are then replaced by a term from anywhere, as people ask
in other words than an article's. The terms of a question are distinct.
"""

import json
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from benchmarks.corpora import Corpus
from index.postings.forward import Forward

COMMON: Final = 60
COMMON_SHARE: Final = 0.45
REPLACED: Final = 0.15


@dataclass(frozen=True, slots=True)
class Kind:
    """`shortest` to `longest` terms, a share `common` of them among the commonest."""

    shortest: int
    longest: int
    common: float


KINDS: Final = {
    "natural": Kind(4, 12, COMMON_SHARE),
    "content": Kind(4, 12, 0.0),
    "short": Kind(1, 2, 0.0),
    "long30": Kind(30, 30, COMMON_SHARE),
}
ASKED: Final = "asked"


def write(corpus: Corpus, count: int, seed: int, asked: list[list[int]]) -> dict[str, list[list[int]]]:
    """Draw `count` questions of every kind, at most as many of the collection's own, and store them with it."""
    source = _Source(corpus.forward(), corpus.terms, np.random.default_rng([seed, count]))
    questions = {name: [source.question(kind) for _ in range(count)] for name, kind in KINDS.items()}
    if asked:
        chosen = source.random.permutation(len(asked))[:count]
        questions[ASKED] = [asked[number] for number in chosen]
    (corpus.folder / "questions.json").write_text(json.dumps(questions))
    return questions


class _Source:
    def __init__(self, forward: Forward, terms: int, random: np.random.Generator) -> None:
        self.forward, self.random = forward, random
        counts = _counts(forward.terms, terms)
        self._common = np.argsort(-counts, kind="stable")[:COMMON]
        self._shares = counts[self._common] / counts[self._common].sum()
        self._is_common = set(self._common.tolist())

    def question(self, kind: Kind) -> list[int]:
        size = int(self.random.integers(kind.shortest, kind.longest + 1))
        common = min(int(self.random.binomial(size, kind.common)), size - 1)
        drawn = self.random.choice(self._common, common, replace=False, p=self._shares).tolist()
        terms = [*drawn, *self._content(size - common)]
        self.random.shuffle(terms)
        return terms

    def _content(self, size: int) -> list[int]:
        row = int(self.random.integers(len(self.forward.article)))
        found: dict[int, None] = {}
        while len(found) < size:
            here = np.unique(self.forward.passage(row))
            fresh = [term for term in self.random.permutation(here).tolist() if term not in self._is_common]
            found.update(dict.fromkeys(fresh[: size - len(found)]))
            row = (row + 1) % len(self.forward.article)
        kept = [term for term in found if self.random.random() >= REPLACED]
        terms = dict.fromkeys(kept)
        while len(terms) < size:
            term = int(self.forward.terms[self.random.integers(len(self.forward.terms))])
            if term not in self._is_common:
                terms[term] = None
        return list(terms)


def _counts(tokens: npt.NDArray[np.uint32], terms: int, piece: int = 1 << 24) -> npt.NDArray[np.int64]:
    counts = np.zeros(terms, np.int64)
    for start in range(0, len(tokens), piece):
        counts += np.bincount(tokens[start : start + piece], minlength=terms)
    return counts
