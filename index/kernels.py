"""The compiled kernels of the engine: integer bounds by window, then exact scores of the few survivors.

Everything here is compiled by numba on its first use and kept on disk. The bounds are integers, so that their sums do
not depend on the order of addition; scores are float64 and added up in the order of the question's terms, exactly as
the NumPy path does it. `index.compiled` explains the algorithm.
"""

from typing import Any

import numpy as np
import numpy.typing as npt
from numba import njit

Array = npt.NDArray[Any]

FIRST_WINDOWS = 6
# Weights that are no whole numbers count in sixty-fourths.
FRACTIONS = 64
LEVELS = 65_534
# More than this, and a sum of quantised impacts might not fit into 32 bits.
MOST_WEIGHT = (1 << 31) // (LEVELS + 1)
# Candidates at a time; ten to sixty are usual.
ROOM = 1 << 13
SEED_RANK = 10
# Nanoseconds: a look-up by binary search, and adding up one posting. Only their ratio matters.
_LOOK_UP = 18.0
_SCATTER = 0.5
_BLOCK = 64

jit = njit(cache=True, nogil=True, boundscheck=False)


@jit
def bounds(terms: Array, weights: Array, indptr: Array, rows: Array, quantised: Array, slot: Array,
           window_highest: Array, window_start: Array, width: int, highest: Array, starts: Array) -> None:  # fmt: skip
    """What each term can add at most in each window, and where its postings there begin.

    Fills `highest` int32 [m, windows] and `starts` int64 [m, windows + 1].
    """
    windows = highest.shape[1]
    for j in range(len(terms)):
        begin, end = indptr[terms[j]], indptr[terms[j] + 1]
        table = slot[terms[j]]
        if table >= 0:
            for w in range(windows):
                highest[j, w] = weights[j] * window_highest[table, w]
                starts[j, w] = begin + window_start[table, w]
        else:
            at = 0
            highest[j, :] = 0
            for p in range(begin, end):
                w = rows[p] // width
                while at <= w:
                    starts[j, at] = p
                    at += 1
                highest[j, w] = max(highest[j, w], weights[j] * quantised[p])
            starts[j, at:windows] = end
        starts[j, windows] = end


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
def _place(rows: Array, wanted: int, low: int, high: int) -> int:
    """The first of the ascending `rows[low:high]` that is not below `wanted`."""
    while low < high:
        middle = (low + high) >> 1
        if rows[middle] < wanted:
            low = middle + 1
        else:
            high = middle
    return low


@jit
def _add(sums: Array, rows: Array, quantised: Array, weight: int, base: int, begin: int, end: int) -> None:
    for p in range(np.uint64(begin), np.uint64(end)):
        sums[np.int64(rows[p]) - base] += np.int32(weight) * np.int32(quantised[p])


@jit
def _add_column(sums: Array, column: Array, weight: int) -> None:
    for i in range(len(sums)):
        sums[i] += np.int32(weight) * np.int32(column[i])


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
def _ranked(highest: Array, w: int, order: Array, rest: Array) -> int:
    """Puts the terms of window `w` in `order`, largest bound first, and suffix sums of bounds in `rest`."""
    n = 0
    for j in range(highest.shape[0]):
        if highest[j, w] > 0:
            i = n
            while i > 0 and highest[order[i - 1], w] < highest[j, w]:
                order[i] = order[i - 1]
                i -= 1
            order[i] = j
            n += 1
    rest[n] = 0
    for i in range(n - 1, -1, -1):
        rest[i] = rest[i + 1] + highest[order[i], w]
    return n


