"""The forward index: term ids in reading order."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from index.store.arrays import Stored, distinct

# So few ranges are copied faster one by one.
_FEW: Final = 256


@dataclass(frozen=True, slots=True)
class Forward(Stored):
    """The forward index: term ids in reading order, so that nothing has to be analysed twice.

    `indptr` int64 [N + 1] and `terms` uint32 for passages, the same pair for article titles, `article` uint32 [N],
    the article row of each passage, and `hidden` bool [N]: boilerplate, kept for reading around, never found.
    """

    PREFIX = "forward"

    indptr: npt.NDArray[np.int64]
    terms: npt.NDArray[np.uint32]
    title_indptr: npt.NDArray[np.int64]
    title_terms: npt.NDArray[np.uint32]
    article: npt.NDArray[np.uint32]
    hidden: npt.NDArray[np.bool_]

    def passage(self, row: int) -> npt.NDArray[np.uint32]:
        """Return the terms of a passage in reading order: uint32."""
        return self.terms[self.indptr[row] : self.indptr[row + 1]]

    def title(self, article: int) -> npt.NDArray[np.uint32]:
        """Return the terms of an article's title in reading order: uint32."""
        return self.title_terms[self.title_indptr[article] : self.title_indptr[article + 1]]

    def indexed(self, row: int, title_weight: int) -> list[int]:
        """Return all terms a passage is found by: its own, then its title's `title_weight` times; none when hidden."""
        if self.hidden[row]:
            return []
        terms: list[int] = self.passage(row).tolist() + self.title(int(self.article[row])).tolist() * title_weight
        return terms


def pieces(indptr: npt.NDArray[np.int64], most: int, first: int = 0, end: int | None = None) -> Iterator[range]:
    """Yield neighbouring lists, from `first` to before `end` (of all), of at most so many entries or one list alone.

    >>> list(pieces(np.array([0, 2, 3, 9, 10]), 4))
    [range(0, 2), range(2, 3), range(3, 4)]
    """
    end = len(indptr) - 1 if end is None else end
    while first < end:
        following = int(np.searchsorted(indptr, int(indptr[first]) + most, "right")) - 1
        following = min(max(following, first + 1), end)
        yield range(first, following)
        first = following


def lower_bounds(
    values: npt.NDArray[Any],
    wanted: npt.NDArray[np.int64],
    begin: npt.NDArray[np.int64],
    end: npt.NDArray[np.int64],
) -> npt.NDArray[np.int64]:
    """Return the first place in each `values[begin:end]`, which are ascending, that is not below what is wanted there.

    >>> lower_bounds(np.array([2, 5, 9, 1, 7]), np.array([5, 6, 8]), np.array([0, 0, 3]), np.array([3, 3, 5])).tolist()
    [1, 2, 5]
    """
    low, left = begin, end - begin
    while (left > 0).any():
        half = left // 2
        below = (left > 0) & (values.take(low + half, mode="clip") < wanted)
        low = np.where(below, low + half + 1, low)
        left = np.where(below, left - half - 1, half)
    return low


def gather(
    values: npt.NDArray[np.uint32], starts: npt.NDArray[np.int64], ends: npt.NDArray[np.int64]
) -> tuple[npt.NDArray[np.uint32], npt.NDArray[np.int64]]:
    """Return several ranges of an array one after another, and how long each is.

    >>> gather(np.arange(9, dtype=np.uint32), np.array([7, 1]), np.array([9, 2]))[0].tolist()
    [7, 8, 1]
    """
    sizes = ends - starts
    if 0 < len(sizes) <= _FEW:
        places = zip(starts.tolist(), ends.tolist(), strict=True)
        return np.concatenate([values[start:end] for start, end in places]), sizes
    stops = np.cumsum(sizes)
    return values[np.repeat(starts - stops + sizes, sizes) + np.arange(stops[-1] if len(stops) else 0)], sizes


def united(
    forward: Forward, rows: npt.NDArray[np.int64], same: Mapping[int, int]
) -> tuple[npt.NDArray[np.int64], Forward]:
    """Return passages and their neighbours alone, in which the terms that are keys of `same` are those they stand for.

    The first array holds where the passages `rows` int64 [n] stand in them.
    """
    every = distinct(np.sort(np.clip(rows[:, None] + np.arange(-1, 2), 0, len(forward.article) - 1), None))
    articles, article = np.unique(forward.article[every], return_inverse=True)
    own, sizes = gather(forward.terms, forward.indptr[every], forward.indptr[every + 1])
    titles = articles.astype(np.int64)
    title, title_sizes = gather(forward.title_terms, forward.title_indptr[titles], forward.title_indptr[titles + 1])
    keys = np.array(sorted(same), np.uint32)
    values = np.array([same[key] for key in sorted(same)], np.uint32)
    for terms in (own, title):
        places = np.minimum(keys.searchsorted(terms), len(keys) - 1)
        np.copyto(terms, values[places], where=keys[places] == terms)
    ends = np.append(0, np.cumsum(sizes)), np.append(0, np.cumsum(title_sizes))
    small = Forward(ends[0], own, ends[1], title, article.astype(np.uint32), forward.hidden[every])
    return np.searchsorted(every, rows), small
