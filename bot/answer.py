"""Turn a question into an answer: the passages, the state, and the words that no article mentions.

The state is decided here, once, and every channel shows the same one.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final, Self

from bot.articles import Articles
from bot.context import asked_now, preferring
from bot.highlight import answering_sentences
from bot.meaning import by_meaning, nearest_in_meaning
from bot.missing import missing_words
from bot.policy import Policy, State
from bot.printing import size_of
from bot.variety import other_titles, varied
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
    Retriever,
    Store,
    tuning,
)

if TYPE_CHECKING:
    from concurrent.futures import Executor


@dataclass(frozen=True, slots=True)
class AnswerPassage:
    """A passage of an answer.

    `highlight` is the sentence that answers, as a half-open range of code points in `passage.text`: empty where nothing
    is marked, for a single sentence or a caption. `copies` are the other articles that hold the same paragraph, word
    for word or nearly.
    """

    passage: Passage
    article: ArticleCard
    score: float
    highlight: tuple[int, int]
    copies: Copies = field(default_factory=Copies)

    @property
    def position(self) -> int:
        """Return the passage's place among all of its article, from 0."""
        return self.passage.row - self.article.first


@dataclass(frozen=True, slots=True)
class TermShare:
    """The share of one word of the question in the score of the first passage (0 when it is not in it)."""

    word: str
    term: str
    share: float


@dataclass(frozen=True, slots=True)
class Explanation:
    """The reasons of an answer: each word's share, the words that were ignored, and the parts of the score.

    The shares add up to `parts.words`, and the parts to the first passage's score; None where there is no passage.
    """

    shares: tuple[TermShare, ...] = ()
    ignored: tuple[str, ...] = ()
    parts: Parts | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer to a question, as every channel shows it.

    `state`: "answered", "closest" (near, may not answer) or "nothing"; `passages` is empty for "nothing".
    `confidence` in 0..1: of 100 random non-questions put to this collection, this share looks worse.
    `missing`: words of the question that no article mentions; `nearest`: up to 3 article titles; `corrected`: pairs
    of a word as it was written and the word that was searched instead; `filters`: what the passages are limited to;
    `problems`: filters that could not be understood, or that leave nothing; what was found by meaning.
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
class AskOptions:
    """The options of one search.

    `exact`: search the words as they are written, without corrections; `without`: keys of filters to leave out;
    `explain`: add what each word and feature gave to the score. Of a conversation: `added` are words of earlier
    questions that are searched too; `article` is the id of the article that answered them, which comes first where one
    of its passages holds enough of the question's own words.
    """

    exact: bool = False
    without: frozenset[str] = frozenset()
    explain: bool = False
    added: tuple[str, ...] = ()
    article: str | None = None


DEFAULT_OPTIONS: Final = AskOptions()
DEFAULT_POLICY: Final = Policy()


