"""Find the passages of one window that can still reach the top k, compiled.

Bounds are sums of whole numbers, so that they do not depend on the order of addition. `index.ranking.compiled` explains
the algorithm, `index.ranking.search_kernels` goes through the windows.
"""

from typing import Any, Final, NamedTuple

import numpy as np

from index.machine.jit import Array, inlined, jit
from index.postings.compact import WIDTH, CompactPostings
from index.ranking.collection_kernels import Query, position

# Nanoseconds: a look-up by binary search, and adding up one posting. Only their ratio matters.
LOOK_UP: Final = 18.0
SCATTER: Final = 0.5
_BLOCK: Final = 64


class Scratch(NamedTuple):
    """Room for one window: `sums` int32 [width], all zero between windows; survivors; terms by bound, suffix sums."""

    sums: Array
    documents: Array
    partial: Array
    order: Array
    rest: Array


@inlined
def _add(sums: Array, q: Query, c: CompactPostings, j: int, w: int) -> None:
    """Add the term's postings of a window."""
    weight, shift, mask = q.weights[j], np.uint64(q.shift[j]), np.uint64(WIDTH - 1)
    # Unsigned indices spare a test for wrap-around at each posting.
    begin, end = np.uint64(q.starts[j, w]), np.uint64(q.starts[j, w + 1])
    if q.table[j] >= 0:
        for p in range(begin, end):
            sums[np.uint64(c.low[p - shift]) & mask] += weight * np.int32(c.levels[p])
    else:
        for p in range(begin, end):
            sums[np.uint64(c.rare[p - shift]) & mask] += weight * np.int32(c.levels[p])


@jit
def _add_column(sums: Array, column: Array, weight: Any) -> None:
    """Add a term that is stored as a column."""
    for i in range(len(sums)):
        sums[i] += weight * np.int32(column[i])


