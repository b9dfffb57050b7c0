"""The formula, stated once.

    score(question, passage) = sum over the question's terms t of  weight(t) x idf(t) x saturation(t, passage)

    idf(t)        = ln((N + 1) / df(t))                                     always above 0
    saturation    = tf x (k1 + 1) / (tf + k1 x (1 - b + b x length / average length))

This is BM25+ with delta = 0 (Lv and Zhai 2011, "Lower-bounding term frequency normalization"), which is
`rank_bm25.BM25Plus(delta=0)`: unlike the classic idf it never turns zero or negative, so that collections of one or
two passages work. N counts passages, df the passages that hold t. The article's title counts `title_weight` times
in tf and in length, which makes it BM25F's title field with that weight. What a generation stores as length is length
over the usual length where the passage stands, and a question's weights make idf that of its language: see
`index.postings.strata`.

Lucene's idf, ln(1 + (N - df + .5) / (df + .5)), was measured beside it and is level or .001 worse in hit@1.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from index import tuning

Floats = npt.NDArray[np.float64]

# For so few terms NumPy costs more than it saves.
_FEW = 256


@dataclass(frozen=True, slots=True)
class Parameters:
    """k1 >= 0 says how soon a repeated term stops counting, b in 0..1 how much a long passage is held back."""

    k1: float = tuning.BM25_K1
    b: float = tuning.BM25_B
    title_weight: int = tuning.TITLE_WEIGHT

    @classmethod
    def stored(cls, settings: Mapping[str, object]) -> "Parameters":
        """Those of a manifest, written by `dataclasses.asdict`."""
        return cls(float(str(settings["k1"])), float(str(settings["b"])), int(str(settings["title_weight"])))


def idf(passages: int, df: int) -> float:
    """Inverse document frequency of a term that `df` >= 1 of `passages` hold, in nats.

    >>> round(idf(2, 1), 3), round(idf(2, 2), 3)
    (1.099, 0.405)
    """
    return math.log((passages + 1) / df)


def idfs(passages: int, df: npt.NDArray[np.integer]) -> Floats:
    """`idf` of every term, float64 [V]; 0 where no passage holds it. The same numbers, which NumPy's own log is not.

    >>> idfs(2, np.array([1, 0])).round(3).tolist()
    [1.099, 0.0]
    """
    if len(df) <= _FEW:
        return np.array([idf(passages, count) if count else 0.0 for count in df.tolist()], np.float64)
    distinct, where = np.unique(df, return_inverse=True)
    held = distinct > 0
    values = np.zeros(len(distinct))
    values[held] = list(map(math.log, ((passages + 1) / distinct[held]).tolist()))
    return values[where]


def norms(lengths: npt.NDArray[np.integer], average: float, parameters: Parameters) -> Floats:
    """k1 x (1 - b + b x length / average) for every passage, float64 [N]."""
    return np.asarray(norm(lengths.astype(np.float64), average, parameters.k1, parameters.b))


def average(lengths: npt.NDArray[np.integer]) -> float:
    """The average length, 1 where there is no term at all."""
    return float(lengths.mean()) if lengths.size and lengths.any() else 1.0


# These two take numbers and arrays alike, and are what the compiled kernels compile.


def norm(length: Any, average: Any, k1: float, b: float) -> Any:
    """k1 x (1 - b + b x length / average)."""
    return k1 * (1 - b + b * length / average)


def saturation(tf: Any, norm: Any, k1: float) -> Any:
    """What `tf` >= 1 occurrences count: above 0, below k1 + 1.

    >>> saturation(1.0, 1.2, 1.2)
    1.0
    """
    return tf * (k1 + 1) / (norm + tf)
