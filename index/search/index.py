"""From a question to hits, over one open generation."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date

import numpy as np
import numpy.typing as npt

from index import bm25, tuning
from index.model import Hit, Parts
from index.postings import layout, strata
from index.postings.forward import Forward
from index.postings.strata import Strata
from index.postings.vocabulary import Vocabulary
from index.query import spelling
from index.query.aliases import NO_ALIASES, Aliases, holds_all, with_other_forms
from index.query.filters import Filters
from index.query.narrowing import narrowed
from index.query.syntax import Question, parse
from index.query.terms import Correction, QuestionTerm, Terms
from index.ranking import calibration, choose
from index.ranking.choose import EngineName
from index.ranking.compiled import CompiledEngine
from index.ranking.engine import Engine
from index.ranking.reference import RankBm25Engine
from index.rerank import features
from index.rerank.grams import Statistics
from index.rerank.reranker import SecondLook, compiled
from index.search.results import NONE_RANKED, Found, Ranked
from index.store.store import Generation
from index.store.texts import Texts


class Index:
    """One open generation with its engine: immutable, shared by any number of threads."""

    def __init__(
        self,
        generation: Generation,
        engine: EngineName,
        today: Callable[[], date] = date.today,
        aliases: Aliases = NO_ALIASES,
    ) -> None:
        self._today = today
        self.aliases = aliases
        self.generation = generation
        self.texts: Texts = generation.texts
        self.vocabulary = Vocabulary.open(generation)
        self.postings = layout.opened(generation.manifest.files, generation)
        self.forward = Forward.open(generation)
        self.filters = Filters(generation, self.vocabulary, self.postings, self.forward)
        self.parameters = bm25.Parameters.stored(generation.manifest.settings)
        self.null = generation.array(calibration.NAME).view(np.float64)
        self.languages = dict(generation.manifest.languages)
        self.strata = Strata.open(generation)
        self._stratum_of = {language: number for number, language in enumerate(strata.names(self.languages))}
        self.engine = self._engine(engine)
        counted = compiled() if isinstance(self.engine, CompiledEngine) else features
        statistics = [Statistics.open(generation, number) for number in range(len(self.strata))]
        self.second_look = SecondLook(statistics, self.strata, self.forward, self.parameters, counted)
        dictionary = spelling.Dictionary.open(generation)
        self.terms = Terms(
            self.vocabulary, self.postings, self.engine, self.texts, dictionary, self.languages, self.strata,
            self._stratum_of,
        )  # fmt: skip

    def _engine(self, name: EngineName) -> Engine:
        if name == "rank-bm25":
            return RankBm25Engine(self.forward, self.parameters, self.strata)
        return choose.engine(self.postings, self.parameters, self.generation.path)

    def find(
        self, question: str, k: int = tuning.RESULTS, *, exact: bool = False, without: frozenset[str] = frozenset()
    ) -> Found:
        """The best `k` passages for a question; none for a question without a known word.

        `exact` searches every word as it is written, also where no article holds it. `without` holds keys of narrowings
        to leave out.
        """
        asked = parse(question, without)
        found, asked = narrowed(
            asked, lambda it: self._search(it, k, exact=exact), self.filters, self._today, without, exact=exact
        )
        limits = tuple(condition.narrowing for condition in asked.conditions)
        return replace(found, searched=asked.searched, narrowed=limits, problems=asked.problems)

    def _search(self, asked: Question, k: int, *, exact: bool) -> Found:
        language = self.terms.language(asked.searched)
        names = [] if exact else self.aliases.find(asked.searched)
        kept = [*asked.quoted, *((name.start, name.end) for name in names)]
        terms, corrections = self.terms.of(asked.searched, language, exact=exact, kept=kept)
        if names:
            terms = with_other_forms(terms, names, lambda form: self.terms.of(form, language, exact=True)[0])
        wanted = [term for term in terms if not term.form]
        searched = _corrected(asked.searched, corrections)
        known = [term for term in terms if term.known]
        numbers, weights = [self.vocabulary.find(term.term) for term in known], [term.weight for term in known]
        rows, scores = self.filters.top(self.engine, numbers, weights, max(k, tuning.RERANK_DEPTH), asked.conditions)
        best = float(scores[0]) if len(scores) else 0.0
        ratio = calibration.ratio(best, [t.idf for t in wanted], [t.weight for t in wanted], self.parameters.k1)
        ranked = self._ranked(searched, language, (numbers, [t.weight * t.idf for t in known]), rows, scores)
        hits = self._hits(ranked, 0, k)
        return Found(
            asked.text,
            language,
            hits,
            tuple(terms),
            ratio,
            calibration.confidence(ratio, len(wanted), self.null[self._stratum_of.get(language, 0)]),
            len(hits) > 0 and self._holds_all(hits[0].passage.row, terms),
            tuple((asked.searched[one.start : one.end], one.searched) for one in corrections),
            ranked=ranked,
        )

    def more(self, found: Found, k: int) -> Found:
        """The same, which this index found, with the best `k` hits, or those of the first `RERANK_DEPTH` there are."""
        return replace(found, hits=found.hits + self._hits(found.ranked, len(found.hits), k))

    def shares(self, found: Found, row: int) -> list[float]:
        """What each of `found.terms` gave to the words' part of the score of passage `row`, in the same order."""
        (held_back,) = self._held_back(np.array([row]), [self.texts.passage(row).kind], found.language)
        only = np.zeros(self.postings.passages, bool)
        only[row] = True
        shares = []
        for term in found.terms:
            scores: npt.NDArray[np.float64] = np.empty(0)
            if term.known:
                _, scores = self.engine.top([self.vocabulary.find(term.term)], [term.weight], 1, only)
            shares.append(held_back * float(scores[0]) if len(scores) else 0.0)
        return shares

    def _holds_all(self, row: int, terms: list[QuestionTerm]) -> bool:
        held = {*self.forward.passage(row).tolist(), *self.forward.title(int(self.forward.article[row])).tolist()}
        return holds_all(terms, frozenset(term.term for term in terms if self.vocabulary.find(term.term) in held))

    def _held_back(self, rows: npt.NDArray[np.int64], kinds: Sequence[str], language: str) -> npt.NDArray[np.float64]:
        """What the scores of passages of these kinds are multiplied by, for a question in this language."""
        weights = np.array([tuning.CAPTION_WEIGHT if kind == "caption" else 1.0 for kind in kinds])
        if len(self.strata) > 1 and language in self._stratum_of:
            own = self.strata.of_article[self.forward.article[rows]] == self._stratum_of[language]
            weights[~own] *= tuning.OTHER_LANGUAGE_WEIGHT
        return weights

    def _ranked(
        self,
        question: str,
        language: str,
        words: tuple[Sequence[int], Sequence[float]],
        rows: npt.NDArray[np.int64],
        scores: npt.NDArray[np.float64],
    ) -> Ranked:
        """The passages that the engine found, by their score after a second look, then by row.

        `words` are the ids of the question's known terms and weight x idf of each.
        """
        if not len(rows):
            return NONE_RANKED
        seen = self.texts.compared(rows.tolist())
        texts = [f"{title}\n{text}" for title, text, _ in seen]
        parts = np.empty((len(rows), 5))
        parts[:, 0] = scores
        stratum = self._stratum_of.get(language, 0)
        parts[:, 1:] = self.second_look.features(question, language, stratum, *words, rows, texts)
        parts *= self._held_back(rows, [kind for _, _, kind in seen], language)[:, None]
        totals = parts.sum(axis=1)
        order = np.lexsort((rows, -totals))
        return Ranked(rows[order], parts[order])

    def _hits(self, ranked: Ranked, first: int, end: int) -> tuple[Hit, ...]:
        found = zip(self.texts.hits(ranked.rows[first:end].tolist()), ranked.parts[first:end].tolist(), strict=True)
        return tuple(Hit(passage, card, sum(shares), Parts(*shares)) for (passage, card), shares in found)


def _corrected(question: str, corrections: list[Correction]) -> str:
    for one in reversed(corrections):
        question = question[: one.start] + one.searched + question[one.end :]
    return question
