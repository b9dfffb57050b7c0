"""Make the compact postings of a large collection from inverted lists, some millions of postings at a time."""

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Final, Self

import numpy as np
import numpy.typing as npt

from index import bm25
from index.postings.compact import WIDTH, CompactPostings, level, smallest_tf
from index.postings.forward import pieces
from index.postings.impacts import COMMON_SHARE, SEED_RANKS, Lists, consecutive, kth
from index.store.arrays import Growing, map_array

# A window table costs five bytes a window, and spares two for each posting.
_POSTINGS_A_WINDOW: Final = 4
# So many postings at once: more take more memory, and no less time.
_PIECE: Final = 1 << 18


def compact_postings(
    indptr: npt.NDArray[np.int64],
    lengths: npt.NDArray[np.uint32],
    lists: Iterable[Lists],
    parameters: bm25.Parameters,
    folder: Path,
    kth: Callable[[npt.NDArray[np.uint8], npt.NDArray[np.int64]], npt.NDArray[np.uint8]] = kth,
) -> CompactPostings:
    """Write the compact postings to `folder`; their long arrays stay mapped from there.

    `indptr` and `lengths` are those of `index.postings.impacts.Inverted`, `lists` all its lists in order; `kth` may be
    a quicker function that gives the same.
    """
    passages, windows, df = len(lengths), -(-len(lengths) // WIDTH), np.diff(indptr)
    is_frequent = df >= _POSTINGS_A_WINDOW * max(windows, 1)
    frequent = np.flatnonzero(is_frequent).astype(np.uint32)
    low_start = np.concatenate([[0], np.cumsum(df[is_frequent])]).astype(np.int64)
    common = df[is_frequent] * COMMON_SHARE >= max(passages, 1)
    average = bm25.average(lengths)
    tables = (
        np.zeros((len(frequent), windows), np.uint8),
        np.zeros((len(frequent), windows + 1), np.uint32),
        np.zeros((int(common.sum()), passages), np.uint8),
    )
    column_of, ranked = consecutive(common), np.zeros((len(SEED_RANKS), len(df)), np.uint8)
    with _PostingsWriter(bm25.norms(lengths, average, parameters), parameters.k1, folder) as written:
        for some in lists:
            for terms in pieces(indptr, _PIECE, some.terms.start, some.terms.stop):
                own = indptr[terms.start : terms.stop + 1] - indptr[terms.start]
                first = int(indptr[terms.start] - indptr[some.terms.start])
                postings = slice(first, first + int(own[-1]))
                rows = some.rows[postings].astype(np.int64)
                in_low = np.repeat(is_frequent[terms.start : terms.stop], np.diff(own))
                levels = written.encode(rows, some.tf[postings], in_low)
                _tabulate(terms, own, rows, levels, frequent, tables, column_of)
                ranked[:, terms.start : terms.stop] = kth(levels, own)
    result = CompactPostings(
        indptr, written.levels, frequent, written.low, low_start, written.rare, *tables[:2], column_of, tables[2],
        ranked, lengths, np.array([average]), *written.odd(),
    )  # fmt: skip
    result.save(folder, already=("levels", "low", "rare"))
    return result


class _PostingsWriter:
    """The arrays as long as the postings, written in order; mapped from their files at the end of the block."""

    def __init__(self, norm: bm25.Floats, k1: float, folder: Path) -> None:
        self._norm, self._k1 = norm, k1
        self._levels = Growing(folder / "compact_levels.npy", np.uint8)
        self._low = Growing(folder / "compact_low.npy", np.uint16)
        self._rare = Growing(folder / "compact_rare.npy", np.uint32)
        self._odd: list[tuple[npt.NDArray[np.int64], npt.NDArray[np.uint32]]] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for written in (self._levels, self._low, self._rare):
            written.close()
        self.levels, self.low, self.rare = map(map_array, (self._levels.path, self._low.path, self._rare.path))

    def encode(
        self, rows: npt.NDArray[np.int64], tf: npt.NDArray[np.uint16], in_low: npt.NDArray[np.bool_]
    ) -> npt.NDArray[np.uint8]:
        """Write the next postings, those of frequent terms being `in_low`, and return their levels."""
        norm = self._norm[rows]
        saturation = bm25.saturation(tf.astype(np.float64), norm, self._k1)
        levels: npt.NDArray[np.uint8] = level(saturation, self._k1).astype(np.uint8)
        recovered = bm25.saturation(smallest_tf(levels, norm, self._k1), norm, self._k1)
        odd = np.flatnonzero(recovered != saturation)
        self._odd.append((odd + len(self._levels), tf[odd].astype(np.uint32)))
        self._levels.extend(levels)
        self._low.extend((rows[in_low] & 0xFFFF).astype(np.uint16))
        self._rare.extend(rows[~in_low].astype(np.uint32))
        return levels

    def odd(self) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.uint32]]:
        """Return the postings whose tf their level does not tell, and that tf."""
        positions = np.concatenate([np.empty(0, np.int64), *(where for where, _ in self._odd)])
        return positions, np.concatenate([np.empty(0, np.uint32), *(tf for _, tf in self._odd)])


def _tabulate(
    terms: range,
    indptr: npt.NDArray[np.int64],
    rows: npt.NDArray[np.int64],
    levels: npt.NDArray[np.uint8],
    frequent: npt.NDArray[np.uint32],
    tables: tuple[npt.NDArray[np.uint8], npt.NDArray[np.uint32], npt.NDArray[np.uint8]],
    column_of: npt.NDArray[np.int32],
) -> None:
    """Fill in the window tables and columns of the frequent among neighbouring terms, whose `indptr` begins at 0."""
    highest, start, columns = tables
    first, last = np.searchsorted(frequent, [terms.start, terms.stop]).tolist()
    for table in range(first, last):
        place = int(frequent[table]) - terms.start
        postings = slice(int(indptr[place]), int(indptr[place + 1]))
        start[table] = np.searchsorted(rows[postings], np.arange(start.shape[1]) * WIDTH)
        filled = start[table, :-1] < start[table, 1:]
        highest[table, filled] = np.maximum.reduceat(levels[postings], start[table, :-1][filled])
        if column_of[table] >= 0:
            columns[column_of[table], rows[postings]] = levels[postings]
