"""What a question needs of a generation, behind one narrow set of functions.

Resolving, reranking and judging see no more of the index than this, so that the passages may as well lie elsewhere:

| a question needs | from |
|---|---|
| the id and df of a term, and what its idf weighs in a language | `terms`, `dfs`, `known_in` |
| the best passages for terms under conditions | `top` |
| terms, texts and titles of a few passages | `candidates`, `term_ids`, `read` |
| the articles | `texts` |
"""

from collections.abc import Iterable, Mapping, Sequence
from itertools import repeat
from weakref import proxy

import numpy as np
import numpy.typing as npt

from index import bm25
from index.model import Kind
from index.postings import layout, strata
from index.postings.compact import CompactPostings
from index.postings.forward import Forward, united
from index.postings.lookup import holds_phrase, rows_with_all
from index.postings.strata import Strata
from index.postings.vocabulary import Vocabulary
from index.query.filters import PassageFilter
from index.query.syntax import Filter
from index.ranking import choose
from index.ranking.choose import EngineName
from index.ranking.engine import Engine, Rows, Scores
from index.ranking.reference import RankBm25Engine
from index.rerank.grams import documents
from index.rerank.reranker import Candidates
from index.store.generation import Generation
from index.store.texts import Texts


class Passages:
    """The passages of one open generation. Immutable, and safe to share between threads."""

    def __init__(self, generation: Generation, engine: EngineName) -> None:
        self.texts: Texts = generation.texts
        self._generation = generation
        self._ensured: set[int] = set()
        self.vocabulary = Vocabulary.open(generation)
        self.postings = layout.load(generation.manifest.files, generation)
        self.forward = Forward.open(generation)
        self.count = self.postings.passages
        self.strata = Strata.open(generation)
        self.parameters = bm25.Parameters.stored(generation.manifest.settings)
        self.languages = dict(generation.manifest.languages)
        self.stratum_of = {language: number for number, language in enumerate(strata.names(self.languages))}
        self.filter = PassageFilter(generation, self.vocabulary, self.postings, self.forward, proxy(self))
        if engine == "rank-bm25":
            generation.ensure_all()
        self.engine: Engine = (
            RankBm25Engine(self.forward, self.parameters, self.strata)
            if engine == "rank-bm25"
            else choose.engine(self.postings, self.parameters)
        )

    def ensure_terms(self, ids: Iterable[int]) -> None:
        """Check the postings of terms before they are read; see `Generation.ensure`."""
        if self._generation.pages is None or not isinstance(self.postings, CompactPostings):
            return
        for term in ids:
            if term >= 0 and term not in self._ensured:
                for field, first, end in self.postings.parts_of(term):
                    self._generation.ensure(f"{CompactPostings.PREFIX}_{field}", [(first, end)])
                self._ensured.add(term)

    def ensure_rows(self, rows: Rows) -> None:
        """Check the terms of passages, and of those beside each, before they are read."""
        if self._generation.pages is not None and len(rows):
            indptr, last = self.forward.indptr, self.count
            starts, ends = indptr[np.maximum(rows - 1, 0)], indptr[np.minimum(rows + 2, last)]
            self._generation.ensure("forward_terms", zip(starts.tolist(), ends.tolist(), strict=True))

    def terms(self, terms: Sequence[str], stratum: int) -> list[tuple[int, int, float]]:
        """Return id and df of each term, and what makes its idf over all passages that over those of a stratum.

        (-1, 0, ...) for a term that no passage holds.
        """
        ids = self.vocabulary.ids(terms)
        dfs = self.postings.dfs(ids)
        if len(self.stratum_of) < 2:
            return list(zip(ids, dfs, repeat(1.0)))
        return [(term, df, self.strata.weight(stratum, term, df)) for term, df in zip(ids, dfs, strict=True)]

    def together(self, ids: Sequence[int], stratum: int) -> tuple[int, float]:
        """Return df and the factor of idf of a word that stands wherever one of these terms does, as `terms` does.

        Where two of them stand together is counted twice: to look would cost more than it tells.
        """
        dfs = self.postings.dfs(ids)
        df = min(sum(dfs), self.count)
        if len(self.stratum_of) < 2 or not df:
            return df, 1.0
        passages = int(self.strata.passages[stratum])
        inside = sum(self.strata.df_in(stratum, term, one) for term, one in zip(ids, dfs, strict=True))
        return df, bm25.idf(passages, min(max(inside, 1), passages)) / bm25.idf(self.count, df)

    def hold(self, ids: Sequence[int], *, side_by_side: bool) -> bool:
        """Return whether some passage holds all of these terms, or holds them side by side in this order."""
        self.ensure_terms(ids)
        rows = rows_with_all(self.postings, ids)
        if side_by_side:
            self.ensure_rows(rows)
        return bool(holds_phrase(self.forward, rows, ids).any()) if side_by_side and len(rows) else len(rows) > 0

    def dfs(self, ids: Sequence[int]) -> list[int]:
        """Return how many passages hold each term, 0 for the id -1."""
        return self.postings.dfs(ids)

    def known_in(self, stratum: int, terms: Sequence[str]) -> int:
        """Return how many of the terms some passage of a stratum holds."""
        ids = self.vocabulary.ids(terms)
        pairs = zip(ids, self.postings.dfs(ids), strict=True)
        return sum(self.strata.df_in(stratum, term, df) > 0 for term, df in pairs)

    def top(
        self,
        terms: Sequence[int],
        weights: Sequence[float],
        k: int,
        conditions: Sequence[Filter] = (),
        engine: Engine | None = None,
    ) -> tuple[Rows, Scores]:
        """Return the best `k` passages that fulfil `conditions`; see `index.ranking.engine.Engine.top`.

        By another `engine` than that of the words where one is given.
        """
        self.ensure_terms(terms)
        engine = engine or self.engine
        if not conditions:
            return engine.top(terms, weights, k)
        return self.filter.top(engine, terms, weights, k, conditions)

    def scores(self, terms: Sequence[int], weights: Sequence[float], rows: Rows) -> Scores:
        """Return what some passages score for terms, 0 for one that holds none."""
        self.ensure_terms(terms)
        only = np.zeros(self.count, bool)
        only[rows] = True
        found, scores = self.engine.top(terms, weights, len(rows), only)
        score_of = dict(zip(found.tolist(), scores.tolist(), strict=True))
        return np.array([score_of.get(row, 0.0) for row in rows.tolist()])

    def read(self, rows: Rows) -> list[tuple[str, str, Kind]]:
        """Return title, text and kind of each passage."""
        return self.texts.titles_and_texts(rows.tolist())

    def candidates(self, rows: Rows, contents: Sequence[tuple[str, str, Kind]], same: Mapping[int, int]) -> Candidates:
        """Return what reranking needs of passages; `contents` is what `read` gives of them.

        A term that is a key of `same` counts as the one that it stands for.
        """
        self.ensure_rows(rows)
        usual = self.strata.relative_lengths(rows, self.forward)
        rows, forward = united(self.forward, rows, same) if same else (rows, self.forward)
        return Candidates(rows, forward, usual, documents(contents))

    def terms_of(self, row: int) -> tuple[npt.NDArray[np.uint32], npt.NDArray[np.uint32]]:
        """Return the ids of the terms of a passage's title, and of its own, in reading order: uint32 each."""
        self.ensure_rows(np.array([row]))
        return self.forward.title(int(self.forward.article[row])), self.forward.passage(row)

    def term_ids(self, row: int) -> frozenset[int]:
        """Return the ids of the terms that a passage or its title holds."""
        return frozenset(number for terms in self.terms_of(row) for number in terms.tolist())

    def in_stratum(self, rows: Rows, stratum: int) -> npt.NDArray[np.bool_]:
        """Return which of the passages are of articles in a stratum, bool [n]."""
        return np.equal(self.strata.of_article[self.forward.article[rows]], stratum)
