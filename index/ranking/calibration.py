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
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain, islice
from typing import Final

import numpy as np
import numpy.typing as npt

from index import bm25, tuning
from index.postings.compact import StoredPostings
from index.postings.forward import Forward
from index.postings.strata import Strata
from index.ranking.embedded import EmbeddedEngine
from index.ranking.engine import Engine
from index.store.arrays import release

Table = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

NAME: Final = "null_ratios"
_LOG_LENGTHS: Final = [math.log(length) for length in tuning.NULL_LENGTHS]
_SEED: Final = 20261124
_TRIES: Final = 20


def ratio(best: float, idfs: Sequence[float], k1: float) -> float:
    """Return the signal above, in 0..1; `best` is the top score, `idfs` are weight x idf of all the question's terms.

    >>> round(ratio(2.2, [1.0, 1.0], 1.2), 3)
    0.5
    """
    most = highest(idfs, k1)
    return min(best / most, 1.0) if most > 0 else 0.0


def highest(idfs: Sequence[float], k1: float) -> float:
    """Return the highest score that a question whose terms have these weights x idf could reach.

    >>> highest([1.0, 1.0], 1.2)
    4.4
    """
    return (k1 + 1) * sum(idfs)


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

    def counted(self, terms: Ints) -> tuple[Table, Ints]:
        """Return the weight of each term in the stratum, and its df there."""
        distinct, which = np.unique(terms, return_inverse=True)
        weights, counts = [], []
        for term in distinct.tolist():
            df = self.postings.df(term)
            weights.append(self.strata.weight(self.stratum, term, df))
            counts.append(self.strata.df_in(self.stratum, term, df))
        return np.array(weights, np.float64)[which], np.array(counts, np.int64)[which]


def _null(collection: _Collection, rows: Ints) -> Table:
    """Return the distributions of one stratum, drawn from `rows`."""
    random = np.random.default_rng(_SEED)
    forward, pairs, questions = collection.forward, list[list[int]](), list[list[int]]()
    rows = _spread(rows, forward)
    for length in tuning.NULL_LENGTHS:
        for _ in range(tuning.NULL_DRAWS):
            one, other = _pair(rows, forward, random)
            terms = _drawn(forward.passage(one), (length + 1) // 2, random)
            questions.append(terms + _drawn(forward.passage(other), length // 2, random))
            pairs.append([one, other])
    release(forward.terms)
    sizes, every = list(map(len, questions)), np.array(list(chain.from_iterable(questions)), np.int64)
    weights, df = collection.counted(every)
    left_out = _ranges(np.array(pairs), collection)
    idfs = iter(_idfs_elsewhere(every, df, np.repeat(left_out, sizes, axis=0), collection))
    all_weights = iter(weights.tolist())
    ratios = []
    for terms, ranges in zip(questions, left_out.tolist(), strict=True):
        best = _best_elsewhere(terms, list(islice(all_weights, len(terms))), ranges, collection)
        ratios.append(ratio(best, list(islice(idfs, len(terms))), collection.parameters.k1))
    return np.sort(np.reshape(ratios, (len(tuning.NULL_LENGTHS), tuning.NULL_DRAWS)), axis=1)


def _spread(rows: Ints, forward: Forward) -> Ints:
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


def _pair(rows: Ints, forward: Forward, random: "np.random.Generator") -> list[int]:
    """Return two rows at random, where there are such of passages that do not just repeat a term or two."""
    pair: list[int] = []
    for _ in range(_TRIES):
        pair = rows[random.integers(0, len(rows), 2)].tolist()
        if all(len({*forward.passage(row).tolist()}) >= tuning.NULL_LEAST_TERMS for row in pair):
            break
    return pair


def _drawn(terms: npt.NDArray[np.uint32], count: int, random: "np.random.Generator") -> list[int]:
    """Return up to `count` of the terms at random, each once."""
    drawn: list[int] = random.choice(terms, min(count, len(terms)), replace=False).tolist()
    return drawn


def _ranges(pairs: Ints, collection: _Collection) -> Ints:
    """Return for pairs of rows [n, 2] which rows are left out with each of them, as half-open ranges: int64 [n, 2, 2].

    Where both are left out together the second range is empty.
    """
    article = collection.forward.article
    if len(collection.forward.title_indptr) - 1 < tuning.NULL_FEW_ARTICLES:
        article = np.arange(len(article), dtype=np.uint32)
    own = article[pairs]
    ranges = np.stack([np.searchsorted(article, own), np.searchsorted(article, own, "right")], axis=2)
    ranges[own[:, 0] == own[:, 1], 1] = 0
    return ranges


def _idfs_elsewhere(terms: Ints, df: Ints, left_out: Ints, collection: _Collection) -> list[float]:
    """Return the idf of each term in the stratum, where it has that df, outside the two ranges left out with it."""
    # Both left out are of this stratum.
    for side in (0, 1):
        df = df - collection.postings.dfs_within(terms, left_out[:, side, 0], left_out[:, side, 1])
    passages = int(collection.strata.passages[collection.stratum])
    idfs: list[float] = np.where(df > 0, bm25.idfs(passages, df), unknown_idf(passages)).tolist()
    return idfs


def _best_elsewhere(
    terms: Sequence[int], weights: Sequence[float], ranges: Sequence[Sequence[int]], collection: _Collection
) -> float:
    """Return the highest score that a question reaches outside the ranges, 0 where it reaches none."""
    if isinstance(collection.engine, EmbeddedEngine):
        return collection.engine.best_outside(terms, weights, ranges)
    # An unfiltered short list is much cheaper than a filtered one, and nearly always reaches another article.
    for k in (10, 100, collection.postings.passages):
        rows, scores = collection.engine.top(terms, weights, k)
        # It is among the first few, so arrays are not worth their calls.
        for row, score in zip(memoryview(rows.data), memoryview(scores.data), strict=True):
            if not any(first <= row < end for first, end in ranges):
                return float(score)
        if len(rows) < k:
            break
    return 0.0


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
