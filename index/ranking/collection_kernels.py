"""A question as the compiled kernels take it, and where its postings are.

`index.ranking.compiled` explains the algorithm, `index.postings.compact` the arrays.
"""

from typing import Final, NamedTuple

import numpy as np

from index.machine.jit import Array, inlined, jit, lower_bound
from index.postings.compact import WIDTH, CompactPostings

BITS: Final = WIDTH.bit_length() - 1


class Query(NamedTuple):
    """Distinct terms with postings, from the rarest to the commonest, and what each can add in each window.

    `factors` float64 [m] are weights, `idf` float64 [m]; `weights` int32 [m] are factor x idf in the unit in which sums
    are counted, rounded up. `table` int64 [m] is the row in the window tables, -1 for a rare term; `shift` int64 [m]
    what to take off a posting's position to find its row in `low` or `rare`. `bounds` int32 [m, windows] and `starts`
    int64 [m, windows + 1], where the term's postings in a window begin.
    """

    terms: Array
    factors: Array
    idf: Array
    weights: Array
    table: Array
    shift: Array
    bounds: Array
    starts: Array


@jit
def merged(terms: Array, weights: Array, indptr: Array) -> tuple[Array, Array]:
    """Return the distinct terms that passages hold, rarest first, and the weights of each added up."""
    found, factors, m = np.empty(len(terms), np.int64), np.empty(len(terms)), 0
    for i in range(len(terms)):
        term = terms[i]
        df = indptr[term + 1] - indptr[term]
        if not (weights[i] > 0 and df > 0):
            continue
        # By insertion: a question is short.
        at = m
        while at > 0:
            other = indptr[found[at - 1] + 1] - indptr[found[at - 1]]
            if other < df or (other == df and found[at - 1] <= term):
                break
            at -= 1
        if at > 0 and found[at - 1] == term:
            factors[at - 1] += weights[i]
            continue
        for later in range(m, at, -1):
            found[later], factors[later] = found[later - 1], factors[later - 1]
        found[at], factors[at] = term, weights[i]
        m += 1
    return found[:m], factors[:m]


@jit
def insert(rows: Array, scores: Array, count: int, row: int, score: float) -> int:
    """Insert a passage among the best, by score descending, then row ascending; return how many there are now."""
    if count == len(rows):
        count -= 1
        if score < scores[count] or (score == scores[count] and row > rows[count]):
            return count + 1
    i = count
    while i > 0 and (score > scores[i - 1] or (score == scores[i - 1] and row < rows[i - 1])):
        rows[i], scores[i] = rows[i - 1], scores[i - 1]
        i -= 1
    rows[i], scores[i] = row, score
    return count + 1


@inlined
def bound(q: Query, c: CompactPostings) -> None:
    """Fill in what each term can add at most in each window, and where its postings there begin."""
    windows = c.window_highest.shape[1]
    for j in range(len(q.terms)):
        begin, end = c.indptr[q.terms[j]], c.indptr[q.terms[j] + 1]
        table, weight = q.table[j], q.weights[j]
        if table >= 0:
            for w in range(windows):
                q.bounds[j, w] = weight * np.int32(c.window_highest[table, w])
            for w in range(windows):
                q.starts[j, w] = begin + np.int64(c.window_start[table, w])
        else:
            at = 0
            q.bounds[j, :] = 0
            for p in range(begin, end):
                w = c.rare[p - q.shift[j]] >> BITS
                while at <= w:
                    q.starts[j, at] = p
                    at += 1
                q.bounds[j, w] = max(q.bounds[j, w], weight * np.int32(c.levels[p]))
            q.starts[j, at:windows] = end
        q.starts[j, windows] = end


@inlined
def position(q: Query, c: CompactPostings, j: int, w: int, row: int) -> int:
    """Return the posting of term `j` in passage `row` of window `w`, -1 when it has none."""
    begin, end, shift = q.starts[j, w], q.starts[j, w + 1], q.shift[j]
    if q.table[j] >= 0:
        wanted = row & 0xFFFF
        p = lower_bound(c.low, wanted, begin - shift, end - shift)
        return p + shift if p < end - shift and np.int64(c.low[p]) == wanted else -1
    p = lower_bound(c.rare, row, begin - shift, end - shift)
    return p + shift if p < end - shift and np.int64(c.rare[p]) == row else -1
