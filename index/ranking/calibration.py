"""Calibrate confidence: learn at build time, without any labels, what a non-answer looks like in a collection.

A question's signal is its best passage's score over its own highest possible score:

    ratio = top score / ((k1 + 1) x sum of weight x idf over the question's terms)

where a word that no article holds counts with the highest idf, ln(N + 1). No fixed threshold on it is right: it
moves with the size and the language of the collection, and with the number of terms. So terms are drawn at random, as
many as questions have, half of them from one random passage and half from another, and put to the collection with
both articles left out. Nothing there answers them, and the ratios they reach are the null distribution, one for each
number of terms in `index.tuning.NULL_LENGTHS`, and for each stratum (see `index.postings.strata`), as the language of a
question counts its words among its own. A question's confidence is the share of them that it beats.
"""

import math
from bisect import bisect
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from index import bm25, tuning
from index.postings.compact import StoredPostings
from index.postings.forward import Forward
from index.postings.strata import Strata
from index.ranking.engine import Engine, Rows, Scores

Table = npt.NDArray[np.float64]

NAME: Final = "null_ratios"
_LOG_LENGTHS: Final = [math.log(length) for length in tuning.NULL_LENGTHS]
_SEED: Final = 20261124
_TRIES: Final = 20


def ratio(best: float, idfs: Sequence[float], k1: float) -> float:
    """Return the signal above, in 0..1; `best` is the top score, `idfs` are weight x idf of all the question's terms.

    >>> round(ratio(2.2, [1.0, 1.0], 1.2), 3)
    0.5
    """
    highest = (k1 + 1) * sum(idfs)
    return min(best / highest, 1.0) if highest > 0 else 0.0


def unknown_idf(passages: int) -> float:
    """Return the idf of a word that no article holds: that of a word which one more passage would hold."""
    return float(np.log(passages + 1))


def null_ratios(
    postings: StoredPostings, forward: Forward, engine: Engine, parameters: bm25.Parameters, strata: Strata
) -> Table:
    """Return the null distributions, float64 [strata, NULL_LENGTHS, NULL_DRAWS], each row ascending.

    The same collection has the same, and no single article moves it far (see `_spread`). Below NULL_FEW_ARTICLES
    articles only the two passages are left out, not their whole articles. A stratum without a passage to draw from has
    those of the first one that has; [strata, NULL_LENGTHS, 0] when none has, or there is nothing to compare with.
    `index.tuning` has the numbers.
    """
    drawable = (np.diff(forward.indptr) >= tuning.NULL_LEAST_TERMS) & ~forward.hidden
    of_row = strata.of_article[forward.article]
    tables: list[Table | None] = []
    for stratum in range(len(strata)):
        rows = np.flatnonzero(drawable & (of_row == stratum))
        collection = _Collection(postings, forward, engine, parameters, strata, stratum)
        tables.append(_null(collection, rows) if len(rows) and postings.passages > 1 else None)
    first = next((table for table in tables if table is not None), np.empty((len(tuning.NULL_LENGTHS), 0)))
    return np.stack([first if table is None else table for table in tables])


@dataclass(frozen=True, slots=True)
class _Collection:
    """The collection that the draws of one stratum are put to."""

    postings: StoredPostings
    forward: Forward
    engine: Engine
    parameters: bm25.Parameters
    strata: Strata
    stratum: int
    _counted: dict[int, tuple[float, int]] = field(default_factory=dict)

    def counted(self, term: int) -> tuple[float, int]:
        """Return the weight of a term in the stratum and its df there; looked up once, for terms are drawn again."""
        if (known := self._counted.get(term)) is None:
            df = self.postings.df(term)
            known = self.strata.weight(self.stratum, term, df), self.strata.df_in(self.stratum, term, df)
            self._counted[term] = known
        return known


