"""The compiled kernels of a build: inversion, bounds, quantised impacts, window tables and dense columns."""

from typing import NamedTuple

import numpy as np

from index.window import Array, Collection, jit

MOST_TF = 65_535
SEED_RANK = 10


class Tokens(NamedTuple):
    """The arrays of `index.postings.Forward`, and how many times a term of the title counts."""

    indptr: Array
    terms: Array
    title_indptr: Array
    title_terms: Array
    article: Array
    hidden: Array
    title_weight: int


class Target(NamedTuple):
    """The postings being written; `following` int64 [V] is where the next one of a term goes, `last` its last row."""

    rows: Array
    tf: Array
    following: Array
    last: Array


@jit
def quantise(c: Collection) -> None:
    """Fills `c.quantised` with every posting's impact in units of `c.step`, rounded up."""
    for term in range(len(c.indptr) - 1):
        for p in range(c.indptr[term], c.indptr[term + 1]):
            tf = float(c.tf[p])
            impact = c.idf[term] * (tf * (c.k1 + 1) / (c.norm[c.rows[p]] + tf))
            c.quantised[p] = np.uint16(max(1.0, np.ceil(impact / c.step)))


@jit
def tabulate(c: Collection) -> None:
    """Fills the window tables and dense columns of every term that has a slot or a column."""
    for term in range(len(c.indptr) - 1):
        begin, end = c.indptr[term], c.indptr[term + 1]
        table, column = c.slot[term], c.column_of[term]
        if table >= 0:
            at = 0
            for p in range(begin, end):
                w = c.rows[p] // c.width
                while at <= w:
                    c.window_start[table, at] = p - begin
                    at += 1
                c.window_highest[table, w] = max(c.window_highest[table, w], c.quantised[p])
            c.window_start[table, at:] = end - begin
        if column >= 0:
            for p in range(begin, end):
                c.columns[column, c.rows[p]] = c.quantised[p]


@jit
def count(f: Tokens, df: Array, lengths: Array) -> None:
    """Counts into `df` the passages that hold each term, and into `lengths` the terms of each passage."""
    last = np.full(len(df), -1, np.int64)
    for row in range(len(f.article)):
        if f.hidden[row]:
            continue
        for p in range(f.indptr[row], f.indptr[row + 1]):
            if last[f.terms[p]] != row:
                last[f.terms[p]] = row
                df[f.terms[p]] += 1
        begin, end = f.title_indptr[f.article[row]], f.title_indptr[f.article[row] + 1]
        for p in range(begin, end if f.title_weight else begin):
            if last[f.title_terms[p]] != row:
                last[f.title_terms[p]] = row
                df[f.title_terms[p]] += 1
        lengths[row] = f.indptr[row + 1] - f.indptr[row] + f.title_weight * (end - begin)


@jit
def _put(term: int, times: int, row: int, to: Target) -> None:
    if to.last[term] != row:
        to.last[term] = row
        to.rows[to.following[term]] = row
        to.tf[to.following[term]] = min(times, MOST_TF)
        to.following[term] += 1
    else:
        before = np.int64(to.tf[to.following[term] - 1])
        to.tf[to.following[term] - 1] = min(before + times, MOST_TF)


@jit
def scatter(f: Tokens, low: int, high: int, to: Target) -> None:
    """Writes the postings of the terms from `low` to before `high`."""
    to.last[:] = -1
    for row in range(len(f.article)):
        if f.hidden[row]:
            continue
        for p in range(f.indptr[row], f.indptr[row + 1]):
            if low <= f.terms[p] < high:
                _put(f.terms[p], 1, row, to)
        begin, end = f.title_indptr[f.article[row]], f.title_indptr[f.article[row] + 1]
        for p in range(begin, end if f.title_weight else begin):
            if low <= f.title_terms[p] < high:
                _put(f.title_terms[p], f.title_weight, row, to)


@jit
def bounds(
    indptr: Array, rows: Array, tf: Array, norm: Array, idf: Array, k1: float, highest: Array, tenth: Array
) -> None:
    """Each term's highest impact, and its tenth highest where it has as many postings."""
    best = np.zeros(SEED_RANK)
    for term in range(len(idf)):
        best[:] = 0.0
        for p in range(indptr[term], indptr[term + 1]):
            times = float(tf[p])
            impact = times * (k1 + 1) / (norm[rows[p]] + times)
            if impact > best[SEED_RANK - 1]:
                i = SEED_RANK - 1
                while i > 0 and best[i - 1] < impact:
                    best[i] = best[i - 1]
                    i -= 1
                best[i] = impact
        highest[term], tenth[term] = best[0] * idf[term], best[SEED_RANK - 1] * idf[term]
