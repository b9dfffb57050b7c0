"""The passages of a generation on this machine: arrays mapped into memory, articles in SQLite."""

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import Final
from weakref import proxy

import numpy as np
import numpy.typing as npt

from index.analysis.literal import is_unspaced
from index.model import Kind
from index.postings import layout
from index.postings.compact import CompactPostings
from index.postings.forward import Forward
from index.postings.lookup import holds_phrase, rows_with_all, titles_with_all
from index.query.filters import PassageFilter, Ranked
from index.query.passages import Passages
from index.query.syntax import Filter
from index.ranking import choose
from index.ranking.choose import EngineName
from index.ranking.engine import Allowed, Engine, Rows, Scores
from index.ranking.reference import RankBm25Engine
from index.rerank.reranker import Surroundings
from index.store.generation import Generation
from index.store.recent import Recent

_CHECKED: Final = "forward_terms"


class MappedPassages(Passages):
    """The passages of one open generation of this machine."""

    filter: "MappedFilter"

    def __init__(self, generation: Generation, engine: EngineName) -> None:
        self.postings = layout.load(generation.manifest.files, generation)
        super().__init__(generation.manifest, generation, self.postings.passages)
        self.texts = generation.texts
        self._generation = generation
        self._ensured: set[int] = set()
        self.forward = Forward.open(generation)
        self.surroundings = Surroundings.of(self.forward)
        self._recent = Recent[tuple[str, str, Kind]]()
        self.filter = MappedFilter(proxy(self), generation)
        if engine == "rank-bm25":
            generation.ensure_all()
        self.engine: Engine = (
            RankBm25Engine(self.forward, self.parameters, self.strata)
            if engine == "rank-bm25"
            else choose.engine(self.postings, self.parameters)
        )

    def ensure_there(self) -> None:
        """Raise BrokenIndexError where a file was cut off; see `Generation.ensure_there`."""
        self._generation.ensure_there()

    def close(self) -> None:
        """Close the files. A second call does nothing."""
        self._generation.close()

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
            self._generation.ensure(_CHECKED, zip(starts.tolist(), ends.tolist(), strict=True))

    def dfs(self, ids: Sequence[int]) -> list[int]:
        """Return how many passages hold each term; see `Passages.dfs`."""
        return self.postings.dfs(ids)

    def hold(self, ids: Sequence[int], *, side_by_side: bool) -> bool:
        """Return whether some passage holds all of these terms; see `Passages.hold`."""
        self.ensure_terms(ids)
        rows = rows_with_all(self.postings, ids)
        if side_by_side:
            self.ensure_rows(rows)
        return bool(holds_phrase(self.forward, rows, ids).any()) if side_by_side and len(rows) else len(rows) > 0

    def top(
        self, terms: Sequence[int], weights: Sequence[float], k: int, conditions: Sequence[Filter] = ()
    ) -> tuple[Rows, Scores]:
        """Return the best `k` passages that fulfil `conditions`; see `Passages.top`."""
        self.ensure_terms(terms)
        if not conditions:
            return self.engine.top(terms, weights, k)
        return self.filter.top(terms, weights, k, conditions)

    def nearest(self, engine: Engine, k: int, conditions: Sequence[Filter]) -> tuple[Rows, Scores]:
        """Return the best `k` passages that fulfil `conditions`, by an engine that knows by itself what is asked."""
        if not conditions:
            return engine.top((), (), k)
        allowed = self.filter.allowed(conditions)
        return self.filter.first(lambda depth: engine.top((), (), depth, allowed), k, conditions)

    def scores(self, terms: Sequence[int], weights: Sequence[float], rows: Rows) -> Scores:
        """Return what some passages score for terms, 0 for one that holds none."""
        self.ensure_terms(terms)
        only = np.zeros(self.count, bool)
        only[rows] = True
        found, scores = self.engine.top(terms, weights, len(rows), only)
        score_of = dict(zip(found.tolist(), scores.tolist(), strict=True))
        return np.array([score_of.get(row, 0.0) for row in rows.tolist()])

    def scores_of(self, row: int, weighed: Sequence[tuple[Sequence[int], Sequence[float]]]) -> list[float]:
        """Return what a passage scores for each of some lists of terms; see `Passages.scores_of`."""
        at = np.array([row])
        return [float(self.scores(ids, weights, at)[0]) for ids, weights in weighed]

    def read(self, rows: Rows) -> list[tuple[str, str, Kind]]:
        """Return title, text and kind of each passage; see `Passages.read`."""
        return self._recent.of(rows.tolist(), self.texts.titles_and_texts)

    def terms_of(self, row: int) -> tuple[npt.NDArray[np.uint32], npt.NDArray[np.uint32]]:
        """Return the ids of the terms of a passage's title, and of its own; see `Passages.terms_of`."""
        self.ensure_rows(np.array([row]))
        return self.forward.title(int(self.forward.article[row])), self.forward.passage(row)

    def excerpt(self, rows: Rows) -> tuple[Rows, Forward]:
        """Return the whole forward index, for it is mapped; see `Passages.excerpt`."""
        self.ensure_rows(rows)
        return rows, self.forward

    def articles_of(self, rows: Rows) -> npt.NDArray[np.uint32]:
        """Return the article row of each passage: uint32 [n]."""
        return self.forward.article[rows]


