"""Search the stored impacts of a small collection, compiled; see `index.ranking.compiled`.

Terms are added up from the rarest to the commonest, exactly as `index.ranking.embedded` does it. As soon as those that
are left could not lift a passage into the top k by themselves, they are looked up for the passages met so far alone.
"""

from typing import Final, NamedTuple

import numpy as np
from numba import int64, njit

from index.machine.jit import Array, arrays_at, folder, inlined, jit, lower_bound, numbers, record
from index.postings.impacts import SEED_RANKS, Postings
from index.ranking.collection_kernels import insert, merged
from index.ranking.compiled import ImpactsRoom
from index.ranking.engine import SLACK
from index.ranking.window_kernels import LOOK_UP, SCATTER

_BLOCK: Final = 64
# The smallest sum of a passage that holds a term.
_SMALLEST: Final = 5e-324
_placed, _postings = arrays_at(Postings), record(Postings)
_in_room, _room = arrays_at(ImpactsRoom, numbers(Postings), readonly=False), record(ImpactsRoom)


class Query(NamedTuple):
    """Distinct terms with postings, from the rarest to the commonest, int64 [m]; `factors` float64 [m] are weights.

    `rest` float64 [m + 1]: what the terms from each on can add at most.
    """

    terms: Array
    factors: Array
    rest: Array


@jit
def _add(sums: Array, rows: Array, impacts: Array, factor: float) -> None:
    for p in range(len(rows)):
        sums[np.uint64(rows[p])] += factor * impacts[p]


@jit
def _add_column(sums: Array, column: Array, factor: float) -> None:
    for row in range(len(sums)):
        sums[row] += factor * column[row]


@jit
def _touch(sums: Array, rows: Array, impacts: Array, factor: float, met: Array, count: int) -> int:
    """Add postings, and note the passages that had no sum before; return how many were noted."""
    for p in range(len(rows)):
        row = np.uint64(rows[p])
        met[count] = row
        count += int(sums[row] == 0)
        sums[row] += factor * impacts[p]
    return count


@jit
def _kept(sums: Array, met: Array, count: int, least: float, partial: Array) -> int:
    """Keep those of the passages met whose sum is `least` or more; leave the sums all zero."""
    kept = 0
    for i in range(count):
        row = met[i]
        met[kept], partial[kept] = row, sums[row]
        kept += int(sums[row] >= least)
        sums[row] = 0
    return kept


@jit
def _collected(sums: Array, least: float, met: Array, partial: Array) -> int:
    """Collect the passages whose sum is `least` or more; leave the sums all zero."""
    kept = 0
    for block in range(0, len(sums), _BLOCK):
        stop, some = min(block + _BLOCK, len(sums)), 0
        # Nothing but a count, which the compiler turns into vector instructions.
        for row in range(block, stop):
            some += int(sums[row] >= least)
        if some:
            for row in range(block, stop):
                met[kept], partial[kept] = row, sums[row]
                kept += int(sums[row] >= least)
    sums[:] = 0
    return kept


@jit
def _look_up(sums: Array, rows: Array, impacts: Array, factor: float, met: Array, partial: Array, kept: int) -> None:
    """Add a term to the passages met, by whichever of two ways is cheaper."""
    if kept * LOOK_UP > len(rows) * SCATTER:
        _add(sums, rows, impacts, factor)
        for i in range(kept):
            partial[i] += sums[met[i]]
        for p in range(len(rows)):
            sums[np.uint64(rows[p])] = 0
    else:
        for i in range(kept):
            p = lower_bound(rows, met[i], 0, len(rows))
            if p < len(rows) and np.int64(rows[p]) == met[i]:
                partial[i] += factor * impacts[p]


@jit
def _drop(met: Array, partial: Array, count: int, least: float) -> int:
    """Drop the passages below `least`; return how many are left."""
    kept = 0
    for i in range(count):
        met[kept], partial[kept] = met[i], partial[i]
        kept += int(partial[i] >= least)
    return kept


@jit
def _allow(allowed: Array, met: Array, partial: Array, count: int) -> int:
    """Drop the passages that are not allowed; return how many are left."""
    kept = 0
    for i in range(count):
        met[kept], partial[kept] = met[i], partial[i]
        kept += int(allowed[met[i]])
    return kept


