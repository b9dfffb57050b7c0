"""The compiled kernels of a build: how long every list will be, and its postings put in place."""

from typing import NamedTuple

import numpy as np

from index.window import Array, jit

MOST_TF = 65_535


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
