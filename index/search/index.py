"""From a question to results, over one open generation: parse, resolve, rank, rerank, judge."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Self

import numpy as np
import numpy.typing as npt

from index import bm25, tuning
from index.analysis import analyzer
from index.analysis.literal import fold_text
from index.model import Article, Kind, Skipped
from index.query.aliases import NO_ALIASES, Aliases, holds_all
from index.query.passages import Passages
from index.query.plans import plans
from index.query.resolver import Resolver
from index.query.spelling import Dictionary
from index.query.syntax import Problem, Question, parse
from index.query.terms import Resolved
from index.ranking import calibration
from index.ranking.choose import EngineName, engine_name
from index.ranking.engine import Rows, Scores
from index.rerank.reranker import Reranker
from index.search.copies import Copies, copies
from index.search.results import Ranked, Results
from index.store.generation import Generation
from index.store.store import Store

if TYPE_CHECKING:
    from index.build.build import Options, Progress


class Index:
    """One open generation with its engine: immutable, shared by any number of threads."""

    def __init__(
        self,
        generation: Generation,
        engine: EngineName = "auto",
        today: Callable[[], date] = date.today,
        aliases: Aliases = NO_ALIASES,
    ) -> None:
        self.generation = generation
        self.number = generation.number
        self.passages = Passages(generation, engine)
        self.texts = self.passages.texts
        self._today = today
        self._resolver = Resolver(self.passages, Dictionary.open(generation), aliases)
        of_reranker = self.passages.strata, self.passages.forward, self.passages.parameters
        self._reranker = Reranker.open(generation, *of_reranker)
        self._null = generation.array(calibration.NAME).view(np.float64)

    def search(
        self, question: str, k: int = tuning.RESULTS, *, exact: bool = False, without: frozenset[str] = frozenset()
    ) -> Results:
        """Return the best `k` passages for a question; none for a question without a known word.

        `exact` searches every word as it is written, also where no article holds it. `without` holds keys of filters
        to leave out.
        """
        asked = parse(question, without)
        best = self._results(asked, k, exact=exact)
        for plan in plans(asked, self.passages.filter, self._today(), without, exact=exact):
            if plan.is_open(asked, best):
                other = plan.asked(asked)
                found = self._results(other, k, exact=exact)
                if plan.is_better(found, best):
                    asked, best = other, found
        if asked.filters and not best.hits:
            return replace(best, problems=(*best.problems, *self._emptied(asked, exact=exact)))
        return best

    def terms(self, question: str) -> Resolved:
        """Return the terms that a question is searched by, mostly without searching."""
        asked = parse(question)
        resolved = self._resolver.resolve(asked, exact=False)
        if any(plan.period for plan in plans(asked, self.passages.filter, self._today(), exact=False)):
            # Whether the words of a date are searched depends on what is found.
            found = self.search(question)
            return Resolved(found.searched, found.language, resolved.stratum, found.terms)
        return resolved

    def shares(self, found: Results, row: int) -> list[float]:
        """Return what each of `found.terms`, in order, gave to the words' part of the score of passage `row`."""
        at = np.array([row])
        (held_back,) = self._held_back(at, self.passages.read(at), found.language)
        only = np.zeros(self.passages.count, bool)
        only[row] = True
        shares = []
        for term in found.terms:
            scores: npt.NDArray[np.float64] = np.empty(0)
            if term.known:
                _, scores = self.passages.engine.top([term.id], [term.weight], 1, only)
            shares.append(held_back * float(scores[0]) if len(scores) else 0.0)
        return shares

    def copies(self, rows: Sequence[int]) -> list[Copies]:
        """Return where else each of the passages stands, word for word."""
        return copies(self.texts, self.passages.forward, rows)

    def _results(self, asked: Question, k: int, *, exact: bool) -> Results:
        """What is found for a question as it is understood."""
        resolved = self._resolver.resolve(asked, exact=exact)
        ids, weights, idfs = resolved.known()
        rows, scores = self.passages.top(ids, weights, max(k, tuning.RERANK_DEPTH), asked.filters)
        ranked = self._reranked(resolved, (ids, idfs), rows, scores)
        return self._judged(asked, resolved, float(scores[0]) if len(scores) else 0.0, ranked, k)

    def _reranked(
        self, resolved: Resolved, words: tuple[Sequence[int], Sequence[float]], rows: Rows, scores: Scores
    ) -> Ranked:
        """The passages that the engine found, by their score with all features, then by row.

        `words` are the ids of the question's known terms and weight x idf of each.
        """
        if not len(rows):
            return Ranked(self.passages)
        text = resolved.corrected() if resolved.corrections else resolved.text
        seen = self.passages.read(rows)
        parts = np.empty((len(rows), 5))
        parts[:, 0] = scores
        candidates = self.passages.candidates(rows, seen)
        parts[:, 1:] = self._reranker.features(text, resolved.language, resolved.stratum, *words, candidates)
        parts *= self._held_back(rows, seen, resolved.language)[:, None]
        order = np.lexsort((rows, -parts.sum(axis=1)))
        return Ranked(self.passages, rows[order].tolist(), parts[order], [seen[at][1] for at in order.tolist()])

    def _judged(self, asked: Question, resolved: Resolved, best: float, ranked: Ranked, k: int) -> Results:
        """The results, with how sure the collection is of them; `best` is the highest score before reranking."""
        wanted = [term.weight * term.idf for term in resolved.terms if not term.form]
        hits = ranked[:k]
        ratio = calibration.ratio(best, wanted, self.passages.parameters.k1)
        return Results(
            asked.text,
            resolved.language,
            hits,
            resolved.terms,
            ratio,
            calibration.confidence(ratio, len(wanted), self._null[resolved.stratum]),
            len(hits) > 0 and holds_all(resolved.terms, self.passages.held(hits[0].passage.row)),
            resolved.corrected_words() if resolved.corrections else (),
            asked.searched,
            asked.filters,
            asked.problems,
            ranked,
        )

    def _held_back(self, rows: Rows, seen: Sequence[tuple[str, str, Kind]], language: str) -> Scores:
        """What the scores of passages are multiplied by for their kind, and for a question in this language."""
        weights = np.array([tuning.CAPTION_WEIGHT if kind == "caption" else 1.0 for _, _, kind in seen])
        strata = self.passages.stratum_of
        if len(strata) > 1 and language in strata:
            weights[~self.passages.in_stratum(rows, strata[language])] *= tuning.OTHER_LANGUAGE_WEIGHT
        return weights

    @property
    def counts(self) -> Mapping[str, int]:
        """How many there are of each: "articles", "paragraphs", "captions", "passages", "terms" and more."""
        return self.generation.manifest.counts

    def idf(self, terms: Iterable[str]) -> dict[str, float]:
        """Return the idf in nats of those of `terms` that some passage holds."""
        asked = list(terms)
        found = zip(asked, self.passages.terms(asked, 0), strict=True)
        return {term: bm25.idf(self.passages.count, df) for term, (_, df, _) in found if df}

    @classmethod
    def build(
        cls,
        folder: Path | str,
        articles: Iterable[Article | Skipped],
        *,
        sources: Sequence[str] = (),
        options: "Options | None" = None,
        progress: "Callable[[Progress], None]" = lambda _: None,
        engine: EngineName = "auto",
    ) -> Self:
        """Build the index in `folder` from articles, such as `read` gives, and open it.

        What was there before answers until the new index is whole, and is then replaced. Raises what
        `index.build.build.build` raises: TypeError for anything but articles, BuildRefusedError when there are none.
        """
        from index.build.build import Options, build

        engine_name(engine)
        build(Store(Path(folder)), articles, sources, options or Options(), progress)
        return cls.open(folder, engine=engine)

    @classmethod
    def open(cls, folder: Path | str, *, engine: EngineName = "auto", aliases: Aliases = NO_ALIASES) -> Self:
        """Open the index in `folder`; close it, or use it in a `with` block.

        It stays as it is when the folder is built anew. Raises NoIndexError, BrokenIndexError, or ValueError for an
        engine that there is not.
        """
        name = engine_name(engine)
        return cls(Store(Path(folder)).open(analyzer=analyzer.settings()), name, aliases=aliases)

    def close(self) -> None:
        """Close the files of the index. A second call does nothing."""
        self.generation.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _emptied(self, asked: Question, *, exact: bool) -> list[Problem]:
        """Which filters left nothing; none of them when the words alone find nothing either."""
        if not fold_text(asked.searched):
            return [Problem("no_words")]
        if not self._results(replace(asked, filters=()), 1, exact=exact).hits:
            return []
        alone = [one for one in asked.filters if not self._results(replace(asked, filters=(one,)), 1, exact=exact).hits]
        words = tuple([one.words for one in alone or asked.filters])
        return [Problem("no_passage" if alone else "no_passage_together", words)]
