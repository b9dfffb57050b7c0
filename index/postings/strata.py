"""The strata of a collection: what is usual differs from language to language, and from file to file.

How rare a word is, how long a passage, how good the best of what does not answer: in one index of many articles in one
language and few in others such figures are those of the many, and the few are judged by them. So each language with
enough articles is a stratum of its own, with its own idf (and its own tables in `index.rerank.grams` and
`index.ranking.calibration`). The others, and articles in no language that is known, are counted to the first.

How long passages usually are is told file by file as well, because a folder of news in lines and a book in pages may
lie side by side. A mean over few passages says little, so it is drawn towards that of the folder, and this towards that
of the stratum (shrinkage with `LENGTH_PRIOR` passages' worth of the wider mean):

    usual(file) = (sum of lengths + prior x usual(folder)) / (passages + prior)

| array | dtype, shape | holds |
|---|---|---|
| of_article | uint16 [articles] | the stratum of each article |
| usual | float32 [articles] | the usual length of its passages: terms, the title's as often as it counts |
| passages | int64 [S] | passages of each stratum |
| average | float64 [S, 2] | their average `usual`, and their average length without the title |
| starts | int64 [S + 1] | the terms of stratum s stand at `starts[s]:starts[s + 1]`; of the first one there are none |
| terms | uint32 [T] | the terms that its passages hold, ascending within a stratum |
| df | uint32 [T] | how many of its passages hold each; those of the first stratum are what the others leave |
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Final

import numpy as np
import numpy.typing as npt

from index import bm25, tuning
from index.analysis.detection import UNKNOWN
from index.postings.forward import Forward, gather
from index.store.arrays import Stored, distinct

Floats = npt.NDArray[np.float64]

# So many terms of passages are counted at once.
_BLOCK: Final = 1 << 22
# The unit in which an engine gets the lengths: a usual passage has this one.
_UNIT: Final = 4096


@dataclass(frozen=True)
class Strata(Stored):
    """The arrays above."""

    PREFIX = "strata"

    of_article: npt.NDArray[np.uint16]
    usual: npt.NDArray[np.float32]
    passages: npt.NDArray[np.int64]
    average: Floats
    starts: npt.NDArray[np.int64]
    terms: npt.NDArray[np.uint32]
    df: npt.NDArray[np.uint32]

    def __len__(self) -> int:
        return len(self.passages)

    def df_in(self, stratum: int, term: int, df: int) -> int:
        """Return how many of a stratum's passages hold the term, which `df` of all passages hold."""
        if not df:
            return 0
        if stratum:
            return self._df_of(stratum, term)
        return df - sum(self._df_of(other, term) for other in range(1, len(self)))

    def idf(self, stratum: int, term: int, df: int) -> float:
        """Return ln((P + 1) / df) over the P passages of a stratum, in nats; df is 1 at least."""
        return bm25.idf(int(self.passages[stratum]), max(self.df_in(stratum, term, df), 1))

    def weight(self, stratum: int, term: int, df: int) -> float:
        """Return the factor from the idf of a term over all passages to that over those of a stratum.

        1 where there is only one. A term that no passage holds counts in both as that of one more passage.

        Beside many articles in other languages every word of a language is rare, and its rarest hardly rarer.
        """
        if len(self) == 1:
            return 1.0
        return self.idf(stratum, term, df) / bm25.idf(int(self.passages.sum()), max(df, 1))

    def relative_lengths(self, articles: npt.NDArray[np.uint32]) -> Floats:
        """Return how many times as long as the average of their stratum passages of these are, float64 [articles]."""
        return self._relative[articles]

    @cached_property
    def _units(self) -> Floats:
        return _UNIT / self.usual.astype(np.float64)

    @cached_property
    def _relative(self) -> Floats:
        """Return how many times the average of its stratum is usual in each article, float64 [articles]."""
        return np.asarray(self.usual / self.average[self.of_article, 0], np.float64)

    def lengths(self, terms: npt.NDArray[np.uint32], articles: npt.NDArray[np.uint32]) -> npt.NDArray[np.uint32]:
        """Return the lengths by which an engine is to score: how many times the usual one, in units of 1 / 4096.

        `terms` uint32 [n] are the terms of each passage as the inversion counts them, `articles` its article row.
        """
        relative = terms * self._units[articles]
        return np.where(terms > 0, np.clip(np.rint(relative), 1, 1 << 31), 0).astype(np.uint32)

    def _df_of(self, stratum: int, term: int) -> int:
        first, end = self.starts[stratum : stratum + 2].tolist()
        # Of another dtype it would have all terms converted.
        place = first + int(self.terms[first:end].searchsorted(np.uint32(term)))
        return int(self.df[place]) if place < end and self.terms[place] == term else 0


