"""Find dates in words, in the languages of the interface: "last week", "in June", "since March 2023", "در خرداد ۱۴۰۳".

Only what speaks of a time is taken: what is relative to today, a date with its year, and behind a word such as "in" or
"since" a year, month or day alone. A bare year ("the 2019 election") names a thing. Of two dates in one question
("in March or April") none is taken, because it is not clear which of them dates the article.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from index.analysis.literal import fold_text
from index.query.date_parts import NUMBERS
from index.query.date_reader import Reader
from index.query.date_tables import joinable, relative_words, signs, tables, topic_words
from index.query.periods import Period

_YEAR: Final = re.compile(r"\d{4}")
_DASH: Final = re.compile("[-–—]")
_RUN: Final = re.compile(rf"{NUMBERS.pattern}|[^\W\d_]+(?:\u200c[^\W\d_]+)*|\d+")


@dataclass(frozen=True, slots=True)
class DatePhrase:
    """`question[start:end]` means `period`.

    `is_certain` unless it is a lone year, which may be another number; `is_relative` where the day of the question
    decides what it means ("last March").
    """

    period: Period
    start: int
    end: int
    is_certain: bool = True
    is_relative: bool = False


@dataclass(frozen=True, slots=True)
class _Word:
    """A word or number of a question, folded.

    `is_name` where capitals set it apart from a common word ("WHO"), `is_dashed` where a dash joins it to the last one.
    """

    folded: str
    start: int
    end: int
    is_name: bool = False
    is_dashed: bool = False


def find(question: str, today: date, *, alone: bool = False) -> DatePhrase | None:
    """Return the one date in words that a question holds, seen from `today`; None when it holds none, or several.

    `alone` takes a mere month or year too ("the 2019 election").

    >>> found = find("What did the council decide in June 2024?", date(2026, 11, 24))
    >>> found.period
    Period(first=datetime.date(2024, 6, 1), last=datetime.date(2024, 6, 30))
    >>> found.start, found.end
    (28, 40)
    """
    return _only(_words(question), today, alone=alone) if _may_hold(question) else None


def listed(question: str, today: date) -> tuple[bool, DatePhrase | None]:
    """Return whether a question asks for no more than the newest articles, and of which date in words.

    >>> listed("What's new?", date(2026, 11, 24)), listed("New ferry?", date(2026, 11, 24))
    ((True, None), (False, None))
    >>> listed("What happened in June?", date(2026, 11, 24))[0]
    True
    """
    kinds, words = topic_words(), _words(question) if _is_bare(question) else []
    phrase = _only(words, today, alone=False) if words and _may_hold(question) else None
    rest = _beside(phrase, words)
    if says_more := any(word.folded in kinds.events | kinds.newness for word in rest):
        # "1984" alone is as likely a title.
        phrase = phrase or (_only(words, today, alone=True) if _may_hold(question) else None)
        rest = _beside(phrase, words)
    asked = phrase is not None or any(word.folded in kinds.newness for word in rest)
    is_joined = says_more and words[0].folded in kinds.joining
    is_empty = all(map(_is_empty if says_more else _leads, rest))
    return (True, phrase) if asked and is_empty and not is_joined else (False, None)


def period_alone(question: str, today: date) -> DatePhrase | None:
    """Return the date in words of a question that says nothing else, and so goes on about what was asked before.

    >>> found = period_alone("And June 2024?", date(2026, 11, 24))
    >>> found.start, found.end
    (4, 13)
    >>> period_alone("What happened in June 2024?", date(2026, 11, 24)) is None
    True
    """
    if not (_may_hold(question) and _is_bare(question)):
        return None
    words = _words(question)
    phrase = _only(words, today, alone=False) or _only(words, today, alone=True)
    return phrase if all(map(_leads, _beside(phrase, words))) else None


def _beside(phrase: DatePhrase | None, words: Sequence[_Word]) -> Sequence[_Word]:
    """Return the words that are no part of a date."""
    return words if phrase is None else [word for word in words if not phrase.start <= word.start < phrase.end]


def _is_relative(words: Sequence[_Word]) -> bool:
    """Return whether the words of a date say how far from today it is: "last March", "two days ago"."""
    return any(word.folded in relative_words() for word in words)


def _only(words: Sequence[_Word], today: date, *, alone: bool) -> DatePhrase | None:
    """Return the one date in words among the words of a question."""
    phrases: list[DatePhrase] = []
    dashed = frozenset(place for place, word in enumerate(words) if word.is_dashed)
    readers = [Reader(table, [word.folded for word in words], dashed, today) for table in tables()]
    at = 0
    while at < len(words):
        word = words[at].folded
        able = [reader for reader in readers if word in reader.table.starts or word[:1].isdecimal()]
        reads = [(read, reader) for reader in able if (read := reader.phrase(at, alone=alone)) is not None]
        if not reads:
            at += 1
            continue
        read, reader = max(reads, key=lambda one: one[0].end)
        if phrases or reader.is_one_of_two(at, read.end):
            return None
        own = words[at : read.end]
        phrases.append(DatePhrase(read.period, own[0].start, own[-1].end, not read.is_year, _is_relative(own)))
        at = read.end
    return phrases[0] if phrases else None


def _words(question: str) -> list[_Word]:
    capitals = not question.isupper()
    words: list[_Word] = []
    for run in _RUN.finditer(question):
        text, (start, end) = run[0], run.span()
        is_dashed = bool(words) and _DASH.fullmatch(question, words[-1].end, start) is not None
        folded = text.lower() if text.isascii() else text if NUMBERS.fullmatch(text) else fold_text(text).strip()
        # An Arabic "and" is written together with what follows.
        if folded[1:] in joinable().get(folded[:1], ()):
            words.append(_Word(folded[0], start, start + 1))
            folded, start = folded[1:], start + 1
        words.append(_Word(folded, start, end, capitals and len(text) > 1 and text.isupper(), is_dashed))
    return words


def _is_bare(question: str) -> bool:
    """Return whether a question holds no word but numbers, those of dates, and those that are about no topic."""
    known = topic_words().bare
    return all(word in known or word[0].isdecimal() for word in fold_text(question).split())


def _is_empty(word: _Word) -> bool:
    """Return whether a word is about no topic."""
    return not word.is_name and word.folded in topic_words().empty


def _leads(word: _Word) -> bool:
    """Return whether a question may go on with a word about what was asked before."""
    return not word.is_name and word.folded in topic_words().leading


def _may_hold(question: str) -> bool:
    plain = fold_text(question)
    return not signs().isdisjoint(plain.split()) or _YEAR.search(plain) is not None
