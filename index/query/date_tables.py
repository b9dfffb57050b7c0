"""The words that dates are written with, for `date_words`: a table for each language, folded.

As people write them they stand in `date_languages`. `|` parts words of different meaning, `/` other forms of the same.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import chain
from typing import Final, Generic, Literal, TypeVar

from index.analysis.languages import FUNCTION_WORDS, QUESTION_WORDS
from index.analysis.literal import fold_text
from index.query.date_languages import ABOUT, EVENTS, IDLE, JOINING, NEWNESS, REFERRING, TABLES

Unit = Literal["day", "week", "month", "year", "quarter"]
Turn = Literal["last", "this", "next"]
Opening = Literal["inside", "since", "before", "after", "until", "by"]
Value = TypeVar("Value")
Meaning_co = TypeVar("Meaning_co", covariant=True)

_OPENINGS: Final[tuple[Opening, ...]] = ("inside", "since", "before", "after", "until", "by")
_GREGORIAN: Final = 12
_UNITS: Final[tuple[Unit, ...]] = ("day", "week", "month", "year", "quarter")
_TURNS: Final[tuple[Turn, ...]] = ("last", "this", "next")
_RELATIVE: Final[tuple[tuple[Unit, int], ...]] = tuple((unit, back) for unit in _UNITS for back in range(3))


class Forms(Generic[Meaning_co]):
    """What the words and phrases of one kind mean; iterated over, they are its words and phrases."""

    def __init__(self, meanings: Mapping[str, Meaning_co]) -> None:
        self._meanings = dict(meanings)
        self._longest = max((len(form.split()) for form in meanings), default=0)
        self.firsts = frozenset(form.split()[0] for form in meanings)

    def read(self, words: Sequence[str], at: int) -> tuple[Meaning_co | None, int]:
        """Return what the longest form at a place means, and the place behind it; None and the same place if none."""
        if 0 <= at < len(words) and words[at] in self.firsts:
            for count in range(min(self._longest, len(words) - at), 0, -1):
                if (meaning := self._meanings.get(" ".join(words[at : at + count]))) is not None:
                    return meaning, at + count
        return None, at

    def values(self) -> Iterable[Meaning_co]:
        """Return the meanings of all forms."""
        return self._meanings.values()

    def __iter__(self) -> Iterator[str]:
        return iter(self._meanings)

    def __contains__(self, form: str) -> bool:
        return form in self._meanings


class DateTable:
    """The words of one language; `date_languages` says what each kind is.

    `months` count from 1, those of the Solar Hijri calendar from 13; `weekdays` from 0, which is Monday, `seasons` from
    0, which is spring. `relative` says how many units back: "yesterday" is one day.
    """

    def __init__(self, words: dict[str, str]) -> None:
        def of(kind: str) -> str:
            return words.get(kind, "")

        self.months = _numbered(of("months"), range(1, 25))
        self.weekdays = _numbered(of("weekdays"), range(7))
        self.seasons = _numbered(of("seasons"), range(4))
        self.decades = _numbered(of("decades"), range(1950, 2000, 10))
        self.relative = _numbered(of("relative"), _RELATIVE)
        self.units, self.pairs = _numbered(of("units"), _UNITS), _numbered(of("pairs"), _UNITS)
        self.single_units = frozenset(unit for forms in of("units").split("|") for unit in folded(forms.split("/")[0]))
        self.scales = folded(of("scales"))
        self.numbers, self.ordinals = _numbered(of("numbers"), range(1, 13)), _numbered(of("ordinals"), range(1, 5))
        self.turn_before, self.turn_behind = _numbered(of("turn"), _TURNS), _numbered(of("turn_behind"), _TURNS)
        openings: dict[str, Opening] = dict.fromkeys(folded(of("year")), "inside")
        openings |= {form: kind for kind in _OPENINGS for form in folded(of(kind))}
        self.openings = Forms(openings)
        self.between, self.to, self.either = folded(of("between")), folded(of("to")), folded(of("either"))
        self.year, self.ambiguous = folded(of("year")), folded(of("ambiguous"))
        self.filling = folded(of("filling")) | self.year
        self.ago, self.ago_before = _named(of("ago")), _named(of("ago_before"))
        self.past = folded(of("past"))
        self.recent = _named(f"{of('recent')}|{of('past')}")
        self.quarter, self.decade, self.decade_ending = map(_named, (of("quarter"), of("decade"), of("decade_ending")))
        self.attached, self.week_starts = of("attached"), int(of("week_starts") or 0)
        self.is_solar = len(set(self.months.values())) > _GREGORIAN
        self.starts = frozenset(self.between).union(
            *(forms.firsts for forms in (
                self.openings, self.relative, self.ago_before, self.numbers, self.units, self.pairs, self.recent,
                self.turn_before, self.weekdays, self.months, self.seasons, self.ordinals, self.quarter, self.decade,
                self.decades,
            ))
        )  # fmt: skip

    @property
    def signs(self) -> Iterator[str]:
        """The words of which a date in words holds at least one, unless it holds a year."""
        kinds: tuple[Iterable[str], ...] = (
            self.months, self.weekdays, self.seasons, self.decades, self.relative, self.pairs, self.ago,
            self.ago_before, self.recent, self.decade,
        )  # fmt: skip
        return map(_sign, chain(*kinds))


@cache
def tables() -> tuple[DateTable, ...]:
    """Return the tables of all languages, folded when they are first needed."""
    return tuple(map(DateTable, TABLES.values()))


@cache
def signs() -> frozenset[str]:
    """Return the words of which a date in words holds at least one, unless it holds a year; with what is attached."""
    every = ((sign, table.attached) for table in tables() for sign in table.signs)
    return frozenset(attached + sign for sign, letter in every for attached in {"", letter})


@cache
def relative_words() -> frozenset[str]:
    """Return the words of dates that are relative to today, such as "yesterday", "ago" and the "last" of a month."""
    kinds: Iterator[Iterable[str]] = chain(
        *((table.relative, table.ago, table.ago_before, table.recent, table.turn_before, table.turn_behind)
          for table in tables())
    )  # fmt: skip
    common = chain(*(chain(table.units, table.filling, table.months) for table in tables()))
    return frozenset(map(_sign, chain(*kinds))).difference(common)


@cache
def vocabulary() -> frozenset[str]:
    """Return every word that may stand in a date, with what may be attached."""
    written = (
        word for words in TABLES.values() for kind in words.values() for word in kind.replace("/", "|").split("|")
    )
    plain = frozenset(chain(*(fold_text(word).split() for word in written)))
    return plain.union(*({letter + word for word in words} for letter, words in joinable().items()))


@cache
def joinable() -> Mapping[str, frozenset[str]]:
    """Return the letters that are attached to the words behind them, and those words."""
    return {
        table.attached: frozenset(chain(*(form.split() for form in chain(
            table.months, table.weekdays, table.relative, table.seasons, table.year, table.openings,
            folded("|".join(QUESTION_WORDS[language])),
        ))))
        for language, table in zip(TABLES, tables(), strict=True) if table.attached
    }  # fmt: skip


@dataclass(frozen=True, slots=True)
class TopicWords:
    """Words of questions that are about no topic, of all languages; `date_languages` says what each kind is.

    `empty` holds all but those that make a question one about the question before, `leading` those with which it goes
    on about it and a date ("And in June?", "What about June?"); function words and question words are in both. `bare`
    holds them all, and every word that may stand in a date.
    """

    events: frozenset[str]
    newness: frozenset[str]
    joining: frozenset[str]
    empty: frozenset[str]
    leading: frozenset[str]
    bare: frozenset[str]


@cache
def topic_words() -> TopicWords:
    """Return the words that tell whether a question is about a topic, folded."""
    words = chain.from_iterable(FUNCTION_WORDS[language] | QUESTION_WORDS[language] for language in TABLES)
    events, newness, listed, referring, about, joining = (
        folded("|".join(kind.values())) for kind in (EVENTS, NEWNESS, IDLE, REFERRING, ABOUT, JOINING)
    )
    idle = (folded("|".join(words)) | listed) - referring - about
    empty, leading = idle | events | newness, (idle | about | joining) - events - newness
    return TopicWords(events, newness, joining, empty, leading, empty | leading | vocabulary())


def _sign(form: str) -> str:
    """Return the longest word of a phrase, of equals the last: the one that is least common elsewhere."""
    return max(reversed(form.split()), key=len)


def folded(words: str, parted_by: str = "|") -> frozenset[str]:
    """Return words that stand in one string, folded."""
    return frozenset(form for word in words.split(parted_by) if (form := fold_text(word).strip()))


def _named(words: str) -> Forms[bool]:
    return Forms(dict.fromkeys(folded(words), True))


def _numbered(words: str, values: Iterable[Value]) -> Forms[Value]:
    """Return the value of each form: words and values go in the same order."""
    pairs = zip(values, words.split("|"), strict=False)
    return Forms({form: value for value, forms in pairs for form in folded(forms, "/")})
