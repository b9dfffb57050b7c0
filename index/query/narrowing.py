"""A question with conditions, from search to result: what narrows it, and what is said when that leaves nothing.

Marks that were written hold. Two things are only guesses, because they are just as often part of plain language: a date
in words ("in June") may be part of what is asked for and not the date of the article, and in a sentence quotation marks
are how titles and sayings are written, in whatever form the sentence bends them to. A guess holds only when what it
leaves answers as well as what there is without it, or nearly so; a date, moreover, only among dated articles.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from typing import Protocol, TypeVar

from index import tuning
from index.analysis.literal import folded
from index.model import Hit
from index.query import date_words
from index.query.filters import Filters
from index.query.syntax import GUESSED, Condition, Narrowing, Question, short


class Result(Protocol):
    """What a search gives back, as far as it matters here."""

    @property
    def hits(self) -> Sequence[Hit]: ...

    @property
    def ratio(self) -> float: ...


ResultT = TypeVar("ResultT", bound=Result)


def narrowed(
    question: Question,
    search: Callable[[Question], ResultT],
    filters: Filters,
    today: Callable[[], date],
    without: frozenset[str] = frozenset(),
    *,
    exact: bool = False,
) -> tuple[ResultT, Question]:
    """What `search` finds for a question, and the question with the conditions that hold and all that is to be told.

    `search` heeds the question's conditions. `without` holds keys of narrowings to leave out; `exact` insists on every
    phrase.
    """
    found = search(question)
    written = question.conditions
    if not exact and question.is_sentence:
        found, question = _loosened(question, found, search)
    if question.conditions and not found.hits:
        return found, replace(question, problems=(*question.problems, *_emptied(question, search)))
    dated = _within_period(question, written, filters, today, without)
    if dated is not None and _answers_as_well(inside := search(dated), found, tuning.PERIOD_KEPT_AT):
        return inside, dated
    return found, question


def _loosened(question: Question, found: ResultT, search: Callable[[Question], ResultT]) -> tuple[ResultT, Question]:
    """Without the phrases of a sentence, where passages that hold them answer less well."""
    phrases = [condition for condition in question.conditions if condition.kind == "phrase"]
    if not phrases:
        return found, question
    loose = replace(question, conditions=tuple(c for c in question.conditions if c.kind != "phrase"))
    elsewhere = search(loose)
    if _answers_as_well(found, elsewhere, tuning.PHRASE_KEPT_AT) or not elsewhere.hits:
        return found, question
    words = " and ".join(short(phrase.narrowing.words) for phrase in phrases)
    problem = f"{words}: not word for word in a passage that answers; searched for the words alone."
    return elsewhere, replace(loose, problems=(*loose.problems, problem))


def _answers_as_well(inside: Result, everywhere: Result, share: float) -> bool:
    """Whether the best passage with a guess is the best without it, or nearly as good."""
    if not inside.hits:
        return False
    same = bool(everywhere.hits) and inside.hits[0].passage.row == everywhere.hits[0].passage.row
    return same or inside.ratio >= share * everywhere.ratio


def _within_period(
    question: Question,
    written: Sequence[Condition],
    filters: Filters,
    today: Callable[[], date],
    without: frozenset[str],
) -> Question | None:
    """The question narrowed by its date in words, which are then not searched; None where that may not be.

    `written` are all conditions that it was asked with, those among them that do not hold, too.
    """
    if not filters.is_dated or any(condition.period is not None for condition in written):
        return None
    said = date_words.find(question.searched, today())
    if said is None or _in_phrase(said, written) or not filters.parts(said.period):
        return None
    first, last = said.period.first, said.period.last
    words = question.text[said.start : said.end]
    narrowing = Narrowing(f"{GUESSED}{first or ''}..{last or ''}", f"articles {said.period.label()}", words)
    if narrowing.key in without:
        return None
    searched = question.searched[: said.start] + " " * len(words) + question.searched[said.end :]
    condition = Condition("period", narrowing, said.start, said.end, period=said.period)
    return replace(question, searched=searched, conditions=(*question.conditions, condition))


def _in_phrase(said: date_words.DatePhrase, conditions: Sequence[Condition]) -> bool:
    return any(condition.start < said.end and said.start < condition.end for condition in conditions)


def _emptied(question: Question, search: Callable[[Question], ResultT]) -> list[str]:
    """Which conditions left nothing, in a line for people; none when the words alone find nothing either."""
    if not folded(question.searched):
        return ["There is nothing to search for; add a word that is no filter."]
    if not search(replace(question, conditions=())).hits:
        return []
    words = [short(condition.narrowing.words) for condition in question.conditions]
    alone = [
        word
        for word, condition in zip(words, question.conditions, strict=True)
        if not search(replace(question, conditions=(condition,))).hits
    ]
    if alone:
        return [f"{' and '.join(alone)}: no passage is left by this; without it there are some."]
    return [f"{' and '.join(words)}: no passage is left by these together; without one of them there are some."]