@jit
def _sparse(order: Array, essential: int, weights: Array, rows: Array, quantised: Array, starts: Array, w: int, base: int,
            least: int, sums: Array, documents: Array, partial: Array) -> int:  # fmt: skip
    """Sums of the passages that hold an essential term, when these are few; those below `least` are left out."""
    touched = 0
    for i in range(essential):
        j = order[i]
        for p in range(np.uint64(starts[j, w]), np.uint64(starts[j, w + 1])):
            at = np.int64(rows[p]) - base
            if sums[at] == 0:
                documents[touched] = at
                touched += 1
            sums[at] += np.int32(weights[j]) * np.int32(quantised[p])
    kept = 0
    for s in range(touched):
        at = documents[s]
        if sums[at] >= least:
            documents[kept] = at
            partial[kept] = sums[at]
            kept += 1
        sums[at] = 0
    return kept


@jit
def _dense(order: Array, essential: int, n: int, rest: Array, cut: int, few: int, terms: Array, weights: Array, rows: Array,
           quantised: Array, starts: Array, w: int, base: int, columns: Array, column_of: Array, sums: Array) -> int:  # fmt: skip
    """Adds terms over the whole window until few passages can still reach `cut`; returns how many terms were added."""
    size = len(sums)
    end = 0
    while end < essential or (end < n and _count(sums, max(cut - rest[end], 1)) > few):
        j = order[end]
        column = column_of[terms[j]]
        if column >= 0 and (starts[j, w + 1] - starts[j, w]) * 8 > size:
            _add_column(sums, columns[column, base : base + size], weights[j])
        else:
            _add(sums, rows, quantised, weights[j], base, starts[j, w], starts[j, w + 1])
        end += 1
    return end


@jit
def _collect(sums: Array, least: int, documents: Array, partial: Array) -> int:
    """The passages of the window with a sum of `least` or more; leaves `sums` all zero."""
    kept = 0
    for block in range(0, len(sums), _BLOCK):
        stop = min(block + _BLOCK, len(sums))
        if _greatest(sums[block:stop]) >= least:
            for at in range(block, stop):
                if sums[at] >= least:
                    documents[kept] = at
                    partial[kept] = sums[at]
                    kept += 1
    sums[:] = 0
    return kept


@jit
def _allow(allowed: Array, base: int, documents: Array, partial: Array, survivors: int) -> int:
    kept = 0
    for s in range(survivors):
        if allowed[base + documents[s]]:
            documents[kept] = documents[s]
            partial[kept] = partial[s]
            kept += 1
    return kept


@jit
def _look_up(term: int, weight: int, rows: Array, quantised: Array, begin: int, end: int, base: int, columns: Array,
             column_of: Array, sums: Array, documents: Array, partial: Array, survivors: int) -> None:  # fmt: skip
    """Adds one term to the survivors, by whichever of three ways is cheapest."""
    column = column_of[term]
    if column >= 0:
        for s in range(survivors):
            partial[s] += np.int32(weight) * np.int32(columns[column, base + documents[s]])
    elif survivors * _LOOK_UP > (end - begin) * _SCATTER:
        _add(sums, rows, quantised, weight, base, begin, end)
        for s in range(survivors):
            partial[s] += sums[documents[s]]
        for p in range(np.uint64(begin), np.uint64(end)):
            sums[np.int64(rows[p]) - base] = 0
    else:
        for s in range(survivors):
            wanted = base + documents[s]
            p = _place(rows, wanted, begin, end)
            if p < end and rows[p] == wanted:
                partial[s] += np.int32(weight) * np.int32(quantised[p])


@jit
def _drop_below(least: int, documents: Array, partial: Array, survivors: int) -> int:
    kept = 0
    for s in range(survivors):
        if partial[s] >= least:
            documents[kept] = documents[s]
            partial[kept] = partial[s]
            kept += 1
    return kept


