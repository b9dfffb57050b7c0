"""Answer follow-up questions without a language model: the next question is often about the one before.

The method is historical query expansion (HQE; Yang et al., "Query and Answer Expansion from Conversation History",
TREC CAsT 2019), with the calibrated confidence in the place of raw scores: rare words of earlier questions are added,
commoner ones only while the question is not answered. The longer question is taken if its confidence is higher than
that of the question alone, or the same with another first passage, and if its first passage holds enough of the
question's own terms.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from bot.answer import DEFAULT_OPTIONS, Answer, AskOptions
from index import Resolved, Results, is_function_word, tuning


class RankingAnswerer(Protocol):
    """Answer a question together with the results behind the answer, as `bot.answer.Answerer` does."""

    def answer_with_results(
        self, question: str, k: int | None = None, options: AskOptions = DEFAULT_OPTIONS
    ) -> tuple[Results, Answer]:
        """Return the results and the answer made from them."""
        ...

    def terms(self, question: str) -> Resolved:
        """Return the terms that a question is searched by."""
        ...


@dataclass(frozen=True, slots=True)
class FollowUp:
    """An answer, and the words of earlier questions that were added to its question: () when it stands for itself."""

    answer: Answer
    added: tuple[str, ...] = ()


def follow_up(answerer: RankingAnswerer, question: str, earlier: Sequence[str], k: int | None = None) -> FollowUp:
    """Return the answer to `question` asked after `earlier` questions, newest first, of which 3 count.

    The answer keeps the question as it was asked.

    `follow_up(answerer, "And when does it open?", ["Who designed the Weir Bridge?"])` -> the answer to "And when does
    it open? Weir Bridge", with `added=("Weir", "Bridge")`.
    """
    results, alone = answerer.answer_with_results(question, k)
    best = FollowUp(alone)
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
            best = _better(answerer, best, question, words, k)
    return best


def _words(answerer: RankingAnswerer, question: str) -> list[tuple[str, str, bool]]:
    """Return the known words of a question, each with its term and whether it is rare, in order."""
    resolved = answerer.terms(question)
    words = [(question[term.start : term.end], term) for term in resolved.terms if term.known]
    known = [(word, term) for word, term in words if not is_function_word(word, resolved.language)]
    highest = max((term.idf for _, term in known), default=0.0)
    return [(word, term.term, term.idf >= tuning.RARE_IDF * highest) for word, term in known]


def _better(
    answerer: RankingAnswerer, best: FollowUp, question: str, words: tuple[str, ...], k: int | None
) -> FollowUp:
    """Return the answer to the question with `words` added if it has more confidence than `best`, else `best`."""
    results, longer = answerer.answer_with_results(f"{question} {' '.join(words)}", k)
    first, before = _first(longer), best.answer
    more = longer.confidence > before.confidence or (longer.confidence == before.confidence and first != _first(before))
    if not more or longer.state == "nothing" or not _holds_enough(results, first, question):
        return best
    return FollowUp(replace(longer, question=question), words)


def _first(answer: Answer) -> int | None:
    """Return the row of the first passage."""
    return answer.passages[0].passage.row if answer.passages else None


def _holds_enough(results: Results, first: int | None, question: str) -> bool:
    """Return whether the first passage holds enough of the question's own terms; true without any, as in "Why?"."""
    held = results.term_ids(first) if first is not None else frozenset[int]()
    own = [
        (term.weight * term.idf, term.id)
        for term in results.terms
        if term.start < len(question) and not is_function_word(question[term.start : term.end], results.language)
    ]
    return sum(weight for weight, term in own if term in held) >= tuning.HELD_IDF * sum(weight for weight, _ in own)
