"""Invert the forward index: by sorting in NumPy, or compiled, in passes that bound the memory.

Both give the same lists. The sort needs about 100 bytes a token. The compiled way reads the forward index once to count
and then once for every `_PASS_BYTES` of postings, which it puts in place in memory and hands on.
"""

from collections.abc import Iterator
from typing import Final

import numpy as np

from index import bm25
from index.postings.forward import Forward, pieces
from index.postings.impacts import Inverted, Lists
from index.store.arrays import release

MOST_TF: Final = int(np.iinfo(np.uint16).max)
_POSTING_BYTES: Final = 6
# More passes read more often, fewer write farther apart: one to five of a million passages take as long.
_PASSES: Final = 4
_LEAST_PASS_BYTES: Final = 1 << 20
_PASS_BYTES: Final = 1 << 27
# So many terms of the forward index are looked at before their pages are let go.
_BLOCK: Final = 1 << 18


class LargeInversion:
    """The lists of a large collection, a range of terms at a time. Needs numba.

    `indptr` and `lengths` are those of `index.postings.impacts.Inverted`, known as soon as this is made.
    """

    def __init__(self, forward: Forward, terms: int, parameters: bm25.Parameters) -> None:
        from index.machine import jit
        from index.postings import inversion_kernels

        self._forward, self._arrays = forward, jit.arrays(forward)
        self._title_weight = parameters.title_weight
        df, self.lengths = np.zeros(terms, np.int64), np.zeros(len(forward.article), np.uint32)
        last = np.full(terms, -1, np.int64)
        for some in self._blocks():
            inversion_kernels.count(self._arrays, self._title_weight, some.start, some.stop, last, df, self.lengths)
        self.indptr = np.concatenate([[0], np.cumsum(df)]).astype(np.int64)

    def lists(self) -> Iterator[Lists]:
        """Yield the lists of all terms, in their order; the arrays are used again for the next ones."""
        from index.postings import inversion_kernels

        last = np.empty(len(self.indptr) - 1, np.int64)
        all_bytes = int(self.indptr[-1]) * _POSTING_BYTES
        pass_bytes = min(max(all_bytes // _PASSES, _LEAST_PASS_BYTES), _PASS_BYTES)
        for terms in pieces(self.indptr, pass_bytes // _POSTING_BYTES):
            begin, end = self.indptr[[terms.start, terms.stop]].tolist()
            rows, tf = np.empty(end - begin, np.uint32), np.empty(end - begin, np.uint16)
            last[:] = -1
            target = inversion_kernels.Target(terms.start, terms.stop, rows, tf, self.indptr[:-1] - begin, last)
            for some in self._blocks():
                inversion_kernels.scatter(self._arrays, self._title_weight, some.start, some.stop, target)
            yield Lists(terms, rows, tf)

    def _blocks(self) -> Iterator[range]:
        """Yield ranges of rows; what was read of the forward index leaves the memory after each."""
        for some in pieces(self._forward.indptr, _BLOCK):
            yield some
            release(self._forward.terms)


def invert(forward: Forward, terms: int, parameters: bm25.Parameters) -> Inverted:
    """Return the lists of a collection of `terms` distinct terms; hidden passages get no posting."""
    passages = len(forward.article)
    visible = ~forward.hidden
    own = np.diff(forward.indptr)
    titles = np.where(visible, np.diff(forward.title_indptr)[forward.article], 0) * min(parameters.title_weight, 1)
    rows = np.repeat(np.arange(passages), own)
    in_visible = visible[rows]
    within = np.arange(int(titles.sum())) - np.repeat(np.cumsum(titles) - titles, titles)
    title_ids = forward.title_terms[np.repeat(forward.title_indptr[:-1][forward.article], titles) + within]
    # One number for a (term, passage) pair, so that sorting groups by term and orders by passage. What is alike is
    # counted then: to have NumPy find where each went takes three times as long.
    shift = max(passages - 1, 1).bit_length()
    in_text = forward.terms[in_visible].astype(np.int64) << shift | rows[in_visible]
    in_title = title_ids.astype(np.int64) << shift | np.repeat(np.arange(passages), titles)
    every = np.concatenate([in_text, *[in_title] * parameters.title_weight])
    every.sort()
    firsts = np.flatnonzero(np.append(True, every[1:] != every[:-1])[: len(every)])
    pairs = every[firsts]
    tf = np.minimum(np.diff(firsts, append=len(every)), MOST_TF).astype(np.uint16)
    indptr = np.zeros(terms + 1, np.int64)
    np.cumsum(np.bincount(pairs >> shift, minlength=terms), out=indptr[1:])
    lengths = (np.where(visible, own, 0) + titles * parameters.title_weight).astype(np.uint32)
    return Inverted(indptr, (pairs & ((1 << shift) - 1)).astype(np.uint32), tf, lengths)