class MappedFilter(PassageFilter):
    """Filters as a bitmap of passages: words and phrases are looked up, so nothing scans the texts.

    Terms have lost their endings and small words, so a bitmap may let too much through for a phrase; the passages that
    it lets through are then compared with the text.
    """

    def __init__(self, passages: MappedPassages, generation: Generation) -> None:
        super().__init__(passages.manifest, generation, passages.vocabulary, generation.texts)
        self._passages = passages
        self._sources = generation.texts

    def ranked(self, terms: Sequence[int], weights: Sequence[float], conditions: Sequence[Filter]) -> Ranked:
        """Return how to rank the passages that may fulfil `conditions`; see `PassageFilter.ranked`."""
        allowed = self.allowed(conditions)
        return lambda depth: self._passages.engine.top(terms, weights, depth, allowed)

    def allowed(self, conditions: Sequence[Filter]) -> Allowed:
        """Return which passages may fulfil `conditions`, bool [N]: exact but for phrases, which must still be read."""
        passages = self._passages
        allowed: Allowed = self._articles(conditions)[passages.forward.article]
        for condition in conditions:
            if condition.kind == "phrase":
                allowed &= self._with_phrase(condition.text)
            elif condition.kind == "without" and not self.is_read(condition):
                for terms in self.terms_of(condition.text):
                    passages.ensure_terms(terms)
                    allowed[rows_with_all(passages.postings, terms)] = False
        return allowed

    def newest(self, first: int, most: int, conditions: Sequence[Filter] = ()) -> list[int]:
        """Return the rows of dated articles, newest first; see `PassageFilter.newest`."""
        return self.newest_of(self._articles(conditions), first, most)

    def _articles(self, conditions: Sequence[Filter]) -> npt.NDArray[np.bool_]:
        """Return the articles that fulfil those conditions that are on articles: bool [A]."""
        articles = np.ones(len(self.days), bool)
        for condition in conditions:
            if condition.period is not None:
                articles &= self.dated_in(condition.period)
            elif condition.kind == "title":
                with_all = partial(titles_with_all, self._passages.forward)
                articles &= self._any(condition.text, with_all, len(articles))
        names = self.named_sources(conditions)
        if names is not None:
            mask = np.zeros(len(self.days), bool)
            for name in names:
                mask[self._sources.articles_of(name)] = True
            articles &= mask
        return articles

    def _with_phrase(self, text: str) -> npt.NDArray[np.bool_]:
        """Return the passages that may hold a phrase: bool [N]."""
        passages = self._passages
        # The n-grams of scripts without spaces are selective together, and not stored in the order of the text.
        ordered = not is_unspaced(text)

        def holding(terms: Sequence[int]) -> npt.NDArray[np.bool_]:
            passages.ensure_terms(terms)
            rows = rows_with_all(passages.postings, terms)
            if ordered and len(terms) > 1 and len(rows):
                passages.ensure_rows(rows)
                rows = rows[holds_phrase(passages.forward, rows, terms)]
            mask = np.zeros(passages.count, bool)
            mask[rows] = True
            return mask

        return self._any(text, holding, passages.count)

    def _any(
        self, text: str, mask: Callable[[Sequence[int]], npt.NDArray[np.bool_]], size: int
    ) -> npt.NDArray[np.bool_]:
        """Return `mask` for the terms of `text` in any language: bool [size]; all if it has none in one."""
        union = np.zeros(size, bool)
        for terms in self.terms_of(text):
            union |= mask(terms)
        return union if self.has_terms(text) else ~np.zeros(size, bool)
