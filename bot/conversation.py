"""Answer follow-up questions without a language model: the next question is often about the one before.

The method is historical query expansion (HQE; Yang et al., "Query and Answer Expansion from Conversation History",
TREC CAsT 2019), with the calibrated confidence in the place of raw scores: rare words of earlier questions are added,
commoner ones only while the question is not answered. The longer question is taken if its confidence is higher than
that of the question alone, or the same with another first passage, and if its first passage holds enough of the
question's own terms.

A question that says little itself ("When does it leave?", "How much?") is about the article that answered before: of
what the longer question finds, the passage of that article comes first that holds most of the question's own words.

A question that is only a period ("And in June?") is the question before, asked of that period alone.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from bot.answer import DEFAULT_OPTIONS, Answer, AnswerPassage, AskOptions
from bot.pronouns import has_pronoun, own_terms
from index import Resolved, Results, analyze_each, tuning


class RankingAnswerer(Protocol):
    """Answer a question together with the results behind the answer, as `bot.answer.Answerer` does."""

    def answer_with_results(
        self, question: str, k: int | None = None, options: AskOptions = DEFAULT_OPTIONS
    ) -> tuple[Results, Answer]:
        """Return the results and the answer made from them."""
        ...

    def terms(self, question: str, *, dated: bool = True) -> Resolved:
        """Return the terms that a question is searched by; `dated`: those of its date too."""
        ...

    def is_period_alone(self, question: str) -> bool:
        """Return whether a question says nothing but a period."""
        ...


@dataclass(frozen=True, slots=True)
class FollowUp:
    """An answer, and what earlier questions gave to its question: nothing when it stands for itself.

    `added` are words that were added, `article` is the id of the article that was preferred.
    """

    answer: Answer
    added: tuple[str, ...] = ()
    article: str | None = None


def follow_up(
    answerer: RankingAnswerer,
    question: str,
    earlier: Sequence[str],
    k: int | None = None,
    article: str | None = None,
) -> FollowUp:
    """Return the answer to `question` asked after `earlier` questions, newest first, of which 3 count.

    `article` is the id of the article that the newest of them was answered from: what a pronoun means. The answer
    keeps the question as it was asked.

    `follow_up(answerer, "And when does it open?", ["Who designed the Weir Bridge?"])` -> the answer to "And when does
    it open? Weir Bridge", with `added=("Weir", "Bridge")`.
    """
    if answerer.is_period_alone(question):
        return _within_period(answerer, question, earlier[: tuning.TURNS], k)
    results, alone = answerer.answer_with_results(question, k)
    best = FollowUp(alone)
    if not (article and _is_leaning(results, alone, question, article)):
        article = None
    terms = {term.term for term in results.terms}
    rare: list[str] = []
    common: list[str] = []
    for before in earlier[: tuning.TURNS]:
        for word, term, is_rare in _words(answerer, before):
            if term not in terms:
                terms.add(term)
                (rare if is_rare else common).append(word)
    for words in dict.fromkeys((tuple(rare), (*rare, *common))):
        if words and (words == tuple(rare) or best.answer.state != "answered"):
            best = _better(answerer, best, question, AskOptions(added=words, article=article), k)
            if best.article:
                break
    return best


def _within_period(answerer: RankingAnswerer, question: str, earlier: Sequence[str], k: int | None) -> FollowUp:
    """Return the answer to the newest question that says more than a period, within the period of `question`."""
    before = next((one for one in earlier if not answerer.is_period_alone(one)), "")
    added = tuple(dict.fromkeys([word for word, *_ in _words(answerer, before, dated=False)]))
    return FollowUp(answerer.answer_with_results(question, k, AskOptions(added=added))[1], added)


def _is_leaning(results: Results, alone: Answer, question: str, article: str) -> bool:
    """Return whether a question says so little itself that it is about the article before.

    It is not where its answer is from an article that one of its words names, unless a pronoun points back.
    """
    own = own_terms(question, results.terms, results.language)
    # One word may be several terms: a compound with a hyphen, the bigrams of a script without spaces.
    words = len({term.end for term in own})
    if has_pronoun(question, results.language):
        return words <= tuning.LEANING_WORDS
    if words > 1:
        return False
    first = alone.passages[0].article if alone.passages else None
    if first is None or first.id == article:
        return True
    (title,) = analyze_each(first.title, [(0, len(first.title))], first.language)
    return not any(f"\n{one}\n" in title for term in own for one in term.terms)


def _words(answerer: RankingAnswerer, question: str, *, dated: bool = True) -> list[tuple[str, str, bool]]:
    """Return the known words of a question, each with its term and whether it is rare, in order."""
    resolved = answerer.terms(question, dated=dated)
    known = [
        (question[term.start : term.end], term)
        for term in own_terms(question, resolved.terms, resolved.language)
        if term.known
    ]
    highest = max((term.idf for _, term in known), default=0.0)
    return [(word, term.term, term.idf >= tuning.RARE_IDF * highest) for word, term in known]


def _better(answerer: RankingAnswerer, best: FollowUp, question: str, options: AskOptions, k: int | None) -> FollowUp:
    """Return the answer with what the options add if it is of the article before or surer than `best`, else `best`."""
    results, longer = answerer.answer_with_results(question, k, options)
    first, before = _first(longer), best.answer
    if longer.state == "nothing" or first is None:
        return best
    if first.article.id == options.article and _holds(results, first, question, tuning.LEANING_HELD):
        return FollowUp(longer, options.added, options.article)
    shown = _first(before)
    other = shown is None or first.passage.row != shown.passage.row
    more = longer.confidence > before.confidence or (longer.confidence == before.confidence and other)
    if not more or not _holds(results, first, question, tuning.HELD_IDF):
        return best
    return FollowUp(longer, options.added)


def _first(answer: Answer) -> AnswerPassage | None:
    return answer.passages[0] if answer.passages else None


def _holds(results: Results, first: AnswerPassage, question: str, least: float) -> bool:
    """Return whether the first passage holds this share of the question's own words; true without any, as in "Why?"."""
    held = results.term_ids(first.passage.row)
    own = [(term.weight * term.idf, term.ids) for term in own_terms(question, results.terms, results.language)]
    return sum(weight for weight, ids in own if not held.isdisjoint(ids)) >= least * sum(weight for weight, _ in own)
