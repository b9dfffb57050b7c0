"""The exact scores of fetched passages: the engine's arithmetic, in its order, over their terms."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from index import bm25
from index.cluster.layout import Decoded
from index.postings.forward import Forward
from index.postings.inversion import MOST_TF
from index.postings.strata import Strata
from index.ranking.engine import Scores, merged

Counts = npt.NDArray[np.int64]


class Formula(NamedTuple):
    """What scores of a collection are made with; `average` is what a passage's relative length is on average."""

    passages: int
    parameters: bm25.Parameters
    strata: Strata
    average: float

    def norms(self, terms: npt.NDArray[np.uint32], articles: npt.NDArray[np.uint32]) -> bm25.Floats:
        """Return the norms of passages of so many terms, as the inversion counts them, in these articles."""
        return bm25.norms(self.strata.lengths(terms, articles), self.average, self.parameters)

    def impacts_at_most(self, df: int) -> float:
        """Return more than what a term of that df may add to any score."""
        return bm25.idf(self.passages, df) * (self.parameters.k1 + 1)

    def impacts(self, df: int, tf: Counts, norms: bm25.Floats) -> bm25.Floats:
        """Return what a term of that df adds to the scores of passages that hold it `tf` times; 0 where they do not."""
        idf = bm25.idf(self.passages, df)
        return np.asarray(idf * bm25.saturation(tf.astype(np.float64), norms, self.parameters.k1))


def exact(
    formula: Formula,
    articles: npt.NDArray[np.uint32],
    passages: Sequence[Decoded],
    terms: Sequence[int],
    weights: Sequence[float],
    dfs: Sequence[int],
) -> Scores:
    """Return the scores of passages as `index.ranking.engine.Engine` gives them; `dfs` are those of `terms`."""
    df_of = dict(zip(terms, dfs, strict=True))
    query = sorted([(df_of[term], term, weight) for term, weight in merged(terms, weights).items() if df_of[term]])
    scores, title_weight = np.zeros(len(passages)), formula.parameters.title_weight
    if not len(passages) or not query:
        return scores
    sizes = np.array([len(one.own) + title_weight * len(one.of_title) for one in passages], np.uint32)
    norms = formula.norms(sizes, articles)
    known = [term for _, term, _ in query]
    own, titles = _counts([one.own for one in passages], known), _counts([one.of_title for one in passages], known)
    tf = np.minimum(own + title_weight * titles, MOST_TF)
    for number, (df, _, weight) in enumerate(query):
        impacts = formula.impacts(df, tf[number], norms)
        scores += impacts if weight == 1.0 else weight * impacts
    return scores


def _ends(texts: Sequence[npt.NDArray[np.uint32]]) -> Counts:
    return np.append(0, np.cumsum([len(text) for text in texts])).astype(np.int64)


def _counts(texts: Sequence[npt.NDArray[np.uint32]], terms: Sequence[int]) -> Counts:
    """Return how often each text holds each of the terms: int64 [terms, texts]."""
    order = np.argsort(terms, kind="stable")
    known = np.array(terms, np.int64)[order]
    every = np.concatenate([np.empty(0, np.uint32), *texts]).astype(np.int64)
    owner = np.repeat(np.arange(len(texts)), [len(text) for text in texts])
    places = np.minimum(known.searchsorted(every), len(known) - 1)
    held = known[places] == every
    cells = order[places[held]] * len(texts) + owner[held]
    return np.bincount(cells, minlength=len(terms) * len(texts)).reshape(len(terms), len(texts))


def excerpt(passages: Sequence[Decoded], articles: npt.NDArray[np.uint32]) -> Forward:
    """Return a forward index of these passages alone, whose articles count from 0."""
    distinct, article = np.unique(articles, return_inverse=True)
    first = np.searchsorted(articles, distinct)
    titles = [passages[at].of_title for at in first.tolist()]
    own = [one.own for one in passages]
    nothing = np.empty(0, np.uint32)
    ends, title_ends = (
        np.append(0, np.cumsum([len(text) for text in some])).astype(np.int64) for some in (own, titles)
    )
    return Forward(
        ends, np.concatenate([nothing, *own]), title_ends, np.concatenate([nothing, *titles]),
        article.astype(np.uint32), np.array([one.passage.kind == "boilerplate" for one in passages], bool),
    )  # fmt: skip
