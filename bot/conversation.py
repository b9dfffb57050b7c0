"""Follow-up questions without a language model: what is asked next is often about what was asked before.

The method is historical query expansion (HQE; Yang et al., "Query and Answer Expansion from Conversation History",
TREC CAsT 2019), with the calibrated confidence in the place of raw scores: rare words of earlier questions are added,
commoner ones only while the question is not answered. The longer question is taken if it is surer than the question
alone, or as sure of another passage, and if its first passage holds enough of what is asked now.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from bot.answer import PLAINLY, Answer, How
from index import Resolved, Results, is_function_word, tuning


class Judging(Protocol):
    """Whoever answers and shows how; `bot.answer.Answerer` does."""

    def judged(self, question: str, k: int | None = None, how: How = PLAINLY) -> tuple[Results, Answer]:
        """The results and the answer made from them."""
        ...

    def terms(self, question: str) -> Resolved:
        """The terms that a question is searched by."""
        ...


@dataclass(frozen=True, slots=True)
class Understood:
    """An answer, and the words of earlier questions that were searched with it: () when it stands for itself."""

    answer: Answer
    added: tuple[str, ...] = ()


def follow_up(answerer: Judging, question: str, earlier: Sequence[str], k: int | None = None) -> Understood:
    """The answer to `question` asked after `earlier` questions, newest first, of which 3 count.

    The answer keeps the question as it was asked.

    `follow_up(answerer, "And when does it open?", ["Who designed the Weir Bridge?"])` -> the answer to "And when does
    it open? Weir Bridge", with `added=("Weir", "Bridge")`.
    """
    found, alone = answerer.judged(question, k)
    best = Understood(alone)
    asked = {term.term for term in found.terms}
    rare: list[str] = []
    common: list[str] = []
    for before in earlier[: tuning.TURNS]:
        for word, term, is_rare in _words(answerer, before):
            if term not in asked:
                asked.add(term)
                (rare if is_rare else common).append(word)
    for words in dict.fromkeys((tuple(rare), (*rare, *common))):
        if words and (words == tuple(rare) or best.answer.state != "answered"):
            best = _surer(answerer, best, question, words, k)
    return best


def _words(answerer: Judging, question: str) -> list[tuple[str, str, bool]]:
    """The known words of a question, each with its term and whether it is rare, in order."""
    found = answerer.terms(question)
    words = [(question[term.start : term.end], term) for term in found.terms if term.known]
    known = [(word, term) for word, term in words if not is_function_word(word, found.language)]
    highest = max((term.idf for _, term in known), default=0.0)
    return [(word, term.term, term.idf >= tuning.RARE_IDF * highest) for word, term in known]


def _surer(answerer: Judging, best: Understood, question: str, words: tuple[str, ...], k: int | None) -> Understood:
    """The question with `words` added if that is surer than `best`, else `best`."""
    found, longer = answerer.judged(f"{question} {' '.join(words)}", k)
    elsewhere = _first(longer) != _first(best.answer)
    surer = longer.confidence > best.answer.confidence or (longer.confidence == best.answer.confidence and elsewhere)
    if not surer or longer.state == "nothing" or not _heard(found, longer, question):
        return best
    return Understood(replace(longer, question=question), words)


def _first(answer: Answer) -> int | None:
    """The row of the first passage."""
    return answer.passages[0].passage.row if answer.passages else None


def _heard(found: Results, longer: Answer, question: str) -> bool:
    """Whether the first passage holds enough of what was asked now; true when that was nothing, as in "Why?"."""
    first = _first(longer)
    held = found.term_ids(first) if first is not None else frozenset[int]()
    now = [
        (term.weight * term.idf, term.id)
        for term in found.terms
        if term.start < len(question) and not is_function_word(question[term.start : term.end], found.language)
    ]
    return sum(worth for worth, term in now if term in held) >= tuning.HELD_IDF * sum(worth for worth, _ in now)