@jit
def _best(met: Array, partial: Array, count: int, rows: Array, scores: Array) -> int:
    """Fill in the best of the passages, by score descending, then row ascending; return how many there are."""
    best = 0
    for i in range(count):
        best = insert(rows, scores, best, met[i], partial[i])
    return best


@inlined
def _question(terms: Array, weights: Array, highest: Array, indptr: Array) -> Query:
    distinct, factors = merged(terms, weights, indptr)
    rest = np.zeros(len(distinct) + 1)
    for j in range(len(distinct) - 1, -1, -1):
        rest[j] = rest[j + 1] + factors[j] * highest[distinct[j]]
    return Query(distinct, factors, rest)


@inlined
def _seeded(q: Query, kth: Array, k: int) -> float:
    """Return what the k-th best score is at least: k passages have that from a single term. 0 when unknown."""
    floor = 0.0
    for rank in range(len(SEED_RANKS)):
        if k <= SEED_RANKS[rank]:
            for j in range(len(q.terms)):
                floor = max(floor, q.factors[j] * kth[rank, q.terms[j]])
            break
    return floor * (1 - SLACK)


@inlined
def _meet(q: Query, c: Postings, essential: int, least: float, sums: Array, met: Array, partial: Array) -> int:
    """Add up the essential terms; return how many passages reach `least`, which are in `met` with their sums."""
    postings = 0
    for j in range(essential):
        postings += c.indptr[q.terms[j] + 1] - c.indptr[q.terms[j]]
    count, is_sparse = 0, postings * 8 < len(sums)
    for j in range(essential):
        begin, end, column = c.indptr[q.terms[j]], c.indptr[q.terms[j] + 1], c.column_of[q.terms[j]]
        if is_sparse:
            count = _touch(sums, c.rows[begin:end], c.impacts[begin:end], q.factors[j], met, count)
        elif column >= 0:
            _add_column(sums, c.columns[column], q.factors[j])
        else:
            _add(sums, c.rows[begin:end], c.impacts[begin:end], q.factors[j])
    return _kept(sums, met, count, least, partial) if is_sparse else _collected(sums, least, met, partial)


@inlined
def _complete(
    q: Query, c: Postings, essential: int, floor: float, sums: Array, met: Array, partial: Array, kept: int
) -> int:
    """Add the other terms to the passages met, and drop those that cannot reach `floor`; return how many are left."""
    for j in range(essential, len(q.terms)):
        begin, end, column = c.indptr[q.terms[j]], c.indptr[q.terms[j] + 1], c.column_of[q.terms[j]]
        if column >= 0:
            for i in range(kept):
                partial[i] += q.factors[j] * c.columns[column, met[i]]
        else:
            _look_up(sums, c.rows[begin:end], c.impacts[begin:end], q.factors[j], met, partial, kept)
        kept = _drop(met, partial, kept, floor - q.rest[j + 1])
    return kept


@njit(int64(int64[::1], int64, int64), cache=folder is not None, nogil=True, error_model="numpy")
def top(places: Array, count: int, k: int) -> int:
    """Leave the exact top k in the room's `rows` and `scores`, best first; return how many there are.

    `places` are those of the arrays of `index.postings.impacts.Postings` and of `index.ranking.compiled.ImpactsRoom`,
    see `index.machine.jit`; `count` is that of the question's terms, which are known ones.
    """
    c, room = _postings(*_placed(places)), _room(*_in_room(places))
    rows, scores, allowed = room.rows[:k], room.scores[:k], room.allowed
    q = _question(room.terms[:count], room.weights[:count], room.highest, c.indptr)
    sums, partial, met = room.sums, room.partial, room.met
    # A filter may forbid the passages that a term's k-th best impact stands for.
    floor = _seeded(q, c.kth, k) if len(allowed) == 0 else 0.0
    essential = 0
    while essential < len(q.terms) and q.rest[essential] >= floor:
        essential += 1
    kept = _meet(q, c, essential, max(floor - q.rest[essential], _SMALLEST), sums, met, partial)
    if len(allowed):
        kept = _allow(allowed, met, partial, kept)
    if essential < len(q.terms) and kept > k:
        # So much is sure of the k-th best already.
        _best(met, partial, kept, rows, scores)
        floor = max(floor, scores[k - 1] * (1 - SLACK))
        kept = _drop(met, partial, kept, floor - q.rest[essential])
    return _best(met, partial, _complete(q, c, essential, floor, sums, met, partial, kept), rows, scores)
