"""From the words of a question to terms of one collection: known, known in another language, or misspelt.

A word that no article holds is searched as the word it was most likely meant to be, if there is one, and said so.
"""

from collections.abc import Sequence
from functools import lru_cache
from typing import Final

from index import bm25, tuning
from index.analysis import analyzer
from index.analysis.detection import most_voted, votes
from index.analysis.folding import folded
from index.analysis.languages import FUNCTION
from index.query import spelling
from index.query.aliases import Aliases, with_other_forms
from index.query.passages import Passages
from index.query.syntax import Question
from index.query.terms import Correction, QuestionTerm, Resolved
from index.ranking import calibration

_REMEMBERED: Final = 1024


class Resolver:
    """What the words of questions are in one collection."""

    def __init__(self, passages: Passages, dictionary: spelling.Dictionary, aliases: Aliases) -> None:
        self._passages = passages
        self._dictionary = dictionary
        self._aliases = aliases
        # A follow-up asks the same words again. Bounded, because questions come from strangers.
        self._meant = lru_cache(_REMEMBERED)(self._meant_term)

    def resolve(self, question: Question, *, exact: bool) -> Resolved:
        """Return the terms of a question; with `exact` its words as they are written, without corrections or aliases.

        Nothing is corrected within phrases and names.
        """
        text = question.searched
        language = self.language(text)
        names = [] if exact else self._aliases.find(text)
        kept = None if exact else [*question.quoted, *((name.start, name.end) for name in names)]
        terms, corrections = self._terms(text, language, kept)
        if names:
            forms = {form: self._terms(form, language, None)[0] for name in names for form in name.others}
            terms = with_other_forms(terms, names, forms)
        stratum = self._passages.stratum_of.get(language, 0)
        return Resolved(text, language, stratum, tuple(terms), tuple(corrections))

    def language(self, question: str) -> str:
        """Return a question's language: by its function words, and where few tell, by which language knows its words.

        Of the languages with articles enough (see `index.postings.strata`) the one whose passages hold most of them.
        """
        told = votes(question, self._passages.languages)
        best = most_voted(told)
        strata = self._passages.stratum_of
        near = [
            language for language in told if language in strata and told[language] > told[best] - tuning.LANGUAGE_CLEAR
        ]
        if best not in near or len(near) == 1:
            return best
        return max(near, key=lambda language: told[language] + self._known_words(question, language))

    def _known_words(self, question: str, language: str) -> int:
        """How many of the words that are searched stand in passages of the language."""
        words = list(set(analyzer.analyze(question, language)))
        return self._passages.known_in(self._passages.stratum_of[language], words)

    def _terms(
        self, text: str, language: str, kept: Sequence[tuple[int, int]] | None
    ) -> tuple[list[QuestionTerm], list[Correction]]:
        """The terms of a text in its order, and what was corrected for them.

        Nothing is corrected within the half-open ranges `kept`, and nothing at all when that is None.
        """
        stratum = self._passages.stratum_of.get(language, 0)
        spans = analyzer.analyze_spans(text, language)
        # That a few articles never say "I" does not make it a rare word.
        function_words = FUNCTION.get(language, frozenset())
        terms: list[QuestionTerm] = []
        corrections: dict[tuple[int, int], Correction] = {}
        known = self._passages.terms([span.term for span in spans], stratum)
        passages, unspaced = self._passages.count, not text.isascii()
        for place, (span, found) in enumerate(zip(spans, known, strict=True)):
            word = span.term, *found
            if not found[1]:
                surface = text[span.start : span.end]
                word = self._elsewhere(surface, stratum) or word
                if not word[2] and surface.casefold() in function_words:
                    continue
                fixed = word[2] or kept is None or any(start <= span.start < end for start, end in kept)
                if not fixed and _stands_alone(place, spans) and (meant := self._meant(surface, language)):
                    term, written = meant
                    word = (term, *self._passages.terms([term], stratum)[0])
                    corrections[span.start, span.end] = Correction(span.start, span.end, written)
            term, number, df, weight = word
            weight *= analyzer.weight(term, text) if unspaced else 1.0
            idf = bm25.idf(passages, df) if df else calibration.unknown_idf(passages)
            terms.append(QuestionTerm(term, span.start, span.end, weight, idf, df > 0, id=number))
        return terms, list(corrections.values())

    def _elsewhere(self, surface: str, stratum: int) -> tuple[str, int, int, float] | None:
        """What an unknown word became in another language of the articles; None when no article has it.

        A short question may be taken for the wrong language, and articles quote each other across languages.
        """
        for language in self._passages.languages:
            terms = analyzer.analyze(surface, language)
            if len(terms) == 1:
                (found,) = self._passages.terms(terms, stratum)
                if found[1]:
                    return terms[0], *found
        return None

    def _meant_term(self, surface: str, language: str) -> tuple[str, str] | None:
        """The term that an unknown word was most likely meant for, and its word as an article writes it.

        The likeliest of those one edit away is the one that begins with the same letter and stands in most passages.
        """
        word = folded(surface, language)
        found = spelling.candidates(word, language, self._dictionary)
        dfs = dict(zip(found, self._passages.dfs(list(found)), strict=True))
        likeliest = sorted(
            (number for number in found if dfs[number]),
            key=lambda number: (found[number][0] != word[0], -dfs[number], number),
        )
        for number in likeliest[: tuning.SPELLING_CANDIDATES]:
            term = self._passages.vocabulary.term(number)
            for written in self._written(number, term, language):
                if spelling.is_meant(word, found[number], folded(written, language)):
                    return term, written
        return None

    def _written(self, number: int, term: str, language: str) -> list[str]:
        """How the passages that say a term most write it, each way once."""
        rows, _ = self._passages.top([number], [1.0], tuning.SPELLING_PASSAGES)
        parts = [part for title, text, _ in self._passages.read(rows) for part in (text, title)]
        return list(dict.fromkeys(form for part in parts for form in analyzer.forms(part, language, term)))


def _stands_alone(place: int, spans: Sequence[analyzer.Term]) -> bool:
    """Whether its word became this one term, and is not one of several parts."""
    return sum(other.start == spans[place].start for other in spans[max(place - 2, 0) : place + 3]) == 1
