"""The compiled engines: one for the impacts of small collections, one for the compact postings of large ones.

Of large collections: windowed MaxScore over sums of whole numbers. Passages are taken in windows of 8,192. For every
window it is known what each term can add there at most, so most windows are skipped, and in the others only the terms
that could lift a passage into the top k are added up; the rest are looked up for the survivors. What is added up are
levels (one byte a posting, rounded up, see `index.postings.compact`) times whole weights, which bounds the true scores
from above. A passage whose bound could still reach the top k gets its exact score at once, and the k-th best of these
is what later ones have to reach.

It is exact because a passage is dropped only when its bound is below what the k-th best cannot fall short of.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from index import bm25
from index.postings.compact import WIDTH, CompactPostings
from index.postings.impacts import Postings
from index.ranking.engine import MOST, Allowed, Rows, Scores, nothing
from index.ranking.maxscore import MaxScoreEngine

_TERMS: Final = 64
_ALL: Final = np.empty(0, np.bool_)


@dataclass(frozen=True, slots=True)
class CompactRoom:
    """What a search in compact postings is handed beside them, and room for it.

    `table_of` int32 [V] is the row of a frequent term in the window tables; for a rare one -1 less the row that it
    would have. `numbers` are k1 and b. `terms` and `weights` are the question's; `allowed` bool [N], or empty; `rows`
    and `scores` [MOST] are for what is found. `sums` [width] is all zero between searches.
    """

    table_of: npt.NDArray[np.int32]
    numbers: npt.NDArray[np.float64]
    terms: npt.NDArray[np.int64]
    weights: npt.NDArray[np.float64]
    allowed: npt.NDArray[np.bool_]
    rows: npt.NDArray[np.int64]
    scores: npt.NDArray[np.float64]
    sums: npt.NDArray[np.int32]
    documents: npt.NDArray[np.int32]
    partial: npt.NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class ImpactsRoom:
    """The same for impacts: `highest` float64 [V] is the highest of each term; `sums`, `partial` and `met` are [N]."""

    highest: npt.NDArray[np.float64]
    terms: npt.NDArray[np.int64]
    weights: npt.NDArray[np.float64]
    allowed: npt.NDArray[np.bool_]
    rows: npt.NDArray[np.int64]
    scores: npt.NDArray[np.float64]
    sums: npt.NDArray[np.float64]
    partial: npt.NDArray[np.float64]
    met: npt.NDArray[np.int64]


class _Room:
    """The room of one search at a time, and where all is that the search is handed."""

    def __init__(self, postings: "npt.NDArray[np.int64]", record: CompactRoom | ImpactsRoom) -> None:
        from index.machine import jit

        # Kept as long as the kernels have their addresses.
        self._record = record
        self.places = np.concatenate([postings, jit.addresses(jit.arrays(record))])
        # A view of memory takes single numbers at half the cost of an array.
        self.terms: memoryview = memoryview(record.terms.data)
        self.weights: Any = memoryview(record.weights.data)
        self.rows, self.scores = record.rows, record.scores
        self.most = len(record.terms)
        # All its arrays are flat: an address and a length each.
        self._allowed = len(postings) + 2 * [one.name for one in fields(record)].index("allowed")

    def allow(self, allowed: Allowed) -> None:
        """Limit the passages; they are not copied."""
        self.places[self._allowed : self._allowed + 2] = allowed.ctypes.data, len(allowed)


class _Compiled:
    """Exact top k with compiled kernels; releases the interpreter's lock while it searches."""

    def __init__(
        self,
        search: Callable[[npt.NDArray[np.int64], int, int], int],
        postings: CompactPostings | Postings,
        make: Callable[[int], CompactRoom | ImpactsRoom],
    ) -> None:
        from index.machine import jit

        self._search, self._make = search, make
        self._arrays = jit.arrays(postings)
        self._places = jit.addresses(self._arrays)
        # A thread takes one and puts it back.
        self._rooms: list[_Room] = []

    def top(
        self, terms: Sequence[int], weights: Sequence[float], k: int, allowed: Allowed | None = None
    ) -> tuple[Rows, Scores]:
        """Return the best passages, 1 to `MOST`; see `index.ranking.engine.Engine.top`."""
        try:
            room = self._rooms.pop()
        except IndexError:
            room = _Room(self._places, self._make(_TERMS))
        count = len(terms)
        if count > room.most:
            room = _Room(self._places, self._make(2 * count))
        for at, term in enumerate(terms):
            room.terms[at] = term
        for at, weight in enumerate(weights):
            room.weights[at] = weight
        if allowed is not None:
            allowed = np.ascontiguousarray(allowed)
            room.allow(allowed)
        found = self._search(room.places, count, k)
        rows, scores = room.rows[:found].copy(), room.scores[:found].copy()
        if allowed is not None:
            room.allow(_ALL)
        self._rooms.append(room)
        return rows, scores


class CompiledEngine(_Compiled):
    """The engine of large collections."""

    def __init__(self, postings: CompactPostings, parameters: bm25.Parameters) -> None:
        from index.ranking import search_kernels

        is_frequent = np.zeros(postings.terms, np.int32)
        is_frequent[postings.frequent] = 1
        before = np.cumsum(is_frequent, dtype=np.int32)
        table_of = np.where(is_frequent > 0, before - 1, -1 - before)
        numbers = np.array([parameters.k1, parameters.b])
        self._numpy = MaxScoreEngine(postings, parameters)

        def make(terms: int) -> CompactRoom:
            sums, documents, partial = np.zeros((3, WIDTH), np.int32)
            return CompactRoom(table_of, numbers, **_asked(terms), sums=sums, documents=documents, partial=partial)

        super().__init__(search_kernels.top, postings, make)

    def top(
        self, terms: Sequence[int], weights: Sequence[float], k: int, allowed: Allowed | None = None
    ) -> tuple[Rows, Scores]:
        """Return the best passages; see `index.ranking.engine.Engine.top`."""
        if k > MOST:
            return self._numpy.top(terms, weights, k, allowed)
        return super().top(terms, weights, k, allowed) if k > 0 and len(terms) else nothing()


class CompiledImpacts(_Compiled):
    """What `index.ranking.embedded` hands its questions over to."""

    def __init__(self, postings: Postings) -> None:
        from index.ranking import impact_kernels

        passages, some = postings.passages, np.diff(postings.indptr) > 0
        highest = np.zeros(postings.terms)
        highest[some] = np.maximum.reduceat(postings.impacts, postings.indptr[:-1][some]) if some.any() else 0.0

        def make(terms: int) -> ImpactsRoom:
            sums, partial = np.zeros((2, passages))
            met = np.empty(passages, np.int64)
            return ImpactsRoom(highest, **_asked(terms), sums=sums, partial=partial, met=met)

        super().__init__(impact_kernels.top, postings, make)


def _asked(terms: int) -> dict[str, Any]:
    """Return room for so many terms, and for what is found."""
    asked = {"terms": np.empty(terms, np.int64), "weights": np.empty(terms), "allowed": _ALL}
    return asked | {"rows": np.empty(MOST, np.int64), "scores": np.empty(MOST)}
