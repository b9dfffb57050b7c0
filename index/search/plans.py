"""Plans: other ways to understand a question, which a search tries one after another.

Marks that were written hold, but a phrase that no passage holds is only a wish. Two things are only guesses, because
they are just as often part of plain language: a date in words ("in June") may be part of what is asked for and not the
date of the article, and in prose quotation marks are how titles and names are written, in whatever form a sentence
bends them to. A guess holds only when what it leaves answers as well as what there is without it, or nearly so; a
date, moreover, only among dated articles. A date that was understood and left out is told of, unless the first passage
names it.

A question about no topic ("What happened yesterday?", "latest news") has nothing to search for: it lists articles. One
that is no more than a period ("And in June?") does so where no question came before; else it asks that one of the
period, and the period is no guess.
"""

from dataclasses import dataclass, replace
from datetime import date

from index import tuning
from index.query import date_words
from index.query.date_words import DatePhrase
from index.query.filters import PassageFilter
from index.query.syntax import Filter, ParsedQuestion, Problem
from index.search.results import Results


@dataclass(frozen=True, slots=True)
class Plan:
    """Another way to understand a question: without its phrases, or within `period`, which its words then only say.

    The guess is kept from `kept_at` times the best ratio without it on. `is_empty`: no article lies in the period.
    `is_certain` and `is_relative` are as of a `DatePhrase`.
    """

    period: Filter | None = None
    kept_at: float = tuning.PERIOD_KEPT_AT
    is_empty: bool = False
    is_certain: bool = True
    is_relative: bool = False

    def apply(self, question: ParsedQuestion) -> ParsedQuestion:
        """Return the question understood that way."""
        period = self.period
        if period is None:
            phrases = tuple(one.words for one in question.filters if one.kind == "phrase")
            others = tuple(one for one in question.filters if one.kind != "phrase")
            return replace(question, filters=others, problems=(*question.problems, Problem("not_verbatim", phrases)))
        return within(question, period)

    def is_open(self, question: ParsedQuestion, best: Results) -> bool:
        """Return whether the plan may still be tried, where `best` are the results for `question` so far."""
        return self.period is None or (not self.is_empty and (not question.filters or bool(best.hits)))

    def is_better(self, results: Results, best: Results) -> bool:
        """Return whether the results of this plan replace `best`."""
        if self.period is None:
            return bool(results.hits) and not _answers_as_well(best, results, self.kept_at)
        return _answers_as_well(results, best, self.kept_at)

    def left_out(self, question: ParsedQuestion, best: Results) -> ParsedQuestion | None:
        """Return the question without the date, and a note that says so; None where the first passage names the date.

        The words of a date that is relative to today are not searched, because no article means the same day by them;
        unless all words of the question stand in a passage, as those of a headline do.
        """
        period = self.period
        if period is None or not self.is_certain or not best.hits:
            return None
        held = best.term_ids(best.hits[0].passage.row)
        said = [term for term in best.terms if period.start <= term.start < period.end and not term.form]
        if all(not held.isdisjoint(term.ids) for term in (best.terms if self.is_relative else said) if not term.form):
            return None
        problems = (*question.problems, Problem("not_dated", (period.words,), period.period))
        searched = _blank(question.searched, period) if self.is_relative else question.searched
        return replace(question, searched=searched, problems=problems)


def about_no_topic(
    question: ParsedQuestion, passages: PassageFilter, today: date, without: frozenset[str] = frozenset()
) -> ParsedQuestion | None:
    """Return a question that asks for no more than the newest articles, with nothing left to search; else None.

    Only filters on articles may stand in it. `without` holds keys of filters to leave out.
    """
    if not passages.is_dated or any(one.kind in ("phrase", "without") for one in question.filters):
        return None
    is_listed, phrase = date_words.listed(question.searched, today)
    if not is_listed or (phrase is not None and not _is_meant(phrase, passages)):
        return None
    listing = question if phrase is None else within(question, _filter(question, phrase), without)
    return replace(listing, searched=" " * len(question.searched))


def period_alone(question: ParsedQuestion, passages: PassageFilter, today: date) -> Filter | None:
    """Return the period of a question that says nothing else, and so goes on about the one before it; else None."""
    if not passages.is_dated or question.filters:
        return None
    phrase = date_words.period_alone(question.searched, today)
    return _filter(question, phrase) if phrase is not None and _is_meant(phrase, passages) else None


def within(question: ParsedQuestion, period: Filter, without: frozenset[str] = frozenset()) -> ParsedQuestion:
    """Return a question within a period that its words only say, unless `without` holds the period's key."""
    filters = () if period.key in without else (period,)
    return replace(question, searched=_blank(question.searched, period), filters=(*question.filters, *filters))


def undated(question: ParsedQuestion, today: date) -> ParsedQuestion:
    """Return a question without the words of its date, a mere month or year among them."""
    phrase = date_words.find(question.searched, today, alone=True)
    return question if phrase is None else within(question, _filter(question, phrase))


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
    phrases = [one for one in question.filters if one.kind == "phrase"] if question.quoted and not exact else []
    if phrases:
        # Straight marks in a list of words are meant to the letter.
        is_prose = question.is_sentence or any(not one.words.startswith('"') for one in phrases)
        # With other marks beside it, which of them is too much is said.
        if is_prose or len(phrases) == len(question.filters):
            every.append(Plan(kept_at=tuning.PHRASE_KEPT_AT if is_prose else 0.0))
    if (dated := _dated(question, passages, today)) is not None and dated.period and dated.period.key not in without:
        every.append(dated)
    return every


def _is_meant(phrase: DatePhrase, passages: PassageFilter) -> bool:
    """Return whether a date is meant: a number that is the year of no article may mean anything else."""
    return phrase.is_certain or bool(passages.within(phrase.period))


def _answers_as_well(inside: Results, everywhere: Results, share: float) -> bool:
    """Return whether the best passage with a guess is the best without it, or nearly as good."""
    if not inside.hits:
        return False
    same = bool(everywhere.hits) and inside.hits[0].passage.row == everywhere.hits[0].passage.row
    return same or inside.ratio >= share * everywhere.ratio


def _dated(question: ParsedQuestion, passages: PassageFilter, today: date) -> Plan | None:
    """Return the plan to limit the articles to the question's date in words; None where that changes nothing."""
    if not passages.is_dated or (question.filters and any(one.period is not None for one in question.filters)):
        return None
    phrase = date_words.find(question.searched, today)
    if phrase is None or any(one.start < phrase.end and phrase.start < one.end for one in question.filters):
        return None
    count = passages.within(phrase.period)
    if count == passages.dated:
        return None
    return Plan(
        _filter(question, phrase), is_empty=not count, is_certain=phrase.is_certain, is_relative=phrase.is_relative
    )


def _blank(text: str, place: Filter) -> str:
    return text[: place.start] + " " * (place.end - place.start) + text[place.end :]


def _filter(question: ParsedQuestion, phrase: DatePhrase) -> Filter:
    key = f"dates:{phrase.period.first or ''}..{phrase.period.last or ''}"
    start, end = phrase.start, phrase.end
    return Filter("period", key, question.text[start:end], start, end, period=phrase.period)
