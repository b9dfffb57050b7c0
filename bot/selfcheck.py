"""Check a new index against the old one: does it answer fewer of the questions that people said were answered?"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bot.answer import Answerer
from bot.policy import Policy
from index import Index, LocalRetriever


@dataclass(frozen=True, slots=True)
class JudgedQuestion:
    """A question and the passages that people said answer it: pairs of article id and place in the article, from 0."""

    question: str
    passages: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class SelfCheck:
    """The outcome: of `count` questions the old index answers `before`, the new one `now`.

    `lost` are the questions that only the old one answers. Without an old index, `before` is 0.
    """

    count: int
    before: int
    now: int
    lost: tuple[str, ...]

    @property
    def worse(self) -> bool:
        """Return whether the new index answers fewer."""
        return self.now < self.before


def compare(
    questions: Sequence[JudgedQuestion],
    policy: Policy,
    old: LocalRetriever | None,
    new: LocalRetriever,
    progress: Callable[[int, int], None],
) -> SelfCheck:
    """Ask both indexes the questions; `progress` is called with the number done and the number of all.

    A question counts as answered when a passage of its own is among those shown: by its place in its article, or by its
    text, wherever that stands now. One whose passages the old index no longer has says nothing, and is left out.
    """
    texts = [_texts(question, old.index) if old is not None else set() for question in questions]
    known = [pair for pair in zip(questions, texts, strict=True) if old is None or pair[1]]
    old_answerer, new_answerer = Answerer(old, policy) if old is not None else None, Answerer(new, policy)
    before, now, lost = 0, 0, []
    for number, (question, relevant) in enumerate(known, 1):
        answered = _answered(question, relevant, new_answerer)
        now += answered
        if old_answerer is not None and _answered(question, relevant, old_answerer):
            before += 1
            if not answered:
                lost.append(question.question)
        progress(number, len(known))
    return SelfCheck(len(known), before, now, tuple(lost))


def _texts(question: JudgedQuestion, index: Index) -> set[str]:
    """Return the texts of a question's passages, of those that the index still has."""
    cards = ((index.texts.by_id(article), position) for article, position in question.passages)
    return {index.texts.passage(card.first + at).text for card, at in cards if card is not None and at < card.passages}


def _answered(question: JudgedQuestion, texts: set[str], answerer: Answerer) -> bool:
    return any(
        shown.passage.text in texts or (shown.article.id, shown.position) in question.passages
        for shown in answerer.answer(question.question).passages
    )
