"""From the forward index to the postings: by sorting in NumPy, or compiled, in passes that bound the memory.

Both give the same arrays. The sort needs about 100 bytes a token; the compiled way reads the forward index once to
count and then once for every `_PASS_BYTES` of postings, writing each range of terms in place on disk.
"""

from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt

from index import bm25
from index.postings import LARGE, SEED_RANK, Forward, Postings

MOST_TF: Final = int(np.iinfo(np.uint16).max)
# What one pass scatters into should stay in memory whatever else is there.
_PASS_BYTES: Final = 1 << 29
# A term in so many of the passages is added faster as a column than posting by posting.
_COMMON_SHARE: Final = 8


def invert_compiled(forward: Forward, terms: int, parameters: bm25.Parameters, folder: Path) -> Postings:
    """The postings of a large collection, its long arrays mapped from files in `folder`. Needs numba."""
    from index import tabulate

    df, lengths = np.zeros(terms, np.int64), np.zeros(len(forward.article), np.uint32)
    tokens = tabulate.Tokens(
        forward.indptr, forward.terms, forward.title_indptr, forward.title_terms, forward.article, forward.hidden,
        parameters.title_weight,
    )  # fmt: skip
    tabulate.count(tokens, df, lengths)
    indptr = np.concatenate([[0], np.cumsum(df)]).astype(np.int64)
    size = int(indptr[-1])
    rows = np.lib.format.open_memmap(folder / "postings_rows.npy", "w+", np.uint32, (size,))
    tf = np.lib.format.open_memmap(folder / "postings_tf.npy", "w+", np.uint16, (size,))
    target = tabulate.Target(np.asarray(rows), np.asarray(tf), indptr[:-1].copy(), np.empty(terms, np.int64))
    low = 0
    while low < terms:
        high = int(np.searchsorted(indptr, indptr[low] + _PASS_BYTES // 6, "right")) - 1
        high = min(max(high, low + 1), terms)
        tabulate.scatter(tokens, low, high, target)
        low = high
    norm = bm25.norms(lengths, parameters)
    idf = np.where(df > 0, bm25.idf(len(lengths), np.maximum(df, 1)), 0.0)
    highest, tenth = np.zeros(terms), np.zeros(terms)
    tabulate.bounds(indptr, rows, tf, norm, idf, parameters.k1, highest, tenth)
    nothing = _nothing(terms, len(lengths))
    postings = Postings(indptr, target.rows, target.tf, lengths, norm, idf, highest, tenth, *nothing)
    postings.save(folder, already={"rows", "tf"})
    return postings


def _nothing(terms: int, passages: int) -> tuple[bm25.Floats, npt.NDArray[np.int32], bm25.Floats]:
    """The impacts and columns of a large collection, which has none."""
    return np.empty(0), np.full(terms, -1, np.int32), np.empty((0, passages))


def invert(forward: Forward, terms: int, parameters: bm25.Parameters) -> Postings:
    """The postings of a collection of `terms` distinct terms; hidden passages get none."""
    passages = len(forward.article)
    seen = ~forward.hidden
    own = np.diff(forward.indptr)
    titles = np.where(seen, np.diff(forward.title_indptr)[forward.article], 0) * min(parameters.title_weight, 1)
    rows = np.repeat(np.arange(passages), own)
    kept = seen[rows]
    within = np.arange(int(titles.sum())) - np.repeat(np.cumsum(titles) - titles, titles)
    title_ids = forward.title_terms[np.repeat(forward.title_indptr[:-1][forward.article], titles) + within]
    rows = np.concatenate([rows[kept], np.repeat(np.arange(passages), titles)])
    ids = np.concatenate([forward.terms[kept], title_ids]).astype(np.int64)
    weights = np.full(len(ids), parameters.title_weight)
    weights[: int(kept.sum())] = 1
    # One number for a (term, passage) pair, so that sorting groups by term and orders by passage.
    pairs, where = np.unique(ids * max(passages, 1) + rows, return_inverse=True)
    tf = np.minimum(np.bincount(where, weights, minlength=len(pairs)), MOST_TF).astype(np.uint16)
    indptr = np.zeros(terms + 1, np.int64)
    np.cumsum(np.bincount(pairs // max(passages, 1), minlength=terms), out=indptr[1:])
    lengths = (np.where(seen, own, 0) + titles * parameters.title_weight).astype(np.uint32)
    return _with_bounds(indptr, (pairs % max(passages, 1)).astype(np.uint32), tf, lengths, parameters)


def _with_bounds(
    indptr: npt.NDArray[np.int64],
    rows: npt.NDArray[np.uint32],
    tf: npt.NDArray[np.uint16],
    lengths: npt.NDArray[np.uint32],
    parameters: bm25.Parameters,
) -> Postings:
    norm = bm25.norms(lengths, parameters)
    df = np.diff(indptr)
    idf = np.where(df > 0, bm25.idf(len(lengths), np.maximum(df, 1)), 0.0)
    impacts = bm25.impact(np.repeat(idf, df), tf, norm[rows], parameters.k1)
    highest, tenth = np.zeros(len(df)), np.zeros(len(df))
    held = df > 0
    if len(rows):
        highest[held] = np.maximum.reduceat(impacts, indptr[:-1][held])
    for term in np.flatnonzero(df >= SEED_RANK):
        of_term = impacts[indptr[term] : indptr[term + 1]]
        tenth[term] = np.partition(of_term, len(of_term) - SEED_RANK)[len(of_term) - SEED_RANK]
    if len(lengths) >= LARGE:
        return Postings(indptr, rows, tf, lengths, norm, idf, highest, tenth, *_nothing(len(df), len(lengths)))
    common = df * _COMMON_SHARE >= max(len(lengths), 1)
    column_of = np.where(common, np.cumsum(common) - 1, -1).astype(np.int32)
    columns = np.zeros((int(common.sum()), len(lengths)))
    for term in np.flatnonzero(common):
        held_by = slice(indptr[term], indptr[term + 1])
        columns[column_of[term], rows[held_by]] = impacts[held_by]
    return Postings(indptr, rows, tf, lengths, norm, idf, highest, tenth, impacts, column_of, columns)
