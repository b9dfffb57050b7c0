"""From a question to an answer: the passages, the state, and what is missing.

The state is decided here, once, and every channel shows the same one.
"""

import asyncio
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final, Self

from bot.highlight import answering_sentences
from bot.policy import Policy, State
from bot.shelf import Shelf
from index import (
    ArticleCard,
    Copies,
    EngineName,
    Filter,
    Hit,
    Index,
    LocalRetriever,
    Parts,
    Passage,
    Problem,
    Resolved,
    Results,
    Store,
    tuning,
)

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
    copies: Copies = field(default_factory=Copies)

    @property
    def position(self) -> int:
        """The passage's place among all of its article, from 0."""
        return self.passage.row - self.article.first


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
    of a word as it was written and the word that was searched instead; `filters`: what the passages are limited to;
    `problems`: filters that could not be understood, or that leave nothing.
    """

    question: str
    state: State
    confidence: float
    passages: tuple[AnswerPassage, ...]
    missing: tuple[str, ...]
    nearest: tuple[str, ...]
    explanation: Explanation
    corrected: tuple[tuple[str, str], ...] = ()
    filters: tuple[Filter, ...] = ()
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class How:
    """How a question is asked.

    `exact`: its words as they are written, without corrections; `without`: keys of filters to leave out;
    `explain`: with what each word and feature gave.
    """

    exact: bool = False
    without: frozenset[str] = frozenset()
    explain: bool = False


PLAINLY: Final = How()
DEFAULT_POLICY: Final = Policy()


class Answerer:
    """Answers questions from the local index; every channel asks here."""

    def __init__(self, retriever: LocalRetriever, policy: Policy) -> None:
        self._retriever = retriever
        self._policy = policy
        self.shelf = Shelf(retriever)

    @classmethod
    def open(cls, folder: Path | str, *, policy: Policy = DEFAULT_POLICY, engine: EngineName = "auto") -> Self:
        """Answer from the index in `folder`, also when it is built anew; close it, or use it in a `with` block.

        Raises NoIndexError, BrokenIndexError, or ValueError for an engine that there is not.
        """
        answerer = cls(LocalRetriever(Store(Path(folder)), engine), policy)
        answerer.summary()
        return answerer

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def answer(self, question: str, k: int | None = None, how: How = PLAINLY) -> Answer:
        """Return the answer with at most `k` passages (the policy's number by default)."""
        return self._judged(question, k, how)[1]

    async def answer_async(self, question: str, k: int | None = None, how: How = PLAINLY) -> Answer:
        """Return the same without blocking an event loop: a thread searches."""
        return await asyncio.to_thread(self.answer, question, k, how)

    def judged(self, question: str, k: int | None = None, how: How = PLAINLY) -> tuple[Results, Answer]:
        """The answer together with the results it was made from, which evaluation measures."""
        results, answer = self._judged(question, k, how)
        if len(results.hits) < tuning.RESULTS:
            results = replace(results, hits=results.first(tuning.RESULTS))
        return results, answer

    def _judged(self, question: str, k: int | None, how: How) -> tuple[Results, Answer]:
        index = self._retriever.index
        wanted = k or self._policy.passages
        results = index.search(
            question, max(wanted, min(wanted + _SPARE, tuning.RESULTS)), exact=how.exact, without=how.without
        )
        state = self._policy.state(results, index.counts["articles"])
        looked_at, chosen = results.hits, list[Hit]()
        if state != "nothing":
            looked_at, chosen = self._chosen(results, wanted)
        if state != "answered" and len(looked_at) < tuning.RESULTS:
            looked_at = results.first(tuning.RESULTS)
        answer = Answer(
            question,
            state,
            round(results.confidence, 4),
            _passages(chosen, results, index),
            missing_words(results) if state != "answered" else (),
            self._nearest(looked_at) if state != "answered" else (),
            _explained(results, index, chosen or looked_at[:1]) if how.explain else Explanation(),
            results.corrected,
            results.filters,
            results.problems,
        )
        return replace(results, hits=looked_at), answer

    def terms(self, question: str) -> Resolved:
        """The terms that a question is searched by."""
        return self._retriever.index.terms(question)

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
        counts = self._retriever.index.counts
        return f"{counts['articles']:,} articles, {counts['paragraphs']:,} paragraphs"

    def _chosen(self, results: Results, k: int) -> tuple[tuple[Hit, ...], list[Hit]]:
        """The hits that were looked at, and those of them that an answer shows.

        Where the first are all of one article, copies of each other or captions, what else is there stands further
        down.
        """
        looked_at = results.hits
        chosen = self._varied(looked_at, k)
        for depth in (tuning.RESULTS, tuning.RERANK_DEPTH):
            wanting = len(chosen) < k or (
                depth == tuning.RESULTS and all(hit.passage.kind == "caption" for hit in chosen)
            )
            if len(looked_at) < depth and wanting:
                looked_at = results.first(depth)
                chosen = self._varied(looked_at, k)
        return looked_at, chosen

    def _varied(self, hits: Sequence[Hit], k: int) -> list[Hit]:
        """The first k hits, at most so many of one article, copies of a paragraph folded into their first."""
        chosen: list[Hit] = []
        taken: Counter[int] = Counter()
        texts: set[str] = set()
        for hit in _paragraph_first(hits):
            if len(chosen) == k:
                break
            if hit.passage.text in texts or taken[hit.article.row] == self._policy.of_one_article:
                continue
            texts.add(hit.passage.text)
            taken[hit.article.row] += 1
            chosen.append(hit)
        return chosen

    def _nearest(self, hits: Sequence[Hit]) -> tuple[str, ...]:
        return tuple(dict.fromkeys([hit.article.title for hit in hits]))[: tuning.ANSWER_NEAREST]


def missing_words(found: Results) -> tuple[str, ...]:
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
    return tuple(dict.fromkeys([found.question[start:end] for start, end in joined]))


def _paragraph_first(hits: Sequence[Hit]) -> list[Hit]:
    """A caption holds facts but is nobody's answer: it never leads while a paragraph matches."""
    for place, hit in enumerate(hits):
        if hit.passage.kind != "caption":
            return [hit, *hits[:place], *hits[place + 1 :]]
    return list(hits)


def _passages(chosen: Sequence[Hit], found: Results, index: Index) -> tuple[AnswerPassage, ...]:
    wanted = {term.term: term.weight * term.idf for term in found.terms if term.known}
    marked = answering_sentences([(hit.passage.text, hit.article.language) for hit in chosen], wanted)
    copied = index.copies([hit.passage.row for hit in chosen])
    return tuple(
        AnswerPassage(hit.passage, hit.article, hit.score, sentence, elsewhere)
        for hit, sentence, elsewhere in zip(chosen, marked, copied, strict=True)
    )


def _explained(found: Results, index: Index, first: Sequence[Hit]) -> Explanation:
    shares = index.shares(found, first[0].passage.row) if first else [0.0] * len(found.terms)
    return Explanation(
        tuple(
            TermShare(found.question[term.start : term.end], term.term, share)
            for term, share in zip(found.terms, shares, strict=True)
        ),
        found.ignored,
        first[0].parts if first else None,
    )
