"""The compiled kernels of a build: how long every list will be, and its postings put in place."""

from typing import NamedTuple

import numpy as np

from index.machine.jit import Array, jit, record
from index.postings.forward import Forward

MOST_TF = 65_535
_forward = record(Forward)


class Target(NamedTuple):
    """The postings of the terms from `low` to before `high` being written.

    `following` int64 [V] is where the next one of a term goes, counted from the first of `low`; `last` int64 [V] is the
    last row that holds it.
    """

    low: int
    high: int
    rows: Array
    tf: Array
    following: Array
    last: Array


@jit
def count(
    forward: tuple[Array, ...], title_weight: int, first: int, end: int, last: Array, df: Array, lengths: Array
) -> None:
    """Count for the rows from `first` to before `end`: into `df` the passages that hold each term, into `lengths` the
    terms of each passage. `last` int64 [V], at first -1 everywhere, is the last row that holds a term."""
    f = _forward(*forward)
    for row in range(first, end):
        if f.hidden[row]:
            continue
        for p in range(f.indptr[row], f.indptr[row + 1]):
            if last[f.terms[p]] != row:
                last[f.terms[p]] = row
                df[f.terms[p]] += 1
        title, title_end = f.title_indptr[f.article[row]], f.title_indptr[f.article[row] + 1]
        for p in range(title, title_end if title_weight else title):
            if last[f.title_terms[p]] != row:
                last[f.title_terms[p]] = row
                df[f.title_terms[p]] += 1
        lengths[row] = f.indptr[row + 1] - f.indptr[row] + title_weight * (title_end - title)


@jit
def _put(term: int, times: int, row: int, to: Target) -> None:
    place = to.following[term]
    if to.last[term] != row:
        to.last[term] = row
        to.rows[place] = row
        to.tf[place] = min(times, MOST_TF)
        to.following[term] = place + 1
    else:
        to.tf[place - 1] = min(np.int64(to.tf[place - 1]) + times, MOST_TF)


@jit
def scatter(forward: tuple[Array, ...], title_weight: int, first: int, end: int, to: Target) -> None:
    """Write the postings of the rows from `first` to before `end`."""
    f = _forward(*forward)
    for row in range(first, end):
        if f.hidden[row]:
            continue
        for p in range(f.indptr[row], f.indptr[row + 1]):
            if to.low <= f.terms[p] < to.high:
                _put(f.terms[p], 1, row, to)
        title, title_end = f.title_indptr[f.article[row]], f.title_indptr[f.article[row] + 1]
        for p in range(title, title_end if title_weight else title):
            if to.low <= f.title_terms[p] < to.high:
                _put(f.title_terms[p], title_weight, row, to)


@jit
def kth(levels: Array, indptr: Array, ranks: Array, found: Array) -> None:
    """Write every term's level of each of the ascending `ranks` into `found` [ranks, V], counted by level."""
    counts = np.zeros(256, np.int64)
    for term in range(len(indptr) - 1):
        df = indptr[term + 1] - indptr[term]
        if df < ranks[0]:
            continue
        counts[:] = 0
        for p in range(indptr[term], indptr[term + 1]):
            counts[levels[p]] += 1
        above, place = 0, 0
        for level in range(255, -1, -1):
            above += counts[level]
            while place < len(ranks) and ranks[place] <= above:
                found[place, term] = level
                place += 1
