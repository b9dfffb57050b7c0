"""From the forward index to inverted lists: by sorting in NumPy, or compiled, in passes that bound the memory.

Both give the same lists. The sort needs about 100 bytes a token. The compiled way reads the forward index once to count
and then once for every `_PASS_BYTES` of postings, which it puts in place in memory and hands on.
"""

from collections.abc import Iterator
from typing import Final

import numpy as np

from index import bm25
from index.postings.forward import Forward
from index.postings.impacts import Inverted, Lists
from index.store.arrays import let_go

MOST_TF: Final = int(np.iinfo(np.uint16).max)
_POSTING_BYTES: Final = 6
# More passes read more often, fewer write farther apart: from 2^25 to 2^29 a million passages take as long.
_PASS_BYTES: Final = 1 << 27
# So many terms of the forward index are looked at before their pages are let go.
_BLOCK: Final = 1 << 24


class LargeInversion:
    """The lists of a large collection, a range of terms at a time. Needs numba.

    `indptr` and `lengths` are those of `index.postings.impacts.Inverted`, known as soon as this is made.
    """

    def __init__(self, forward: Forward, terms: int, parameters: bm25.Parameters) -> None:
        from index.postings import inversion_kernels

        self._forward = forward
        self._tokens = inversion_kernels.Tokens(
            forward.indptr, forward.terms, forward.title_indptr, forward.title_terms, forward.article, forward.hidden,
            parameters.title_weight,
        )  # fmt: skip
        df, self.lengths = np.zeros(terms, np.int64), np.zeros(len(forward.article), np.uint32)
        last = np.full(terms, -1, np.int64)
        for first, end in self._blocks():
            inversion_kernels.count(self._tokens, first, end, last, df, self.lengths)
        self.indptr = np.concatenate([[0], np.cumsum(df)]).astype(np.int64)

    def lists(self) -> Iterator[Lists]:
        """The lists of all terms, in their order; the arrays are used again for the next ones."""
        from index.postings import inversion_kernels

        terms, low = len(self.indptr) - 1, 0
        last = np.empty(terms, np.int64)
        while low < terms:
            begin = int(self.indptr[low])
            high = int(np.searchsorted(self.indptr, begin + _PASS_BYTES // _POSTING_BYTES, "right")) - 1
            high = min(max(high, low + 1), terms)
            size = int(self.indptr[high]) - begin
            rows, tf = np.empty(size, np.uint32), np.empty(size, np.uint16)
            last[:] = -1
            target = inversion_kernels.Target(low, high, rows, tf, self.indptr[:-1] - begin, last)
            for first, end in self._blocks():
                inversion_kernels.scatter(self._tokens, first, end, target)
            yield Lists(range(low, high), rows, tf)
            low = high

    def _blocks(self) -> Iterator[tuple[int, int]]:
        """Ranges of rows; what was read of the forward index leaves the memory after each."""
        first, passages = 0, len(self.lengths)
        while first < passages:
            end = int(np.searchsorted(self._forward.indptr, int(self._forward.indptr[first]) + _BLOCK, "right")) - 1
            end = min(max(end, first + 1), passages)
            yield first, end
            let_go(self._forward.terms)
            first = end


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
