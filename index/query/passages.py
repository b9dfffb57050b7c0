"""What a question needs of a generation, behind one narrow set of functions.

Resolving, reranking and judging see no more of the index than this, so that the passages may as well lie elsewhere:

| a question needs | from |
|---|---|
| the id and df of a term, and what its idf weighs in a language | `terms`, `dfs`, `known_in` |
| the best passages for terms under conditions | `top` |
| terms, texts and titles of a few passages | `candidates`, `term_ids`, `read` |
| the articles | `texts`, `filter` |

`index.query.mapped` has them in files on this machine, mapped.
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from itertools import repeat
from typing import Protocol

import numpy as np
import numpy.typing as npt

from index import bm25
from index.model import ArticleCard, Kind, Passage
from index.postings import strata
from index.postings.forward import Forward, united
from index.postings.strata import Strata
from index.postings.vocabulary import Vocabulary
from index.query.filters import PassageFilter
from index.query.syntax import Filter
from index.ranking.engine import Rows, Scores
from index.rerank.reranker import Candidates, Surroundings
from index.store.arrays import Arrays
from index.store.manifest import Manifest


class TextStore(Protocol):
    """The articles and passages of a generation, word for word; `index.store.texts.Texts` says what each returns."""

    def counts(self) -> dict[str, int]: ...
    def passage(self, row: int) -> Passage: ...
    def passages(self, rows: Sequence[int]) -> list[Passage]: ...
    def with_articles(self, rows: Sequence[int], texts: Sequence[str]) -> list[tuple[Passage, ArticleCard]]: ...
    def titles_and_texts(self, rows: Sequence[int]) -> list[tuple[str, str, Kind]]: ...
    def passages_of(self, article_row: int) -> list[Passage]: ...
    def article(self, row: int) -> ArticleCard: ...
    def articles(self, rows: Sequence[int]) -> list[ArticleCard]: ...
    def by_id(self, article_id: str) -> ArticleCard | None: ...
    def titles(self, limit: int = 0) -> list[str]: ...
    def rows_titled(self, title: str, most: int) -> list[int]: ...
    def rows_at(self, address: str) -> list[int]: ...
    def sources(self) -> dict[str, int]: ...
    def files(self) -> list[tuple[str, int, int]]: ...
    def same_hash(self, rows: Sequence[int]) -> dict[int, list[int]]: ...


class Passages(ABC):
    """The passages of one open generation. Immutable, and safe to share between threads.

    Its statistics are at hand in `arrays`: the vocabulary, the strata, and what else does not grow with the texts.
    """

    texts: TextStore
    filter: PassageFilter
    surroundings: Surroundings

    def __init__(self, manifest: Manifest, arrays: Arrays, count: int) -> None:
        self.manifest = manifest
        self.arrays = arrays
        self.count = count
        self.vocabulary = Vocabulary.open(arrays)
        self.strata = Strata.open(arrays)
        self.parameters = bm25.Parameters.stored(manifest.settings)
        self.languages = dict(manifest.languages)
        self.stratum_of = {language: number for number, language in enumerate(strata.names(self.languages))}

    @abstractmethod
    def dfs(self, ids: Sequence[int]) -> list[int]:
        """Return how many passages hold each term, 0 for the id -1."""

    @abstractmethod
    def hold(self, ids: Sequence[int], *, side_by_side: bool) -> bool:
        """Return whether some passage holds all of these terms, or holds them side by side in this order."""

    @abstractmethod
    def top(
        self, terms: Sequence[int], weights: Sequence[float], k: int, conditions: Sequence[Filter] = ()
    ) -> tuple[Rows, Scores]:
        """Return the best `k` passages that fulfil `conditions`; see `index.ranking.engine.Engine.top`."""

    @abstractmethod
    def scores_of(self, row: int, weighed: Sequence[tuple[Sequence[int], Sequence[float]]]) -> list[float]:
        """Return what a passage scores for each of some lists of terms with their weights."""

    @abstractmethod
    def excerpt(self, rows: Rows) -> tuple[Rows, Forward]:
        """Return a forward index that holds passages and those beside each, and where the passages stand in it."""

    @abstractmethod
    def articles_of(self, rows: Rows) -> npt.NDArray[np.uint32]:
        """Return the article row of each passage: uint32 [n]."""

    @abstractmethod
    def ensure_there(self) -> None:
        """Raise IndexLibraryError where a question could not be answered; called before each."""

    @abstractmethod
    def close(self) -> None:
        """Let go of the generation. A second call does nothing."""

    def terms(self, terms: Sequence[str], stratum: int) -> list[tuple[int, int, float]]:
        """Return id and df of each term, and what makes its idf over all passages that over those of a stratum.

        (-1, 0, ...) for a term that no passage holds.
        """
        ids = self.vocabulary.ids(terms)
        dfs = self.dfs(ids)
        if len(self.stratum_of) < 2:
            return list(zip(ids, dfs, repeat(1.0)))
        return [(term, df, self.strata.weight(stratum, term, df)) for term, df in zip(ids, dfs, strict=True)]

    def together(self, ids: Sequence[int], stratum: int) -> tuple[int, float]:
        """Return df and the factor of idf of a word that stands wherever one of these terms does, as `terms` does.

        Where two of them stand together is counted twice: to look would cost more than it tells.
        """
        dfs = self.dfs(ids)
        df = min(sum(dfs), self.count)
        if len(self.stratum_of) < 2 or not df:
            return df, 1.0
        passages = int(self.strata.passages[stratum])
        inside = sum(self.strata.df_in(stratum, term, one) for term, one in zip(ids, dfs, strict=True))
        return df, bm25.idf(passages, min(max(inside, 1), passages)) / bm25.idf(self.count, df)

    def known_in(self, stratum: int, terms: Sequence[str]) -> int:
        """Return how many of the terms some passage of a stratum holds."""
        ids = self.vocabulary.ids(terms)
        pairs = zip(ids, self.dfs(ids), strict=True)
        return sum(self.strata.df_in(stratum, term, df) > 0 for term, df in pairs)

    def read(self, rows: Rows) -> list[tuple[str, str, Kind]]:
        """Return title, text and kind of each passage."""
        return self.texts.titles_and_texts(rows.tolist())

    def candidates(self, rows: Rows, same: Mapping[int, int]) -> Candidates:
        """Return what reranking needs of passages.

        A term that is a key of `same` counts as the one that it stands for.
        """
        usual = self.strata.relative_lengths(self.articles_of(rows))
        places, forward = self.excerpt(rows)
        if same:
            places, forward = united(forward, places, same)
        return Candidates(rows, places, forward, usual, self.read)

    def terms_of(self, row: int) -> tuple[npt.NDArray[np.uint32], npt.NDArray[np.uint32]]:
        """Return the ids of the terms of a passage's title, and of its own, in reading order: uint32 each."""
        (place,), forward = self.excerpt(np.array([row]))
        return forward.title(int(forward.article[place])), forward.passage(place)

    def term_ids(self, row: int) -> frozenset[int]:
        """Return the ids of the terms that a passage or its title holds."""
        return frozenset(number for terms in self.terms_of(row) for number in terms.tolist())

    def in_stratum(self, rows: Rows, stratum: int) -> npt.NDArray[np.bool_]:
        """Return which of the passages are of articles in a stratum, bool [n]."""
        return np.equal(self.strata.of_article[self.articles_of(rows)], stratum)
