"""A question as the compiled kernels take it, and where its postings are.

`index.ranking.compiled` explains the algorithm, `index.postings.compact` the arrays.
"""

from typing import Final, NamedTuple

import numpy as np

from index.machine.jit import Array, inlined, lower_bound
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
