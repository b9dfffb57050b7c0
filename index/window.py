"""The compiled kernels for one window of passages: which of them can still reach the top k.

Bounds are integers, so that their sums do not depend on the order of addition. `index.compiled` explains the algorithm
and the arrays, `index.kernels` goes through the windows.
"""

from typing import Any, Final, NamedTuple

import numpy as np
import numpy.typing as npt
from numba import njit

Array = npt.NDArray[Any]

# Nanoseconds: a look-up by binary search, and adding up one posting. Only their ratio matters.
_LOOK_UP: Final = 18.0
_SCATTER: Final = 0.5
_BLOCK: Final = 64

jit = njit(cache=True, nogil=True)


class Collection(NamedTuple):
    """The arrays of `index.postings.Postings` and `index.compiled.Tables`, as the kernels take them."""

    step: float
    width: int
    k1: float
    indptr: Array
    rows: Array
    tf: Array
    norm: Array
    idf: Array
    highest: Array
    tenth: Array
    quantised: Array
    slot: Array
    window_highest: Array
    window_start: Array
    column_of: Array
    columns: Array


class Query(NamedTuple):
    """Distinct terms with postings, their weights, and what each can add in each window.

    `factors` float64 are the weights, `weights` int64 the same as integers; `bounds` int32 [m, windows] and
    `starts` int64 [m, windows + 1], where the term's postings in a window begin.
    """

    terms: Array
    factors: Array
    weights: Array
    bounds: Array
    starts: Array


class Scratch(NamedTuple):
    """Room for one window: `sums` int32 [width], all zero between windows; survivors; terms by bound, suffix sums."""

    sums: Array
    documents: Array
    partial: Array
    order: Array
    rest: Array


@jit
def bound(q: Query, c: Collection) -> None:
    """Fills in what each term can add at most in each window, and where its postings there begin."""
    windows = q.bounds.shape[1]
    for j in range(len(q.terms)):
        begin, end = c.indptr[q.terms[j]], c.indptr[q.terms[j] + 1]
        table = c.slot[q.terms[j]]
        if table >= 0:
            for w in range(windows):
                q.bounds[j, w] = q.weights[j] * c.window_highest[table, w]
                q.starts[j, w] = begin + c.window_start[table, w]
        else:
            at = 0
            q.bounds[j, :] = 0
            for p in range(begin, end):
                w = c.rows[p] // c.width
                while at <= w:
                    q.starts[j, at] = p
                    at += 1
                q.bounds[j, w] = max(q.bounds[j, w], q.weights[j] * c.quantised[p])
            q.starts[j, at:windows] = end
        q.starts[j, windows] = end


@jit
def place(rows: Array, wanted: int, low: int, high: int) -> int:
    """The first of the ascending `rows[low:high]` that is not below `wanted`."""
    while low < high:
        middle = (low + high) >> 1
        if rows[middle] < wanted:
            low = middle + 1
        else:
            high = middle
    return low


@jit
def _add(sums: Array, q: Query, c: Collection, j: int, w: int) -> None:
    """Adds the term's postings of a window."""
    base, weight = w * c.width, np.int32(q.weights[j])
    # Unsigned indices spare a test for wrap-around at each posting.
    for p in range(np.uint64(q.starts[j, w]), np.uint64(q.starts[j, w + 1])):
        sums[np.int64(c.rows[p]) - base] += weight * np.int32(c.quantised[p])


@jit
def _add_column(sums: Array, column: Array, weight: Any) -> None:
    for i in range(len(sums)):
        sums[i] += weight * np.int32(column[i])


@jit
def _count(sums: Array, least: int) -> int:
    count = 0
    for i in range(len(sums)):
        count += sums[i] >= least
    return count


@jit
def _greatest(sums: Array) -> Any:
    # A bare maximum over a slice is what the compiler turns into vector instructions.
    best = np.int32(0)
    for i in range(len(sums)):
        best = max(best, sums[i])
    return best


