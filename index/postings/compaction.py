"""Make the compact postings of a large collection from inverted lists, some millions of postings at a time."""

from collections.abc import Iterable
from pathlib import Path
from typing import Final, Self

import numpy as np
import numpy.typing as npt

from index import bm25
from index.postings import compaction_steps
from index.postings.compact import WIDTH, CompactPostings
from index.postings.compaction_steps import Levels, Steps, Tables
from index.postings.forward import pieces
from index.postings.impacts import COMMON_SHARE, SEED_RANKS, Lists, consecutive
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
    steps: Steps = compaction_steps,
) -> CompactPostings:
    """Write the compact postings to `folder`; their long arrays stay mapped from there.

    `indptr` and `lengths` are those of `index.postings.impacts.Inverted`, `lists` all its lists in order; `steps` may
    be the compiled ones.
    """
    passages, windows, df = len(lengths), -(-len(lengths) // WIDTH), np.diff(indptr)
    is_frequent = df >= _POSTINGS_A_WINDOW * max(windows, 1)
    frequent = np.flatnonzero(is_frequent).astype(np.uint32)
    low_start = np.concatenate([[0], np.cumsum(df[is_frequent])]).astype(np.int64)
    common = df[is_frequent] * COMMON_SHARE >= max(passages, 1)
    average = bm25.average(lengths)
    tables = Tables(
        np.zeros((len(frequent), windows), np.uint8),
        np.zeros((len(frequent), windows + 1), np.uint32),
        np.zeros((int(common.sum()), passages), np.uint8),
        consecutive(common),
    )
    ranked = np.zeros((len(SEED_RANKS), len(df)), np.uint8)
    norm = bm25.norms(lengths, average, parameters)
    with _PostingsWriter(folder) as written:
        for some in lists:
            for terms in pieces(indptr, _PIECE, some.terms.start, some.terms.stop):
                own = indptr[terms.start : terms.stop + 1] - indptr[terms.start]
                first = int(indptr[terms.start] - indptr[some.terms.start])
                postings = slice(first, first + int(own[-1]))
                rows, tf = some.rows[postings], some.tf[postings]
                levels, odd = steps.encode(rows, tf, norm, parameters.k1)
                written.note(np.flatnonzero(odd), tf)
                written.extend(rows, levels, np.repeat(is_frequent[terms.start : terms.stop], np.diff(own)))
                from_table, to_table = np.searchsorted(frequent, [terms.start, terms.stop]).tolist()
                places = frequent[from_table:to_table].astype(np.int64) - terms.start
                steps.tabulate(places, from_table, own, rows, levels, tables)
                ranked[:, terms.start : terms.stop] = steps.ranked(levels, own)
    result = CompactPostings(
        indptr, written.levels, frequent, written.low, low_start, written.rare, tables.highest, tables.start,
        tables.column_of, tables.columns, ranked, lengths, np.array([average]), *written.odd(),
    )  # fmt: skip
    result.save(folder, already=("levels", "low", "rare"))
    return result


class _PostingsWriter:
    """The arrays as long as the postings, written in order; mapped from their files at the end of the block."""

    def __init__(self, folder: Path) -> None:
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

    def note(self, odd: npt.NDArray[np.int64], tf: npt.NDArray[np.uint16]) -> None:
        """Keep the tf of those of the next postings whose level does not tell it."""
        self._odd.append((odd + len(self._levels), tf[odd].astype(np.uint32)))

    def extend(self, rows: npt.NDArray[np.uint32], levels: Levels, in_low: npt.NDArray[np.bool_]) -> None:
        """Write the next postings, those of frequent terms being `in_low`."""
        self._levels.extend(levels)
        self._low.extend((rows[in_low] & 0xFFFF).astype(np.uint16))
        self._rare.extend(rows[~in_low])

    def odd(self) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.uint32]]:
        """Return the postings whose tf their level does not tell, and that tf."""
        positions = np.concatenate([np.empty(0, np.int64), *(where for where, _ in self._odd)])
        return positions, np.concatenate([np.empty(0, np.uint32), *(tf for _, tf in self._odd)])