def _null(collection: _Collection, rows: npt.NDArray[np.int64]) -> Table:
    """Return the distributions of one stratum, drawn from `rows`."""
    random = np.random.default_rng(_SEED)
    forward = collection.forward
    rows = _spread(rows, forward)
    few = len(forward.title_indptr) - 1 < tuning.NULL_FEW_ARTICLES
    groups = np.arange(collection.postings.passages) if few else forward.article
    table = np.zeros((len(tuning.NULL_LENGTHS), tuning.NULL_DRAWS))
    for draws, length in zip(table, tuning.NULL_LENGTHS, strict=True):
        for draw in range(tuning.NULL_DRAWS):
            one, other = _pair(rows, forward, random)
            terms = _drawn(forward.passage(one), (length + 1) // 2, random)
            terms += _drawn(forward.passage(other), length // 2, random)
            draws[draw] = _ratio_elsewhere(terms, _ranges(groups, {one, other}), collection)
    return np.sort(table, axis=1)


def _spread(rows: npt.NDArray[np.int64], forward: Forward) -> npt.NDArray[np.int64]:
    """Return rows to draw from, of an article that outweighs the others only some, evenly spread over it.

    A file of junk would else silence all questions to a small collection, or answer them all.
    """
    articles, counts = np.unique(forward.article[rows], return_counts=True)
    others = (len(rows) - counts) / max(len(articles) - 1, 1)
    outweighs = counts > np.maximum(tuning.NULL_ARTICLE_SHARE * len(rows), tuning.NULL_ARTICLE_TIMES * others)
    if len(articles) < 3 or not outweighs.any():
        return rows
    kept = np.ones(len(rows), bool)
    for article, most in zip(articles[outweighs], np.ceil(others[outweighs]), strict=True):
        own = np.flatnonzero(forward.article[rows] == article)
        kept[own] = False
        kept[own[:: math.ceil(len(own) / most)]] = True
    return rows[kept]


def _pair(rows: npt.NDArray[np.int64], forward: Forward, random: np.random.Generator) -> list[int]:
    """Return two rows at random, where there are such of passages that do not just repeat a term or two."""
    pair: list[int] = []
    for _ in range(_TRIES):
        pair = rows[random.integers(0, len(rows), 2)].tolist()
        if all(len({*forward.passage(row).tolist()}) >= tuning.NULL_LEAST_TERMS for row in pair):
            break
    return pair


def _ranges(groups: npt.NDArray[Any], rows: Iterable[int]) -> list[tuple[int, int]]:
    """Return the rows of the groups of some rows, as half-open ranges; `groups` is ascending."""
    some = {groups[row] for row in rows}
    return [(int(np.searchsorted(groups, one)), int(np.searchsorted(groups, one, "right"))) for one in some]


def _drawn(terms: npt.NDArray[np.uint32], count: int, random: np.random.Generator) -> list[int]:
    """Return up to `count` of the terms at random, each once."""
    drawn: list[int] = random.choice(terms, min(count, len(terms)), replace=False).tolist()
    return drawn


def _ratio_elsewhere(terms: list[int], left_out: list[tuple[int, int]], collection: _Collection) -> float:
    """Return the ratio that the terms reach in the stratum outside the ranges of rows `left_out`."""
    postings = collection.postings
    counted = [collection.counted(term) for term in terms]
    weights = [weight for weight, _ in counted]
    best: float | None = None
    # An unfiltered short list is much cheaper than a filtered one, and nearly always reaches another article.
    for k in (10, 100, postings.passages):
        rows, scores = collection.engine.top(terms, weights, k)
        best = _best_elsewhere(rows, scores, left_out)
        if best is not None or len(rows) < k:
            break
    passages = int(collection.strata.passages[collection.stratum])
    unknown = unknown_idf(passages)
    idfs = []
    for term, (_, df) in zip(terms, counted, strict=True):
        # Both left out are of this stratum.
        rest = df - sum([postings.df_within(term, first, end) for first, end in left_out])
        idfs.append(bm25.idf(passages, rest) if rest else unknown)
    return ratio(best or 0.0, idfs, collection.parameters.k1)


def _best_elsewhere(rows: Rows, scores: Scores, left_out: list[tuple[int, int]]) -> float | None:
    """Return the score of the first row outside the ranges; None when there is no such row."""
    # It is among the first few, so arrays are not worth their calls.
    for row, score in zip(memoryview(rows.data), memoryview(scores.data), strict=True):
        for first, end in left_out:
            if first <= row < end:
                break
        else:
            return score
    return None


def confidence(value: float, terms: int, null: Table) -> float:
    """Return the share of non-questions of about as many `terms` that look worse than this ratio, in 0..1.

    Between two lengths the shares are interpolated on the logarithm of the length. Where the collection is too
    small to have a null distribution, the ratio itself, doubled.

    >>> table = np.tile(np.linspace(0, 0.5, 101), (len(tuning.NULL_LENGTHS), 1))
    >>> round(confidence(0.4, 5, table), 2)
    0.79
    """
    draws = int(null.shape[1])
    if not draws:
        return min(1.0, 2 * value)
    if terms < 1:
        return 0.0
    above = min(bisect(tuning.NULL_LENGTHS, terms), len(tuning.NULL_LENGTHS) - 1)
    lower, upper = [int(null[at].searchsorted(value)) / draws for at in (above - 1, above)]
    low, high = _LOG_LENGTHS[above - 1 : above + 1]
    return lower + (upper - lower) * min(1.0, (math.log(terms) - low) / (high - low))
