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
from index import tuning
from index.analysis.languages import FUNCTION
from index.query.terms import QuestionTerm
from index.search.results import Found


class Judging(Protocol):
    """Whoever answers and shows how; `bot.answer.Answerer` does."""

    def judged(self, question: str, k: int | None = None, how: How = PLAINLY) -> tuple[Found, Answer]:
        """The ranked list and the answer made from it."""
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
    for words in (rare, [*rare, *common]):
        if words and (words is rare or best.answer.state != "answered"):
            best = _surer(answerer, best, question, words, k)
    return best


def _words(answerer: Judging, question: str) -> list[tuple[str, str, bool]]:
    """The known words of a question, each with its term and whether it is rare, in order."""
    found, _ = answerer.judged(question, 1)
    known = [term for term in found.terms if term.known and not _is_function_word(found, question, term)]
    highest = max((term.idf for term in known), default=0.0)
    return [(question[term.start : term.end], term.term, term.idf >= tuning.RARE_IDF * highest) for term in known]


def _surer(answerer: Judging, best: Understood, question: str, words: list[str], k: int | None) -> Understood:
    """The question with `words` added if that is surer than `best`, else `best`."""
    found, longer = answerer.judged(f"{question} {' '.join(words)}", k, How(explain=True))
    elsewhere = _first(longer) != _first(best.answer)
    surer = longer.confidence > best.answer.confidence or (longer.confidence == best.answer.confidence and elsewhere)
    if not surer or longer.state == "nothing" or not _heard(found, longer, question):
        return best
    return Understood(replace(longer, question=question), tuple(words))


def _is_function_word(found: Found, question: str, term: QuestionTerm) -> bool:
    """Whether a word says nothing about the topic, however few articles hold it."""
    return question[term.start : term.end].casefold() in FUNCTION.get(found.language, frozenset())


def _first(answer: Answer) -> int | None:
    """The row of the first passage."""
    return answer.passages[0].passage.row if answer.passages else None


def _heard(found: Found, longer: Answer, question: str) -> bool:
    """Whether the first passage holds enough of what was asked now; true when that was nothing, as in "Why?"."""
    asked = held = 0.0
    for term, share in zip(found.terms, longer.explanation.shares, strict=True):
        if term.start < len(question) and not _is_function_word(found, question, term):
            asked += term.weight * term.idf
            held += term.weight * term.idf if share.share else 0.0
    return held >= tuning.HELD_IDF * asked
