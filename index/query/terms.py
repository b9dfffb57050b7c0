"""From the words of a question to terms of one collection: known, known in another language, or misspelt.

A word that no article holds is searched as the word it was most likely meant to be, if there is one, and said so.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

from index import bm25, tuning
from index.analysis import analyzer
from index.analysis.detection import most_voted, votes
from index.analysis.folding import folded
from index.analysis.languages import FUNCTION
from index.postings.compact import StoredPostings
from index.postings.strata import Strata
from index.postings.vocabulary import Vocabulary
from index.query import spelling
from index.ranking import calibration
from index.ranking.engine import Engine
from index.store.texts import Texts


@dataclass(frozen=True, slots=True)
class QuestionTerm:
    """One searched term of a question: `question[start:end]` is where it stands, `idf` its rarity in nats.

    `known` is False for a term that no article holds; its idf is then that of the rarest possible word. `form` is ""
    for what was asked, else the other form of a name ("United States" for US) that the term belongs to: it adds to the
    score of a passage, and its absence takes nothing away.
    """

    term: str
    start: int
    end: int
    weight: float
    idf: float
    known: bool
    form: str = ""


@dataclass(frozen=True, slots=True)
class Correction:
    """`question[start:end]` was searched as `searched`, as an article writes it."""

    start: int
    end: int
    searched: str


class Terms:
    """What the words of a question are in one generation."""

    def __init__(
        self,
        vocabulary: Vocabulary,
        postings: StoredPostings,
        engine: Engine,
        texts: Texts,
        dictionary: spelling.Dictionary,
        languages: Mapping[str, int],
        strata: Strata,
        stratum_of: Mapping[str, int],
    ) -> None:
        """`languages` are the articles in each, `stratum_of` the number of those that are strata."""
        self._vocabulary = vocabulary
        self._postings = postings
        self._engine = engine
        self._texts = texts
        self._dictionary = dictionary
        self._articles = languages
        self._strata = strata
        self._stratum_of = stratum_of

    def language(self, question: str) -> str:
        """The language of a question: by its function words, and where few tell, by which language knows its words.

        Of the languages with articles enough (see `index.postings.strata`) the one whose passages hold most of them.
        """
        told = votes(question, self._articles)
        best = most_voted(told)
        near = [
            language
            for language in told
            if language in self._stratum_of and told[language] > told[best] - tuning.LANGUAGE_CLEAR
        ]
        if best not in near or len(near) == 1:
            return best
        return max(near, key=lambda language: told[language] + self._known_words(question, language))

    def _known_words(self, question: str, language: str) -> int:
        """How many of the words that are searched stand in passages of the language."""
        words = set(analyzer.analyze(question, language))
        stratum, numbers = self._stratum_of[language], map(self._vocabulary.find, words)
        return sum(self._strata.df_in(stratum, term, self._postings.df(term)) > 0 for term in numbers if term >= 0)

    def of(
        self, question: str, language: str, *, exact: bool, kept: Sequence[tuple[int, int]] = ()
    ) -> tuple[list[QuestionTerm], list[Correction]]:
        """The terms of a question in its order, and what was corrected for them.

        Nothing is corrected when `exact`, and nothing within the half-open ranges `kept`.
        """
        stratum = self._stratum_of.get(language, 0)
        # That a few articles never say "I" does not make it a rare word.
        function_words = FUNCTION.get(language, frozenset())
        terms: list[QuestionTerm] = []
        corrections: dict[tuple[int, int], Correction] = {}
        spans, passages = analyzer.analyze_spans(question, language), self._postings.passages
        for place, span in enumerate(spans):
            surface = question[span.start : span.end]
            term, df = self._known(span.term, surface)
            if not df and surface.casefold() in function_words:
                continue
            fixed = df or exact or any(start <= span.start < end for start, end in kept)
            if not fixed and _stands_alone(place, spans) and (meant := self._meant(surface, language)):
                term, written = meant
                df = self._df(term)
                corrections[span.start, span.end] = Correction(span.start, span.end, written)
            idf = bm25.idf(passages, df) if df else calibration.unknown_idf(passages)
            own = self._strata.weight(stratum, self._vocabulary.find(term), df)
            weight = analyzer.weight(term, question) * own
            terms.append(QuestionTerm(term, span.start, span.end, weight, idf, df > 0))
        return terms, list(corrections.values())

    def _df(self, term: str) -> int:
        number = self._vocabulary.find(term)
        return self._postings.df(number) if number >= 0 else 0

    def _known(self, term: str, surface: str) -> tuple[str, int]:
        """The term and its df; for an unknown one, what its word became in another language of the articles.

        A short question may be taken for the wrong language, and articles quote each other across languages.
        """
        for candidate in chain([term], self._elsewhere(surface)):
            if df := self._df(candidate):
                return candidate, df
        return term, 0

    def _elsewhere(self, surface: str) -> Iterator[str]:
        for language in self._articles:
            terms = analyzer.analyze(surface, language)
            if len(terms) == 1:
                yield terms[0]

    def _meant(self, surface: str, language: str) -> tuple[str, str] | None:
        """The term that an unknown word was most likely meant for, and its word as an article writes it.

        The likeliest of those one edit away is the one that begins with the same letter and stands in most passages.
        """
        word = folded(surface, language)
        found = spelling.candidates(word, language, self._dictionary)
        dfs = {number: self._postings.df(number) for number in found}
        likeliest = sorted(
            (number for number in found if dfs[number]),
            key=lambda number: (found[number][0] != word[0], -dfs[number], number),
        )
        for number in likeliest[: tuning.SPELLING_CANDIDATES]:
            term = self._vocabulary.term(number)
            for written in self._written(number, term, language):
                if spelling.is_meant(word, found[number], folded(written, language)):
                    return term, written
        return None

    def _written(self, number: int, term: str, language: str) -> list[str]:
        """How the passages that say a term most write it, each way once."""
        rows, _ = self._engine.top([number], [1.0], tuning.SPELLING_PASSAGES)
        parts = [part for title, text, _ in self._texts.compared(rows.tolist()) for part in (text, title)]
        return list(dict.fromkeys(form for part in parts for form in analyzer.forms(part, language, term)))


def _stands_alone(place: int, spans: Sequence[analyzer.Term]) -> bool:
    """Whether its word became this one term, and is not one of several parts."""
    return sum(other.start == spans[place].start for other in spans[max(place - 2, 0) : place + 3]) == 1
