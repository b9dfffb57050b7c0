"""From inverted lists to the compact postings of a large collection, some millions of postings at a time."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from index import bm25
from index.compact import WIDTH, CompactPostings, level, smallest_tf
from index.postings import COMMON_SHARE, Inverted, kth, numbered

# A window table costs five bytes a window, and spares two for each posting.
_POSTINGS_A_WINDOW: Final = 4
_PIECE: Final = 1 << 22


def compacted(inverted: Inverted, parameters: bm25.Parameters, folder: Path) -> CompactPostings:
    """Writes the compact postings to `folder`; their long arrays stay mapped from there."""
    passages, indptr = len(inverted.lengths), inverted.indptr
    windows = -(-passages // WIDTH)
    df = np.diff(indptr)
    is_frequent = df >= _POSTINGS_A_WINDOW * max(windows, 1)
    frequent = np.flatnonzero(is_frequent).astype(np.uint32)
    low_start = np.concatenate([[0], np.cumsum(df[is_frequent])]).astype(np.int64)
    common = df[is_frequent] * COMMON_SHARE >= max(passages, 1)
    average = bm25.average(inverted.lengths)
    norm = bm25.norms(inverted.lengths, average, parameters)
    written = _Written(inverted, norm, parameters.k1, folder, int(low_start[-1]))
    tables = (
        np.zeros((len(frequent), windows), np.uint8),
        np.zeros((len(frequent), windows + 1), np.uint32),
        np.zeros((int(common.sum()), passages), np.uint8),
    )
    column_of = numbered(common)
    for piece in _pieces(indptr):
        rows = written.encode(piece, is_frequent)
        _tabulate(piece, rows, written.levels, indptr, frequent, tables, column_of)
    odd, odd_tf = written.odd()
    postings = CompactPostings(
        indptr, written.levels, frequent, written.low, low_start, written.rare, *tables[:2], column_of, tables[2],
        kth(written.levels, indptr), inverted.lengths, np.array([average]), odd, odd_tf,
    )  # fmt: skip
    postings.save(folder, already=("levels", "low", "rare"))
    return postings


def _pieces(indptr: npt.NDArray[np.int64]) -> Iterator[range]:
    """Neighbouring terms with some millions of postings in all."""
    first, terms = 0, len(indptr) - 1
    while first < terms:
        following = int(np.searchsorted(indptr, indptr[first] + _PIECE, "right")) - 1
        following = min(max(following, first + 1), terms)
        yield range(first, following)
        first = following


class _Written:
    """The arrays that are as long as the postings, mapped from their files and filled in order."""

    def __init__(self, inverted: Inverted, norm: bm25.Floats, k1: float, folder: Path, frequent: int) -> None:
        self._inverted, self._norm, self._k1 = inverted, norm, k1
        postings = len(inverted.rows)
        self.levels = _mapped(folder, "levels", np.uint8, postings)
        self.low = _mapped(folder, "low", np.uint16, frequent)
        self.rare = _mapped(folder, "rare", np.uint32, postings - frequent)
        self._lows = self._rares = 0
        self._odd: list[tuple[npt.NDArray[np.int64], npt.NDArray[np.uint32]]] = []

    def encode(self, terms: range, is_frequent: npt.NDArray[np.bool_]) -> npt.NDArray[np.int64]:
        """Writes the postings of neighbouring terms; returns their rows."""
        indptr = self._inverted.indptr
        held = slice(int(indptr[terms.start]), int(indptr[terms.stop]))
        rows, tf = self._inverted.rows[held].astype(np.int64), self._inverted.tf[held].astype(np.float64)
        norm = self._norm[rows]
        saturation = bm25.saturation(tf, norm, self._k1)
        levels = level(saturation, self._k1).astype(np.uint8)
        self.levels[held] = levels
        told = bm25.saturation(smallest_tf(levels, norm, self._k1), norm, self._k1)
        odd = np.flatnonzero(told != saturation)
        self._odd.append((odd + held.start, tf[odd].astype(np.uint32)))
        in_low = np.repeat(is_frequent[terms.start : terms.stop], np.diff(indptr[terms.start : terms.stop + 1]))
        low, rare = rows[in_low], rows[~in_low]
        self.low[self._lows : self._lows + len(low)] = low & 0xFFFF
        self.rare[self._rares : self._rares + len(rare)] = rare
        self._lows += len(low)
        self._rares += len(rare)
        return rows

    def odd(self) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.uint32]]:
        """The postings whose tf their level does not tell, and that tf."""
        positions = np.concatenate([np.empty(0, np.int64), *(where for where, _ in self._odd)])
        return positions, np.concatenate([np.empty(0, np.uint32), *(tf for _, tf in self._odd)])


def _tabulate(
    terms: range,
    rows: npt.NDArray[np.int64],
    levels: npt.NDArray[np.uint8],
    indptr: npt.NDArray[np.int64],
    frequent: npt.NDArray[np.uint32],
    tables: tuple[npt.NDArray[np.uint8], npt.NDArray[np.uint32], npt.NDArray[np.uint8]],
    column_of: npt.NDArray[np.int32],
) -> None:
    """Fills in the window tables and columns of the frequent among neighbouring terms."""
    highest, start, columns = tables
    first, last = np.searchsorted(frequent, [terms.start, terms.stop]).tolist()
    for table in range(first, last):
        begin, end = int(indptr[frequent[table]]), int(indptr[frequent[table] + 1])
        of_term = rows[begin - indptr[terms.start] : end - indptr[terms.start]]
        start[table] = np.searchsorted(of_term, np.arange(start.shape[1]) * WIDTH)
        held = start[table, :-1] < start[table, 1:]
        highest[table, held] = np.maximum.reduceat(levels[begin:end], start[table, :-1][held])
        if column_of[table] >= 0:
            columns[column_of[table], of_term] = levels[begin:end]


def _mapped(folder: Path, name: str, dtype: Any, size: int) -> Any:
    """A file of so many zeros, mapped; an empty one cannot be."""
    path = folder / f"compact_{name}.npy"
    if not size:
        np.save(path, np.empty(0, dtype))
        return np.empty(0, dtype)
    return np.asarray(np.lib.format.open_memmap(path, "w+", dtype, (size,)))