class Answerer:
    """Answer questions from the local index; every channel asks here."""

    def __init__(self, retriever: Retriever, policy: Policy, checkpoint: Callable[[], None] = lambda: None) -> None:
        self._retriever = retriever
        self._policy = policy
        self._checkpoint = checkpoint
        self.articles = Articles(retriever)

    @classmethod
    def open(cls, folder: Path | str, *, policy: Policy = DEFAULT_POLICY, engine: EngineName = "auto") -> Self:
        """Answer from the index in `folder`, also after it is rebuilt; close it, or use it in a `with` block.

        Raises NoIndexError, BrokenIndexError, or ValueError for an unknown engine.
        """
        answerer = cls(LocalRetriever(Store(Path(folder)), engine), policy)
        answerer.summary()
        return answerer

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def index(self) -> Index:
        """Return the index of now; it stays open as long as it is held. Raises NoIndexError or BrokenIndexError."""
        return self._retriever.index

    def pinned(self, checkpoint: Callable[[], None] = lambda: None) -> "Answerer":
        """Return an answerer that stays with the generation of now, for what has to come from the same one.

        `checkpoint` is called between the stages of every search; what it raises ends the search. It needs no closing.
        Raises NoIndexError or BrokenIndexError.
        """
        return Answerer(self._retriever.pinned(), self._policy, checkpoint)

    def answer(self, question: str, k: int | None = None, options: AskOptions = DEFAULT_OPTIONS) -> Answer:
        """Return the answer with at most `k` passages (the policy's number by default)."""
        return self._answer(question, k, options)[2]

    async def answer_async(
        self,
        question: str,
        k: int | None = None,
        options: AskOptions = DEFAULT_OPTIONS,
        threads: "Executor | None" = None,
    ) -> Answer:
        """Return what `answer` returns without blocking an event loop: one of `threads` searches, or of the loop's."""
        import asyncio

        return await asyncio.get_running_loop().run_in_executor(threads, self.answer, question, k, options)

    def answer_with_results(
        self, question: str, k: int | None = None, options: AskOptions = DEFAULT_OPTIONS
    ) -> tuple[Results, Answer]:
        """Return the answer together with the results it was made from, which evaluation measures."""
        results, hits, answer = self._answer(question, k, options)
        return replace(results, hits=hits if len(hits) >= tuning.RESULTS else results.first(tuning.RESULTS)), answer

    def search(self, question: str, k: int, offset: int = 0) -> tuple[Results, tuple[AnswerPassage, ...]]:
        """Return the results of a search, and `k` passages of its ranking behind the first `offset`, answering or not.

        Each has the sentence that answers best; copies of a passage have places of their own.
        """
        index = self._retriever.index
        results = index.search(question, offset + k, checkpoint=self._checkpoint)
        hits = results.first(offset + k)[offset:]
        return results, _passages([[hit] for hit in hits], results, index)

    def _answer(self, question: str, k: int | None, options: AskOptions) -> tuple[Results, tuple[Hit, ...], Answer]:
        """Return the results, the hits of them that were considered, and the answer."""
        index = self._retriever.index
        k = k or self._policy.passages
        search = partial(index.search, checkpoint=self._checkpoint)
        results = search(question, k, exact=options.exact, without=options.without, added=options.added)
        if options.article is not None:
            results = preferring(options.article, question, results)
        state = self._policy.state(results, index.counts["articles"])
        hits, chosen = self._choose(results, k) if state != "nothing" else (results.hits, [])
        if state != "answered" and len(hits) < tuning.RESULTS:
            hits = results.first(tuning.RESULTS)
        self._checkpoint()
        nearest = nearest_in_meaning(results) if state == "nothing" and results.meaning else hits
        answer = Answer(
            question,
            state,
            round(results.confidence, 4),
            _passages(chosen, asked_now(question, results), index),
            missing_words(results),
            _titles(nearest) if state != "answered" else (),
            _explain(results, index, [hit for hit, *_ in chosen] or hits[:1]) if options.explain else Explanation(),
            results.corrected,
            results.filters,
            (*results.problems, *by_meaning(results, state)),
        )
        return results, hits, answer

    def terms(self, question: str, *, dated: bool = True) -> Resolved:
        """Return the terms that a question is searched by; `dated`: those of its date too."""
        return self._retriever.index.terms(question, dated=dated)

    def is_period_alone(self, question: str) -> bool:
        """Return whether a question says nothing but a period, and so goes on about the question before."""
        return self._retriever.index.is_period_alone(question)

    def close(self) -> None:
        """Close the index."""
        self._retriever.close()

    def titles(self, limit: int = 0) -> list[str]:
        """Return article titles in index order, at most `limit` (0: all)."""
        return self._retriever.index.texts.titles(limit)

    def article(self, row: int) -> ArticleCard:
        """Return the article in `row`."""
        return self._retriever.index.texts.article(row)

    def passages_of(self, article_row: int) -> list[Passage]:
        """Return all passages of an article in reading order, captions and boilerplate included."""
        return self._retriever.index.texts.passages_of(article_row)

    def sources(self) -> dict[str, int]:
        """Return the sources that articles state, each with the number of its articles, in no order."""
        return self._retriever.index.texts.sources()

    def summary(self) -> str:
        """Return one line on what can be asked about: "2 articles, 27 paragraphs"."""
        return size_of(self._retriever.index.counts)

    def _choose(self, results: Results, k: int) -> tuple[tuple[Hit, ...], list[list[Hit]]]:
        """Return the hits that were considered, and those of them that an answer shows, each before its near copies.

        Look deeper where the first are all of one article, copies of each other, or captions.
        """
        hits = results.hits
        chosen = varied(hits, k, self._policy.of_one_article)
        for depth in (tuning.RESULTS, tuning.RERANK_DEPTH):
            captions = depth == tuning.RESULTS and all(hit.passage.kind == "caption" for hit, *_ in chosen)
            if len(hits) < depth and (len(chosen) < k or captions):
                hits = results.first(depth)
                chosen = varied(hits, k, self._policy.of_one_article)
        return hits, chosen


def _titles(hits: Sequence[Hit]) -> tuple[str, ...]:
    """Return the titles of the first articles, each once."""
    return tuple(dict.fromkeys([hit.article.title for hit in hits]))[: tuning.ANSWER_NEAREST]


def _passages(chosen: Sequence[Sequence[Hit]], results: Results, index: Index) -> tuple[AnswerPassage, ...]:
    first = [hit for hit, *_ in chosen]
    # No sentence answers a question that is about no topic.
    sentences = [(0, 0)] * len(first) if results.is_listing else answering_sentences(results, first)
    copies = index.copies([hit.passage.row for hit in first])
    return tuple(
        AnswerPassage(hit.passage, hit.article, hit.score, sentence, copy.and_near(other_titles(hit, near)))
        for (hit, *near), sentence, copy in zip(chosen, sentences, copies, strict=True)
    )


def _explain(results: Results, index: Index, first: Sequence[Hit]) -> Explanation:
    shares = index.shares(results, first[0].passage.row) if first else [0.0] * len(results.terms)
    return Explanation(
        tuple(
            TermShare(results.question[term.start : term.end], term.term, share)
            for term, share in zip(results.terms, shares, strict=True)
        ),
        results.ignored,
        first[0].parts if first else None,
    )