@jit
def _many(sums: Array, least: Any) -> bool:
    """Return whether more than one sum in 256 is at least `least`, judged by an eighth: only a cost hangs on it."""
    count, quarter = 0, len(sums) // 4
    for start in range(0, 4 * quarter, max(quarter, 1)):
        for i in range(start, start + quarter // 8):
            count += sums[i] >= least
    return count > len(sums) // (8 * 256)


@jit
def _greatest(sums: Array) -> Any:
    """Return the greatest sum, at least 0."""
    # A bare maximum over a slice is what the compiler turns into vector instructions.
    best = np.int32(0)
    for i in range(len(sums)):
        best = max(best, sums[i])
    return best


@inlined
def _rank(q: Query, w: int, s: Scratch) -> int:
    """Put the terms of window `w` in order, largest bound first, with suffix sums; return how many there are."""
    n = 0
    for j in range(len(q.terms)):
        if q.bounds[j, w] > 0:
            i = n
            while i > 0 and q.bounds[s.order[i - 1], w] < q.bounds[j, w]:
                s.order[i] = s.order[i - 1]
                i -= 1
            s.order[i] = j
            n += 1
    s.rest[n] = 0
    for i in range(n - 1, -1, -1):
        s.rest[i] = s.rest[i + 1] + q.bounds[s.order[i], w]
    return n


@jit
def _touch(rows: Array, levels: Array, weight: Any, mask: Any, s: Scratch, touched: int) -> int:
    """Add postings of a window, and note the passages that had no sum before."""
    for p in range(len(rows)):
        at = np.int64(rows[p]) & mask
        if s.sums[at] == 0:
            s.documents[touched] = at
            touched += 1
        s.sums[at] += weight * np.int32(levels[p])
    return touched


@inlined
def _sparse(q: Query, c: CompactPostings, s: Scratch, w: int, essential: int, least: int) -> int:
    """Add up the passages that hold an essential term, when these are few; leave out those below `least`."""
    touched = 0
    for i in range(essential):
        j = s.order[i]
        begin, end, shift = q.starts[j, w], q.starts[j, w + 1], q.shift[j]
        levels, mask = c.levels[begin:end], WIDTH - 1
        if q.table[j] >= 0:
            touched = _touch(c.low[begin - shift : end - shift], levels, q.weights[j], mask, s, touched)
        else:
            touched = _touch(c.rare[begin - shift : end - shift], levels, q.weights[j], mask, s, touched)
    kept = 0
    for i in range(touched):
        at = s.documents[i]
        if s.sums[at] >= least:
            s.documents[kept] = at
            s.partial[kept] = s.sums[at]
            kept += 1
        s.sums[at] = 0
    return kept


@inlined
def _dense(q: Query, c: CompactPostings, s: Scratch, sums: Array, w: int, n: int, essential: int, cut: int) -> int:
    """Add terms over the whole window until few passages can still reach `cut`; return how many terms it added."""
    base, end = w * WIDTH, 0
    while end < essential or (end < n and _many(sums, np.int32(max(cut - s.rest[end], 1)))):
        j = s.order[end]
        column = c.column_of[q.table[j]] if q.table[j] >= 0 else -1
        if column >= 0 and (q.starts[j, w + 1] - q.starts[j, w]) * 8 > len(sums):
            _add_column(sums, c.columns[column, base : base + len(sums)], q.weights[j])
        else:
            _add(sums, q, c, j, w)
        end += 1
    return end


@jit
def _collect(s: Scratch, sums: Array, least: Any) -> int:
    """Collect the passages of the window with a sum of `least` or more; leave the sums all zero."""
    kept = 0
    for block in range(0, len(sums), _BLOCK):
        stop = min(block + _BLOCK, len(sums))
        if _greatest(sums[block:stop]) >= least:
            for at in range(block, stop):
                if sums[at] >= least:
                    s.documents[kept] = at
                    s.partial[kept] = sums[at]
                    kept += 1
    sums[:] = 0
    return kept


@inlined
def _allow(allowed: Array, base: int, s: Scratch, count: int) -> int:
    """Drop the survivors that are not allowed; return how many there are now."""
    kept = 0
    for i in range(count):
        if allowed[base + s.documents[i]]:
            s.documents[kept] = s.documents[i]
            s.partial[kept] = s.partial[i]
            kept += 1
    return kept


@inlined
def _look_up(q: Query, c: CompactPostings, s: Scratch, w: int, j: int, count: int) -> None:
    """Add one term to the survivors, by whichever of three ways is cheapest."""
    base, length = w * WIDTH, q.starts[j, w + 1] - q.starts[j, w]
    column, weight = c.column_of[q.table[j]] if q.table[j] >= 0 else -1, q.weights[j]
    if column >= 0:
        for i in range(count):
            s.partial[i] += weight * np.int32(c.columns[column, base + s.documents[i]])
    elif count * LOOK_UP > length * SCATTER:
        _add(s.sums, q, c, j, w)
        for i in range(count):
            s.partial[i] += s.sums[s.documents[i]]
        # Taken off again: what is zero afterwards was zero before.
        for p in range(q.starts[j, w], q.starts[j, w + 1]):
            row = np.int64(c.low[p - q.shift[j]]) if q.table[j] >= 0 else np.int64(c.rare[p - q.shift[j]])
            s.sums[row & (WIDTH - 1)] = 0
    else:
        for i in range(count):
            p = position(q, c, j, w, base + s.documents[i])
            if p >= 0:
                s.partial[i] += weight * np.int32(c.levels[p])


@inlined
def _drop_below(least: int, s: Scratch, count: int) -> int:
    """Drop the survivors below `least`; return how many there are now."""
    kept = 0
    for i in range(count):
        if s.partial[i] >= least:
            s.documents[kept] = s.documents[i]
            s.partial[kept] = s.partial[i]
            kept += 1
    return kept


@inlined
def survivors(q: Query, c: CompactPostings, s: Scratch, allowed: Array, w: int, cut: int) -> int:
    """Find the passages of window `w` whose bound reaches `cut`; return how many.

    They are in `s.documents` then, with their sums in `s.partial`.
    """
    base = w * WIDTH
    n = _rank(q, w, s)
    essential, postings = 1, q.starts[s.order[0], w + 1] - q.starts[s.order[0], w]
    # The terms from here on cannot lift a passage to `cut` by themselves.
    while essential < n and s.rest[essential] >= cut:
        postings += q.starts[s.order[essential], w + 1] - q.starts[s.order[essential], w]
        essential += 1
    if postings < WIDTH // 16:
        count = _sparse(q, c, s, w, essential, max(cut - s.rest[essential], 1))
    else:
        window = s.sums[: min(WIDTH, len(c.lengths) - base)]
        essential = _dense(q, c, s, window, w, n, essential, cut)
        count = _collect(s, window, np.int32(max(cut - s.rest[essential], 1)))
    if len(allowed):
        count = _allow(allowed, base, s, count)
    for i in range(essential, n):
        if count == 0:
            break
        _look_up(q, c, s, w, s.order[i], count)
        count = _drop_below(cut - s.rest[i + 1], s, count)
    return count
