"""From the forward index to inverted lists: by sorting in NumPy, or compiled, in passes that bound the memory.

Both give the same arrays. The sort needs about 100 bytes a token; the compiled way reads the forward index once to
count and then once for every `_PASS_BYTES` of postings, writing each range of terms in place on disk.
"""

from pathlib import Path
from typing import Final

import numpy as np

from index import bm25
from index.postings import Forward, Inverted

MOST_TF: Final = int(np.iinfo(np.uint16).max)
# What one pass scatters into should stay in memory whatever else is there.
_PASS_BYTES: Final = 1 << 29


def invert_compiled(forward: Forward, terms: int, parameters: bm25.Parameters, folder: Path) -> Inverted:
    """The lists of a large collection, mapped from `inverted_{rows,tf}.npy` in `folder`. Needs numba."""
    from index import tabulate

    df, lengths = np.zeros(terms, np.int64), np.zeros(len(forward.article), np.uint32)
    tokens = tabulate.Tokens(
        forward.indptr, forward.terms, forward.title_indptr, forward.title_terms, forward.article, forward.hidden,
        parameters.title_weight,
    )  # fmt: skip
    tabulate.count(tokens, df, lengths)
    indptr = np.concatenate([[0], np.cumsum(df)]).astype(np.int64)
    size = int(indptr[-1])
    if not size:
        return Inverted(indptr, np.empty(0, np.uint32), np.empty(0, np.uint16), lengths)
    rows = np.lib.format.open_memmap(folder / "inverted_rows.npy", "w+", np.uint32, (size,))
    tf = np.lib.format.open_memmap(folder / "inverted_tf.npy", "w+", np.uint16, (size,))
    target = tabulate.Target(np.asarray(rows), np.asarray(tf), indptr[:-1].copy(), np.empty(terms, np.int64))
    low = 0
    while low < terms:
        high = int(np.searchsorted(indptr, indptr[low] + _PASS_BYTES // 6, "right")) - 1
        high = min(max(high, low + 1), terms)
        tabulate.scatter(tokens, low, high, target)
        low = high
    return Inverted(indptr, target.rows, target.tf, lengths)


def invert(forward: Forward, terms: int, parameters: bm25.Parameters) -> Inverted:
    """The lists of a collection of `terms` distinct terms; hidden passages get no posting."""
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
    return Inverted(indptr, (pairs % max(passages, 1)).astype(np.uint32), tf, lengths)
