"""The reference: every passage scored in float64, from the forward index and nothing that an engine has built.

A question's scores are added up term by term in the question's order over all postings; the top is by score, then by
row. An engine of ours is exact when its rows are these and its scores agree within 1e-9 of their size. Two rows may
stand in each other's place only if their true scores differ by rounding alone (1e-12 of their size).

A peer is judged by its own formula (its idf, and for those that round document lengths to a byte, such lengths): its
rows must score what that formula's best ten score, within the rounding of its 32-bit sums.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
import numpy.typing as npt

from index import bm25
from index.postings.forward import Forward

ROUNDING: Final = 1e-12

Scores = npt.NDArray[np.float64]
Rows = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Formula:
    """How an engine scores. `idf` "ours": ln((N + 1) / df); "lucene": ln(1 + (N - df + .5) / (df + .5)); "classic":
    ln((N - df + .5) / (df + .5)), 1e-6 at least. `bytes` tells that lengths are rounded to a byte as Lucene does;
    `tolerance` is how far a score may be off, relative to it."""

    idf: Literal["ours", "lucene", "classic"] = "ours"
    bytes: bool = False
    tolerance: float = 1e-9


class Truth:
    """Postings of the terms that are asked for, built in pieces, so that only these take memory."""

    def __init__(self, forward: Forward, terms: int, asked: Iterable[int], parameters: bm25.Parameters) -> None:
        self.passages = len(forward.article)
        self._parameters = parameters
        self._lengths = np.diff(forward.indptr)
        self._number = np.full(terms, -1, np.int64)
        wanted = np.unique(np.fromiter(asked, np.int64))
        self._number[wanted] = np.arange(len(wanted))
        pieces = list(self._pieces(forward, len(wanted)))
        self._start = np.zeros(len(wanted) + 1, np.int64)
        np.cumsum(sum((counts for counts, _, _ in pieces), np.zeros(len(wanted), np.int64)), out=self._start[1:])
        self._rows = np.empty(self._start[-1], np.uint32)
        self._tf = np.empty(self._start[-1], np.uint16)
        filled = self._start[:-1].copy()
        while pieces:
            counts, rows, tf = pieces.pop(0)
            # Postings of a piece are sorted by term: each run goes behind what its term already has.
            places = np.repeat(filled - (np.cumsum(counts) - counts), counts) + np.arange(len(rows))
            self._rows[places], self._tf[places] = rows, tf
            filled += counts
        self._norms = {False: bm25.norms(self._lengths, bm25.average(self._lengths), parameters)}

    def _pieces(
        self, forward: Forward, wanted: int, block: int = 100_000
    ) -> "Iterable[tuple[npt.NDArray[np.int64], npt.NDArray[np.uint32], npt.NDArray[np.uint16]]]":
        for start in range(0, self.passages, block):
            end = min(start + block, self.passages)
            begin, stop = forward.indptr[start], forward.indptr[end]
            number = self._number[forward.terms[begin:stop]]
            row = np.repeat(np.arange(end - start), self._lengths[start:end])
            keys, tf = np.unique((number * block + row)[number >= 0], return_counts=True)
            counts = np.bincount(keys // block, minlength=wanted)
            yield counts, (keys % block + start).astype(np.uint32), tf.astype(np.uint16)

    def scores(self, terms: Sequence[int], formula: Formula) -> Scores:
        """Return the score of every passage, float64 [N]."""
        norm = self._norm(formula.bytes)
        scores = np.zeros(self.passages)
        for term in terms:
            number = self._number[term]
            begin, end = self._start[number], self._start[number + 1]
            rows = self._rows[begin:end]
            idf = _idf(formula, self.passages, int(end - begin))
            tf = self._tf[begin:end].astype(np.float64)
            scores[rows] += idf * bm25.saturation(tf, norm[rows], self._parameters.k1)
        return scores

    def _norm(self, in_bytes: bool) -> Scores:
        if in_bytes not in self._norms:
            table = np.array([_byte_length(length) for length in range(int(self._lengths.max()) + 1)], np.float64)
            average = float(self._lengths.mean())
            share = 1 - self._parameters.b + self._parameters.b * table[self._lengths] / average
            self._norms[in_bytes] = self._parameters.k1 * share
        return self._norms[in_bytes]


def top(scores: Scores, k: int) -> Rows:
    """Return the rows of the `k` best scores above 0, ties by row."""
    rows = np.flatnonzero(scores)
    if len(rows) > k:
        rows = rows[scores[rows] >= np.partition(scores[rows], len(rows) - k)[len(rows) - k]]
    return rows[np.lexsort((rows, -scores[rows]))[:k]]


def same(scores: Scores, best: Rows, rows: Sequence[int], found: Sequence[float]) -> bool:
    """Are these rows and scores the `best` ones?"""
    if len(rows) != len(best) or len(set(rows)) != len(rows):
        return False
    given, true = np.array(rows, np.int64), scores[best]
    swapped = given != best
    return bool(
        np.allclose(found, true, rtol=Formula().tolerance, atol=0)
        and (np.abs(scores[given] - true)[swapped] <= ROUNDING * true[swapped]).all()
    )


def as_good(scores: Scores, best: Rows, rows: Sequence[int], tolerance: float) -> bool:
    """Do these rows score what the `best` ones do? Rows that hold no term are left aside, as some peers add them."""
    given = np.array([row for row in dict.fromkeys(rows) if scores[row] > 0], np.int64)[: len(best)]
    return len(given) == len(best) and bool(np.allclose(np.sort(scores[given])[::-1], scores[best], tolerance, 0))


def _idf(formula: Formula, passages: int, df: int) -> float:
    if formula.idf == "ours":
        return bm25.idf(passages, df)
    odds = (passages - df + 0.5) / (df + 0.5)
    return float(np.log1p(odds)) if formula.idf == "lucene" else max(float(np.log(odds)), 1e-6)


def _byte_length(length: int) -> int:
    """Return the length that is left of one byte: four bits of precision, exact below 40."""
    if length < 40:
        return length
    shift = (length - 24).bit_length() - 4
    return ((length - 24) >> shift << shift) + 24
