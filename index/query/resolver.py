"""Resolve the words of a question to terms of one collection: known, known in another language, or misspelt.

A word that no article holds is searched as the word it was most likely meant to be, if there is one, and said so.
"""

from collections.abc import Sequence
from functools import lru_cache
from typing import Final

from index import bm25, tuning
from index.analysis import analyzer
from index.analysis.detection import most_voted, votes
from index.analysis.folding import fold_word
from index.analysis.languages import FUNCTION_WORDS
from index.query import spelling
from index.query.aliases import Aliases, with_other_forms
from index.query.passages import Passages
from index.query.syntax import ParsedQuestion
from index.query.terms import Correction, QuestionTerm, Resolved
from index.ranking import calibration

_REMEMBERED: Final = 1024


class Resolver:
    """Resolve questions to the terms of one collection."""

    def __init__(self, passages: Passages, dictionary: spelling.Dictionary, aliases: Aliases) -> None:
        self._passages = passages
        self._dictionary = dictionary
        self._aliases = aliases
        # A follow-up asks the same words again. Bounded, because questions come from strangers.
        self._meant = lru_cache(_REMEMBERED)(self._meant_term)

    def resolve(self, question: ParsedQuestion, *, exact: bool) -> Resolved:
        """Return the terms of a question; with `exact` its words as they are written, without corrections or aliases.

        Nothing is corrected within phrases and names.
        """
        text = question.searched
        language = self.language(text)
        names = [] if exact else self._aliases.find(text)
        protected = None if exact else [*question.quoted, *((name.start, name.end) for name in names)]
        terms, corrections = self._terms(text, language, protected)
        if names:
            forms = {form: self._terms(form, language, None)[0] for name in names for form in name.others}
            terms = with_other_forms(terms, names, forms)
        stratum = self._passages.stratum_of.get(language, 0)
        return Resolved(text, language, stratum, tuple(terms), tuple(corrections))

    def language(self, question: str) -> str:
        """Return a question's language: by its function words, and where these are few, by who knows its words.

        Of the languages with articles enough (see `index.postings.strata`) the one whose passages hold most of them.
        """
        counts = votes(question, self._passages.languages)
        best, strata = most_voted(counts), self._passages.stratum_of
        near = [one for one in counts if one in strata and counts[one] > counts[best] - tuning.LANGUAGE_CLEAR]
        if best not in near or len(near) == 1:
            return best
        return max(near, key=lambda language: counts[language] + self._known_words(question, language))

    def _known_words(self, question: str, language: str) -> int:
        """Return how many of the words that are searched stand in passages of the language."""
        words = list(set(analyzer.analyze(question, language)))
        return self._passages.known_in(self._passages.stratum_of[language], words)

    def _terms(
        self, text: str, language: str, protected: Sequence[tuple[int, int]] | None
    ) -> tuple[list[QuestionTerm], list[Correction]]:
        """Return the terms of a text in its order, and what was corrected for them.

        Nothing is corrected within the half-open ranges `protected`, and nothing at all when that is None.
        """
        stratum = self._passages.stratum_of.get(language, 0)
        spans = analyzer.question_spans(text, language)
        # That a few articles never say "I" does not make it a rare word.
        function_words = FUNCTION_WORDS.get(language, frozenset())
        terms: list[QuestionTerm] = []
        corrections: dict[tuple[int, int], Correction] = {}
        known = self._passages.terms([span.term for span in spans], stratum)
        passages, unspaced = self._passages.count, not text.isascii()
        for place, (span, numbers) in enumerate(zip(spans, known, strict=True)):
            word = span.term, *numbers
            if not word[2]:
                surface = text[span.start : span.end]
                same = [at for at, other in enumerate(spans) if other.start == span.start]
                word = self._elsewhere(surface, stratum, same.index(place), len(same)) or word
                if not word[2] and surface.casefold() in function_words:
                    continue
                fixed = word[2] or protected is None or any(start <= span.start < end for start, end in protected)
                if not fixed and _stands_alone(place, spans) and (meant := self._meant(surface, language)):
                    term, written = meant
                    word = (term, *self._passages.terms([term], stratum)[0])
                    corrections[span.start, span.end] = Correction(span.start, span.end, written)
            term, number, df, weight = word
            weight *= analyzer.term_weight(term, text) if unspaced else 1.0
            idf = bm25.idf(passages, df) if df else calibration.unknown_idf(passages)
            terms.append(QuestionTerm(term, span.start, span.end, weight, idf, df > 0, id=number))
        return terms, list(corrections.values())

    def _elsewhere(self, surface: str, stratum: int, part: int, parts: int) -> tuple[str, int, int, float] | None:
        """Return an unknown word as a term of another language of the articles; None when no article has it.

        Of a word that became several terms in the question's language, number `part`.

        A short question may be taken for the wrong language, and articles quote each other across languages.
        """
        for language in self._passages.languages:
            terms = analyzer.analyze(surface, language)
            if len(terms) == parts:
                ((number, df, weight),) = self._passages.terms([terms[part]], stratum)
                if df:
                    return terms[part], number, df, weight
        return None

    def _meant_term(self, surface: str, language: str) -> tuple[str, str] | None:
        """Return the term that an unknown word was most likely meant for, and its word as an article writes it.

        The likeliest of those one edit away is the one that begins with the same letter and stands in most passages.
        """
        word = fold_word(surface, language)
        candidates = spelling.candidates(word, language, self._dictionary)
        dfs = dict(zip(candidates, self._passages.dfs(list(candidates)), strict=True))
        likeliest = sorted(
            (number for number in candidates if dfs[number]),
            key=lambda number: (candidates[number][0] != word[0], -dfs[number], number),
        )
        for number in likeliest[: tuning.SPELLING_CANDIDATES]:
            term = self._passages.vocabulary.term(number)
            for written in self._written(number, term, language):
                if spelling.is_meant(word, candidates[number], fold_word(written, language)):
                    return term, written
        return None

    def _written(self, number: int, term: str, language: str) -> list[str]:
        """Return how the passages that hold a term most often write it, each way once."""
        rows, _ = self._passages.top([number], [1.0], tuning.SPELLING_PASSAGES)
        parts = [part for title, text, _ in self._passages.read(rows) for part in (text, title)]
        return list(dict.fromkeys(form for part in parts for form in analyzer.surface_forms(part, language, term)))


def _stands_alone(place: int, spans: Sequence[analyzer.Term]) -> bool:
    """Return whether a term is all that its word became, and not one of several parts."""
    return sum(other.start == spans[place].start for other in spans[max(place - 2, 0) : place + 3]) == 1
