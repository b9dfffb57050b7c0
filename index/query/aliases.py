"""Names and their other forms, `US = ["United States", "U.S."]`: a question with one is also asked with the others.

A form in capitals (US, WHO) is a name only in capitals, whatever the language; any other in any case, and with or
without accents.
"""

import re
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from functools import cache
from typing import Final

from index import tuning
from index.analysis.literal import fold_text
from index.analysis.scripts import UNSPACED
from index.query.terms import QuestionTerm


@dataclass(frozen=True, slots=True)
class Alias:
    """`question[start:end]` is a form of a name; `others` are its other forms."""

    start: int
    end: int
    others: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Form:
    text: str
    words: tuple[str, ...]
    group: int


class Aliases:
    """Groups of forms, each of which stands for the others.

    >>> Aliases({"US": ("United States", "U.S.")}).find("Who leads the U.S. army?")
    [Alias(start=14, end=18, others=('United States',))]
    """

    def __init__(self, groups: Mapping[str, Sequence[str]] | None = None) -> None:
        self._groups = [tuple(dict.fromkeys((name, *others))) for name, others in (groups or {}).items()]
        self._by_first: dict[str, list[_Form]] = {}
        for number, forms in enumerate(self._groups):
            for text in forms:
                if words := tuple(fold_text(text).split()):
                    self._by_first.setdefault(words[0], []).append(_Form(text, words, number))
        for known in self._by_first.values():
            known.sort(key=lambda form: -len(form.words))

    def find(self, question: str) -> list[Alias]:
        """Every form that the question holds, in reading order; of forms that begin together the longest."""
        if not self._by_first:
            return []
        places = [match.span() for match in _words().finditer(question)]
        words = [fold_text(question[start:end]).strip() for start, end in places]
        found: list[Alias] = []
        at = 0
        while at < len(words):
            for form in self._by_first.get(words[at], ()):
                end = at + len(form.words)
                start, stop = places[at][0], places[min(end, len(places)) - 1][1]
                if tuple(words[at:end]) == form.words and (not form.text.isupper() or question[start:stop].isupper()):
                    found.append(Alias(start, stop, self._others(form)))
                    at = end - 1
                    break
            at += 1
        return found

    def _others(self, form: _Form) -> tuple[str, ...]:
        """The forms that are other words, not only another spelling of the same."""
        seen = {form.words}
        others = []
        for text in self._groups[form.group]:
            words = tuple(fold_text(text).split())
            if words not in seen:
                seen.add(words)
                others.append(text)
        return tuple(others)


NO_ALIASES: Final = Aliases()


@cache
def _words() -> re.Pattern[str]:
    """Words, abbreviations such as U.S. among them, and the single characters of scripts without spaces."""
    return re.compile(rf"[{UNSPACED}]|(?:[^\W\d_]\.)+(?:[^\W\d_](?!\w))?|[^\W_{UNSPACED}]+")


def with_other_forms(
    terms: Sequence[QuestionTerm], aliases: Sequence[Alias], forms: Mapping[str, Sequence[QuestionTerm]]
) -> list[QuestionTerm]:
    """The terms of a question and, behind them, those of the other forms of its names that articles use.

    Another form counts `index.tuning.ALIAS_WEIGHT` times what the one asked with does, whatever its words are worth, so
    that scores stay comparable. A form that articles do not use gives its place to one that they do. `forms` holds the
    terms of each other form.
    """
    asked, others = list(terms), []
    for alias in aliases:
        used = {form: forms[form] for form in alias.others if forms[form] and all(term.known for term in forms[form])}
        inside = [term for term in asked if alias.start <= term.start and term.end <= alias.end]
        if used and not (inside and all(term.known for term in inside)):
            first = used.pop(next(iter(used)))
            replacing = [replace(term, start=alias.start, end=alias.end) for term in first]
            asked, inside = [*(term for term in asked if term not in inside), *replacing], replacing
        worth = sum(term.weight * term.idf for term in inside)
        known = {term.term for term in inside}
        for form, found in used.items():
            new = [term for term in found if term.term not in known]
            scale = tuning.ALIAS_WEIGHT * min(1.0, worth / (sum(term.weight * term.idf for term in new) or 1.0))
            others += [
                replace(term, start=alias.start, end=alias.end, weight=scale * term.weight, form=form) for term in new
            ]
    return [*asked, *others]


def holds_all(terms: Sequence[QuestionTerm], held: AbstractSet[int]) -> bool:
    """Whether every term that was asked is among the ids `held`, or another form of its name is."""
    forms: dict[tuple[int, int, str], bool] = {}
    for term in terms:
        if term.form:
            place = (term.start, term.end, term.form)
            forms[place] = forms.get(place, True) and term.id in held
    if not forms:
        return {term.id for term in terms} <= held
    whole = [(start, end) for (start, end, _), all_held in forms.items() if all_held]
    return all(
        term.id in held or any(start <= term.start and term.end <= end for start, end in whole)
        for term in terms
        if not term.form
    )
