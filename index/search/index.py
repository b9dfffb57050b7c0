"""Search one open generation: parse a question, resolve, rank, rerank, judge."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Self

import numpy as np

from index import bm25, tuning
from index.analysis import analyzer
from index.analysis.literal import fold_text
from index.model import Article, Skipped
from index.query.aliases import NO_ALIASES, Aliases
from index.query.dictionary import Dictionary
from index.query.mapped import MappedPassages
from index.query.passages import Passages
from index.query.resolver import Resolver
from index.query.syntax import Filter, ParsedQuestion, Problem, parse
from index.query.terms import Resolved
from index.ranking import calibration
from index.ranking.choose import EngineName, engine_name
from index.ranking.engine import Rows, Scores
from index.rerank.reranker import Reranker
from index.search.copies import Copies, copies
from index.search.evidence import NO_EVIDENCE, evidence, has_topic
from index.search.newest import newest
from index.search.plans import about_no_topic, period_alone, plans, undated, within
from index.search.results import Ranking, Results
from index.store.recent import Recent
from index.store.store import Store

if TYPE_CHECKING:
    from index.build.build import Options, Progress
    from index.search.meaning import Meaning, Nearness


class Index:
    """One open generation with its engine: immutable, shared by any number of threads."""

    def __init__(
        self,
        passages: Passages,
        today: Callable[[], date] = date.today,
        aliases: Aliases = NO_ALIASES,
        meaning: "Callable[[], Meaning | None]" = lambda: None,
    ) -> None:
        self.passages = passages
        self.manifest = passages.manifest
        self.texts = passages.texts
        self._today = today
        self._meaning = meaning
        self._resolver = Resolver(passages, Dictionary.open(passages.arrays), aliases)
        self._reranker = Reranker.open(
            passages.arrays, passages.strata, passages.count, passages.surroundings, passages.parameters
        )
        self._copies = Recent[Copies]()
        self._null = passages.arrays.array(calibration.NAME).view(np.float64)

    @property
    def number(self) -> int:
        """Return the number of the generation, from 1."""
        return self.manifest.generation

    def search(
        self,
        question: str,
        k: int = tuning.RESULTS,
        *,
        exact: bool = False,
        without: frozenset[str] = frozenset(),
        added: Sequence[str] = (),
        checkpoint: Callable[[], None] = lambda: None,
    ) -> Results:
        """Return the best `k` passages for a question; none for a question without a known word.

        `exact` searches every word as it is written, also where no article holds it. `without` holds keys of filters
        to leave out. `added` are words of earlier questions that are searched too: behind the question, or within its
        period where it says nothing else ("And in June?"). `checkpoint` is called between the stages; what it raises
        ends the search.
        """
        self.passages.ensure_there()
        today, period = self._today(), self._period_alone(question) if added else None
        question = " ".join((question, *added))
        parsed = parse(question, without)
        if period is not None:
            parsed = within(parsed, period, without)
        listing = None if exact else about_no_topic(parsed, self.passages.filter, today, without)
        if listing is not None:
            return newest(self.passages, listing, k)
        ranked = partial(self._results, k=k, exact=exact, checkpoint=checkpoint)
        best = ranked(parsed)
        for plan in plans(parsed, self.passages.filter, today, without, exact=exact):
            other = plan.apply(parsed)
            results = ranked(other) if plan.is_open(parsed, best) else None
            if results is not None and plan.is_better(results, best):
                parsed, best = other, results
            elif (undated := plan.left_out(parsed, best)) is not None:
                parsed = undated
                best = ranked(parsed)
        if parsed.filters and not best.hits:
            return replace(best, problems=(*best.problems, *self._filter_problems(parsed, partial(ranked, k=1))))
        bare = not parsed.filters and not best.evidence.words and question.strip()
        if bare and not has_topic(question, best.language, best.terms):
            return replace(best, problems=(*best.problems, Problem("no_topic", (question.strip(),))))
        return best

    def is_period_alone(self, question: str) -> bool:
        """Return whether a question says nothing but a period, and so goes on about the question before."""
        return self._period_alone(question) is not None

    def terms(self, question: str, *, dated: bool = True) -> Resolved:
        """Return the terms that a question is searched by, mostly without searching; `dated`: those of its date too."""
        parsed = parse(question)
        if about_no_topic(parsed, self.passages.filter, self._today()) is not None:
            return Resolved("", self._resolver.language(question), 0, ())
        if not dated:
            return self._resolver.resolve(undated(parsed, self._today()), exact=False)
        if any(plan.period for plan in plans(parsed, self.passages.filter, self._today(), exact=False)):
            # Whether the words of a date are searched depends on the results.
            results = self.search(question)
            stratum = self.passages.stratum_of.get(results.language, 0)
            return Resolved(results.searched, results.language, stratum, results.terms)
        return self._resolver.resolve(parsed, exact=False)

    def shares(self, results: Results, row: int) -> list[float]:
        """Return what each of `results.terms`, in order, gave to the words' part of the score of passage `row`."""
        at = np.array([row])
        (factor,) = self._of_kinds(at) * self._of_language(at, results.language)
        known = list(dict.fromkeys([term.weighed for term in results.terms if term.known]))
        share = dict(zip(known, self.passages.scores_of(row, known), strict=True))
        return [float(factor) * share[term.weighed] if term.known else 0.0 for term in results.terms]

    def copies(self, rows: Sequence[int]) -> list[Copies]:
        """Return where else each of the passages stands, word for word."""
        return self._copies.of(rows, partial(copies, self.texts, self.passages.articles_of))

    def _period_alone(self, question: str) -> Filter | None:
        return period_alone(parse(question), self.passages.filter, self._today())

    def _results(self, question: ParsedQuestion, *, k: int, exact: bool, checkpoint: Callable[[], None]) -> Results:
        """Return the results for a question as it was parsed."""
        checkpoint()
        resolved, meaning = self._resolver.resolve(question, exact=exact), None if exact else self._meaning()
        nearness = meaning.of(question, resolved) if meaning is not None else None
        if nearness is not None and nearness.is_foreign:
            # A word of another language is not one of the articles' that is misspelt.
            resolved = self._resolver.resolve(question, exact=True)
        ids, weights = resolved.searched()
        checkpoint()
        rows, scores = self.passages.top(ids, weights, max(k, tuning.RERANK_DEPTH), question.filters)
        checkpoint()
        best = float(scores[0]) if len(scores) else 0.0
        if nearness is not None:
            rows, scores = nearness.joined(resolved, rows, scores, question.filters)
            checkpoint()
        ranking = self._rerank(resolved, rows, scores, nearness)
        checkpoint()
        results = self._judge(question, resolved, best, ranking, k)
        return results if nearness is None else nearness.judged(results, resolved.stratum)

    def _rerank(self, resolved: Resolved, rows: Rows, scores: Scores, nearness: "Nearness | None") -> Ranking:
        """Return the passages of the engine by their score with all features, then by row."""
        if not len(rows):
            return Ranking(self.passages)
        text = resolved.corrected() if resolved.corrections else resolved.text
        parts = np.empty((len(rows), 5 if nearness is None else 6))
        parts[:, 0] = scores
        candidates = self.passages.candidates(rows, resolved.same())
        words = resolved.words()
        parts[:, 1:5] = self._reranker.features(text, resolved.language, resolved.stratum, *words, candidates)
        of_kinds = self._of_kinds(rows)
        parts[:, :5] *= (of_kinds * self._of_language(rows, resolved.language))[:, None]
        if nearness is not None:
            # What it means does not depend on its language.
            highest = calibration.highest(resolved.idfs(), self.passages.parameters.k1)
            parts[:, 5] = nearness.parts(rows, highest) * of_kinds
        order = np.lexsort((rows, -parts.sum(axis=1)))
        return Ranking(self.passages, rows[order].tolist(), parts[order])

    def _judge(self, question: ParsedQuestion, resolved: Resolved, best: float, ranking: Ranking, k: int) -> Results:
        """Return the results, with how sure the collection is of them; `best` is the best score before reranking."""
        idfs = resolved.idfs()
        hits = ranking[:k]
        ratio = calibration.ratio(best, idfs, self.passages.parameters.k1)
        return Results(
            question.text,
            resolved.language,
            hits,
            resolved.terms,
            ratio,
            calibration.confidence(ratio, len(idfs), self._null[resolved.stratum]),
            evidence(self.passages, hits[0].passage.row, question.searched, resolved.language, resolved.terms)
            if hits
            else NO_EVIDENCE,
            resolved.corrected_words() if resolved.corrections else (),
            question.searched,
            question.filters,
            question.problems,
            ranking,
        )

    def _of_language(self, rows: Rows, language: str) -> Scores:
        """Return by what the scores of passages are multiplied for a question in this language."""
        factors, strata = np.ones(len(rows)), self.passages.stratum_of
        if len(strata) > 1 and language in strata:
            factors[~self.passages.in_stratum(rows, strata[language])] *= tuning.OTHER_LANGUAGE_WEIGHT
        return factors

    def _of_kinds(self, rows: Rows) -> Scores:
        """Return by what the scores of passages are multiplied for their kind."""
        factors = np.ones(len(rows))
        if self.counts["captions"]:
            kinds = [kind for _, _, kind in self.passages.read(rows)]
            factors[[at for at, kind in enumerate(kinds) if kind == "caption"]] = tuning.CAPTION_WEIGHT
        return factors

    def newest(self, first: int, most: int) -> list[int]:
        """Return the rows of `most` articles that state a date, newest first, the first `first` left out."""
        return self.passages.filter.newest(first, most)

    @property
    def dated(self) -> int:
        """How many articles state a date."""
        return self.passages.filter.dated

    @property
    def counts(self) -> Mapping[str, int]:
        """How many there are of each: "articles", "paragraphs", "captions", "passages", "terms" and more."""
        return self.manifest.counts

    def idf(self, terms: Iterable[str]) -> dict[str, float]:
        """Return the idf in nats of those of `terms` that some passage holds."""
        every = list(terms)
        pairs = zip(every, self.passages.terms(every, 0), strict=True)
        return {term: bm25.idf(self.passages.count, df) for term, (_, df, _) in pairs if df}

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
        return cls(MappedPassages(Store(Path(folder)).open(analyzer=analyzer.settings()), name), aliases=aliases)

    def close(self) -> None:
        """Close the files of the index. A second call does nothing."""
        self.passages.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _filter_problems(self, question: ParsedQuestion, ranked: Callable[[ParsedQuestion], Results]) -> list[Problem]:
        """Return which filters leave no passage; none when the words alone have no hit either."""

        def has_hits(filters: tuple[Filter, ...]) -> bool:
            return bool(ranked(replace(question, filters=filters)).hits)

        if not fold_text(question.searched):
            return [Problem("no_words")]
        if not has_hits(()):
            return []
        alone = [one for one in question.filters if not has_hits((one,))]
        words = tuple([one.words for one in alone or question.filters])
        return [Problem("no_passage" if alone else "no_passage_together", words)]
