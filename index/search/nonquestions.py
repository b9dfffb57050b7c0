"""Ask a collection what it does not answer, by meaning: how near that comes is `index.meaning.null`.

A non-question is a few words in a row of one random passage, and a few of another; the articles of both are left out.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from index import tuning
from index.analysis.literal import is_unspaced
from index.meaning.encoder import Encoder
from index.meaning.null import Table
from index.meaning.vectors import Vectors
from index.query.mapped import MappedPassages
from index.ranking.engine import Allowed
from index.store.generation import Generation

_SEED = 20261127


@dataclass(frozen=True, slots=True)
class _NonQuestion:
    text: str
    pair: tuple[int, int]


def measured(generation: Generation, encoder: Encoder, vectors: Vectors) -> tuple[Table, Table]:
    """Return `usual` and `null` of the vectors of a generation, see `index.meaning.vectors`.

    A stratum without a passage to draw from has what the first one has that has; none of them where there is nothing
    to compare with.
    """
    passages = MappedPassages(generation, "auto")
    generation.ensure_all()
    asking = _Asking(passages, encoder, vectors)
    tables = [asking.stratum(number) for number in range(len(passages.strata))]
    first = next((table for table in tables if table is not None), np.empty((2, 0)))
    null = np.stack([first if table is None else table for table in tables])
    return asking.usual(), null


class _Asking:
    """Put non-questions to a collection."""

    def __init__(self, passages: MappedPassages, encoder: Encoder, vectors: Vectors) -> None:
        self._passages, self._encoder, self._vectors = passages, encoder, vectors
        article = passages.forward.article
        is_small = len(passages.forward.title_indptr) - 1 < tuning.NULL_FEW_ARTICLES
        # Each passage of a handful of articles is one of its own.
        self._article = np.arange(len(article), dtype=article.dtype) if is_small else article
        self._of_stratum = passages.strata.of_article[article]
        self._means: list[float] = []
        self._squares: list[float] = []

    def usual(self) -> Table:
        """Return mean and standard deviation of all cosines so far, float64 [2]."""
        if not self._means:
            return np.array([0.0, 1.0])
        mean = float(np.mean(self._means))
        variance = float(np.mean(self._squares)) - mean**2
        return np.array([mean, math.sqrt(max(variance, 1e-12))])

    def stratum(self, number: int) -> Table | None:
        """Return what non-questions of words of a stratum's passages reach, float64 [2, M]."""
        rows = np.flatnonzero((self._of_stratum == number) & (self._vectors.scales > 0))
        if len(np.unique(self._article[rows])) < 2 or self._passages.count < 3:
            return None
        drawn = list(self._drawn(rows))
        encoded = self._encoder.questions([one.text for one in drawn])
        reached = [
            self._reached(one, self._vectors.cosines(vector)) for one, vector in zip(drawn, encoded, strict=True)
        ]
        return np.array(reached, np.float64).T

    def _drawn(self, rows: "np.ndarray[tuple[int], np.dtype[np.int64]]") -> Iterator[_NonQuestion]:
        random = np.random.default_rng(_SEED)
        for count in tuning.MEANING_WORDS:
            for _ in range(tuning.MEANING_DRAWS):
                one, other = rows[random.integers(0, len(rows), 2)].tolist()
                (_, first, _), (_, second, _) = self._passages.read(np.array([one, other]))
                words = [*_stretch(first, (count + 1) // 2, random), *_stretch(second, count // 2, random)]
                yield _NonQuestion(("" if is_unspaced(first) else " ").join(words), (one, other))

    def _reached(self, asked: _NonQuestion, cosines: "np.ndarray[tuple[int], np.dtype[np.float32]]") -> list[float]:
        """Return the column of a non-question in the table, see `index.meaning.null`."""
        allowed: Allowed = ~np.isin(self._article, self._article[list(asked.pair)])
        mean, spread = self._vectors.spread(cosines)
        self._means.append(mean)
        self._squares.append(spread**2 + mean**2)
        nearest = float(cosines[allowed].max(initial=0.0))
        return [nearest, (nearest - mean) / spread]


def _stretch(text: str, count: int, random: np.random.Generator) -> Sequence[str]:
    """Return so many words in a row of a text; two characters are a word where there are no spaces."""
    words = [text[at : at + 2] for at in range(0, len(text), 2)] if is_unspaced(text) else text.split()
    first = int(random.integers(0, max(len(words) - count, 0) + 1))
    return words[first : first + count]
