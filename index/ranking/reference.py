"""The package rank-bm25 as an engine: selectable, and the reference that the other engines are tested against.

Its `BM25Plus` with delta = 0 is the formula of `index.bm25`. It scores every passage for every question, which is
right and slow: 0.4 s at 100,000 paragraphs.
"""

from collections.abc import Sequence

import numpy as np

from index import bm25
from index.postings.forward import Forward
from index.postings.strata import Strata
from index.ranking.engine import Allowed, Rows, Scores, best, nothing


class RankBm25Engine:
    """Score by `rank_bm25.BM25Plus(delta=0)`; ties and unmatched passages as the protocol asks.

    The package itself divides by zero on an empty collection and returns passages that match nothing; both are
    settled here.
    """

    def __init__(self, forward: Forward, parameters: bm25.Parameters, strata: Strata | None = None) -> None:
        """Build the model. Lengths count as `Strata.lengths` says; without strata as the package counts them."""
        from rank_bm25 import BM25Plus

        corpus = [forward.indexed(row, parameters.title_weight) for row in range(len(forward.article))]
        self._model = BM25Plus(corpus, k1=parameters.k1, b=parameters.b, delta=0) if any(corpus) else None
        if self._model and strata:
            lengths = strata.lengths(np.array([len(terms) for terms in corpus], np.uint32), forward.article)
            self._model.doc_len, self._model.avgdl = lengths.tolist(), bm25.average(lengths)

    def top(
        self, terms: Sequence[int], weights: Sequence[float], k: int, allowed: Allowed | None = None
    ) -> tuple[Rows, Scores]:
        """Return the best passages; see `index.ranking.engine.Engine.top`."""
        if self._model is None or not terms or k < 1:
            return nothing()
        scores = np.zeros(self._model.corpus_size)
        # With k1 = 0, or an empty passage and b = 1, the package divides nothing by nothing where a term is absent.
        with np.errstate(invalid="ignore"):
            for term, weight in zip(terms, weights, strict=True):
                scores += weight * np.nan_to_num(self._model.get_scores([term]))
        if allowed is not None:
            scores[~allowed] = 0.0
        return best(np.arange(len(scores)), scores, k)
