"""Resolve the words of a question to terms of one collection: known, known in another language, or meant otherwise.

A word that no article holds is searched as what it may stand for, see `index.query.unknown`, and two neighbours as the
one word that articles make of them. That is said where a reader would not see it himself.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from itertools import chain
from typing import Final
from weakref import proxy

from index import bm25, tuning
from index.analysis import analyzer
from index.analysis.detection import most_voted, votes
from index.analysis.light_words import is_function_word
from index.analysis.literal import fold_text, is_unspaced
from index.query.aliases import Alias, Aliases, with_other_forms
from index.query.asking import asking, is_unmarked
from index.query.compounds import Joined, joinable
from index.query.dictionary import Dictionary
from index.query.passages import Passages
from index.query.syntax import ParsedQuestion
from index.query.terms import Correction, Member, QuestionTerm, Resolved
from index.query.unknown import Meaning, UnknownWords
from index.ranking import calibration

Ranges = Sequence[tuple[int, int]]

_REMEMBERED: Final = 1024
# A run becomes fewer terms than that; the grams of a longer one are each a word.
_MOST_PARTS: Final = 8


@dataclass(frozen=True, slots=True)
class _Words:
    """The words of a text: the span of each term, and for each its id, df and factor of idf, see `Passages.terms`."""

    text: str
    language: str
    stratum: int
    spans: Sequence[analyzer.Term]
    known: Sequence[tuple[int, int, float]]

    def surface(self, place: int) -> str:
        """Return what stands in the text where a term does."""
        return self.text[self.spans[place].start : self.spans[place].end]

    def part(self, place: int) -> tuple[int, int]:
        """Return which of the terms of its word a term is, from 0, and how many these are."""
        near = range(max(place - _MOST_PARTS, 0), min(place + _MOST_PARTS + 1, len(self.spans)))
        same = [at for at in near if self.spans[at].start == self.spans[place].start]
        return same.index(place), len(same)


class Resolver:
    """Resolve questions to the terms of one collection."""

    def __init__(self, passages: Passages, dictionary: Dictionary, aliases: Aliases) -> None:
        self._passages = passages
        self._dictionary = dictionary
        self._aliases = aliases
        self._unknown = UnknownWords(passages, dictionary)
        # Each word is asked for twice, before corrections and with them, and a follow-up asks the same words again.
        # Bounded, because questions come from strangers.
        # By a proxy, as in `unknown`.
        self._elsewhere = lru_cache(_REMEMBERED)(partial(Resolver._found_elsewhere, proxy(self)))

    def resolve(self, question: ParsedQuestion, *, exact: bool) -> Resolved:
        """Return the terms of a question; with `exact` its words as they are written, without corrections or aliases.

        Nothing is corrected within phrases and names, nor in a long text.
        """
        text = question.searched
        language = self.language(text)
        stratum = self._passages.stratum_of.get(language, 0)
        words = self._words(text, language)
        written, _ = self._terms(words, None)
        # Nobody types so many words: a pasted text is searched as it is.
        if exact or len(written) > tuning.CORRECTED_MOST:
            return Resolved(text, language, stratum, tuple(written))
        names = self._aliases.find(text)
        protected = [*question.quoted, *((name.start, name.end) for name in names)]
        joined = self._joined(text, language, written, protected)
        terms, corrections = written, list[Correction]()
        if is_unmarked(text, language) or any(not term.known and not is_unspaced(term.term) for term in written):
            protected += [(one.start, one.end) for one in joined]
            terms, corrections = self._terms(words, protected)
        if joined:
            corrections = sorted([*corrections, *self._said(joined, terms, language)], key=lambda one: one.start)
            names = [*names, *(Alias(one.start, one.end, (one.word,)) for one in joined)]
        if names:
            forms = {form: self._terms(self._words(form, language), None)[0] for name in names for form in name.others}
            terms = with_other_forms(terms, names, forms)
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

    def _words(self, text: str, language: str) -> _Words:
        """Return the words of a text that are searched."""
        stratum = self._passages.stratum_of.get(language, 0)
        spans = analyzer.question_spans(text, language)
        if small := asking([text[span.start : span.end] for span in spans], language):
            spans = [span for place, span in enumerate(spans) if place not in small]
        return _Words(text, language, stratum, spans, self._passages.terms([span.term for span in spans], stratum))

    def _terms(self, words: _Words, protected: Ranges | None) -> tuple[list[QuestionTerm], list[Correction]]:
        """Return the terms of a text in its order, and what was corrected for them.

        Nothing is corrected within the half-open ranges `protected`, and nothing at all when that is None.
        """
        unmarked = protected is not None and is_unmarked(words.text, words.language)
        terms: list[QuestionTerm] = []
        corrections: dict[tuple[int, int], Correction] = {}
        passages, unspaced = self._passages.count, not words.text.isascii()
        for place, (span, (number, df, weight)) in enumerate(zip(words.spans, words.known, strict=True)):
            if not df or unmarked:
                fixed = protected is None or any(start <= span.start < end for start, end in protected)
                more, said = self._unsure(words, place, may_change=not fixed, unmarked=unmarked)
                terms += more
                corrections.update({(one.start, one.end): one for one in said})
                continue
            share = analyzer.term_weight(span.term, words.text) if unspaced else 1.0
            idf = bm25.idf(passages, df)
            terms.append(QuestionTerm(span.term, span.start, span.end, share * weight, idf, known=True, id=number))
        return terms, list(corrections.values())

    def _unsure(
        self, words: _Words, place: int, *, may_change: bool, unmarked: bool
    ) -> tuple[list[QuestionTerm], list[Correction]]:
        """Return what a word stands for that no article holds, or that lacks its marks, and what is said of it."""
        span, language, stratum = words.spans[place], words.language, words.stratum
        surface = words.surface(place)
        # A gram is the same in every language, and nobody misspells one.
        is_word = not is_unspaced(span.term)
        if may_change and unmarked:
            if alike := self._unknown.held(self._dictionary.same_letters(span.term)):
                return [self._word(span, alike, stratum)], []
        elif is_word and (found := self._elsewhere(surface, *words.part(place))):
            said = [Correction(span.start, span.end, found.written)] if found.written and may_change else []
            return [self._word(span, ids, stratum) for ids in found.words], said
        # That a few articles never say "I" does not make it a rare word.
        shouted = surface.isupper() and words.text.isupper()
        if is_function_word(surface.casefold() if shouted else surface, language):
            return [], []
        if (
            may_change
            and is_word
            and words.part(place) == (0, 1)
            and (meant := self._unknown.meaning(surface, span.term, language))
        ):
            said = [Correction(span.start, span.end, meant.written)] if meant.written else []
            return [self._word(span, ids, stratum) for ids in meant.words], said
        weight = analyzer.term_weight(span.term, words.text) * words.known[place][2]
        idf = calibration.unknown_idf(self._passages.count)
        return [QuestionTerm(span.term, span.start, span.end, weight, idf, known=False)], []

    def _word(self, span: analyzer.Term, ids: tuple[int, ...], stratum: int) -> QuestionTerm:
        """Return the word at a place as one that stands wherever one of the terms `ids` does."""
        df, weight = self._passages.together(ids, stratum)
        passages, term_of = self._passages.count, self._passages.vocabulary.term
        idf = bm25.idf(passages, df)
        members = [
            Member(term_of(number), number, weight * idf / bm25.idf(passages, own))
            for number, own in zip(ids, self._passages.dfs(ids), strict=True)
        ]
        several = tuple(members) if len(members) > 1 else ()
        return QuestionTerm(members[0].term, span.start, span.end, weight, idf, True, id=ids[0], members=several)

    def _joined(self, text: str, language: str, terms: Sequence[QuestionTerm], protected: Ranges) -> list[Joined]:
        """Return the neighbours that articles write as one word: unknown ones, or both known and long enough."""
        if all(term.known for term in terms):
            long = {term.start for term in terms if term.end - term.start >= tuning.HALF_LEAST}
            pairs = {language: joinable(text, language, long)}
        else:
            pairs = {one: joinable(text, one) for one in dict.fromkeys((language, *self._passages.languages))}
        if not any(pairs.values()):
            return []
        stems = [analyzer.stem_words([one.word for one in some], language) for language, some in pairs.items()]
        dfs = self._passages.dfs(self._dictionary.find([*chain.from_iterable(stems)]))
        found = dict.fromkeys([one for one, df in zip(chain.from_iterable(pairs.values()), dfs, strict=True) if df])
        joined: list[Joined] = []
        for one in sorted(found):
            inside = [term for term in terms if one.start <= term.start and term.end <= one.end]
            taken = [*protected, *((other.start, other.end) for other in joined)]
            if any(start < one.end and one.start < end for start, end in taken):
                continue
            if any(not term.known for term in inside) or {one.start, one.second} <= {
                term.start for term in inside if term.end - term.start >= tuning.HALF_LEAST
            }:
                joined.append(one)
        return joined

    def _said(self, joined: Sequence[Joined], terms: Sequence[QuestionTerm], language: str) -> list[Correction]:
        """Return a correction for every joined word that takes the place of unknown ones, as an article writes it."""
        unknown = [term for term in terms if not term.known]
        replacing = [one for one in joined if any(one.start <= term.start and term.end <= one.end for term in unknown)]
        return [Correction(one.start, one.end, self._unknown.spelt(one.word, language)) for one in replacing]

    def _found_elsewhere(self, surface: str, part: int, parts: int) -> Meaning | None:
        """Return an unknown word as a term of another language of the articles; None when no article has it.

        Of a word that became several terms in the question's language, number `part` of `parts`. A short question may
        be taken for the wrong language, and articles quote each other across languages. Where a stemmer makes the same
        of two words ("police" and "policía"), that is said.
        """
        for language in self._passages.languages:
            terms = analyzer.analyze(surface, language)
            (number,) = self._passages.vocabulary.ids([terms[part]]) if len(terms) == parts else [-1]
            if number >= 0 and self._passages.dfs([number])[0]:
                forms, word = self._unknown.written(number, language), fold_text(surface)
                near = [fold_text(form) for form in forms]
                same = any(one.startswith(word.rstrip()) or word.startswith(one.rstrip()) for one in near)
                return Meaning(((number,),), "" if same or not forms else forms[0])
        return None