@jit
def search(terms: Array, weights: Array, rows: Array, quantised: Array, columns: Array, column_of: Array, highest: Array,
           starts: Array, width: int, passages: int, allowed: Array, heap: Array, cut: int, slack: int,
           found: Array, found_sums: Array) -> int:  # fmt: skip
    """Fills `found` with every passage whose bound reaches the k-th best score's; returns how many, -1 if too many.

    `cut` is a sum that no passage of the top k falls short of; it rises as sums are seen. `slack` is by how much the sum
    of a passage may exceed its true score. `heap` int64 [k] is zero, `allowed` empty or bool [passages].
    """
    m, windows = highest.shape
    reach = np.zeros(windows, np.int64)
    for j in range(m):
        for w in range(windows):
            reach[w] += highest[j, w]
    first = np.argsort(-reach)[:FIRST_WINDOWS] if windows > FIRST_WINDOWS else np.arange(windows)
    seen = np.zeros(windows, np.bool_)
    sums = np.zeros(width, np.int32)
    documents, partial = np.empty(width, np.int32), np.empty(width, np.int32)
    order, rest = np.empty(m, np.int64), np.empty(m + 1, np.int64)
    count = 0
    for step in range(len(first) + windows):
        w = first[step] if step < len(first) else step - len(first)
        if seen[w] or reach[w] < cut:
            continue
        seen[w] = True
        base = w * width
        n = _ranked(highest, w, order, rest)
        essential, postings = 1, starts[order[0], w + 1] - starts[order[0], w]
        while essential < n and rest[essential] >= cut:
            postings += starts[order[essential], w + 1] - starts[order[essential], w]
            essential += 1
        if postings < width // 16:
            survivors = _sparse(order, essential, weights, rows, quantised, starts, w, base, max(cut - rest[essential], 1),
                                sums, documents, partial)  # fmt: skip
        else:
            window = sums[: min(width, passages - base)]
            essential = _dense(order, essential, n, rest, cut, width // 256, terms, weights, rows, quantised, starts, w,
                               base, columns, column_of, window)  # fmt: skip
            survivors = _collect(window, max(cut - rest[essential], 1), documents, partial)
        if len(allowed):
            survivors = _allow(allowed, base, documents, partial, survivors)
        for i in range(essential, n):
            if survivors == 0:
                break
            j = order[i]
            _look_up(terms[j], weights[j], rows, quantised, starts[j, w], starts[j, w + 1], base, columns, column_of, sums,
                     documents, partial, survivors)  # fmt: skip
            survivors = _drop_below(cut - rest[i + 1], documents, partial, survivors)
        for s in range(survivors):
            value = int(partial[s])
            if value < cut:
                continue
            if value > heap[0]:
                _replace_least(heap, value)
                cut = max(cut, heap[0] - slack)
            if count == len(found):
                count = _drop_below(cut, found, found_sums, count)
                if count == len(found):
                    return -1
            found[count] = base + documents[s]
            found_sums[count] = value
            count += 1
    return _drop_below(cut, found, found_sums, count)


@jit
def _score(row: int, terms: Array, weights: Array, idf: Array, indptr: Array, rows: Array, tf: Array, norm: Array,
           k1: float) -> float:  # fmt: skip
    """The exact score of a passage, added up term by term in the question's order."""
    total = 0.0
    for j in range(len(terms)):
        begin, end = indptr[terms[j]], indptr[terms[j] + 1]
        p = _place(rows, row, begin, end)
        if p < end and rows[p] == row:
            frequency = float(tf[p])
            total += weights[j] * (idf[terms[j]] * (frequency * (k1 + 1) / (norm[row] + frequency)))
    return total


@jit
def _insert(best_rows: Array, best_scores: Array, kept: int, row: int, score: float) -> int:
    """Keeps the best by score descending, then row ascending; returns how many there are now."""
    if kept == len(best_rows):
        last = kept - 1
        if score < best_scores[last] or (score == best_scores[last] and row > best_rows[last]):
            return kept
        kept = last
    i = kept
    while i > 0 and (score > best_scores[i - 1] or (score == best_scores[i - 1] and row < best_rows[i - 1])):
        best_rows[i], best_scores[i] = best_rows[i - 1], best_scores[i - 1]
        i -= 1
    best_rows[i], best_scores[i] = row, score
    return kept + 1


