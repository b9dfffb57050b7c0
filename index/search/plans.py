"""Plans: other ways to understand a question, which a search tries one after another.

Marks that were written hold. Two things are only guesses, because they are just as often part of plain language: a date
in words ("in June") may be part of what is asked for and not the date of the article, and in a sentence quotation marks
are how titles and sayings are written, in whatever form the sentence bends them to. A guess holds only when what it
leaves answers as well as what there is without it, or nearly so; a date, moreover, only among dated articles.
"""

from dataclasses import dataclass, replace
from datetime import date

from index import tuning
from index.query import date_words
from index.query.filters import PassageFilter
from index.query.syntax import Filter, ParsedQuestion, Problem
from index.search.results import Results


@dataclass(frozen=True, slots=True)
class Plan:
    """Another way to understand a question: without its phrases, or within `period`, which its words then only say."""

    period: Filter | None = None

    def apply(self, question: ParsedQuestion) -> ParsedQuestion:
        """Return the question understood that way."""
        period = self.period
        if period is None:
            phrases = tuple(one.words for one in question.filters if one.kind == "phrase")
            others = tuple(one for one in question.filters if one.kind != "phrase")
            return replace(question, filters=others, problems=(*question.problems, Problem("not_verbatim", phrases)))
        blank = " " * (period.end - period.start)
        searched = question.searched[: period.start] + blank + question.searched[period.end :]
        return replace(question, searched=searched, filters=(*question.filters, period))

    def is_open(self, question: ParsedQuestion, best: Results) -> bool:
        """Return whether the plan may still be tried, where `best` are the results for `question` so far."""
        return self.period is None or not question.filters or bool(best.hits)

    def is_better(self, results: Results, best: Results) -> bool:
        """Return whether the results of this plan replace `best`."""
        if self.period is None:
            return bool(results.hits) and not _answers_as_well(best, results, tuning.PHRASE_KEPT_AT)
        return _answers_as_well(results, best, tuning.PERIOD_KEPT_AT)


def plans(
    question: ParsedQuestion,
    passages: PassageFilter,
    today: date,
    without: frozenset[str] = frozenset(),
    *,
    exact: bool,
) -> list[Plan]:
    """Return the plans for a question beside the one as written; none for nearly all questions.

    `without` holds keys of filters to leave out; `exact` insists on every phrase.
    """
    every = []
    if question.quoted and not exact and question.is_sentence and any(one.kind == "phrase" for one in question.filters):
        every.append(Plan())
    if (period := _period(question, passages, today)) is not None and period.key not in without:
        every.append(Plan(period))
    return every


def _answers_as_well(inside: Results, everywhere: Results, share: float) -> bool:
    """Return whether the best passage with a guess is the best without it, or nearly as good."""
    if not inside.hits:
        return False
    same = bool(everywhere.hits) and inside.hits[0].passage.row == everywhere.hits[0].passage.row
    return same or inside.ratio >= share * everywhere.ratio


def _period(question: ParsedQuestion, passages: PassageFilter, today: date) -> Filter | None:
    """Return the filter that the question's date in words may stand for; None where it may not."""
    if not passages.is_dated or (question.filters and any(one.period is not None for one in question.filters)):
        return None
    phrase = date_words.find(question.searched, today)
    if phrase is None or not passages.parts(phrase.period):
        return None
    if any(one.start < phrase.end and phrase.start < one.end for one in question.filters):
        return None
    key = f"dates:{phrase.period.first or ''}..{phrase.period.last or ''}"
    start, end = phrase.start, phrase.end
    return Filter("period", key, question.text[start:end], start, end, period=phrase.period)
