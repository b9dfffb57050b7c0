"""The formula, stated once.

    score(question, passage) = sum over the question's terms t of  weight(t) x idf(t) x saturation(t, passage)

    idf(t)        = ln((N + 1) / df(t))                                     always above 0
    saturation    = tf x (k1 + 1) / (tf + k1 x (1 - b + b x length / average length))

This is BM25+ with delta = 0 (Lv and Zhai 2011, "Lower-bounding term frequency normalization"), which is
`rank_bm25.BM25Plus(delta=0)`: unlike the classic idf it never turns zero or negative, so that collections of one or
two passages work. N counts passages, df the passages that hold t. The article's title counts `title_weight` times
in tf and in length, which makes it BM25F's title field with that weight.

Lucene's idf, ln(1 + (N - df + .5) / (df + .5)), was measured beside it and is level or .001 worse in hit@1.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Parameters:
    """k1 >= 0 says how soon a repeated term stops counting, b in 0..1 how much a long passage is held back."""

    k1: float = 1.2
    b: float = 0.75
    title_weight: int = 2

    @classmethod
    def stored(cls, settings: Mapping[str, object]) -> "Parameters":
        """Those of a manifest, written by `dataclasses.asdict`."""
        return cls(float(str(settings["k1"])), float(str(settings["b"])), int(str(settings["title_weight"])))


def idf(passages: int, df: npt.NDArray[np.integer]) -> Floats:
    """Inverse document frequency of every term; `df` >= 1 everywhere, same shape out, in nats.

    >>> idf(2, np.array([1, 2])).round(3).tolist()
    [1.099, 0.405]
    """
    return np.log((passages + 1) / df.astype(np.float64))


def norms(lengths: npt.NDArray[np.integer], parameters: Parameters) -> Floats:
    """k1 x (1 - b + b x length / average length) for every passage, float64 [N]."""
    average = float(lengths.mean()) if lengths.size and lengths.any() else 1.0
    return parameters.k1 * (1 - parameters.b + parameters.b * lengths.astype(np.float64) / average)


def impact(idf_of_term: float | Floats, tf: npt.NDArray[np.integer], norm: Floats, k1: float) -> Floats:
    """What one occurrence of a term in a question adds to each passage that holds it; tf >= 1.

    >>> impact(1.0, np.array([1]), np.array([1.2]), 1.2).tolist()
    [1.0]
    """
    frequency = tf.astype(np.float64)
    return idf_of_term * (frequency * (k1 + 1) / (norm + frequency))