@jit
def top(terms: Array, factors: Array, k: int, allowed: Array, step: float, width: int, k1: float, indptr: Array, rows: Array,
        tf: Array, norm: Array, idf: Array, impact_highest: Array, impact_tenth: Array, quantised: Array, slot: Array,
        window_highest: Array, window_start: Array, column_of: Array, columns: Array) -> Any:  # fmt: skip
    """The exact top k: rows int64 and scores float64, best first, and whether the integers sufficed.

    `terms` are distinct and have postings, `factors` > 0 are their weights.
    """
    scale = 1
    for factor in factors:
        if factor != np.floor(factor):
            scale = FRACTIONS
    weights = np.empty(len(terms), np.int64)
    # Rounding up adds less than 1 a unit of weight, and a weight rounded up its share of the highest impact.
    slack, floor, total = 2.0, 0.0, 0
    for j in range(len(terms)):
        weights[j] = int(np.ceil(factors[j] * scale))
        total += weights[j]
        slack += weights[j] + (weights[j] - factors[j] * scale) * impact_highest[terms[j]] / step
        floor = max(floor, factors[j] * impact_tenth[terms[j]])
    if total >= MOST_WEIGHT:
        return np.empty(0, np.int64), np.empty(0), False
    # A filter may forbid the passages that a term's tenth best impact stands for.
    cut = max(1, int(scale * floor / step) - 2) if k <= SEED_RANK and len(allowed) == 0 else 1
    highest = np.empty((len(terms), window_highest.shape[1]), np.int32)
    starts = np.empty((len(terms), window_highest.shape[1] + 1), np.int64)
    bounds(terms, weights, indptr, rows, quantised, slot, window_highest, window_start, width, highest, starts)
    found, sums = np.empty(ROOM, np.int64), np.empty(ROOM, np.int64)
    count = search(terms, weights, rows, quantised, columns, column_of, highest, starts, width, len(norm), allowed,
                   np.zeros(k, np.int64), cut, int(np.ceil(slack)), found, sums)  # fmt: skip
    best_rows, best_scores, kept = np.empty(min(k, max(count, 0)), np.int64), np.empty(min(k, max(count, 0))), 0
    for c in range(count):
        exact = _score(found[c], terms, factors, idf, indptr, rows, tf, norm, k1)
        kept = _insert(best_rows, best_scores, kept, found[c], exact)
    return best_rows[:kept], best_scores[:kept], count >= 0


@jit
def quantise(indptr: Array, rows: Array, tf: Array, norm: Array, idf: Array, k1: float, step: float,
             quantised: Array) -> None:  # fmt: skip
    """Every posting's impact in units of `step`, rounded up, into uint16 [postings]."""
    for term in range(len(indptr) - 1):
        for p in range(indptr[term], indptr[term + 1]):
            frequency = np.float64(tf[p])
            impact = idf[term] * (frequency * (k1 + 1) / (norm[rows[p]] + frequency))
            quantised[p] = np.uint16(max(1.0, np.ceil(impact / step)))


@jit
def window_tables(frequent: Array, indptr: Array, rows: Array, quantised: Array, width: int, window_highest: Array,
                  window_start: Array) -> None:  # fmt: skip
    """For each frequent term and window its highest quantised impact and the offset of its first posting there."""
    windows = window_highest.shape[1]
    for table in range(len(frequent)):
        begin, end = indptr[frequent[table]], indptr[frequent[table] + 1]
        at = 0
        for p in range(begin, end):
            w = rows[p] // width
            while at <= w:
                window_start[table, at] = p - begin
                at += 1
            window_highest[table, w] = max(window_highest[table, w], quantised[p])
        while at <= windows:
            window_start[table, at] = end - begin
            at += 1


@jit
def dense_columns(common: Array, indptr: Array, rows: Array, quantised: Array, columns: Array) -> None:
    """The quantised impacts of each very common term, one for every passage."""
    for column in range(len(common)):
        for p in range(indptr[common[column]], indptr[common[column] + 1]):
            columns[column, rows[p]] = quantised[p]
