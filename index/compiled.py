"""The engine for large collections: windowed MaxScore over quantised impacts, compiled by numba.

Passages are taken in windows of 4,096 or 8,192. For every window it is known what each term can add there at most, so
most windows are skipped, and in the others only the terms that could lift a passage into the top k are added up; the
rest are looked up for the survivors. All of this runs on impacts rounded up to 16-bit integers, whose sums bound the
true scores from above; the ten to sixty passages that are left get their exact score.

It is exact because a passage is dropped only when its bound is below a sum that the k-th best cannot fall short of.

| array | dtype, shape | holds |
|---|---|---|
| quantised | uint16 [postings] | impact / step, rounded up, at least 1; step = highest impact / 65,534 |
| slot | int32 [V] | row of the window tables, -1 for terms in fewer than 512 passages |
| window_highest | uint16 [tables, windows] | highest quantised impact in the window |
| window_start | uint32 [tables, windows + 1] | offset of the window's first posting |
| column_of | int32 [V] | row of the dense columns, -1 for terms in fewer than an eighth of the passages |
| columns | uint16 [columns, N] | quantised impact for every passage, 0 where the term is absent |
"""

import atexit
import os
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from tempfile import mkdtemp
from typing import TYPE_CHECKING, Any, Final, cast

import numpy as np
import numpy.typing as npt

from index import bm25
from index.arrays import Arrays, opened, save
from index.engine import Allowed, EmbeddedEngine, Rows, Scores, merged
from index.postings import Postings

if TYPE_CHECKING:
    from index.window import Collection

_FREQUENT: Final = 512
_COMMON_SHARE: Final = 8
_LEVELS: Final = 65_534
_ALL: Final = np.empty(0, np.bool_)


@dataclass(frozen=True, slots=True)
class Tables:
    """The arrays above."""

    quantised: npt.NDArray[np.uint16]
    slot: npt.NDArray[np.int32]
    window_highest: npt.NDArray[np.uint16]
    window_start: npt.NDArray[np.uint32]
    column_of: npt.NDArray[np.int32]
    columns: npt.NDArray[np.uint16]

    def save(self, folder: Path) -> None:
        save(self, "compiled", folder)

    @classmethod
    def open(cls, arrays: Arrays) -> "Tables":
        return opened(cls, "compiled", arrays)


@cache
def available() -> bool:
    """Whether numba is installed; it is not imported for the answer."""
    return find_spec("numba") is not None


def folder(generation: Path) -> Path:
    """The folder of compiled kernels that all generations of a data folder share."""
    return generation.parent.parent / "kernels"


def keep_kernels_in(folder: Path) -> None:
    """Where compiled kernels are kept, so that only the first process compiles; before the first use of an engine.

    Beside the index rather than beside the code, because an installed program may be read-only. Where that cannot be
    written either, they are compiled anew in each process, into a folder that nobody else can write.
    """
    import numba

    try:
        folder.mkdir(exist_ok=True)
        writable = os.access(folder, os.W_OK | os.X_OK)
    except OSError:
        writable = False
    if not writable:
        temporary = mkdtemp(prefix="quoth-kernels-")
        atexit.register(shutil.rmtree, temporary, ignore_errors=True)
        folder = Path(temporary)
    # Read when a kernel is defined, so it must be set before `index.window` is imported; numba types no settings.
    cast("Any", numba.config).CACHE_DIR = str(folder)


def tables(postings: Postings, parameters: bm25.Parameters) -> Tables:
    """Builds the tables of a collection. Needs numba."""
    from index import tabulate

    df = np.diff(postings.indptr)
    frequent, common = df >= _FREQUENT, df * _COMMON_SHARE >= max(postings.passages, 1)
    windows = -(-postings.passages // _width(postings.passages))
    built = Tables(
        np.empty(len(postings.rows), np.uint16),
        _numbered(frequent),
        np.zeros((int(frequent.sum()), windows), np.uint16),
        np.zeros((int(frequent.sum()), windows + 1), np.uint32),
        _numbered(common),
        np.zeros((int(common.sum()), postings.passages), np.uint16),
    )
    collection = _collection(postings, built, parameters)
    tabulate.quantise(collection)
    tabulate.tabulate(collection)
    return built


def _width(passages: int) -> int:
    """How many passages a window holds: what is added up for one fits into the fastest cache."""
    return 8192 if passages >= 200_000 else 4096


def _numbered(chosen: npt.NDArray[np.bool_]) -> npt.NDArray[np.int32]:
    return np.where(chosen, np.cumsum(chosen) - 1, -1).astype(np.int32)


def _collection(postings: Postings, built: Tables, parameters: bm25.Parameters) -> "Collection":
    from index.window import Collection

    # Without any posting every step serves.
    step = float(postings.highest.max(initial=0.0)) / _LEVELS or 1.0
    return Collection(
        step, _width(postings.passages), parameters.k1, postings.indptr, postings.rows, postings.tf, postings.norm,
        postings.idf, postings.highest, postings.tenth, built.quantised, built.slot, built.window_highest,
        built.window_start, built.column_of, built.columns,
    )  # fmt: skip


class CompiledEngine:
    """Exact top k with compiled kernels; releases the interpreter's lock while it searches."""

    def __init__(self, postings: Postings, built: Tables, parameters: bm25.Parameters) -> None:
        from index import kernels

        self._top = kernels.top
        self._collection = _collection(postings, built, parameters)
        # Takes over where 32-bit sums or the room for candidates do not suffice.
        self._numpy = EmbeddedEngine(postings, parameters)

    def top(
        self, terms: Sequence[int], weights: Sequence[float], k: int, allowed: Allowed | None = None
    ) -> tuple[Rows, Scores]:
        """See `index.engine.Engine`."""
        query = merged(terms, weights)
        if not query or k < 1:
            return np.empty(0, np.int64), np.empty(0, np.float64)
        numbers = np.fromiter(query, np.int64, len(query))
        factors = np.fromiter(query.values(), np.float64, len(query))
        rows, scores, sufficed = self._top(numbers, factors, k, _ALL if allowed is None else allowed, self._collection)
        return (rows, scores) if sufficed else self._numpy.top(terms, weights, k, allowed)
