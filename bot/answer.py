"""From a question to an answer: the passages, the state, and what is missing.

The state is decided here, once, and every channel shows the same one.
"""

import asyncio
import math
from collections import Counter
from dataclasses import dataclass
from typing import Final, Literal

from bot.highlight import answering_sentence
from bot.shelf import Shelf
from index import tuning
from index.analysis.analyzer import ignored
from index.model import ArticleCard, Hit, Parts, Passage
from index.query.syntax import Narrowing
from index.search.copies import NO_COPIES, Copies, copies
from index.search.index import Index
from index.search.results import Found
from index.search.retriever import LocalRetriever

State = Literal["answered", "closest", "nothing"]

# So many hits more than an answer shows usually make up for those that it leaves out.
_SPARE: Final = 2


@dataclass(frozen=True, slots=True)
class AnswerPassage:
    """A passage of an answer.

    `highlight` is the sentence that answers, as a half-open range of code points in `passage.text`; `copies` are the
    other articles that hold the same paragraph.
    """

    passage: Passage
    article: ArticleCard
    score: float
    highlight: tuple[int, int]
    copies: Copies = NO_COPIES


@dataclass(frozen=True, slots=True)
class TermShare:
    """What one word of the question gave to the score of the first passage (0 when it is not in it)."""

    word: str
    term: str
    share: float


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why the answer is what it is: each word's share, the words that were ignored, and what the score is made of.

    The shares add up to `parts.words`, and the parts to the first passage's score; None where there is no passage.
    """

    shares: tuple[TermShare, ...] = ()
    ignored: tuple[str, ...] = ()
    parts: Parts | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """What is shown for a question.

    `state`: "answered", "closest" (near, may not answer) or "nothing"; `passages` is empty for "nothing".
    `confidence` in 0..1: of 100 random non-questions put to this collection, this share looks worse.
    `missing`: words of the question that no article mentions; `nearest`: up to 3 article titles; `corrected`: pairs
    of a word as it was written and the word that was searched instead; `narrowed`: what the passages are limited to;
    `problems`: lines on filters that could not be understood, or that leave nothing.
    """

    question: str
    state: State
    confidence: float
    passages: tuple[AnswerPassage, ...]
    missing: tuple[str, ...]
    nearest: tuple[str, ...]
    explanation: Explanation
    corrected: tuple[tuple[str, str], ...] = ()
    narrowed: tuple[Narrowing, ...] = ()
    problems: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Policy:
    """When an answer is one, and how much it may hold.

    `answered_at` and `closest_at` are confidences in 0..1: from the first on the state is "answered", below the
    second it is "nothing". `passages` is the most that an answer holds, `of_one_article` the most from one article.
    """

    passages: int = tuning.ANSWER_PASSAGES
    answered_at: float = tuning.ANSWERED_AT
    closest_at: float = tuning.CLOSEST_AT
    of_one_article: int = tuning.ANSWER_OF_ONE_ARTICLE

    def thresholds(self, articles: int) -> tuple[float, float]:
        """`answered_at` and `closest_at` for a collection of so many articles.

        A handful of articles knows so few words that a single shared one beats most random draws, so there more is
        asked: at least `FEW_ANSWERED_AT` and `FEW_CLOSEST_AT` up to `FEW_ARTICLES`, easing off until `MANY_ARTICLES`.

        >>> Policy().thresholds(2), Policy().thresholds(1000)
        ((0.82, 0.7), (0.8, 0.5))
        """
        ease = _ease(articles)
        answered = max(self.answered_at, tuning.FEW_ANSWERED_AT + ease * (self.answered_at - tuning.FEW_ANSWERED_AT))
        closest = max(self.closest_at, tuning.FEW_CLOSEST_AT + ease * (self.closest_at - tuning.FEW_CLOSEST_AT))
        return answered, closest

    def state(self, found: Found, articles: int) -> State:
        """The one place where it is decided whether a question counts as answered.

        By its confidence; but when every searched word stands in the first passage, two or more are an answer and
        a single one is at least close, however common they are. Where nothing random comes near the articles' own
        wording every confidence is high, so for an answer the share of its highest score counts too: a question that
        reaches less of it than usual has to be surer. Not in a handful of articles, where that share tells little.
        """
        answered, closest = self.thresholds(articles)
        if not found.hits:
            return "nothing"
        reach = tuning.REACH_WEIGHT * _ease(articles) * (found.ratio - tuning.REACH_USUAL)
        sure = min(1.0, max(0.0, found.confidence + reach))
        if sure >= answered or (found.complete and sum(not term.form for term in found.terms) > 1):
            return "answered"
        return "closest" if found.confidence >= closest or found.complete else "nothing"


def _ease(articles: int) -> float:
    """0 for a handful of articles, 1 for a collection, between them by the logarithm of the number."""
    few, many = tuning.FEW_ARTICLES, tuning.MANY_ARTICLES
    return min(1.0, max(0.0, math.log(max(articles, 1) / few) / math.log(many / few)))


@dataclass(frozen=True, slots=True)
class How:
    """How a question is asked.

    `exact`: its words as they are written, without corrections; `without`: keys of narrowings to leave out;
    `explain`: with what each word and feature gave.
    """

    exact: bool = False
    without: frozenset[str] = frozenset()
    explain: bool = False


PLAINLY: Final = How()


class Answerer:
    """Answers questions from the local index; every channel asks here."""

    def __init__(self, retriever: LocalRetriever, policy: Policy) -> None:
        self._retriever = retriever
        self._policy = policy
        self.shelf = Shelf(retriever)

    async def answer(self, question: str, k: int | None = None, how: How = PLAINLY) -> Answer:
        """The answer with at most `k` passages (the policy's number by default)."""
        return await asyncio.to_thread(self.answer_now, question, k, how)

    def answer_now(self, question: str, k: int | None = None, how: How = PLAINLY) -> Answer:
        """The same for a caller without an event loop."""
        return self._judged(question, k, how, _SPARE)[1]

    def judged(self, question: str, k: int | None = None, how: How = PLAINLY) -> tuple[Found, Answer]:
        """The answer together with the ranked list it was made from, which evaluation measures."""
        return self._judged(question, k, how, tuning.RESULTS)

    def _judged(self, question: str, k: int | None, how: How, spare: int) -> tuple[Found, Answer]:
        """The same; of the ranked list `spare` more than are wanted are read at first, but no more than `RESULTS`."""
        index = self._retriever.index
        wanted = k or self._policy.passages
        hits = max(wanted, min(wanted + spare, tuning.RESULTS))
        found = index.find(question, hits, exact=how.exact, without=how.without)
        state = self._policy.state(found, index.generation.manifest.counts["articles"])
        chosen: list[Hit] = []
        if state != "nothing":
            found, chosen = self._filled(found, index, wanted)
        if state != "answered":
            found = index.more(found, tuning.RESULTS)
        passages = _passages(chosen, found, index)
        first = next((shown.passage.row for shown in passages), found.hits[0].passage.row if found.hits else None)
        answer = Answer(
            question,
            state,
            round(found.confidence, 4),
            tuple(passages),
            tuple(missing_words(found)) if state != "answered" else (),
            tuple(self._nearest(found)) if state != "answered" else (),
            _explained(found, index, first) if how.explain else Explanation(),
            found.corrected,
            found.narrowed,
            found.problems,
        )
        return found, answer

    def close(self) -> None:
        """Closes the index."""
        self._retriever.close()

    def titles(self, limit: int = 0) -> list[str]:
        """Article titles in index order, at most `limit` (0: all)."""
        return self._retriever.index.texts.titles(limit)

    def article(self, row: int) -> ArticleCard:
        return self._retriever.index.texts.article(row)

    def passages_of(self, article_row: int) -> list[Passage]:
        """All passages of an article in reading order, captions and boilerplate included."""
        return self._retriever.index.texts.passages_of(article_row)

    def summary(self) -> str:
        """One line on what can be asked about: "2 articles, 27 paragraphs"."""
        counts = self._retriever.index.generation.manifest.counts
        return f"{counts['articles']:,} articles, {counts['paragraphs']:,} paragraphs"

    def _filled(self, found: Found, index: Index, k: int) -> tuple[Found, list[Hit]]:
        """The hits that an answer shows, and what was found with as many hits as that took.

        Where they are all of one article, copies of each other or captions, what else is there stands further down.
        """
        chosen = self._chosen(found, k)
        for end in (tuning.RESULTS, tuning.RERANK_DEPTH):
            without_paragraph = end == tuning.RESULTS and all(hit.passage.kind == "caption" for hit in chosen)
            if len(found.hits) < end and (len(chosen) < k or without_paragraph):
                found = index.more(found, end)
                chosen = self._chosen(found, k)
        return found, chosen

    def _chosen(self, found: Found, k: int) -> list[Hit]:
        """The first k hits, at most so many of one article, copies of a paragraph folded into their first."""
        chosen: list[Hit] = []
        taken: Counter[int] = Counter()
        texts: set[str] = set()
        for hit in _paragraph_first(found.hits):
            if len(chosen) == k:
                break
            if hit.passage.text in texts or taken[hit.article.row] == self._policy.of_one_article:
                continue
            texts.add(hit.passage.text)
            taken[hit.article.row] += 1
            chosen.append(hit)
        return chosen

    def _nearest(self, found: Found) -> list[str]:
        return list(dict.fromkeys(hit.article.title for hit in found.hits))[: tuning.ANSWER_NEAREST]


def missing_words(found: Found) -> list[str]:
    """The words of the question that no article mentions, as they were written, in their order.

    Neighbouring n-grams of a script without spaces are joined to the stretch they cover.
    """
    known = {(term.start, term.end) for term in found.terms if term.known}
    spans = [(term.start, term.end) for term in found.terms if (term.start, term.end) not in known]
    joined: list[tuple[int, int]] = []
    for start, end in sorted(set(spans)):
        if joined and start < joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return list(dict.fromkeys(found.question[start:end] for start, end in joined))


def _paragraph_first(hits: tuple[Hit, ...]) -> list[Hit]:
    """A caption holds facts but is nobody's answer: it never leads while a paragraph matches."""
    first = next((hit for hit in hits if hit.passage.kind != "caption"), None)
    return [first, *(hit for hit in hits if hit is not first)] if first else list(hits)


def _passages(chosen: list[Hit], found: Found, index: Index) -> list[AnswerPassage]:
    copied = copies(index.texts, index.forward, [hit.passage.row for hit in chosen])
    return [
        AnswerPassage(
            hit.passage,
            hit.article,
            hit.score,
            answering_sentence(hit.passage.text, hit.article.language, found.terms),
            elsewhere,
        )
        for hit, elsewhere in zip(chosen, copied, strict=True)
    ]


def _explained(found: Found, index: Index, row: int | None) -> Explanation:
    parts = next((hit.parts for hit in found.hits if hit.passage.row == row), None)
    shares = index.shares(found, row) if row is not None else [0.0] * len(found.terms)
    return Explanation(
        tuple(
            TermShare(found.question[term.start : term.end], term.term, share)
            for term, share in zip(found.terms, shares, strict=True)
        ),
        tuple(ignored(found.searched, found.language)),
        parts,
    )