def names(languages: Mapping[str, int]) -> list[str]:
    """Return the languages that are strata, by number, of those of a collection with how many articles each has.

    >>> names({"en": 900, "und": 300, "de": 50, "it": 3}), names({"en": 1, "ru": 1}), names({"und": 7})
    (['en', 'de'], ['en', 'ru'], [])
    """
    articles = sum(languages.values())
    return [
        language
        for language, count in sorted(languages.items(), key=lambda one: (-one[1], one[0]))
        if language != UNKNOWN and (count >= tuning.STRATUM_ARTICLES or count >= tuning.STRATUM_SHARE * articles)
    ]


def strata(
    forward: Forward, terms: int, languages: Sequence[str], places: Sequence[Sequence[int]], title_weight: int
) -> Strata:
    """Return the strata of a collection of `terms` distinct terms, from the language of each article.

    `places` say for each article where it lies, from the widest (its folder) to the narrowest (its file), as numbers.
    """
    number_of = {language: number for number, language in enumerate(names(Counter(languages)))}
    of_article = np.array([number_of.get(language, 0) for language in languages], np.uint16)
    count = max(len(number_of), 1)
    own, of_row, visible = np.diff(forward.indptr), of_article[forward.article], ~forward.hidden
    lengths = own + title_weight * np.diff(forward.title_indptr)[forward.article]
    average = np.stack([_means(of_row[visible], lengths[visible], count), _means(of_row, own, count)], axis=1)
    stored_terms = stored_df = np.empty(0, np.uint32)
    starts = np.zeros(count + 1, np.int64)
    for stratum in range(1, count):
        df = _df(forward, np.flatnonzero((of_row == stratum) & visible), terms)
        present = np.flatnonzero(df).astype(np.uint32)
        stored_terms, stored_df = np.append(stored_terms, present), np.append(stored_df, df[present])
        starts[stratum + 1] = len(stored_terms)
    usual = _usual(lengths, forward, of_article, average[:, 0], places)
    return Strata(of_article, usual, np.bincount(of_row, minlength=count), average, starts, stored_terms, stored_df)


def _usual(
    lengths: npt.NDArray[np.int64],
    forward: Forward,
    of_article: npt.NDArray[np.uint16],
    average: Floats,
    places: Sequence[Sequence[int]],
) -> npt.NDArray[np.float32]:
    """Return `Strata.usual`, from the `average` of the strata to the narrowest place; hidden passages do not count."""
    articles, visible = len(of_article), ~forward.hidden
    total = np.bincount(forward.article[visible], lengths[visible], articles)
    passages = np.bincount(forward.article[visible], minlength=articles)
    usual: Floats = average[of_article]
    for place in places:
        numbers = np.array(place, np.int64)
        _, group = np.unique(of_article * (numbers.max(initial=0) + 1) + numbers, return_inverse=True)
        within = np.bincount(group, total) + tuning.LENGTH_PRIOR * np.bincount(group, usual) / np.bincount(group)
        usual = (within / (np.bincount(group, passages) + tuning.LENGTH_PRIOR))[group]
    return np.maximum(usual, 1.0).astype(np.float32)


def _means(of_row: npt.NDArray[np.uint16], lengths: npt.NDArray[np.int64], count: int) -> Floats:
    """Return the average length in each stratum, 1 at least."""
    passages = np.maximum(np.bincount(of_row, minlength=count), 1)
    means: Floats = np.maximum(np.bincount(of_row, lengths, count) / passages, 1.0)
    return means


def _df(forward: Forward, rows: npt.NDArray[np.int64], terms: int) -> npt.NDArray[np.uint32]:
    """Return how many of these passages hold each term, by their own words or their title's: uint32 [terms]."""
    df = np.zeros(terms, np.uint32)
    articles = forward.article[rows]
    sizes = np.diff(forward.indptr)[rows] + np.diff(forward.title_indptr)[articles]
    # Where a block ends and the next one begins.
    cuts = np.flatnonzero(np.diff(np.cumsum(sizes) // _BLOCK, prepend=-1, append=-1)) if len(rows) else rows
    for first, end in pairwise(cuts.tolist()):
        some, of = rows[first:end], articles[first:end]
        own, own_sizes = gather(forward.terms, forward.indptr[some], forward.indptr[some + 1])
        title, title_sizes = gather(forward.title_terms, forward.title_indptr[of], forward.title_indptr[of + 1])
        passage = np.repeat(np.tile(np.arange(end - first, dtype=np.uint64), 2), np.append(own_sizes, title_sizes))
        # One number for a (passage, term) pair, so that each counts once.
        pairs = np.sort(passage << np.uint64(32) | np.append(own, title))
        once = (distinct(pairs) & np.uint64(0xFFFFFFFF)).astype(np.int64)
        df += np.bincount(once, minlength=terms).astype(np.uint32)
    return df
