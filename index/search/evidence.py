"""Tell what the first passage holds of the words that carry a question's topic.

A score cannot: two common words that stand far apart add up to as much as one name, and a name that stands in a single
passage of thousands is all the evidence that there can be.
"""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Final

import numpy as np
import numpy.typing as npt

from index import tuning
from index.analysis.languages import QUESTION_WORDS
from index.analysis.light_words import Weight, topic_weight
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
    """A content word: where it starts, its idf, and the ids of each of its terms by form."""

    start: int
    text: str
    idf: float = 0.0
    forms: dict[str, list[tuple[int, ...]]] = field(default_factory=dict)

    def within(self, ids: frozenset[int]) -> bool:
        """Return whether the word, or another form of it, is wholly among the ids."""
        return any(all(not ids.isdisjoint(term) for term in form) for form in self.forms.values())


def evidence(passages: Passages, row: int, question: str, language: str, terms: Sequence[QuestionTerm]) -> Evidence:
    """Return what passage `row` holds of a question, resolved to `terms`."""
    weights = _weights(question, language)
    words = _content(question, language, terms, alone=len(weights) == 1)
    total = sum(word.idf for word in words)
    if not total:
        return NO_EVIDENCE
    title, passage = passages.terms_of(row)
    in_title = frozenset(title.tolist())
    everywhere = in_title.union(passage.tolist())
    held = [word for word in words if word.within(everywhere)]
    close = max(sum(word.idf for word in held if word.within(near)) for near in _stretches(held, in_title, passage))
    most = math.log(passages.count + 1)
    is_rare = any(
        word.idf >= tuning.RARE_ALONE * most and (len(weights) == 1 or _is_name(word, question, language))
        for word in held
    )
    return Evidence(
        len(words),
        sum(word.idf for word in held) / total,
        close / total,
        sum(word.idf for word in words if word not in held and _is_name(word, question, language)) / total,
        close - most,
        is_rare,
        len(words) == 1 and not is_rare and "person" in weights,
        len(weights) == 1,
        not is_unspaced(question),
    )


def has_topic(question: str, language: str, terms: Sequence[QuestionTerm]) -> bool:
    """Return whether a word of a question carries a topic, known or not."""
    return bool(_content(question, language, terms, alone=len(_weights(question, language)) == 1))


def _weights(question: str, language: str) -> list[Weight]:
    """Return what each word of a question says about its topic."""
    return [_topic_weight(match[0], question, language) for match in _words().finditer(question)]


def _content(question: str, language: str, terms: Sequence[QuestionTerm], *, alone: bool) -> list[_Word]:
    """Return the content words of a question; a light word is one where it stands `alone`."""
    words: dict[tuple[int, int], _Word] = {}
    for term in terms:
        word = words.setdefault((term.start, term.end), _Word(term.start, question[term.start : term.end]))
        word.forms.setdefault(term.form, []).append(term.ids)
        if not term.form:
            word.idf = max(word.idf, term.weight * term.idf)
    wanted = ("content", "light") if alone else ("content",)
    # A question word is a term only where articles have it as a noun or a name (The Who, été).
    nouns = QUESTION_WORDS.get(language, frozenset())
    return [
        word
        for word in words.values()
        if word.text.casefold() in nouns or _topic_weight(word.text, question, language) in wanted
    ]


def _topic_weight(word: str, question: str, language: str) -> Weight:
    """Return what a word of the question says about its topic."""
    return topic_weight(word.casefold() if question.isupper() else word, language)


@cache
def _words() -> re.Pattern[str]:
    return re.compile(r"\w(?:[\w'’\u200c]*\w)?")


def _is_name(word: _Word, question: str, language: str) -> bool:
    """Return whether a word is written as a name or a number.

    A capital tells nothing where it opens the question, where all is in capitals, and in German, where nouns have one.
    """
    if any(map(str.isdigit, word.text)):
        return True
    tells = question[: word.start].strip() != "" and language != "de" and not question.isupper()
    return tells and word.text[:1].isupper()


def _stretches(words: Sequence[_Word], title: frozenset[int], passage: Ids) -> list[frozenset[int]]:
    """Return the ids of the title with those of each stretch of the passage that begins with a term of the words."""
    wanted = [number for word in words for form in word.forms.values() for term in form for number in term]
    places = np.flatnonzero(np.isin(passage, wanted)).tolist()
    return [title.union(passage[at : at + tuning.CLOSE_TERMS].tolist()) for at in places] or [title]
