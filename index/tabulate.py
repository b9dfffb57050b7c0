"""The compiled kernels of a build: quantised impacts, window tables and dense columns. See `index.compiled`."""

import numpy as np

from index.window import Collection, jit


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
