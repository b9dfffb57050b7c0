"""The compiled kernels of a search: integer bounds by window, then exact scores of the few survivors.

Everything here is compiled by numba on its first use and kept on disk. Scores are float64 and added up in the order of
the question's terms, exactly as the NumPy path does it. `index.compiled` explains the algorithm and the arrays.
"""

from typing import Any, Final

import numpy as np

from index.window import Array, Collection, Query, Scratch, bound, drop_below, jit, place, survivors

FIRST_WINDOWS: Final = 6
# Weights that are no whole numbers count in sixty-fourths.
FRACTIONS: Final = 64
LEVELS: Final = 65_534
# More than this, and a sum of quantised impacts might not fit into 32 bits.
MOST_WEIGHT: Final = (1 << 31) // (LEVELS + 1)
# Candidates at a time; ten to sixty are usual.
ROOM: Final = 1 << 13
SEED_RANK: Final = 10


@jit
def _replace_least(heap: Array, value: int) -> None:
    """Replaces the least of a min-heap of the k best sums."""
    i = 0
    while 2 * i + 1 < len(heap):
        child = 2 * i + 1
        if child + 1 < len(heap) and heap[child + 1] < heap[child]:
            child += 1
        if heap[child] >= value:
            break
        heap[i] = heap[child]
        i = child
    heap[i] = value


@jit
def _candidates(
    q: Query, c: Collection, allowed: Array, k: int, cut: int, slack: int, found: Array, sums: Array
) -> int:
    """Fills `found` with every passage whose bound reaches the k-th best score's; returns how many, -1 if too many.

    No passage of the top k has a sum below `cut`, which rises as sums are seen; a sum exceeds the true score by less
    than `slack`.
    """
    m, windows = q.bounds.shape
    reach = np.zeros(windows, np.int64)
    for j in range(m):
        for w in range(windows):
            reach[w] += q.bounds[j, w]
    # The most promising windows first: they raise the cut for all others.
    first = np.argsort(-reach)[:FIRST_WINDOWS] if windows > FIRST_WINDOWS else np.arange(windows)
    seen, heap, count = np.zeros(windows, np.bool_), np.zeros(k, np.int64), 0
    s = Scratch(np.zeros(c.width, np.int32), np.empty(c.width, np.int32), np.empty(c.width, np.int32),
                np.empty(m, np.int64), np.empty(m + 1, np.int64))  # fmt: skip
    for turn in range(len(first) + windows):
        w = first[turn] if turn < len(first) else turn - len(first)
        if seen[w] or reach[w] < cut:
            continue
        seen[w] = True
        for i in range(survivors(q, c, s, allowed, w, cut)):
            value = int(s.partial[i])
            if value > heap[0]:
                _replace_least(heap, value)
                cut = max(cut, heap[0] - slack)
            if count == len(found):
                count = drop_below(cut, found, sums, count)
            if count == len(found):
                return -1
            found[count], sums[count] = w * c.width + s.documents[i], value
            count += value >= cut
    return drop_below(cut, found, sums, count)


@jit
def _score(row: int, q: Query, c: Collection) -> float:
    """The exact score of a passage, added up term by term in the question's order."""
    total = 0.0
    for j in range(len(q.terms)):
        end = c.indptr[q.terms[j] + 1]
        p = place(c.rows, row, c.indptr[q.terms[j]], end)
        if p < end and c.rows[p] == row:
            tf = float(c.tf[p])
            total += q.factors[j] * (c.idf[q.terms[j]] * (tf * (c.k1 + 1) / (c.norm[row] + tf)))
    return total


@jit
def _insert(rows: Array, scores: Array, kept: int, row: int, score: float) -> int:
    """Keeps the best by score descending, then row ascending; returns how many there are now."""
    if kept == len(rows):
        kept -= 1
        if score < scores[kept] or (score == scores[kept] and row > rows[kept]):
            return kept + 1
    i = kept
    while i > 0 and (score > scores[i - 1] or (score == scores[i - 1] and row < rows[i - 1])):
        rows[i], scores[i] = rows[i - 1], scores[i - 1]
        i -= 1
    rows[i], scores[i] = row, score
    return kept + 1


@jit
def top(terms: Array, factors: Array, k: int, allowed: Array, c: Collection) -> Any:
    """The exact top k: rows int64 and scores float64, best first, and whether the integers sufficed.

    `terms` int64 are distinct, `factors` float64 > 0 are their weights, `allowed` bool [N] or
    empty.
    """
    m, windows = len(terms), c.window_highest.shape[1]
    scale = 1
    for factor in factors:
        if factor != np.floor(factor):
            scale = FRACTIONS
    weights = np.empty(m, np.int64)
    # Rounding up adds less than 1 for each unit of weight, and a weight rounded up its share of the highest impact.
    slack, floor = 2.0, 0.0
    for j in range(m):
        weights[j] = int(np.ceil(factors[j] * scale))
        slack += weights[j] + (weights[j] - factors[j] * scale) * c.highest[terms[j]] / c.step
        floor = max(floor, factors[j] * c.tenth[terms[j]])
    if weights.sum() >= MOST_WEIGHT:
        return np.empty(0, np.int64), np.empty(0), False
    # A filter may forbid the passages that a term's tenth best impact stands for.
    cut = max(1, int(scale * floor / c.step) - 2) if k <= SEED_RANK and len(allowed) == 0 else 1
    q = Query(terms, factors, weights, np.empty((m, windows), np.int32), np.empty((m, windows + 1), np.int64))
    bound(q, c)
    found, sums = np.empty(ROOM, np.int64), np.empty(ROOM, np.int64)
    count = _candidates(q, c, allowed, k, cut, int(np.ceil(slack)), found, sums)
    rows, scores, kept = np.empty(min(k, max(count, 0)), np.int64), np.empty(min(k, max(count, 0))), 0
    for i in range(count):
        kept = _insert(rows, scores, kept, found[i], _score(found[i], q, c))
    return rows[:kept], scores[:kept], count >= 0