@jit
def _rank(q: Query, w: int, s: Scratch) -> int:
    """Puts the terms of window `w` in order, largest bound first, with suffix sums; returns how many there are."""
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
def _sparse(q: Query, c: Collection, s: Scratch, w: int, essential: int, least: int) -> int:
    """Sums of the passages that hold an essential term, when these are few; those below `least` are left out."""
    base, touched = w * c.width, 0
    for i in range(essential):
        j = s.order[i]
        weight = np.int32(q.weights[j])
        for p in range(np.uint64(q.starts[j, w]), np.uint64(q.starts[j, w + 1])):
            at = np.int64(c.rows[p]) - base
            if s.sums[at] == 0:
                s.documents[touched] = at
                touched += 1
            s.sums[at] += weight * np.int32(c.quantised[p])
    kept = 0
    for i in range(touched):
        at = s.documents[i]
        if s.sums[at] >= least:
            s.documents[kept] = at
            s.partial[kept] = s.sums[at]
            kept += 1
        s.sums[at] = 0
    return kept


@jit
def _dense(q: Query, c: Collection, s: Scratch, sums: Array, w: int, n: int, essential: int, cut: int) -> int:
    """Adds terms over the whole window until few passages can still reach `cut`; returns how many terms it added."""
    base, few, end = w * c.width, c.width // 256, 0
    while end < essential or (end < n and _count(sums, max(cut - s.rest[end], 1)) > few):
        j = s.order[end]
        column = c.column_of[q.terms[j]]
        if column >= 0 and (q.starts[j, w + 1] - q.starts[j, w]) * 8 > len(sums):
            _add_column(sums, c.columns[column, base : base + len(sums)], np.int32(q.weights[j]))
        else:
            _add(sums, q, c, j, w)
        end += 1
    return end


@jit
def _collect(s: Scratch, sums: Array, least: int) -> int:
    """The passages of the window with a sum of `least` or more; leaves the sums all zero."""
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


@jit
def _allow(allowed: Array, base: int, s: Scratch, count: int) -> int:
    kept = 0
    for i in range(count):
        if allowed[base + s.documents[i]]:
            s.documents[kept] = s.documents[i]
            s.partial[kept] = s.partial[i]
            kept += 1
    return kept


@jit
def _look_up(q: Query, c: Collection, s: Scratch, w: int, j: int, count: int) -> None:
    """Adds one term to the survivors, by whichever of three ways is cheapest."""
    base, begin, end = w * c.width, q.starts[j, w], q.starts[j, w + 1]
    column, weight = c.column_of[q.terms[j]], np.int32(q.weights[j])
    if column >= 0:
        for i in range(count):
            s.partial[i] += weight * np.int32(c.columns[column, base + s.documents[i]])
    elif count * _LOOK_UP > (end - begin) * _SCATTER:
        _add(s.sums, q, c, j, w)
        for i in range(count):
            s.partial[i] += s.sums[s.documents[i]]
        for p in range(np.uint64(begin), np.uint64(end)):
            s.sums[np.int64(c.rows[p]) - base] = 0
    else:
        for i in range(count):
            wanted = base + s.documents[i]
            p = place(c.rows, wanted, begin, end)
            if p < end and c.rows[p] == wanted:
                s.partial[i] += weight * np.int32(c.quantised[p])


@jit
def drop_below(least: int, documents: Array, sums: Array, count: int) -> int:
    kept = 0
    for i in range(count):
        if sums[i] >= least:
            documents[kept] = documents[i]
            sums[kept] = sums[i]
            kept += 1
    return kept


@jit
def survivors(q: Query, c: Collection, s: Scratch, allowed: Array, w: int, cut: int) -> int:
    """The passages of window `w` whose bound reaches `cut`, in `s.documents` with their sums in `s.partial`."""
    base = w * c.width
    n = _rank(q, w, s)
    essential, postings = 1, q.starts[s.order[0], w + 1] - q.starts[s.order[0], w]
    # The terms from here on cannot lift a passage to `cut` by themselves.
    while essential < n and s.rest[essential] >= cut:
        postings += q.starts[s.order[essential], w + 1] - q.starts[s.order[essential], w]
        essential += 1
    if postings < c.width // 16:
        count = _sparse(q, c, s, w, essential, max(cut - s.rest[essential], 1))
    else:
        window = s.sums[: min(c.width, len(c.norm) - base)]
        essential = _dense(q, c, s, window, w, n, essential, cut)
        count = _collect(s, window, max(cut - s.rest[essential], 1))
    if len(allowed):
        count = _allow(allowed, base, s, count)
    for i in range(essential, n):
        if count == 0:
            break
        _look_up(q, c, s, w, s.order[i], count)
        count = drop_below(cut - s.rest[i + 1], s.documents, s.partial, count)
    return count
