"""What a question needs of a generation, behind one narrow set of functions.

Resolving, reranking and judging see no more of the index than this, so that the passages may as well lie elsewhere:

| a question needs | from |
|---|---|
| the id and df of a term, and what its idf weighs in a language | `term`, `df`, `df_in`, `weight` |
| the best passages for terms under conditions | `top` |
| terms, texts and titles of a few passages | `candidates`, `held`, `read` |
| the articles | `texts` |
"""

from collections.abc import Sequence
from typing import Literal

import numpy as np
import numpy.typing as npt

from index import bm25
from index.model import Kind
from index.postings import layout, strata
from index.postings.forward import Forward
from index.postings.strata import Strata
from index.postings.vocabulary import Vocabulary
from index.query.filters import PassageFilter
from index.query.syntax import Filter
from index.ranking import choose
from index.ranking.engine import Engine, Rows, Scores
from index.ranking.reference import RankBm25Engine
from index.rerank.grams import document
from index.rerank.reranker import Candidates
from index.store.generation import Generation
from index.store.texts import Texts

EngineName = Literal["embedded", "rank-bm25"]


class Passages:
    """The passages of one open generation. Immutable, and safe to share between threads."""

    def __init__(self, generation: Generation, engine: EngineName) -> None:
        self.texts: Texts = generation.texts
        self.vocabulary = Vocabulary.open(generation)
        self.postings = layout.opened(generation.manifest.files, generation)
        self.forward = Forward.open(generation)
        self.strata = Strata.open(generation)
        self.parameters = bm25.Parameters.stored(generation.manifest.settings)
        self.languages = dict(generation.manifest.languages)
        self.stratum_of = {language: number for number, language in enumerate(strata.names(self.languages))}
        self.filter = PassageFilter(generation, self.vocabulary, self.postings, self.forward)
        self.engine: Engine = (
            RankBm25Engine(self.forward, self.parameters, self.strata)
            if engine == "rank-bm25"
            else choose.engine(self.postings, self.parameters, generation.path)
        )

    @property
    def count(self) -> int:
        """How many passages there are, hidden ones included."""
        return self.postings.passages

    def term(self, term: str) -> tuple[int, int]:
        """Return the id of a term and its df; (-1, 0) when no passage holds it."""
        found = self.vocabulary.find(term)
        return (found, self.postings.df(found)) if found >= 0 else (-1, 0)

    def df(self, term: int) -> int:
        """Return how many passages hold the term with that id."""
        return self.postings.df(term)

    def df_in(self, stratum: int, term: int, df: int) -> int:
        """Return how many passages of a stratum hold the term with that id and df."""
        return self.strata.df_in(stratum, term, df)

    def weight(self, stratum: int, term: int, df: int) -> float:
        """Return what makes the term's idf over all passages that over those of a stratum."""
        return self.strata.weight(stratum, term, df)

    def top(
        self, terms: Sequence[int], weights: Sequence[float], k: int, conditions: Sequence[Filter] = ()
    ) -> tuple[Rows, Scores]:
        """Return the best `k` passages that fulfil `conditions`; see `index.ranking.engine.Engine.top`."""
        return self.filter.top(self.engine, terms, weights, k, conditions)

    def read(self, rows: Rows) -> list[tuple[str, str, Kind]]:
        """Return title, text and kind of each passage."""
        return self.texts.compared(rows.tolist())

    def candidates(self, rows: Rows, seen: Sequence[tuple[str, str, Kind]]) -> Candidates:
        """Return what reranking needs of passages; `seen` is what `read` gives of them."""
        usual = self.strata.usually(rows, self.forward)
        return Candidates(rows, self.forward, usual, [document(title, text) for title, text, _ in seen])

    def held(self, row: int) -> frozenset[int]:
        """Return the ids of the terms that a passage or its title holds."""
        title = self.forward.title(int(self.forward.article[row]))
        return frozenset(self.forward.passage(row).tolist() + title.tolist())

    def in_stratum(self, rows: Rows, stratum: int) -> npt.NDArray[np.bool_]:
        """Return which of the passages are of articles in a stratum, bool [n]."""
        return np.equal(self.strata.of_article[self.forward.article[rows]], stratum)
