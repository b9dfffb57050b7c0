"""Search, compiled: go through the windows in the order of their promise, and score the few survivors exactly.

Everything here is compiled by numba on its first use and kept on disk. Scores are float64 and added up from the rarest
term to the commonest, exactly as the NumPy paths do it. `index.ranking.compiled` explains the algorithm.
"""

import math
from typing import Final

import numpy as np
from numba import int64, njit

from index import bm25
from index.machine.jit import Array, arrays_at, folder, inlined, jit, lower_bound, numbers, record
from index.postings.compact import HIGHEST, WIDTH, CompactPostings
from index.postings.impacts import SEED_RANKS
from index.ranking.collection_kernels import Query, bound, insert, merged, position
from index.ranking.compiled import CompactRoom
from index.ranking.window_kernels import Scratch, survivors

FIRST_WINDOWS: Final = 6
# A question's weights add up to about this, so that sums of levels (at most 255) fit into 32 bits.
TOTAL_WEIGHT: Final = 1 << 22

_saturation = jit(bm25.saturation)
_norm = jit(bm25.norm)
_placed, _postings = arrays_at(CompactPostings), record(CompactPostings)
_in_room, _room = arrays_at(CompactRoom, numbers(CompactPostings), readonly=False), record(CompactRoom)


@inlined
def _query(distinct: Array, factors: Array, table_of: Array, c: CompactPostings) -> Query:
    """Return the distinct terms that passages hold, rarest first."""
    m, total = len(distinct), 0.0
    idf, whole = np.empty(m), np.empty(m, np.int32)
    for j in range(m):
        idf[j] = math.log((len(c.lengths) + 1) / (c.indptr[distinct[j] + 1] - c.indptr[distinct[j]]))
        total += factors[j] * idf[j]
    table, shift = np.empty(m, np.int64), np.empty(m, np.int64)
    for j in range(m):
        whole[j] = np.int32(math.ceil(factors[j] * idf[j] * (TOTAL_WEIGHT / total)))
        at = table_of[distinct[j]]
        table[j] = max(at, -1)
        shift[j] = c.indptr[distinct[j]] - c.low_start[at] if at >= 0 else c.low_start[-1 - at]
    windows = c.window_highest.shape[1]
    bounds, starts = np.empty((m, windows), np.int32), np.empty((m, windows + 1), np.int64)
    return Query(distinct, factors, idf, whole, table, shift, bounds, starts)


@jit
def _smallest_tf(level: int, norm: float, k1: float, scale: float) -> float:
    tf = 1.0
    while np.ceil(_saturation(tf, norm, k1) * scale) < level:
        tf += 1
    return tf


@jit
def _odd(posting: int, tf: float, odd: Array, odd_tf: Array) -> float:
    """Return the tf of a posting whose level has `tf` as its smallest."""
    at = lower_bound(odd, posting, 0, len(odd))
    return float(odd_tf[at]) if at < len(odd) and odd[at] == posting else tf


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
        tf = _smallest_tf(int(level), norm, k1, scale)
        # Where the next tf has the same level, it may be meant.
        if len(c.odd) and np.ceil(_saturation(tf + 1, norm, k1) * scale) == level:
            tf = _odd(position(q, c, j, w, row) if p < 0 else p, tf, c.odd, c.odd_tf)
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


@inlined
def _least(kth: Array, term: int, k: int) -> int:
    """Return a level that `k` postings of a term have at least."""
    for r in range(len(SEED_RANKS)):
        if k <= SEED_RANKS[r]:
            return max(int(kth[r, term]), 1)
    return 1


@inlined
def _alone(term: int, factor: float, c: CompactPostings, room: CompactRoom, k: int) -> int:
    """Find the top k of a single term; return how many there are. No sums: a higher level is a higher score."""
    k1, b, rows, scores, allowed = room.numbers[0], room.numbers[1], room.rows[:k], room.scores[:k], room.allowed
    begin, end, count, scale, table = c.indptr[term], c.indptr[term + 1], 0, HIGHEST / (k1 + 1), room.table_of[term]
    idf = math.log((len(c.lengths) + 1) / (end - begin))
    # A filter may forbid the passages that have it.
    least = _least(c.kth, term, k) if len(allowed) == 0 else 1
    shift = begin - c.low_start[table] if table >= 0 else c.low_start[-1 - table]
    first, stop = begin, end
    for w in range(c.window_highest.shape[1] if table >= 0 else 1):
        if table >= 0:
            if c.window_highest[table, w] < least:
                continue
            first, stop = begin + c.window_start[table, w], begin + c.window_start[table, w + 1]
        for p in range(first, stop):
            level = np.int64(c.levels[p])
            if level < least:
                continue
            row = w * WIDTH + (np.int64(c.low[p - shift]) & (WIDTH - 1)) if table >= 0 else np.int64(c.rare[p - shift])
            if len(allowed) and not allowed[row]:
                continue
            norm = _norm(np.float64(c.lengths[row]), c.average[0], k1, b)
            tf = _smallest_tf(int(level), norm, k1, scale)
            if len(c.odd) and np.ceil(_saturation(tf + 1, norm, k1) * scale) == level:
                tf = _odd(p, tf, c.odd, c.odd_tf)
            count = insert(rows, scores, count, int(row), factor * (idf * _saturation(tf, norm, k1)))
            if count == k:
                # Rounded down, where a level is rounded up.
                least = max(least, int(scores[k - 1] * scale / (factor * idf) - 1e-6))
    return count


@njit(int64(int64[::1], int64, int64), cache=folder is not None, nogil=True)
def top(places: Array, terms: int, k: int) -> int:
    """Leave the exact top k in the room's `rows` and `scores`, best first; return how many there are.

    `places` are those of the arrays of `index.postings.compact.CompactPostings` and of
    `index.ranking.compiled.CompactRoom`, see `index.machine.jit`; `terms` are how many the question has, known ones.
    """
    c, room = _postings(*_placed(places)), _room(*_in_room(places))
    k1, b, rows, scores, allowed = room.numbers[0], room.numbers[1], room.rows[:k], room.scores[:k], room.allowed
    distinct, factors = merged(room.terms[:terms], room.weights[:terms], c.indptr)
    if len(distinct) == 1:
        return _alone(distinct[0], factors[0], c, room, k)
    q = _query(distinct, factors, room.table_of, c)
    m, count, windows = len(q.terms), 0, c.window_highest.shape[1]
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
    s = Scratch(room.sums, room.documents, room.partial, np.empty(m, np.int64), np.empty(m + 1, np.int64))
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
