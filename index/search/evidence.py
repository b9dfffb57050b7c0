"""Tell what the first passage holds of the words that carry a question's topic.

A score cannot: two common words that stand far apart add up to as much as one name, and a name that stands in a single
passage of thousands is all the evidence that there can be.
"""

import math
import re
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Final

import numpy as np
import numpy.typing as npt

from index import tuning
from index.analysis.languages import QUESTION_WORDS
from index.analysis.light_words import weighing
from index.analysis.literal import is_unspaced
from index.query.passages import Passages
from index.query.terms import QuestionTerm

Ids = npt.NDArray[np.uint32]


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a passage holds of a question's content words, those that carry its topic.

    `words`: how many there are; `held` in 0..1: the share of their idf that the passage or its title holds; `close` in
    0..1: the same of the title and one stretch of `index.tuning.CLOSE_TERMS` terms; `names` in 0..1: the share of the
    names and numbers that are not held. `surprise` in nats: how unlikely it is that words which have nothing to do
    with each other stand so close somewhere; 0 when one such place is expected. `is_rare`: whether a word held that is
    a name, or all of the question, stands in few passages; `is_talk`: whether a common word is all that is said beside
    words for who talks to whom ("Where do you live?"); `is_bare`: whether the question is a single word; `is_spaced`:
    whether the terms are words, and not grams of a script without spaces, which are not close together in the same
    way.
    """

    words: int = 0
    held: float = 0.0
    close: float = 0.0
    names: float = 0.0
    surprise: float = 0.0
    is_rare: bool = False
    is_talk: bool = False
    is_bare: bool = False
    is_spaced: bool = True

    @property
    def is_whole(self) -> bool:
        """Whether every content word stands in the title or one stretch."""
        return self.close > 1 - 1e-9


NO_EVIDENCE: Final = Evidence()


@dataclass(slots=True)
class _Word:
    """A content word: where it first stands, its idf, and the ids of each of its terms, those of other forms apart."""

    start: int
    end: int
    text: str
    idf: float = 0.0
    terms: list[tuple[int, ...]] = field(default_factory=list)
    forms: dict[str, list[tuple[int, ...]]] = field(default_factory=dict)

    def within(self, ids: frozenset[int]) -> bool:
        """Return whether the word, or another form of it, is wholly among the ids."""
        if self.terms and _all_meet(ids, self.terms):
            return True
        return bool(self.forms) and any(_all_meet(ids, terms) for terms in self.forms.values())

    def ids(self) -> list[int]:
        return [number for terms in (self.terms, *self.forms.values()) for term in terms for number in term]


def _all_meet(ids: frozenset[int], terms: Sequence[tuple[int, ...]]) -> bool:
    """Return whether one id of each term is among the ids."""
    for term in terms:  # noqa: SIM110 - half as long as a generator takes
        if ids.isdisjoint(term):
            return False
    return True


class _Question:
    """The words of a question, and what each says about its topic."""

    def __init__(self, text: str, language: str, terms: Sequence[QuestionTerm]) -> None:
        self.text, self.language = text, language
        self._is_shouted = text.isupper()
        self._first = len(text) - len(text.lstrip())
        self._weight = weighing(text, language)
        self.words = _words().findall(text)
        self.is_bare = len(self.words) == 1
        self.content = self._content(terms)

    def is_talk(self) -> bool:
        """Return whether a word of the question is for who talks to whom."""
        return "person" in map(self._weight, self.words)

    def is_name(self, word: _Word) -> bool:
        """Return whether a word is written as a name or a number.

        A capital tells nothing where it opens the question, where all is in capitals, and in German, where nouns have
        one.
        """
        if any(map(str.isdigit, word.text)):
            return True
        tells = word.start > self._first and self.language != "de" and not self._is_shouted
        return tells and word.text[:1].isupper()

    def _content(self, terms: Sequence[QuestionTerm]) -> list[_Word]:
        """Return the content words, each once; a light word is one where it stands alone."""
        words: dict[str, _Word] = {}
        others: dict[tuple[int, int, str], list[tuple[int, ...]]] = {}
        for term in terms:
            if term.form:
                others.setdefault((term.start, term.end, term.form), []).append(term.ids)
                continue
            text = self.text[term.start : term.end]
            word = words.setdefault(text.casefold(), _Word(term.start, term.end, text))
            word.idf = max(word.idf, term.weight * term.idf)
            if word.start == term.start:
                word.terms.append(term.ids)
        for (start, end, form), ids in others.items():
            for word in words.values():
                if start <= word.start and word.end <= end:
                    word.forms[form] = ids
        wanted = ("content", "light") if self.is_bare else ("content",)
        # A question word is a term only where articles have it as a noun or a name (The Who, été).
        nouns = QUESTION_WORDS.get(self.language, frozenset())
        return [word for plain, word in words.items() if plain in nouns or self._weight(word.text) in wanted]


def evidence(passages: Passages, row: int, text: str, language: str, terms: Sequence[QuestionTerm]) -> Evidence:
    """Return what passage `row` holds of the question `text`, resolved to `terms`."""
    question = _Question(text, language, terms)
    words = question.content
    total = sum([word.idf for word in words])
    if not total:
        return NO_EVIDENCE
    title, passage = passages.terms_of(row)
    in_title = frozenset(title.tolist())
    everywhere = in_title.union(passage.tolist())
    held: list[_Word] = []
    rest: list[_Word] = []
    for word in words:
        (held if word.within(everywhere) else rest).append(word)
    is_spaced = not is_unspaced(text)
    stretches = _stretches(held, in_title, passage) if is_spaced else {everywhere}
    close = max([sum([word.idf for word in held if word.within(near)]) for near in stretches])
    most = math.log(passages.count + 1)
    rare = [word for word in held if word.idf >= tuning.RARE_ALONE * most]
    is_rare = any(question.is_bare or question.is_name(word) for word in rare)
    return Evidence(
        len(words),
        sum([word.idf for word in held]) / total,
        close / total,
        sum([word.idf for word in rest if question.is_name(word)]) / total,
        close - most,
        is_rare,
        len(words) == 1 and not is_rare and question.is_talk(),
        question.is_bare,
        is_spaced,
    )


def has_topic(text: str, language: str, terms: Sequence[QuestionTerm]) -> bool:
    """Return whether a word of a question carries a topic, known or not."""
    return bool(_Question(text, language, terms).content)


@cache
def _words() -> re.Pattern[str]:
    return re.compile(r"\w(?:[\w'’\u200c]*\w)?")


def _stretches(words: Sequence[_Word], title: frozenset[int], passage: Ids) -> set[frozenset[int]]:
    """Return the ids that the words wait for, of the title with each stretch of the passage that begins with one."""
    wanted = frozenset([number for word in words for number in word.ids()])
    named = title & wanted
    places = [(at, number) for at, number in enumerate(passage.tolist()) if number in wanted]
    stretches = {named}
    before = 0
    for first, (at, _) in enumerate(places):
        end = bisect_left(places, (at + tuning.CLOSE_TERMS, 0), first)
        # A stretch that ends where the one before it does holds no more.
        if end > before:
            stretches.add(named.union([number for _, number in places[first:end]]))
            before = end
    return stretches
