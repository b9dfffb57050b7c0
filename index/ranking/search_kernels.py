"""Search, compiled: go through the windows in the order of their promise, and score the few survivors exactly.

Everything here is compiled by numba on its first use and kept on disk. Scores are float64 and added up from the rarest
term to the commonest, exactly as the NumPy paths do it. `index.ranking.compiled` explains the algorithm.
"""

import math
from typing import Final

import numpy as np

from index import bm25
from index.machine.jit import Array, arrays_at, inlined, jit, lower_bound, record
from index.postings.compact import HIGHEST, WIDTH, CompactPostings
from index.postings.impacts import SEED_RANKS
from index.ranking.collection_kernels import Query, bound, insert, merged, position
from index.ranking.window_kernels import Scratch, survivors

FIRST_WINDOWS: Final = 6
# A question's weights add up to about this, so that sums of levels (at most 255) fit into 32 bits.
TOTAL_WEIGHT: Final = 1 << 22

_saturation = jit(bm25.saturation)
_norm = jit(bm25.norm)
_placed = arrays_at(CompactPostings)
_postings = record(CompactPostings)


@inlined
def _query(terms: Array, weights: Array, c: CompactPostings) -> Query:
    """Return the distinct terms that passages hold, rarest first."""
    distinct, factors = merged(terms, weights, c.indptr)
    m = len(distinct)
    idf, whole, total = np.empty(m), np.empty(m, np.int32), 0.0
    for j in range(m):
        idf[j] = math.log((len(c.lengths) + 1) / (c.indptr[distinct[j] + 1] - c.indptr[distinct[j]]))
        total += factors[j] * idf[j]
    table, shift = np.empty(m, np.int64), np.empty(m, np.int64)
    for j in range(m):
        whole[j] = np.int32(math.ceil(factors[j] * idf[j] * (TOTAL_WEIGHT / total)))
        at = lower_bound(c.frequent, distinct[j], 0, len(c.frequent))
        is_frequent = at < len(c.frequent) and np.int64(c.frequent[at]) == distinct[j]
        table[j] = at if is_frequent else -1
        shift[j] = c.indptr[distinct[j]] - c.low_start[at] if is_frequent else c.low_start[at]
    windows = c.window_highest.shape[1]
    bounds, starts = np.empty((m, windows), np.int32), np.empty((m, windows + 1), np.int64)
    return Query(distinct, factors, idf, whole, table, shift, bounds, starts)


@inlined
def _score(row: int, w: int, q: Query, c: CompactPostings, k1: float, b: float) -> float:
    """Return the exact score of a passage. The tf of a posting comes from its level, see `index.postings.compact`."""
    total, norm, scale = 0.0, _norm(np.float64(c.lengths[row]), c.average[0], k1, b), HIGHEST / (k1 + 1)
    for j in range(len(q.terms)):
        p, level = -1, np.uint8(0)
        column = c.column_of[q.table[j]] if q.table[j] >= 0 else -1
        if column >= 0:
            level = c.columns[column, row]
        elif q.bounds[j, w] > 0:
            p = position(q, c, j, w, row)
            level = c.levels[p] if p >= 0 else np.uint8(0)
        if level == 0:
            continue
        tf = 1.0
        while np.ceil(_saturation(tf, norm, k1) * scale) < level:
            tf += 1
        # Where the next tf has the same level, it may be meant.
        if len(c.odd) and np.ceil(_saturation(tf + 1, norm, k1) * scale) == level:
            p = position(q, c, j, w, row) if p < 0 else p
            at = lower_bound(c.odd, p, 0, len(c.odd))
            if at < len(c.odd) and c.odd[at] == p:
                tf = float(c.odd_tf[at])
        total += q.factors[j] * (q.idf[j] * _saturation(tf, norm, k1))
    return total


@jit
def _promising(reach: Array, cut: int) -> Array:
    """Return the windows of the highest reach, best first: they raise the cut for all others."""
    first = np.full(FIRST_WINDOWS, -1, np.int64)
    for w in range(len(reach)):
        if reach[w] >= cut:
            i = FIRST_WINDOWS
            while i > 0 and (first[i - 1] < 0 or reach[first[i - 1]] < reach[w]):
                i -= 1
            for later in range(FIRST_WINDOWS - 1, i, -1):
                first[later] = first[later - 1]
            if i < FIRST_WINDOWS:
                first[i] = w
    return first


@inlined
def _seeded(q: Query, c: CompactPostings, k: int, unit: float) -> int:
    """Return a sum that the bound of each of the k best passages reaches: some term gives so much to k of them."""
    best = 0.0
    for r in range(len(SEED_RANKS)):
        if k <= SEED_RANKS[r]:
            for j in range(len(q.terms)):
                # A level was rounded up, so what it stands for may be one less.
                best = max(best, q.factors[j] * q.idf[j] * (np.float64(c.kth[r, q.terms[j]]) - 1))
            break
    return max(1, int(best / unit) - 1)


@jit
def top(
    places: Array,
    parameters: tuple[float, float],
    terms: Array,
    weights: Array,
    allowed: Array,
    sums: Array,
    rows: Array,
    scores: Array,
) -> int:
    """Fill `rows` int64 [k] and `scores` float64 [k] with the exact top k, best first; return how many there are.

    `places` are those of the arrays of `index.postings.compact.CompactPostings`, see `index.machine.jit`; `parameters`
    are k1 and b; `terms` int64 [n] are known ones, `weights` float64 [n] >= 0; `allowed` bool [N], or empty; `sums`
    int32 [width] is all zero and is left so.
    """
    c, (k1, b) = _postings(*_placed(places)), parameters
    q = _query(terms, weights, c)
    m, k, count, windows = len(q.terms), len(rows), 0, c.window_highest.shape[1]
    if m == 0:
        return 0
    bound(q, c)
    reach = np.zeros(windows, np.int64)
    total = 0.0
    for j in range(m):
        total += q.factors[j] * q.idf[j]
        for w in range(windows):
            reach[w] += q.bounds[j, w]
    # One of a sum stands for `unit` levels of a term with idf 1.
    unit = total / TOTAL_WEIGHT
    # A filter may forbid the passages that a term's tenth best level stands for.
    cut = _seeded(q, c, k, unit) if len(allowed) == 0 else 1
    s = Scratch(sums, np.empty(WIDTH, np.int32), np.empty(WIDTH, np.int32), np.empty(m, np.int64),
                np.empty(m + 1, np.int64))  # fmt: skip
    first = _promising(reach, cut)
    for turn in range(len(first) + windows):
        w = int(first[turn]) if turn < len(first) else turn - len(first)
        if w < 0 or reach[w] < cut:
            continue
        reach[w] = 0
        for i in range(survivors(q, c, s, allowed, w, cut)):
            if s.partial[i] >= cut:
                row = w * WIDTH + int(s.documents[i])
                count = insert(rows, scores, count, int(row), _score(row, w, q, c, k1, b))
                if count == k:
                    cut = max(cut, int(scores[k - 1] * HIGHEST / ((k1 + 1) * unit)) - 1)
    return count
