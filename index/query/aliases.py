"""Names and their other forms, `US = ["United States", "U.S."]`: who asks with one is answered with the others too.

A form in capitals (US, WHO) is a name only in capitals, whatever the language, or behind "the"; any other in any case,
and with or without accents.
"""

import re
from collections.abc import Mapping, Sequence
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
    """A form of a name, its folded words, and the first form of each wording of that name, itself among them."""

    text: str
    words: tuple[str, ...]
    group: Mapping[tuple[str, ...], str]


class Aliases:
    """Groups of forms, each of which stands for the others.

    >>> Aliases({"US": ("United States", "U.S.")}).find("Who leads the U.S. army?")
    [Alias(start=14, end=18, others=('United States',))]
    """

    def __init__(self, groups: Mapping[str, Sequence[str]] | None = None) -> None:
        self._by_first: dict[str, list[_Form]] = {}
        for name, others in (groups or {}).items():
            wordings = {text: tuple(fold_text(text).split()) for text in (name, *others)}
            group = {words: text for text, words in reversed(wordings.items())}
            group = {words: group[words] for words in wordings.values()}
            for text, words in wordings.items():
                if words:
                    self._by_first.setdefault(words[0], []).append(_Form(text, words, group))
        for forms in self._by_first.values():
            forms.sort(key=lambda form: -len(form.words))

    def find(self, question: str) -> list[Alias]:
        """Return every form that the question holds, in reading order; of forms that begin together the longest."""
        if not self._by_first:
            return []
        places = [match.span() for match in _words().finditer(question)]
        words = [fold_text(question[start:end]).strip() for start, end in places]
        aliases: list[Alias] = []
        at = 0
        while at < len(words):
            for form in self._by_first.get(words[at], ()):
                end = at + len(form.words)
                start, stop = places[at][0], places[min(end, len(places)) - 1][1]
                if tuple(words[at:end]) == form.words and _is_in_case(form.text, question, start, stop):
                    others = [text for words, text in form.group.items() if words != form.words]
                    # "The us" is searched as US too, which is another word than "us".
                    own = [form.text] if form.text.isupper() and not question[start:stop].isupper() else []
                    aliases.append(Alias(start, stop, (*own, *others)))
                    at = end - 1
                    break
            at += 1
        return aliases


_THE: Final = re.compile(r"\bthe $", re.IGNORECASE)
NO_ALIASES: Final = Aliases()


def _is_in_case(form: str, question: str, start: int, end: int) -> bool:
    """Return whether question[start:end] is written as the form asks for: in capitals, if the form is, or behind "the".

    In a question of capitals alone ("TELL US MORE") they tell nothing; one or two words may be all name.
    """
    if not form.isupper() or _THE.search(question, 0, start):
        return True
    return question[start:end].isupper() and not (question.isupper() and len(question.split()) > 2)


@cache
def _words() -> re.Pattern[str]:
    """Return the pattern of words, abbreviations such as U.S. among them, and single characters of unspaced scripts."""
    return re.compile(rf"[{UNSPACED}]|(?:[^\W\d_]\.)+(?:[^\W\d_](?!\w))?|[^\W_{UNSPACED}]+")


def _named(terms: Sequence[QuestionTerm]) -> Sequence[QuestionTerm]:
    """Return the terms of a form without the pronoun that its capitals set it apart from: of US not those of "us"."""
    return [term for term in terms if term.term.isupper()] or terms


def with_other_forms(
    terms: Sequence[QuestionTerm], aliases: Sequence[Alias], forms: Mapping[str, Sequence[QuestionTerm]]
) -> list[QuestionTerm]:
    """Return the terms of a question and, behind them, those of the other forms of its names that articles use.

    Another form counts `index.tuning.ALIAS_WEIGHT` times what the one asked with does, whatever its words are worth, so
    that scores stay comparable. A form that articles do not use gives its place to one that they do. `forms` holds the
    terms of each other form.
    """
    own, others = list(terms), []
    for alias in aliases:
        meant = {form: _named(forms[form]) for form in alias.others}
        used = {form: terms for form, terms in meant.items() if terms and all(term.known for term in terms)}
        inside = [term for term in own if alias.start <= term.start and term.end <= alias.end]
        if used and not (inside and all(term.known for term in inside)):
            first = used.pop(next(iter(used)))
            replacing = [replace(term, start=alias.start, end=alias.end) for term in first]
            own, inside = [*(term for term in own if term not in inside), *replacing], replacing
        worth = sum(term.weight * term.idf for term in inside)
        known = {term.term for term in inside}
        for form, form_terms in used.items():
            new = [term for term in form_terms if term.term not in known]
            scale = tuning.ALIAS_WEIGHT * worth / (sum(term.weight * term.idf for term in new) or 1.0)
            others += [
                replace(term, start=alias.start, end=alias.end, weight=scale * term.weight, form=form) for term in new
            ]
    return [*own, *others]
